//! The part of control about work notices.

use super::{Reach, answer, done};
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

/// Its routes.
pub(super) fn routes() -> Router<Reach> {
    Router::new()
        .route("/_sim/work-notices", get(received))
        .route("/_sim/work-notices/read", post(read))
        .route("/_sim/work-notices/forbid", post(forbid))
        .route("/_sim/work-notices/fail", post(fail))
}

#[derive(Deserialize)]
struct Person {
    user_id: String,
}

async fn received(State(reach): State<Reach>, Query(person): Query<Person>) -> Response {
    answer(Ok(reach.dingtalk.work_notices(&person.user_id)))
}

async fn read(State(reach): State<Reach>, Json(person): Json<Person>) -> Response {
    reach.dingtalk.read_work_notices(&person.user_id);
    done()
}

#[derive(Deserialize)]
struct Forbid {
    user_id: String,
    code: Option<u32>,
}

async fn forbid(State(reach): State<Reach>, Json(body): Json<Forbid>) -> Response {
    reach.dingtalk.forbid_work_notices(&body.user_id, body.code);
    done()
}

#[derive(Deserialize)]
struct Fail {
    user_id: String,
    times: u32,
}

async fn fail(State(reach): State<Reach>, Json(body): Json<Fail>) -> Response {
    reach.dingtalk.fail_work_notices(&body.user_id, body.times);
    done()
}
