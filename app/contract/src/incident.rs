//! Incidents as pages and cards show them, and what people may do with them.

use crate::read;
use serde::{Deserialize, Serialize};

/// Where an incident stands (Flashduty's `progress`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Progress {
    Triggered,
    Processing,
    Closed,
}

read!(Progress by from_name);

impl Progress {
    /// The platform's own word, used in `data-progress`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Triggered => "Triggered",
            Self::Processing => "Processing",
            Self::Closed => "Closed",
        }
    }

    /// The state of the platform's word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Triggered, Self::Processing, Self::Closed].into_iter().find(|one| one.name() == name)
    }
}

/// How bad it is (Flashduty's `incident_severity`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Severity {
    Critical,
    Warning,
    Info,
    Ok,
}

read!(Severity by from_name);

impl Severity {
    /// The platform's own word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "Critical",
            Self::Warning => "Warning",
            Self::Info => "Info",
            Self::Ok => "Ok",
        }
    }

    /// All of them, the worst first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::Warning, Self::Info, Self::Ok];

    /// The severity of the platform's word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What a person can ask for. The kebab-case names are fixed: `data-act`, API paths and card buttons use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    Acknowledge,
    Unacknowledge,
    Close,
    Reopen,
    Snooze,
    Wake,
    Comment,
    /// Give it to other people. This and the next three ask something first, on a page of their own.
    Reassign,
    /// Give it to a level of its escalation rule.
    Escalate,
    AddResponder,
    /// Have Flashduty call an address of the company's.
    CustomAction,
}

read!(Action by from_name);

impl Action {
    /// All actions, in the order buttons are drawn.
    pub const ALL: [Self; 11] = [
        Self::Acknowledge,
        Self::Close,
        Self::Snooze,
        Self::Wake,
        Self::Unacknowledge,
        Self::Reopen,
        Self::Comment,
        Self::AddResponder,
        Self::Reassign,
        Self::Escalate,
        Self::CustomAction,
    ];

    /// Whether it asks something on a page of its own before it is done.
    pub fn is_asked_apart(self) -> bool {
        matches!(self, Self::Reassign | Self::Escalate | Self::AddResponder | Self::CustomAction)
    }

    /// Whether there is a page of its own for it: what asks something first, and what a form of the account may ask
    /// something for.
    pub fn has_page(self) -> bool {
        self.is_asked_apart() || matches!(self, Self::Acknowledge | Self::Close)
    }

    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Unacknowledge => "unacknowledge",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::Snooze => "snooze",
            Self::Wake => "wake",
            Self::Comment => "comment",
            Self::Reassign => "reassign",
            Self::Escalate => "escalate",
            Self::AddResponder => "add-responder",
            Self::CustomAction => "custom-action",
        }
    }

    /// The act that takes this one back, where Flashduty has it.
    pub fn inverse(self) -> Option<Self> {
        match self {
            Self::Acknowledge => Some(Self::Unacknowledge),
            Self::Close => Some(Self::Reopen),
            Self::Snooze => Some(Self::Wake),
            _ => None,
        }
    }

    /// The action of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

/// Longest snooze Flashduty takes, in minutes.
pub const SNOOZE_MINUTES_MAX: u32 = 1440;
/// Snooze presets offered unless an integration has its own, in minutes: Flashduty's own defaults of 2, 4 and 12 hours.
pub const SNOOZE_PRESETS_MINUTES: [u32; 3] = [120, 240, 720];
/// Most snooze presets of an integration: as many as its card's template has buttons for.
pub const SNOOZE_PRESETS_MAX: usize = 5;
/// Longest comment, reason, root cause or resolution Flashduty takes, in characters.
pub const TEXT_CHARS_MAX: usize = 1024;
/// Most people chosen at once.
pub const PEOPLE_MAX: usize = 20;

/// A person who is to handle an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Responder {
    pub name: String,
    /// When they acknowledged, in Unix milliseconds; none when they have not.
    pub acknowledged_ms: Option<i64>,
    /// The viewer is this person.
    pub me: bool,
}

read!(Responder { name, acknowledged_ms, me });

/// The last thing somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LastAct {
    /// The actor's name; none when Flashduty did it by itself.
    pub who: Option<String>,
    /// Flashduty's timeline type, such as `i_ack`.
    pub kind: String,
    pub at_ms: i64,
}

read!(LastAct { who, kind, at_ms });

/// One incident as a row, a card or the top of its page shows it. Times are Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IncidentView {
    pub id: String,
    /// Short number without `#`, such as `0E83EE`.
    pub num: String,
    pub title: String,
    pub description: String,
    pub severity: Severity,
    pub progress: Progress,
    /// Set while the incident is snoozed.
    pub snoozed_until_ms: Option<i64>,
    pub channel: String,
    pub started_ms: i64,
    pub acknowledged_ms: Option<i64>,
    pub closed_ms: Option<i64>,
    pub updated_ms: i64,
    pub responders: Vec<Responder>,
    pub labels: Vec<(String, String)>,
    pub alert_count: i64,
    pub root_cause: String,
    pub resolution: String,
    pub last_act: Option<LastAct>,
    /// Acts the viewer can do now, in drawing order.
    pub actions: Vec<Action>,
}

read!(IncidentView {
    id,
    num,
    title,
    description,
    severity,
    progress,
    snoozed_until_ms,
    channel,
    started_ms,
    acknowledged_ms,
    closed_ms,
    updated_ms,
    responders,
    labels,
    alert_count,
    root_cause,
    resolution,
    last_act,
    actions
});

/// One line of an incident's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimelineEntry {
    pub at_ms: i64,
    /// Flashduty's type, such as `i_comm`; unknown ones are shown as a plain event.
    pub kind: String,
    /// None for the system.
    pub who: Option<String>,
    /// What was said or set, as plain text: a comment, a reason, "120" minutes, names.
    pub text: String,
}

read!(TimelineEntry { at_ms, kind, who, text });

/// What an incident's page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IncidentDetail {
    pub incident: IncidentView,
    /// Newest first.
    pub timeline: Vec<TimelineEntry>,
    /// Older entries exist that are not shown.
    pub timeline_cut: bool,
    /// When the data was read.
    pub as_of_ms: i64,
}

read!(IncidentDetail { incident, timeline, timeline_cut, as_of_ms });

/// Which incidents a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tab {
    /// Open ones assigned to the viewer.
    #[default]
    Mine,
    /// All open ones the viewer may see.
    Open,
    /// No incidents: who is on call.
    OnCall,
}

impl Tab {
    /// The value of `?tab=`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Open => "open",
            Self::OnCall => "on-call",
        }
    }

    /// The tab of a `?tab=`.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Mine, Self::Open, Self::OnCall].into_iter().find(|tab| tab.name() == name)
    }
}

/// A list of incidents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentList {
    pub tab: Tab,
    /// Channels to choose from, by id: those Flashduty shows the viewer.
    #[serde(default)]
    pub channels: Vec<(i64, String)>,
    pub items: Vec<IncidentView>,
    /// How many there are in all, as far as Flashduty counts.
    pub total: i64,
    /// Number of the page shown, from 1.
    pub page: u32,
    pub has_next: bool,
    pub as_of_ms: i64,
    /// Flashduty cannot be reached: this is what was known at that moment.
    #[serde(default)]
    pub stale: bool,
}

/// An act with its parameters, as JSON or as a form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ActRequest {
    /// Snooze only: 1 to [`SNOOZE_MINUTES_MAX`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Comment: the text. Reopen: the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Close only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<String>,
    /// Close only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Comment only: Flashduty tells nobody of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mute: bool,
    /// Reassign and add responder: Flashduty member ids, 1 to [`PEOPLE_MAX`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<i64>,
    /// Escalate only: the escalation rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_id: Option<String>,
    /// Escalate only: its level, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u32>,
    /// Custom action only: its id at Flashduty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_action: Option<i64>,
}

read!(ActRequest { minutes, text, root_cause, resolution, mute, people, rule_id, level, custom_action });

/// How an act ended, with the incident as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActResult {
    /// False when somebody else had done it already.
    pub done: bool,
    pub incident: IncidentView,
    /// The revision that the stream of changes gives this state (see [`crate::live::IncidentNews`]); 0 where that is not
    /// known.
    pub revision: i64,
}

read!(ActResult { done, incident, revision });
