use crate::faults::Kind;
use crate::listen::CloseConnection;
use crate::{Core, Entry, Peer};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, DATE};
use axum::http::{HeaderValue, StatusCode, request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Router, http};
use hyper::body::Frame;
use serde_json::Value;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{io, mem};

/// The largest request a platform reads, in bytes.
const REQUEST_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The largest answer that is written down and can be cut in half, in bytes.
const RESPONSE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Puts fault injection and the journal around every route of `router`, its fallback included.
/// Answers are buffered, so routes that stream for ever must be merged outside.
pub fn observed(router: Router, core: Core, peer: Peer) -> Router {
    router.layer(middleware::from_fn_with_state((core, peer), observe))
}

/// Put into a request's extensions by the faults: answer as usual, but show nobody anything.
#[derive(Clone, Copy)]
pub(crate) struct LoseEffect;

async fn observe(State((core, peer)): State<(Core, Peer)>, request: Request, next: Next) -> Response {
    let at = core.world.now();
    let (parts, body) = request.into_parts();
    let Ok(request_body) = to_bytes(body, REQUEST_BYTES_MAX).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "request entity too large").into_response();
    };
    let told = parts.clone();
    let fault = core.faults.take(peer, parts.uri.path());
    let note = fault.as_ref().map_or_else(String::new, |kind| format!("fault {kind:?}"));
    let request = Request::from_parts(parts, Body::from(request_body.clone()));
    let response = apply(fault, request, next).await;
    let closed = response.extensions().get::<CloseConnection>().is_some();
    let status = if closed { 0 } else { response.status().as_u16() };
    let (mut head, body) = response.into_parts();
    if let Ok(date) = HeaderValue::from_str(&world::http_date(core.world.now())) {
        head.headers.insert(DATE, date);
    }
    // An answer of ours that cannot be read is a half body on demand: it keeps its bytes beside it.
    let half = head.extensions.get::<Half>().cloned();
    let (body, response_body) = match half {
        Some(Half(bytes)) => (body, bytes),
        None => {
            let bytes = to_bytes(body, RESPONSE_BYTES_MAX).await.unwrap_or_default();
            (Body::from(bytes.clone()), bytes)
        }
    };
    core.journal.record(entry(at, peer, &told, status, &request_body, &response_body, note));
    Response::from_parts(head, body)
}

fn entry(
    at: world::Millis,
    peer: Peer,
    request: &request::Parts,
    status: u16,
    request_body: &Bytes,
    response_body: &Bytes,
    note: String,
) -> Entry {
    Entry {
        n: 0,
        at,
        peer,
        method: request.method.to_string(),
        path: request.uri.path().to_owned(),
        query: request.uri.query().unwrap_or_default().to_owned(),
        status,
        request_body: String::from_utf8_lossy(request_body).into_owned(),
        response_body: String::from_utf8_lossy(response_body).into_owned(),
        note,
    }
}

async fn apply(fault: Option<Kind>, request: Request, next: Next) -> Response {
    match fault {
        None => next.run(request).await,
        Some(Kind::Delay { ms }) => {
            wait(Duration::from_millis(ms)).await;
            next.run(request).await
        }
        Some(Kind::SlowAnswer { ms }) => {
            let response = next.run(request).await;
            wait(Duration::from_millis(ms)).await;
            response
        }
        Some(Kind::Refuse { status, body }) => refusal(status, &body),
        Some(Kind::Html) => {
            let page = "<html><head><title>405</title></head><body>Sorry, your request has been blocked.</body></html>";
            ([(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
        }
        Some(Kind::Cut) => close(),
        Some(Kind::HalfBody) => half(next.run(request).await).await,
        Some(Kind::Forget) => {
            next.run(request).await;
            close()
        }
        Some(Kind::Nothing) => StatusCode::OK.into_response(),
        Some(Kind::WrongTypes) => with_wrong_types(next.run(request).await).await,
        Some(Kind::Lose) => {
            let mut request = request;
            request.extensions_mut().insert(LoseEffect);
            next.run(request).await
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a slow platform is slow by real time")]
async fn wait(duration: Duration) {
    tokio::time::sleep(duration).await;
}

fn refusal(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (kind, body) = match body {
        Value::String(text) => ("text/plain; charset=utf-8", text.clone()),
        other => ("application/json", other.to_string()),
    };
    (status, [(CONTENT_TYPE, kind)], body).into_response()
}

/// The answer with every scalar of another type.
async fn with_wrong_types(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let bytes = to_bytes(body, RESPONSE_BYTES_MAX).await.unwrap_or_default();
    let bytes = match serde_json::from_slice::<Value>(&bytes) {
        Ok(answer) => Bytes::from(twisted(answer).to_string()),
        Err(_) => bytes,
    };
    head.headers.remove(http::header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(bytes))
}

fn twisted(value: Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) | Value::Number(_) => Value::from(value.to_string()),
        Value::String(text) => Value::from(text.len()),
        Value::Array(items) => {
            items.into_iter().enumerate().map(|(place, item)| (place.to_string(), twisted(item))).collect()
        }
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, twisted(value))).collect(),
    }
}

fn close() -> Response {
    let mut response = Response::default();
    response.extensions_mut().insert(CloseConnection);
    response
}

#[derive(Clone)]
struct Half(Bytes);

async fn half(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let bytes = to_bytes(body, RESPONSE_BYTES_MAX).await.unwrap_or_default();
    head.headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let half = bytes.slice(..bytes.len() / 2);
    head.extensions.insert(Half(half.clone()));
    Response::from_parts(head, Body::new(HalfBody::Whole(half)))
}

/// Gives its bytes, lets them be sent, then breaks the connection.
enum HalfBody {
    Whole(Bytes),
    Given,
    Sent,
}

impl hyper::body::Body for HalfBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match mem::replace(&mut *self, HalfBody::Sent) {
            HalfBody::Whole(bytes) => {
                *self = HalfBody::Given;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            HalfBody::Given => {
                // The server writes out what it has when there is nothing more for the moment.
                context.waker().wake_by_ref();
                Poll::Pending
            }
            HalfBody::Sent => Poll::Ready(Some(Err(io::Error::other("cut on demand")))),
        }
    }
}
