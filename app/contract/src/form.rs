//! Custom fields of a Flashduty account, which its forms may demand, and what is needed to create an incident.

use crate::choice::PersonChoice;
use crate::incident::{IncidentView, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest title of an incident made by hand, and its shortest (Flashduty's own pages want three characters).
pub const TITLE_CHARS_MAX: usize = 512;
pub const TITLE_CHARS_MIN: usize = 3;
/// Longest description of an incident made by hand.
pub const DESCRIPTION_CHARS_MAX: usize = 1024;
/// Longest text in a field.
pub const FIELD_CHARS_MAX: usize = 1024;
/// Before a custom field's name in what a form posts.
pub const FIELD_PREFIX: &str = "field.";

/// How a custom field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Text,
    Checkbox,
    SingleSelect,
    MultiSelect,
}

/// One custom field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldAsked {
    /// Flashduty's name of it.
    pub name: String,
    /// What people call it.
    pub label: String,
    pub hint: String,
    pub kind: FieldKind,
    /// What can be chosen.
    pub options: Vec<String>,
}

/// What a form of the account may ask for before an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormChoice {
    pub incident: IncidentView,
    pub fields: Vec<FieldAsked>,
    pub as_of_ms: i64,
}

/// An escalation rule an incident can be given to; its first level is called at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleChoice {
    pub id: String,
    pub name: String,
    /// Whom its first level calls.
    pub calls: Vec<String>,
}

/// What can be chosen for a new incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateChoice {
    /// Channels by id.
    pub channels: Vec<(i64, String)>,
    /// The channel the rest is for; none for an incident without one.
    pub channel: Option<i64>,
    pub rules: Vec<RuleChoice>,
    pub people: Vec<PersonChoice>,
    /// The part of a name that was searched for.
    pub query: String,
    /// There are more people than are listed.
    pub cut: bool,
    /// Custom fields of the account.
    pub fields: Vec<FieldAsked>,
    /// For the form that is drawn: see [`CreateRequest::token`].
    pub token: String,
    pub as_of_ms: i64,
}

/// An incident to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateRequest {
    pub title: String,
    pub description: String,
    pub severity: Severity,
    pub channel: Option<i64>,
    /// The escalation rule that calls people; else those in `people`.
    pub rule_id: Option<String>,
    pub people: Vec<i64>,
    /// What was filled into custom fields, by name; of several choices each.
    pub fields: BTreeMap<String, Vec<String>>,
    /// The same for every sending of one form: however often it arrives, one incident comes of it.
    pub token: String,
}

/// The incident that was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    pub id: String,
    /// False when this form had created it before.
    pub done: bool,
}
