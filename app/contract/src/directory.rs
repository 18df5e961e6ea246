//! Finding members' employees by the directory: what pages show of it.

use serde::{Deserialize, Serialize};

/// What a look says of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Applying makes a link.
    New,
    /// Applying replaces a link that rests on the directory alone.
    Changed,
    /// Somebody has to decide.
    Conflict,
    NoMatch,
    /// Linked like that already.
    Same,
}

/// Why nothing can be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    None,
    /// The member has no number at Flashduty.
    NoNumber,
    /// Flashduty has not verified it.
    NotVerified,
    /// No employee who was looked at has it.
    NobodyHasIt,
    /// More than one employee fits.
    SeveralEmployees,
    /// The member proved to be another employee.
    MemberLinked,
    /// The employee proved to be another member.
    EmployeeLinked,
}

impl Kind {
    /// All that are shown, in the order of the table.
    pub const SHOWN: [Self; 4] = [Self::New, Self::Changed, Self::Conflict, Self::NoMatch];

    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Conflict => "conflict",
            Self::NoMatch => "no-match",
            Self::Same => "same",
        }
    }

    /// The kind of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::New, Self::Changed, Self::Conflict, Self::NoMatch, Self::Same].into_iter().find(|one| one.name() == name)
    }
}

impl Reason {
    const ALL: [Self; 7] = [
        Self::None,
        Self::NoNumber,
        Self::NotVerified,
        Self::NobodyHasIt,
        Self::SeveralEmployees,
        Self::MemberLinked,
        Self::EmployeeLinked,
    ];

    /// The fixed name; empty where there is no reason.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::NoNumber => "no-number",
            Self::NotVerified => "not-verified",
            Self::NobodyHasIt => "nobody-has-it",
            Self::SeveralEmployees => "several-employees",
            Self::MemberLinked => "member-linked",
            Self::EmployeeLinked => "employee-linked",
        }
    }

    /// The reason of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}
