//! What every request passes before its handler: rate, size, time, load. Behind it a handler has the whole body in
//! memory, small enough and in time, and there are never more requests at work than the process can carry.

use super::limits::{Door, Paid, Side};
use super::memory::{Held, Memory, Most};
use super::problem::ApiError;
use super::session::Caller;
use super::{RequestId, pages};
use crate::flow::Refusal;
use crate::origin;
use crate::state::State;
use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::extract::{ConnectInfo, MatchedPath, Request, State as Of};
use axum::http::header::{ACCEPT, CONTENT_LENGTH, HOST, RETRY_AFTER};
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use contract::ProblemCode;
use http_body_util::BodyExt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Time for a whole body. Both platforms send theirs at once.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How much of a body that is too large is read and thrown away: a sender that is cut off in the middle of its sending
/// does not get to read why.
const DISCARDED_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Requests handled at once, of each side; the database is the narrow place, and a late answer is worse than a quick
/// "later".
const REQUESTS_MAX: usize = 512;
/// Bytes of bodies in memory at once. One sender's share holds a few of the largest.
const PLATFORM_BYTES: Most = Most { together: 64 * 1024 * 1024, each: 16 * 1024 * 1024 };
const PEOPLE_BYTES: Most = Most { together: 32 * 1024 * 1024, each: 4 * 1024 * 1024 };

/// What a busy process has left: for platforms and for people apart, because people's pages wait for a slow platform
/// while what the platforms send is hardly sent again. Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    platforms: Room,
    people: Room,
}

#[derive(Clone)]
struct Room {
    requests: Arc<Semaphore>,
    memory: Memory,
}

/// What a request occupies until it is answered. Who watches needs no place: under any load there is an answer.
struct Occupied {
    _place: Option<OwnedSemaphorePermit>,
    _memory: Held,
}

impl Default for Gate {
    fn default() -> Self {
        let room = |bytes| Room { requests: Arc::new(Semaphore::new(REQUESTS_MAX)), memory: Memory::new(bytes) };
        Self { platforms: room(PLATFORM_BYTES), people: room(PEOPLE_BYTES) }
    }
}

impl Gate {
    fn room(&self, side: Side) -> &Room {
        match side {
            Side::Platforms => &self.platforms,
            Side::People | Side::Watchers => &self.people,
        }
    }

    /// A place for a request, none for those who need none.
    fn place(&self, side: Side) -> Result<Option<OwnedSemaphorePermit>, ApiError> {
        if side == Side::Watchers {
            return Ok(None);
        }
        let place = Arc::clone(&self.room(side).requests).try_acquire_owned();
        place.map(Some).map_err(|_| busy())
    }
}

/// Lets a request through to its handler, or refuses it.
pub async fn pass(Of(state): Of<State>, request: Request, next: Next) -> Response {
    let door = Door::of(request.extensions().get::<MatchedPath>().map(MatchedPath::as_str));
    let from = client_address(&state, &request);
    let reader = Reader::of(door, &request);
    match admit(&state, door, from, request).await {
        Ok((request, _occupied)) => origin::within(from.to_string(), next.run(request)).await,
        Err(error) => match reader {
            Some(reader) => reader.shown(state, error).await,
            None => error.into_response(),
        },
    }
}

/// A browser that shows people what it is answered.
struct Reader {
    uri: Uri,
    headers: HeaderMap,
    id: Option<RequestId>,
}

impl Reader {
    fn of(door: Door, request: &Request) -> Option<Self> {
        let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
        let reads_pages = door.side() == Side::People && accepts.is_some_and(|accepts| accepts.contains("text/html"));
        reads_pages.then(|| Self {
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            id: request.extensions().get::<RequestId>().cloned(),
        })
    }

    /// The refusal as a page.
    async fn shown(self, state: State, error: ApiError) -> Response {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = self.uri;
        *request.headers_mut() = self.headers;
        if let Some(id) = self.id {
            request.extensions_mut().insert(id);
        }
        let (mut parts, body) = request.into_parts();
        let Ok(caller) = Caller::from_request_parts(&mut parts, &state).await;
        let (refusal, headers) = (Refusal::new(error.code()), error.into_response().headers().clone());
        let mut response = pages::console_problem(state, caller, refusal, Request::from_parts(parts, body)).await;
        response.headers_mut().extend(headers.get(RETRY_AFTER).cloned().map(|wait| (RETRY_AFTER, wait)));
        response
    }
}

async fn admit(state: &State, door: Door, from: IpAddr, request: Request) -> Result<(Request, Occupied), ApiError> {
    // Who is in front of us may have gone by the other one (RFC 9112, 3.2).
    if request.headers().get_all(HOST).iter().count() > 1 {
        return Err(ApiError::new(ProblemCode::BadRequest).with_cause("more than one Host"));
    }
    // Other spellings of a key, and keys of nothing, count as one: they would be as many counters as somebody likes.
    let key = integration_key(request.uri().path());
    let key = if state.caches.integrations.knows(key) { key } else { "" };
    let paid = state.limiter.take(door, key, from, state.world.now());
    let paid = paid.map_err(|wait| ApiError::new(ProblemCode::TooManyRequests).with_retry_after(wait))?;
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert::<Paid>(paid);
    let most = door.body_bytes_max();
    let declared = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let mut memory = state.gate.room(door.side()).memory.hold(from);
    let reading = tokio::time::timeout(BODY_TIMEOUT, read(body, declared, most, &mut memory));
    let bytes = reading.await.map_err(|_| ApiError::new(ProblemCode::TooSlow))??;
    // Taken last, so that slow senders occupy no place of those who are done sending.
    let place = state.gate.place(door.side())?;
    Ok((Request::from_parts(parts, Body::from(bytes)), Occupied { _place: place, _memory: memory }))
}

/// Reads a body; memory is reserved as it arrives, so that an announced size costs nothing.
async fn read(mut body: Body, declared: Option<usize>, most: usize, memory: &mut Held) -> Result<Bytes, ApiError> {
    if declared.is_some_and(|length| length > most) {
        return Err(discard(body).await);
    }
    let mut whole: Vec<u8> = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::new(ProblemCode::BadRequest).with_cause("the body was cut off"))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > most {
            return Err(discard(body).await);
        }
        if !memory.grow(data.len()) {
            return Err(busy());
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.into())
}

/// Lets a sender finish, within bounds, and says that it was too much.
async fn discard(mut body: Body) -> ApiError {
    let mut seen = 0;
    while let Some(Ok(frame)) = body.frame().await {
        seen += frame.data_ref().map_or(0, Bytes::len);
        if seen > DISCARDED_BYTES_MAX {
            break;
        }
    }
    ProblemCode::TooLarge.into()
}

fn busy() -> ApiError {
    ApiError::new(ProblemCode::Unavailable).with_cause("too much at once").with_retry_after(Duration::from_secs(1))
}

/// Whose request it is: the peer, or whom a trusted proxy names.
pub fn client_address(state: &State, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
    let forwarded = request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    state.config.trusted_proxies.client(peer, forwarded.collect::<Vec<_>>().into_iter())
}

/// The segment that names an integration: `/i/{key}`, `/dingtalk/{key}`, `/flashduty/{key}`, `/api/i/{key}`,
/// `/api/integrations/{key}`; empty elsewhere.
fn integration_key(path: &str) -> &str {
    let mut segments = path.split('/').skip(1);
    let mut first = segments.next();
    if first == Some("api") {
        first = segments.next();
    }
    match first {
        Some("i" | "dingtalk" | "flashduty" | "integrations") => segments.next().unwrap_or_default(),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bodies_are_bounded_one_by_one_and_together() {
        let memory = Memory::new(Most { together: 100, each: 100 });
        let hold = || memory.hold(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let mut first = hold();
        let bytes = read(Body::from("x".repeat(60)), None, 60, &mut first).await.unwrap();
        assert_eq!(bytes.len(), 60);
        let code = |result: Result<_, ApiError>| result.map(drop).unwrap_err().code();
        assert_eq!(code(read(Body::from("x".repeat(61)), None, 60, &mut hold()).await), ProblemCode::TooLarge);
        assert_eq!(code(read(Body::from("x".repeat(41)), None, 60, &mut hold()).await), ProblemCode::Unavailable);
        assert_eq!(code(read(Body::from("x"), Some(61), 60, &mut hold()).await), ProblemCode::TooLarge, "as announced");
        drop(first);
        assert!(read(Body::from("x".repeat(41)), None, 60, &mut hold()).await.is_ok(), "memory comes back");
    }

    #[test]
    fn pages_that_wait_keep_neither_platforms_nor_watchers_out() {
        let gate = Gate::default();
        let waiting: Vec<_> = (0..REQUESTS_MAX).map(|_| gate.place(Side::People).unwrap()).collect();
        assert_eq!(gate.place(Side::People).unwrap_err().code(), ProblemCode::Unavailable);
        assert!(gate.place(Side::Platforms).unwrap().is_some());
        assert!(gate.place(Side::Watchers).is_ok());
        drop(waiting);
        assert!(gate.place(Side::People).is_ok());
    }

    #[test]
    fn the_integration_of_a_path() {
        for (path, key) in [
            ("/i/k1/pc", "k1"),
            ("/dingtalk/k1/events", "k1"),
            ("/flashduty/k1/webhook/s", "k1"),
            ("/api/i/k1/me", "k1"),
            ("/api/integrations/k1/chats", "k1"),
            ("/console", ""),
            ("/i", ""),
            ("", ""),
        ] {
            assert_eq!(integration_key(path), key, "{path}");
        }
    }
}
