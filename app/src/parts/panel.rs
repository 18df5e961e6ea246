//! One incident in full: overview, acts, timeline.

use super::acting::Acting;
use super::forms::{act_words, close_notes, outcome, plain_act, snooze_forms, text_act};
use super::island;
use super::marks::progress_words;
use super::overview::{body, head};
use super::timeline::timeline;
use crate::viewing::Viewing;
use contract::incident::{Action, IncidentDetail};
use contract::words::{incident as ask, page as words};
use contract::{paths, read};
use leptos::prelude::*;
use serde::Serialize;

/// Acts that stand in the bar under the thumb, as far as they are possible now.
const BAR: [Action; 4] = [Action::Acknowledge, Action::Wake, Action::Close, Action::Unacknowledge];

/// The incident's page, or the right half of the PC homepage. `rest` is what never changes in the browser.
#[cfg(feature = "ssr")]
pub fn incident_panel(detail: IncidentDetail, viewing: Viewing, rest: AnyView) -> AnyView {
    let given = Given { detail, viewing };
    island::drawn("wake_panel", given, |given| panel(given, island::still(rest)))
}

/// Wakes a panel.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn wake_panel(element: &leptos::web_sys::HtmlElement) {
    island::wake(element, |given| panel(given, island::still()));
}

/// What a panel is given.
#[derive(Serialize)]
struct Given {
    detail: IncidentDetail,
    viewing: Viewing,
}

read!(Given { detail, viewing });

fn panel<R: IntoView + 'static>(given: Given, rest: R) -> impl IntoView + use<R> {
    let Given { detail, viewing } = given;
    let id = detail.incident.id.clone();
    let entries = RwSignal::new((detail.timeline, detail.timeline_cut));
    let acting = Acting::with_timeline(detail.incident, viewing, Some(entries));
    let progress = move || acting.incident.with(|incident| incident.progress.name());
    view! {
        <article class="panel" data-incident=id.clone() data-progress=progress>
            {move || head(acting)}
            {reopen(acting)}
            {move || body(acting)}
            {forms(acting)}
            {asked_apart(acting, &id)}
            {timeline(acting, entries)}
            {rest}
            <div class="dock">
                <div class="dock-said">{outcome(acting, |action| BAR.contains(&action))}</div>
                {move || bar(acting)}
            </div>
        </article>
    }
}

/// The ways to acts that ask something on a page of their own.
fn asked_apart(acting: Acting, id: &str) -> impl IntoView + use<> {
    let (key, language) = acting.viewing.with_untracked(|viewing| (viewing.key.clone(), viewing.language));
    let ways = [Action::AddResponder, Action::Reassign, Action::Escalate].map(|action| {
        let address = paths::fill(paths::INCIDENT_ACT, &[&key, id, action.name()]);
        let possible = able(acting, action);
        move || {
            possible.get().then(|| {
                let words = act_words(action, language);
                view! { <a class="button" href=address.clone() data-act=action.name()>{words}</a> }
            })
        }
    });
    let any = able(acting, Action::AddResponder);
    view! {
        <section class="card" hidden=move || !any.get()>
            <h2>{ask::give(language)}</h2>
            <div class="chips">{ways.into_iter().collect::<Vec<_>>()}</div>
        </section>
    }
}

fn can(acting: Acting, action: Action) -> bool {
    acting.incident.with(|incident| incident.actions.contains(&action))
}

/// The bar: the first possible act is the primary one.
fn bar(acting: Acting) -> impl IntoView + use<> {
    let language = acting.viewing.with(|viewing| viewing.language);
    let possible: Vec<Action> = BAR.into_iter().filter(|action| can(acting, *action)).collect();
    let buttons: Vec<_> = possible
        .iter()
        .enumerate()
        .map(|(place, action)| plain_act(acting, *action, if place == 0 { "button primary" } else { "button" }))
        .collect();
    let state = acting.incident.with(|incident| progress_words(incident, language));
    (!buttons.is_empty()).then(|| view! { <div class="bar" role="group" aria-label=state>{buttons}</div> })
}

/// Whether an act is possible now. What hangs on it is drawn anew when that changes and not whenever the incident does:
/// nobody's open form closes, and no words are lost, because something else was done.
fn able(acting: Acting, action: Action) -> Memo<bool> {
    Memo::new(move |_| can(acting, action))
}

/// A closed incident's first act: it wants a reason, so it is no button in the bar.
fn reopen(acting: Acting) -> impl IntoView + use<> {
    let language = acting.viewing.with_untracked(|viewing| viewing.language);
    let possible = able(acting, Action::Reopen);
    move || {
        let label = words::reopen_reason(language);
        possible.get().then(|| text_act(acting, Action::Reopen, label, "button primary"))
    }
}

/// Acts with something to choose or to write.
fn forms(acting: Acting) -> impl IntoView + use<> {
    let language = acting.viewing.with_untracked(|viewing| viewing.language);
    let [snooze, close, comment] = [Action::Snooze, Action::Close, Action::Comment].map(|action| able(acting, action));
    view! {
        {move || snooze.get().then(|| snooze_forms(acting))}
        {move || close.get().then(|| close_notes(acting))}
        {move || comment.get().then(|| text_act(acting, Action::Comment, words::comment_text(language), "button"))}
    }
}
