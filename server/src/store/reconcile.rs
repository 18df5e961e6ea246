//! How far the mirror of an integration's incidents was compared with Flashduty, and how the last run ended.

use super::sql::sql;
use super::{StoreError, Tx};
use world::Millis;

/// The end of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Up to when the history of webhooks was read; none before the first time.
    pub history: Option<Millis>,
    /// Runs that failed one after the other.
    pub failures: i64,
    /// Flashduty's code of the last failure; none when the last run succeeded.
    pub failure: Option<String>,
    /// When it ended.
    pub ran: Millis,
}

/// The last run of an integration.
pub async fn get(tx: &mut Tx, integration: &str) -> Result<Option<Run>, StoreError> {
    let row = sql("SELECT history_ms, failures, failure, ran_ms FROM reconcile WHERE integration = $1")
        .text(integration)
        .row(tx)
        .await?;
    row.map(|row| {
        Ok(Run {
            history: row.maybe_at("history_ms")?,
            failures: row.number("failures")?,
            failure: row.maybe_text("failure")?,
            ran: row.at("ran_ms")?,
        })
    })
    .transpose()
}

/// Keeps a run in place of the one before.
pub async fn put(tx: &mut Tx, integration: &str, run: &Run) -> Result<(), StoreError> {
    sql("INSERT INTO reconcile (integration, history_ms, failures, failure, ran_ms) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (integration) DO UPDATE SET history_ms = excluded.history_ms, failures = excluded.failures, \
         failure = excluded.failure, ran_ms = excluded.ran_ms")
    .text(integration)
    .maybe_at(run.history)
    .number(run.failures)
    .maybe_text(run.failure.as_deref())
    .at(run.ran)
    .run(tx)
    .await?;
    Ok(())
}
