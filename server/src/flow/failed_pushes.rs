//! Events that DingTalk could not push to us: it tries three times within a minute and keeps what failed on a list. The
//! list is read at every start, again when the last tries before the start must have come onto it, and now and then.

use super::refresh;
use crate::model::hash::hex_sha256;
use crate::model::integration::Integration;
use crate::model::quota::Priority;
use crate::state::State;
use crate::store::inbox::{NewItem, Source};
use crate::store::{StoreError, task};
use crate::{model::task::TaskKind, store};
use dingtalk::ErrorClass;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use world::Millis;

/// How often, as long as nothing seems lost: each look is a counted call, about 120 a month.
pub const EVERY: Duration = Duration::from_secs(6 * 3600);
/// When a failed look is repeated.
const AGAIN_AFTER: Duration = Duration::from_secs(300);
/// From a push that we refused until it is surely on the list: 40 s of tries and 5 min (reference 2.6, 2.7).
const LATE: Duration = Duration::from_secs(360);
/// Pages read in one go: 10,000 events.
const PAGES_MAX: usize = 50;

/// What was taken off the list and could not be stored. DingTalk has forgotten it, so it must not be lost here.
#[derive(Default)]
pub struct Unstored(Mutex<Vec<NewItem>>);

/// Takes everything off the list into the inbox. Returns when to look again.
pub async fn read(state: &State, integration: &Integration) -> Millis {
    let now = state.world.now();
    if !store_rest(state).await {
        return now.plus(AGAIN_AFTER);
    }
    let client = super::credential::dingtalk(state, integration, Priority::State);
    for _ in 0..PAGES_MAX {
        let page = match client.take_failed_events().await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(key = integration.key, class = error.class.name(), "failed pushes could not be read");
                if error.class == ErrorClass::Unclear {
                    // The answer was lost, and with it perhaps entries that DingTalk has removed.
                    if let Err(error) = refresh::suspect_all(state, integration).await {
                        tracing::warn!(%error, "groups are not read again now");
                    }
                }
                return match error.class {
                    ErrorClass::Held(held) => held.until.max(now.plus(AGAIN_AFTER)),
                    _ => now.plus(AGAIN_AFTER),
                };
            }
        };
        if !page.texts.is_empty() {
            metrics::counter!("dingduty_failed_pushes_total").increment(page.texts.len() as u64);
        }
        let items = page.texts.into_iter().map(|body| NewItem {
            integration: integration.key.clone(),
            source: Source::Event,
            event_id: hex_sha256(&body),
            body,
        });
        state.caches.unstored.0.lock().unwrap_or_else(PoisonError::into_inner).extend(items);
        if !store_rest(state).await {
            return now.plus(AGAIN_AFTER);
        }
        if !page.more {
            break;
        }
    }
    now.plus(EVERY)
}

/// Orders a look now and a later one: for a start.
pub async fn look_soon(state: &State) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    for integration in store::integration::list(&mut tx).await? {
        task::add(&mut tx, &integration.key, &TaskKind::FailedPushes { late: false }, now, now).await?;
        task::add(&mut tx, &integration.key, &TaskKind::FailedPushes { late: true }, now.plus(LATE), now).await?;
    }
    tx.commit().await
}

/// Stores what waits in memory, in order. False when something still waits.
async fn store_rest(state: &State) -> bool {
    let items = std::mem::take(&mut *state.caches.unstored.0.lock().unwrap_or_else(PoisonError::into_inner));
    let mut rest = Vec::new();
    for item in items {
        if let Err(error) = state.store.inbox().put(item.clone()).await {
            tracing::error!(%error, "an event off the failed list waits in memory");
            rest.push(item);
        }
    }
    let stored = rest.is_empty();
    state.caches.unstored.0.lock().unwrap_or_else(PoisonError::into_inner).extend(rest);
    state.wake();
    stored
}
