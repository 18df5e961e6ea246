//! The incident as the pretend Flashduty keeps it, with its alerts and timeline (reference sections 3, 4 and 5.3).

use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How bad it is, from worst to recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Critical,
    Warning,
    Info,
    Ok,
}

impl Severity {
    /// The names on the wire, `Ok` included.
    pub const NAMES: [&'static str; 4] = ["Critical", "Warning", "Info", "Ok"];

    /// The severity of this wire name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Critical, Self::Warning, Self::Info, Self::Ok].into_iter().find(|severity| severity.name() == name)
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// Where an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Triggered,
    Processing,
    Closed,
}

impl Progress {
    /// The names on the wire.
    pub const NAMES: [&'static str; 3] = ["Triggered", "Processing", "Closed"];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// Somebody asked to handle the incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responder {
    pub person_id: i64,
    pub assigned_at: i64,
    /// 0 = not acknowledged.
    pub acknowledged_at: i64,
}

/// How the present responders were chosen.
#[derive(Clone, Debug, Default)]
pub struct Assignment {
    pub person_ids: Vec<i64>,
    /// Empty when assigned to people directly.
    pub rule_id: String,
    pub rule_name: String,
    pub layer_idx: usize,
    pub kind: &'static str,
    pub emails: Vec<String>,
    pub assigned_at: i64,
    pub id: String,
}

/// One alert inside an incident.
#[derive(Clone)]
pub struct Alert {
    pub id: String,
    pub key: String,
    pub title: String,
    pub description: String,
    pub severity: Severity,
    /// `Ok` = recovered.
    pub status: Severity,
    pub start_time: i64,
    pub last_time: i64,
    pub end_time: i64,
    pub labels: BTreeMap<String, String>,
    pub images: Vec<Value>,
    pub event_cnt: i64,
}

/// One row of the timeline. Times in milliseconds, unlike everywhere else.
#[derive(Clone)]
pub struct FeedRow {
    pub ref_id: String,
    pub kind: Cow<'static, str>,
    pub detail: Value,
    /// 0 = the system.
    pub creator_id: i64,
    pub created_at_ms: i64,
}

/// An act that was accepted, for tests that prove "exactly one effect".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRecord {
    /// The act's word: `acknowledge`, `resolve`, `snooze` and so on, see [`super::Act::name`].
    pub act: &'static str,
    pub actor_id: i64,
    pub at_ms: i64,
    /// False when it found its work done already.
    pub changed: bool,
}

/// An incident. Times in seconds, 0 = not yet.
#[derive(Clone)]
pub struct Incident {
    pub id: String,
    pub title: String,
    pub description: String,
    pub impact: String,
    pub root_cause: String,
    pub resolution: String,
    pub severity: Severity,
    pub status: Severity,
    pub progress: Progress,
    pub start_time: i64,
    pub last_time: i64,
    pub end_time: i64,
    pub ack_time: i64,
    pub close_time: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub snoozed_before: i64,
    /// 0 = standalone.
    pub channel_id: i64,
    /// 0 = made by hand.
    pub integration_id: i64,
    pub labels: BTreeMap<String, String>,
    pub fields: Map<String, Value>,
    pub assigned_to: Assignment,
    pub responders: Vec<Responder>,
    pub creator_id: i64,
    pub closer_id: i64,
    pub owner_id: i64,
    pub alerts: Vec<Alert>,
    pub feed: Vec<FeedRow>,
    pub acts: Vec<ActRecord>,
    /// Since when the present escalation level waits, and how often it has notified.
    pub level_since: i64,
    pub notified_at: i64,
    pub notified_times: i64,
}

impl Incident {
    /// The short number people read: the last six digits of the id in upper case.
    pub fn num(&self) -> String {
        self.id[self.id.len() - 6..].to_ascii_uppercase()
    }

    /// Not closed.
    pub fn is_open(&self) -> bool {
        self.progress != Progress::Closed
    }

    /// Snoozed at `now` (seconds).
    pub fn is_snoozed(&self, now: i64) -> bool {
        self.snoozed_before > now
    }

    /// Alerts that have not recovered.
    pub fn active_alerts(&self) -> usize {
        self.alerts.iter().filter(|alert| alert.status != Severity::Ok).count()
    }

    /// Back to `Triggered`: nobody's acknowledgement counts any more, and the level waits anew.
    pub fn trigger_again(&mut self, now: i64) {
        self.progress = Progress::Triggered;
        self.ack_time = 0;
        self.level_since = now;
        for responder in &mut self.responders {
            responder.acknowledged_at = 0;
        }
    }
}
