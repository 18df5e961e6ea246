//! For other programs, by token: `/api/integrations/{key}/…`. Lists answer `{"items": […], "next": cursor | null}`.

mod audit;
mod chat;
pub mod check;
mod delivery;
mod directory;
mod list;
mod quota;
mod resend;
mod subscription;
mod token;
mod war_room;
mod work_notice;

pub use audit::export as export_audit;

use super::problem::ApiError;
use super::request::{Path, Query};
use crate::flow::automation;
use crate::model::link::{Link, LinkState};
use crate::state::State;
use axum::extract::State as Of;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use contract::paths;
use list::{Moment, Page, page};
use serde::Deserialize;
use serde_json::{Value, json};
use token::Caller;

/// Longest text that is searched for, in characters.
const QUERY_CHARS_MAX: usize = 100;

/// The routes of the automation API.
pub fn routes() -> Router<State> {
    Router::new()
        .route(paths::AUTOMATION_CHATS, get(chat::list))
        .route(paths::AUTOMATION_SUBSCRIPTIONS, get(subscription::list).post(subscription::add))
        .route(paths::AUTOMATION_SUBSCRIPTION, delete(subscription::remove))
        .route(paths::AUTOMATION_SUBSCRIPTION_REPLACE, post(subscription::replace))
        .route(paths::AUTOMATION_LINKS, get(list_links))
        .route(paths::AUTOMATION_DIRECTORY, get(directory::show).post(directory::look))
        .route(paths::AUTOMATION_DIRECTORY_ROWS, get(directory::rows))
        .route(paths::AUTOMATION_DIRECTORY_APPLY, post(directory::apply))
        .route(paths::AUTOMATION_DIRECTORY_UNDO, post(directory::undo))
        .route(paths::AUTOMATION_DELIVERIES, get(delivery::list))
        .route(paths::AUTOMATION_DELIVERY, get(delivery::show_one))
        .route(paths::AUTOMATION_RESEND, post(resend::one))
        .route(paths::AUTOMATION_RESEND_ALL, post(resend::all))
        .route(paths::AUTOMATION_QUOTA, get(quota::show))
        .route(paths::AUTOMATION_WORK_NOTICES, get(work_notice::list).post(work_notice::add))
        .route(paths::AUTOMATION_WORK_NOTICE, get(work_notice::show_one))
        .route(paths::AUTOMATION_RECALL, post(work_notice::take_back))
        .route(paths::AUTOMATION_CHECKS, get(check::show_last).post(check::run_now))
        .route(paths::AUTOMATION_WAR_ROOMS, get(war_room::list))
        .route(paths::AUTOMATION_WAR_ROOM_DISMISS, post(war_room::dismiss))
        .route(paths::AUTOMATION_AUDIT, get(audit::list))
}

/// Every filter of every list; each list looks at its own.
#[derive(Deserialize)]
struct Filters {
    query: Option<String>,
    state: Option<String>,
    outcome: Option<String>,
    incident: Option<String>,
    chat: Option<String>,
    person: Option<String>,
    since: Option<String>,
    until: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

type Listed = Result<Json<Value>, ApiError>;

/// What is searched for, if anything.
fn query(filters: &Filters) -> Result<Option<&str>, ApiError> {
    let query = filters.query.as_deref().filter(|query| !query.is_empty());
    match query.is_some_and(|query| query.chars().count() > QUERY_CHARS_MAX) {
        true => Err(ApiError::field("query", "at most 100 characters")),
        false => Ok(query),
    }
}

async fn list_links(
    _: Caller,
    Of(state): Of<State>,
    Path(key): Path<String>,
    Query(filters): Query<Filters>,
) -> Listed {
    let link_state = match filters.state.as_deref() {
        None | Some("") => None,
        Some("linked") => Some(LinkState::Linked),
        Some("broken") => Some(LinkState::Broken),
        Some(_) => return Err(ApiError::field("state", "linked or broken")),
    };
    let wanted: Page<Moment> = page(filters.after.as_deref(), filters.limit.as_deref())?;
    let found = automation::links(&state, &key, link_state, wanted.after.clone().map(Moment::pair), wanted.fetch());
    Ok(wanted.answer(&found.await?, |link| Moment::of(link.created, &link.id), show_link))
}

fn show_link(link: &Link) -> Value {
    json!({
        "id": link.id,
        "state": link.state.name(),
        "proof": link.proof.name(),
        "employee": {"user_id": link.employee.user_id, "name": link.employee.name},
        "member": {
            "member_id": link.member.member_id,
            "name": link.member.name,
            "account_name": link.member.account_name,
        },
        "created_ms": link.created.0,
        "updated_ms": link.updated.0,
    })
}
