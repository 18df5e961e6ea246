//! Forms that make an incident, so that a form that arrives twice makes one.

use super::sql::{Row, sql};
use super::{StoreError, Tx};
use world::Millis;

/// What is known of a form that arrived before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What came of it; none while nobody knows.
    pub incident_id: Option<String>,
    /// When it arrived first.
    pub asked: Millis,
    /// Until then somebody is making it.
    pub lease: Millis,
}

/// Which form it is: whose, and the hash of its token.
#[derive(Clone, Copy, Debug)]
pub struct FormKey<'a> {
    pub integration: &'a str,
    pub user_id: &'a str,
    pub token: &'a str,
}

/// Notes that a form has arrived and is being carried out until `lease`. False when it had arrived before.
pub async fn begin(tx: &mut Tx, form: FormKey<'_>, now: Millis, lease: Millis) -> Result<bool, StoreError> {
    sql("INSERT INTO made_incident (integration, user_id, token, asked_ms, lease_ms) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING")
    .text(form.integration)
    .text(form.user_id)
    .text(form.token)
    .at(now)
    .at(lease)
    .changed(tx)
    .await
}

/// What is known of a form.
pub async fn get(tx: &mut Tx, form: FormKey<'_>) -> Result<Option<Made>, StoreError> {
    let row = sql("SELECT incident_id, asked_ms, lease_ms FROM made_incident \
                   WHERE integration = $1 AND user_id = $2 AND token = $3")
    .text(form.integration)
    .text(form.user_id)
    .text(form.token)
    .row(tx)
    .await?;
    row.as_ref().map(made).transpose()
}

/// Takes over a form that nobody is carrying out any more. False when somebody is, or it has been.
pub async fn take_over(tx: &mut Tx, form: FormKey<'_>, now: Millis, lease: Millis) -> Result<bool, StoreError> {
    sql("UPDATE made_incident SET lease_ms = $5 WHERE integration = $1 AND user_id = $2 AND token = $3 \
         AND incident_id IS NULL AND lease_ms <= $4")
    .text(form.integration)
    .text(form.user_id)
    .text(form.token)
    .at(now)
    .at(lease)
    .changed(tx)
    .await
}

/// Notes what came of a form.
pub async fn end(tx: &mut Tx, form: FormKey<'_>, incident_id: &str) -> Result<bool, StoreError> {
    sql("UPDATE made_incident SET incident_id = $4 WHERE integration = $1 AND user_id = $2 AND token = $3 \
         AND incident_id IS NULL")
    .text(form.integration)
    .text(form.user_id)
    .text(form.token)
    .text(incident_id)
    .changed(tx)
    .await
}

/// Forgets a form of which nothing came, so that it can be corrected and sent again.
pub async fn forget(tx: &mut Tx, form: FormKey<'_>) -> Result<bool, StoreError> {
    sql("DELETE FROM made_incident WHERE integration = $1 AND user_id = $2 AND token = $3 AND incident_id IS NULL")
        .text(form.integration)
        .text(form.user_id)
        .text(form.token)
        .changed(tx)
        .await
}

/// Forgets forms that arrived before a moment.
pub async fn sweep(tx: &mut Tx, older_than: Millis) -> Result<u64, StoreError> {
    sql("DELETE FROM made_incident WHERE asked_ms < $1").at(older_than).run(tx).await
}

fn made(row: &Row) -> Result<Made, StoreError> {
    Ok(Made { incident_id: row.maybe_text("incident_id")?, asked: row.at("asked_ms")?, lease: row.at("lease_ms")? })
}
