//! Incidents of one process that wait to be told of. Each is a task of its own, which ends when its incident was told of; but
//! whoever has the turn tells of all that wait, and ends their tasks, in one transaction.

use super::caches::Locks;
use crate::model::task::Task;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What waits, by integration.
#[derive(Default)]
pub struct Notices {
    waiting: Mutex<HashMap<String, Vec<Arc<Notice>>>>,
    turns: Locks,
}

/// One incident that waits.
pub struct Notice {
    pub incident_id: String,
    /// What ends when it was told of.
    pub task: Task,
    told: AtomicBool,
}

impl Notice {
    /// Whether somebody else has told of it.
    pub fn is_told(&self) -> bool {
        self.told.load(Ordering::Acquire)
    }

    /// It has been told of, and that is committed.
    pub fn mark_told(&self) {
        self.told.store(true, Ordering::Release);
    }
}

impl Notices {
    /// Lets an incident wait.
    pub fn wait(&self, task: &Task, incident_id: &str) -> Arc<Notice> {
        let (task, key) = (task.clone(), &task.integration);
        let notice = Arc::new(Notice { incident_id: incident_id.to_owned(), task, told: AtomicBool::new(false) });
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.entry(key.clone()).or_default().push(Arc::clone(&notice));
        notice
    }

    /// Waits for the turn to tell.
    pub async fn turn(&self, key: &str) -> tokio::sync::OwnedMutexGuard<()> {
        self.turns.lock(key.to_owned()).await
    }

    /// Takes up to `most` that wait, those first that came first. Each is taken once.
    pub fn take(&self, key: &str, most: usize) -> Vec<Arc<Notice>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(all) = waiting.get_mut(key) else { return Vec::new() };
        let taken = all.drain(..all.len().min(most)).collect();
        if all.is_empty() {
            waiting.remove(key);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::task::TaskKind;
    use world::Millis;

    fn task(integration: &str, id: &str) -> Task {
        let kind = TaskKind::Notify { incident: id.to_owned() };
        Task { id: id.to_owned(), integration: integration.to_owned(), kind, attempts: 1, due: Millis(0), version: 1 }
    }

    #[tokio::test]
    async fn whoever_has_the_turn_tells_of_all_that_wait() {
        let notices = Notices::default();
        let waiting: Vec<_> = ["a", "b", "c"].map(|id| notices.wait(&task("k", id), id)).into();
        notices.wait(&task("other", "x"), "x");
        let _turn = notices.turn("k").await;
        let taken = notices.take("k", 2);
        assert_eq!(taken.iter().map(|one| one.incident_id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        taken.iter().for_each(|one| one.mark_told());
        assert_eq!(waiting.iter().map(|one| one.is_told()).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!(notices.take("k", 9).len(), 1, "each is taken once");
        assert!(notices.take("k", 9).is_empty());
    }
}
