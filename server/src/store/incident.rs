//! Our mirror of Flashduty's incidents.

use super::sql::{Row, from_json, sql, to_json};
use super::{StoreError, Tx};
use crate::model::incident::Mirror;
use world::Millis;

const TABLE: &str = "incident";

/// An incident as last heard of.
pub async fn get(tx: &mut Tx, integration: &str, id: &str) -> Result<Option<Mirror>, StoreError> {
    let row = sql("SELECT integration, body, event_ms, version FROM incident WHERE integration = $1 AND id = $2")
        .text(integration)
        .text(id)
        .row(tx)
        .await?;
    row.as_ref().map(mirror).transpose()
}

/// Adds an incident. False when it is known already.
pub async fn insert(tx: &mut Tx, mirror: &Mirror) -> Result<bool, StoreError> {
    let now = tx.shared.world.now();
    sql("INSERT INTO incident (integration, id, body, progress, severity, event_ms, updated_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING")
    .text(&mirror.integration)
    .text(&mirror.incident.id)
    .text(&to_json(TABLE, "body", &mirror.incident)?)
    .text(mirror.incident.progress.name())
    .text(mirror.incident.severity.name())
    .at(mirror.event_at)
    .at(now)
    .number(mirror.version)
    .changed(tx)
    .await
}

/// Compare and set.
pub async fn update(tx: &mut Tx, mirror: &Mirror) -> Result<bool, StoreError> {
    let now = tx.shared.world.now();
    sql("UPDATE incident SET body = $4, progress = $5, severity = $6, event_ms = $7, updated_ms = $8, \
         version = version + 1 WHERE integration = $1 AND id = $2 AND version = $3")
    .text(&mirror.integration)
    .text(&mirror.incident.id)
    .number(mirror.version)
    .text(&to_json(TABLE, "body", &mirror.incident)?)
    .text(mirror.incident.progress.name())
    .text(mirror.incident.severity.name())
    .at(mirror.event_at)
    .at(now)
    .changed(tx)
    .await
}

/// When an incident was last written, by our clock.
pub async fn written(tx: &mut Tx, integration: &str, id: &str) -> Result<Option<Millis>, StoreError> {
    let row = sql("SELECT updated_ms FROM incident WHERE integration = $1 AND id = $2")
        .text(integration)
        .text(id)
        .row(tx)
        .await?;
    row.map(|row| row.at("updated_ms")).transpose()
}

/// An incident that was written, as a look for changes finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub id: String,
    pub version: i64,
    /// When, by our clock.
    pub written: Millis,
}

/// What was written since a moment, the newest first.
pub async fn changed_since(
    tx: &mut Tx,
    integration: &str,
    since: Millis,
    limit: i64,
) -> Result<Vec<Change>, StoreError> {
    let rows = sql("SELECT id, version, updated_ms FROM incident WHERE integration = $1 AND updated_ms >= $2 \
                    ORDER BY updated_ms DESC, id LIMIT $3")
    .text(integration)
    .at(since)
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter()
        .map(|row| Ok(Change { id: row.text("id")?, version: row.number("version")?, written: row.at("updated_ms")? }))
        .collect()
}

/// Those that are not closed, the newest event first.
pub async fn open(tx: &mut Tx, integration: &str, limit: i64) -> Result<Vec<Mirror>, StoreError> {
    let rows = sql("SELECT integration, body, event_ms, version FROM incident \
                    WHERE integration = $1 AND progress <> 'Closed' ORDER BY event_ms DESC, id DESC LIMIT $2")
    .text(integration)
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter().map(mirror).collect()
}

/// Those last heard of, the newest first.
pub async fn newest(tx: &mut Tx, integration: &str, limit: i64) -> Result<Vec<Mirror>, StoreError> {
    let rows = sql("SELECT integration, body, event_ms, version FROM incident WHERE integration = $1 \
                    ORDER BY updated_ms DESC, id DESC LIMIT $2")
    .text(integration)
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter().map(mirror).collect()
}

/// Takes the incident for one act, so that two clicks do not act at once. False while somebody else's act is being
/// carried out; after `until` another may take it.
pub async fn lease_act(
    tx: &mut Tx,
    integration: &str,
    id: &str,
    now: Millis,
    until: Millis,
) -> Result<bool, StoreError> {
    sql("UPDATE incident SET act_lease_ms = $4 WHERE integration = $1 AND id = $2 \
         AND (act_lease_ms IS NULL OR act_lease_ms <= $3)")
    .text(integration)
    .text(id)
    .at(now)
    .at(until)
    .changed(tx)
    .await
}

/// Gives the incident free for the next act, unless the lease until `until` has run out and somebody else has it.
pub async fn release_act(tx: &mut Tx, integration: &str, id: &str, until: Millis) -> Result<(), StoreError> {
    sql("UPDATE incident SET act_lease_ms = NULL WHERE integration = $1 AND id = $2 AND act_lease_ms = $3")
        .text(integration)
        .text(id)
        .at(until)
        .run(tx)
        .await?;
    Ok(())
}

/// Gives every incident free: whoever acted is dead.
pub async fn take_back(tx: &mut Tx) -> Result<(), StoreError> {
    sql("UPDATE incident SET act_lease_ms = NULL WHERE act_lease_ms IS NOT NULL").run(tx).await?;
    Ok(())
}

fn mirror(row: &Row) -> Result<Mirror, StoreError> {
    Ok(Mirror {
        integration: row.text("integration")?,
        incident: from_json(TABLE, "body", &row.text("body")?)?,
        event_at: row.at("event_ms")?,
        version: row.number("version")?,
    })
}
