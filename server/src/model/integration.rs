//! One configured connection: one Account ↔ one app in one Corp.

use super::card::CardSettings;
use super::quota::Overrides;
use contract::Language;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use world::Millis;

pub mod former;

pub use former::{Former, FormerSecret, Rotating};

/// One configured connection.
#[derive(Clone, Debug)]
pub struct Integration {
    /// The id in addresses, `[a-z0-9]{8,32}`.
    pub key: String,
    pub settings: Settings,
    pub secrets: Secrets,
    /// The Flashduty account, known after the first call with the service key.
    pub account_id: Option<i64>,
    pub checked: Option<Millis>,
    pub webhook: Option<Millis>,
    pub webhook_header: Option<Millis>,
    pub created: Millis,
    pub updated: Millis,
    pub version: i64,
}

/// What is not secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub name: String,
    pub corp_id: String,
    pub agent_id: String,
    pub client_id: String,
    pub card_template_id: Option<String>,
    pub war_room_template_id: Option<String>,
    pub war_room_bot_id: Option<String>,
    pub edition: Edition,
    pub person_channel: PersonChannel,
    /// Who may change what is sent to a group on the group's own page.
    #[serde(default)]
    pub group_editors: GroupEditors,
    /// New incidents of a group or a person in a minute that get a card each; what is beyond is folded into one.
    #[serde(default = "Settings::cards_per_minute_unless_set")]
    pub storm_cards_per_minute: u32,
    /// What cards show and offer.
    #[serde(default)]
    pub card: CardSettings,
    /// Language of cards in groups; from the account's locale.
    #[serde(default)]
    pub language: Language,
    /// IANA time zone of the account, for times on cards.
    #[serde(default = "Settings::zone_until_read")]
    pub time_zone: String,
    /// The account's name, once known.
    #[serde(default)]
    pub account_name: String,
    /// What the company may spend at DingTalk, where it is not as usual for its edition.
    #[serde(default)]
    pub quota: Overrides,
    /// Grows with each change that somebody makes, so that who saves over another's change is told.
    #[serde(default)]
    pub revision: i64,
}

impl Settings {
    /// What counts as a storm unless the integration says otherwise.
    pub fn cards_per_minute_unless_set() -> u32 {
        super::digest::CARDS_PER_MINUTE
    }

    /// The zone of most accounts, until the account's own was read.
    pub fn zone_until_read() -> String {
        "Asia/Shanghai".to_owned()
    }
}

/// The last failure of each standing work that needs the integration's settings; none where it last went well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Failures {
    /// DingTalk did not register the card callback address.
    pub card_callback: Option<Failure>,
    /// The account could not be read at Flashduty.
    pub account: Option<Failure>,
    /// Open incidents could not be read at Flashduty; taken from the last run.
    pub open_incidents: Option<Failure>,
    /// The company's own text for cards could not be had from Flashduty.
    pub card_text: Option<Failure>,
}

/// What a platform said. Nothing secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub code: String,
    pub message: String,
    #[serde(rename = "at_ms")]
    pub at: Millis,
}

/// What is sealed in the database. Serialised only to be sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Secrets {
    #[serde(serialize_with = "super::secret::expose")]
    pub client_secret: SecretString,
    #[serde(serialize_with = "super::secret::expose")]
    pub aes_key: SecretString,
    #[serde(serialize_with = "super::secret::expose")]
    pub token: SecretString,
    #[serde(serialize_with = "super::secret::expose")]
    pub flashduty_app_key: SecretString,
    pub routes: RouteSecrets,
    /// What was replaced and is accepted until its successor is proved by use.
    #[serde(default)]
    pub former: Former,
}

/// The unguessable segments of our addresses, and what signs card callbacks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RouteSecrets {
    #[serde(serialize_with = "super::secret::expose")]
    pub cards: SecretString,
    /// Signs card callbacks (DingTalk's `apiSecret`).
    #[serde(serialize_with = "super::secret::expose")]
    pub card_signing: SecretString,
    #[serde(serialize_with = "super::secret::expose")]
    pub webhook: SecretString,
    /// Value of the header that Flashduty's webhook carries.
    #[serde(serialize_with = "super::secret::expose")]
    pub webhook_header: SecretString,
    #[serde(serialize_with = "super::secret::expose")]
    pub action: SecretString,
}

/// A Corp's DingTalk version, which sets the meters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edition {
    #[default]
    Standard,
    Professional,
    Exclusive,
}

/// How people are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonChannel {
    #[default]
    Bot,
    WorkNotice,
    Both,
}

/// Who of a group's members may change what is sent to it; administrators always may, in the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupEditors {
    /// The group's owner, as DingTalk says.
    #[default]
    Owner,
    Members,
    Nobody,
}

impl Integration {
    /// The key under which the card callback address is registered at DingTalk (reference 7.2: unique per integration).
    pub fn card_route_key(&self) -> String {
        format!("dingduty-{}", self.key)
    }
}
