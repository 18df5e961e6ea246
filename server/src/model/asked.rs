//! What somebody asks to be done with an incident.

use contract::incident::{Action, PEOPLE_MAX, SNOOZE_MINUTES_MAX, TEXT_CHARS_MAX};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Asked {
    pub incident_id: String,
    pub action: Action,
    pub minutes: Option<u32>,
    pub text: Option<String>,
    pub root_cause: Option<String>,
    pub resolution: Option<String>,
    /// Comment: Flashduty tells nobody of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mute: bool,
    /// Reassign, add responder: whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<i64>,
    /// Escalate: to which level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Custom action: its id at Flashduty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_action: Option<i64>,
    /// Acknowledge, close: what a form of the account asks for in one text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Acknowledge, close: custom fields of such a form.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldValue>,
}

/// What was filled into a custom field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    Flag(bool),
    Text(String),
    Chosen(Vec<String>),
}

/// A level of an escalation rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Level {
    pub rule_id: String,
    /// From 0, as Flashduty counts.
    pub index: u32,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A text has more than [`TEXT_CHARS_MAX`] characters.
    TextTooLong,
    /// A snooze without minutes, or with more than [`SNOOZE_MINUTES_MAX`].
    MinutesOutOfRange,
    CommentMissing,
    ReasonMissing,
    PeopleMissing,
    /// More than [`PEOPLE_MAX`] people.
    PeopleTooMany,
    LevelMissing,
    CustomActionMissing,
}

impl Asked {
    /// An act without parameters.
    pub fn plain(incident_id: &str, action: Action) -> Self {
        let incident_id = incident_id.to_owned();
        Self {
            incident_id,
            action,
            minutes: None,
            text: None,
            root_cause: None,
            resolution: None,
            mute: false,
            people: Vec::new(),
            level: None,
            custom_action: None,
            summary: String::new(),
            fields: BTreeMap::new(),
        }
    }

    /// The same for another incident.
    #[must_use]
    pub fn on(&self, incident_id: &str) -> Self {
        Self { incident_id: incident_id.to_owned(), ..self.clone() }
    }

    /// What is wrong with it, if anything: Flashduty is not asked for what it would refuse.
    pub fn fault(&self) -> Option<Fault> {
        let texts = [&self.text, &self.root_cause, &self.resolution];
        if texts.into_iter().flatten().any(|text| text.chars().count() > TEXT_CHARS_MAX) {
            return Some(Fault::TextTooLong);
        }
        let blank = self.text.as_deref().is_none_or(|text| text.trim().is_empty());
        let minutes_fit = self.minutes.is_some_and(|minutes| (1..=SNOOZE_MINUTES_MAX).contains(&minutes));
        match self.action {
            Action::Snooze if !minutes_fit => Some(Fault::MinutesOutOfRange),
            Action::Comment if blank => Some(Fault::CommentMissing),
            Action::Reopen if blank => Some(Fault::ReasonMissing),
            Action::Reassign | Action::AddResponder if self.people.is_empty() => Some(Fault::PeopleMissing),
            Action::Reassign | Action::AddResponder if self.people.len() > PEOPLE_MAX => Some(Fault::PeopleTooMany),
            Action::Escalate if self.level.is_none() => Some(Fault::LevelMissing),
            Action::CustomAction if self.custom_action.is_none() => Some(Fault::CustomActionMissing),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults() {
        let text = |action, text: &str| Asked { text: Some(text.into()), ..Asked::plain("i", action) };
        let snooze = |minutes| Asked { minutes: Some(minutes), ..Asked::plain("i", Action::Snooze) };
        for (asked, fault) in [
            (Asked::plain("i", Action::Acknowledge), None),
            (Asked::plain("i", Action::Snooze), Some(Fault::MinutesOutOfRange)),
            (snooze(0), Some(Fault::MinutesOutOfRange)),
            (snooze(SNOOZE_MINUTES_MAX), None),
            (snooze(SNOOZE_MINUTES_MAX + 1), Some(Fault::MinutesOutOfRange)),
            (Asked::plain("i", Action::Comment), Some(Fault::CommentMissing)),
            (text(Action::Comment, " \n"), Some(Fault::CommentMissing)),
            (text(Action::Comment, &"字".repeat(TEXT_CHARS_MAX)), None),
            (text(Action::Comment, &"字".repeat(TEXT_CHARS_MAX + 1)), Some(Fault::TextTooLong)),
            (Asked::plain("i", Action::Reopen), Some(Fault::ReasonMissing)),
            (text(Action::Reopen, "again"), None),
            (Asked::plain("i", Action::Reassign), Some(Fault::PeopleMissing)),
            (Asked { people: vec![1], ..Asked::plain("i", Action::AddResponder) }, None),
            (
                Asked { people: vec![1; PEOPLE_MAX + 1], ..Asked::plain("i", Action::Reassign) },
                Some(Fault::PeopleTooMany),
            ),
            (Asked::plain("i", Action::Escalate), Some(Fault::LevelMissing)),
            (Asked::plain("i", Action::CustomAction), Some(Fault::CustomActionMissing)),
        ] {
            assert_eq!(asked.fault(), fault, "{asked:?}");
        }
    }
}
