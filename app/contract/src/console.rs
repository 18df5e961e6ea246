//! What the administrator's console shows.

pub mod audit;
pub mod deliveries;
pub mod quota;
pub mod rooms;

use serde::{Deserialize, Serialize};

/// A page of the console about one integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What proves the set-up, addresses to copy, what a platform refused.
    Overview,
    /// Who is linked, and who cannot be reached.
    People,
    /// Groups, and what is sent to each.
    Groups,
    /// What went out, and what became of it.
    Deliveries,
    /// What is left of the month at DingTalk.
    Quota,
    /// Groups made for incidents.
    WarRooms,
    /// Who did what.
    Audit,
    /// The integration's fields.
    Settings,
    /// Whether everything goes on working.
    Health,
}

impl Section {
    /// All, in the order of the console's navigation.
    pub const ALL: [Self; 9] = [
        Self::Overview,
        Self::Settings,
        Self::People,
        Self::Groups,
        Self::Deliveries,
        Self::Quota,
        Self::WarRooms,
        Self::Audit,
        Self::Health,
    ];

    /// The fixed name, as in [`crate::paths::CONSOLE_SECTION`]; the overview has none.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::People => "people",
            Self::Groups => "groups",
            Self::Deliveries => "deliveries",
            Self::Quota => "quota",
            Self::WarRooms => "war-rooms",
            Self::Audit => "audit",
            Self::Settings => "settings",
            Self::Health => "health",
        }
    }

    /// The section of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.name() == name)
    }
}

/// The console's front page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Console {
    pub integrations: Vec<IntegrationLine>,
}

/// An integration at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationLine {
    pub key: String,
    pub name: String,
    pub corp_id: String,
    pub links: i64,
    /// Required steps of the set-up that are not proved; none before they were looked at.
    pub open_checks: Option<usize>,
}

/// One integration: its addresses and how it stands. Secrets never appear here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationView {
    pub key: String,
    pub name: String,
    /// Label and address, to copy into DingTalk's and Flashduty's consoles.
    pub addresses: Vec<(String, String)>,
    /// When DingTalk's encrypted `check_url` was last opened.
    pub checked_ms: Option<i64>,
    /// When Flashduty's webhook last came.
    pub webhook_ms: Option<i64>,
    /// What a platform refused last of what the integration's settings are for.
    pub failures: Vec<FailureLine>,
    /// Deliveries that wait, and that failed within a day; 100 stands for more.
    pub waiting: i64,
    pub failed: i64,
    pub links: i64,
    /// Steps of the set-up in the order of the guide; empty before they were looked at.
    pub checks: Vec<CheckLine>,
    /// When they were.
    pub checks_ms: Option<i64>,
}

/// One step of the set-up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLine {
    /// Fixed names.
    pub check: String,
    pub state: String,
    /// The heading it stands under.
    pub step: String,
    pub title: String,
    pub cause: String,
    /// The platform's own code and words.
    pub said: String,
    pub required: bool,
    /// Empty where nothing has to be done, as the three after it.
    pub cure: String,
    pub place: String,
    pub who: String,
    /// A page of DingTalk where a missing permission can be applied for.
    pub apply_url: Option<String>,
    /// Label and exact value to paste there.
    pub values: Vec<(String, String)>,
    pub seen_ms: Option<i64>,
}

/// One thing that a platform refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureLine {
    pub what: String,
    /// The platform's own code and words.
    pub said: String,
    pub at_ms: i64,
}
