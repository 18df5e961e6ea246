//! What a look into the directory says of each member, and what may be done with it.

use super::link::{Employee, Link, Member};
use contract::directory::{Kind, Reason};
use std::time::Duration;
use world::Millis;

/// How old a look may be that is applied: people change their numbers.
pub const GOOD_FOR: Duration = Duration::from_secs(24 * 3600);

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Members, groups and employees are being read.
    Looking,
    /// The table is there to be judged.
    Shown,
    Applying,
    Applied,
    Undoing,
    Undone,
    /// It came to no end; nothing was changed.
    Failed,
}

/// What a look reads, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The account's members.
    Members,
    /// Who is on call within a week.
    OnCall,
    /// Who is in the groups.
    Groups,
    /// The numbers of those.
    People,
}

/// One look into the directory with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub id: String,
    pub integration: String,
    pub state: RunState,
    pub step: Step,
    /// How far the step has come: a page, a number of rows.
    pub cursor: i64,
    pub asked_by: String,
    pub done: i64,
    pub total: i64,
    pub groups_read: i64,
    pub groups_all: i64,
    /// In the platform's words.
    pub failure: String,
    pub created: Millis,
    pub updated: Millis,
    pub version: i64,
}

/// What a look found of one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub run: String,
    pub member: Member,
    /// The member's number as Flashduty shows it, while employees are looked for.
    pub clue: String,
    pub kind: Kind,
    pub reason: Reason,
    /// The employee who was found.
    pub employee: Option<Employee>,
    /// The links of both as they were, see [`seen`].
    pub seen: String,
    pub result: RowResult,
    pub link_id: Option<String>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowResult {
    #[default]
    Nothing,
    Linked,
    /// A link was made or ended in between, so nothing was done.
    MovedOn,
    Undone,
    /// Not taken back: proved since, or gone already.
    Kept,
}

macro_rules! names {
    ($kind:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        impl $kind {
            /// The fixed name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The one of a fixed name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

names!(RunState {
    Looking = "looking",
    Shown = "shown",
    Applying = "applying",
    Applied = "applied",
    Undoing = "undoing",
    Undone = "undone",
    Failed = "failed",
});
names!(Step { Members = "members", OnCall = "on-call", Groups = "groups", People = "people" });
names!(RowResult { Nothing = "", Linked = "linked", MovedOn = "moved-on", Undone = "undone", Kept = "kept" });

impl RunState {
    /// Whether something is under way.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Looking | Self::Applying | Self::Undoing)
    }
}

/// The links of a member and of the employee found, in a text that changes when either does.
pub fn seen(of_member: Option<&Link>, of_employee: Option<&Link>) -> String {
    let part = |link: Option<&Link>| link.map_or_else(String::new, |link| format!("{}/{}", link.id, link.version));
    format!("{} {}", part(of_member), part(of_employee))
}

/// Whom the directory names for a member: nobody with the reason, one, or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Nobody(Reason),
    One(Employee),
    Several,
}

/// What applying a find would do. Only links that rest on the directory alone are ever replaced.
pub fn judge(found: &Found, of_member: Option<&Link>, of_employee: Option<&Link>) -> (Kind, Reason) {
    let rests_on_directory = |link: &Link| link.credential.is_none();
    let employee = match found {
        // What is linked already needs no directory.
        Found::Nobody(_) if of_member.is_some() => return (Kind::Same, Reason::None),
        Found::Nobody(reason) => return (Kind::NoMatch, *reason),
        Found::Several => return (Kind::Conflict, Reason::SeveralEmployees),
        Found::One(employee) => employee,
    };
    match (of_member, of_employee) {
        (Some(link), _) if link.employee.user_id == employee.user_id => (Kind::Same, Reason::None),
        (Some(link), _) if !rests_on_directory(link) => (Kind::Conflict, Reason::MemberLinked),
        (_, Some(link)) if !rests_on_directory(link) => (Kind::Conflict, Reason::EmployeeLinked),
        (Some(_), _) | (_, Some(_)) => (Kind::Changed, Reason::None),
        (None, None) => (Kind::New, Reason::None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::link::{Credential, LinkState};
    use contract::person::SignInWay;
    use std::collections::BTreeSet;

    fn link(user_id: &str, proved: bool) -> Link {
        Link {
            id: format!("link of {user_id}"),
            integration: "shop".into(),
            employee: employee(user_id),
            member: Member { member_id: 7, name: String::new(), account_id: 1, account_name: String::new() },
            proof: if proved { SignInWay::AppKey } else { SignInWay::Directory },
            credential: proved.then(|| Credential::AppKey("key".into())),
            state: LinkState::Linked,
            created: Millis(0),
            updated: Millis(0),
            version: 3,
        }
    }

    fn employee(user_id: &str) -> Employee {
        Employee { user_id: user_id.into(), name: user_id.into(), union_id: None }
    }

    #[test]
    fn only_what_rests_on_the_directory_is_replaced() {
        let li = Found::One(employee("li"));
        for (found, of_member, of_employee, expected) in [
            (&li, None, None, (Kind::New, Reason::None)),
            (&li, Some(link("li", true)), Some(link("li", true)), (Kind::Same, Reason::None)),
            (&li, Some(link("li", false)), Some(link("li", false)), (Kind::Same, Reason::None)),
            (&li, Some(link("wang", false)), None, (Kind::Changed, Reason::None)),
            (&li, None, Some(link("li", false)), (Kind::Changed, Reason::None)),
            (&li, Some(link("wang", true)), None, (Kind::Conflict, Reason::MemberLinked)),
            (&li, None, Some(link("li", true)), (Kind::Conflict, Reason::EmployeeLinked)),
            (&Found::Several, None, None, (Kind::Conflict, Reason::SeveralEmployees)),
            (&Found::Nobody(Reason::NoNumber), None, None, (Kind::NoMatch, Reason::NoNumber)),
            (&Found::Nobody(Reason::NoNumber), Some(link("li", true)), None, (Kind::Same, Reason::None)),
        ] {
            assert_eq!(judge(found, of_member.as_ref(), of_employee.as_ref()), expected, "{found:?}");
        }
    }

    #[test]
    fn what_was_seen_changes_with_either_link() {
        let (one, other) = (link("li", true), link("wang", false));
        let newer = Link { version: 4, ..one.clone() };
        let all = [
            seen(None, None),
            seen(Some(&one), None),
            seen(None, Some(&one)),
            seen(Some(&newer), None),
            seen(Some(&one), Some(&other)),
        ];
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn names_are_read_back() {
        for state in [RunState::Looking, RunState::Shown, RunState::Failed] {
            assert_eq!(RunState::from_name(state.name()), Some(state));
        }
        assert_eq!(Step::from_name("on-call"), Some(Step::OnCall));
        assert_eq!(RowResult::from_name(""), Some(RowResult::Nothing));
        assert_eq!(RowResult::from_name("?"), None);
    }
}
