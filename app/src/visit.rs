//! What the server puts into the Leptos context of each request, besides [`crate::backend::Backend`].

use crate::moment::Clock;
use crate::notice::Notice;
use crate::theme::Theme;
use crate::viewing::Refused;
use contract::Language;
use contract::bulk::Bulk;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The visitor's circumstances. On `/console` and on problem pages outside an integration the integration's fields
/// are empty.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The integration's key in addresses.
    pub key: String,
    pub integration_name: String,
    pub language: Language,
    pub theme: Theme,
    /// Of the Flashduty account's time zone, east positive.
    pub zone_offset_minutes: i32,
    /// Snooze presets of the integration, in minutes.
    pub snooze_minutes: Vec<u32>,
    /// Repeated by every form (field `csrf`) and by fetches (header `x-csrf`).
    pub csrf: String,
    /// The DingTalk client, none in other browsers.
    pub inside: Option<Client>,
    pub corp_id: String,
    pub client_id: String,
    /// DingTalk's JSAPI script; only the arrival view names it.
    pub jsapi_url: String,
    pub now_ms: i64,
    /// What the form that led here has to say.
    pub notice: Option<Notice>,
    /// The form that was sent here and refused.
    pub refused: Option<Refused>,
    /// What was typed into a form that the server draws again, by the names of its fields.
    pub typed: BTreeMap<String, String>,
    /// The same of fields that may have several values.
    pub typed_many: BTreeMap<String, Vec<String>>,
    /// What is wrong with it, by the names of its fields.
    pub faults: Vec<(String, String)>,
    /// What became of the incidents that were acted on at once.
    pub bulk: Option<Bulk>,
    /// The visitor may go into the console.
    pub offers_console: bool,
    /// The visitor is signed in to the console.
    pub in_console: bool,
    /// In the console: whoever looks may change things; an observer may not.
    pub may_change: bool,
    /// In the console: whoever looks may add integrations; a person of one may not.
    pub may_add: bool,
    /// The simulator stands in for both platforms: a ribbon says so.
    pub demo: bool,
}

impl Visit {
    /// How to print times.
    pub fn clock(&self) -> Clock {
        Clock { language: self.language, zone_offset_minutes: self.zone_offset_minutes, now_ms: self.now_ms }
    }
}

/// What a DingTalk client tells about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// Desktop client.
    pub pc: bool,
    /// Its theme, where it says so (Android does).
    pub dark: Option<bool>,
}

impl Client {
    /// Reads a `User-Agent` (dingtalk.md 4.9).
    ///
    /// ```
    /// use app::visit::Client;
    /// let phone = Client::from_user_agent("… Mobile Safari/537.36 AliApp(DingTalk/7.1.16) … colorScheme/dark");
    /// assert_eq!(phone, Some(Client { pc: false, dark: Some(true) }));
    /// assert_eq!(Client::from_user_agent("Mozilla/5.0 (X11; Linux x86_64)"), None);
    /// ```
    pub fn from_user_agent(user_agent: &str) -> Option<Self> {
        let user_agent = user_agent.to_ascii_lowercase();
        user_agent.contains("dingtalk").then(|| Self {
            pc: !user_agent.contains("aliapp(dingtalk"),
            dark: user_agent.split("colorscheme/").nth(1).map(|scheme| scheme.starts_with("dark")),
        })
    }
}

/// Where the styles and scripts of this build are.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The text of the style sheet: it is printed into the page, which saves a round trip before the first paint.
    pub style: String,
    /// Address of the JavaScript made by wasm-bindgen; none when the bundle was left out of the build.
    pub script: Option<String>,
    /// Address of the WebAssembly module.
    pub wasm: Option<String>,
    /// Address of `arrive.js`.
    pub arrive: String,
    /// Address of `page.js`.
    pub page: String,
    /// Address of `console.js`.
    pub console: String,
    /// Address of `icon.svg`.
    pub icon: String,
}

/// Lets a page set the HTTP status of the answer it is part of.
#[derive(Clone)]
pub struct SetStatus(Arc<dyn Fn(u16) + Send + Sync>);

impl SetStatus {
    /// `set` stores the status in the answer being made.
    pub fn new(set: impl Fn(u16) + Send + Sync + 'static) -> Self {
        Self(Arc::new(set))
    }

    /// Sets the status.
    pub fn set(&self, status: u16) {
        (self.0)(status);
    }
}
