//! DingTalk counts the events it pushes too. The door only adds in memory; the worker writes it down every few seconds.

use super::warning::warn;
use crate::model::integration::Integration;
use crate::model::quota::{self, Limits, Meter, Month};
use crate::state::State;
use crate::store::meter::{self, Place};
use crate::store::{StoreError, Tx};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use world::Millis;

/// How often what was counted is written down.
const EVERY: Duration = Duration::from_secs(5);
/// Types of events told apart in memory; the rest is one.
const TYPES_MAX: usize = 500;
const TYPE_CHARS_MAX: usize = 60;
const OTHER: &str = "other";

/// What was pushed since the last time it was written down.
#[derive(Default)]
pub struct Pushes(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    by_type: BTreeMap<(String, String), Count>,
    flushed: Duration,
}

#[derive(Clone)]
struct Count {
    corp_id: String,
    limits: Limits,
    count: i64,
    last: Millis,
}

impl Pushes {
    /// Counts an event that has come, if DingTalk does.
    pub fn count(&self, integration: &Integration, event_type: &str, now: Millis) {
        if !quota::counts_push(event_type) {
            return;
        }
        let plain = event_type.len() <= TYPE_CHARS_MAX
            && event_type.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let mut counted = self.lock();
        let full = counted.by_type.len() >= TYPES_MAX;
        let mut place = (integration.key.clone(), if plain { event_type } else { OTHER }.to_owned());
        if full && !counted.by_type.contains_key(&place) {
            place.1 = OTHER.to_owned();
        }
        let entry = counted.by_type.entry(place).or_insert_with(|| Count {
            corp_id: integration.settings.corp_id.clone(),
            limits: Limits::of(&integration.settings),
            count: 0,
            last: now,
        });
        entry.count += 1;
        entry.last = now;
    }

    fn take(&self) -> BTreeMap<(String, String), Count> {
        std::mem::take(&mut self.lock().by_type)
    }

    /// What could not be written waits for the next time.
    fn put_back(&self, taken: BTreeMap<(String, String), Count>) {
        let mut counted = self.lock();
        for (place, count) in taken {
            counted.by_type.entry(place).and_modify(|present| present.count += count.count).or_insert(count);
        }
    }

    fn is_due(&self, steady: Duration) -> bool {
        let mut counted = self.lock();
        let due = steady.saturating_sub(counted.flushed) >= EVERY;
        if due {
            counted.flushed = steady;
        }
        due && !counted.by_type.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes down what was pushed, every few seconds.
///
/// # Errors
/// It waits for the next time.
pub async fn flush_if_due(state: &State) -> Result<(), StoreError> {
    if state.pushes.is_due(state.world.monotonic()) { flush(state).await } else { Ok(()) }
}

/// Writes down what was pushed, now.
///
/// # Errors
/// It waits for the next time.
pub async fn flush(state: &State) -> Result<(), StoreError> {
    let taken = state.pushes.take();
    if taken.is_empty() {
        return Ok(());
    }
    let written = async {
        let mut tx = state.store.begin().await?;
        for ((integration, event_type), count) in &taken {
            write(state, &mut tx, integration, event_type, count).await?;
        }
        tx.commit().await
    };
    let result = written.await;
    if result.is_err() {
        state.pushes.put_back(taken);
    }
    result
}

async fn write(
    state: &State,
    tx: &mut Tx,
    integration: &str,
    event_type: &str,
    count: &Count,
) -> Result<(), StoreError> {
    let month = Month::of(count.last);
    let place = Place { corp_id: &count.corp_id, meter: Meter::Push, month: month.number };
    let reading = meter::add(tx, place, count.count).await?;
    meter::note(tx, place, Month::day(count.last), event_type, count.count).await?;
    match (reading, count.limits.push_month) {
        (Some(reading), Some(limit)) => warn(tx, &state.world, integration, place, reading, limit).await,
        _ => Ok(()),
    }
}
