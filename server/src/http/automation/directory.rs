//! Finding members' employees by the directory: a look, its table, links for what it showed, and the way back.

use super::list::{Page, page};
use super::token::{Administrator, Caller};
use super::{Filters, Listed};
use crate::flow::directory::{self, Told};
use crate::http::problem::{self, ApiError};
use crate::http::request::{Json as Body, Path, Query};
use crate::model::directory::{Row, RowResult, Run};
use crate::state::State;
use axum::Json;
use axum::extract::State as Of;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::directory::Kind;
use contract::words::people as words;
use contract::{Language, ProblemCode};
use serde::Deserialize;
use serde_json::{Value, json};

/// Which run is meant.
#[derive(Deserialize)]
pub struct Which {
    run: String,
}

/// The newest run, and the last one whose links were made.
pub async fn show(_: Caller, Of(state): Of<State>, Path(key): Path<String>) -> Result<Json<Value>, ApiError> {
    let (newest, applied) = directory::standing(&state, &key).await?;
    Ok(Json(json!({"newest": newest.as_ref().map(told), "last_applied": applied.as_ref().or(newest.as_ref())
        .filter(|one| one.of_result(RowResult::Linked) + one.of_result(RowResult::Undone) > 0).map(told)})))
}

/// Begins a look.
pub async fn look(
    administrator: Administrator,
    Of(state): Of<State>,
    Path(key): Path<String>,
) -> Result<Response, ApiError> {
    let run = directory::look(&state, &key, &administrator.actor()).await?;
    Ok(begun(&run))
}

/// Rows of the newest run, in the order of members.
pub async fn rows(
    _: Caller,
    Of(state): Of<State>,
    Path(key): Path<String>,
    Query(filters): Query<Filters>,
    headers: HeaderMap,
) -> Listed {
    let kind = match filters.state.as_deref().filter(|name| !name.is_empty()) {
        None => None,
        Some(name) => Some(
            Kind::from_name(name)
                .ok_or_else(|| ApiError::field("state", "new, changed, conflict, no-match or same"))?,
        ),
    };
    let wanted: Page<i64> = page(filters.after.as_deref(), filters.limit.as_deref())?;
    let (newest, _) = directory::standing(&state, &key).await?;
    let Some(newest) = newest else { return Err(ProblemCode::NotFound.into()) };
    let after = wanted.after.unwrap_or(i64::MIN);
    let found = directory::rows(&state, &key, &newest.run.id, kind, after, wanted.fetch()).await?;
    let language = problem::language(&headers);
    Ok(wanted.answer(&found, |row| row.member.member_id, |row| row_value(row, language)))
}

/// Makes the links of the newest look.
pub async fn apply(
    administrator: Administrator,
    Of(state): Of<State>,
    Path(key): Path<String>,
    Body(which): Body<Which>,
) -> Result<Response, ApiError> {
    let run = directory::apply(&state, &key, &which.run, &administrator.actor()).await?;
    Ok(begun(&run))
}

/// Takes the last application back.
pub async fn undo(
    administrator: Administrator,
    Of(state): Of<State>,
    Path(key): Path<String>,
    Body(which): Body<Which>,
) -> Result<Response, ApiError> {
    let run = directory::undo(&state, &key, &which.run, &administrator.actor()).await?;
    Ok(begun(&run))
}

fn begun(run: &Run) -> Response {
    (StatusCode::ACCEPTED, Json(run_value(run))).into_response()
}

fn run_value(run: &Run) -> Value {
    json!({
        "run": run.id,
        "state": run.state.name(),
        "asked_by": run.asked_by,
        "done": run.done,
        "total": run.total,
        "groups_read": run.groups_read,
        "groups_all": run.groups_all,
        "failure": run.failure,
        "created_ms": run.created.0,
        "updated_ms": run.updated.0,
    })
}

fn told(told: &Told) -> Value {
    let mut value = run_value(&told.run);
    value["counts"] = json!({
        "new": told.of_kind(Kind::New),
        "changed": told.of_kind(Kind::Changed),
        "conflict": told.of_kind(Kind::Conflict),
        "no_match": told.of_kind(Kind::NoMatch),
        "same": told.of_kind(Kind::Same),
        "linked": told.of_result(RowResult::Linked),
        "moved_on": told.of_result(RowResult::MovedOn),
        "undone": told.of_result(RowResult::Undone),
        "kept": told.of_result(RowResult::Kept),
    });
    value
}

fn row_value(row: &Row, language: Language) -> Value {
    json!({
        "member": {"member_id": row.member.member_id, "name": row.member.name},
        "employee": row.employee.as_ref().map(|one| json!({"user_id": one.user_id, "name": one.name})),
        "kind": row.kind.name(),
        "reason": row.reason.name(),
        "reason_text": words::reason(row.reason, language),
        "result": row.result.name(),
        "link_id": row.link_id,
    })
}
