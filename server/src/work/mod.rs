//! The worker: what is due goes to its flow. Several processes may work on one database; a lease says who has what.

mod doing;
pub mod sweep;

use crate::state::State;
use crate::store::{self, StoreError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How long a task may take before another process takes it over.
const LEASE: Duration = Duration::from_secs(60);
/// Most tasks leased at a time.
const BATCH: i64 = 16;
/// How long the worker sleeps at most: work that another process added is found after it.
const SLEEP_MAX: Duration = Duration::from_millis(500);

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
    loop {
        let batch = batch(state).await?;
        if batch == 0 {
            return Ok(done);
        }
        done += batch;
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
    tx.commit().await
}

#[expect(clippy::disallowed_methods, reason = "the worker is where the program waits")]
async fn run(state: &State, mut stopped: watch::Receiver<bool>) {
    if let Err(error) = take_over(state).await {
        tracing::error!(%error, "what a former process had waits until its leases end");
    }
    while !*stopped.borrow() {
        match run_due(state).await {
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "the worker cannot use the database");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        if let Err(error) = sweep::sweep_if_due(state).await {
            tracing::error!(%error, "sweeping failed");
        }
        tokio::select! {
            () = state.awake() => {}
            () = tokio::time::sleep(SLEEP_MAX) => {}
            _ = stopped.changed() => {}
        }
    }
}

async fn batch(state: &State) -> Result<usize, StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let items = store::inbox::lease(&mut tx, now, now.plus(LEASE), BATCH).await?;
    let tasks = store::task::lease(&mut tx, now, now.plus(LEASE), BATCH).await?;
    tx.commit().await?;
    let count = items.len() + tasks.len();
    let mut running = JoinSet::new();
    for item in items {
        let state = state.clone();
        running.spawn(async move { doing::take_item(&state, item).await });
    }
    for task in tasks {
        let state = state.clone();
        running.spawn(async move { doing::do_task(&state, task).await });
    }
    while let Some(ended) = running.join_next().await {
        if let Err(error) = ended {
            // The lease runs out and the work is tried again; its attempts are counted.
            tracing::error!(panicked = error.is_panic(), "a piece of work broke off");
        }
    }
    Ok(count)
}
