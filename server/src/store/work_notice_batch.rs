//! The calls that work notices go out in.

use super::sql::{Row, known, sql};
use super::{StoreError, Tx};
use crate::model::work_notice::{Batch, BatchState};
use world::Millis;

const TABLE: &str = "work_notice_batch";

macro_rules! select {
    ($($rest:tt)*) => {
        concat!(
            "SELECT id, notice_id, integration, incident_id, state, task_id, bar, attempts, asked, sent_ms, created_ms, ",
            "updated_ms, version FROM work_notice_batch ",
            $($rest)*
        )
    };
}

/// Adds one. [`StoreError::Taken`] when the id is in use.
pub async fn insert(tx: &mut Tx, batch: &Batch) -> Result<(), StoreError> {
    sql(
        "INSERT INTO work_notice_batch (id, notice_id, integration, incident_id, state, task_id, bar, attempts, asked, \
         sent_ms, created_ms, updated_ms, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .text(&batch.id)
    .text(&batch.notice_id)
    .text(&batch.integration)
    .text(&batch.incident_id)
    .text(batch.state.name())
    .text(&batch.task_id)
    .text(&batch.bar)
    .number(batch.attempts)
    .number(batch.asked)
    .maybe_at(batch.sent)
    .at(batch.created)
    .at(batch.updated)
    .number(batch.version)
    .run(tx)
    .await?;
    Ok(())
}

/// The batch of an id.
pub async fn get(tx: &mut Tx, id: &str) -> Result<Option<Batch>, StoreError> {
    let row = sql(select!("WHERE id = $1")).text(id).row(tx).await?;
    row.as_ref().map(batch).transpose()
}

/// Compare and set of how far a batch is.
pub async fn update(tx: &mut Tx, batch: &Batch) -> Result<bool, StoreError> {
    sql("UPDATE work_notice_batch SET state = $3, task_id = $4, bar = $5, attempts = $6, asked = $7, sent_ms = $8, \
         updated_ms = $9, version = version + 1 WHERE id = $1 AND version = $2")
    .text(&batch.id)
    .number(batch.version)
    .text(batch.state.name())
    .text(&batch.task_id)
    .text(&batch.bar)
    .number(batch.attempts)
    .number(batch.asked)
    .maybe_at(batch.sent)
    .at(batch.updated)
    .changed(tx)
    .await
}

/// Every batch of a notice, oldest first.
pub async fn of_notice(tx: &mut Tx, notice_id: &str) -> Result<Vec<Batch>, StoreError> {
    let rows = sql(select!("WHERE notice_id = $1 ORDER BY created_ms, id")).text(notice_id).rows(tx).await?;
    rows.iter().map(batch).collect()
}

/// The batches of an incident whose status bar can still be changed: sent since `since`.
pub async fn with_bar(
    tx: &mut Tx,
    integration: &str,
    incident_id: &str,
    since: Millis,
) -> Result<Vec<Batch>, StoreError> {
    let rows = sql(select!(
        "WHERE integration = $1 AND incident_id = $2 AND state = 'sent' AND bar <> '' AND sent_ms > $3 ",
        "ORDER BY created_ms, id"
    ))
    .text(integration)
    .text(incident_id)
    .at(since)
    .rows(tx)
    .await?;
    rows.iter().map(batch).collect()
}

fn batch(row: &Row) -> Result<Batch, StoreError> {
    Ok(Batch {
        id: row.text("id")?,
        notice_id: row.text("notice_id")?,
        integration: row.text("integration")?,
        incident_id: row.text("incident_id")?,
        state: known(TABLE, "state", BatchState::from_name(&row.text("state")?))?,
        task_id: row.text("task_id")?,
        bar: row.text("bar")?,
        attempts: row.number("attempts")?,
        asked: row.number("asked")?,
        sent: row.maybe_at("sent_ms")?,
        created: row.at("created_ms")?,
        updated: row.at("updated_ms")?,
        version: row.number("version")?,
    })
}
