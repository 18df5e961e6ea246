//! Stories over real sockets, with a clock that is moved by hand.

mod alerts;
mod bounds;
mod console;
mod custom_action;
mod doors;
mod endings;
mod oauth;
mod people;
mod robots;
mod rules;
mod templates;
mod webhooks;

use super::{Flashduty, router, seed};
use crate::{Core, listen};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use world::{ManualClock, Millis, SeededChance, World};

/// A seeded Flashduty on a port of its own, and somebody to talk to it.
struct Bench {
    flashduty: Arc<Flashduty>,
    core: Core,
    clock: Arc<ManualClock>,
    url: String,
    http: reqwest::Client,
    tasks: JoinSet<()>,
}

/// An answer: status, `Flashcat-Request-Id`, body.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn data(&self) -> &Value {
        assert_eq!(self.status, 200, "{}", self.body);
        &self.body["data"]
    }

    fn code(&self) -> (u16, &str) {
        (self.status, self.body["error"]["code"].as_str().unwrap_or("no error"))
    }
}

impl Bench {
    #[expect(clippy::disallowed_methods, reason = "a test plays a client of the simulator")]
    async fn start() -> Self {
        // 2025-06-18 10:00:00 in Shanghai.
        let clock = Arc::new(ManualClock::at(Millis(1_750_212_000_000)));
        let core = Core::new(World::new(clock.clone(), Arc::new(SeededChance::new(1)))).unwrap();
        let (listener, address) = listen::bind(0).await.unwrap();
        let url = format!("http://{address}");
        let flashduty = Flashduty::new(core.clone(), url.clone(), true);
        let mut tasks = JoinSet::new();
        tasks.spawn(listen::serve(listener, router(Arc::clone(&flashduty))));
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tls_certs_only([])
            .build()
            .unwrap();
        Self { flashduty, core, clock, url, http, tasks }
    }

    fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    fn now(&self) -> i64 {
        self.core.world.now().seconds()
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, headers, body }
    }

    /// Calls the API with an APP key.
    async fn call(&self, key: &str, path: &str, body: Value) -> Answer {
        // A frozen clock would count a whole story into one second.
        self.advance(1);
        self.send(self.http.post(format!("{}{path}?app_key={key}", self.url)).json(&body)).await
    }

    /// Calls the API as a member.
    async fn by(&self, member_id: i64, path: &str, body: Value) -> Answer {
        self.call(&self.flashduty.key_of(member_id).unwrap(), path, body).await
    }

    /// An incident of the Payments channel for 李娜, raised by an alert.
    async fn raised(&self) -> String {
        let raise = super::Raise { responder_ids: vec![seed::LI_NA], ..super::Raise::default() };
        self.flashduty.raise(raise).await.unwrap()
    }

    fn incident(&self, id: &str) -> Value {
        self.flashduty.incident(id).unwrap()
    }

    fn progress(&self, id: &str) -> String {
        self.incident(id)["progress"].as_str().unwrap().to_owned()
    }

    /// The types of the timeline, oldest first, without notifications.
    fn rows(&self, id: &str) -> Vec<String> {
        let kinds = self.flashduty.feed(id).into_iter().map(|row| row["type"].as_str().unwrap().to_owned());
        kinds.filter(|kind| kind != "i_notify").collect()
    }
}

fn ids(id: &str) -> Value {
    json!({"incident_ids": [id]})
}

#[tokio::test]
async fn the_seed_is_whole_and_silent() {
    let bench = Bench::start().await;
    let all = bench.flashduty.incident_ids();
    assert_eq!(all.len(), 12);
    let state = bench.flashduty.state();
    let count = |progress: &str| state.incidents.values().filter(|one| one.progress.name() == progress).count();
    assert_eq!((count("Triggered"), count("Processing"), count("Closed")), (5, 3, 4));
    let now = state.now();
    assert_eq!(state.incidents.values().filter(|one| one.is_snoozed(now)).count(), 2);
    assert!(state.incidents.values().any(|one| one.channel_id == 0));
    assert!(state.incidents.values().all(|one| one.acts.is_empty() && one.start_time < now));
    assert!(state.webhooks.history.is_empty());
    for incident in state.incidents.values() {
        let times: Vec<i64> = incident.feed.iter().map(|row| row.created_at_ms).collect();
        assert!(times.is_sorted(), "{}: {times:?}", incident.title);
        assert!(times.iter().all(|at| *at <= state.world.now().0));
    }
}
