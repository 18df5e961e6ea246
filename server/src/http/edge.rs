//! The outermost layer: gives each request its id, draws errors, adds the headers every answer has, logs one line.

use super::problem::{self, Reader};
use crate::state::State;
use axum::extract::{MatchedPath, Request, State as Of};
use axum::http::header::{REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

/// Finds an answer in the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, made here: one from outside could be chosen to confuse the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Runs a request and finishes its answer.
pub async fn finish(Of(state): Of<State>, mut request: Request, next: Next) -> Response {
    let began = state.world.now();
    let id = state.world.id();
    let reader = Reader::of(request.uri().path(), request.headers());
    let method = known(request.method());
    // The template, not the path: paths hold secrets.
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(RequestId(id.clone()));

    let response = next.run(request).await;
    let mut response = problem::render(response, &reader, &id);
    add_headers(response.headers_mut(), &id, state.config.public_url.scheme() == "https");

    let took = state.world.now().since(began);
    let (route, status) = (route.as_ref().map_or("none", MatchedPath::as_str), response.status().as_u16());
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(target: "access", id, method, route, status, took_ms);
    metrics::histogram!("dingduty_request_seconds", "route" => route.to_owned(), "status" => status.to_string())
        .record(took.as_secs_f64());
    response
}

/// A method by its name; one of somebody's making may be as long as a head.
fn known(method: &Method) -> &'static str {
    let names = ["GET", "POST", "HEAD", "DELETE", "OPTIONS", "PUT", "PATCH", "TRACE", "CONNECT"];
    names.into_iter().find(|name| method.as_str() == *name).unwrap_or("other")
}

fn add_headers(headers: &mut HeaderMap, id: &str, https: bool) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Addresses hold attempts and secrets; the own site may see them, and needs the Origin that "no-referrer" empties.
    headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_method_makes_a_long_line() {
        let made_up = Method::from_bytes("X".repeat(9_000).as_bytes()).unwrap();
        assert_eq!([known(&Method::POST), known(&made_up)], ["POST", "other"]);
    }
}
