use crate::answer::{Answer, Reply, unusable};
use crate::token::Tokens;
use crate::{Admission, Call, Client, DingTalkError, ErrorClass, Host};
use reqwest::Method;
use reqwest::header::{DATE, HeaderName, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use world::{PeerClock, World};

/// Base addresses of the two hosts; paths are appended, so a base may have a path of its own.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// "New" API, `https://api.dingtalk.com`.
    pub api: Url,
    /// "Old" API, `https://oapi.dingtalk.com`.
    pub oapi: Url,
}

/// What one app of one company is known by.
#[derive(Debug, Clone)]
pub struct AppCredentials {
    /// The company.
    pub corp_id: String,
    /// The app's id inside the company; a number written as text.
    pub agent_id: String,
    /// The app's public id, also called appKey.
    pub client_id: String,
    /// The app's secret.
    pub client_secret: SecretString,
    /// The one before it, where DingTalk may not know the new one yet: tokens are had with it while the new one is
    /// refused.
    pub former_secret: Option<SecretString>,
}

/// The connection to DingTalk that all integrations share: HTTP client and app tokens. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    inner: Arc<Inner>,
}

/// The machine cannot make HTTPS calls, for example because it has no certificate authorities installed.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client for DingTalk: {0} (are the machine's CA certificates installed?)")]
pub struct NoHttpClient(String);

struct Inner {
    endpoints: Endpoints,
    world: World,
    http: reqwest::Client,
    tokens: Tokens,
    limits: Limits,
    clock: PeerClock,
}

/// From the beginning of a request to the last byte of its answer, at most. Longer than the slowest calls (some
/// seconds), short enough for a worker to wait.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// What an answer may take.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Long enough for one lost packet to be sent again, too short to hold up whoever waits for an answer.
    pub connect: Duration,
    /// From sending to the last byte.
    pub whole: Duration,
    /// Far above the largest answer, a page of members.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), whole: CALL_TIMEOUT, body_bytes: 1 << 20 }
    }
}

/// Idle connections are dropped before a gateway does so (commonly after a minute), because a message sent into a
/// connection that is just being closed leaves open whether it arrived.
const IDLE_CONNECTION_MAX: Duration = Duration::from_secs(20);

impl Platform {
    /// Makes the shared connection. The process must have installed a TLS provider of `rustls` before.
    ///
    /// # Errors
    /// When an address is `https` and the machine has no certificate authorities.
    pub fn new(endpoints: Endpoints, world: World) -> Result<Self, NoHttpClient> {
        Self::with_limits(endpoints, world, Limits::default())
    }

    pub(crate) fn with_limits(endpoints: Endpoints, world: World, limits: Limits) -> Result<Self, NoHttpClient> {
        let http = http_client(&endpoints, limits).map_err(|error| NoHttpClient(error.to_string()))?;
        Ok(Self {
            inner: Arc::new(Inner {
                endpoints,
                world,
                http,
                tokens: Tokens::default(),
                limits,
                clock: PeerClock::default(),
            }),
        })
    }

    /// A client that speaks for `app` as far as `admission` lets it.
    pub fn app(&self, app: AppCredentials, admission: Arc<dyn Admission>) -> Client {
        Client::new(self.clone(), app, admission)
    }

    /// Drops the cached token of an app, for example because its integration was changed or removed.
    pub fn forget_token(&self, client_id: &str) {
        self.inner.tokens.forget(client_id);
    }

    /// How far this machine's clock is ahead of the platform's, in milliseconds; negative when it is behind. Exact to about
    /// two seconds. None before the first answer.
    pub fn clock_ahead_ms(&self) -> Option<i64> {
        self.inner.clock.ahead_ms()
    }

    pub(crate) fn world(&self) -> &World {
        &self.inner.world
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.inner.tokens
    }

    /// Sends one request, if it is admitted, and judges the answer. No repetition here. Everything that goes out passes
    /// here.
    pub(crate) async fn exchange(
        &self,
        admission: &dyn Admission,
        call: &Call,
        corp_id: &str,
        token: Option<&SecretString>,
        body: &Value,
        secrets: &[&SecretString],
    ) -> Result<Answer, DingTalkError> {
        let permit = admission.admit(call, call.group(body)).await.map_err(DingTalkError::held)?;
        let result = match self.send(call, corp_id, token, body).await {
            Ok(reply) => Answer::read(call, reply, secrets),
            Err(error) => Err(error),
        };
        if let Err(DingTalkError { class, code, request_id, http_status, .. }) = &result {
            // Not the message: it may name a person.
            tracing::debug!(call = call.path, class = class.name(), code, request_id, http_status, "call failed");
        }
        permit.answered(result.as_ref().map(|_| ()));
        result
    }

    async fn send(
        &self,
        call: &Call,
        corp_id: &str,
        token: Option<&SecretString>,
        body: &Value,
    ) -> Result<Reply, DingTalkError> {
        let mut url = self.inner.address(call, corp_id);
        if let (Host::Oapi, Some(token)) = (call.host, token) {
            url.query_pairs_mut().append_pair("access_token", token.expose_secret());
        }
        let mut request = self.inner.http.request(call.method.clone(), url);
        if call.method != Method::GET {
            request = request.json(body);
        }
        if let (Host::Api, Some(token)) = (call.host, token) {
            request = request.header(TOKEN_HEADER, header_value(token)?);
        }
        let mut response = request.send().await.map_err(|error| not_answered(call, &error))?;
        let date = response.headers().get(DATE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        self.inner.clock.note(date, self.inner.world.now());
        let http_status = response.status().as_u16();
        let retry_after_ms = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse::<u64>().ok())
            .map(|seconds| seconds.min(RETRY_AFTER_SECONDS_MAX) * 1000);
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| not_answered(call, &error))? {
            if bytes.len() + chunk.len() > self.inner.limits.body_bytes {
                return Err(unusable(call, "answer.size", "the answer is too large").with_http_status(http_status));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Reply { http_status, retry_after_ms, body: bytes })
    }
}

/// The new host reads the token from here and from nowhere else (1.4).
const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-acs-dingtalk-access-token");

/// No header is documented; one that asks for more than an hour is a mistake.
const RETRY_AFTER_SECONDS_MAX: u64 = 3600;

impl Inner {
    fn address(&self, call: &Call, corp_id: &str) -> Url {
        let mut url = match call.host {
            Host::Api => self.endpoints.api.clone(),
            Host::Oapi => self.endpoints.oapi.clone(),
        };
        let own = call.path.replace("{corpId}", corp_id);
        let path = format!("{}{own}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }
}

#[expect(clippy::disallowed_methods, reason = "the platform client owns an HTTP client")]
fn http_client(endpoints: &Endpoints, limits: Limits) -> reqwest::Result<reqwest::Client> {
    let hosts = [&endpoints.api, &endpoints.oapi];
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("dingduty/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(limits.connect)
        .timeout(limits.whole)
        .pool_idle_timeout(IDLE_CONNECTION_MAX);
    if hosts.iter().all(|url| is_loopback(url)) {
        // A proxy of the environment cannot reach this machine.
        builder = builder.no_proxy();
    }
    if hosts.iter().all(|url| url.scheme() == "http") {
        // Without HTTPS no certificate authorities are needed, and a bare machine has none.
        builder = builder.tls_certs_only([]);
    }
    builder.build()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn header_value(token: &SecretString) -> Result<HeaderValue, DingTalkError> {
    let mut value = HeaderValue::from_str(token.expose_secret())
        .map_err(|_| DingTalkError::new(ErrorClass::Refused, "answer.token", "the token is not fit for a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Why there is no complete answer. The error's own text is not used: it holds the address, and with it the token.
fn not_answered(call: &Call, error: &reqwest::Error) -> DingTalkError {
    if error.is_builder() {
        return DingTalkError::new(ErrorClass::Refused, "local.request", "the request cannot be built");
    }
    if error.is_connect() {
        return DingTalkError::new(ErrorClass::Unreachable, "local.connect", "no connection to the platform");
    }
    let (code, message) = match error.is_timeout() {
        true => ("local.timeout", "the platform did not answer in time"),
        false => ("local.cut", "the connection broke before the answer was complete"),
    };
    DingTalkError::new(ErrorClass::Unclear, code, &format!("{message} ({})", call.path))
}
