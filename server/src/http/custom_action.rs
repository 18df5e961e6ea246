//! Flashduty → us: the custom action that asks for a war room.

use super::problem::ApiError;
use super::request::Path;
use crate::flow;
use crate::state::State;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Of;
use axum::response::{IntoResponse, Response};

/// Takes one press; `200 {}` once it is stored.
pub async fn receive_action(
    Of(state): Of<State>,
    Path((key, secret)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let result = flow::war_room::action::receive(&state, &key, &secret, &body).await;
    metrics::counter!("dingduty_custom_actions_total", "result" => super::result_label(&result)).increment(1);
    result?;
    Ok(Json(serde_json::json!({})).into_response())
}
