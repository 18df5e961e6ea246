//! How it goes, as the console's page of health shows it.

use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthView {
    pub groups: Vec<HealthGroup>,
    pub queue: Vec<QueueLine>,
    /// There is more waiting than was counted.
    pub has_more: bool,
}

/// Lines under one heading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthGroup {
    pub title: String,
    pub lines: Vec<HealthLine>,
}

/// One line: a moment, else a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthLine {
    /// Fixed, for tests and tools.
    pub name: String,
    pub label: String,
    pub at_ms: Option<i64>,
    pub text: String,
    /// Something is not as it should be.
    pub is_amiss: bool,
}

/// Work of one kind that waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueLine {
    pub kind: String,
    pub label: String,
    pub waiting: i64,
    /// When the first of it is or was due.
    pub due_ms: i64,
    /// Of that it is late.
    pub is_late: bool,
}
