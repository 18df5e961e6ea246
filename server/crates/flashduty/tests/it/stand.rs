//! The servers, and what they remember.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use flashduty::{Client, Credential, Platform};
use secrecy::SecretString;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;
use world::{ManualClock, Millis, SeededChance, World};

/// The key and the token of every test: long and odd enough to be found wherever they leak.
pub const KEY: &str = "leak+app/key=5f3a";

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

#[derive(Clone)]
struct Memory {
    seen: Arc<Mutex<Vec<Seen>>>,
    answer: Arc<dyn Fn(&Seen) -> Response + Send + Sync>,
}

/// A server that answers every request by one function and keeps what it saw.
pub struct Stand {
    pub url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stand {
    pub async fn start(answer: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let state = Memory { seen: seen.clone(), answer: Arc::new(answer) };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        in_background(
            async move { axum::serve(listener, Router::new().fallback(reply).with_state(state)).await.unwrap() },
        );
        Self { url, seen }
    }

    /// A server that always answers with this status and JSON.
    pub async fn json(status: u16, body: Value) -> Self {
        Self::start(move |_| json(status, &body)).await
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn last(&self) -> Seen {
        self.seen().pop().expect("a request was made")
    }

    pub fn client(&self) -> Client {
        client(&self.url)
    }
}

async fn reply(State(memory): State<Memory>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let request = Seen { method, uri, headers, body: String::from_utf8(body.to_vec()).unwrap() };
    memory.seen.lock().unwrap().push(request.clone());
    (memory.answer)(&request)
}

pub fn json(status: u16, body: &Value) -> Response {
    let headers = [("content-type", "application/json"), ("flashcat-request-id", "01HEADER")];
    (StatusCode::from_u16(status).unwrap(), headers, body.to_string()).into_response()
}

/// A server below HTTP: reads a request, waits, writes these bytes and hangs up.
pub async fn raw(answer: &'static [u8], wait: Duration) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    in_background(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = connection.read(&mut buffer).await;
            pause(wait).await;
            let _ = connection.write_all(answer).await;
        }
    });
    url
}

/// An address where nobody listens.
pub async fn nowhere() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap()
}

pub fn platform(url: &Url) -> Platform {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = Arc::new(ManualClock::at(Millis(1_000_000)));
    Platform::new(url.clone(), World::new(clock, Arc::new(SeededChance::new(1))))
}

pub fn client(url: &Url) -> Client {
    platform(url).with(Credential::AppKey(SecretString::from(KEY)))
}

#[expect(clippy::disallowed_methods, reason = "a test's server runs beside the test")]
fn in_background(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

#[expect(clippy::disallowed_methods, reason = "a slow server has to wait")]
async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}
