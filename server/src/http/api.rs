//! The JSON API of the pages: thin over the same door, and forms of acts for browsers without scripts.

use super::backend::Filled;
use super::cookies;
use super::forms::{self, Posted};
use super::pages::Redrawn;
use super::problem::ApiError;
use super::request::{Path, Query};
use super::session::{Caller, Visitor};
use super::{choice, live, pages, session};
use crate::flow::Refusal;
use crate::state::State;
use app::backend::Backend;
use app::notice::Notice;
use app::place::Place;
use app::viewing::Refused;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use contract::group::GroupAsked;
use contract::incident::{ActRequest, Action};
use contract::listing::Listing;
use contract::{Language, Problem, ProblemCode, paths};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What the pages' scripts and forms ask for.
pub fn routes() -> Router<State> {
    Router::new()
        .route(paths::API_ME, get(show_me))
        .route(paths::API_INCIDENTS, get(list_incidents))
        .route(paths::API_INCIDENT, get(show_incident))
        .route(paths::API_INCIDENT_MORE, get(show_more))
        .route(paths::API_INCIDENT_PEOPLE, get(show_people))
        .route(paths::API_INCIDENT_LEVELS, get(show_levels))
        .route(paths::API_INCIDENT_CUSTOM_ACTIONS, get(show_custom_actions))
        .route(paths::API_ACT, post(act))
        .route(paths::API_ON_CALL, get(show_on_call))
        .route(paths::API_LIVE, get(live::stream))
        .route(paths::API_CHAT, get(show_chat))
        .route(paths::API_PREFERENCES, post(prefer))
}

async fn show_me(visitor: Visitor) -> Response {
    answered(visitor.me().await)
}

async fn list_incidents(visitor: Visitor) -> Response {
    let list = Listing::from_pairs(visitor.caller.parameters());
    answered(visitor.incidents(&list).await)
}

async fn show_on_call(visitor: Visitor) -> Response {
    answered(visitor.on_call().await)
}

#[derive(Deserialize)]
struct Incident {
    id: String,
}

async fn show_incident(visitor: Visitor, Path(Incident { id }): Path<Incident>) -> Response {
    answered(visitor.incident(&id).await)
}

#[derive(Deserialize)]
struct More {
    alerts: Option<u32>,
}

async fn show_more(visitor: Visitor, Path(Incident { id }): Path<Incident>, Query(more): Query<More>) -> Response {
    answered(visitor.incident_page(&id, more.alerts.unwrap_or(1)).await.map(|(_, more)| more))
}

#[derive(Deserialize)]
struct Search {
    query: Option<String>,
}

async fn show_people(
    visitor: Visitor,
    Path(Incident { id }): Path<Incident>,
    Query(search): Query<Search>,
) -> Response {
    answered(visitor.people(&id, &search.query.unwrap_or_default()).await)
}

async fn show_levels(visitor: Visitor, Path(Incident { id }): Path<Incident>) -> Response {
    answered(visitor.levels(&id).await)
}

async fn show_custom_actions(visitor: Visitor, Path(Incident { id }): Path<Incident>) -> Response {
    answered(visitor.custom_actions(&id).await)
}

#[derive(Deserialize)]
struct Group {
    cid: String,
}

async fn show_chat(visitor: Visitor, Query(Group { cid }): Query<Group>) -> Response {
    answered(visitor.chat(&cid, &GroupAsked::default()).await)
}

#[derive(Deserialize)]
struct Act {
    id: String,
    act: String,
}

async fn act(visitor: Visitor, Path(Act { id, act }): Path<Act>, posted: Posted) -> Result<Response, ApiError> {
    let action = Action::from_name(&act).ok_or(ProblemCode::NotFound)?;
    let back = posted.place("back").unwrap_or(Place::Incident { id: id.clone() });
    let (request, wrong) = match request(&posted) {
        Ok(request) => (request, None),
        Err(refusal) => (texts(&posted), Some(visitor.problem(refusal))),
    };
    let acted = match wrong {
        Some(problem) => Err(problem),
        None => {
            let form =
                Filled { summary: posted.get("summary").unwrap_or_default().to_owned(), fields: posted.custom() };
            let acted = visitor.carry_out(&id, action, request.clone(), form).await;
            acted.map_err(|refusal| visitor.problem(refusal))
        }
    };
    Ok(match acted {
        Ok(result) => {
            let notice = match (result.done, action.inverse()) {
                (true, Some(_)) => Notice::DoneTo { action, id: id.clone() },
                (true, None) => Notice::Done(action),
                (false, _) => Notice::Already(action),
            };
            posted.answer(&forms::address(visitor.key(), &back, &[], Some(&notice)), &result)
        }
        // It goes on: there is nothing to correct, and sending it once more by reloading would help nobody.
        Err(problem) if problem.code == ProblemCode::FlashdutySlow || !posted.is_form() => {
            posted.tell(&visitor, &back, &[], problem)
        }
        // What lacks a form is asked for by the page of the act; so is what was sent from there.
        Err(problem)
            if action.has_page() && (problem.code == ProblemCode::FormNeeded || posted.get("form").is_some()) =>
        {
            let place = Place::Ask { id, action };
            let redrawn = Redrawn {
                status: StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::BAD_REQUEST),
                notice: Some(Notice::Told(problem)),
                typed: posted.typed().clone(),
                typed_many: posted.typed_many().clone(),
                ..Redrawn::default()
            };
            let address = place.address(visitor.key());
            pages::redraw(visitor, &address, redrawn).await
        }
        Err(problem) => pages::refused(visitor, back, Refused { id, action, request, problem }).await,
    })
}

/// What a form that cannot be read as a whole says in texts: it is shown again, to be corrected.
fn texts(posted: &Posted) -> ActRequest {
    let text = |name| posted.get(name).map(str::to_owned);
    ActRequest {
        text: text("text"),
        root_cause: text("root_cause"),
        resolution: text("resolution"),
        ..ActRequest::default()
    }
}

fn request(posted: &Posted) -> Result<ActRequest, Refusal> {
    Ok(ActRequest {
        minutes: posted.number("minutes")?,
        mute: posted.get("mute").is_some_and(|mute| mute != "no"),
        people: posted.numbers("people")?,
        rule_id: posted.get("rule_id").map(str::to_owned),
        level: posted.number("level")?,
        custom_action: posted.number("custom_action")?,
        ..texts(posted)
    })
}

/// Remembers language or theme, then goes back to the page.
async fn prefer(caller: Caller, posted: Posted) -> Response {
    let language = posted.get("language").and_then(Language::from_tag);
    let theme = posted.get("theme").and_then(choice::theme);
    let keep = |name, value| caller.cookies.keep(name, value, cookies::LONG);
    let set = [
        language.map(|language| keep(cookies::LANGUAGE, language.tag())),
        theme.map(|theme| keep(cookies::THEME, theme.name())),
    ];
    let key = posted.get("key").filter(|key| session::is_key(key));
    let to = match (key, posted.place("back").unwrap_or(Place::home())) {
        (Some(key), place) => place.address(key),
        (None, _) => Place::Console.address(""),
    };
    forms::with_cookies(posted.answer(&to, &json!({})), set.into_iter().flatten())
}

pub(super) fn answered<T: Serialize>(result: Result<T, Problem>) -> Response {
    match result {
        Ok(data) => forms::json(StatusCode::OK, &data),
        Err(problem) => forms::told(problem),
    }
}
