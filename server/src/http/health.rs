//! For those who watch: is the process up, can it work, what has it done.

use super::problem::ApiError;
use crate::flow::access;
use crate::state::State;
use axum::extract::State as Of;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::PoisonError;
use std::time::Duration;
use tokio::sync::Mutex;
use world::Millis;

/// Bounds of the request histogram, in seconds: around what DingTalk (1.5 s, 2 s) and Flashduty (2 s) allow.
const SECONDS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0];

/// How long the answer of the database is repeated: asking writes a row, and anybody may ask.
const READINESS_LIFETIME: Duration = Duration::from_secs(2);

/// What the database last answered, and when.
#[derive(Default)]
pub struct Readiness(Mutex<Option<(Millis, Result<(), ApiError>)>>);

/// The process is up.
pub async fn live() -> &'static str {
    "ok\n"
}

/// The process can work: its database takes a row.
pub async fn ready(Of(state): Of<State>) -> Result<&'static str, ApiError> {
    let now = state.world.now();
    // Held while the database is asked: all who come meanwhile share one answer.
    let mut last = state.readiness.0.lock().await;
    let fresh = last.as_ref().filter(|(at, _)| *at <= now && now.since(*at) < READINESS_LIFETIME);
    let answer = match fresh {
        Some((_, answer)) => answer.clone(),
        None => access::ready(&state).await.map_err(ApiError::from),
    };
    if fresh.is_none() {
        *last = Some((now, answer.clone()));
    }
    answer.map(|()| "ready\n")
}

/// Everything counted since the start, as Prometheus reads it.
pub async fn show_metrics(Of(state): Of<State>) -> impl IntoResponse {
    state.metrics.run_upkeep();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render())
}

/// What the metrics of this process are read from. There is one recorder in a process, however many servers run in it.
///
/// # Errors
/// Another recorder was installed before.
pub fn metrics_handle() -> Result<PrometheusHandle, BuildError> {
    static HANDLE: std::sync::Mutex<Option<PrometheusHandle>> = std::sync::Mutex::new(None);
    // Held while it is installed: of two servers that start at the same moment one waits for the other.
    let mut known = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = known.as_ref() {
        return Ok(handle.clone());
    }
    let builder = PrometheusBuilder::new();
    let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?;
    let handle = builder.install_recorder()?;
    *known = Some(handle.clone());
    Ok(handle)
}
