//! DingTalk → us: encrypted events. The body is opened by the flow; here it is bytes.

use super::problem::ApiError;
use super::request::Path;
use crate::flow;
use crate::state::State;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State as Of};
use axum::response::{IntoResponse, Response};

/// Takes one event and answers with the encrypted `success` once it is stored.
pub async fn receive_event(
    Of(state): Of<State>,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, ApiError> {
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let result = flow::events::receive(&state, &key, &query, &body).await;
    metrics::counter!("dingduty_events_total", "result" => super::result_label(&result)).increment(1);
    Ok(Json(result?).into_response())
}
