//! The group made for an incident, as its page shows it.

use serde::{Deserialize, Serialize};

/// What an incident's page says of its war room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum RoomBrief {
    /// War rooms are not set up.
    #[default]
    Off,
    /// One can be made.
    Offered,
    /// None can be made, and why.
    Disabled {
        /// A sentence.
        reason: String,
    },
    /// There is one, or one is being made.
    There,
}

/// Somebody who belongs into a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomMember {
    pub name: String,
    /// `wanted`, `in` or `missing`.
    pub state: String,
    /// What can be done about it, for those who are missing.
    pub remedy: String,
}

/// Somebody who could be invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observer {
    pub member_id: i64,
    pub name: String,
}

/// The newest room of an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// `making`, `failed`, `open`, `ending` or `gone`.
    pub state: String,
    pub title: String,
    /// Why it could not be made, for people.
    pub problem: String,
    /// Whether the viewer is in it.
    pub mine: bool,
    /// An address of the group that is good now; only where it was asked for, and for those who are in it.
    pub group_url: Option<String>,
    pub members: Vec<RoomMember>,
    /// When it is dismissed, in Unix milliseconds.
    pub ends_ms: Option<i64>,
}

/// The page of an incident's war room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarRoomPage {
    pub incident_id: String,
    /// Short number without `#`.
    pub num: String,
    pub title: String,
    pub brief: RoomBrief,
    pub room: Option<Room>,
    pub observers: Vec<Observer>,
    /// When the data was read.
    pub as_of_ms: i64,
}
