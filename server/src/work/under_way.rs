//! What this process has leased and not finished. Each piece ends by itself, so that a slow one keeps nobody waiting.
//!
//! Leases are short, so that what a dead process had is soon taken over, and are renewed while their work runs.

use super::{applying, doing};
use crate::state::State;
use crate::store::{self, StoreError};
use std::collections::HashMap;
use std::time::Duration;
use tokio::task::{Id, JoinError, JoinSet};
use world::Millis;

/// How long work stays with a process that gives no sign of life. Longer than the database may take for one.
pub const LEASE: Duration = Duration::from_secs(15);
/// How often a sign of life is given: two may get lost.
const BEAT: Duration = Duration::from_secs(4);
/// How long one piece may take at all, longer than all calls in it. Whatever runs longer is taken over.
const PIECE_MAX: Duration = Duration::from_secs(180);
/// Stored inputs under way at a time. They only use the database. On SQLite they share a transaction, which keeps whoever
/// else wants to write waiting.
const ITEMS_AT_ONCE: i64 = 32;
/// Tasks under way at a time. They wait for platforms: while one platform hangs, there must be room for the rest.
const TASKS_AT_ONCE: i64 = 32;

/// What this process has leased and not finished.
#[derive(Default)]
pub struct UnderWay {
    items: JoinSet<()>,
    tasks: JoinSet<()>,
    held: HashMap<Id, Held>,
    last_beat: Millis,
}

/// Leases of what is done together.
struct Held {
    of: Vec<Piece>,
    since: Millis,
}

enum Piece {
    Item { id: String, attempts: i64 },
    Task { id: String, version: i64 },
}

impl UnderWay {
    /// Takes what is due, as far as there is room, and starts it. Returns how many pieces were taken.
    pub async fn take(&mut self, state: &State) -> Result<usize, StoreError> {
        while let Some(ended) = self.items.try_join_next_with_id() {
            self.end(ended);
        }
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.end(ended);
        }
        let (items_max, tasks_max) = (room(&self.items, ITEMS_AT_ONCE), room(&self.tasks, TASKS_AT_ONCE));
        let now = state.world.now();
        let mut tx = state.store.begin().await?;
        let items = store::inbox::lease(&mut tx, now, now.plus(LEASE), items_max).await?;
        let tasks = store::task::lease(&mut tx, now, now.plus(LEASE), tasks_max).await?;
        tx.commit().await?;
        let taken = items.len() + tasks.len();
        if self.held.is_empty() {
            self.last_beat = now;
        }
        let batches = if state.store.is_of_one_process() {
            vec![items]
        } else {
            // PostgreSQL lets several write at once, who in large transactions would lock each other out.
            items.into_iter().map(|item| vec![item]).collect()
        };
        for items in batches.into_iter().filter(|items| !items.is_empty()) {
            let of = items.iter().map(|item| Piece::Item { id: item.id.clone(), attempts: item.attempts }).collect();
            let state = state.clone();
            let running = self.items.spawn(async move { applying::apply(&state, items).await });
            self.held.insert(running.id(), Held { of, since: now });
        }
        for task in tasks {
            let of = vec![Piece::Task { id: task.id.clone(), version: task.version }];
            let state = state.clone();
            let running = self.tasks.spawn(async move { doing::do_task(&state, task).await });
            self.held.insert(running.id(), Held { of, since: now });
        }
        Ok(taken)
    }

    /// Renews the leases of what is still running, if it is time to.
    pub async fn beat(&mut self, state: &State) -> Result<(), StoreError> {
        let now = state.world.now();
        if self.held.is_empty() || now.since(self.last_beat) < BEAT {
            return Ok(());
        }
        self.last_beat = now;
        let held = self.held.values().filter(|one| now.since(one.since) < PIECE_MAX);
        let mut held: Vec<&Piece> = held.flat_map(|one| &one.of).collect();
        // In the order in which leases are taken, so that processes wait for each other instead of deadlocking.
        held.sort_by(|one, other| one.place().cmp(&other.place()));
        let until = now.plus(LEASE);
        let mut tx = state.store.begin().await?;
        for one in held {
            let kept = match one {
                Piece::Item { id, attempts } => store::inbox::renew(&mut tx, id, *attempts, until).await?,
                Piece::Task { id, version } => store::task::renew(&mut tx, id, *version, until).await?,
            };
            if !kept {
                tracing::debug!("a lease was over, or its work has just ended");
            }
        }
        tx.commit().await
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.tasks.is_empty()
    }

    /// Waits for the next piece to end; for ever when there is none.
    pub async fn one_ended(&mut self) {
        let ended = tokio::select! {
            Some(ended) = self.items.join_next_with_id() => ended,
            Some(ended) = self.tasks.join_next_with_id() => ended,
            else => std::future::pending().await,
        };
        self.end(ended);
    }

    /// Waits for everything to end, without signs of life.
    pub async fn all_ended(&mut self) {
        while !self.is_empty() {
            self.one_ended().await;
        }
    }

    fn end(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                // The lease runs out and the work is tried again; its attempts are counted.
                tracing::error!(panicked = error.is_panic(), "a piece of work broke off");
                error.id()
            }
        };
        self.held.remove(&id);
    }
}

impl Piece {
    fn place(&self) -> (u8, &str) {
        match self {
            Self::Item { id, .. } => (0, id),
            Self::Task { id, .. } => (1, id),
        }
    }
}

fn room(running: &JoinSet<()>, most: i64) -> i64 {
    most.saturating_sub(i64::try_from(running.len()).unwrap_or(most))
}
