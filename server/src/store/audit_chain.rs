//! Puts lines of the audit log into their places. It is the last thing a transaction does, so that whoever holds a log's
//! row waits for nothing else: no two transactions can wait for each other by it.

use super::sql::{Row, sql};
use super::{Store, StoreError, Tx};
use crate::model::audit_chain::{BEGINNING, Chained};
use std::collections::BTreeMap;
use world::Millis;

/// Lines that are chained at a time when a log from before the chain is taken into it.
const PIECE: i64 = 500;

/// How far a log goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    pub integration: String,
    /// Place and hash of the newest line.
    pub seq: i64,
    pub hash: String,
    /// Place and hash of the newest line that was removed for its age.
    pub removed_seq: i64,
    pub removed_hash: String,
}

/// Puts the lines that were added in this transaction behind the others of their logs.
pub(super) async fn close(tx: &mut Tx) -> Result<(), StoreError> {
    let mut by_log: BTreeMap<String, Vec<Chained>> = BTreeMap::new();
    for line in std::mem::take(&mut tx.unchained) {
        by_log.entry(line.integration.clone()).or_default().push(line);
    }
    // In the order of keys: transactions that write to several logs take them in the same order.
    for (integration, lines) in by_log {
        append(tx, &integration, lines).await?;
    }
    Ok(())
}

/// Logs from before the chain are taken into it, oldest line first.
pub(super) async fn begin(store: &Store) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    let logs = sql("SELECT DISTINCT integration FROM audit WHERE seq IS NULL AND NOT EXISTS \
         (SELECT 1 FROM audit_chain WHERE audit_chain.integration = audit.integration) ORDER BY integration")
    .texts(&mut tx, "integration")
    .await?;
    for integration in logs {
        loop {
            let rows = sql("SELECT id, integration, actor, act, subject, detail, address, at_ms, seq, previous, hash \
                 FROM audit WHERE integration = $1 AND seq IS NULL ORDER BY at_ms, id LIMIT $2")
            .text(&integration)
            .number(PIECE)
            .rows(&mut tx)
            .await?;
            if rows.is_empty() {
                break;
            }
            let lines = rows.iter().map(line).collect::<Result<_, _>>()?;
            append(&mut tx, &integration, lines).await?;
        }
    }
    tx.commit().await
}

async fn append(tx: &mut Tx, integration: &str, lines: Vec<Chained>) -> Result<(), StoreError> {
    let row =
        sql("INSERT INTO audit_chain (integration, seq, hash, removed_seq, removed_hash) VALUES ($1, 0, $2, 0, $2) \
         ON CONFLICT (integration) DO UPDATE SET seq = audit_chain.seq RETURNING seq, hash")
        .text(integration)
        .text(BEGINNING)
        .row(tx)
        .await?;
    let (mut seq, mut hash) =
        row.map_or(Ok((0, BEGINNING.to_owned())), |row| Ok::<_, StoreError>((row.number("seq")?, row.text("hash")?)))?;
    for line in lines {
        let mut line = Chained { seq: seq + 1, previous: hash, hash: String::new(), ..line };
        line.hash = line.digest();
        sql("UPDATE audit SET seq = $2, previous = $3, hash = $4 WHERE id = $1")
            .text(&line.id)
            .number(line.seq)
            .text(&line.previous)
            .text(&line.hash)
            .run(tx)
            .await?;
        (seq, hash) = (line.seq, line.hash);
    }
    sql("UPDATE audit_chain SET seq = $2, hash = $3 WHERE integration = $1")
        .text(integration)
        .number(seq)
        .text(&hash)
        .run(tx)
        .await?;
    Ok(())
}

/// Every log there is, by integration.
pub async fn list(tx: &mut Tx) -> Result<Vec<Chain>, StoreError> {
    let rows = sql("SELECT integration, seq, hash, removed_seq, removed_hash FROM audit_chain ORDER BY integration");
    rows.rows(tx).await?.iter().map(chain).collect()
}

/// The log of an integration; none while nothing was written to it.
pub async fn get(tx: &mut Tx, integration: &str) -> Result<Option<Chain>, StoreError> {
    let row = sql("SELECT integration, seq, hash, removed_seq, removed_hash FROM audit_chain WHERE integration = $1")
        .text(integration)
        .row(tx)
        .await?;
    row.as_ref().map(chain).transpose()
}

/// The next lines of a log behind a place, in order.
pub async fn lines(tx: &mut Tx, integration: &str, after: i64, limit: i64) -> Result<Vec<Chained>, StoreError> {
    let rows =
        sql("SELECT id, integration, actor, act, subject, detail, address, at_ms, seq, previous, hash FROM audit \
         WHERE integration = $1 AND seq > $2 ORDER BY seq LIMIT $3")
        .text(integration)
        .number(after)
        .number(limit)
        .rows(tx)
        .await?;
    rows.iter().map(line).collect()
}

/// Lines that are in no place behind `removed_seq`: nobody wrote them through the product.
pub async fn count_outside(tx: &mut Tx, integration: &str, removed_seq: i64) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM audit WHERE integration = $1 AND (seq IS NULL OR seq <= $2)")
        .text(integration)
        .number(removed_seq)
        .count(tx)
        .await
}

/// Every log there has to be: each integration's and each token's making is written down, and no sweep takes a log whole.
pub async fn owed(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    sql("SELECT key AS log FROM integration UNION SELECT integration FROM audit UNION SELECT '' FROM api_token")
        .texts(tx, "log")
        .await
}

/// Removes the oldest lines of every log that are from before `older_than`, `limit` of a log at most, and keeps in mind
/// where what is left begins. Returns how many.
pub async fn sweep(tx: &mut Tx, older_than: Millis, limit: i64) -> Result<u64, StoreError> {
    let mut removed = 0;
    for chain in list(tx).await? {
        let oldest = lines(tx, &chain.integration, chain.removed_seq, limit).await?;
        let Some(last) = oldest.iter().take_while(|line| line.at < older_than).last() else { continue };
        sql("UPDATE audit_chain SET removed_seq = $2, removed_hash = $3 WHERE integration = $1")
            .text(&chain.integration)
            .number(last.seq)
            .text(&last.hash)
            .run(tx)
            .await?;
        removed += sql("DELETE FROM audit WHERE integration = $1 AND seq <= $2")
            .text(&chain.integration)
            .number(last.seq)
            .run(tx)
            .await?;
    }
    Ok(removed)
}

fn chain(row: &Row) -> Result<Chain, StoreError> {
    Ok(Chain {
        integration: row.text("integration")?,
        seq: row.number("seq")?,
        hash: row.text("hash")?,
        removed_seq: row.number("removed_seq")?,
        removed_hash: row.text("removed_hash")?,
    })
}

pub(super) fn line(row: &Row) -> Result<Chained, StoreError> {
    Ok(Chained {
        seq: row.maybe_number("seq")?.unwrap_or_default(),
        previous: row.maybe_text("previous")?.unwrap_or_default(),
        hash: row.maybe_text("hash")?.unwrap_or_default(),
        id: row.text("id")?,
        integration: row.text("integration")?,
        actor: row.text("actor")?,
        act: row.text("act")?,
        subject: row.text("subject")?,
        detail: row.text("detail")?,
        address: row.text("address")?,
        at: row.at("at_ms")?,
    })
}
