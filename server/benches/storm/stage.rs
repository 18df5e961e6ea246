//! One storm's stage: a pretend DingTalk with ten groups, and one or two servers between it and the flood.

use crate::clock::SetClock;
use crate::flood::{Door, Fan};
use crate::process::{Place, Server, free_port};
use crate::rest;
use crate::seen::Seen;
use serde_json::{Value, json};
use simulator::{Options, Simulator, seed};
use std::path::PathBuf;
use std::time::Duration;
use world::World;

pub const GROUPS: usize = 10;

const KEY: &str = "benchbench";

/// One storm's stage.
pub struct Stage {
    pub simulator: Simulator,
    pub servers: Vec<Server>,
    pub doors: Vec<Door>,
    /// Open conversation ids of the groups, in the order of their channels.
    pub groups: Vec<String>,
    /// Of all servers; none without a C compiler.
    pub clock: Option<SetClock>,
    directory: PathBuf,
}

impl Stage {
    /// Servers on a new SQLite file, or as many as asked for on a PostgreSQL database.
    pub async fn set_up(fan: Fan, postgres_url: Option<String>) -> Self {
        let world = World::system();
        let directory = std::env::temp_dir().join(format!("dingduty-storm-{}-{}", std::process::id(), world.id()));
        std::fs::create_dir_all(&directory).unwrap();
        let options = Options { world, dingtalk_port: 0, flashduty_port: 0, seed: true, tick: true };
        let simulator = Simulator::start(options).await.unwrap();
        let file = format!("sqlite://{}", directory.join("bench.db").display());
        let count = if postgres_url.is_some() { 2 } else { 1 };
        let clock = SetClock::new(&directory);
        let place = Place {
            settings: clock.iter().flat_map(SetClock::settings).collect(),
            directory: directory.clone(),
            database_url: postgres_url.unwrap_or(file),
            dingtalk: simulator.dingtalk_url(),
            flashduty: simulator.flashduty_url(),
        };
        let ports: Vec<u16> = (0..count).map(|_| free_port()).collect();
        let form = json!({
            "key": KEY, "name": "Bench", "corp_id": seed::CORP_ID, "agent_id": seed::AGENT_ID,
            "client_id": seed::CLIENT_ID, "client_secret": seed::CLIENT_SECRET, "aes_key": seed::AES_KEY,
            "token": seed::TOKEN, "card_template_id": seed::CARD_TEMPLATE_ID,
            "flashduty_app_key": simulator::flashduty::seed::SERVICE_APP_KEY,
        });
        let added = place.add_integration(ports[0], &form);
        let printed = place.run(ports[0], &["token", "create", "--name", "bench", "--role", "administrator"]);
        let token = printed.split_whitespace().last().unwrap().to_owned();
        let servers: Vec<Server> = ports.iter().map(|port| place.serve(*port)).collect();
        let doors = servers.iter().map(|server| Door::of(&added["urls"], &server.address())).collect();
        let events = added["urls"]["event_subscription"].as_str().unwrap();
        simulator.dingtalk.save_callback(events).await.unwrap();
        let mut stage = Self { simulator, servers, doors, groups: Vec::new(), clock, directory };
        stage.open_groups(&token, fan).await;
        stage.simulator.dingtalk.forget_traffic();
        stage.simulator.journal.clear();
        stage
    }

    /// Ten groups with the cool app; each hears of everything, or of one channel.
    async fn open_groups(&mut self, token: &str, fan: Fan) {
        let dingtalk = &self.simulator.dingtalk;
        let titles: Vec<String> = (0..GROUPS).map(|number| format!("storm group {number}")).collect();
        for title in &titles {
            let id = dingtalk.add_chat(seed::CORP_ID, title, "li.na", &["li.na", "zhang.wei"]);
            dingtalk.install_cool_app(&id, "li.na").await.unwrap();
            self.groups.push(id);
        }
        let http = http();
        let base = format!("http://{}/api/integrations/{KEY}", self.servers[0].address());
        let known = async || -> Vec<Value> {
            let answer = http.get(format!("{base}/chats?query=storm%20group&limit=100")).bearer_auth(token).send();
            let body: Value = serde_json::from_str(&answer.await.unwrap().text().await.unwrap()).unwrap();
            body["items"].as_array().cloned().unwrap_or_default()
        };
        let mut chats = known().await;
        while chats.len() < GROUPS {
            rest(Duration::from_millis(200)).await;
            chats = known().await;
        }
        for (number, title) in titles.iter().enumerate() {
            let chat = chats.iter().find(|chat| chat["title"] == **title).expect("the group is known by its name");
            let channel_ids = match fan {
                Fan::All => vec![],
                Fan::OneEach => vec![channel_of(number)],
            };
            let body = json!({ "chat_id": chat["chat_id"], "channel_ids": channel_ids });
            let request = http.post(format!("{base}/subscriptions")).bearer_auth(token);
            let answer =
                request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        }
    }

    /// What DingTalk has seen so far.
    pub fn seen(&self) -> Seen {
        Seen::read(&self.simulator, &self.groups)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.servers.clear();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// The Flashduty channel of a group.
pub fn channel_of(group: usize) -> i64 {
    7_000 + i64::try_from(group).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the benchmark is no platform client")]
pub fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap()
}
