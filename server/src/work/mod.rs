//! The worker: what is due goes to its flow. Several processes may work on one database; a lease says who has what.

mod applying;
mod doing;
pub mod sweep;
mod under_way;

use crate::flow::failed_pushes;
use crate::flow::quota::pushes;
use crate::state::State;
use crate::store::{self, StoreError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use under_way::UnderWay;

/// How long the worker lets inputs go first before it looks again, and how long in all: a flood must not stop it.
const YIELD: Duration = Duration::from_millis(5);
const YIELD_MAX: Duration = Duration::from_secs(1);
/// How long the worker sleeps at most: work that another process added is found after it.
const SLEEP_MAX: Duration = Duration::from_millis(500);
/// How long the worker leaves a database alone that failed it.
const DATABASE_REST: Duration = Duration::from_secs(1);

/// The running worker.
pub struct Worker {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

/// Starts the worker.
#[expect(clippy::disallowed_methods, reason = "the worker is where tasks are started")]
pub fn start(state: State) -> Worker {
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(async move { run(&state, stopped).await });
    Worker { stop, running }
}

impl Worker {
    /// Lets what is under way end, and stops.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.running.await;
    }
}

/// Does everything that is due now, and what becomes due by it. Returns how many pieces of work were done.
///
/// # Errors
/// The database cannot be used.
pub async fn run_due(state: &State) -> Result<usize, StoreError> {
    let mut done = 0;
    let mut under_way = UnderWay::default();
    loop {
        let taken = under_way.take(state).await?;
        if taken == 0 {
            return Ok(done);
        }
        done += taken;
        under_way.all_ended().await;
    }
}

/// Takes up at once what a former process had when it died. Where several processes work, leases have to run out.
async fn take_over(state: &State) -> Result<(), StoreError> {
    if !state.store.is_of_one_process() {
        return Ok(());
    }
    let mut tx = state.store.begin().await?;
    store::inbox::take_back(&mut tx).await?;
    store::task::take_back(&mut tx).await?;
    store::incident::take_back(&mut tx).await?;
    tx.commit().await
}

async fn run(state: &State, mut stopped: watch::Receiver<bool>) {
    if let Err(error) = take_over(state).await {
        tracing::error!(%error, "what a former process had waits until its leases end");
    }
    if let Err(error) = failed_pushes::look_soon(state).await {
        tracing::error!(%error, "what DingTalk could not push is read later");
    }
    let mut under_way = UnderWay::default();
    let mut yielding_since = None;
    while !*stopped.borrow() {
        // Who waits at a door goes before what was taken: both need the one connection that writes.
        let now = state.world.now();
        if state.store.inbox().is_busy() && now.since(*yielding_since.get_or_insert(now)) < YIELD_MAX {
            pause(YIELD).await;
            continue;
        }
        yielding_since = None;
        let (mut taken, mut rest) = (0, SLEEP_MAX);
        beat(state, &mut under_way).await;
        match under_way.take(state).await {
            Ok(count) => taken = count,
            Err(error) => {
                tracing::error!(%error, "the worker cannot use the database");
                rest = DATABASE_REST;
            }
        }
        if let Err(error) = sweep::sweep_if_due(state).await {
            tracing::error!(%error, "sweeping failed");
        }
        if let Err(error) = pushes::flush_if_due(state).await {
            tracing::error!(%error, "what DingTalk has pushed is written down later");
        }
        if taken == 0 {
            tokio::select! {
                () = under_way.one_ended() => {}
                () = state.awake() => {}
                () = pause(rest) => {}
                _ = stopped.changed() => {}
            }
        }
    }
    while !under_way.is_empty() {
        beat(state, &mut under_way).await;
        tokio::select! {
            () = under_way.one_ended() => {}
            () = pause(SLEEP_MAX) => {}
        }
    }
}

async fn beat(state: &State, under_way: &mut UnderWay) {
    if let Err(error) = under_way.beat(state).await {
        tracing::error!(%error, "leases could not be renewed");
    }
}

#[expect(clippy::disallowed_methods, reason = "the worker is where the program waits")]
async fn pause(rest: Duration) {
    tokio::time::sleep(rest).await;
}
