//! A small product: receives events and clicks, and answers as it is told.

use crate::dingtalk::crypto::{Envelope, Sealed};
use crate::{listen, seed};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;

/// How an event is answered.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    Right,
    PlainSuccess,
    Status(u16),
    OtherText,
    OtherOwner,
    BadSignature,
    NumberAsTime,
    Slow,
    Redirected,
}

#[derive(Default)]
struct Memory {
    manners: VecDeque<Manner>,
    owner: String,
    events: Vec<Value>,
    queries: Vec<BTreeMap<String, String>>,
    click: (u16, String, Duration),
    clicks: Vec<(HeaderMap, Value)>,
}

#[derive(Clone)]
pub struct Receiver {
    memory: Arc<Mutex<Memory>>,
    pub url: String,
    _task: Arc<JoinSet<()>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let (listener, address) = listen::bind(0).await.unwrap();
        let memory = Arc::new(Mutex::new(Memory { owner: seed::CLIENT_ID.into(), ..Memory::default() }));
        let router = Router::new()
            .route("/events", post(event))
            .route("/elsewhere", post(event))
            .route("/clicks", post(click))
            .with_state(Arc::clone(&memory));
        let mut task = JoinSet::new();
        task.spawn(listen::serve(listener, router));
        Self { memory, url: format!("http://{address}"), _task: Arc::new(task) }
    }

    /// How the next events are answered; afterwards right.
    pub fn manners(&self, manners: impl IntoIterator<Item = Manner>) {
        self.memory.lock().unwrap().manners.extend(manners);
    }

    pub fn owner(&self, owner: &str) {
        self.memory.lock().unwrap().owner = owner.to_owned();
    }

    /// The events that could be opened since the last asking.
    pub fn events(&self) -> Vec<Value> {
        std::mem::take(&mut self.memory.lock().unwrap().events)
    }

    pub fn queries(&self) -> Vec<BTreeMap<String, String>> {
        std::mem::take(&mut self.memory.lock().unwrap().queries)
    }

    pub fn answer_clicks(&self, status: u16, body: &str, delay: Duration) {
        self.memory.lock().unwrap().click = (status, body.to_owned(), delay);
    }

    pub fn clicks(&self) -> Vec<(HeaderMap, Value)> {
        std::mem::take(&mut self.memory.lock().unwrap().clicks)
    }
}

#[expect(clippy::disallowed_methods, reason = "a slow product is slow by real time")]
async fn wait(duration: Duration) {
    tokio::time::sleep(duration).await;
}

async fn event(
    State(memory): State<Arc<Mutex<Memory>>>,
    Query(query): Query<BTreeMap<String, String>>,
    body: Bytes,
) -> Response {
    let envelope = Envelope::new(seed::AES_KEY, seed::TOKEN).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let sealed = Sealed {
        encrypt: body["encrypt"].as_str().unwrap().to_owned(),
        timestamp: query["timestamp"].clone(),
        nonce: query["nonce"].clone(),
        signature: query["msg_signature"].clone(),
    };
    let (manner, owner) = {
        let mut memory = memory.lock().unwrap();
        let owner = memory.owner.clone();
        let text = envelope.open(&sealed, &owner).unwrap();
        memory.events.push(serde_json::from_str(&text).unwrap());
        memory.queries.push(query);
        (memory.manners.pop_front().unwrap_or(Manner::Right), owner)
    };
    let sealed = |text: &str, owner: &str| envelope.seal(text, owner, [7; 16], "1790000000000", "abcdefgh");
    let fields = |sealed: &Sealed| {
        json!({
            "msg_signature": sealed.signature, "timeStamp": sealed.timestamp, "nonce": sealed.nonce,
            "encrypt": sealed.encrypt,
        })
    };
    let right = fields(&sealed("success", &owner));
    match manner {
        Manner::Right => right.to_string().into_response(),
        Manner::PlainSuccess => "success".into_response(),
        Manner::Status(status) => (StatusCode::from_u16(status).unwrap(), right.to_string()).into_response(),
        Manner::OtherText => fields(&sealed("ok", &owner)).to_string().into_response(),
        Manner::OtherOwner => fields(&sealed("success", "somebody")).to_string().into_response(),
        Manner::BadSignature => super::with(&right, json!({ "nonce": "other" })).to_string().into_response(),
        Manner::NumberAsTime => super::with(&right, json!({ "timeStamp": 1 })).to_string().into_response(),
        Manner::Slow => {
            wait(Duration::from_millis(2700)).await;
            right.to_string().into_response()
        }
        Manner::Redirected => Redirect::temporary("/elsewhere").into_response(),
    }
}

async fn click(State(memory): State<Arc<Mutex<Memory>>>, headers: HeaderMap, body: Bytes) -> Response {
    let (status, answer, delay) = {
        let mut memory = memory.lock().unwrap();
        memory.clicks.push((headers, serde_json::from_slice(&body).unwrap()));
        memory.click.clone()
    };
    wait(delay).await;
    (StatusCode::from_u16(status).unwrap(), answer).into_response()
}
