//! Who changed what.

use super::sql::{Row, from_json, sql, to_json};
use super::{StoreError, Tx};
use world::Millis;

const TABLE: &str = "audit";

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: String,
    /// Empty for what concerns no integration.
    pub integration: String,
    pub actor: String,
    pub act: String,
    pub subject: String,
    /// Never a secret.
    pub detail: serde_json::Value,
    pub at: Millis,
}

/// Adds an entry.
pub async fn add(tx: &mut Tx, entry: &AuditEntry) -> Result<(), StoreError> {
    sql("INSERT INTO audit (id, integration, actor, act, subject, detail, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .text(&entry.id)
        .text(&entry.integration)
        .text(&entry.actor)
        .text(&entry.act)
        .text(&entry.subject)
        .text(&to_json(TABLE, "detail", &entry.detail)?)
        .at(entry.at)
        .run(tx)
        .await?;
    Ok(())
}

/// A page of entries, newest first: `after` is the last one's time and id.
pub async fn list(
    tx: &mut Tx,
    integration: &str,
    after: Option<(Millis, String)>,
    limit: i64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let (at, id) = after.unzip();
    let rows = sql("SELECT id, integration, actor, act, subject, detail, at_ms FROM audit WHERE integration = $1 \
                    AND ($2 IS NULL OR at_ms < $2 OR (at_ms = $2 AND id < $3)) ORDER BY at_ms DESC, id DESC LIMIT $4")
    .text(integration)
    .maybe_at(at)
    .maybe_text(id.as_deref())
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        id: row.text("id")?,
        integration: row.text("integration")?,
        actor: row.text("actor")?,
        act: row.text("act")?,
        subject: row.text("subject")?,
        detail: from_json(TABLE, "detail", &row.text("detail")?)?,
        at: row.at("at_ms")?,
    })
}
