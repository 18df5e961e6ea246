//! Groups and what is said in them and to people.

use super::directory::App;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use world::{Millis, World};

/// How long an address of a group is good (8.5).
pub const URL_LASTS: Duration = Duration::from_secs(365 * 24 * 60 * 60);

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
    /// Address of the group; changes with its title and owner.
    pub url: String,
    /// When that address ends.
    pub url_until: Millis,
    /// From when on a scene group's template and bot are there; they arrive after the group.
    pub settled: Millis,
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

/// A group, or the conversation of a person with a bot or with the work notices.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A group, by openConversationId.
    Chat(String),
    /// A person, by user id.
    Person(String),
    /// A person's work notices, by user id.
    Work(String),
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
    /// A work notice (9.4).
    Work {
        /// The message, its status bar as it is now.
        msg: Value,
    },
    /// A line by DingTalk itself, such as "… installed …".
    Notice {
        /// The line.
        text: String,
    },
}

impl Chat {
    /// Whether the group's template and bot have arrived.
    pub fn is_settled(&self, now: Millis) -> bool {
        self.settled <= now
    }

    /// Gives the group a new address; the old one leads nowhere from now on.
    pub fn renew_url(&mut self, base_url: &str, world: &World) {
        self.url = super::state::group_url(base_url, world);
        self.url_until = world.now().plus(URL_LASTS);
    }

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
