//! What is asked before an act that concerns other people, and what an incident's page shows besides its panel. Times are
//! Unix milliseconds.

use crate::incident::{IncidentView, Severity};
use crate::war_room::RoomBrief;
use serde::{Deserialize, Serialize};

/// Somebody who could be given an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonChoice {
    /// Flashduty's id.
    pub member_id: i64,
    pub name: String,
    /// Schedules that have them on call now.
    pub on_call: Vec<String>,
    /// The team they share with the incident's channel.
    pub team: Option<String>,
    /// Incidents of the same channel that they acknowledged within a month.
    pub handled: u32,
    /// East positive; their own time zone.
    pub zone_offset_minutes: i32,
    /// They get personal cards in DingTalk.
    pub linked: bool,
    /// They have the incident already.
    pub responder: bool,
    /// The viewer is this person.
    pub me: bool,
}

/// Whom to give an incident to, the best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleChoice {
    pub incident: IncidentView,
    pub people: Vec<PersonChoice>,
    /// The part of a name that was searched for.
    pub query: String,
    /// There are more people than are listed: search by name.
    pub cut: bool,
    pub as_of_ms: i64,
}

/// Somebody whom a level calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    pub name: String,
    /// The schedule or team that makes it them; none for somebody named by the rule itself.
    pub by: Option<String>,
    pub zone_offset_minutes: i32,
    /// They get personal cards in DingTalk.
    pub linked: bool,
}

/// One level of an escalation rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelChoice {
    /// From 1.
    pub number: u32,
    pub people: Vec<Called>,
    /// Chats and mail addresses it tells besides.
    pub others: Vec<String>,
    /// The incident is at this level now.
    pub current: bool,
    /// The next one.
    pub next: bool,
}

/// The levels an incident can be given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelsChoice {
    pub incident: IncidentView,
    pub rule_id: String,
    pub rule_name: String,
    pub levels: Vec<LevelChoice>,
    pub as_of_ms: i64,
}

/// A custom action that can be run on an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomActionChoice {
    pub id: i64,
    pub name: String,
}

/// The custom actions of an incident's channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomActionsChoice {
    pub incident: IncidentView,
    pub actions: Vec<CustomActionChoice>,
    pub as_of_ms: i64,
}

/// One alert of an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertView {
    pub title: String,
    pub severity: Severity,
    /// All is well with it again.
    pub recovered: bool,
    /// Where it comes from.
    pub source: String,
    pub started_ms: Option<i64>,
    /// Its last event, or its recovery.
    pub last_ms: Option<i64>,
    pub events: i64,
    pub labels: Vec<(String, String)>,
}

/// A page of an incident's alerts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alerts {
    pub items: Vec<AlertView>,
    pub total: i64,
    /// From 1.
    pub page: u32,
    pub has_next: bool,
}

/// What became of telling somebody of an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// A person's name; none for a group, whose name is its members' alone.
    pub name: Option<String>,
    /// The fixed name of the delivery's outcome.
    pub outcome: String,
    /// It arrived.
    pub arrived: bool,
    /// It is on its way.
    pub waiting: bool,
    /// Why, in words; what to do about it and who can, where something can be done.
    pub cause: String,
    pub cure: String,
    pub who: String,
    pub at_ms: i64,
}

/// A picture of an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageView {
    /// `https:` only.
    pub source: String,
    /// Where it leads; empty where nowhere.
    pub address: String,
    pub words: String,
}

/// What an incident's page shows besides its panel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentMore {
    pub impact: String,
    /// Flashduty's own summary.
    pub summary: String,
    /// The escalation rule it came through and the level it has reached, counted from 1.
    pub level: Option<(String, u32)>,
    /// Custom fields with their values as text.
    pub fields: Vec<(String, String)>,
    /// Name and address.
    pub links: Vec<(String, String)>,
    pub images: Vec<ImageView>,
    /// Its page in Flashduty's console; empty where it is not told.
    pub console_url: String,
    /// None where the alerts could not be read.
    pub alerts: Option<Alerts>,
    /// Our own deliveries of this incident, people first.
    pub reached: Vec<Reached>,
    #[serde(default)]
    pub war_room: RoomBrief,
    /// The account has custom fields, which its forms may demand.
    #[serde(default)]
    pub forms: bool,
}
