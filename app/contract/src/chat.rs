//! Groups as people see them.

use crate::group::RuleDesk;
use crate::incident::IncidentView;
use crate::on_call::ScheduleView;
use serde::{Deserialize, Serialize};

/// Whether our cool app is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChatState {
    Installed,
    Uninstalled,
    Disbanded,
}

impl ChatState {
    /// The value in the automation API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Uninstalled => "uninstalled",
            Self::Disbanded => "disbanded",
        }
    }
}

/// What the page behind a group's quick entry shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatPage {
    pub title: String,
    /// Open incidents that come to this group, seen with the viewer's own permission.
    pub incidents: Vec<IncidentView>,
    /// One line per subscription: what is sent here.
    pub subscriptions: Vec<SubscriptionView>,
    /// People in the group, where they were counted.
    pub members: Option<i64>,
    /// When a robot of an escalation rule last spoke here.
    pub robot_push_ms: Option<i64>,
    /// Who is on call for the channels sent here, as far as the viewer may know.
    pub on_call: Vec<ScheduleView>,
    /// The viewer may change what is sent here.
    pub may_change: bool,
    /// Where they do.
    pub desk: RuleDesk,
    pub as_of_ms: i64,
}

/// A subscription in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionView {
    pub id: String,
    /// Changes with everything that can be changed of it.
    pub revision: String,
    /// Names of the Flashduty channels; empty means all.
    pub channels: Vec<String>,
    /// Empty means all.
    pub severities: Vec<String>,
    pub labels: Vec<(String, String)>,
    pub mention: bool,
    /// Which changes its cards follow: `all`, `state` or `none`.
    pub repaint: String,
}
