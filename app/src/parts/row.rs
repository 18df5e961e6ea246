//! One incident in a list.

use super::acting::Acting;
use super::forms::{outcome, plain_act};
use super::island;
use super::marks::{marks, moment, state_class, title};
use super::timeline::did;
use crate::viewing::Viewing;
use contract::Language;
use contract::incident::{Action, IncidentView, Responder};
use contract::read;
use contract::words::{card, page as words};
use leptos::prelude::*;
use serde::Serialize;

/// More responders than this are counted instead of named.
const NAMES_MAX: usize = 3;

/// A row: it opens the incident, and what it needs first can be done at once. `href` is its page; `chosen` marks the
/// row whose detail is shown beside the list.
#[cfg(feature = "ssr")]
pub fn incident_row(incident: IncidentView, viewing: Viewing, href: String, chosen: bool) -> AnyView {
    let given = Given { incident: for_row(incident), viewing, href, chosen };
    island::drawn("wake_row", given, Given::row)
}

/// Wakes a row.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn wake_row(element: &leptos::web_sys::HtmlElement) {
    island::wake(element, Given::row);
}

/// What a row is given.
#[derive(Serialize)]
struct Given {
    incident: IncidentView,
    viewing: Viewing,
    href: String,
    chosen: bool,
}

read!(Given { incident, viewing, href, chosen });

impl Given {
    fn row(self) -> impl IntoView {
        row(Acting::new(self.incident, self.viewing), self.href, self.chosen)
    }
}

/// The row of what somebody can act on.
pub fn row(acting: Acting, href: String, chosen: bool) -> impl IntoView {
    let id = acting.incident.with_untracked(|incident| incident.id.clone());
    let changed = move || acting.told.with(Option::is_some);
    let state = move || acting.incident.with(|incident| format!("row {}", state_class(incident)));
    let progress = move || acting.incident.with(|incident| incident.progress.name());
    let first_act = move || {
        let possible = acting.incident.with(|incident| incident.actions.contains(&Action::Acknowledge));
        possible.then(|| plain_act(acting, Action::Acknowledge, "button primary"))
    };
    view! {
        <article class=state class:chosen=chosen class:changed=changed data-incident=id data-progress=progress>
            <a class="row-link" href=href aria-current=chosen.then_some("true")>
                {move || facts(acting)}
            </a>
            <div class="row-foot">
                {move || last(acting)}
                {first_act}
            </div>
            {move || undo(acting)}
            {outcome(acting, |_| true)}
        </article>
    }
}

/// Takes back what was done here a moment ago. In a list only what needs no words can be done, so its inverse needs none.
fn undo(acting: Acting) -> impl IntoView + use<> {
    let inverse = acting.ended.get().filter(|(_, already)| !already).and_then(|(action, _)| action.inverse());
    let inverse = inverse.filter(|action| acting.incident.with(|incident| incident.actions.contains(action)));
    inverse.map(|action| plain_act(acting, action, "button quiet"))
}

/// What a row is made of without the parts that only the incident's own page shows.
#[must_use]
pub fn for_row(mut incident: IncidentView) -> IncidentView {
    incident.description.clear();
    incident.labels.clear();
    incident.root_cause.clear();
    incident.resolution.clear();
    incident
}

fn facts(acting: Acting) -> impl IntoView + use<> {
    let clock = acting.viewing.with(Viewing::clock);
    let language = clock.language;
    acting.incident.with(|incident| {
        let channel =
            if incident.channel.is_empty() { words::no_channel(language).into() } else { incident.channel.clone() };
        let snoozed = incident.snoozed_until_ms.map(|until_ms| {
            view! { <span class="fact">{card::snoozed_until(language, clock.short(until_ms))}</span> }
        });
        view! {
            <span class="row-top">
                {marks(incident, language)}
                <span class="age">{moment(&clock, incident.started_ms)}</span>
            </span>
            <span class="row-title" dir="auto">{title(incident, language)}</span>
            <span class="row-facts">
                <bdi class="fact">{channel}</bdi>
                <bdi class="fact">{names(&incident.responders, language)}</bdi>
                {snoozed}
            </span>
        }
    })
}

fn last(acting: Acting) -> impl IntoView + use<> {
    let clock = acting.viewing.with(Viewing::clock);
    let line = acting.incident.with(|incident| {
        incident.last_act.as_ref().map(|act| {
            let who = act.who.clone().unwrap_or_else(|| card::somebody(clock.language).into());
            words::last_act(clock.language, who, did(&act.kind, clock.language), clock.ago(act.at_ms))
        })
    });
    view! { <span class="row-last" dir="auto">{line}</span> }
}

/// Who handles it; once somebody has acknowledged, who that was.
fn names(responders: &[Responder], language: Language) -> String {
    let acknowledged: Vec<&Responder> = responders.iter().filter(|one| one.acknowledged_ms.is_some()).collect();
    match (responders, acknowledged.is_empty()) {
        ([], _) => words::nobody_assigned(language).into(),
        (_, true) => joined(&responders.iter().collect::<Vec<_>>(), language),
        (_, false) => words::acknowledged_by(language, joined(&acknowledged, language)),
    }
}

fn joined(people: &[&Responder], language: Language) -> String {
    let mut text = String::new();
    for person in people.iter().take(NAMES_MAX) {
        if !text.is_empty() {
            text.push_str(words::joiner(language));
        }
        text.push_str(if person.me { words::you(language) } else { &person.name });
    }
    if people.len() > NAMES_MAX {
        text.push(' ');
        text.push_str(&words::and_more(language, people.len() - NAMES_MAX));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, acknowledged: bool) -> Responder {
        Responder { name: name.into(), acknowledged_ms: acknowledged.then_some(1), me: name == "me" }
    }

    #[test]
    fn who_handles_it() {
        for (people, en) in [
            (vec![], "Nobody assigned"),
            (vec![person("Li", false), person("me", false)], "Li, you"),
            (vec![person("Li", false), person("me", true)], "acknowledged by you"),
            (
                vec![person("a", false), person("b", false), person("c", false), person("d", false)],
                "a, b, c and 1 more",
            ),
        ] {
            assert_eq!(names(&people, Language::En), en);
        }
    }
}
