//! The pretend DingTalk over real HTTP, with a clock moved by hand.

pub(crate) mod card;
mod click;
mod events;
mod faults;
mod gate;
mod identity;
mod login;
mod reading;
mod receipts;
pub(crate) mod receiver;
mod robot;
mod scene;
mod traffic;
mod work;

use crate::{Options, Simulator, seed};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use world::{ManualClock, Millis, SeededChance, World};

/// A running simulator and a client with a token.
pub struct Bench {
    pub sim: Simulator,
    pub clock: Arc<ManualClock>,
    pub http: reqwest::Client,
    pub token: String,
}

/// Status and JSON body.
pub type Answer = (u16, Value);

impl Bench {
    #[expect(clippy::disallowed_methods, reason = "a test is a client of its own")]
    pub async fn start() -> Self {
        let clock = Arc::new(ManualClock::at(Millis(1_790_000_000_000)));
        let world = World::new(clock.clone(), Arc::new(SeededChance::new(1)));
        let options = Options { world, dingtalk_port: 0, flashduty_port: 0, seed: true, tick: false };
        let sim = Simulator::start(options).await.unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([])
            .build()
            .unwrap();
        let mut bench = Self { sim, clock, http, token: String::new() };
        bench.renew_token().await;
        bench
    }

    pub async fn renew_token(&mut self) {
        let body = json!({ "appKey": seed::CLIENT_ID, "appSecret": seed::CLIENT_SECRET });
        let (status, answer) = self.new_host(Method::POST, "/v1.0/oauth2/accessToken", &body).await;
        assert_eq!((status, &answer["expireIn"]), (200, &json!(7200)));
        self.token = answer["accessToken"].as_str().unwrap().to_owned();
    }

    /// A call to the new host; the clock moves a little, so that no second is too full.
    pub async fn new_host(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.clock.advance(Duration::from_millis(60));
        let request = self
            .http
            .request(method, format!("{}{path}", self.sim.dingtalk_url()))
            .header("x-acs-dingtalk-access-token", &self.token)
            .json(body);
        read(request.send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.new_host(Method::POST, path, body).await
    }

    /// A call to the old host.
    pub async fn old_host(&self, path: &str, body: &Value) -> Value {
        self.clock.advance(Duration::from_millis(60));
        let url = format!("{}{path}?access_token={}", self.sim.dingtalk_url(), self.token);
        let (status, answer) = read(self.http.post(url).json(body).send().await.unwrap()).await;
        assert_eq!(status, 200);
        answer
    }

    /// The id of the seed's first group, with the cool app installed.
    pub async fn installed_chat(&self) -> String {
        let group = seed::GROUPS[0];
        self.sim.dingtalk.install_cool_app(group.title, group.owner).await.unwrap();
        self.sim.dingtalk.chat(group.title).unwrap().id
    }

    /// Posts each body and compares the code of the refusal.
    pub async fn refuses(&self, method: Method, path: &str, cases: &[(Value, &str)]) {
        for (body, code) in cases {
            let (status, answer) = self.new_host(method.clone(), path, body).await;
            assert_eq!((status, answer["code"].as_str()), (400, Some(*code)), "{path} {body}");
            assert!(answer["requestid"].is_string() && answer["message"].is_string());
        }
    }
}

pub async fn read(response: reqwest::Response) -> Answer {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

/// `base` with some members replaced; null removes one.
pub fn with(base: &Value, changes: Value) -> Value {
    let mut body = base.clone();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(name)),
            value => body[name] = value.clone(),
        }
    }
    body
}
