//! A DingTalk group conversation, and how events change it: in any order, with duplicates, the last writer by event
//! time wins.

use contract::chat::ChatState;
use world::Millis;

/// A group that the cool app is or was in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// Ours, short; used in addresses.
    pub id: String,
    pub integration: String,
    pub open_conversation_id: String,
    /// Empty until it was read or told by a rename.
    pub title: String,
    pub state: ChatState,
    pub robot_code: Option<String>,
    pub cool_app_code: Option<String>,
    /// Segment of the robot push address.
    pub robot_secret: String,
    /// Time of the newest install, uninstall or disband applied.
    pub installed_at: Millis,
    /// Time of the newest title applied.
    pub titled_at: Millis,
    pub created: Millis,
    pub updated: Millis,
    pub version: i64,
}

/// What was last heard of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Newest event of DingTalk that changed something.
    pub event: Option<Millis>,
    /// Last read at DingTalk that was answered.
    pub read: Option<Millis>,
    /// Last robot push.
    pub pushed: Option<Millis>,
    /// People in it, when they were last counted.
    pub members: Option<i64>,
}

/// What an Event or a read says about a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Installed { robot_code: Option<String>, cool_app_code: Option<String> },
    Uninstalled,
    Disbanded,
    Titled(String),
}

impl Chat {
    /// A chat nothing is known of yet: not installed, without a name.
    pub fn unknown(
        id: String,
        integration: &str,
        open_conversation_id: &str,
        robot_secret: String,
        now: Millis,
    ) -> Self {
        Self {
            id,
            integration: integration.to_owned(),
            open_conversation_id: open_conversation_id.to_owned(),
            title: String::new(),
            state: ChatState::Uninstalled,
            robot_code: None,
            cool_app_code: None,
            robot_secret,
            installed_at: Millis(0),
            titled_at: Millis(0),
            created: now,
            updated: now,
            version: 0,
        }
    }

    /// Applies a change that happened at `at`. False when something newer of the same kind was applied before.
    /// At equal times an uninstall yields to an install: a group offered in vain is better than one lost in silence.
    pub fn apply(&mut self, change: Change, at: Millis) -> bool {
        match change {
            Change::Titled(title) => {
                // The same name at a later time is news: what happened in between must not come after it.
                if at < self.titled_at || (at == self.titled_at && title == self.title) {
                    return false;
                }
                self.title = title;
                self.titled_at = at;
            }
            Change::Installed { robot_code, cool_app_code } => {
                if at < self.installed_at || self.state == ChatState::Disbanded {
                    return false;
                }
                self.state = ChatState::Installed;
                self.robot_code = robot_code.or(self.robot_code.take());
                self.cool_app_code = cool_app_code.or(self.cool_app_code.take());
                self.installed_at = at;
            }
            Change::Uninstalled => {
                let tie = at == self.installed_at && self.state == ChatState::Installed;
                if at < self.installed_at || tie || self.state == ChatState::Disbanded {
                    return false;
                }
                self.state = ChatState::Uninstalled;
                self.installed_at = at;
            }
            Change::Disbanded => {
                if self.state == ChatState::Disbanded {
                    return false;
                }
                self.state = ChatState::Disbanded;
                self.installed_at = self.installed_at.max(at);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order of `all` with this number, of as many as there are.
    fn order<T>(mut all: Vec<T>, mut number: usize) -> Vec<T> {
        let mut ordered = Vec::new();
        while !all.is_empty() {
            ordered.push(all.remove(number % all.len()));
            number /= all.len() + 1;
        }
        ordered
    }

    #[test]
    fn the_order_of_arrival_does_not_matter() {
        let installed = || Change::Installed { robot_code: Some("r".into()), cool_app_code: Some("c".into()) };
        let titled = |title: &str| Change::Titled(title.into());
        for number in 0..720 {
            let mut chat = Chat::unknown("1".into(), "k", "cid", "s".into(), Millis(0));
            // It gets back a name that it had: the one in between must not come after it.
            let events = vec![
                (installed(), 10),
                (titled("new"), 20),
                (Change::Uninstalled, 30),
                (titled("old"), 35),
                (installed(), 40),
                (titled("new"), 50),
            ];
            for (change, at) in order(events, number) {
                chat.apply(change.clone(), Millis(at));
                chat.apply(change, Millis(at));
            }
            assert_eq!((chat.state, chat.title.as_str()), (ChatState::Installed, "new"), "order {number}");
            assert_eq!(chat.robot_code.as_deref(), Some("r"));
        }
    }

    #[test]
    fn what_changes_nothing_is_told_apart() {
        let installed = || Change::Installed { robot_code: None, cool_app_code: None };
        let mut chat = Chat::unknown("1".into(), "k", "cid", "s".into(), Millis(0));
        for (change, at, applied) in [
            (installed(), 10, true),
            (Change::Uninstalled, 9, false),
            (Change::Uninstalled, 10, false),
            (Change::Uninstalled, 11, true),
            (installed(), 10, false),
            (installed(), 11, true),
            (Change::Titled("a".into()), 5, true),
            (Change::Titled("a".into()), 5, false),
            (Change::Titled("b".into()), 4, false),
            (Change::Titled("b".into()), 5, true),
            (Change::Disbanded, 1, true),
            (Change::Disbanded, 2, false),
            (Change::Uninstalled, 20, false),
        ] {
            assert_eq!(chat.apply(change.clone(), Millis(at)), applied, "{change:?} at {at}");
        }
    }

    #[test]
    fn a_disbanded_group_does_not_come_back() {
        let mut chat = Chat::unknown("1".into(), "k", "cid", "s".into(), Millis(0));
        assert!(chat.apply(Change::Disbanded, Millis(5)));
        assert!(!chat.apply(Change::Installed { robot_code: None, cool_app_code: None }, Millis(9)));
        assert_eq!(chat.state, ChatState::Disbanded);
    }
}
