//! What tests and the desk do with work notices, and see of them.

use super::task::{StatusBar, Task};
use crate::dingtalk::DingTalk;
use crate::dingtalk::state::{Content, Message, Place, State};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use world::Millis;

/// A work notice as a person has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorkNotice {
    /// Number of its task.
    pub task_id: u64,
    /// When it was sent.
    pub at: Millis,
    /// `msgtype` and the rest as sent; the status bar as it is now.
    pub msg: Value,
    /// The status bar as it is now.
    pub status_bar: Option<StatusBar>,
    /// Whether the person has read it.
    pub read: bool,
}

impl DingTalk {
    /// What a person has received and nobody recalled, oldest first.
    pub fn work_notices(&self, user_id: &str) -> Vec<WorkNotice> {
        self.look(|state| {
            let notice = |(task_id, task): (u64, &Task)| WorkNotice {
                task_id,
                at: task.created,
                msg: task.shown(),
                status_bar: task.status_bar.clone(),
                read: task.reached.get(user_id).copied().unwrap_or_default(),
            };
            state.work_of(user_id).map(notice).collect()
        })
    }

    /// The person opens their work notices and reads all of them.
    pub fn read_work_notices(&self, user_id: &str) {
        let unread = |task: &Task| !task.recalled && task.reached.get(user_id) == Some(&false);
        if self.look(|state| state.work.tasks.values().any(unread)) {
            self.change(|state| {
                for task in state.work.tasks.values_mut().filter(|task| unread(task)) {
                    task.reached.insert(user_id.to_owned(), true);
                }
            });
        }
    }

    /// From now on the person is not reached, in silence, and results give this code for it (143103 … 143106);
    /// `None` ends that.
    pub fn forbid_work_notices(&self, user_id: &str, code: Option<u32>) {
        self.change(|state| match code {
            Some(code) => state.work.forbidden.insert(user_id.to_owned(), code),
            None => state.work.forbidden.remove(user_id),
        });
    }

    /// The next so many notices to the person fail.
    pub fn fail_work_notices(&self, user_id: &str, times: u32) {
        self.change(|state| match times {
            0 => state.work.failing.remove(user_id),
            times => state.work.failing.insert(user_id.to_owned(), times),
        });
    }
}

/// A person's work notices as messages of one conversation.
pub fn messages(state: &State, user_id: &str) -> Vec<Message> {
    let message = |(task_id, task): (u64, &Task)| Message {
        n: task.n,
        at: task.created,
        place: Place::Work(user_id.to_owned()),
        robot_code: task.client_id.clone(),
        key: task_id.to_string(),
        content: Content::Work { msg: task.shown() },
        only_for: BTreeSet::new(),
        mentions: BTreeSet::new(),
    };
    state.work_of(user_id).map(message).collect()
}
