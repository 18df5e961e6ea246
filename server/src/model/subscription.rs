//! Which incidents go to which chat.

use super::incident::Incident;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use world::Millis;

/// Sends the incidents that fit its rule to a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub id: String,
    pub integration: String,
    pub chat_id: String,
    pub rule: Rule,
    pub created: Millis,
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
}
