//! What the pages do with war rooms: make, join, invite, dismiss, keep. By plain forms, or as JSON.

use super::api;
use super::forms::Posted;
use super::request::Path;
use super::session::Visitor;
use crate::flow::Refusal;
use crate::flow::war_room::{self, Asker, end, join, view};
use crate::state::State;
use app::backend::Backend;
use app::place::{Place, with_query};
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use contract::words::field as words;
use contract::{ProblemCode, paths};
use serde::Deserialize;
use serde_json::json;

/// The routes.
pub fn routes() -> Router<State> {
    Router::new().route(paths::API_WAR_ROOM, get(show).post(make)).route(paths::API_WAR_ROOM_ACT, post(act))
}

#[derive(Deserialize)]
struct One {
    id: String,
}

async fn show(visitor: Visitor, Path(One { id }): Path<One>) -> Response {
    api::answered(visitor.war_room(&id, false).await)
}

async fn make(visitor: Visitor, Path(One { id }): Path<One>, posted: Posted) -> Response {
    let back = posted.place("back").unwrap_or(Place::Incident { id: id.clone() });
    let asked = async {
        let viewer = visitor.viewer()?;
        // Read as this person: whoever may not see the incident makes no room for it.
        let incident = view::incident(viewer, &id).await?;
        war_room::ask(viewer.state, viewer.integration, &incident.id, &Asker::of(viewer.link)).await
    };
    answer(&visitor, &posted, &back, &Place::WarRoom { id: id.clone() }.address(visitor.key()), asked.await.map(drop))
}

#[derive(Deserialize)]
struct Act {
    id: String,
    act: String,
}

async fn act(visitor: Visitor, Path(Act { id, act }): Path<Act>, posted: Posted) -> Response {
    let place = Place::WarRoom { id: id.clone() };
    let back = posted.place("back").unwrap_or(place.clone());
    let mut to = place.address(visitor.key());
    let done = match act.as_str() {
        "join" => {
            to = with_query(to, &[("open", "yes".to_owned())]);
            enter(&visitor, &id).await
        }
        "invite" => invite(&visitor, &id, &posted).await,
        "dismiss" if posted.get("confirm") != Some("yes") => {
            Err(Refusal::field(|language| words::is_needed(language, "confirm")))
        }
        "dismiss" | "keep" => finish(&visitor, &id, act == "keep").await,
        _ => Err(ProblemCode::NotFound.into()),
    };
    answer(&visitor, &posted, &back, &to, done)
}

async fn enter(visitor: &Visitor, id: &str) -> Result<(), Refusal> {
    let viewer = visitor.viewer()?;
    let incident = view::incident(viewer, id).await?;
    join::join(viewer.state, viewer.integration, &incident.id, &Asker::of(viewer.link)).await.map(drop)
}

async fn invite(visitor: &Visitor, id: &str, posted: &Posted) -> Result<(), Refusal> {
    let viewer = visitor.viewer()?;
    let member_id = posted.number("member")?.filter(|id: &i64| *id > 0);
    let member_id = member_id.ok_or_else(|| Refusal::field(|language| words::is_needed(language, "member")))?;
    let incident = view::incident(viewer, id).await?;
    join::invite(viewer.state, viewer.integration, &incident.id, member_id).await.map(drop)
}

async fn finish(visitor: &Visitor, id: &str, keeps: bool) -> Result<(), Refusal> {
    let viewer = visitor.viewer()?;
    let incident = view::incident(viewer, id).await?;
    let (state, integration, asker) = (viewer.state, viewer.integration, Asker::of(viewer.link));
    let room = war_room::newest(state, integration, &incident.id).await?;
    match keeps {
        true => end::keep(state, integration, &room, &asker).await.map(drop),
        false => end::dismiss(state, integration, &room, &asker).await.map(drop),
    }
}

fn answer(visitor: &Visitor, posted: &Posted, back: &Place, to: &str, done: Result<(), Refusal>) -> Response {
    match done {
        Ok(()) => posted.answer(to, &json!({ "page": to })),
        Err(refusal) => posted.refuse(visitor, back, &[], refusal),
    }
}
