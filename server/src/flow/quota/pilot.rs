//! The pilot's task: collects what comes, serves each place in one transaction, lets callers wait a moment.

use super::desk::{Desk, Memory};
use super::{Message, Place};
use crate::store::Store;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use world::World;

/// Messages taken up at a time.
const BATCH_MAX: usize = 256;

pub(super) struct Task {
    store: Store,
    world: World,
    memory: Memory,
    desks: BTreeMap<Place, Desk>,
}

impl Task {
    pub fn new(store: Store, world: World, prefix: String) -> Self {
        let memory = Memory::new(prefix, &world);
        Self { store, world, memory, desks: BTreeMap::new() }
    }

    /// Serves until nobody can ask any more.
    pub async fn run(mut self, mut inbox: UnboundedReceiver<Message>) {
        let mut messages = Vec::with_capacity(BATCH_MAX);
        loop {
            let received = match self.next_look() {
                None => inbox.recv_many(&mut messages, BATCH_MAX).await,
                Some(wait) => tokio::select! {
                    received = inbox.recv_many(&mut messages, BATCH_MAX) => received,
                    () = pause(wait) => 1,
                },
            };
            if received == 0 {
                return;
            }
            let flushes = self.sort(messages.drain(..));
            let now = self.world.monotonic();
            for (place, desk) in &mut self.desks {
                // More often than once: callers that left without a word give their turns back.
                while desk.is_due(now) {
                    desk.serve(&self.store, &self.world, &mut self.memory, place).await;
                }
            }
            self.desks.retain(|_, desk| !desk.is_empty());
            for flush in flushes {
                let _ = flush.send(());
            }
        }
    }

    fn sort(&mut self, messages: impl Iterator<Item = Message>) -> Vec<oneshot::Sender<()>> {
        let mut flushes = Vec::new();
        for message in messages {
            match message {
                Message::Ask(asking) => self.desks.entry(asking.place.clone()).or_default().ask(*asking),
                Message::Told(told) => self.desks.entry(told.place.clone()).or_default().tell(*told),
                Message::Flush(done) => flushes.push(done),
            }
        }
        flushes
    }

    /// How long until somebody who waits may be served.
    fn next_look(&self) -> Option<Duration> {
        let now = self.world.monotonic();
        self.desks.values().filter_map(|desk| desk.look_at).min().map(|at| at.saturating_sub(now))
    }
}

#[expect(clippy::disallowed_methods, reason = "the pilot is where calls wait for their turn")]
async fn pause(wait: Duration) {
    tokio::time::sleep(wait).await;
}
