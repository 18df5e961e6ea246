//! What the pretend DingTalk remembers (dingtalk.md, 13).

pub use super::card_state::*;
pub use super::conversation::*;
pub use super::directory::*;

use super::click::LateClick;
use super::events::{FailedPush, Pending};
use super::meters::Windows;
use super::receipts::Receipts;
use super::traffic::Arrivals;
use super::work::WorkBook;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use world::{Millis, World};

/// How many messages are kept over all chats and people.
const MESSAGES_MAX: usize = 20_000;

/// All of it.
#[derive(Default)]
pub struct State {
    /// Companies by CorpId.
    pub corps: BTreeMap<String, Corp>,
    /// Apps by Client ID.
    pub apps: BTreeMap<String, App>,
    /// Groups by openConversationId.
    pub chats: BTreeMap<String, Chat>,
    /// Card templates by id.
    pub templates: BTreeMap<String, Template>,
    /// Cards by outTrackId.
    pub cards: BTreeMap<String, Card>,
    /// Groups made from templates, by the app and the uuid that the making call gave.
    pub scene_uuids: BTreeMap<(String, String), String>,
    /// Where group addresses begin.
    pub base_url: String,
    /// Messages, oldest first.
    pub messages: VecDeque<Message>,
    /// Number of the last message.
    pub last_message: u64,
    /// Login codes that have not been used.
    pub codes: BTreeMap<String, Code>,
    /// Tokens of web logins.
    pub user_tokens: BTreeMap<String, UserToken>,
    /// Refresh tokens of web logins.
    pub refresh_tokens: BTreeMap<String, UserToken>,
    /// Admitted calls in the last second, by app and API.
    pub windows: Windows,
    /// Admitted calls in the last minute, by app and API.
    pub minute_windows: Windows,
    /// All calls as they arrived.
    pub arrivals: Arrivals,
    /// Robot messages in the last minute, by robot and group.
    pub robot_windows: Windows,
    /// What became of bots' messages.
    pub receipts: Receipts,
    /// Work notices.
    pub work: WorkBook,
    /// Pushes waiting for their time.
    pub pending: Vec<Pending>,
    /// Clicks that a fault holds back.
    pub late_clicks: Vec<LateClick>,
    /// Pushes that failed three times.
    pub failed: Vec<FailedPush>,
    /// Ways in which the real platform may differ.
    pub switches: Switches,
    /// Who sits in front of the client when the web view does not say it.
    pub default_person: Option<String>,
}

/// How the names in event payloads are written (3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spelling {
    /// Envelope PascalCase, fields lowerCamel.
    #[default]
    Current,
    /// Everything PascalCase, numbers as text.
    Pascal,
    /// Everything in lower case.
    Lower,
}

/// How the old host writes the codes of its limits (10.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThrottleForm {
    /// As it was seen: 90002 plain, the others wrapped in 88.
    #[default]
    Seen,
    /// All plain.
    Plain,
    /// All wrapped in 88.
    Wrapped,
}

/// Points where the platform is not certain, or differs between apps.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Switches {
    /// How event fields are written.
    pub spelling: Spelling,
    /// Events carry no `eventId`.
    pub omit_event_id: bool,
    /// Events are sealed for the CorpId instead of the Client ID.
    pub owner_is_corp_id: bool,
    /// How the old host writes the codes of its limits.
    pub throttle_form: ThrottleForm,
    /// Beginnings of paths that all of DingTalk is throttled for (90002).
    pub throttled_paths: BTreeSet<String>,
    /// Calls of one API by one app in any minute, where there is such a limit.
    pub calls_per_minute: Option<usize>,
    /// How many days calls still work after the month's quota is used up (10.1: at most 5).
    pub quota_grace_days: u8,
    /// A banned address is answered JSON without `errcode` instead of a page.
    pub ban_as_json: bool,
    /// Public data in a click's answer reaches everybody at once.
    pub click_reaches_all: bool,
    /// Delivering a card again to the same place shows it twice.
    pub redelivery_shows_twice: bool,
    /// Robot messages a minute in one group; above it `send.too.fast`.
    pub robot_messages_per_minute: usize,
    /// User ids to whom robot messages are held back for their number.
    pub flow_controlled: BTreeSet<String>,
    /// Codes of bots that an administrator has stopped.
    pub stopped_robots: BTreeSet<String>,
    /// Groups and people to whom single card deliveries fail, with the reason that the answer gives.
    pub undeliverable: BTreeMap<String, String>,
    /// From the making of a scene group until its template and bot are there, in milliseconds by the world's clock.
    pub scene_settles_ms: u64,
    /// What calls about a group are refused with before that: the old code, or `permession.checkFailed`.
    pub unsettled_code: String,
    /// Cards at the top of groups are refused.
    pub top_cards_refused: bool,
    /// How long the platform works on a work notice, in milliseconds by the world's clock.
    pub work_notice_ms: u64,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            spelling: Spelling::Current,
            omit_event_id: false,
            owner_is_corp_id: false,
            throttle_form: ThrottleForm::Seen,
            throttled_paths: BTreeSet::new(),
            calls_per_minute: None,
            quota_grace_days: 0,
            ban_as_json: false,
            click_reaches_all: false,
            redelivery_shows_twice: true,
            robot_messages_per_minute: 20,
            flow_controlled: BTreeSet::new(),
            stopped_robots: BTreeSet::new(),
            undeliverable: BTreeMap::new(),
            scene_settles_ms: 1_000,
            unsettled_code: "400020".to_owned(),
            top_cards_refused: false,
            work_notice_ms: 1_000,
        }
    }
}

impl State {
    /// An employee who has not left, if the company has one.
    pub fn employee(&self, corp_id: &str, user_id: &str) -> Option<&Employee> {
        self.corps.get(corp_id)?.employees.get(user_id).filter(|employee| employee.active)
    }

    /// The app of a token that is still good.
    pub fn app_of(&self, token: &str, now: Millis) -> Option<&App> {
        let owns = |app: &&App| app.token.as_ref().is_some_and(|(value, until)| value == token && *until > now);
        self.apps.values().find(owns)
    }

    /// The number of the next message.
    pub fn next_message(&mut self) -> u64 {
        self.last_message += 1;
        self.last_message
    }

    /// Keeps a message, forgetting the oldest when there are too many.
    pub fn say(&mut self, mut message: Message) {
        message.n = self.next_message();
        if self.messages.len() == MESSAGES_MAX {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
    }

    /// Takes away what was shown to people after the message of this number.
    pub fn show_no_more_than(&mut self, last: u64) {
        self.messages.retain(|message| message.n <= last);
        self.work.show_no_more_than(last);
    }

    /// Keeps a line of DingTalk's own.
    pub fn notice(&mut self, world: &World, place: Place, text: String) {
        self.say(Message {
            n: 0,
            at: world.now(),
            place,
            robot_code: String::new(),
            key: process_query_key(world),
            content: Content::Notice { text },
            only_for: BTreeSet::new(),
            mentions: BTreeSet::new(),
        });
    }
}

/// A new openConversationId: `cid`, base64 that contains `+` and `/`, `==`.
pub fn open_conversation_id(world: &World) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(world.bytes::<34>());
    // Some of the real ones contain these two, so all of ours do: whoever forgets to encode them finds out.
    format!("cid{}+{}/{}", &text[..6], &text[7..15], &text[16..])
}

/// A new chatId: `chat` and 32 hex digits.
pub fn chat_id(world: &World) -> String {
    let hex: String = world.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("chat{hex}")
}

/// A new processQueryKey: base64.
pub fn process_query_key(world: &World) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(world.bytes::<24>())
}

/// A new address of a group.
pub fn group_url(base_url: &str, world: &World) -> String {
    format!("{base_url}/group/{}", world.text(24))
}
