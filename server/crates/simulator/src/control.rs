//! What a test in another program, a demo or the desk may make the simulator do: JSON under `/_sim/` on DingTalk's port.
//!
//! | call | body or query | does or answers |
//! |---|---|---|
//! | `GET state` | | people, groups, meters, pages, switches, pushes waiting |
//! | `GET journal` | `after`, `peer`, `path` (beginning) | entries |
//! | `DELETE journal` | | forgets them |
//! | `POST faults` | a [`crate::Fault`] | sets it |
//! | `POST push-faults` | `from`, `push`, `times` | sets a fault for events or webhooks |
//! | `POST click-faults` | `click`, `times` | sets a fault for clicks on cards |
//! | `POST clock` | `peer`, `offset_ms` | sets a platform's clock wrong |
//! | `POST weather` | `peer`, `weather`: see [`crate::Weather`] | sets the weather over a platform |
//! | `DELETE faults` | | removes all, and the weather |
//! | `POST run-due` | | does what is due |
//! | `POST callback` | `url` | saves the event URL after `check_url` |
//! | `POST cool-app` | `chat`, `operator`, `installed` | installs or removes the cool app |
//! | `POST chats/rename`, `chats/disband` | `chat`, `operator`, `title` | |
//! | `POST chats/members` | `chat`, `operator`, `user_ids`, `adding` | |
//! | `POST chats/owner` | `chat`, `owner` | |
//! | `POST people/leave` | `user_id` | leaves the company |
//! | `POST events` | `kind`, `fields` | pushes any event |
//! | `POST click` | `out_track_id`, `user_id`, `action_ids`, `params` | presses a card's button |
//! | `GET card` | `out_track_id`, `user_id` | the card, and what that person sees |
//! | `GET messages` | `chat` or `person` | what was said there |
//! | `GET work-notices` | `user_id` | what this person has received |
//! | `POST work-notices/read`, `forbid`, `fail` | `user_id`; `code` or null; `times` | |
//! | `POST login-code` | `user_id` | a login-free code |
//! | `POST permission` | `scope`, `granted` | |
//! | `POST visible` | `user_ids` or null | the app's visible range |
//! | `POST template` | `template_id`, `published` | |
//! | `POST group-template` | `published`, `offline`, `gray_corps`; each or none | of war rooms |
//! | `POST tokens/expire` | | ends all app tokens |
//! | `GET traffic` | | calls by app and API, the most in a second, refusals |
//! | `DELETE traffic` | | begins to count anew |
//! | `POST ban` | `banned` | bans all callers for five minutes, or ends it |
//! | `POST edition`, `limits` | `edition`; the three limits | |
//! | `POST switches` | switches; those left out go back to usual | |
//! | `POST pages`, `redirect-urls`, `person` | addresses; `urls`; `user_id` or null | |
//!
//! What is refused is answered 400 `{"error"}`. Only this machine may call, under its own name, with JSON.

mod chaos;
mod console;
mod work;

use crate::dingtalk::{DingTalk, Place, PushResult};
use crate::flashduty::Flashduty;
use crate::listen::CameFrom;
use crate::{Core, Peer};
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// What control reaches.
#[derive(Clone)]
struct Reach {
    core: Core,
    dingtalk: Arc<DingTalk>,
    flashduty: Arc<Flashduty>,
}

/// The routes of the table above.
pub(crate) fn router(core: Core, dingtalk: Arc<DingTalk>, flashduty: Arc<Flashduty>) -> Router {
    Router::new()
        .route("/_sim/state", get(state))
        .route("/_sim/journal", get(journal).delete(forget_journal))
        .route("/_sim/run-due", post(run_due))
        .merge(people_and_groups())
        .merge(chaos::routes())
        .merge(console::routes())
        .merge(work::routes())
        .layer(middleware::from_fn(only_here))
        .with_state(Reach { core, dingtalk, flashduty })
}

fn people_and_groups() -> Router<Reach> {
    Router::new()
        .route("/_sim/cool-app", post(cool_app))
        .route("/_sim/chats/rename", post(rename))
        .route("/_sim/chats/disband", post(disband))
        .route("/_sim/chats/members", post(members))
        .route("/_sim/chats/owner", post(owner))
        .route("/_sim/people/leave", post(leave))
        .route("/_sim/events", post(event))
        .route("/_sim/click", post(click))
        .route("/_sim/card", get(card))
        .route("/_sim/messages", get(messages))
        .route("/_sim/login-code", post(login_code))
        .route("/_sim/person", post(person))
}

/// Refuses other machines, and web pages that reach this one under a foreign name.
async fn only_here(request: Request, next: Next) -> Response {
    let near = request.extensions().get::<CameFrom>().is_some_and(|from| from.0.ip().is_loopback());
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if near && matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

/// 200 with the value, or 400 with the reason.
fn answer<T: Serialize>(result: Result<T, String>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(why) => (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response(),
    }
}

fn pushed(result: Result<PushResult, String>) -> Response {
    answer(result.map(|push| json!({ "push": push })))
}

fn done() -> Response {
    Json(json!({})).into_response()
}

async fn state(State(reach): State<Reach>) -> Response {
    let dingtalk = &reach.dingtalk;
    answer(Ok(json!({
        "users": dingtalk.users(),
        "chats": dingtalk.chats(),
        "meters": dingtalk.meters(),
        "pages": dingtalk.pages(),
        "switches": dingtalk.switches(),
        "pushes_waiting": dingtalk.pushes_waiting(),
    })))
}

#[derive(Deserialize)]
struct JournalQuery {
    #[serde(default)]
    after: u64,
    peer: Option<Peer>,
    #[serde(default)]
    path: String,
}

async fn journal(State(reach): State<Reach>, Query(wanted): Query<JournalQuery>) -> Response {
    let mut entries = reach.core.journal.entries();
    entries.retain(|entry| {
        entry.n > wanted.after
            && wanted.peer.is_none_or(|peer| entry.peer == peer)
            && entry.path.starts_with(&wanted.path)
    });
    answer(Ok(entries))
}

async fn forget_journal(State(reach): State<Reach>) -> Response {
    reach.core.journal.clear();
    done()
}

async fn run_due(State(reach): State<Reach>) -> Response {
    reach.dingtalk.run_due().await;
    reach.flashduty.run_due().await;
    done()
}

#[derive(Deserialize)]
struct CoolApp {
    chat: String,
    operator: String,
    installed: bool,
}

async fn cool_app(State(reach): State<Reach>, Json(body): Json<CoolApp>) -> Response {
    let CoolApp { chat, operator, installed } = body;
    pushed(match installed {
        true => reach.dingtalk.install_cool_app(&chat, &operator).await,
        false => reach.dingtalk.uninstall_cool_app(&chat, &operator).await,
    })
}

#[derive(Deserialize)]
struct Rename {
    chat: String,
    operator: String,
    title: String,
}

async fn rename(State(reach): State<Reach>, Json(body): Json<Rename>) -> Response {
    pushed(reach.dingtalk.rename_chat(&body.chat, &body.title, &body.operator).await)
}

#[derive(Deserialize)]
struct Disband {
    chat: String,
    operator: String,
}

async fn disband(State(reach): State<Reach>, Json(body): Json<Disband>) -> Response {
    pushed(reach.dingtalk.disband_chat(&body.chat, &body.operator).await)
}

#[derive(Deserialize)]
struct Members {
    chat: String,
    operator: String,
    user_ids: Vec<String>,
    adding: bool,
}

async fn members(State(reach): State<Reach>, Json(body): Json<Members>) -> Response {
    let user_ids: Vec<&str> = body.user_ids.iter().map(String::as_str).collect();
    pushed(reach.dingtalk.change_members(&body.chat, &user_ids, body.adding, &body.operator).await)
}

#[derive(Deserialize)]
struct Owner {
    chat: String,
    owner: String,
}

async fn owner(State(reach): State<Reach>, Json(body): Json<Owner>) -> Response {
    pushed(reach.dingtalk.change_owner(&body.chat, &body.owner).await)
}

#[derive(Deserialize)]
struct Someone {
    user_id: String,
}

async fn leave(State(reach): State<Reach>, Json(body): Json<Someone>) -> Response {
    pushed(reach.dingtalk.leave_org(&body.user_id).await)
}

#[derive(Deserialize)]
struct AnyEvent {
    kind: String,
    #[serde(default)]
    fields: Value,
}

async fn event(State(reach): State<Reach>, Json(body): Json<AnyEvent>) -> Response {
    pushed(Ok(reach.dingtalk.push_event(&body.kind, body.fields).await))
}

#[derive(Deserialize)]
struct Click {
    out_track_id: String,
    user_id: String,
    action_ids: Vec<String>,
    #[serde(default)]
    params: Value,
}

async fn click(State(reach): State<Reach>, Json(body): Json<Click>) -> Response {
    let action_ids: Vec<&str> = body.action_ids.iter().map(String::as_str).collect();
    answer(reach.dingtalk.click(&body.out_track_id, &body.user_id, &action_ids, body.params).await)
}

#[derive(Deserialize)]
struct CardQuery {
    out_track_id: String,
    user_id: String,
}

async fn card(State(reach): State<Reach>, Query(wanted): Query<CardQuery>) -> Response {
    let card = reach.dingtalk.card(&wanted.out_track_id).ok_or_else(|| "no such card".to_owned());
    let seen = reach.dingtalk.card_as(&wanted.out_track_id, &wanted.user_id);
    answer(card.map(|card| json!({ "card": card, "seen": seen })))
}

#[derive(Deserialize)]
struct PlaceQuery {
    chat: Option<String>,
    person: Option<String>,
}

async fn messages(State(reach): State<Reach>, Query(wanted): Query<PlaceQuery>) -> Response {
    let place = match (wanted.chat, wanted.person) {
        // A group may be named by its title.
        (Some(chat), None) => {
            reach.dingtalk.chat(&chat).map(|chat| Place::Chat(chat.id)).ok_or_else(|| "no such group".to_owned())
        }
        (None, Some(person)) => Ok(Place::Person(person)),
        _ => Err("chat or person".to_owned()),
    };
    answer(place.map(|place| reach.dingtalk.messages(&place)))
}

async fn login_code(State(reach): State<Reach>, Json(body): Json<Someone>) -> Response {
    answer(reach.dingtalk.login_code(&body.user_id).map(|code| json!({ "code": code })))
}

#[derive(Deserialize)]
struct Person {
    user_id: Option<String>,
}

async fn person(State(reach): State<Reach>, Json(body): Json<Person>) -> Response {
    reach.dingtalk.set_default_person(body.user_id.as_deref());
    done()
}
