//! What the pretend DingTalk remembers (dingtalk.md, 13).

use super::events::{FailedPush, Pending};
use super::meters::{Meters, Windows};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
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
    /// Calls in the last second, by app and API.
    pub windows: Windows,
    /// Robot messages in the last minute, by robot and group.
    pub robot_windows: Windows,
    /// Pushes waiting for their time.
    pub pending: Vec<Pending>,
    /// Pushes that failed three times.
    pub failed: Vec<FailedPush>,
    /// Ways in which the real platform may differ.
    pub switches: Switches,
    /// Who sits in front of the client when the web view does not say it.
    pub default_person: Option<String>,
}

/// A company.
pub struct Corp {
    /// Its monthly meters and limits.
    pub meters: Meters,
    /// Employees by user id.
    pub employees: BTreeMap<String, Employee>,
}

/// A person of a company.
#[derive(Clone, Debug, Serialize)]
pub struct Employee {
    /// userid.
    pub user_id: String,
    /// unionId.
    pub union_id: String,
    /// Name as shown.
    pub name: String,
    /// Name in English.
    pub english_name: String,
    /// Number without country code.
    pub mobile: String,
    /// Country code without plus.
    pub state_code: String,
    /// Work e-mail.
    pub email: String,
    /// Job title.
    pub title: String,
    /// Whether an administrator.
    pub admin: bool,
    /// False once the person has left the company.
    pub active: bool,
}

/// An internal app of a company.
pub struct App {
    /// Client ID; also the code of its bot.
    pub client_id: String,
    /// Client Secret.
    pub client_secret: String,
    /// AgentId.
    pub agent_id: String,
    /// The company it belongs to.
    pub corp_id: String,
    /// Shown in the workplace and as the bot's name.
    pub name: String,
    /// Granted permission points (11).
    pub scopes: BTreeSet<String>,
    /// User ids in the visible range; everybody when absent.
    pub visible: Option<BTreeSet<String>>,
    /// Key of the event subscription.
    pub aes_key: String,
    /// Token of the event subscription.
    pub callback_token: String,
    /// Saved event subscription URL.
    pub callback_url: Option<String>,
    /// Its cool app.
    pub cool_app_code: String,
    /// Group template of war rooms and its bot.
    pub group_template: Option<GroupTemplate>,
    /// Redirect URLs allowed for the web login.
    pub redirect_urls: Vec<String>,
    /// Addresses the API may be called from; all when absent.
    pub allowed_addresses: Option<Vec<IpAddr>>,
    /// The current token.
    pub token: Option<(String, Millis)>,
    /// Registered card callbacks by route key.
    pub card_routes: BTreeMap<String, CardRoute>,
    /// Addresses of its pages as typed into the console.
    pub pages: AppPages,
}

/// A group template bound to an app.
#[derive(Clone, Debug)]
pub struct GroupTemplate {
    /// Template id.
    pub template_id: String,
    /// Code of the group bot.
    pub robot_code: String,
}

/// Addresses of an app's pages, with their placeholders.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AppPages {
    /// Application homepage (phone).
    pub homepage: String,
    /// PC homepage.
    pub pc_homepage: String,
    /// Group quick entry.
    pub cool_app: String,
}

/// A registered card callback (7.2).
#[derive(Clone, Debug)]
pub struct CardRoute {
    /// Where clicks are posted to.
    pub url: String,
    /// Signing key, if signing is on.
    pub secret: Option<String>,
}

/// What a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// With people from outside; cool apps cannot be installed.
    Plain,
    /// Of one company.
    Internal,
    /// Made from a group template.
    Scene,
}

/// A group.
#[derive(Clone, Debug, Serialize)]
pub struct Chat {
    /// openConversationId.
    pub id: String,
    /// chatId.
    pub chat_id: String,
    /// Company.
    pub corp_id: String,
    /// What it is.
    pub kind: ChatKind,
    /// Title.
    pub title: String,
    /// User id of the owner.
    pub owner: String,
    /// User ids of the members.
    pub members: BTreeSet<String>,
    /// Client IDs of the apps whose cool app is installed.
    pub cool_apps: BTreeSet<String>,
    /// Codes of bots added by themselves, not by a cool app.
    pub robots: BTreeSet<String>,
    /// Group template.
    pub template_id: Option<String>,
    /// Whether it has been disbanded.
    pub disbanded: bool,
    /// Address of the group; changes with the title.
    pub url: String,
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

/// Something shown in a chat.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// Consecutive number.
    pub n: u64,
    /// When.
    pub at: Millis,
    /// Where.
    pub place: Place,
    /// Which bot sent it.
    pub robot_code: String,
    /// processQueryKey.
    pub key: String,
    /// What.
    pub content: Content,
    /// User ids it is shown to; everybody in the place when empty.
    pub only_for: BTreeSet<String>,
    /// User ids mentioned; `@ALL` for everybody.
    pub mentions: BTreeSet<String>,
}

/// A group or the conversation of a person with a bot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A group, by openConversationId.
    Chat(String),
    /// A person, by user id.
    Person(String),
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Content {
    /// A robot message (6.3).
    Robot {
        /// msgKey.
        msg_key: String,
        /// msgParam, parsed.
        msg_param: Value,
    },
    /// A card; what it shows is asked for per person.
    Card {
        /// Its id.
        out_track_id: String,
        /// Line in the list of chats, by language (`ZH_CN`, `EN_US`).
        last_message: BTreeMap<String, String>,
    },
    /// A line by DingTalk itself, such as "… installed …".
    Notice {
        /// The line.
        text: String,
    },
}

/// A login code (4.2, 4.5).
pub struct Code {
    /// Whose.
    pub user_id: String,
    /// Company.
    pub corp_id: String,
    /// For which app.
    pub client_id: String,
    /// When it ends.
    pub until: Millis,
    /// How it was got.
    pub kind: CodeKind,
}

/// How a login code was got.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum CodeKind {
    /// By `requestAuthCode` inside the client.
    Client,
    /// By the login page.
    Web {
        /// Whether the scope asked for the company.
        with_corp: bool,
    },
}

/// A token of a web login.
#[derive(Clone)]
pub struct UserToken {
    /// Whose.
    pub user_id: String,
    /// Company.
    pub corp_id: String,
    /// For which app.
    pub client_id: String,
    /// When it ends.
    pub until: Millis,
    /// Whether the scope asked for the company.
    pub with_corp: bool,
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
    /// Throttling on the old host comes plain instead of wrapped in 88.
    pub plain_throttle: bool,
    /// Public data in a click's answer reaches everybody at once.
    pub click_reaches_all: bool,
    /// Delivering a card again to the same place shows it twice.
    pub redelivery_shows_twice: bool,
    /// Robot messages a minute in one group; above it `send.too.fast`.
    pub robot_messages_per_minute: usize,
    /// User ids to whom robot messages are held back for their number.
    pub flow_controlled: BTreeSet<String>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            spelling: Spelling::Current,
            omit_event_id: false,
            owner_is_corp_id: false,
            plain_throttle: false,
            click_reaches_all: false,
            redelivery_shows_twice: true,
            robot_messages_per_minute: 20,
            flow_controlled: BTreeSet::new(),
        }
    }
}

impl App {
    /// Whether a person is inside the visible range.
    pub fn sees(&self, user_id: &str) -> bool {
        self.visible.as_ref().is_none_or(|visible| visible.contains(user_id))
    }
}

impl Chat {
    /// Whether a bot of `app` with this code may speak here, and whether only because of the cool app.
    pub fn robot(&self, app: &App, robot_code: &str) -> RobotHere {
        let template_bot = app.group_template.as_ref().is_some_and(|template| {
            self.template_id.as_ref() == Some(&template.template_id) && template.robot_code == robot_code
        });
        if template_bot || self.robots.contains(robot_code) {
            RobotHere::ByItself
        } else if robot_code == app.client_id && self.cool_apps.contains(&app.client_id) {
            RobotHere::ByCoolApp
        } else {
            RobotHere::No
        }
    }
}

/// How a bot came into a group.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RobotHere {
    /// It is not there.
    No,
    /// Added, or with the group's template.
    ByItself,
    /// With the cool app; then `coolAppCode` must be given.
    ByCoolApp,
}

impl State {
    /// An employee who has not left, if the company has one.
    pub fn employee(&self, corp_id: &str, user_id: &str) -> Option<&Employee> {
        self.corps.get(corp_id)?.employees.get(user_id).filter(|employee| employee.active)
    }

    /// Keeps a message, forgetting the oldest when there are too many.
    pub fn say(&mut self, mut message: Message) {
        self.last_message += 1;
        message.n = self.last_message;
        if self.messages.len() == MESSAGES_MAX {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
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
