//! What messages in groups say of incidents, where no card follows them.

use super::sql::{Row, from_json, sql, to_json};
use super::{StoreError, Tx};
use crate::model::link_message::LinkMessage;

const TABLE: &str = "link_message";

/// Notes what the message of a delivery says; of one that is tried again the last counts.
pub async fn put(tx: &mut Tx, message: &LinkMessage) -> Result<(), StoreError> {
    sql("INSERT INTO link_message (delivery_id, integration, incident_id, chat_id, shown, sent_ms) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (delivery_id) DO UPDATE SET shown = excluded.shown, sent_ms = excluded.sent_ms")
    .text(&message.delivery_id)
    .text(&message.integration)
    .text(&message.incident_id)
    .text(&message.chat_id)
    .text(&to_json(TABLE, "shown", &message.shown)?)
    .at(message.sent)
    .run(tx)
    .await?;
    Ok(())
}

/// Forgets what a delivery was to say: it has certainly not been said.
pub async fn remove(tx: &mut Tx, delivery_id: &str) -> Result<(), StoreError> {
    sql("DELETE FROM link_message WHERE delivery_id = $1").text(delivery_id).run(tx).await?;
    Ok(())
}

/// Every message about an incident, oldest first.
pub async fn of_incident(tx: &mut Tx, integration: &str, incident_id: &str) -> Result<Vec<LinkMessage>, StoreError> {
    let rows = sql("SELECT delivery_id, integration, incident_id, chat_id, shown, sent_ms FROM link_message \
         WHERE integration = $1 AND incident_id = $2 ORDER BY sent_ms, delivery_id")
    .text(integration)
    .text(incident_id)
    .rows(tx)
    .await?;
    rows.iter().map(message).collect()
}

fn message(row: &Row) -> Result<LinkMessage, StoreError> {
    Ok(LinkMessage {
        delivery_id: row.text("delivery_id")?,
        integration: row.text("integration")?,
        incident_id: row.text("incident_id")?,
        chat_id: row.text("chat_id")?,
        shown: from_json(TABLE, "shown", &row.text("shown")?)?,
        sent: row.at("sent_ms")?,
    })
}
