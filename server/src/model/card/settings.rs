//! What an integration's cards show and offer: hidden fields, snooze presets, the company's own text.

use contract::incident::{SNOOZE_MINUTES_MAX, SNOOZE_PRESETS_MAX, SNOOZE_PRESETS_MINUTES};
use serde::{Deserialize, Serialize};

/// What of the card an administrator chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CardSettings {
    /// Fields that are not shown.
    pub hidden: Vec<CardField>,
    /// Snooze presets in minutes, as typed; none: [`SNOOZE_PRESETS_MINUTES`].
    pub snooze_minutes: Vec<u32>,
    /// Flashduty's message template whose DingTalk text stands in for description and labels.
    pub text_template_id: Option<String>,
}

impl CardSettings {
    /// The snooze presets offered.
    pub fn snooze_minutes(&self) -> &[u32] {
        if self.snooze_minutes.is_empty() { &SNOOZE_PRESETS_MINUTES } else { &self.snooze_minutes }
    }
}

/// A field of the card that can be hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardField {
    Severity,
    Channel,
    Responders,
    Alerts,
    SnoozedUntil,
    Description,
    Labels,
}

impl CardField {
    /// All of them, in the card's order.
    pub const ALL: [Self; 7] = [
        Self::Severity,
        Self::Channel,
        Self::Responders,
        Self::Alerts,
        Self::SnoozedUntil,
        Self::Description,
        Self::Labels,
    ];

    /// The name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Channel => "channel",
            Self::Responders => "responders",
            Self::Alerts => "alerts",
            Self::SnoozedUntil => "snoozed_until",
            Self::Description => "description",
            Self::Labels => "labels",
        }
    }

    /// Flashduty's name of the field, for its previews (Flashduty reference 7.6); none where it has no such field.
    pub fn flashduty_name(self) -> Option<&'static str> {
        match self {
            Self::Severity => Some("severity"),
            Self::Channel => Some("channel"),
            Self::Responders => Some("responders"),
            Self::Alerts => Some("aggregate_alert_count"),
            Self::SnoozedUntil => Some("snoozed_before"),
            Self::Description | Self::Labels => None,
        }
    }
}

/// Reads a list of hidden fields, `labels, description`, each once. None when one is unknown.
pub fn hidden_fields(text: &str) -> Option<Vec<CardField>> {
    let mut fields = Vec::new();
    for name in items(text) {
        let field = CardField::ALL.into_iter().find(|field| field.name() == name)?;
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    Some(fields)
}

/// Reads snooze presets, `30, 120, 720`: 1 to [`SNOOZE_PRESETS_MAX`] different numbers of minutes, in the order they are
/// to be shown. None when they are not that.
pub fn snooze_presets(text: &str) -> Option<Vec<u32>> {
    let mut presets = Vec::new();
    for item in items(text) {
        let minutes = item.parse().ok().filter(|minutes| (1..=SNOOZE_MINUTES_MAX).contains(minutes))?;
        if presets.contains(&minutes) || presets.len() == SNOOZE_PRESETS_MAX {
            return None;
        }
        presets.push(minutes);
    }
    Some(presets).filter(|presets| !presets.is_empty())
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_as_typed() {
        use CardField::{Description, Labels};
        for (text, expected) in [
            ("labels,description", Some(vec![Labels, Description])),
            (" labels , labels", Some(vec![Labels])),
            ("title", None),
            ("Labels", None),
            ("labels,", None),
            ("", None),
        ] {
            assert_eq!(hidden_fields(text), expected, "{text:?}");
        }
        for (text, expected) in [
            ("120", Some(vec![120])),
            ("30, 120,1440", Some(vec![30, 120, 1440])),
            ("0", None),
            ("1441", None),
            ("-5", None),
            ("2h", None),
            ("30,30", None),
            ("1,2,3,4,5,6", None),
            ("30,", None),
            ("", None),
        ] {
            assert_eq!(snooze_presets(text), expected, "{text:?}");
        }
    }

    #[test]
    fn names_are_the_stored_ones() {
        for field in CardField::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
        }
    }
}
