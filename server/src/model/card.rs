//! One interactive message instance, and what it shows.
use super::delivery::Target;
use std::collections::BTreeMap;
use world::Millis;

/// A card DingTalk has or is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub out_track_id: String,
    pub integration: String,
    pub incident_id: String,
    pub target: Target,
    /// DingTalk has taken it.
    pub delivered: bool,
    /// The public values DingTalk was given last.
    pub shown: BTreeMap<String, String>,
    pub created: Millis,
    pub updated: Millis,
    pub version: i64,
}
