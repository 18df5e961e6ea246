//! The company's own text of an incident, as Flashduty rendered it last, or why it could not be had.

use super::sql::sql;
use super::{StoreError, Tx};
use crate::model::card_text::CardText;

/// The text of an incident.
pub async fn get(tx: &mut Tx, integration: &str, incident_id: &str) -> Result<Option<CardText>, StoreError> {
    let row = sql("SELECT template_id, version, text, trouble, tries, at_ms FROM card_text \
         WHERE integration = $1 AND incident_id = $2")
    .text(integration)
    .text(incident_id)
    .row(tx)
    .await?;
    row.map(|row| {
        Ok(CardText {
            template_id: row.text("template_id")?,
            version: row.number("version")?,
            text: row.text("text")?,
            trouble: row.text("trouble")?,
            tries: row.number("tries")?,
            at: row.at("at_ms")?,
        })
    })
    .transpose()
}

/// Keeps the text of an incident; one of a newer version of the incident stays.
pub async fn put(tx: &mut Tx, integration: &str, incident_id: &str, text: &CardText) -> Result<(), StoreError> {
    sql("INSERT INTO card_text (integration, incident_id, template_id, version, text, trouble, tries, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (integration, incident_id) DO UPDATE SET \
         template_id = excluded.template_id, version = excluded.version, text = excluded.text, \
         trouble = excluded.trouble, tries = excluded.tries, at_ms = excluded.at_ms \
         WHERE card_text.version <= excluded.version")
    .text(integration)
    .text(incident_id)
    .text(&text.template_id)
    .number(text.version)
    .text(&text.text)
    .text(&text.trouble)
    .number(text.tries)
    .at(text.at)
    .run(tx)
    .await?;
    Ok(())
}
