//! What every request passes before its handler: rate, size, time, load. Behind it a handler has the whole body in
//! memory, small enough and in time, and there are never more requests at work than the process can carry.

use super::limits::Door;
use super::problem::ApiError;
use crate::state::State;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State as Of};
use axum::http::header::CONTENT_LENGTH;
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
/// Requests handled at once; the database is the narrow place, and a late answer is worse than a quick "later".
const REQUESTS_MAX: usize = 512;
/// Bytes of bodies in memory at once, over all requests.
const BODIES_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a busy process has left. Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    requests: Arc<Semaphore>,
    body_bytes: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            requests: Arc::new(Semaphore::new(REQUESTS_MAX)),
            body_bytes: Arc::new(Semaphore::new(BODIES_BYTES_MAX)),
        }
    }
}

/// Lets a request through to its handler, or refuses it.
pub async fn pass(Of(state): Of<State>, request: Request, next: Next) -> Response {
    let door = Door::of(request.extensions().get::<MatchedPath>().map(MatchedPath::as_str));
    match admit(&state, door, request).await {
        Ok((request, _memory, _place)) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn admit(
    state: &State,
    door: Door,
    request: Request,
) -> Result<(Request, OwnedSemaphorePermit, OwnedSemaphorePermit), ApiError> {
    let from = client_address(state, &request);
    if let Err(wait) = state.limiter.take(door, integration_key(request.uri().path()), from, state.world.now()) {
        return Err(ApiError::new(ProblemCode::TooManyRequests).with_retry_after(wait));
    }
    let (parts, body) = request.into_parts();
    let most = door.body_bytes_max();
    let declared = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let reading = tokio::time::timeout(BODY_TIMEOUT, read(body, declared, most, &state.gate));
    let (bytes, memory) = reading.await.map_err(|_| ApiError::new(ProblemCode::TooSlow))??;
    // Taken last, so that slow senders occupy no place of those who are done sending.
    let place = Arc::clone(&state.gate.requests).try_acquire_owned().map_err(|_| busy())?;
    Ok((Request::from_parts(parts, Body::from(bytes)), memory, place))
}

/// Reads a body; memory is reserved as it arrives, so that an announced size costs nothing.
async fn read(
    mut body: Body,
    declared: Option<usize>,
    most: usize,
    gate: &Gate,
) -> Result<(Bytes, OwnedSemaphorePermit), ApiError> {
    if declared.is_some_and(|length| length > most) {
        return Err(discard(body).await);
    }
    let mut memory = Arc::clone(&gate.body_bytes).try_acquire_many_owned(0).map_err(|_| busy())?;
    let mut whole: Vec<u8> = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::new(ProblemCode::BadRequest).with_cause("the body was cut off"))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > most {
            return Err(discard(body).await);
        }
        let wanted = u32::try_from(data.len()).map_err(|_| ApiError::new(ProblemCode::TooLarge))?;
        memory.merge(Arc::clone(&gate.body_bytes).try_acquire_many_owned(wanted).map_err(|_| busy())?);
        whole.extend_from_slice(&data);
    }
    Ok((whole.into(), memory))
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

    fn gate(bytes: usize) -> Gate {
        Gate { body_bytes: Arc::new(Semaphore::new(bytes)), ..Gate::default() }
    }

    #[tokio::test]
    async fn bodies_are_bounded_one_by_one_and_together() {
        let gate = gate(100);
        let (bytes, memory) = read(Body::from("x".repeat(60)), None, 60, &gate).await.unwrap();
        assert_eq!(bytes.len(), 60);
        let code = |result: Result<_, ApiError>| result.map(drop).unwrap_err().code();
        assert_eq!(code(read(Body::from("x".repeat(61)), None, 60, &gate).await), ProblemCode::TooLarge);
        assert_eq!(code(read(Body::from("x".repeat(41)), None, 60, &gate).await), ProblemCode::Unavailable);
        assert_eq!(code(read(Body::from("x"), Some(61), 60, &gate).await), ProblemCode::TooLarge, "as announced");
        drop(memory);
        assert!(read(Body::from("x".repeat(41)), None, 60, &gate).await.is_ok(), "memory comes back");
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
