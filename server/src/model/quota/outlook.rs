//! What a month comes to, and what it would come to under other circumstances.

use super::{FORECAST_SPAN, Month};
use contract::console::quota::{Outlook, WhatIf};
use std::time::Duration;
use world::Millis;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// As much as it is, in millionths.
const WHOLE: i128 = 1_000_000;
/// Calls that paint what is shown anew.
const REPAINTS: [&str; 2] = ["/v1.0/card/instances", "/topapi/message/corpconversation/status_bar/update"];
/// Calls that go to people alone.
const TO_PEOPLE: [&str; 3] = [
    "/v1.0/robot/oToMessages/batchSend",
    "/topapi/message/corpconversation/asyncsend_v2",
    "/topapi/message/corpconversation/status_bar/update",
];
/// Calls that go to groups alone.
const TO_GROUPS: [&str; 1] = ["/v1.0/robot/groupMessages/send"];
/// Calls that go to both.
const TO_BOTH: [&str; 3] =
    ["/v1.0/card/instances/createAndDeliver", "/v1.0/card/instances/deliver", "/v1.0/card/instances"];

/// What was used this month, as a meter has it.
#[derive(Clone, Copy, Debug)]
pub struct Spent<'a> {
    /// Days of the month with what was used on them.
    pub days: &'a [(i64, i64)],
    /// Paths of calls with what was used on them.
    pub routes: &'a [(String, i64)],
    pub used: i64,
}

/// What the month comes to under `circumstances`; `groups_share` is how much of what is sent goes to groups, in
/// hundredths. What was used already stays used.
pub fn outlook(spent: Spent, limit: i64, circumstances: &WhatIf, groups_share: i64, now: Millis) -> Outlook {
    let month = Month::of(now);
    let from = now.minus(FORECAST_SPAN).max(month.begin);
    let first = Month::day(from);
    let begin_ms = month.begin.0 + (first - 1) * DAY_MS;
    // Less than a day says nothing about a day.
    let span_ms = (now.0 - begin_ms).max(DAY_MS);
    let lately: i64 = spent.days.iter().filter(|(day, _)| *day >= first).map(|(_, used)| used).sum();
    let weight = i128::from(weight_of(spent.routes, circumstances, groups_share.clamp(0, 100)));
    let pace = |time_ms: i64| {
        let calls = (i128::from(lately) * i128::from(time_ms)).saturating_mul(weight) / (i128::from(span_ms) * WHOLE);
        i64::try_from(calls).unwrap_or(i64::MAX)
    };
    let left_ms = (month.end.0 - now.0).max(0);
    let at_end = spent.used.saturating_add(pace(left_ms));
    let spent_at = if spent.used >= limit {
        Some(now)
    } else if at_end >= limit && at_end > spent.used {
        let share = i128::from(limit - spent.used) * i128::from(left_ms) / i128::from(at_end - spent.used);
        Some(now.plus(Duration::from_millis(u64::try_from(share).unwrap_or(u64::MAX))))
    } else {
        None
    };
    Outlook { per_day: pace(DAY_MS), at_end, limit, spent_ms: spent_at.map(|at| at.0) }
}

/// What the routes would have cost together, in millionths of what they did.
fn weight_of(routes: &[(String, i64)], circumstances: &WhatIf, groups_share: i64) -> i64 {
    let (mut weighed, mut used) = (0, 0);
    for (route, count) in routes {
        let count = i128::from((*count).max(0));
        weighed += count * i128::from(weight(route, circumstances, groups_share));
        used += count;
    }
    // Without routes nothing is known of what would change.
    let weight = if used > 0 { weighed / used } else { WHOLE };
    i64::try_from(weight).unwrap_or(i64::MAX)
}

/// What a call of a route becomes, in millionths.
fn weight(route: &str, circumstances: &WhatIf, groups_share: i64) -> i64 {
    let WhatIf { no_repaints, no_people, groups, incidents, .. } = circumstances;
    let among = |routes: &[&str]| routes.contains(&route);
    if *no_repaints && among(&REPAINTS) {
        return 0;
    }
    let people = if *no_people { 0 } else { 100 };
    // Hundredths of hundredths.
    let receivers = match route {
        _ if among(&TO_PEOPLE) => people * 100,
        _ if among(&TO_GROUPS) => groups * 100,
        _ if among(&TO_BOTH) => groups_share * groups + (100 - groups_share) * people,
        // Whatever else is asked of DingTalk does not depend on what is sent.
        _ => return 1_000_000,
    };
    receivers * incidents
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-09-21 00:00 in UTC+8: twenty days of September are over, ten are left.
    const NOW: Millis = Millis(1_789_920_000_000);
    const CREATE: &str = "/v1.0/card/instances/createAndDeliver";
    const UPDATE: &str = "/v1.0/card/instances";

    fn at_end(limit: i64, circumstances: &WhatIf) -> Outlook {
        let days: Vec<(i64, i64)> = (1..=20).map(|day| (day, 100)).collect();
        let routes =
            [(CREATE.to_owned(), 1_000), (UPDATE.to_owned(), 800), ("/v1.0/im/sceneGroups/query".to_owned(), 200)];
        outlook(Spent { days: &days, routes: &routes, used: 2_000 }, limit, circumstances, 60, NOW)
    }

    #[test]
    fn it_goes_on_like_in_the_last_days() {
        let now = at_end(10_000, &WhatIf::default());
        assert_eq!(now, Outlook { per_day: 100, at_end: 3_000, limit: 10_000, spent_ms: None });
        let short = at_end(2_500, &WhatIf::default());
        assert_eq!(short.spent_ms, Some(NOW.0 + 5 * DAY_MS), "in the middle of the rest");
        assert_eq!(at_end(2_000, &WhatIf::default()).spent_ms, Some(NOW.0));
        let nothing = outlook(Spent { days: &[], routes: &[], used: 0 }, 5, &WhatIf::default(), 60, NOW);
        assert_eq!((nothing.at_end, nothing.spent_ms), (0, None));
    }

    #[test]
    fn circumstances_change_what_depends_on_them() {
        let per_day = |circumstances: WhatIf| at_end(10_000, &circumstances).per_day;
        for (circumstances, expected) in [
            // 40 % of what was used paints cards anew.
            (WhatIf { no_repaints: true, ..WhatIf::default() }, 60),
            // 90 % goes to people and groups, 40 % of that to people.
            (WhatIf { no_people: true, ..WhatIf::default() }, 64),
            (WhatIf { groups: 200, ..WhatIf::default() }, 154),
            (WhatIf { groups: 0, no_people: true, ..WhatIf::default() }, 10),
            (WhatIf { incidents: 200, ..WhatIf::default() }, 190),
            (WhatIf { incidents: 0, ..WhatIf::default() }, 10),
            (WhatIf { no_repaints: true, groups: 200, incidents: 200, ..WhatIf::default() }, 170),
        ] {
            assert_eq!(per_day(circumstances.clone()), expected, "{circumstances:?}");
        }
    }

    #[test]
    fn no_figure_is_too_large() {
        let days = [(20, i64::MAX)];
        let routes = [(CREATE.to_owned(), i64::MAX)];
        let wild = WhatIf { groups: 10_000, incidents: 10_000, ..WhatIf::default() };
        let end =
            outlook(Spent { days: &days, routes: &routes, used: i64::MAX }, i64::MAX, &wild, 1_000, Millis(i64::MAX));
        assert_eq!(end.at_end, i64::MAX);
    }
}
