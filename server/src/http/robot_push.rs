//! Flashduty → us: robots of escalation rules, in the format of DingTalk's group robots.

use super::problem::ApiError;
use super::request::Path;
use crate::flow;
use crate::state::State;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Of;
use axum::response::{IntoResponse, Response};
use contract::ProblemCode;

/// Takes one push; answered as DingTalk's robot does once it is stored.
pub async fn receive_push(
    Of(state): Of<State>,
    Path((key, chat, secret)): Path<(String, String, String)>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let result = flow::robot::receive(&state, &key, &chat, &secret, &body).await;
    metrics::counter!("dingduty_robot_pushes_total", "result" => super::result_label(&result)).increment(1);
    result?;
    Ok(Json(serde_json::json!({ "errcode": 0, "errmsg": "ok" })).into_response())
}

/// The code under which DingTalk's own robots refuse for such a reason, as far as they have one.
pub fn errcode(code: ProblemCode) -> i64 {
    match code {
        ProblemCode::NotFound | ProblemCode::Forged => 400_101,
        ProblemCode::ChatUnknown => 400_013,
        ProblemCode::TooManyRequests => 410_100,
        ProblemCode::Internal | ProblemCode::Unavailable | ProblemCode::TooSlow => -1,
        _ => 40_035,
    }
}
