//! How far our clock and another machine's are apart, from the `Date` of its answers.

use crate::Millis;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

/// Nothing was heard yet.
const UNKNOWN: i64 = i64::MIN;
/// A `Date` is cut to whole seconds: on average half of one is lost.
const CUT: Duration = Duration::from_millis(500);

/// What the last answer told of the other machine's clock.
#[derive(Debug)]
pub struct PeerClock(AtomicI64);

impl Default for PeerClock {
    fn default() -> Self {
        Self(AtomicI64::new(UNKNOWN))
    }
}

impl PeerClock {
    /// Notes an answer that came at `now`. A date that cannot be read says nothing.
    pub fn note(&self, date: &str, now: Millis) {
        let told = httpdate::parse_http_date(date).ok().and_then(|date| date.duration_since(UNIX_EPOCH).ok());
        let told = told.and_then(|told| i64::try_from((told + CUT).as_millis()).ok());
        if let Some(told) = told {
            self.0.store(now.0.saturating_sub(told), Ordering::Relaxed);
        }
    }

    /// How far our clock is ahead of the other, in milliseconds; negative when it is behind.
    pub fn ahead_ms(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|ahead| *ahead != UNKNOWN)
    }
}

/// A moment as a `Date` header tells it.
pub fn http_date(at: Millis) -> String {
    let since = Duration::from_millis(u64::try_from(at.0).unwrap_or_default());
    httpdate::fmt_http_date(UNIX_EPOCH + since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_readable_date_counts() {
        let clock = PeerClock::default();
        assert_eq!(clock.ahead_ms(), None);
        clock.note("no date", Millis(0));
        assert_eq!(clock.ahead_ms(), None);
        let now = Millis(1_790_000_000_000);
        clock.note(&http_date(now), now);
        assert_eq!(clock.ahead_ms(), Some(-500));
        clock.note(&http_date(now.minus(Duration::from_secs(90))), now);
        assert_eq!(clock.ahead_ms(), Some(89_500));
        clock.note("", now);
        assert_eq!(clock.ahead_ms(), Some(89_500));
    }
}
