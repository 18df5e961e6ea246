//! What an incident's page shows besides its state and its acts. It changes seldom, so the server alone draws it.

use super::alerts::alerts;
use super::marks::moment;
use super::war_room::war_room;
use crate::moment::Clock;
use crate::place::Place;
use crate::visit::Visit;
use contract::choice::{ImageView, IncidentMore, Reached};
use contract::incident::{Action, IncidentView};
use contract::words::{form, incident as words, page};
use contract::{Language, paths};
use leptos::prelude::*;

/// Labels shown at once; the rest unfolds.
const LABELS_SHOWN: usize = 12;

/// Alerts, who was reached, fields, links and pictures of the incident `id`.
pub fn beside(visit: &Visit, place: &Place, incident: &IncidentView, more: IncidentMore) -> AnyView {
    let id = incident.id.as_str();
    let language = visit.language;
    let level = more.level.as_ref().map(|(rule, number)| {
        view! { <p class="hint level" dir="auto">{words::level(language, rule, number)}</p> }
    });
    let custom = paths::fill(paths::INCIDENT_ACT, &[&visit.key, id, Action::CustomAction.name()]);
    let console = (!more.console_url.is_empty()).then(|| {
        let address = more.console_url.clone();
        view! { <a class="button" href=address target="_blank" rel="noopener noreferrer">{words::in_flashduty(language)}</a> }
    });
    view! {
        {prose(words::summary(language), &more.summary)}
        {prose(words::impact(language), &more.impact)}
        {alerts(visit, place, more.alerts.as_ref())}
        {reached(&more.reached, &visit.clock())}
        {pairs(words::fields(language), &more.fields)}
        {links(&more.links, language)}
        {images(&more.images, language)}
        <section class="card chips-card">
            {level}
            <div class="chips">
                {war_room(visit, place, id, &more.war_room)}
                {form_ways(visit, incident, more.forms)}
                <a class="button" href=custom>{words::custom_action(language)}</a>
                {console}
            </div>
        </section>
    }
    .into_any()
}

/// The ways to acknowledging and closing with what a form of the account may ask for.
fn form_ways(visit: &Visit, incident: &IncidentView, forms: bool) -> Vec<AnyView> {
    let language = visit.language;
    let ways = [(Action::Acknowledge, form::form_acknowledge(language)), (Action::Close, form::form_close(language))];
    let possible = ways.into_iter().filter(|(action, _)| forms && incident.actions.contains(action));
    possible
        .map(|(action, words)| {
            let address = paths::fill(paths::INCIDENT_ACT, &[&visit.key, &incident.id, action.name()]);
            view! { <a class="button" href=address>{words}</a> }.into_any()
        })
        .collect()
}

/// The incident's labels.
pub fn labels(labels: &[(String, String)], language: Language) -> Option<AnyView> {
    let (shown, rest) = labels.split_at(labels.len().min(LABELS_SHOWN));
    (!shown.is_empty()).then(|| {
        let rest = (!rest.is_empty()).then(|| {
            view! {
                <details class="fold">
                    <summary>{page::labels_more(language, rest.len())}</summary>
                    {pair_list(rest)}
                </details>
            }
        });
        view! { <section class="card" id="labels"><h2>{page::labels(language)}</h2>{pair_list(shown)}{rest}</section> }
            .into_any()
    })
}

fn prose(heading: &'static str, text: &str) -> Option<AnyView> {
    let text = text.trim().to_owned();
    (!text.is_empty()).then(|| {
        view! { <section class="card"><h2>{heading}</h2><p class="prose" dir="auto">{text}</p></section> }.into_any()
    })
}

/// Who got our card, who did not and why, with the cure.
fn reached(reached: &[Reached], clock: &Clock) -> AnyView {
    let language = clock.language;
    let lines: Vec<_> = reached.iter().map(|one| reached_line(one, clock)).collect();
    let nobody = lines.is_empty().then(|| view! { <p class="hint">{words::reached_none(language)}</p> });
    view! {
        <section class="card" id="reached">
            <h2>{words::reached(language)}</h2>
            <ul class="people reached">{lines}</ul>
            {nobody}
        </section>
    }
    .into_any()
}

fn reached_line(one: &Reached, clock: &Clock) -> AnyView {
    let language = clock.language;
    let (state, class) = match (one.arrived, one.waiting) {
        (true, _) => (words::reached_arrived(language), "acknowledged"),
        (false, true) => (words::reached_waiting(language), "waiting"),
        (false, false) => (words::reached_not(language), "failed"),
    };
    let name = one.name.clone().unwrap_or_else(|| words::reached_group(language).into());
    let why = (!one.arrived).then(|| {
        let who = (!one.who.is_empty()).then(|| words::reached_who(language, &one.who));
        view! {
            <span class="why">
                <span class="cause">{one.cause.clone()}</span>
                {(!one.cure.is_empty()).then(|| view! { " " <span class="cure">{one.cure.clone()}</span> })}
                {who.map(|who| view! { " " <span class="cure">"("{who}")"</span> })}
            </span>
        }
    });
    view! {
        <li class=class data-outcome=one.outcome.clone()>
            <bdi class="who">{name}</bdi>
            <span class="age">{state}" · "{moment(clock, one.at_ms)}</span>
            {why}
        </li>
    }
    .into_any()
}

fn pairs(heading: &'static str, pairs: &[(String, String)]) -> Option<AnyView> {
    (!pairs.is_empty())
        .then(|| view! { <section class="card"><h2>{heading}</h2>{pair_list(pairs)}</section> }.into_any())
}

fn pair_list(pairs: &[(String, String)]) -> AnyView {
    let lines: Vec<_> = pairs
        .iter()
        .map(|(name, value)| {
            view! { <div><dt dir="auto">{name.clone()}</dt><dd dir="auto">{value.clone()}</dd></div> }
        })
        .collect();
    view! { <dl class="labels">{lines}</dl> }.into_any()
}

fn links(links: &[(String, String)], language: Language) -> Option<AnyView> {
    let lines: Vec<_> = links
        .iter()
        .map(|(name, address)| {
            view! { <li><a href=address.clone() target="_blank" rel="noopener noreferrer" dir="auto">{name.clone()}</a></li> }
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! { <section class="card"><h2>{words::links(language)}</h2><ul class="lines">{lines}</ul></section> }
            .into_any()
    })
}

/// Pictures come when they come into view, from where the incident says: nobody there learns which page shows them.
fn images(images: &[ImageView], language: Language) -> Option<AnyView> {
    let pictures: Vec<_> = images
        .iter()
        .enumerate()
        .map(|(place, image)| {
            let words = if image.words.is_empty() { words::image(language, place + 1) } else { image.words.clone() };
            let address = if image.address.is_empty() { image.source.clone() } else { image.address.clone() };
            view! {
                <a class="picture" href=address target="_blank" rel="noopener noreferrer">
                    <img src=image.source.clone() alt=words loading="lazy" referrerpolicy="no-referrer"/>
                </a>
            }
        })
        .collect();
    (!pictures.is_empty()).then(|| {
        view! { <section class="card"><h2>{words::images(language)}</h2><div class="pictures">{pictures}</div></section> }
            .into_any()
    })
}
