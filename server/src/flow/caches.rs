//! What may be remembered for a moment, so that a platform or the database is not asked again and again.

use super::company_text::{Pace, Trouble};
use super::failed_pushes::Unstored;
use super::live::{Timeline, sight};
use super::members::Members;
use super::notices::Notices;
use super::robot::Known;
use crate::model::integration::Integration;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::form::FieldAsked;
use contract::incident::Action;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use world::Millis;

/// Integrations change by the command line too, in another process: a second later every process knows.
const INTEGRATION_LIFETIME: Duration = Duration::from_secs(1);
/// When a secret was used last is told to the minute.
const USE_LIFETIME: Duration = Duration::from_secs(60);
/// While somebody watches a set-up, the platforms are asked again after this.
const ASKED_LIFETIME: Duration = Duration::from_secs(20);
/// Names of people change rarely.
const NAME_LIFETIME: Duration = Duration::from_secs(600);
/// An administrator who adds a field to a form wants to see it.
const FIELDS_LIFETIME: Duration = Duration::from_secs(60);
/// Members of a group decide what is shown to whom: short enough for somebody who was just removed.
const MEMBERS_LIFETIME: Duration = Duration::from_secs(120);
/// Saving begins and ends by the day, not by the second.
const SAVING_LIFETIME: Duration = Duration::from_secs(30);
/// Pages that hear of the same change at the same time read its timeline once.
const TIMELINE_LIFETIME: Duration = Duration::from_secs(60);
/// An order is looked at again after this long, whatever is remembered of it.
const ORDER_LIFETIME: Duration = Duration::from_secs(60);
/// A template that cannot be rendered is left alone for so long, whatever the incident.
const TROUBLE_LIFETIME: Duration = Duration::from_secs(60);
/// How long after the last act an incident's mirror is believed to say "already".
pub const NEWS: Duration = Duration::from_secs(10);
/// Most entries of one cache; beyond it the cache is emptied.
const ENTRIES_MAX: usize = 20_000;
/// Entries that a cache may have before it looks for those that are too old. Timelines are large and nobody asks for one
/// a second time: without looking a long-lived process would keep them all.
const SWEPT_FROM: usize = 1_000;

/// Ids and names of channels.
type Channels = Arc<Vec<(i64, String)>>;

/// All caches of one process.
pub struct Caches {
    pub integrations: Cache<String, Arc<Integration>>,
    /// Integrations whose platforms were asked how the set-up stands, by key.
    pub asked: Cache<String, ()>,
    /// One look at a set-up at a time for all who watch it.
    pub watching: Locks,
    /// Secrets whose use was noted a moment ago, by integration and field.
    pub used: Cache<(String, &'static str), ()>,
    /// Member names by integration and member id.
    pub names: Cache<(String, i64), String>,
    /// Who is in a chat, by integration and conversation.
    pub members: Cache<(String, String), Arc<Members>>,
    /// What Flashduty's sign-in offers, by API base.
    pub oauth: Cache<String, Option<flashduty::Metadata>>,
    /// Who is behind a mobile number, by integration and number.
    pub mobiles: Cache<(String, String), Known>,
    /// Whether Flashduty shows a member a channel's incidents, by integration, member and channel.
    pub sights: Cache<(String, i64, i64), bool>,
    /// Custom fields of an account, by integration.
    pub fields: Cache<String, Arc<Vec<FieldAsked>>>,
    /// Channels that Flashduty shows a member, by integration and member.
    pub channels: Cache<(String, i64), Channels>,
    /// Timelines of incidents that are looked at, by integration, incident and version.
    pub timelines: Cache<(String, String, i64), Arc<Timeline>>,
    /// Events that DingTalk has forgotten and the database has not taken yet.
    pub unstored: Unstored,
    /// Whether an integration has to save DingTalk's quota, by its key.
    pub saving: Cache<String, bool>,
    /// For when digests were ordered to be repainted, by id.
    pub digests: Cache<String, Millis>,
    /// What a message template of Flashduty says, by integration and its id.
    pub templates: Cache<(String, String), String>,
    /// Why a message template cannot be rendered, by integration and id.
    pub text_troubles: Cache<(String, String), Trouble>,
    /// How many texts are rendered.
    pub text_pace: Pace,
    /// One rendering of an incident's text at a time.
    pub rendering: Locks,
    /// Incidents that wait to be told of.
    pub notices: Notices,
    /// What this process did with an incident a moment ago, by integration and incident.
    pub acted: Cache<(String, String), Action>,
    /// One act at a time per incident, inside this process.
    pub acts: Locks,
    /// One token refresh at a time per link.
    pub refreshes: Locks,
    /// One comparison with Flashduty at a time, and when the next may begin.
    pub reconciling: tokio::sync::Mutex<Millis>,
}

impl Default for Caches {
    fn default() -> Self {
        Self {
            integrations: Cache::new(INTEGRATION_LIFETIME),
            asked: Cache::new(ASKED_LIFETIME),
            watching: Locks::default(),
            used: Cache::new(USE_LIFETIME),
            names: Cache::new(NAME_LIFETIME),
            members: Cache::new(MEMBERS_LIFETIME),
            oauth: Cache::new(NAME_LIFETIME),
            mobiles: Cache::new(NAME_LIFETIME),
            sights: Cache::new(sight::LIFETIME),
            fields: Cache::new(FIELDS_LIFETIME),
            channels: Cache::new(NAME_LIFETIME),
            timelines: Cache::new(TIMELINE_LIFETIME),
            unstored: Unstored::default(),
            saving: Cache::new(SAVING_LIFETIME),
            digests: Cache::new(ORDER_LIFETIME),
            templates: Cache::new(NAME_LIFETIME),
            text_troubles: Cache::new(TROUBLE_LIFETIME),
            text_pace: Pace::default(),
            rendering: Locks::default(),
            notices: Notices::default(),
            acted: Cache::new(NEWS),
            acts: Locks::default(),
            refreshes: Locks::default(),
            reconciling: tokio::sync::Mutex::default(),
        }
    }
}

/// The integration of a key, from memory or the database.
pub async fn integration(state: &State, key: &str) -> Result<Option<Arc<Integration>>, StoreError> {
    let now = state.world.now();
    if let Some(found) = state.caches.integrations.get(&key.to_owned(), now) {
        return Ok(Some(found));
    }
    let mut tx = state.store.read().await?;
    let found = store::integration::by_key(&mut tx, key).await?.map(Arc::new);
    if let Some(found) = &found {
        state.caches.integrations.put(key.to_owned(), Arc::clone(found), now);
    }
    Ok(found)
}

/// The integration of a key is read from the database next time.
pub fn forget(state: &State, key: &str) {
    state.caches.integrations.remove(&key.to_owned());
}

/// Values that are true for a while.
pub struct Cache<K, V> {
    lifetime: Duration,
    entries: Mutex<Entries<K, V>>,
}

struct Entries<K, V> {
    values: HashMap<K, (V, Millis)>,
    /// With so many the old ones are looked for: twice as many as were young the last time, so that looking is cheap.
    sweep_at: usize,
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    fn new(lifetime: Duration) -> Self {
        Self { lifetime, entries: Mutex::new(Entries { values: HashMap::new(), sweep_at: SWEPT_FROM }) }
    }

    /// The value, if it is young enough.
    pub fn get(&self, key: &K, now: Millis) -> Option<V> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not keep a value for ever.
        entries.values.get(key).filter(|(_, at)| self.is_young(*at, now)).map(|(value, _)| value.clone())
    }

    fn is_young(&self, at: Millis, now: Millis) -> bool {
        at <= now && now.since(at) < self.lifetime
    }

    /// Whether there was such a value, also when it has become too old; of many, old ones are forgotten.
    pub fn knows<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).values.contains_key(key)
    }

    /// Remembers a value from now on.
    pub fn put(&self, key: K, value: V, now: Millis) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.values.len() >= entries.sweep_at {
            entries.values.retain(|_, (_, at)| self.is_young(*at, now));
            if entries.values.len() >= ENTRIES_MAX {
                entries.values.clear();
            }
            entries.sweep_at = SWEPT_FROM.max(entries.values.len() * 2).min(ENTRIES_MAX);
        }
        entries.values.insert(key, (value, now));
    }

    /// Forgets a value.
    pub fn remove(&self, key: &K) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).values.remove(key);
    }
}

/// A lock per name, made when needed and dropped when nobody waits for it.
#[derive(Default)]
pub struct Locks(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Locks {
    /// Waits for the lock of `name`.
    pub async fn lock(&self, name: String) -> tokio::sync::OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            Arc::clone(locks.entry(name).or_default())
        };
        lock.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lives_for_its_time_and_not_in_the_past() {
        let cache = Cache::new(Duration::from_secs(1));
        cache.put("a", 1, Millis(1_000));
        assert_eq!(cache.get(&"a", Millis(1_999)), Some(1));
        assert_eq!(cache.get(&"a", Millis(2_000)), None);
        assert_eq!(cache.get(&"a", Millis(999)), None, "the clock was set back");
    }

    #[test]
    fn what_is_too_old_does_not_stay_in_memory() {
        let cache = Cache::new(Duration::from_secs(1));
        let count = || cache.entries.lock().unwrap().values.len();
        let mut most = 0;
        for n in 0..100_000 {
            // Ten a second, each asked for once.
            cache.put(n, n, Millis(n * 100));
            most = most.max(count());
        }
        assert!(most <= SWEPT_FROM, "{most}");
        for n in 0..100_000 {
            // All at the same moment.
            cache.put(n, n, Millis(100_000 * 100));
            most = most.max(count());
        }
        assert!(most <= ENTRIES_MAX, "{most}");
        assert_eq!(cache.get(&99_999, Millis(100_000 * 100)), Some(99_999), "the newest is there");
    }
}
