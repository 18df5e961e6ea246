//! What is over is thrown away, and every integration has its standing work.

use crate::flow::quota::report;
use crate::model::quota::Month;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use world::Millis;

/// How often.
const EVERY: Duration = Duration::from_secs(60);
/// How far apart the first comparisons of several integrations begin.
const APART: Duration = Duration::from_secs(3);
/// How long inputs are kept after they were applied, so that a late repetition is still known.
const INBOX_KEPT: Duration = Duration::from_secs(8 * 24 * 3600);
/// How long it is remembered who was mentioned: no incident of interest is older.
const MENTIONS_KEPT: Duration = Duration::from_secs(31 * 24 * 3600);

/// When the last sweep of this process was, in Unix milliseconds.
#[derive(Default)]
pub struct LastSweep(AtomicI64);

/// Sweeps when a minute has passed since the last time.
pub async fn sweep_if_due(state: &State) -> Result<(), StoreError> {
    let now = state.world.now();
    if now.since(Millis(state.last_sweep.0.load(Ordering::Relaxed))) < EVERY {
        return Ok(());
    }
    state.last_sweep.0.store(now.0, Ordering::Relaxed);
    sweep(state).await
}

/// Sweeps now.
pub async fn sweep(state: &State) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    store::session::sweep(&mut tx, now).await?;
    store::link_attempt::sweep(&mut tx, now).await?;
    store::console::sweep(&mut tx, now).await?;
    store::inbox::sweep(&mut tx, now.minus(INBOX_KEPT)).await?;
    store::mention::sweep(&mut tx, now.minus(MENTIONS_KEPT)).await?;
    store::note::sweep(&mut tx, now.minus(INBOX_KEPT)).await?;
    let mut first = now;
    for integration in store::integration::list(&mut tx).await? {
        store::task::add_if_absent(&mut tx, &integration.key, &TaskKind::Reconcile, first, now).await?;
        // Those that are new must not all begin at once.
        first = first.plus(APART);
        for kind in [TaskKind::TakeTurns, TaskKind::FailedPushes { late: false }] {
            store::task::add_if_absent(&mut tx, &integration.key, &kind, now, now).await?;
        }
    }
    // A year is enough to look back at.
    store::meter::sweep(&mut tx, Month::of(now).number - 100).await?;
    tx.commit().await?;
    report::set_gauges(state).await
}
