use crate::{Entry, Faults, Journal, Peer};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use std::time::Duration;
use world::World;

/// How much of an answer to a push is read, in bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// What both platforms stand on. Cheap to clone.
#[derive(Clone)]
pub struct Core {
    /// Time and chance.
    pub world: World,
    /// Every request in and out.
    pub journal: Journal,
    /// What is to go wrong.
    pub faults: Faults,
    http: reqwest::Client,
}

/// A request that a platform makes: an event, a click, a webhook.
pub struct Outgoing {
    /// Where to, with its query.
    pub url: String,
    /// Headers besides `Content-Type: application/json`.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
    /// How long the platform waits for the whole answer, by real time.
    pub limit: Duration,
    /// Written into the journal.
    pub note: String,
}

/// An answer to a push, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Body, cut at 256 KiB.
    pub body: String,
}

/// Why there was no answer to a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReply {
    /// The address is none, nobody listens there, or the connection broke.
    #[error("not reachable")]
    Unreachable,
    /// The answer took longer than the limit.
    #[error("timed out")]
    TimedOut,
}

impl Core {
    /// A core without entries and faults.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    #[expect(clippy::disallowed_methods, reason = "the simulator pushes like a platform, so it owns a client")]
    pub fn new(world: World) -> std::io::Result<Self> {
        // Already installed by another part of the program is just as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            // Neither platform follows redirects of a push, and the peers are on this machine: no proxy, no authorities.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tls_certs_only([])
            .build()
            .map_err(std::io::Error::other)?;
        Ok(Self { world, journal: Journal::default(), faults: Faults::default(), http })
    }

    /// The same core, with the clock of a platform.
    pub fn under_clock_of(&self, platform: Peer) -> Self {
        Self { world: self.faults.world_of(platform, &self.world), ..self.clone() }
    }

    /// Posts JSON to the product and writes it into the journal.
    ///
    /// # Errors
    /// When there was no complete answer inside the limit.
    pub async fn send(&self, outgoing: Outgoing) -> Result<Reply, NoReply> {
        let at = self.world.now();
        let Outgoing { url, headers, body, limit, note } = outgoing;
        let answer = match tokio::time::timeout(limit, self.exchange(&url, &headers, body.clone())).await {
            Ok(answer) => answer,
            Err(_) => Err(NoReply::TimedOut),
        };
        let (path, query) = url.split_once('?').unwrap_or((&url, ""));
        let (status, response_body, trouble) = match &answer {
            Ok(reply) => (reply.status, reply.body.clone(), String::new()),
            Err(no_reply) => (0, String::new(), format!(": {no_reply}")),
        };
        self.journal.record(Entry {
            n: 0,
            at,
            peer: Peer::Outgoing,
            method: "POST".into(),
            path: path.to_owned(),
            query: query.to_owned(),
            status,
            request_body: body,
            response_body,
            note: format!("{note}{trouble}"),
        });
        answer
    }

    async fn exchange(&self, url: &str, headers: &[(String, String)], body: String) -> Result<Reply, NoReply> {
        let mut request = self.http.post(url).header(CONTENT_TYPE, "application/json").body(body);
        request = request.headers(header_map(headers));
        let mut response = request.send().await.map_err(|_| NoReply::Unreachable)?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| NoReply::Unreachable)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() >= ANSWER_BYTES_MAX {
                bytes.truncate(ANSWER_BYTES_MAX);
                break;
            }
        }
        Ok(Reply { status, body: String::from_utf8_lossy(&bytes).into_owned() })
    }
}

/// Headers as far as they are ones; a name or value that HTTP cannot carry is left out.
fn header_map(headers: &[(String, String)]) -> HeaderMap {
    let pairs = headers.iter().filter_map(|(name, value)| {
        Some((reqwest::header::HeaderName::try_from(name).ok()?, reqwest::header::HeaderValue::try_from(value).ok()?))
    });
    pairs.collect()
}
