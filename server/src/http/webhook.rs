//! Flashduty → us: incident webhooks.

use super::problem::ApiError;
use super::request::Path;
use crate::flow;
use crate::state::State;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Of;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

/// Takes one webhook; `200 {}` once it is stored.
pub async fn receive_webhook(
    Of(state): Of<State>,
    Path((key, secret)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let header = headers.get(flow::set_up::WEBHOOK_HEADER).and_then(|value| value.to_str().ok());
    let result = flow::incidents::receive(&state, &key, &secret, header, &body).await;
    metrics::counter!("dingduty_webhooks_total", "result" => super::result_label(&result)).increment(1);
    result?;
    Ok(Json(serde_json::json!({})).into_response())
}
