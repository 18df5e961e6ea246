//! The platform's rate limits: 50 a second and 1,000 a minute per account, 100 a second and 1,000 a minute per alert
//! integration (reference section 2.4), counted in any sliding second and minute of the world's clock.

use std::collections::{BTreeMap, VecDeque};
use world::Millis;

/// How many calls are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub per_second: usize,
    pub per_minute: usize,
}

/// What was called lately.
pub struct Rates {
    pub account: Limits,
    pub integration: Limits,
    account_calls: VecDeque<Millis>,
    integration_calls: BTreeMap<i64, VecDeque<Millis>>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            account: Limits { per_second: 50, per_minute: 1_000 },
            integration: Limits { per_second: 100, per_minute: 1_000 },
            account_calls: VecDeque::new(),
            integration_calls: BTreeMap::new(),
        }
    }
}

impl Rates {
    /// Counts a call of the account; false when it is one too many. Refused calls are not counted.
    pub fn allow_call(&mut self, now: Millis) -> bool {
        allow(&mut self.account_calls, self.account, now)
    }

    /// How many more calls of the account fit into this second and minute, and in how many seconds there is room again.
    pub fn left(&self, now: Millis) -> (usize, u64) {
        let Limits { per_second, per_minute } = self.account;
        let young = |age_ms: u128| move |at: &&Millis| now.since(**at).as_millis() < age_ms;
        let second = self.account_calls.iter().filter(young(1_000)).count();
        let minute: Vec<&Millis> = self.account_calls.iter().filter(young(60_000)).collect();
        let left = per_second.saturating_sub(second).min(per_minute.saturating_sub(minute.len()));
        let full = minute.len() >= per_minute;
        let oldest = minute.first().filter(|_| full).map_or(0, |at| now.since(**at).as_secs());
        (left, if full { 60 - oldest.min(59) } else { 1 })
    }

    /// Counts an alert event of an integration.
    pub fn allow_push(&mut self, integration_id: i64, now: Millis) -> bool {
        allow(self.integration_calls.entry(integration_id).or_default(), self.integration, now)
    }
}

fn allow(calls: &mut VecDeque<Millis>, limits: Limits, now: Millis) -> bool {
    while calls.front().is_some_and(|at| now.since(*at).as_millis() >= 60_000) {
        calls.pop_front();
    }
    let last_second = calls.iter().rev().take_while(|at| now.since(**at).as_millis() < 1_000).count();
    let allowed = last_second < limits.per_second && calls.len() < limits.per_minute;
    if allowed {
        calls.push_back(now);
    }
    allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_and_the_minute_slide() {
        let mut rates = Rates { account: Limits { per_second: 2, per_minute: 3 }, ..Rates::default() };
        let answers: Vec<bool> =
            [0, 500, 999, 1_000, 1_600, 59_999, 60_000, 60_400, 60_500].map(|at| rates.allow_call(Millis(at))).to_vec();
        assert_eq!(answers, [true, true, false, true, false, false, true, false, true]);
        assert!(rates.allow_push(1, Millis(0)), "integrations are counted apart");
    }

    #[test]
    fn what_is_left_is_told() {
        let mut rates = Rates { account: Limits { per_second: 2, per_minute: 3 }, ..Rates::default() };
        assert_eq!(rates.left(Millis(0)), (2, 1));
        rates.allow_call(Millis(0));
        rates.allow_call(Millis(0));
        assert_eq!(rates.left(Millis(500)), (0, 1));
        rates.allow_call(Millis(1_000));
        assert_eq!((rates.left(Millis(1_500)), rates.left(Millis(21_000))), ((0, 59), (0, 39)));
    }
}
