//! Who is on call, as the homepage shows it. Times are Unix milliseconds.

use serde::{Deserialize, Serialize};

/// Who is on call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnCallPage {
    /// The viewer's own shifts that have not ended, the next first.
    pub shifts: Vec<Shift>,
    /// Schedules of the viewer's teams and those the viewer is in, then the others.
    pub schedules: Vec<ScheduleView>,
    /// There are more schedules than are listed.
    pub cut: bool,
    pub as_of_ms: i64,
}

/// A turn of the viewer's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    pub schedule: String,
    pub start_ms: i64,
    pub end_ms: i64,
}

/// One schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleView {
    pub name: String,
    /// It concerns the viewer.
    pub own: bool,
    pub now: Option<Turn>,
    pub next: Option<Turn>,
}

/// Who is on call, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    pub people: Vec<String>,
    /// The viewer is among them.
    pub me: bool,
    pub start_ms: Option<i64>,
    pub end_ms: Option<i64>,
}
