//! Which incidents go to which chat.

use super::hash::hex_sha256;
use super::incident::Incident;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use world::Millis;

/// Most channels of one rule.
pub const CHANNELS_MAX: usize = 100;
/// Most labels of one rule.
pub const LABELS_MAX: usize = 50;
/// Longest name or value of a label, in characters; Flashduty's own limits are 128 and 2048.
pub const LABEL_CHARS_MAX: usize = 2048;
/// Flashduty's words.
pub const SEVERITIES: [&str; 3] = ["Critical", "Warning", "Info"];
/// Hexadecimal digits of a revision.
const REVISION_DIGITS: usize = 16;

/// Sends the incidents that fit its rule to a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub id: String,
    pub integration: String,
    pub chat_id: String,
    pub rule: Rule,
    pub created: Millis,
}

impl Subscription {
    /// Changes with everything that can be changed of it: who wants to change what they saw names it.
    pub fn revision(&self) -> String {
        let whole = (&self.chat_id, &self.rule);
        let mut revision = hex_sha256(serde_json::to_string(&whole).unwrap_or_default());
        revision.truncate(REVISION_DIGITS);
        revision
    }
}

/// What fits. An empty list or map means "all".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    #[serde(default)]
    pub channel_ids: Vec<i64>,
    /// Flashduty's words: Critical, Warning, Info.
    #[serde(default)]
    pub severities: Vec<String>,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Whether responders are mentioned.
    #[serde(default)]
    pub mention: bool,
    /// Which changes of an incident its card follows.
    #[serde(default)]
    pub repaint: Repaint,
}

/// Which changes of an incident a group's card follows. From little to much, so that of several rules the greatest counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repaint {
    /// None: the card stays as it came. Pressing its buttons still tells the truth.
    None,
    /// Changes of state: acknowledged, closed, snoozed and back.
    State,
    /// Every change.
    #[default]
    All,
}

impl Repaint {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::All, Self::State, Self::None];

    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::State => "state",
            Self::All => "all",
        }
    }

    /// The one of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// What a group's card of an incident follows. One that no rule asks for came by a robot push, and follows all.
    pub fn of_card(subscriptions: &[Subscription], incident: &Incident) -> Self {
        let fitting = subscriptions.iter().filter(|one| one.rule.fits(incident));
        fitting.map(|one| one.rule.repaint).max().unwrap_or_default()
    }
}

impl Rule {
    /// Does the incident go to the rule's chat?
    pub fn fits(&self, incident: &Incident) -> bool {
        (self.channel_ids.is_empty() || self.channel_ids.contains(&incident.channel_id))
            && (self.severities.is_empty() || self.severities.iter().any(|name| name == incident.severity.name()))
            && self.labels.iter().all(|(name, value)| incident.labels.get(name) == Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::incident::Severity;

    #[test]
    fn fits_by_channel_severity_and_every_label() {
        let mut incident = Incident { channel_id: 7, severity: Severity::Critical, ..Incident::empty("i") };
        incident.labels.insert("service".into(), "pay".into());
        let label = |value: &str| BTreeMap::from([("service".to_owned(), value.to_owned())]);
        for (rule, expected) in [
            (Rule::default(), true),
            (Rule { channel_ids: vec![7, 8], ..Rule::default() }, true),
            (Rule { channel_ids: vec![8], ..Rule::default() }, false),
            (Rule { severities: vec!["Warning".into()], ..Rule::default() }, false),
            (Rule { severities: vec!["Critical".into()], labels: label("pay"), ..Rule::default() }, true),
            (Rule { labels: label("chat"), ..Rule::default() }, false),
        ] {
            assert_eq!(rule.fits(&incident), expected, "{rule:?}");
        }
    }

    #[test]
    fn whatever_changes_makes_another_revision() {
        let one = Subscription {
            id: "1".into(),
            integration: "k".into(),
            chat_id: "ops".into(),
            rule: Rule { channel_ids: vec![7], ..Rule::default() },
            created: Millis(5),
        };
        let mut other = one.clone();
        assert_eq!(one.revision(), other.revision());
        other.rule.mention = true;
        assert_ne!(one.revision(), other.revision());
        other = Subscription { chat_id: "pay".into(), ..one.clone() };
        assert_ne!(one.revision(), other.revision());
        assert_eq!(one.revision().len(), REVISION_DIGITS);
    }

    #[test]
    fn of_several_rules_that_fit_the_one_that_follows_most_counts() {
        let incident = Incident { channel_id: 7, ..Incident::empty("i") };
        let one = |channel_id, repaint| Subscription {
            id: String::new(),
            integration: String::new(),
            chat_id: String::new(),
            rule: Rule { channel_ids: vec![channel_id], repaint, ..Rule::default() },
            created: Millis(0),
        };
        let rules = [one(7, Repaint::None), one(7, Repaint::State), one(8, Repaint::All)];
        assert_eq!(Repaint::of_card(&rules, &incident), Repaint::State);
        assert_eq!(Repaint::of_card(&rules[..1], &incident), Repaint::None);
        assert_eq!(Repaint::of_card(&rules[2..], &incident), Repaint::All, "by a robot push");
        let old: Rule = serde_json::from_str(r#"{"mention":true}"#).unwrap();
        assert_eq!(old.repaint, Repaint::All, "rules of former programs");
        for repaint in Repaint::ALL {
            assert_eq!(Repaint::from_name(repaint.name()), Some(repaint));
            assert_eq!(serde_json::to_value(repaint).unwrap(), repaint.name());
        }
    }
}
