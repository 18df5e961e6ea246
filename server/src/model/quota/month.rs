use jiff::civil::{Date, Time};
use jiff::tz::{self, Offset};
use jiff::{Timestamp, ToSpan};
use std::time::Duration;
use world::Millis;

/// A month of DingTalk: it begins on the 1st at 00:00 in UTC+8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Year and month as one number, `202609`.
    pub number: i64,
    pub begin: Millis,
    /// Beginning of the next one, when the meters start anew.
    pub end: Millis,
}

impl Month {
    /// The month of a moment. A moment no calendar knows is in a month of its own.
    pub fn of(now: Millis) -> Self {
        Self::known(now).unwrap_or(Self { number: 0, begin: now, end: now.plus(Duration::from_secs(31 * 24 * 3600)) })
    }

    fn known(now: Millis) -> Option<Self> {
        let begin = date(now)?.first_of_month();
        let end = begin.checked_add(1.month()).ok()?;
        Some(Self {
            number: i64::from(begin.year()) * 100 + i64::from(begin.month()),
            begin: midnight(begin)?,
            end: midnight(end)?,
        })
    }

    /// Day of the month, 1 to 31.
    pub fn day(now: Millis) -> i64 {
        date(now).map_or(1, |date| i64::from(date.day()))
    }

    /// The date as people write it, `2026-09-27`; empty for a moment no calendar knows.
    pub fn date(now: Millis) -> String {
        date(now).map(|date| date.to_string()).unwrap_or_default()
    }
}

/// Where DingTalk's months begin.
const CHINA: Offset = tz::offset(8);

fn date(now: Millis) -> Option<Date> {
    Timestamp::from_millisecond(now.0).ok().map(|at| CHINA.to_datetime(at).date())
}

fn midnight(date: Date) -> Option<Millis> {
    CHINA.to_timestamp(date.to_datetime(Time::midnight())).ok().map(|at| Millis(at.as_millisecond()))
}
