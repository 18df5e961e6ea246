//! What is old and over goes, over several tables, in small pieces: the only writer of SQLite must not be kept long.

use super::sql::sql;
use super::{StoreError, Tx};
use world::Millis;

/// Incidents that one [`sweep_incidents`] takes at most.
pub const INCIDENTS_MAX: i64 = 100;
/// Rows that each of the others takes at most.
pub const ROWS_MAX: i64 = 1_000;

/// Deletes closed incidents that have not changed since `older_than`, the oldest first, with their cards and with what
/// was sent about them. Returns how many.
pub async fn sweep_incidents(tx: &mut Tx, older_than: Millis) -> Result<usize, StoreError> {
    let rows = sql("SELECT integration, id FROM incident WHERE progress = 'Closed' AND updated_ms < $1 \
         ORDER BY updated_ms, integration, id LIMIT $2")
    .at(older_than)
    .number(INCIDENTS_MAX)
    .rows(tx)
    .await?;
    for row in &rows {
        let (integration, id) = (row.text("integration")?, row.text("id")?);
        for statement in [
            "DELETE FROM attempt WHERE delivery_id IN \
                 (SELECT id FROM delivery WHERE integration = $1 AND incident_id = $2)",
            "DELETE FROM note WHERE delivery_id IN (SELECT id FROM delivery WHERE integration = $1 AND incident_id = $2)",
            "DELETE FROM delivery WHERE integration = $1 AND incident_id = $2",
            "DELETE FROM card WHERE integration = $1 AND incident_id = $2",
            "DELETE FROM card_text WHERE integration = $1 AND incident_id = $2",
            "DELETE FROM link_message WHERE integration = $1 AND incident_id = $2",
            "DELETE FROM war_room_person WHERE room_id IN \
                 (SELECT id FROM war_room WHERE integration = $1 AND incident_id = $2)",
            "DELETE FROM war_room WHERE integration = $1 AND incident_id = $2",
            "DELETE FROM incident WHERE integration = $1 AND id = $2 AND progress = 'Closed'",
        ] {
            sql(statement).text(&integration).text(&id).run(tx).await?;
        }
    }
    Ok(rows.len())
}

/// Deletes deliveries of an integration that ended, were made before `older_than` and belong to no incident that is
/// known. Returns how many.
pub async fn sweep_deliveries(tx: &mut Tx, integration: &str, older_than: Millis) -> Result<usize, StoreError> {
    let ids = sql("SELECT id FROM delivery WHERE integration = $1 AND created_ms < $2 AND state <> 'waiting' \
         AND NOT EXISTS (SELECT 1 FROM incident WHERE incident.integration = delivery.integration \
         AND incident.id = delivery.incident_id) ORDER BY created_ms, id LIMIT $3")
    .text(integration)
    .at(older_than)
    .number(ROWS_MAX)
    .texts(tx, "id")
    .await?;
    for id in &ids {
        for statement in [
            "DELETE FROM attempt WHERE delivery_id = $1",
            "DELETE FROM note WHERE delivery_id = $1",
            "DELETE FROM link_message WHERE delivery_id = $1",
            "DELETE FROM delivery WHERE id = $1",
        ] {
            sql(statement).text(id).run(tx).await?;
        }
    }
    Ok(ids.len())
}

/// Deletes tasks that were given up and were due before `older_than`. Returns how many.
pub async fn sweep_tasks(tx: &mut Tx, older_than: Millis) -> Result<u64, StoreError> {
    sql("DELETE FROM task WHERE id IN (SELECT id FROM task WHERE failure IS NOT NULL AND due_ms < $1 \
         ORDER BY due_ms LIMIT $2) AND failure IS NOT NULL")
    .at(older_than)
    .number(ROWS_MAX)
    .run(tx)
    .await
}
