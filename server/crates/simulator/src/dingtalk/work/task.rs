//! What is remembered of work notices.

use crate::dingtalk::meters::Windows;
use crate::dingtalk::state::State;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use world::{Millis, World};

/// How many tasks are kept; older ones are forgotten.
const TASKS_MAX: usize = 20_000;

/// How long a task can be asked about, recalled and changed. The platform's documents say 7 days for two of the four
/// calls, its questions and answers 24 hours (9.3): the shorter one.
const OPEN_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// All of it, for all companies.
#[derive(Default)]
pub struct WorkBook {
    /// Tasks by number, which grows.
    pub(super) tasks: BTreeMap<u64, Task>,
    /// What each person got from each app today, by app and person.
    pub(super) days: BTreeMap<(String, String), Day>,
    /// People reached in the last minute, by app.
    pub(super) minutes: Windows,
    /// People who are not reached, with the code that says why.
    pub(super) forbidden: BTreeMap<String, u32>,
    /// People to whom so many more notices fail.
    pub(super) failing: BTreeMap<String, u32>,
}

/// One sending.
pub(super) struct Task {
    /// Place among all messages.
    pub n: u64,
    pub client_id: String,
    pub created: Millis,
    /// When the platform is done with it.
    pub done: Millis,
    pub msg: Value,
    pub status_bar: Option<StatusBar>,
    pub recalled: bool,
    /// Who got it, and whether they have read it.
    pub reached: BTreeMap<String, bool>,
    pub invalid: BTreeSet<String>,
    pub invalid_departments: BTreeSet<String>,
    pub forbidden: BTreeMap<String, Forbidden>,
    pub failed: BTreeSet<String>,
}

/// Why somebody did not get a notice.
#[derive(Clone, Copy)]
pub(super) struct Forbidden {
    /// As in `forbidden_list`.
    pub code: u32,
    /// The limit that was reached.
    pub limit: usize,
}

/// The coloured state of an OA message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusBar {
    /// Text.
    pub value: String,
    /// Colour, `0xAARRGGBB`.
    pub background: String,
}

/// What somebody got on one day.
#[derive(Default)]
pub(super) struct Day {
    /// Days since 1970, in UTC+8.
    number: i64,
    /// Texts of today's notices.
    pub texts: BTreeSet<String>,
    /// How many notices today.
    pub count: usize,
}

impl WorkBook {
    /// The book of today between an app and a person; the empty name stands for everybody at once.
    pub(super) fn today(&mut self, client_id: &str, user_id: &str, now: Millis) -> &mut Day {
        let day = self.days.entry((client_id.to_owned(), user_id.to_owned())).or_default();
        let number = now.plus(Duration::from_secs(8 * 60 * 60)).0.div_euclid(86_400_000);
        if day.number != number {
            *day = Day { number, ..Day::default() };
        }
        day
    }

    /// Takes away what people got after the message of this number; nothing else tells that they have not got it.
    pub fn show_no_more_than(&mut self, last: u64) {
        for task in self.tasks.values_mut().filter(|task| task.n > last) {
            task.reached.clear();
        }
    }

    /// Keeps a task under a new number.
    pub(super) fn keep(&mut self, world: &World, task: Task) -> u64 {
        let [step] = world.bytes::<1>();
        let last = self.tasks.last_key_value().map_or(256_271_667_526, |(id, _)| *id);
        let id = last + 1 + u64::from(step);
        if self.tasks.len() == TASKS_MAX {
            self.tasks.pop_first();
        }
        self.tasks.insert(id, task);
        id
    }
}

impl Task {
    /// Whether it can still be asked about.
    pub fn is_open(&self, now: Millis) -> bool {
        now < self.created.plus(OPEN_FOR)
    }

    /// How many people it was for.
    pub fn people(&self) -> usize {
        self.reached.len() + self.invalid.len() + self.forbidden.len() + self.failed.len()
    }

    /// The message with the status bar it has now.
    pub fn shown(&self) -> Value {
        let mut msg = self.msg.clone();
        if let Some(bar) = &self.status_bar {
            msg["oa"]["status_bar"] = serde_json::json!({ "status_value": bar.value, "status_bg": bar.background });
        }
        msg
    }
}

impl State {
    /// Tasks that a person got and that were not recalled, oldest first.
    pub(super) fn work_of<'a>(&'a self, user_id: &'a str) -> impl Iterator<Item = (u64, &'a Task)> {
        let got = move |(_, task): &(&u64, &Task)| !task.recalled && task.reached.contains_key(user_id);
        self.work.tasks.iter().filter(got).map(|(id, task)| (*id, task))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let mut book = WorkBook::default();
        let last = Millis(1_788_191_999_999); // 2026-08-31 23:59:59.999 +08:00
        book.today("app", "alice", last).count = 5;
        assert_eq!(book.today("app", "alice", last).count, 5);
        assert_eq!(book.today("app", "li.na", last).count, 0);
        assert_eq!(book.today("app", "alice", Millis(last.0 + 1)).count, 0);
    }
}
