//! The audit log, as the console shows it.

/// Longest value of a filter, in characters.
pub const FILTER_CHARS_MAX: usize = 100;

/// Which lines are shown, as it stands in the page's address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditSearch {
    /// Exactly this actor.
    pub actor: String,
    /// Exactly this act, by its fixed name.
    pub act: String,
    /// A date and time in the integration's zone; written then or later.
    pub since: String,
    /// Written before.
    pub until: String,
    /// Where the page before ended.
    pub after: String,
}

impl AuditSearch {
    /// Names of the parameters.
    pub const NAMES: [&'static str; 5] = ["actor", "act", "since", "until", "after"];

    /// Reads a parameter of an address; others are passed over.
    pub fn read(&mut self, name: &str, value: &str) {
        let value: String = value.chars().filter(|one| !one.is_control()).take(FILTER_CHARS_MAX).collect();
        match name {
            "actor" => self.actor = value,
            "act" => self.act = value,
            "since" => self.since = value,
            "until" => self.until = value,
            "after" => self.after = value,
            _ => {}
        }
    }

    /// The parameters that say something.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let values = [&self.actor, &self.act, &self.since, &self.until, &self.after];
        let all = Self::NAMES.into_iter().zip(values);
        all.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.clone())).collect()
    }

    /// The same with one parameter changed, from its first page on.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = Self { after: String::new(), ..self.clone() };
        other.read(name, value);
        other
    }

    /// Whether it leaves anything out.
    pub fn is_filtered(&self) -> bool {
        *self != Self { after: self.after.clone(), ..Self::default() }
    }
}

/// A page of the log, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditPage {
    pub search: AuditSearch,
    /// Names of the parameters that make no sense and leave nothing out.
    pub misread: Vec<&'static str>,
    pub rows: Vec<AuditRow>,
    /// `after` of the page of older ones.
    pub next: Option<String>,
    /// How far back was looked, when the search ended before the page was full.
    pub looked_to_ms: Option<i64>,
    /// How it stands with the whole log, when that was asked.
    pub verdict: Option<Verdict>,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditRow {
    /// Its place in the log; none: it was not written through the product.
    pub seq: Option<i64>,
    pub actor: String,
    /// Fixed name.
    pub act: String,
    pub subject: String,
    /// Name and value.
    pub details: Vec<(String, String)>,
    /// Where the request came from; empty: this machine.
    pub address: String,
    pub at_ms: i64,
    /// SHA-256 of the line.
    pub hash: String,
    /// The line is as it was written, and follows the line before it where that is shown.
    pub holds: bool,
}

/// How it stands with the whole log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub holds: bool,
    pub lines: i64,
    /// Of the newest line.
    pub hash: String,
    /// What is wrong, in the words of the command.
    pub faults: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_comes_back_from_its_address() {
        let mut search = AuditSearch::default();
        assert!(search.pairs().is_empty() && !search.is_filtered());
        for name in AuditSearch::NAMES {
            search.read(name, &format!("{name}\n & more"));
        }
        let mut again = AuditSearch::default();
        search.pairs().iter().for_each(|(name, value)| again.read(name, value));
        assert_eq!((&again, search.actor.as_str()), (&search, "actor & more"));
        assert_eq!(search.with("act", "x").pairs().len(), 4, "from the first page on");
        search.read("actor", &"x".repeat(FILTER_CHARS_MAX + 1));
        assert_eq!(search.actor.len(), FILTER_CHARS_MAX);
    }
}
