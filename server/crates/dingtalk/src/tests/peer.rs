use crate::platform::Limits;
use crate::{Admission, AppCredentials, Call, Client, DingTalkError, Endpoints, Held, Permit, Platform};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;
use tokio::net::TcpListener;
use url::Url;
use world::{ManualClock, Millis, SeededChance, World};

/// One request as the peer heard it.
#[derive(Debug, Clone)]
pub struct Heard {
    pub method: Method,
    pub path: String,
    pub query: Option<String>,
    pub token: Option<String>,
    pub body: Value,
}

/// What the peer says to it.
pub enum Say {
    Json(u16, Value),
    Text(u16, String),
    Redirect(String),
    Nothing,
}

type Script = Arc<dyn Fn(&Heard) -> Say + Send + Sync>;

/// A server on this machine whose answers are scripted. Asked for a token it gives `token-1`, `token-2` … for 7200 s,
/// unless it was made with [`Peer::scripted_tokens`].
pub struct Peer {
    pub base: Url,
    pub clock: Arc<ManualClock>,
    journal: Arc<Mutex<Vec<Heard>>>,
}

#[derive(Clone)]
struct Desk {
    script: Script,
    tokens: bool,
    journal: Arc<Mutex<Vec<Heard>>>,
}

pub const START: Millis = Millis(1_790_000_000_000);
const TOKEN_PATH: &str = "/v1.0/oauth2/accessToken";

impl Peer {
    pub async fn new(script: impl Fn(&Heard) -> Say + Send + Sync + 'static) -> Self {
        Self::start(Arc::new(script), true).await
    }

    pub async fn scripted_tokens(script: impl Fn(&Heard) -> Say + Send + Sync + 'static) -> Self {
        Self::start(Arc::new(script), false).await
    }

    /// A peer that always answers `body`.
    pub async fn saying(status: u16, body: Value) -> Self {
        Self::new(move |_| Say::Json(status, body.clone())).await
    }

    #[expect(clippy::disallowed_methods, reason = "the peer runs beside the test")]
    async fn start(script: Script, tokens: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}/base/", listener.local_addr().unwrap())).unwrap();
        let journal = Arc::new(Mutex::new(Vec::new()));
        let desk = Desk { script, tokens, journal: journal.clone() };
        let router = Router::new().fallback(answer).with_state(desk);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, clock: Arc::new(ManualClock::at(START)), journal }
    }

    pub fn platform(&self) -> Platform {
        platform(&self.base, self.clock.clone())
    }

    pub fn client(&self) -> Client {
        self.platform().app(app("secret"), Arc::new(Open))
    }

    /// Requests heard so far, those for tokens apart.
    pub fn heard(&self) -> Vec<Heard> {
        self.journal.lock().unwrap().iter().filter(|heard| heard.path != TOKEN_PATH).cloned().collect()
    }

    pub fn token_requests(&self) -> Vec<Heard> {
        self.journal.lock().unwrap().iter().filter(|heard| heard.path == TOKEN_PATH).cloned().collect()
    }

    pub fn tokens_asked(&self) -> usize {
        self.token_requests().len()
    }
}

pub fn platform(base: &Url, clock: Arc<ManualClock>) -> Platform {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let endpoints = Endpoints { api: base.clone(), oapi: base.clone() };
    let world = World::new(clock, Arc::new(SeededChance::new(1)));
    let limits = Limits { whole: Duration::from_millis(700), ..Limits::default() };
    Platform::with_limits(endpoints, world, limits).unwrap()
}

/// Lets everything go.
pub struct Open;

#[async_trait::async_trait]
impl Admission for Open {
    async fn admit(&self, _: &Call, _: Option<&str>) -> Result<Box<dyn Permit>, Held> {
        Ok(Box::new(Open))
    }
}

impl Permit for Open {
    fn answered(self: Box<Self>, _: Result<(), &DingTalkError>) {}
}

pub fn app(client_secret: &str) -> AppCredentials {
    AppCredentials {
        corp_id: "dingcorp".into(),
        agent_id: "42".into(),
        client_id: "dingclient".into(),
        client_secret: client_secret.into(),
        former_secret: None,
    }
}

async fn answer(State(desk): State<Desk>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let heard = Heard {
        method,
        path: uri.path().strip_prefix("/base").unwrap_or("outside the base path").to_owned(),
        query: uri.query().map(str::to_owned),
        token: headers.get("x-acs-dingtalk-access-token").map(|value| value.to_str().unwrap().to_owned()),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let tokens_given = {
        let mut journal = desk.journal.lock().unwrap();
        journal.push(heard.clone());
        journal.iter().filter(|heard| heard.path == TOKEN_PATH).count()
    };
    let say = match desk.tokens && heard.path == TOKEN_PATH {
        true => Say::Json(200, json!({ "accessToken": format!("token-{tokens_given}"), "expireIn": 7200 })),
        false => (desk.script)(&heard),
    };
    let response = |status: u16| Response::builder().status(StatusCode::from_u16(status).unwrap());
    match say {
        Say::Json(status, value) => response(status).body(Body::from(value.to_string())).unwrap(),
        Say::Text(status, text) => response(status).body(Body::from(text)).unwrap(),
        Say::Redirect(to) => response(302).header("location", to).body(Body::empty()).unwrap(),
        Say::Nothing => std::future::pending().await,
    }
}
