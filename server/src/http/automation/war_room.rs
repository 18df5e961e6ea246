//! War rooms as other programs see them.

use super::list::{Moment, Page, page};
use super::token::{Administrator, Caller};
use super::{Filters, Listed};
use crate::flow::war_room::{tend, view};
use crate::http::problem::{self, ApiError};
use crate::http::request::{Path, Query};
use crate::model::war_room::{RoomPerson, RoomState, WarRoom};
use crate::state::State;
use axum::Json;
use axum::extract::State as Of;
use axum::http::HeaderMap;
use contract::Language;
use serde_json::{Value, json};

/// Rooms, newest first; `state` leaves those of one state.
pub async fn list(
    _: Caller,
    Of(state): Of<State>,
    Path(key): Path<String>,
    Query(filters): Query<Filters>,
    headers: HeaderMap,
) -> Listed {
    let wanted_state = match filters.state.as_deref().filter(|name| !name.is_empty()) {
        None => None,
        Some(name) => Some(
            RoomState::from_name(name)
                .ok_or_else(|| ApiError::field("state", "making, failed, open, ending or gone"))?,
        ),
    };
    let wanted: Page<Moment> = page(filters.after.as_deref(), filters.limit.as_deref())?;
    let found = view::list(&state, &key, wanted_state, wanted.after.clone().map(Moment::pair), wanted.fetch()).await?;
    let language = problem::language(&headers);
    let place = |(room, _): &(WarRoom, Vec<RoomPerson>)| Moment::of(room.created, &room.id);
    Ok(wanted.answer(&found, place, |(room, people)| show(room, people, language)))
}

/// Begins the countdown of a room.
pub async fn dismiss(
    administrator: Administrator,
    Of(state): Of<State>,
    Path((key, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let room = view::dismiss_by_program(&state, &key, &id, &administrator.actor()).await?;
    Ok(Json(show(&room, &[], problem::language(&headers))))
}

fn show(room: &WarRoom, people: &[RoomPerson], language: Language) -> Value {
    let person = |one: &RoomPerson| {
        json!({
            "name": one.name,
            "user_id": one.user_id,
            "state": one.state.name(),
            "reason": one.reason.map(|reason| reason.name()),
            "remedy": one.reason.map(|reason| tend::remedy(Some(reason), language)),
        })
    };
    let failed = room.state == RoomState::Failed;
    json!({
        "id": room.id,
        "incident_id": room.incident_id,
        "generation": room.generation,
        "state": room.state.name(),
        "title": room.title,
        "open_conversation_id": room.open_conversation_id,
        "asked_by": room.asked_name,
        "problem": failed.then(|| json!({"code": room.problem, "message": view::why(&room.problem, language)})),
        "people": people.iter().map(person).collect::<Vec<_>>(),
        "ends_ms": room.ends.map(|at| at.0),
        "made_ms": room.made.map(|at| at.0),
        "created_ms": room.created.0,
        "updated_ms": room.updated.0,
    })
}
