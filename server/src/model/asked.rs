//! What somebody asks to be done with an incident.

use contract::incident::{Action, SNOOZE_MINUTES_MAX, TEXT_CHARS_MAX};
use serde::{Deserialize, Serialize};

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Asked {
    pub incident_id: String,
    pub action: Action,
    pub minutes: Option<u32>,
    pub text: Option<String>,
    pub root_cause: Option<String>,
    pub resolution: Option<String>,
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
}

impl Asked {
    /// An act without parameters.
    pub fn plain(incident_id: &str, action: Action) -> Self {
        let incident_id = incident_id.to_owned();
        Self { incident_id, action, minutes: None, text: None, root_cause: None, resolution: None }
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
        ] {
            assert_eq!(asked.fault(), fault, "{asked:?}");
        }
    }
}
