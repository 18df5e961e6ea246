//! Which incidents a list shows: all of it stands in the list's address, so that every list can be opened, sent and gone
//! back to.

use crate::incident::{Progress, Severity, Tab};
use serde::{Deserialize, Serialize};

/// Longest text that is searched for, in characters.
pub const QUERY_CHARS_MAX: usize = 100;

/// A list of incidents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    pub tab: Tab,
    /// From 1.
    pub page: u32,
    /// Only of this severity.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Only in this state.
    #[serde(default)]
    pub progress: Option<Progress>,
    /// Only of this channel; 0 is none.
    #[serde(default)]
    pub channel: Option<i64>,
    /// Only what has this in its text.
    #[serde(default)]
    pub query: String,
}

impl Listing {
    /// The first page of a tab, of everything in it.
    pub fn of(tab: Tab) -> Self {
        Self { tab, page: 1, ..Self::default() }
    }

    /// The same on another page.
    #[must_use]
    pub fn at(&self, page: u32) -> Self {
        Self { page: page.max(1), ..self.clone() }
    }

    /// The same, whatever is in the tab.
    pub fn is_filtered(&self) -> bool {
        *self != Self { tab: self.tab, page: self.page, ..Self::default() }
    }

    /// Reads the parameters of an address. What makes no sense does not filter.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut listing = Self::of(Tab::default());
        for (name, value) in pairs {
            match name {
                "tab" => listing.tab = Tab::from_name(value).unwrap_or_default(),
                "page" => listing.page = value.parse().ok().filter(|page| *page > 0).unwrap_or(1),
                "severity" => listing.severity = Severity::from_name(value),
                "progress" => listing.progress = Progress::from_name(value).filter(|one| *one != Progress::Closed),
                "channel" => listing.channel = value.parse().ok().filter(|channel| *channel >= 0),
                "q" => {
                    let text = value.chars().filter(|one| !one.is_control()).take(QUERY_CHARS_MAX);
                    listing.query = text.collect::<String>().trim().to_owned();
                }
                _ => {}
            }
        }
        listing
    }

    /// The parameters that [`Self::from_pairs`] reads, without those that say nothing.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if self.tab != Tab::default() {
            pairs.push(("tab", self.tab.name().to_owned()));
        }
        pairs.extend(self.filters());
        if self.page > 1 {
            pairs.push(("page", self.page.to_string()));
        }
        pairs
    }

    /// The same without tab and page.
    pub fn filters(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        pairs.extend(self.severity.map(|one| ("severity", one.name().to_owned())));
        pairs.extend(self.progress.map(|one| ("progress", one.name().to_owned())));
        pairs.extend(self.channel.map(|one| ("channel", one.to_string())));
        if !self.query.is_empty() {
            pairs.push(("q", self.query.clone()));
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_from_its_address() {
        let full = Listing {
            tab: Tab::Open,
            page: 3,
            severity: Some(Severity::Warning),
            progress: Some(Progress::Triggered),
            channel: Some(0),
            query: "磁盘 & more".into(),
        };
        for listing in [Listing::of(Tab::Mine), Listing::of(Tab::Open).at(2), full] {
            let pairs = listing.pairs();
            let read = Listing::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())));
            assert_eq!(read, listing);
        }
        assert!(Listing::of(Tab::Mine).pairs().is_empty());
    }

    #[test]
    fn nonsense_does_not_filter() {
        let long = "x".repeat(500);
        let read = |name, value| Listing::from_pairs([(name, value)]);
        for (name, value) in
            [("tab", "all"), ("page", "0"), ("page", "-1"), ("severity", "Bad"), ("channel", "x"), ("channel", "-5")]
        {
            assert_eq!(read(name, value), Listing::of(Tab::Mine), "{name}={value}");
        }
        assert_eq!(read("progress", "Closed").progress, None, "closed ones are not listed");
        assert_eq!(read("q", &long).query.len(), QUERY_CHARS_MAX);
        assert!(!read("q", "  ").is_filtered());
    }
}
