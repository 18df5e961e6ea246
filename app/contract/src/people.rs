//! What the console's page of people shows.

use crate::directory::{Kind, Reason};
use crate::paths;
use serde::{Deserialize, Serialize};

/// Longest part of a name that is searched for, in characters.
pub const QUERY_CHARS_MAX: usize = 50;
/// The last page that is shown.
const PAGE_MAX: u32 = 1_000;

/// How a member is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Proved by the person.
    Linked,
    /// By the directory alone.
    Directory,
    Unlinked,
    /// Flashduty does not accept the credential any more.
    Broken,
}

impl Standing {
    /// All, in the order of the filter.
    pub const ALL: [Self; 4] = [Self::Linked, Self::Directory, Self::Unlinked, Self::Broken];

    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Directory => "directory",
            Self::Unlinked => "unlinked",
            Self::Broken => "broken",
        }
    }

    /// The standing of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.name() == name)
    }
}

/// Which people the page shows: its address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleList {
    pub standing: Option<Standing>,
    /// A part of a name.
    pub query: String,
    /// From 1; 0 is the first too.
    pub page: u32,
    /// Which kind of a look's rows is open.
    pub rows: Option<Kind>,
    /// The member about whom something is asked before it is done.
    pub about: Option<i64>,
}

impl PeopleList {
    /// Reads query parameters; what makes no sense is left out.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut list = Self::default();
        for (name, value) in pairs {
            match name {
                "state" => list.standing = Standing::from_name(value),
                "q" => {
                    list.query = value.trim().chars().filter(|one| !one.is_control()).take(QUERY_CHARS_MAX).collect()
                }
                "page" => list.page = value.parse().unwrap_or(1).clamp(1, PAGE_MAX),
                "rows" => list.rows = Kind::from_name(value).filter(|kind| Kind::SHOWN.contains(kind)),
                "about" => list.about = value.parse().ok(),
                _ => {}
            }
        }
        list
    }

    /// The page's number, from 1.
    pub fn number(&self) -> u32 {
        self.page.max(1)
    }

    /// What [`Self::from_pairs`] reads, with a `?` before it; empty where it says nothing.
    pub fn search(&self) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        pairs.extend(self.standing.map(|standing| ("state", standing.name().to_owned())));
        if !self.query.is_empty() {
            pairs.push(("q", self.query.clone()));
        }
        if self.page > 1 {
            pairs.push(("page", self.page.to_string()));
        }
        pairs.extend(self.rows.map(|kind| ("rows", kind.name().to_owned())));
        pairs.extend(self.about.map(|id| ("about", id.to_string())));
        let text: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", paths::encode(value))).collect();
        if text.is_empty() { String::new() } else { format!("?{}", text.join("&")) }
    }
}

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePage {
    pub people: Vec<PersonLine>,
    pub has_next: bool,
    /// How many of each standing.
    pub counts: Vec<(Standing, i64)>,
    /// When Flashduty was last asked for its members.
    pub read_ms: Option<i64>,
    pub look: Option<LookView>,
    /// The last application, if it is another run than `look` and can be taken back.
    pub applied: Option<LookView>,
    /// About whom something is asked.
    pub about: Option<PersonLine>,
    /// Whom a reminder would reach now.
    pub to_remind: i64,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLine {
    pub member_id: i64,
    pub name: String,
    /// The employee's name, and a fixed name of the proof.
    pub linked_as: Option<(String, String)>,
    pub standing: Standing,
    pub on_call_ms: Option<i64>,
    pub updated_ms: Option<i64>,
    /// The role in the console that was granted here: a fixed name.
    pub role: Option<String>,
}

/// A look into the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookView {
    pub run: String,
    /// Fixed names.
    pub state: String,
    pub step: String,
    pub done: i64,
    pub total: i64,
    pub groups_read: i64,
    pub groups_all: i64,
    /// In the platform's words.
    pub failure: String,
    pub updated_ms: i64,
    /// How many members of each kind.
    pub counts: Vec<(Kind, i64)>,
    pub linked: i64,
    pub moved_on: i64,
    pub undone: i64,
    pub kept: i64,
    pub rows: Vec<RowLine>,
    /// There are more rows than are shown.
    pub cut: bool,
}

/// What a look found of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowLine {
    pub member: String,
    pub employee: Option<String>,
    pub kind: Kind,
    pub reason: Reason,
    /// A fixed name.
    pub result: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_back_and_nonsense_is_left_out() {
        let list = PeopleList {
            standing: Some(Standing::Broken),
            query: "李 & 王".into(),
            page: 3,
            rows: Some(Kind::NoMatch),
            about: Some(7),
        };
        let search = list.search();
        let pairs: Vec<(String, String)> = search[1..]
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), paths::decode(value).unwrap()))
            .collect();
        let read = PeopleList::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        assert_eq!(read, list);
        assert_eq!(PeopleList::default().search(), "");
        let odd =
            PeopleList::from_pairs([("state", "?"), ("page", "-1"), ("rows", "same"), ("about", "x"), ("z", "z")]);
        assert_eq!(odd, PeopleList { page: 1, ..PeopleList::default() });
        assert_eq!(PeopleList::from_pairs([("q", &"x".repeat(99)[..])]).query.len(), QUERY_CHARS_MAX);
    }
}
