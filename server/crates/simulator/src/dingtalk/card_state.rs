//! Cards, their templates and callback routes.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use world::Millis;

/// A registered card callback (7.2).
#[derive(Clone, Debug)]
pub struct CardRoute {
    /// Where clicks are posted to.
    pub url: String,
    /// Signing key, if signing is on.
    pub secret: Option<String>,
}

/// A card template.
pub struct Template {
    /// The app it is tied to.
    pub client_id: String,
    /// Whether it has been published.
    pub published: bool,
}

/// How clicks on a card travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardCallback {
    /// Nowhere.
    None,
    /// To the route of this key.
    Http(String),
    /// By a stream connection, which the simulator does not have.
    Stream,
}

/// What a click's answer shows to the clicker alone.
#[derive(Clone, Debug)]
pub struct LocalAnswer {
    /// Values.
    pub values: BTreeMap<String, String>,
    /// Whether they replace the public ones instead of covering them.
    pub replaces: bool,
}

/// A card.
pub struct Card {
    /// Its id, given by the app.
    pub out_track_id: String,
    /// The app that made it.
    pub client_id: String,
    /// Template.
    pub template_id: String,
    /// Where clicks go.
    pub callback: CardCallback,
    /// Whether people are told by union id (type 2) instead of user id.
    pub by_union_id: bool,
    /// What everybody sees.
    pub public: BTreeMap<String, String>,
    /// What single people see instead, by user id.
    pub private: BTreeMap<String, BTreeMap<String, String>>,
    /// What the last click's answer showed, by user id, until the next update.
    pub local: BTreeMap<String, LocalAnswer>,
    /// Kinds of places it may be delivered to.
    pub models: BTreeMap<String, Value>,
    /// Where it is.
    pub spaces: Vec<Space>,
    /// 1 at creation, one more at each update.
    pub version: u64,
    /// When it was made.
    pub created: Millis,
}

/// A place a card was delivered to.
#[derive(Clone, Debug, Serialize)]
pub struct Space {
    /// `IM_GROUP`, `IM_ROBOT`, `ONE_BOX`.
    pub kind: String,
    /// openConversationId or user id.
    pub id: String,
    /// processQueryKey of the delivery.
    pub carrier_id: String,
}
