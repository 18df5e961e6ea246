//! How the checks of integrations ended.

use super::sql::{from_json, sql, to_json};
use super::{StoreError, Tx};
use crate::model::check::Run;
use world::Millis;

const TABLE: &str = "check_run";

/// The last run of an integration.
pub async fn get(tx: &mut Tx, integration: &str) -> Result<Option<Run>, StoreError> {
    let row = sql("SELECT body FROM check_run WHERE integration = $1").text(integration).row(tx).await?;
    row.map(|row| from_json(TABLE, "body", &row.text("body")?)).transpose()
}

/// Keeps a run in place of the one before.
pub async fn put(tx: &mut Tx, integration: &str, run: &Run, now: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO check_run (integration, body, ran_ms) VALUES ($1, $2, $3) ON CONFLICT (integration) \
         DO UPDATE SET body = excluded.body, ran_ms = excluded.ran_ms")
    .text(integration)
    .text(&to_json(TABLE, "body", run)?)
    .at(now)
    .run(tx)
    .await?;
    Ok(())
}
