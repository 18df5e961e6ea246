//! Times in words, computed without a clock: the server and the browser are given the same `now_ms`, so they print
//! the same text.

use contract::Language;
use contract::words::page as words;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How people read times: their language, their zone, and the moment the page was made.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    pub language: Language,
    /// East positive.
    pub zone_offset_minutes: i32,
    pub now_ms: i64,
}

impl Clock {
    /// "3 min ago"; older than a week: the date.
    pub fn ago(&self, at_ms: i64) -> String {
        let passed_ms = self.now_ms.saturating_sub(at_ms);
        match passed_ms {
            ..MINUTE_MS => words::just_now(self.language).into(),
            MINUTE_MS..HOUR_MS => words::minutes_ago(self.language, passed_ms / MINUTE_MS),
            HOUR_MS..DAY_MS => words::hours_ago(self.language, passed_ms / HOUR_MS),
            _ if passed_ms < 7 * DAY_MS => words::days_ago(self.language, passed_ms / DAY_MS),
            _ => self.full(at_ms).chars().take(10).collect(),
        }
    }

    /// `2026-04-11 14:56`, in the account's zone.
    pub fn full(&self, at_ms: i64) -> String {
        let civil = self.civil(at_ms);
        format!("{:04}-{:02}-{:02} {:02}:{:02}", civil.year, civil.month, civil.day, civil.hour, civil.minute)
    }

    /// `14:56` on the day of `now_ms`, `04-12 02:30` on another.
    pub fn short(&self, at_ms: i64) -> String {
        let (civil, now) = (self.civil(at_ms), self.civil(self.now_ms));
        let time = format!("{:02}:{:02}", civil.hour, civil.minute);
        if (civil.year, civil.month, civil.day) == (now.year, now.month, now.day) {
            time
        } else {
            format!("{:02}-{:02} {time}", civil.month, civil.day)
        }
    }

    /// `2026-04-11T06:56:59Z`, for `<time datetime>`.
    pub fn machine(&self, at_ms: i64) -> String {
        let civil = Self { zone_offset_minutes: 0, ..*self }.civil(at_ms);
        let second = at_ms.div_euclid(1000).rem_euclid(60);
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{second:02}Z",
            civil.year, civil.month, civil.day, civil.hour, civil.minute
        )
    }

    fn civil(&self, at_ms: i64) -> Civil {
        let minutes = at_ms.div_euclid(MINUTE_MS).saturating_add(i64::from(self.zone_offset_minutes));
        let (day, minute) = (minutes.div_euclid(24 * 60), minutes.rem_euclid(24 * 60));
        let (year, month, day) = date_of(day);
        Civil { year, month, day, hour: minute / 60, minute: minute % 60 }
    }
}

/// A number of minutes as a duration: "2 h", "90 min".
pub fn duration(language: Language, minutes: u32) -> String {
    match minutes {
        60.. if minutes.is_multiple_of(60) => contract::words::card::hours(language, minutes / 60),
        _ => contract::words::card::minutes(language, minutes),
    }
}

struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
}

/// The date of a day counted from 1970-01-01, by eras of 400 years that begin on 1 March.
fn date_of(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * march_month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_775_912_219_000;

    fn clock(language: Language, zone_offset_minutes: i32) -> Clock {
        Clock { language, zone_offset_minutes, now_ms: NOW_MS }
    }

    #[test]
    fn dates_in_zones() {
        let china = clock(Language::Zh, 480);
        for (at_ms, full, machine) in [
            (NOW_MS, "2026-04-11 20:56", "2026-04-11T12:56:59Z"),
            (0, "1970-01-01 08:00", "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29 08:00", "2000-02-29T00:00:00Z"),
            (1_798_761_599_999, "2027-01-01 07:59", "2026-12-31T23:59:59Z"),
            (-1, "1970-01-01 07:59", "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(china.full(at_ms), full);
            assert_eq!(china.machine(at_ms), machine);
        }
        assert_eq!(clock(Language::En, -570).full(NOW_MS), "2026-04-11 03:26");
        assert_eq!(china.short(NOW_MS + HOUR_MS), "21:56");
        assert_eq!(china.short(NOW_MS + 12 * HOUR_MS), "04-12 08:56");
    }

    #[test]
    fn distances_in_words() {
        for (passed_ms, zh, en) in [
            (-5 * HOUR_MS, "刚刚", "just now"),
            (59_999, "刚刚", "just now"),
            (3 * MINUTE_MS, "3 分钟前", "3 min ago"),
            (HOUR_MS, "1 小时前", "1 h ago"),
            (6 * DAY_MS, "6 天前", "6 d ago"),
            (8 * DAY_MS, "2026-04-03", "2026-04-03"),
        ] {
            assert_eq!(clock(Language::Zh, 480).ago(NOW_MS - passed_ms), zh);
            assert_eq!(clock(Language::En, 480).ago(NOW_MS - passed_ms), en);
        }
        for at_ms in [i64::MIN, i64::MAX] {
            assert!(!clock(Language::Zh, 480).ago(at_ms).is_empty());
        }
    }

    #[test]
    fn durations() {
        for (minutes, en) in [(15, "15 min"), (90, "90 min"), (120, "2 h"), (0, "0 min")] {
            assert_eq!(duration(Language::En, minutes), en);
        }
    }
}
