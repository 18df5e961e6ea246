//! Monthly quotas and the limit per second (dingtalk.md, 10).

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use world::Millis;

/// A company's DingTalk version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// Free.
    Standard,
    /// Paid per set.
    Professional,
    /// By contract.
    Exclusive,
}

/// What a company may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Counted API calls a month.
    pub calls_per_month: u64,
    /// Counted event pushes a month.
    pub pushes_per_month: u64,
    /// Calls of one API by one app in any second.
    pub calls_per_second: usize,
}

impl Edition {
    /// The present figures (10.1), which are the stricter ones; the exclusive edition's pushes are by contract, so
    /// that figure is only a tenth of its calls.
    pub fn limits(self) -> Limits {
        let (calls_per_month, pushes_per_month, calls_per_second) = match self {
            Edition::Standard => (5_000, 3_000, 20),
            Edition::Professional => (200_000, 50_000, 40),
            Edition::Exclusive => (5_500_000, 550_000, 60),
        };
        Limits { calls_per_month, pushes_per_month, calls_per_second }
    }
}

/// A company's two meters.
#[derive(Clone, Debug, Serialize)]
pub struct Meters {
    /// Its limits.
    pub limits: Limits,
    /// Calls counted this month.
    pub calls: u64,
    /// Pushes counted this month.
    pub pushes: u64,
    /// When this month's calls were used up.
    pub exhausted: Option<Millis>,
    /// Year and month the counts are of, in UTC+8.
    month: (i16, i8),
}

impl Meters {
    /// Empty meters.
    pub fn new(edition: Edition) -> Self {
        Self { limits: edition.limits(), calls: 0, pushes: 0, exhausted: None, month: (0, 0) }
    }

    /// Counts a call; false when the month's quota is used up, and `grace` since then is over.
    pub fn count_call(&mut self, now: Millis, grace: Duration) -> bool {
        self.turn_month(now);
        let left = self.calls < self.limits.calls_per_month;
        let allowed = left || now < self.exhausted.get_or_insert(now).plus(grace);
        self.calls += u64::from(allowed);
        allowed
    }

    /// Counts a push; false when the month's quota is used up.
    pub fn count_push(&mut self, now: Millis) -> bool {
        self.turn_month(now);
        let allowed = self.pushes < self.limits.pushes_per_month;
        self.pushes += u64::from(allowed);
        allowed
    }

    fn turn_month(&mut self, now: Millis) {
        let month = month_of(now);
        if month != self.month {
            (self.month, self.calls, self.pushes, self.exhausted) = (month, 0, 0, None);
        }
    }
}

/// Year and month in UTC+8, where DingTalk's months begin.
fn month_of(now: Millis) -> (i16, i8) {
    // A time jiff cannot hold belongs to no month of ours; the meters then simply never turn.
    jiff::Timestamp::from_millisecond(now.0)
        .map(|moment| jiff::tz::offset(8).to_datetime(moment))
        .map_or((0, 1), |moment| (moment.year(), moment.month()))
}

/// Times of the last calls by key, for limits in any sliding span.
#[derive(Default)]
pub struct Windows(BTreeMap<(String, String), VecDeque<Millis>>);

impl Windows {
    /// Whether one more fits into the `span` that ends now; if so it is noted.
    pub fn admit(&mut self, key: (&str, &str), most: usize, span: Duration, now: Millis) -> bool {
        let times = self.0.entry((key.0.to_owned(), key.1.to_owned())).or_default();
        let begin = now.minus(span);
        // Times to come are left from before the clock was set back.
        while times.front().is_some_and(|time| *time <= begin || *time > now) {
            times.pop_front();
        }
        let fits = times.len() < most;
        if fits {
            times.push_back(now);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_second_slides() {
        let mut windows = Windows::default();
        let mut admit = |ms| windows.admit(("app", "api"), 2, SECOND, Millis(ms));
        let admitted = [0, 900, 999, 1000, 1001, 1899, 1900, 2000].map(&mut admit);
        assert_eq!(admitted, [true, true, false, true, false, false, true, true]);
    }

    #[test]
    fn calls_go_on_for_the_days_of_grace() {
        let mut meters = Meters::new(Edition::Standard);
        meters.limits.calls_per_month = 1;
        let (begin, grace) = (Millis(1_790_000_000_000), Duration::from_secs(2));
        let mut count = |ms| meters.count_call(Millis(begin.0 + ms), grace);
        assert_eq!([0, 5_000, 6_999, 7_000].map(&mut count), [true, true, true, false]);
        assert_eq!(meters.calls, 3);
    }

    #[test]
    fn months_begin_at_midnight_in_china() {
        let mut meters = Meters::new(Edition::Standard);
        meters.limits.calls_per_month = 1;
        let last = Millis(1_788_191_999_999); // 2026-08-31 23:59:59.999 +08:00
        assert!(meters.count_call(last, Duration::ZERO));
        assert!(!meters.count_call(last, Duration::ZERO));
        assert!(meters.count_call(Millis(last.0 + 1), Duration::ZERO));
        assert_eq!(month_of(last), (2026, 8));
        assert_eq!(month_of(Millis(last.0 + 1)), (2026, 9));
    }
}
