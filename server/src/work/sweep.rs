//! What is over is thrown away, and every integration has its standing work.

use crate::flow::check;
use crate::flow::members_gone;
use crate::flow::quota::report;
use crate::model::quota::Month;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError, retention};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use world::Millis;

/// How often.
const EVERY: Duration = Duration::from_secs(60);
/// How often the database's log is kept short.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);
/// How far apart the first comparisons of several integrations begin.
const APART: Duration = Duration::from_secs(3);
/// How long inputs are kept after they were applied, so that a late repetition is still known.
const INBOX_KEPT: Duration = Duration::from_secs(8 * 24 * 3600);
/// How long it is remembered who was mentioned: no incident of interest is older.
const MENTIONS_KEPT: Duration = Duration::from_secs(31 * 24 * 3600);
/// How long it is kept what work notices were sent to whom: longer than a day anywhere.
const WORK_NOTICE_DAYS_KEPT: Duration = Duration::from_secs(2 * 24 * 3600);
/// How long a closed incident is kept after its last change, with its cards and deliveries, and deliveries of none. An
/// incident that is reopened later is a new one here.
const INCIDENTS_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// How long a task that was given up can be looked at, and a look into the directory.
const DEAD_TASKS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long a form that made an incident is known when it arrives again.
const FORMS_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long it can be looked up who changed what.
const AUDIT_KEPT: Duration = Duration::from_secs(2 * 366 * 24 * 3600);

/// When this process last swept, and when it last kept the database's log short, in Unix milliseconds.
#[derive(Default)]
pub struct LastSweep {
    sweep: AtomicI64,
    checkpoint: AtomicI64,
}

/// Sweeps when a minute has passed since the last time.
pub async fn sweep_if_due(state: &State) -> Result<(), StoreError> {
    if is_due(state, &state.last_sweep.sweep, EVERY) {
        sweep(state).await?;
    }
    if is_due(state, &state.last_sweep.checkpoint, CHECKPOINT_EVERY) {
        state.store.checkpoint().await?;
    }
    Ok(())
}

/// Whether so much time has passed since the last time; if so, now is the last time.
fn is_due(state: &State, last: &AtomicI64, every: Duration) -> bool {
    let (now, before) = (state.world.now(), Millis(last.load(Ordering::Relaxed)));
    // A clock that was set back must not put it off.
    let due = before > now || now.since(before) >= every;
    if due {
        last.store(now.0, Ordering::Relaxed);
    }
    due
}

/// Sweeps now.
pub async fn sweep(state: &State) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    store::session::sweep(&mut tx, now).await?;
    store::link_attempt::sweep(&mut tx, now).await?;
    store::console::sweep(&mut tx, now).await?;
    store::console_session::sweep(&mut tx, now).await?;
    store::inbox::sweep(&mut tx, now.minus(INBOX_KEPT)).await?;
    store::mention::sweep(&mut tx, now.minus(MENTIONS_KEPT)).await?;
    store::note::sweep(&mut tx, now.minus(INBOX_KEPT)).await?;
    store::link_reminder::sweep(&mut tx, now.minus(WORK_NOTICE_DAYS_KEPT)).await?;
    store::directory::sweep(&mut tx, now.minus(DEAD_TASKS_KEPT), 5).await?;
    store::work_notice_day::sweep(&mut tx, now.minus(WORK_NOTICE_DAYS_KEPT)).await?;
    let mut first = now;
    for integration in store::integration::list(&mut tx).await? {
        store::task::add_if_absent(&mut tx, &integration.key, &TaskKind::Reconcile, first, now).await?;
        let night = check::next_night(&integration.key, now);
        store::task::add_if_absent(&mut tx, &integration.key, &TaskKind::Check, night, now).await?;
        // Those that are new must not all begin at once.
        first = first.plus(APART);
        let due = now.plus(members_gone::FIRST_AFTER);
        store::task::add_if_absent(&mut tx, &integration.key, &TaskKind::SweepMembers, due, now).await?;
        for kind in [TaskKind::TakeTurns, TaskKind::FailedPushes { late: false }] {
            store::task::add_if_absent(&mut tx, &integration.key, &kind, now, now).await?;
        }
    }
    // A year is enough to look back at.
    store::meter::sweep(&mut tx, Month::of(now).number - 100).await?;
    tx.commit().await?;
    sweep_old(state, now).await?;
    report::set_gauges(state).await
}

/// What is old and over, each piece in a transaction of its own.
async fn sweep_old(state: &State, now: Millis) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    retention::sweep_incidents(&mut tx, now.minus(INCIDENTS_KEPT)).await?;
    tx.commit().await?;
    let mut tx = state.store.begin().await?;
    for integration in store::integration::list(&mut tx).await? {
        retention::sweep_deliveries(&mut tx, &integration.key, now.minus(INCIDENTS_KEPT)).await?;
    }
    tx.commit().await?;
    let mut tx = state.store.begin().await?;
    retention::sweep_tasks(&mut tx, now.minus(DEAD_TASKS_KEPT)).await?;
    store::made_incident::sweep(&mut tx, now.minus(FORMS_KEPT)).await?;
    store::audit_chain::sweep(&mut tx, now.minus(AUDIT_KEPT), retention::ROWS_MAX).await?;
    tx.commit().await
}
