//! What an incident's page says at its top and about the incident itself.

use super::acting::Acting;
use super::marks::{marks, moment, state_class, title};
use super::timeline::did;
use crate::moment::Clock;
use crate::viewing::Viewing;
use contract::Language;
use contract::incident::{IncidentView, Progress, Responder};
use contract::words::{card, incident as ask, page as words};
use leptos::prelude::*;

/// State, title and times.
pub fn head(acting: Acting) -> impl IntoView + use<> {
    let clock = acting.viewing.with(Viewing::clock);
    let language = clock.language;
    acting.incident.with(|incident| {
        let channel =
            if incident.channel.is_empty() { words::no_channel(language).into() } else { incident.channel.clone() };
        let alerts = (incident.alert_count > 0).then(|| words::alerts(language, incident.alert_count));
        view! {
            <header class=format!("card head {}", state_class(incident))>
                <p class="row-top">{marks(incident, language)}</p>
                <h1 dir="auto">{title(incident, language)}</h1>
                <p class="row-facts">
                    <bdi class="fact">{channel}</bdi>
                    {alerts.map(|alerts| view! { <span class="fact">{alerts}</span> })}
                </p>
                {last_change(incident, &clock)}
                <dl class="times">{times(incident, &clock)}</dl>
                {jumps(language)}
            </header>
        }
    })
}

/// What somebody did last, and when.
fn last_change(incident: &IncidentView, clock: &Clock) -> Option<impl IntoView + use<>> {
    let language = clock.language;
    incident.last_act.as_ref().map(|act| {
        let who = act.who.clone().unwrap_or_else(|| card::somebody(language).into());
        let line = words::last_act(language, who, did(&act.kind, language), clock.ago(act.at_ms));
        view! { <p class="last-change"><span class="side-of">{ask::last_change(language)}</span>" "<bdi>{line}</bdi></p> }
    })
}

/// The ways down a long page.
fn jumps(language: Language) -> impl IntoView + use<> {
    let ways = [
        ("#timeline", words::timeline(language)),
        ("#alerts", ask::alerts(language)),
        ("#reached", ask::reached_short(language)),
        ("#labels", words::labels(language)),
    ];
    let ways = ways.map(|(to, word)| view! { <a href=to>{word}</a> });
    view! { <nav class="jumps" aria-label=ask::sections(language)>{ways.into_iter().collect::<Vec<_>>()}</nav> }
}

fn times(incident: &IncidentView, clock: &Clock) -> impl IntoView + use<> {
    let language = clock.language;
    let past = [
        (words::started(language), Some(incident.started_ms)),
        (words::acknowledged(language), incident.acknowledged_ms),
        (words::closed(language), incident.closed_ms),
    ];
    let past = past.map(|(word, at_ms)| {
        at_ms.map(|at_ms| {
            view! { <div><dt>{word}</dt><dd>{clock.short(at_ms)}" · "{moment(clock, at_ms)}</dd></div> }
        })
    });
    let snoozed = incident.snoozed_until_ms.map(|until_ms| {
        view! { <div><dt>{words::snoozed(language)}</dt><dd>{clock.short(until_ms)}</dd></div> }
    });
    view! { {past.into_iter().collect::<Vec<_>>()} {snoozed} }
}

/// People and words.
pub fn body(acting: Acting) -> impl IntoView + use<> {
    let clock = acting.viewing.with(Viewing::clock);
    let language = clock.language;
    acting.incident.with(|incident| {
        let people: Vec<_> = incident.responders.iter().map(|one| responder(one, &clock)).collect();
        let nobody = people.is_empty().then(|| view! { <p class="hint">{words::nobody_assigned(language)}</p> });
        let closed = incident.progress == Progress::Closed;
        view! {
            <section class="card">
                <h2>{words::responders(language)}</h2>
                <ul class="people">{people}</ul>
                {nobody}
            </section>
            {prose(words::description(language), &incident.description)}
            {closed.then(|| prose(words::root_cause(language), &incident.root_cause))}
            {closed.then(|| prose(words::resolution(language), &incident.resolution))}
        }
    })
}

fn responder(person: &Responder, clock: &Clock) -> impl IntoView + use<> {
    let language = clock.language;
    let me = person.me.then(|| view! { <span class="me">{words::you(language)}</span> });
    let state = match person.acknowledged_ms {
        Some(at_ms) => words::responder_acknowledged(language, clock.short(at_ms)),
        None => words::responder_waiting(language).into(),
    };
    let class = if person.acknowledged_ms.is_some() { "acknowledged" } else { "waiting" };
    view! {
        <li class=class>
            <bdi class="who">{person.name.clone()}</bdi>
            {me}
            <span class="age">{state}</span>
        </li>
    }
}

/// Text from outside, as text: line breaks are kept, nothing in it is markup.
fn prose(heading: &'static str, text: &str) -> Option<impl IntoView + use<>> {
    let text = text.trim().to_owned();
    (!text.is_empty()).then(|| {
        view! { <section class="card"><h2>{heading}</h2><p class="prose" dir="auto">{text}</p></section> }
    })
}
