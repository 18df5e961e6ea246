//! War rooms, as the console shows them.

/// A page of war rooms, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rooms {
    /// Fixed name of the state that is shown; empty: all.
    pub state: String,
    /// Where the page before ended.
    pub after: String,
    /// Names of the parameters that make no sense and leave nothing out.
    pub misread: Vec<&'static str>,
    pub rows: Vec<RoomRow>,
    /// `after` of the page of older ones.
    pub next: Option<String>,
}

/// One room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomRow {
    pub id: String,
    pub incident_id: String,
    pub title: String,
    /// Fixed name.
    pub state: String,
    /// Why it could not be made.
    pub problem: String,
    pub asked_by: String,
    pub inside: usize,
    /// Who is not in it and how that can be cured.
    pub missing: Vec<(String, String)>,
    /// How many more there are that are not named.
    pub more_missing: usize,
    pub created_ms: i64,
    /// When it is dismissed.
    pub ends_ms: Option<i64>,
    pub can_dismiss: bool,
}
