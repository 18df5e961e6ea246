//! What an open page is told by itself, one message of its stream after the other.

use crate::incident::{IncidentView, TimelineEntry};
use crate::read;
use crate::read::{Read, Value};
use serde::Serialize;

/// A message of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Told {
    /// An incident has changed.
    Incident(Box<IncidentNews>),
    /// Nothing has changed; the stream is alive.
    Beat,
    /// Something may have changed that the stream cannot tell: reading the page again can.
    Stale,
    /// Other pages of the same person need the place: this one asks again when it is looked at.
    Rest,
}

impl Read for Told {
    fn read(mut value: Value) -> Option<Self> {
        Some(match String::read(value.take("is"))?.as_str() {
            "incident" => Self::Incident(Box::new(IncidentNews::read(value)?)),
            "beat" => Self::Beat,
            "stale" => Self::Stale,
            "rest" => Self::Rest,
            _ => return None,
        })
    }
}

read!(Told);

/// An incident as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IncidentNews {
    pub incident: IncidentView,
    /// Grows with every change that is known of the incident.
    pub revision: i64,
    /// It belongs to what the page lists, whether it was listed before or not.
    pub listed: bool,
    /// On the incident's own page: its newest entries, and whether older ones exist that are not among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<(Vec<TimelineEntry>, bool)>,
    /// When this was said, in Unix milliseconds.
    pub at_ms: i64,
}

read!(IncidentNews { incident, revision, listed, timeline, at_ms });
