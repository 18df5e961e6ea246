//! Groups as other programs see them: escalation pages choose from this list, and operators see which group is dead.

use super::list::{Page, page};
use super::token::Caller;
use super::{Filters, Listed};
use crate::flow::chats::{self, ChatReport};
use crate::http::problem;
use crate::http::request::{Path, Query};
use crate::model::delivery::Delivery;
use crate::state::State;
use axum::extract::State as Of;
use axum::http::HeaderMap;
use contract::{Language, paths};
use serde_json::{Value, json};

/// Groups whose title contains `query`, by id.
pub async fn list(
    caller: Caller,
    Of(state): Of<State>,
    Path(key): Path<String>,
    Query(filters): Query<Filters>,
    headers: HeaderMap,
) -> Listed {
    let query = super::query(&filters)?;
    let wanted: Page<String> = page(filters.after.as_deref(), filters.limit.as_deref())?;
    let found = chats::list(&state, &key, query, wanted.after.as_deref(), wanted.fetch()).await?;
    let language = problem::language(&headers);
    // Whoever has the address may speak in the group, so who may only look does not get it.
    let show = |report: &ChatReport| show(report, &key, caller.is_administrator(), language);
    Ok(wanted.answer(&found, |report| report.chat.id.clone(), show))
}

fn show(report: &ChatReport, key: &str, with_address: bool, language: Language) -> Value {
    let ChatReport { chat, health, delivered, refused, subscriptions, robot_push_url } = report;
    let dead: Vec<Value> = if report.is_dead() {
        let replace = |id: &str| paths::fill(paths::AUTOMATION_SUBSCRIPTION_REPLACE, &[key, id]);
        subscriptions.iter().map(|one| json!({ "id": one.id, "replace": replace(&one.id) })).collect()
    } else {
        Vec::new()
    };
    json!({
        "chat_id": chat.id,
        "title": chat.title,
        "state": chat.state.name(),
        "robot_push_url": with_address.then_some(robot_push_url),
        "subscriptions": subscriptions.len(),
        "dead_subscriptions": dead,
        "health": {
            "last_event_ms": health.event.map(|at| at.0),
            "last_read_ms": health.read.map(|at| at.0),
            "last_robot_push_ms": health.pushed.map(|at| at.0),
            "last_delivered_ms": delivered.map(|at| at.0),
            "last_refused": refused.as_ref().map(|refused| show_refusal(refused, language)),
            "members": health.members,
        },
    })
}

fn show_refusal(refused: &Delivery, language: Language) -> Value {
    let words = contract::words::outcome::of(refused.outcome.name(), language);
    json!({
        "at_ms": refused.updated.0,
        "delivery_id": refused.id,
        "outcome": refused.outcome.name(),
        "code": refused.code,
        "cause": words.cause,
        "remedy": words.cure,
        "who": words.who,
    })
}
