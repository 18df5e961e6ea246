//! The product as a newcomer's demo runs it (system clock, worker, real sockets) between the simulated platforms, and
//! what others do there while somebody looks at a page.

use crate::protocol::lock;
use crate::{beside, pause};
use contract::paths;
use server::application::Application;
use server::config::Config;
use server::model::subscription::{Rule, Subscription};
use server::work::{self, Worker};
use server::{flow, store};
use simulator::dingtalk::{AppPages, Place};
use simulator::flashduty::Raise;
use simulator::{Options, Simulator, flashduty, seed};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use world::World;

/// The integration's key in addresses.
pub const KEY: &str = "browserstories";
/// The group of the stories.
pub const GROUP: &str = "支付值班 Payments on-call";
/// How long something may take that happens by itself.
const PATIENCE: Duration = Duration::from_secs(15);
/// A card that has not changed for so long is read in peace: longer than the worker sleeps.
const SETTLED: Duration = Duration::from_millis(800);

/// A running product between its platforms.
pub struct Stage {
    pub sim: Simulator,
    pub app: Application,
    /// Where the product answers, without a slash at the end.
    pub base: String,
    serving: Mutex<JoinHandle<()>>,
    worker: Worker,
    directory: PathBuf,
}

impl Stage {
    /// Starts everything, and does what an administrator does in the three consoles.
    pub async fn start() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("dingduty-stage-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let world = World::system();
        let options = Options { world: world.clone(), dingtalk_port: 0, flashduty_port: 0, seed: true, tick: true };
        let sim = Simulator::start(options).await.unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let config = config(&sim, &base, &directory);
        let app = Application::build(config, world).await.unwrap();
        let worker = work::start(app.state.clone());
        let serving = beside(app.clone().serve(listener, std::future::pending()));
        let stage = Self { sim, app, base, serving: Mutex::new(serving), worker, directory };
        stage.introduce().await;
        stage
    }

    async fn introduce(&self) {
        let form = serde_json::json!({
            "key": KEY, "name": "演示公司 Demo company", "corp_id": seed::CORP_ID, "agent_id": seed::AGENT_ID,
            "client_id": seed::CLIENT_ID, "client_secret": seed::CLIENT_SECRET, "aes_key": seed::AES_KEY,
            "token": seed::TOKEN, "card_template_id": seed::CARD_TEMPLATE_ID,
            "flashduty_app_key": flashduty::seed::SERVICE_APP_KEY,
            "war_room_template_id": seed::WAR_ROOM_TEMPLATE_ID, "war_room_bot_id": seed::WAR_ROOM_BOT_ID,
        });
        let form = flow::set_up::Form::from_json(&form.to_string()).unwrap();
        let integration = flow::set_up::add(&self.app.state, form, "stage").await.unwrap();
        let addresses = flow::set_up::addresses(&self.app.state.config, &integration);
        self.sim.dingtalk.set_pages(AppPages {
            homepage: addresses.application_homepage,
            pc_homepage: addresses.pc_homepage,
            cool_app: addresses.cool_app_web,
        });
        self.sim.dingtalk.save_callback(&addresses.event_subscription).await.unwrap();
        let header = &addresses.flashduty_webhook_header;
        self.sim.flashduty.set_webhook(&addresses.flashduty_webhook, &[(&header.name, &header.value)]);
    }

    /// Stops everything.
    pub async fn end(self) {
        // A story that failed may have left work that never ends.
        let _ = tokio::time::timeout(PATIENCE, self.worker.stop()).await;
        lock(&self.serving).abort();
        self.app.state.store.close().await;
        let _ = std::fs::remove_dir_all(&self.directory);
    }

    /// Cuts every connection to the product, as a network does. A moment later it can be reached again.
    pub async fn cut_connections(&self) {
        lock(&self.serving).abort();
        let address = self.base.trim_start_matches("http://");
        let listener = eventually("the port is free", async || TcpListener::bind(address).await.ok()).await;
        *lock(&self.serving) = beside(self.app.clone().serve(listener, std::future::pending()));
    }

    /// An address of the product.
    pub fn page(&self, path: &str, values: &[&str]) -> String {
        let mut all = vec![KEY];
        all.extend(values);
        format!("{}{}", self.base, paths::fill(path, &all))
    }

    /// Says whose DingTalk it is that pages are opened in.
    pub fn be(&self, user_id: &str) {
        self.sim.dingtalk.set_default_person(Some(user_id));
    }

    /// Installs the cool app in the group and sends it every incident.
    pub async fn open_group(&self) {
        let chat = self.sim.dingtalk.chat(GROUP).unwrap();
        self.sim.dingtalk.install_cool_app(&chat.id, &chat.owner).await.unwrap();
        let known = eventually("the group is known", async || {
            let mut tx = self.app.state.store.read().await.unwrap();
            store::chat::by_conversation(&mut tx, KEY, &chat.id).await.unwrap()
        });
        let subscription = Subscription {
            id: self.app.state.world.id(),
            integration: KEY.to_owned(),
            chat_id: known.await.id,
            rule: Rule::default(),
            created: self.app.state.world.now(),
        };
        let mut tx = self.app.state.store.begin().await.unwrap();
        store::subscription::insert(&mut tx, &subscription).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The Flashduty member of an employee.
    pub fn member(&self, user_id: &str) -> i64 {
        self.sim.flashduty.member_id(user_id).expect("a member")
    }

    /// Raises an incident for responders. Answers its id.
    pub async fn raise(&self, title: &str, responders: &[&str]) -> String {
        let responder_ids = responders.iter().map(|user_id| self.member(user_id)).collect();
        let labels = [("service", "checkout"), ("region", "cn-hangzhou"), ("host", "web-server-01")];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let description = "95 % of CPU for 5 minutes.\nRunbook: restart the worker pool.".to_owned();
        let raise = Raise { title: title.to_owned(), responder_ids, labels, description, ..Raise::default() };
        self.sim.flashduty.raise(raise).await.unwrap()
    }

    /// The card of the only incident in the group, as soon as it is there.
    pub async fn card_in_group(&self) -> String {
        let place = Place::Chat(self.sim.dingtalk.chat(GROUP).unwrap().id);
        let cards = || self.sim.dingtalk.cards_in(&place);
        eventually("a card in the group", async || cards().into_iter().next().map(|card| card.out_track_id)).await
    }

    /// Waits until a card has told what the incident's first moments brought: people read before they press.
    pub async fn card_settles(&self, card: &str) {
        let version = || self.sim.dingtalk.card(card).map(|card| card.version);
        loop {
            let before = version();
            pause(SETTLED).await;
            if version() == before {
                return;
            }
        }
    }

    /// Presses a button of a card.
    pub async fn press(&self, card: &str, user_id: &str, action: &str) {
        let params = serde_json::json!({ "action": action });
        self.sim.dingtalk.click(card, user_id, &[action], params).await.expect("the click is answered");
    }

    /// What a person sees on a card.
    pub fn seen(&self, card: &str, user_id: &str) -> BTreeMap<String, String> {
        self.sim.dingtalk.card_as(card, user_id)
    }

    /// Waits until a person sees a value on a card.
    pub async fn card_says(&self, card: &str, user_id: &str, field: &str, value: &str) {
        let what = format!("{user_id} sees {field} = {value}");
        eventually(&what, async || self.seen(card, user_id).get(field).filter(|seen| *seen == value).cloned()).await;
    }

    /// How often an act had an effect at Flashduty.
    pub fn effects(&self, incident: &str, act: &str) -> usize {
        self.sim.flashduty.effects(incident, act)
    }

    /// An own APP key of an employee.
    pub fn key_of(&self, user_id: &str) -> String {
        self.sim.flashduty.key_of(self.member(user_id)).expect("a key")
    }
}

/// Waits for something that happens by itself.
pub async fn eventually<T>(what: &str, find: impl AsyncFn() -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(found) = find().await {
                return found;
            }
            pause(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.unwrap_or_else(|_| panic!("waited {} s: {what}", PATIENCE.as_secs()))
}

fn config(sim: &Simulator, base: &str, directory: &std::path::Path) -> Config {
    let settings = HashMap::from([
        ("DINGDUTY_LISTEN", base.trim_start_matches("http://").to_owned()),
        ("DINGDUTY_PUBLIC_URL", base.to_owned()),
        ("DINGDUTY_DATABASE_URL", format!("sqlite://{}", directory.join("stage.db").display())),
        ("DINGDUTY_SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
        ("DINGDUTY_DINGTALK_API_URL", sim.dingtalk_url()),
        ("DINGDUTY_DINGTALK_OAPI_URL", sim.dingtalk_url()),
        ("DINGDUTY_DINGTALK_LOGIN_URL", sim.dingtalk_url()),
        ("DINGDUTY_DINGTALK_JSAPI_URL", sim.jsapi_url()),
        ("DINGDUTY_FLASHDUTY_API_URL", sim.flashduty_url()),
    ]);
    Config::load(None, |name| settings.get(name).cloned()).unwrap()
}
