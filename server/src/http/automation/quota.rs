//! What is left of the month.

use super::token::Caller;
use crate::flow::quota::report::{self, MeterReport};
use crate::http::problem::ApiError;
use crate::http::request::Path;
use crate::model::quota::Month;
use crate::state::State;
use axum::Json;
use axum::extract::State as Of;
use serde_json::{Value, json};

/// Answers with both meters of the integration's company.
pub async fn show(_: Caller, Of(state): Of<State>, Path(key): Path<String>) -> Result<Json<Value>, ApiError> {
    let report = report::report(&state, &key).await?;
    Ok(Json(json!({
        "edition": report.edition,
        "preset": report.preset.name(),
        "month": format!("{}-{:02}", report.month.number / 100, report.month.number % 100),
        "ends_ms": report.month.end.0,
        "qps": report.limits.per_second,
        "economy": report.economy.map(|economy| economy.name()),
        "banned_until_ms": report.banned_until.map(|until| until.0),
        "meters": {"api": meter(&report.api), "push": meter(&report.push)},
    })))
}

fn meter(one: &MeterReport) -> Value {
    let routes = one.by_route.iter().map(|(route, used)| json!({"route": route, "used": used}));
    let days = one.by_day.iter().map(|(day, used)| json!({"day": day, "used": used}));
    json!({
        "limit": one.limit,
        "used": one.used,
        "reserve": one.reserve,
        "spent": one.is_spent || one.limit.is_some_and(|limit| one.used >= limit),
        "warnings": one.warnings,
        "forecast_day": one.forecast.map(Month::date),
        "by_route": routes.collect::<Vec<_>>(),
        "by_day": days.collect::<Vec<_>>(),
    })
}
