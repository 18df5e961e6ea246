//! What a company may spend at DingTalk in a month, who may spend the last of it, and how long it will last (reference
//! 10.1). Months are those of UTC+8.

mod month;
pub mod outlook;

pub use month::Month;

use super::integration::{Edition, Settings};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use world::Millis;

/// What is told when so many hundredths are used, once each in a month.
pub const WARNINGS: [i64; 3] = [50, 80, 95];
/// Hundredths at which everything stops but the first word of an incident.
const RESERVE_FROM: i64 = 97;
/// Hundredths at which chatter stops, and repaints become rare.
const ECONOMY_FROM: i64 = 95;
/// Hundredths below which a forecast saves nothing yet: early in a month one busy hour looks like a busy month.
const FORECAST_FROM: i64 = 50;
/// How far back a forecast looks.
const FORECAST_SPAN: Duration = Duration::from_secs(7 * 24 * 3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How much a call matters. What comes first goes first, and may spend what is kept for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// The first word of an incident to somebody.
    Page,
    /// What keeps shown things true, and what somebody waits for.
    State,
    /// What can as well be done another day.
    Chatter,
}

/// What DingTalk counts in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meter {
    /// Calls we make.
    Api,
    /// Events pushed to us.
    Push,
}

impl Meter {
    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Push => "push",
        }
    }
}

/// The table of an integration's figures, by the day from which it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Preset {
    /// The editions' long-standing figures; contracts made under them keep them.
    #[default]
    #[serde(rename = "before-2025-11-19")]
    Former,
    /// DingTalk's figures since then.
    #[serde(rename = "2025-11-19")]
    Present,
}

impl Preset {
    /// The fixed name, which is its date.
    pub fn name(self) -> &'static str {
        match self {
            Self::Former => "before-2025-11-19",
            Self::Present => "2025-11-19",
        }
    }

    /// The table of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Former, Self::Present].into_iter().find(|preset| preset.name() == name)
    }

    /// The figures of an edition. Pushes that depend on the contract have none.
    pub fn limits(self, edition: Edition) -> Limits {
        let (api_month, push_month, per_second) = match (edition, self) {
            (Edition::Standard, Self::Former) => (10_000, Some(5_000), 20),
            (Edition::Standard, Self::Present) => (5_000, Some(3_000), 20),
            (Edition::Professional, Self::Former) => (500_000, None, 40),
            (Edition::Professional, Self::Present) => (200_000, Some(50_000), 40),
            (Edition::Exclusive, _) => (5_500_000, None, 60),
        };
        Limits { api_month, push_month, per_second, robot_minute: ROBOT_MINUTE }
    }
}

/// Figures of one company that differ from its preset's: bought in addition, or by contract.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overrides {
    pub preset: Preset,
    pub api_month: Option<i64>,
    pub push_month: Option<i64>,
    pub qps: Option<i64>,
    pub robot_minute: Option<i64>,
}

/// Messages of one bot to one group in a minute. Published for other bots than an app's; nobody says that those may more
/// (reference 6.7).
const ROBOT_MINUTE: usize = 20;

/// What may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Counted calls in a month.
    pub api_month: i64,
    /// Counted pushes in a month, where a figure is known.
    pub push_month: Option<i64>,
    /// Calls of one API by one app in a second.
    pub per_second: usize,
    /// Messages of one bot to one group in a minute.
    pub robot_minute: usize,
}

impl Limits {
    /// The figures of an integration's company.
    pub fn of(settings: &Settings) -> Self {
        let own = &settings.quota;
        let preset = own.preset.limits(settings.edition);
        Self {
            api_month: own.api_month.unwrap_or(preset.api_month),
            push_month: own.push_month.or(preset.push_month),
            per_second: own_or(own.qps, preset.per_second),
            robot_minute: own_or(own.robot_minute, preset.robot_minute),
        }
    }

    /// The figure of a meter.
    pub fn month(&self, meter: Meter) -> Option<i64> {
        match meter {
            Meter::Api => Some(self.api_month),
            Meter::Push => self.push_month,
        }
    }
}

fn own_or(own: Option<i64>, preset: usize) -> usize {
    own.and_then(|own| usize::try_from(own).ok()).unwrap_or(preset).max(1)
}

/// Whether DingTalk counts the push of an event: not those of the address book (reference 10.1). Whether it counts card
/// callbacks is not told, so they are not counted here.
pub fn counts_push(event_type: &str) -> bool {
    !["user_", "org_", "label_", "check_url"].iter().any(|free| event_type.starts_with(free))
}

/// How much of `limit` is used when `priority` may spend no more.
pub fn ceiling(limit: i64, priority: Priority) -> i64 {
    match priority {
        Priority::Page => limit,
        Priority::State => share(limit, RESERVE_FROM),
        Priority::Chatter => share(limit, ECONOMY_FROM),
    }
}

/// What is kept for [`Priority::Page`] alone.
pub fn reserve(limit: i64) -> i64 {
    limit - ceiling(limit, Priority::State)
}

/// The highest of [`WARNINGS`] that is reached; 0 for none.
pub fn warning(used: i64, limit: i64) -> i64 {
    let reached = |level: &&i64| limit > 0 && used.saturating_mul(100) >= limit.saturating_mul(**level);
    WARNINGS.iter().rev().find(reached).copied().unwrap_or(0)
}

/// When `limit` will be used up if it goes on like in the last days of this month; none if not before its end. `days`
/// are days of the month with what was used on them.
pub fn forecast(days: &[(i64, i64)], used: i64, limit: i64, now: Millis) -> Option<Millis> {
    if used >= limit {
        return Some(now);
    }
    let month = Month::of(now);
    let from = now.minus(FORECAST_SPAN).max(month.begin);
    let first = Month::day(from);
    let begin = month.begin.plus(DAY * u32::try_from(first - 1).unwrap_or(0));
    let spent: i64 = days.iter().filter(|(day, _)| *day >= first).map(|(_, used)| used).sum();
    if spent <= 0 {
        return None;
    }
    // Less than a day says nothing about a day.
    let span_ms = now.since(begin).max(DAY).as_millis();
    let left_ms = span_ms * u128::from((limit - used).unsigned_abs()) / u128::from(spent.unsigned_abs());
    let end = now.plus(Duration::from_millis(u64::try_from(left_ms).unwrap_or(u64::MAX)));
    (end < month.end).then_some(end)
}

/// Why less is sent than otherwise, so that the rest of the month lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Economy {
    /// Almost everything is used.
    NearTheEnd,
    /// It would not last.
    Forecast,
}

impl Economy {
    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::NearTheEnd => "near-the-end",
            Self::Forecast => "forecast",
        }
    }
}

/// Whether to save.
pub fn economy(used: i64, limit: i64, forecast: Option<Millis>) -> Option<Economy> {
    if used >= share(limit, ECONOMY_FROM) {
        return Some(Economy::NearTheEnd);
    }
    forecast.filter(|_| used >= share(limit, FORECAST_FROM)).map(|_| Economy::Forecast)
}

/// Hundredths of a figure, rounded down.
fn share(limit: i64, percent: i64) -> i64 {
    i64::try_from(i128::from(limit) * i128::from(percent) / 100).unwrap_or(limit)
}

#[cfg(test)]
mod tests;
