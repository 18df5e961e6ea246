//! What has changed, told to pages that are open. One look at the database every half second serves all pages of a process,
//! whichever process wrote; nobody at Flashduty is asked on behalf of a single page ([`sight`] says when at all).
//!
//! [`Live`] looks and knows who listens; [`Watch`] is one page: what it shows, what its person may see.

mod listening;
pub mod sight;
mod timelines;
mod watch;

use super::read::Viewer;
use crate::model::changes::Changes;
use crate::model::incident::{Incident, Mirror};
use crate::state::State;
use crate::store::{self, StoreError};
use listening::Places;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, watch as signal};
use world::Millis;

pub use listening::{Full, Listener};
pub use timelines::Timeline;
pub use watch::{List, SHOWN_MAX, Shown, Watch};

/// How often the database is looked at while anybody listens: a change is told within two seconds.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Changes that one look takes; after more, each page reads what it shows.
const ROWS_MAX: usize = 2_000;
/// Changes a page may be behind before it reads what it shows instead.
const BEHIND_MAX: usize = 256;

/// What listeners hear.
#[derive(Clone)]
pub enum Heard {
    /// An incident changed, at that moment.
    Change(Arc<Mirror>, Millis),
    /// So much has changed that nobody can be told one by one.
    Flood,
}

/// Who listens in this process.
pub struct Live {
    inner: Mutex<Inner>,
    stopped: signal::Sender<bool>,
}

#[derive(Default)]
struct Inner {
    /// By integration.
    followed: HashMap<String, Followed>,
    places: Places,
    looking: bool,
}

struct Followed {
    sender: broadcast::Sender<Heard>,
    changes: Changes,
}

impl Default for Live {
    fn default() -> Self {
        Self { inner: Mutex::default(), stopped: signal::Sender::new(false) }
    }
}

impl Live {
    /// Ends every stream, and lets no new one begin.
    pub fn stop(&self) {
        self.stopped.send_replace(true);
        self.lock().followed.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The integrations somebody listens for. With the last listener the looking ends.
    fn followed(&self) -> Vec<String> {
        let mut inner = self.lock();
        inner.followed.retain(|_, one| one.sender.receiver_count() > 0);
        inner.looking = !inner.followed.is_empty();
        inner.followed.keys().cloned().collect()
    }
}

/// Begins to hear of an integration's changes, in a place of a session's.
///
/// # Errors
/// There is no place left.
pub fn listen(state: &State, key: &str, session: &str) -> Result<Listener, Full> {
    let live = &state.live;
    if *live.stopped.borrow() {
        return Err(Full);
    }
    let mut inner = live.lock();
    let place = inner.places.take(session)?;
    let now = state.world.now();
    let followed = inner
        .followed
        .entry(key.to_owned())
        .or_insert_with(|| Followed { sender: broadcast::Sender::new(BEHIND_MAX), changes: Changes::from(now) });
    let listener = Listener::new(state.clone(), session.to_owned(), place, followed.sender.subscribe());
    let looks = std::mem::replace(&mut inner.looking, true);
    drop(inner);
    if !looks {
        start_looking(state.clone());
    }
    Ok(listener)
}

/// Which revision of an incident an act has led to; 0 when something else has come over it since.
pub async fn revision(viewer: Viewer<'_>, after: &Incident) -> i64 {
    let read = async {
        let mut tx = viewer.state.store.read().await?;
        store::incident::get(&mut tx, &viewer.integration.key, &after.id).await
    };
    let same = |mirror: &Mirror| mirror.incident.last_act == after.last_act;
    read.await.ok().flatten().filter(same).map_or(0, |mirror| mirror.version)
}

#[expect(clippy::disallowed_methods, reason = "one task looks for all who listen, and ends with them")]
fn start_looking(state: State) {
    tokio::spawn(async move {
        let mut stopped = state.live.stopped.subscribe();
        loop {
            let keys = state.live.followed();
            if keys.is_empty() {
                return;
            }
            for key in keys {
                if let Err(error) = look(&state, &key).await {
                    tracing::warn!(%error, "open pages are told later");
                }
            }
            if tokio::time::timeout(LOOK_EVERY, stopped.wait_for(|stopped| *stopped)).await.is_ok() {
                return;
            }
        }
    });
}

/// Looks once, and tells.
async fn look(state: &State, key: &str) -> Result<(), StoreError> {
    let Some(since) = state.live.lock().followed.get(key).map(|one| one.changes.since()) else { return Ok(()) };
    let mut tx = state.store.read().await?;
    let limit = i64::try_from(ROWS_MAX).unwrap_or(i64::MAX);
    let rows = store::incident::changed_since(&mut tx, key, since, limit).await?;
    let is_flood = rows.len() >= ROWS_MAX;
    let written: HashMap<String, Millis> = rows.iter().map(|row| (row.id.clone(), row.written)).collect();
    let rows = rows.into_iter().map(|row| (row.id, row.version, row.written)).collect();
    let (sender, mut fresh) = {
        let mut inner = state.live.lock();
        let Some(followed) = inner.followed.get_mut(key) else { return Ok(()) };
        (followed.sender.clone(), followed.changes.take(rows, state.world.now()))
    };
    if is_flood || fresh.len() > BEHIND_MAX / 2 {
        // An error means that nobody listens any more.
        let _ = sender.send(Heard::Flood);
        return Ok(());
    }
    // The oldest first, as they happened.
    fresh.reverse();
    for id in fresh {
        if let Some(mirror) = store::incident::get(&mut tx, key, &id).await? {
            let at = written.get(&id).copied().unwrap_or(since);
            let _ = sender.send(Heard::Change(Arc::new(mirror), at));
        }
    }
    Ok(())
}
