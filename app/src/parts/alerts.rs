//! The alerts of an incident, a page at a time.

use super::marks::{moment, severity_words};
use crate::moment::Clock;
use crate::place::Place;
use crate::visit::Visit;
use contract::choice::{AlertView, Alerts};
use contract::incident::Severity;
use contract::words::{incident as words, page};
use leptos::prelude::*;

/// The list with its pages; none where the alerts could not be read.
pub fn alerts(visit: &Visit, place: &Place, alerts: Option<&Alerts>) -> AnyView {
    let language = visit.language;
    let clock = visit.clock();
    let content = match alerts {
        None => view! { <p class="hint">{words::alerts_unread(language)}</p> }.into_any(),
        Some(alerts) if alerts.items.is_empty() => {
            view! { <p class="hint">{words::alerts_none(language)}</p> }.into_any()
        }
        Some(alerts) => {
            let lines: Vec<_> = alerts.items.iter().map(|alert| line(alert, &clock)).collect();
            view! { <ol class="alerts">{lines}</ol> {paging(visit, place, alerts)} }.into_any()
        }
    };
    let total = alerts.map(|alerts| alerts.total).filter(|total| *total > 0).map(|total| format!(" · {total}"));
    view! { <section class="card" id="alerts"><h2>{words::alerts(language)}{total}</h2>{content}</section> }.into_any()
}

fn line(alert: &AlertView, clock: &Clock) -> AnyView {
    let language = clock.language;
    let class = match alert.severity {
        Severity::Critical => "severity is-critical",
        Severity::Warning => "severity is-warning",
        Severity::Info => "severity is-info",
        Severity::Ok => "severity is-ok",
    };
    let title = if alert.title.is_empty() { words::untitled_alert(language).into() } else { alert.title.clone() };
    let (state, state_class) = if alert.recovered {
        (words::alert_recovered(language), "yes")
    } else {
        (words::alert_active(language), "fact")
    };
    let labels: Vec<_> = alert
        .labels
        .iter()
        .map(|(name, value)| {
            view! { <div><dt dir="auto">{name.clone()}</dt><dd dir="auto">{value.clone()}</dd></div> }
        })
        .collect();
    let labels = (!labels.is_empty()).then(|| {
        view! {
            <details class="fold small">
                <summary>{words::alert_labels(language, labels.len())}</summary>
                <dl class="labels">{labels}</dl>
            </details>
        }
    });
    let source = (!alert.source.is_empty()).then(|| view! { <bdi class="fact">{alert.source.clone()}</bdi> });
    let events = (alert.events > 0).then(|| {
        view! { <span class="fact">{words::alert_events(language, alert.events)}</span> }
    });
    view! {
        <li>
            <p class="row-top">
                <span class=class>{severity_words(alert.severity, language)}</span>
                <span class=state_class>{state}</span>
                <span class="age">{alert.last_ms.or(alert.started_ms).map(|at_ms| moment(clock, at_ms))}</span>
            </p>
            <p class="alert-title" dir="auto">{title}</p>
            <p class="row-facts">{source}{events}</p>
            {labels}
        </li>
    }
    .into_any()
}

fn paging(visit: &Visit, place: &Place, alerts: &Alerts) -> Option<AnyView> {
    let language = visit.language;
    let (page, has_next) = (alerts.page, alerts.has_next);
    let to = |page: u32| format!("{}#alerts", place.address_with(&visit.key, &[("alerts", page.to_string())]));
    let previous = (page > 1).then(|| view! { <a class="button" href=to(page - 1)>{page::previous(language)}</a> });
    let next = has_next.then(|| view! { <a class="button" href=to(page + 1)>{page::next(language)}</a> });
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="paging" aria-label=words::alerts(language)>
                {previous}
                <span>{page::page_number(language, page)}</span>
                {next}
            </nav>
        }
        .into_any()
    })
}
