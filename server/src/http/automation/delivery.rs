//! What went out, for other programs: lists, one with its attempts.

use super::list::{Moment, Page, page};
use super::token::Caller;
use super::{Filters, Listed, query};
use crate::flow::console::deliveries::words;
use crate::flow::delivery_log::{self, Wanted};
use crate::http::problem::{ApiError, language};
use crate::http::request::{Path, Query};
use crate::model::delivery::{Attempt, Delivery, DeliveryState, Outcome};
use crate::state::State;
use axum::Json;
use axum::extract::State as Of;
use axum::http::HeaderMap;
use contract::Language;
use contract::words::outcome;
use serde_json::{Value, json};
use world::Millis;

pub async fn list(
    _: Caller,
    Of(state): Of<State>,
    Path(key): Path<String>,
    Query(filters): Query<Filters>,
    headers: HeaderMap,
) -> Listed {
    let language = language(&headers);
    let wanted = wanted(&filters)?;
    let asked: Page<Moment> = page(filters.after.as_deref(), filters.limit.as_deref())?;
    let after = asked.after.clone().map(Moment::pair);
    let found = delivery_log::list(&state, &key, &wanted, after, asked.fetch()).await?;
    let place = |delivery: &Delivery| Moment::of(delivery.created, &delivery.id);
    Ok(asked.answer(&found, place, |delivery| show(delivery, language)))
}

pub async fn show_one(
    _: Caller,
    Of(state): Of<State>,
    Path((key, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Listed {
    let language = language(&headers);
    let (delivery, attempts) = delivery_log::one(&state, &key, &id).await?;
    let mut shown = show(&delivery, language);
    shown["history"] = attempts.iter().map(|attempt| show_attempt(attempt, language)).collect();
    Ok(Json(shown))
}

/// Reads the filters; empty ones count as not given.
fn wanted(filters: &Filters) -> Result<Wanted, ApiError> {
    let given = |filter: &Option<String>| filter.clone().filter(|text| !text.is_empty());
    Ok(Wanted {
        outcome: given(&filters.outcome).map(|name| outcome_of(&name)).transpose()?,
        incident_id: given(&filters.incident),
        state: given(&filters.state).map(|name| state_of(&name)).transpose()?,
        chat_id: given(&filters.chat),
        person: given(&filters.person),
        query: query(filters)?.map(str::to_owned),
        since: given(&filters.since).map(|text| moment("since", &text)).transpose()?,
        until: given(&filters.until).map(|text| moment("until", &text)).transpose()?,
    })
}

/// The outcome of a name, or a refusal that lists them all.
pub fn outcome_of(name: &str) -> Result<Outcome, ApiError> {
    Outcome::from_name(name).ok_or_else(|| {
        let names: Vec<_> = Outcome::ALL.iter().map(|one| one.name()).collect();
        ApiError::field("outcome", &format!("one of: {}", names.join(", ")))
    })
}

fn state_of(name: &str) -> Result<DeliveryState, ApiError> {
    DeliveryState::from_name(name).ok_or_else(|| ApiError::field("state", "waiting, done or failed"))
}

fn moment(field: &str, text: &str) -> Result<Millis, ApiError> {
    text.parse().map(Millis).map_err(|_| ApiError::field(field, "milliseconds since 1970-01-01 UTC"))
}

/// A delivery as lists show it.
pub fn show(delivery: &Delivery, language: Language) -> Value {
    let words = words(delivery, language);
    let waits = delivery.next.filter(|_| delivery.state == DeliveryState::Waiting);
    json!({
        "id": delivery.id,
        "incident_id": delivery.incident_id,
        "target": {"kind": delivery.target.kind(), "id": delivery.target.id(), "name": delivery.target_name},
        "reason": delivery.reason,
        "state": delivery.state.name(),
        "outcome": delivery.outcome.name(),
        "cause": words.cause,
        "remedy": words.cure,
        "who": words.who,
        "curer": words.curer.name(),
        "waits": waits.map(|until| json!({"for": words.cause, "until_ms": until.0})),
        "code": delivery.code,
        "message": delivery.message,
        "request_id": delivery.request_id,
        "text": delivery.text,
        "attempts": delivery.attempts,
        "copies": delivery.copies,
        "cost": delivery.cost,
        "next_ms": delivery.next.map(|at| at.0),
        "created_ms": delivery.created.0,
        "updated_ms": delivery.updated.0,
    })
}

fn show_attempt(attempt: &Attempt, language: Language) -> Value {
    json!({
        "number": attempt.number,
        "outcome": attempt.outcome.name(),
        "cause": outcome::of(attempt.outcome.name(), language).cause,
        "code": attempt.code,
        "message": attempt.message,
        "request_id": attempt.request_id,
        "text": attempt.text,
        "cost": attempt.cost,
        "took_ms": i64::try_from(attempt.took.as_millis()).unwrap_or(i64::MAX),
        "at_ms": attempt.at.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::delivery::Next;
    use contract::words::outcome::Curer;

    #[test]
    fn every_outcome_has_its_own_words() {
        let mut seen = std::collections::HashSet::new();
        for outcome in Outcome::ALL {
            for language in [Language::Zh, Language::En] {
                let words = outcome::of(outcome.name(), language);
                assert!(seen.insert(words.cause), "{} shares its cause with another", outcome.name());
                // Whatever has failed says who can do something about it.
                let over = outcome::given_up(outcome.name(), language);
                let is_fine = outcome.next_time(1, Millis(0), Millis(0), None, 0.0) == Next::Done;
                assert_eq!(over.curer == Curer::Nobody, is_fine, "{}", outcome.name());
                assert_eq!(over.cure.is_empty(), is_fine, "{}", outcome.name());
            }
        }
    }
}
