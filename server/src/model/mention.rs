//! Who is called in a group, and how: whom DingTalk knows is mentioned by user id, the others are named in the text.

use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

/// The user id under which DingTalk mentions everybody in a group (reference 7.3).
pub const EVERYBODY: &str = "@ALL";
/// Who was called this short a time ago is not called again: it is the same firing told twice.
const SAME_FIRING: Duration = Duration::from_secs(60);

/// Somebody who is to be mentioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// An employee's user id or [`EVERYBODY`]; a name where nobody in DingTalk is linked.
    pub person: String,
    pub name: String,
    /// `person` is a user id.
    pub linked: bool,
    /// The mobile number by which they were named; kept in memory only.
    pub number: Option<String>,
    /// When that was last asked for.
    pub at: Millis,
}

/// Words of the bot in a group, in DingTalk's markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The chat-list line.
    pub title: String,
    pub text: String,
}

/// Whom one card calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Called {
    /// Names by user id, for DingTalk's `atUserIds`.
    pub at: BTreeMap<String, String>,
    /// Names of those that cannot be mentioned.
    pub named: Vec<String>,
}

impl Called {
    /// Calls somebody too; nobody twice.
    pub fn add(&mut self, person: &str, name: &str, linked: bool) {
        if linked {
            let name = if person == EVERYBODY { EVERYBODY } else { name };
            self.at.insert(person.to_owned(), name.to_owned());
        } else if !name.is_empty() && !self.named.iter().any(|known| known == name) {
            self.named.push(name.to_owned());
        }
    }
}

/// Those of `wanted` that `before` did not call a moment ago.
pub fn not_called_yet(wanted: Vec<Mention>, before: &[Mention]) -> Vec<Mention> {
    let just_called = |one: &Mention| {
        before.iter().any(|former| former.person == one.person && one.at.since(former.at) < SAME_FIRING)
    };
    wanted.into_iter().filter(|one| !just_called(one)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(person: &str, at: i64) -> Mention {
        Mention { person: person.into(), name: person.into(), linked: true, number: None, at: Millis(at) }
    }

    #[test]
    fn the_same_firing_calls_once_and_the_next_one_again() {
        let before = [mention("li", 0), mention("bob", 50_000)];
        let wanted = |at| vec![mention("li", at), mention("bob", at), mention("new", at)];
        let called = |at| not_called_yet(wanted(at), &before).into_iter().map(|one| one.person).collect::<Vec<_>>();
        assert_eq!(called(59_999), ["new"]);
        assert_eq!(called(60_000), ["li", "new"]);
        assert_eq!(called(110_000), ["li", "bob", "new"]);
    }

    #[test]
    fn nobody_is_called_twice() {
        let mut called = Called::default();
        for _ in 0..2 {
            called.add("u1", "Li", true);
            called.add("Bob", "Bob", false);
            called.add("", "", false);
            called.add(EVERYBODY, "all", true);
        }
        assert_eq!(called.named, ["Bob"]);
        assert_eq!(called.at.keys().collect::<Vec<_>>(), ["@ALL", "u1"]);
        assert_eq!(called.at["@ALL"], "@ALL");
    }
}
