//! DingTalk → us: card buttons, with a person waiting in front of the card.

use super::problem::ApiError;
use super::request::Path;
use crate::flow;
use crate::state::State;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Of;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

/// Takes one click and answers with what the card is to show now.
pub async fn receive_click(
    Of(state): Of<State>,
    Path((key, secret)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // Reference 7.3: the signature covers the timestamp alone.
    let (timestamp, signature) = (text("x-ddpaas-signature-timestamp"), text("x-ddpaas-signature"));
    let door = flow::click::Door { key: &key, secret: &secret, timestamp, signature };
    let result = flow::click::receive(&state, door, &body).await;
    metrics::counter!("dingduty_clicks_total", "result" => super::result_label(&result)).increment(1);
    Ok(Json(result?).into_response())
}
