//! Companies, their people and apps, and what lets people and apps in.

use super::card_state::CardRoute;
use super::meters::Meters;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use world::Millis;

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
    /// Whether it has been reviewed and published; before that only companies on the gray list can use it.
    pub published: bool,
    /// Companies that may use it before it is published, by CorpId.
    pub gray_corps: BTreeSet<String>,
    /// Whether it has been taken offline.
    pub offline: bool,
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

impl App {
    /// Whether a person is inside the visible range.
    pub fn sees(&self, user_id: &str) -> bool {
        self.visible.as_ref().is_none_or(|visible| visible.contains(user_id))
    }
}
