//! How it stands with a set-up, step by step.

use super::token::{Administrator, Caller};
use crate::flow::check::{self, Check, CheckState, Finding, Run, Spending};
use crate::http::problem::{ApiError, language};
use crate::http::request::Path;
use crate::model::integration::Integration;
use crate::state::State;
use axum::Json;
use axum::extract::State as Of;
use axum::http::HeaderMap;
use contract::Language;
use contract::words::check as words;
use serde_json::{Value, json};

/// Answers with the last results; the list is empty before the first run.
pub async fn show_last(
    caller: Caller,
    Of(state): Of<State>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let (integration, run) = check::last(&state, &key).await?;
    let reader = Reader { language: language(&headers), with_secrets: caller.is_administrator() };
    Ok(Json(show(&state, &integration, run.as_ref(), reader)))
}

/// Runs everything now.
pub async fn run_now(
    administrator: Administrator,
    Of(state): Of<State>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let (integration, run) = check::run(&state, &key, Spending::Calls, &administrator.actor()).await?;
    let reader = Reader { language: language(&headers), with_secrets: true };
    Ok(Json(show(&state, &integration, Some(&run), reader)))
}

/// Who reads.
#[derive(Clone, Copy)]
pub struct Reader {
    pub language: Language,
    /// May see addresses that let in whoever has them.
    pub with_secrets: bool,
}

/// A run as programs read it.
pub fn show(state: &State, integration: &Integration, run: Option<&Run>, reader: Reader) -> Value {
    let wishes = check::wishes(integration);
    let findings = run.map(|run| run.findings.as_slice()).unwrap_or_default();
    let items: Vec<_> = findings.iter().map(|finding| item(state, integration, finding, reader)).collect();
    let count = |wanted| findings.iter().filter(|finding| finding.state == wanted).count();
    json!({
        "integration": integration.key,
        "proved": run.is_some_and(|run| run.is_proved(wishes)),
        "mode": if wishes.cards { "cards" } else { "links" },
        "ran_ms": run.map(|run| run.ran.0),
        "cost": run.map_or(0, Run::cost),
        "failed": count(CheckState::Failed),
        "items": items,
        "next": null,
    })
}

fn item(state: &State, integration: &Integration, finding: &Finding, reader: Reader) -> Value {
    let Finding { check, reason, detail, .. } = finding;
    let language = reader.language;
    let about = words::of(check.name(), language);
    let fine = matches!(finding.state, CheckState::Proved | CheckState::NotNeeded);
    let reason = reason.name();
    let own_cure = words::cure(reason, language);
    let cure = if own_cure.is_empty() { about.cure } else { own_cure };
    json!({
        "check": check.name(),
        "step": check.step().name(),
        "title": about.title,
        "state": finding.state.name(),
        "required": check.is_required(check::wishes(integration)),
        "reason": reason,
        "cause": words::cause(reason, detail, language),
        "evidence": {"seen_ms": finding.seen.map(|at| at.0), "said": finding.said, "detail": detail},
        "cure": if fine { "" } else { cure },
        "place": about.place,
        "curer": if fine { "nobody" } else { about.curer.name() },
        "apply_url": finding.apply_url,
        "values": values(state, integration, *check, reader),
        "cost": finding.cost,
        "at_ms": finding.at.0,
    })
}

fn values(state: &State, integration: &Integration, check: Check, reader: Reader) -> Vec<Value> {
    let values = check::values(&state.config, integration, check).into_iter();
    let seen = values.filter(|value| reader.with_secrets || !value.is_secret);
    seen.map(|value| {
        let label = words::field(value.field, reader.language);
        json!({"field": value.field, "label": label, "value": value.value})
    })
    .collect()
}
