//! Which of the incidents written lately are news. Those who write do not see each other and finish in another order than
//! they began, so each look goes back a little behind the newest that was seen, and what was seen is remembered so long.

use std::collections::HashMap;
use std::time::Duration;
use world::Millis;

/// How far a look goes back: longer than a transaction takes, from the moment that it writes down to its end.
pub const LOOK_BACK: Duration = Duration::from_secs(5);

/// What one process has seen of an integration's incidents.
#[derive(Clone, Debug)]
pub struct Changes {
    newest: Millis,
    /// Versions by id, of those written since [`Self::since`].
    seen: HashMap<String, (i64, Millis)>,
}

impl Changes {
    /// Nothing was seen before `now`.
    pub fn from(now: Millis) -> Self {
        Self { newest: now, seen: HashMap::new() }
    }

    /// From when on to look.
    pub fn since(&self) -> Millis {
        self.newest.minus(LOOK_BACK)
    }

    /// Takes what was written since then, and keeps what is news: each incident at its newest version. A clock that was
    /// set back must not hide what comes, so nothing counts as later than `now`.
    pub fn take(&mut self, written: Vec<(String, i64, Millis)>, now: Millis) -> Vec<String> {
        let mut fresh = Vec::new();
        for (id, version, at) in written {
            self.newest = self.newest.max(at);
            if self.seen.get(&id).is_none_or(|(known, _)| *known < version) {
                self.seen.insert(id.clone(), (version, at));
                fresh.push(id);
            }
        }
        self.newest = self.newest.min(now);
        let since = self.since();
        self.seen.retain(|_, (_, at)| *at >= since);
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, version: i64, at: i64) -> (String, i64, Millis) {
        (id.to_owned(), version, Millis(at))
    }

    #[test]
    fn each_change_is_news_once() {
        let mut changes = Changes::from(Millis(100_000));
        assert_eq!(changes.since(), Millis(95_000));
        let now = Millis(101_000);
        assert_eq!(changes.take(vec![row("a", 1, 100_500), row("b", 4, 100_200)], now), ["a", "b"]);
        assert!(changes.take(vec![row("a", 1, 100_500), row("b", 4, 100_200)], now).is_empty());
        assert_eq!(changes.take(vec![row("a", 2, 100_900), row("b", 4, 100_200)], now), ["a"]);
    }

    #[test]
    fn who_ends_late_is_still_seen() {
        let mut changes = Changes::from(Millis(100_000));
        changes.take(vec![row("a", 1, 103_000)], Millis(103_000));
        assert!(changes.since() <= Millis(98_500));
        assert_eq!(changes.take(vec![row("late", 1, 98_500)], Millis(103_100)), ["late"]);
    }

    #[test]
    fn what_is_seen_is_forgotten_and_a_clock_set_back_hides_nothing() {
        let mut changes = Changes::from(Millis(100_000));
        changes.take(vec![row("a", 1, 100_000)], Millis(100_000));
        changes.take(vec![row("b", 1, 200_000)], Millis(200_000));
        assert_eq!(changes.seen.len(), 1);
        changes.take(Vec::new(), Millis(50_000));
        assert_eq!(changes.take(vec![row("c", 1, 50_100)], Millis(50_200)), ["c"]);
    }
}
