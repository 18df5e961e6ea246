//! Whom robot pushes want mentioned: by incident, group and person.

use super::sql::{Row, sql};
use super::{StoreError, Tx};
use crate::model::mention::Mention;
use world::Millis;

/// Remembers that somebody is to be mentioned, and when that was last asked for.
pub async fn put(
    tx: &mut Tx,
    integration: &str,
    incident_id: &str,
    chat_id: &str,
    mention: &Mention,
) -> Result<(), StoreError> {
    sql("INSERT INTO mention (integration, incident_id, chat_id, person, name, linked, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (integration, incident_id, chat_id, person) \
         DO UPDATE SET name = excluded.name, linked = excluded.linked, at_ms = excluded.at_ms")
    .text(integration)
    .text(incident_id)
    .text(chat_id)
    .text(&mention.person)
    .text(&mention.name)
    .number(i64::from(mention.linked))
    .at(mention.at)
    .run(tx)
    .await?;
    Ok(())
}

/// Everybody to be mentioned for an incident in a group, by person.
pub async fn of_card(
    tx: &mut Tx,
    integration: &str,
    incident_id: &str,
    chat_id: &str,
) -> Result<Vec<Mention>, StoreError> {
    let rows = sql("SELECT person, name, linked, at_ms FROM mention \
         WHERE integration = $1 AND incident_id = $2 AND chat_id = $3 ORDER BY person")
    .text(integration)
    .text(incident_id)
    .text(chat_id)
    .rows(tx)
    .await?;
    rows.iter().map(mention).collect()
}

/// Forgets what was last asked for before `older_than`.
pub async fn sweep(tx: &mut Tx, older_than: Millis) -> Result<u64, StoreError> {
    sql("DELETE FROM mention WHERE at_ms < $1").at(older_than).run(tx).await
}

fn mention(row: &Row) -> Result<Mention, StoreError> {
    Ok(Mention {
        person: row.text("person")?,
        name: row.text("name")?,
        linked: row.number("linked")? != 0,
        number: None,
        at: row.at("at_ms")?,
    })
}
