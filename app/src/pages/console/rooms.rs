//! War rooms: how each stands, who is missing and why, and its end.

use super::records::{self, select};
use super::section;
use crate::moment::Clock;
use crate::pages::query;
use crate::parts::frame::empty;
use crate::parts::moment;
use crate::place::Place;
use crate::visit::Visit;
use contract::console::Section;
use contract::console::rooms::{RoomRow, Rooms};
use contract::words::{list, records as words, war_room};
use contract::{Language, paths};
use leptos::prelude::*;

/// Fixed names of the states.
const STATES: [&str; 5] = ["making", "failed", "open", "ending", "gone"];

/// `/console/{key}/war-rooms`
#[component]
pub fn RoomsPage() -> impl IntoView {
    let (state, after) = (query("state").unwrap_or_default(), query("after").unwrap_or_default());
    let is_asked = query("dismissing").is_some();
    section(
        Section::WarRooms,
        |door, key| async move { door.rooms(&key, state, after).await },
        move |visit, page: Rooms| {
            let language = visit.language;
            let clock = visit.clock();
            let asked = is_asked.then(|| view! { <p class="notice" role="status">{words::dismissing(language)}</p> });
            view! {
                {asked}
                {records::misread(&page.misread, |name| label(name, language), language)}
                {filter(visit, &page)}
                {rows(visit, &page, &clock)}
            }
            .into_any()
        },
    )
}

fn label(name: &str, language: Language) -> &'static str {
    match name {
        "state" => words::state(language),
        _ => words::older(language),
    }
}

fn address(visit: &Visit, pairs: &[(&str, String)]) -> String {
    Place::Administer { section: Section::WarRooms }.address_with(&visit.key, pairs)
}

fn filter(visit: &Visit, page: &Rooms) -> AnyView {
    let language = visit.language;
    let states = STATES.map(|name| (name, words::room_state(name, language)));
    view! {
        <form class="card" method="get" action=address(visit, &[])>
            <div class="fields">{select(words::state(language), "state", list::any(language), &states, &page.state)}</div>
            <button class="button" type="submit">{list::show(language)}</button>
        </form>
    }
    .into_any()
}

fn rows(visit: &Visit, page: &Rooms, clock: &Clock) -> AnyView {
    let language = visit.language;
    let rows: Vec<_> = page.rows.iter().map(|room| line(visit, room, clock)).collect();
    let state = (!page.state.is_empty()).then(|| ("state", page.state.clone()));
    let older = page.next.clone().map(|after| {
        let pairs: Vec<_> = state.clone().into_iter().chain([("after", after)]).collect();
        view! { <a class="button" rel="next" href=address(visit, &pairs)>{words::older(language)}</a> }
    });
    let newest = (!page.after.is_empty()).then(|| {
        let pairs: Vec<_> = state.into_iter().collect();
        view! { <a class="button quiet" href=address(visit, &pairs)>{words::first_page(language)}</a> }
    });
    let list = match rows.is_empty() {
        false => view! { <section class="card"><ul class="lines records">{rows}</ul></section> }.into_any(),
        true => empty(words::rooms_none(language), words::rooms_none_more(language)),
    };
    view! { {list} <nav class="row-of-buttons">{older}{newest}</nav> }.into_any()
}

fn line(visit: &Visit, room: &RoomRow, clock: &Clock) -> AnyView {
    let language = visit.language;
    let mark = match room.state.as_str() {
        "failed" => "mark is-triggered",
        "making" | "ending" => "mark is-processing",
        _ => "mark is-closed",
    };
    let missing: Vec<_> = room
        .missing
        .iter()
        .map(|(name, remedy)| {
            let (name, remedy) = (name.clone(), remedy.clone());
            view! { <li dir="auto" data-missing=""><b>{name}</b>": "{remedy}</li> }
        })
        .collect();
    let more = (room.more_missing > 0).then(|| view! { <li>{words::more_missing(language, room.more_missing)}</li> });
    let missing = (!missing.is_empty()).then(|| {
        view! { <p class="hint">{war_room::missing(language)}</p><ul class="lines">{missing}{more}</ul> }
    });
    let problem = (!room.problem.is_empty()).then(|| view! { <p class="hint" dir="auto">{room.problem.clone()}</p> });
    let ends = room.ends_ms.map(|at_ms| view! { <p class="hint">{war_room::ending(language, clock.full(at_ms))}</p> });
    let about = Place::Administer { section: Section::Deliveries }
        .address_with(&visit.key, &[("incident", room.incident_id.clone())]);
    let own = Place::WarRoom { id: room.incident_id.clone() }.address(&visit.key);
    let asked = (!room.asked_by.is_empty())
        .then(|| view! { <span dir="auto">{words::asked_by(language, &room.asked_by)}" · "</span> });
    view! {
        <li data-room=room.id.clone() data-state=room.state.clone()>
            <p class="row-top">
                <span class=mark><span class="state">{words::room_state(&room.state, language)}</span></span>
                <span class="age">{moment(clock, room.created_ms)}</span>
            </p>
            <p class="row-text" dir="auto">{room.title.clone()}</p>
            <p class="age">{asked}{words::inside(language, room.inside)}</p>
            {ends}
            {problem}
            {missing}
            <p class="row-of-buttons">
                <a class="button quiet" href=own>{words::room_page(language)}</a>
                <a class="button quiet" href=about>{words::about_incident(language)}</a>
            </p>
            {(room.can_dismiss && visit.may_change).then(|| dismiss(visit, room))}
        </li>
    }
    .into_any()
}

fn dismiss(visit: &Visit, room: &RoomRow) -> AnyView {
    let language = visit.language;
    view! {
        <details class="fold">
            <summary>{words::dismiss_now(language)}</summary>
            <p class="hint">{war_room::dismiss_more(language)}</p>
            <form method="post" action=paths::fill(paths::CONSOLE_DISMISS, &[&visit.key, &room.id])>
                <input type="hidden" name="csrf" value=visit.csrf.clone()/>
                <button class="button danger" type="submit" data-dismiss="">{war_room::dismiss_confirm(language)}</button>
            </form>
        </details>
    }
    .into_any()
}
