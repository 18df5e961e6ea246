//! A company that uses the program: both platforms played, the program between them as processes, one integration
//! added by command and its addresses typed into both consoles.

use super::child::{Program, Serving, until};
use super::markup::{self, follow};
use crate::bench::{Answer, Browser};
use serde_json::{Value, json};
use simulator::dingtalk::{AppPages, CardView, Place, PushResult};
use simulator::flashduty::Raise;
use simulator::{Options, Simulator, seed};
use std::time::Duration;
use world::World;

/// The group most stories play in.
pub const GROUP: &str = "支付值班 Payments on-call";
/// The integration's key.
pub const KEY: &str = "acmeduty";
/// How long an effect may take that people wait for: the worker looks about twice a second.
pub const SOON: Duration = Duration::from_secs(8);

/// Simulator, program and what `integration add` printed.
pub struct Stage {
    pub sim: Simulator,
    pub program: Program,
    pub serving: Serving,
    pub urls: Value,
    pub token: String,
}

/// Both platforms on the system's clock, doing by themselves what is due.
pub async fn platforms() -> Simulator {
    let options = Options { world: World::system(), dingtalk_port: 0, flashduty_port: 0, seed: true, tick: true };
    Simulator::start(options).await.unwrap()
}

/// The integration of the simulator's app, as an operator writes it into a file.
pub fn integration() -> Value {
    json!({
        "key": KEY, "name": "Acme", "corp_id": seed::CORP_ID, "agent_id": seed::AGENT_ID,
        "client_id": seed::CLIENT_ID, "client_secret": seed::CLIENT_SECRET, "aes_key": seed::AES_KEY,
        "token": seed::TOKEN, "card_template_id": seed::CARD_TEMPLATE_ID,
        "flashduty_app_key": simulator::flashduty::seed::SERVICE_APP_KEY,
    })
}

impl Stage {
    /// On a new SQLite file.
    pub async fn start() -> Self {
        let sim = platforms().await;
        let program = Program::between(&sim);
        Self::set_up(sim, program).await
    }

    /// The first server runs before anything is set up; the integration is added beside it.
    pub async fn set_up(sim: Simulator, program: Program) -> Self {
        let serving = program.serve().await;
        let mut fields = integration();
        // Stories raise many incidents in little time; storms have stories of their own.
        fields["storm_cards_per_minute"] = 10_000.into();
        let file = program.file("integration.json", fields.to_string());
        let added = program.run(&["integration", "add", "--file", &file]).await.json();
        let urls = added["urls"].clone();
        let url = |name: &str| urls[name].as_str().unwrap().to_owned();
        // DingTalk's console sends `check_url` at once and saves the address only if it is answered.
        sim.dingtalk.save_callback(&url("event_subscription")).await.unwrap();
        let header = &urls["flashduty_webhook_header"];
        let header = (header["name"].as_str().unwrap(), header["value"].as_str().unwrap());
        sim.flashduty.set_webhook(&url("flashduty_webhook"), &[header]);
        sim.dingtalk.set_pages(AppPages {
            homepage: url("application_homepage"),
            pc_homepage: url("pc_homepage"),
            cool_app: url("cool_app_web"),
        });
        let made = program.run(&["token", "create", "--name", "story", "--role", "administrator"]).await;
        let token = made.out.trim().to_owned();
        Self { sim, program, serving, urls, token }
    }

    /// A fresh browser at the first server.
    pub fn browser(&self) -> Browser {
        Browser::at(&self.program.base)
    }

    /// Calls the automation API below the integration.
    pub async fn api(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let browser = self.browser();
        let url = format!("{}/api/integrations/{KEY}/{path}", self.program.base);
        let request = browser.http().request(method.parse().unwrap(), url).bearer_auth(&self.token);
        browser.send(body.into_iter().fold(request, |request, body| request.json(&body))).await
    }

    /// The items of a list that is answered.
    pub async fn items(&self, path: &str) -> Vec<Value> {
        let answer = self.api("GET", path, None).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json()["items"].as_array().expect("items").clone()
    }

    /// Installs the cool app in a group and subscribes the group to everything. Returns its `chat_id`.
    pub async fn join(&self, title: &str) -> String {
        let owner = self.sim.dingtalk.chat(title).unwrap().owner;
        assert_eq!(self.sim.dingtalk.install_cool_app(title, &owner).await.unwrap(), PushResult::Delivered);
        let chat = until("the group appears with its name", SOON, async || {
            let chats = self.items(&format!("chats?query={}", contract::paths::encode(title))).await;
            chats.into_iter().find(|chat| chat["title"] == title)
        })
        .await;
        assert_eq!(chat["state"], "installed");
        let chat_id = chat["chat_id"].as_str().unwrap().to_owned();
        let made = self.api("POST", "subscriptions", Some(json!({ "chat_id": chat_id }))).await;
        assert_eq!(made.status, 201, "{made:?}");
        chat_id
    }

    /// Raises an incident; its webhook has been answered when this returns.
    pub async fn raise(&self, title: &str, responders: &[&str]) -> String {
        let responder_ids = responders.iter().map(|user_id| self.member(user_id)).collect();
        let raise = Raise { title: title.to_owned(), responder_ids, ..Raise::default() };
        self.sim.flashduty.raise(raise).await.unwrap()
    }

    /// The Flashduty member of a seeded employee.
    pub fn member(&self, user_id: &str) -> i64 {
        self.sim.flashduty.member_id(user_id).expect("a member")
    }

    /// The cards a group shows, in order of appearance.
    pub fn cards(&self, title: &str) -> Vec<CardView> {
        let id = self.sim.dingtalk.chat(title).expect("a group").id;
        self.sim.dingtalk.cards_in(&Place::Chat(id))
    }

    /// The first card of a group that shows a title.
    pub async fn card(&self, group: &str, title: &str) -> CardView {
        until("the group has the card", SOON, async || {
            self.cards(group).into_iter().find(|card| card.public["title"].contains(title))
        })
        .await
    }

    /// Opens an address as DingTalk's client does, and answers the page after the login-free arrival.
    pub async fn open(&self, browser: &Browser, address: &str, user_id: &str) -> Answer {
        let opened = browser.get(address).await;
        let page = follow(browser, opened).await;
        let code = self.sim.dingtalk.login_code(user_id).unwrap();
        markup::form(&page, ("name", "code")).fill("code", &code).submit(browser, &self.program.base).await
    }

    /// Links an arrived person by their own APP key with nothing but the page's forms, and answers where that leads.
    pub async fn link(&self, browser: &Browser, page: &Answer, user_id: &str) -> Answer {
        let key = self.sim.flashduty.key_of(self.member(user_id)).expect("a key");
        let name = markup::field_name(page, "app-key");
        let form = markup::form(page, ("data-sign-in", "app-key")).fill(&name, &key);
        let proved = form.submit(browser, &self.program.base).await;
        assert!(!proved.body.contains(&key), "the key is never shown again");
        markup::form(&proved, ("data-confirm-link", "")).submit(browser, &self.program.base).await
    }

    /// A browser of somebody who opened the app from the workplace and linked.
    pub async fn linked(&self, user_id: &str) -> Browser {
        let browser = self.browser();
        let arrived = self.open(&browser, self.urls["application_homepage"].as_str().unwrap(), user_id).await;
        let home = self.link(&browser, &arrived, user_id).await;
        assert_eq!(home.status, 200, "{home:?}");
        browser
    }
}

/// The address of ours inside one of DingTalk's own links.
pub fn page_in(link: &str) -> String {
    let (_, query) = link.split_once('?').unwrap_or_else(|| panic!("no query in {link}"));
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let found = pairs.into_iter().find(|(_, value)| value.starts_with("http"));
    found.unwrap_or_else(|| panic!("no page in {link}")).1.into_owned()
}
