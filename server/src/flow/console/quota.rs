//! The month at DingTalk for the console: both meters, what they will come to, other circumstances, and the company's
//! figures to be changed.

use crate::flow::quota::report::{self, MeterReport};
use crate::flow::refusal::Refusal;
use crate::flow::set_up::{self, SetUpError};
use crate::model::integration::{Edition, Integration};
use crate::model::quota::outlook::{Spent, outlook};
use crate::model::quota::{Economy, Limits, Month, Preset};
use crate::state::State;
use crate::store::delivery_search;
use contract::ProblemCode;
use contract::console::quota::{Meter, OwnFigures, PresetFigures, Quota, WhatIf};
use std::time::Duration;

/// Deliveries from which it is told how much goes to groups.
const SAMPLE: i64 = 2_000;
const EDITIONS: [(Edition, &str); 3] =
    [(Edition::Standard, "standard"), (Edition::Professional, "professional"), (Edition::Exclusive, "exclusive")];

/// The month of an integration's company.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn page(state: &State, integration: &Integration, asked: WhatIf) -> Result<Quota, Refusal> {
    let report = report::report(state, &integration.key).await?;
    let mut tx = state.store.read().await?;
    let (to_groups, all) = delivery_search::groups_share(&mut tx, &integration.key, SAMPLE).await?;
    drop(tx);
    let groups_share = if all > 0 { to_groups * 100 / all } else { 50 };
    let now = state.world.now();
    let settings = &integration.settings;
    let spent = Spent { days: &report.api.by_day, routes: &report.api.by_route, used: report.api.used };
    let of =
        |circumstances: &WhatIf, limits: Limits| outlook(spent, limits.api_month, circumstances, groups_share, now);
    let other = EDITIONS.into_iter().find(|(_, name)| *name == asked.edition);
    let then_limits = other.map_or(report.limits, |(edition, _)| settings.quota.preset.limits(edition));
    let text = |figure: Option<i64>| figure.map(|figure| figure.to_string()).unwrap_or_default();
    Ok(Quota {
        edition: edition_name(report.edition),
        preset: report.preset.name(),
        month: format!("{}-{:02}", report.month.number / 100, report.month.number % 100),
        ends_ms: report.month.end.0,
        today: Month::day(now),
        per_second: i64::try_from(report.limits.per_second).unwrap_or(i64::MAX),
        economy: report.economy.map(Economy::name),
        banned_until_ms: report.banned_until.map(|until| until.0),
        presets: presets(),
        own: OwnFigures {
            api_month: text(settings.quota.api_month),
            push_month: text(settings.quota.push_month),
            per_second: text(settings.quota.qps),
        },
        seen: figures_text(integration),
        now: of(&WhatIf::default(), report.limits),
        then: of(&asked, then_limits),
        groups_share,
        api: meter(report.api, report.month),
        push: meter(report.push, report.month),
        asked,
    })
}

/// Changes the figures of an integration's company; `seen` are those the form was made of. The name of a field that is
/// wrong comes back, `seen` when somebody else changed them meanwhile.
///
/// # Errors
/// `NotFound`; the database does not answer.
pub async fn change(
    state: &State,
    integration: &Integration,
    seen: &str,
    pairs: Vec<(String, Option<String>)>,
    actor: &str,
) -> Result<Option<String>, Refusal> {
    if seen != figures_text(integration) {
        return Ok(Some("seen".to_owned()));
    }
    match set_up::set(state, &integration.key, pairs, actor).await {
        Ok(_) => Ok(None),
        Err(SetUpError::Fields(wrong)) => Ok(Some(wrong.into_iter().next().map(|one| one.field).unwrap_or_default())),
        Err(SetUpError::UnknownIntegration) => Err(ProblemCode::NotFound.into()),
        Err(SetUpError::Conflict | SetUpError::Overtaken) => Ok(Some("seen".to_owned())),
        Err(SetUpError::Store(error)) => Err(error.into()),
    }
}

/// The figures of an integration as one text.
pub fn figures_text(integration: &Integration) -> String {
    let quota = &integration.settings.quota;
    let figure = |figure: Option<i64>| figure.map(|figure| figure.to_string()).unwrap_or_default();
    let edition = edition_name(integration.settings.edition);
    let own = [quota.api_month, quota.push_month, quota.qps].map(figure).join("|");
    format!("{edition}|{}|{own}", quota.preset.name())
}

fn edition_name(edition: Edition) -> &'static str {
    EDITIONS.into_iter().find(|(one, _)| *one == edition).map_or("standard", |(_, name)| name)
}

fn presets() -> Vec<PresetFigures> {
    let of = |(edition, name): (Edition, &'static str)| {
        [Preset::Former, Preset::Present].map(|preset| {
            let Limits { api_month, push_month, per_second, .. } = preset.limits(edition);
            let per_second = i64::try_from(per_second).unwrap_or(i64::MAX);
            PresetFigures { edition: name, preset: preset.name(), api_month, push_month, per_second }
        })
    };
    EDITIONS.into_iter().flat_map(of).collect()
}

fn meter(one: MeterReport, month: Month) -> Meter {
    let last = Month::day(month.end.minus(Duration::from_secs(1)));
    let used = |day: i64| one.by_day.iter().find(|(known, _)| *known == day).map_or(0, |(_, used)| *used);
    Meter {
        limit: one.limit,
        used: one.used,
        reserve: one.reserve,
        is_spent: one.is_spent || one.limit.is_some_and(|limit| one.used >= limit),
        days: (1..=last).map(|day| (day, used(day))).collect(),
        warnings: one.warnings,
        forecast_ms: one.forecast.map(|at| at.0),
        routes: one.by_route,
    }
}
