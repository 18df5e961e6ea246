//! Who changed what.

use super::sql::{Row, clean, from_json, sql, to_json};
use super::{StoreError, Tx};
use crate::model::audit_chain::Chained;
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
    /// Where the request came from; empty for this machine.
    pub address: String,
    pub at: Millis,
}

/// Adds an entry. It gets its place in the log when the transaction is committed.
pub async fn add(tx: &mut Tx, entry: &AuditEntry) -> Result<(), StoreError> {
    let line = Chained {
        seq: 0,
        previous: String::new(),
        hash: String::new(),
        id: clean(&entry.id),
        integration: clean(&entry.integration),
        actor: clean(&entry.actor),
        act: clean(&entry.act),
        subject: clean(&entry.subject),
        detail: to_json(TABLE, "detail", &entry.detail)?,
        address: clean(&entry.address),
        at: entry.at,
    };
    sql("INSERT INTO audit (id, integration, actor, act, subject, detail, address, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .text(&line.id)
    .text(&line.integration)
    .text(&line.actor)
    .text(&line.act)
    .text(&line.subject)
    .text(&line.detail)
    .text(&line.address)
    .at(line.at)
    .run(tx)
    .await?;
    tx.unchained.push(line);
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
    let rows = sql("SELECT id, integration, actor, act, subject, detail, address, at_ms FROM audit \
         WHERE integration = $1 AND ($2 IS NULL OR at_ms < $2 OR (at_ms = $2 AND id < $3)) \
         ORDER BY at_ms DESC, id DESC LIMIT $4")
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
        address: row.text("address")?,
        at: row.at("at_ms")?,
    })
}
