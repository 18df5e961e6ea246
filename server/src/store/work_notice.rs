//! Work notices that were asked for.

use super::sql::{Row, from_json, sql, to_json};
use super::{StoreError, Tx};
use crate::model::work_notice::WorkNotice;
use world::Millis;

const TABLE: &str = "work_notice";

macro_rules! select {
    ($($rest:tt)*) => {
        concat!("SELECT id, integration, incident_id, content, actor, created_ms, recalled_ms FROM work_notice ", $($rest)*)
    };
}

/// Adds one. [`StoreError::Taken`] when the id is in use.
pub async fn insert(tx: &mut Tx, notice: &WorkNotice) -> Result<(), StoreError> {
    sql("INSERT INTO work_notice (id, integration, incident_id, content, actor, created_ms, recalled_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .text(&notice.id)
    .text(&notice.integration)
    .text(&notice.incident_id)
    .text(&to_json(TABLE, "content", &notice.content)?)
    .text(&notice.actor)
    .at(notice.created)
    .maybe_at(notice.recalled)
    .run(tx)
    .await?;
    Ok(())
}

/// The notice of an id.
pub async fn get(tx: &mut Tx, integration: &str, id: &str) -> Result<Option<WorkNotice>, StoreError> {
    let row = sql(select!("WHERE id = $1 AND integration = $2")).text(id).text(integration).row(tx).await?;
    row.as_ref().map(notice).transpose()
}

/// Notes that one is taken back. False when it was before, or does not exist.
pub async fn recall(tx: &mut Tx, integration: &str, id: &str, now: Millis) -> Result<bool, StoreError> {
    sql("UPDATE work_notice SET recalled_ms = $3 WHERE id = $1 AND integration = $2 AND recalled_ms IS NULL")
        .text(id)
        .text(integration)
        .at(now)
        .changed(tx)
        .await
}

/// A page, newest first: `after` is the last one's creation and id.
pub async fn list(
    tx: &mut Tx,
    integration: &str,
    after: Option<(Millis, String)>,
    limit: i64,
) -> Result<Vec<WorkNotice>, StoreError> {
    let (created, id) = after.unzip();
    let rows = sql(select!(
        "WHERE integration = $1 AND ($2 IS NULL OR created_ms < $2 OR (created_ms = $2 AND id < $3)) ",
        "ORDER BY created_ms DESC, id DESC LIMIT $4"
    ))
    .text(integration)
    .maybe_at(created)
    .maybe_text(id.as_deref())
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter().map(notice).collect()
}

fn notice(row: &Row) -> Result<WorkNotice, StoreError> {
    Ok(WorkNotice {
        id: row.text("id")?,
        integration: row.text("integration")?,
        incident_id: row.text("incident_id")?,
        content: from_json(TABLE, "content", &row.text("content")?)?,
        actor: row.text("actor")?,
        created: row.at("created_ms")?,
        recalled: row.maybe_at("recalled_ms")?,
    })
}
