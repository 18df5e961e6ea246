//! The war room of an incident: who is in it, who is not and why, the way in, and its end. Plain forms: they work without
//! scripts.

use super::{query, signed_in};
use crate::api;
use crate::parts::frame::{Sheet, way_back};
use crate::parts::war_room::{act_form, make_form};
use crate::place::Place;
use crate::visit::Visit;
use contract::war_room::{Observer, Room, RoomBrief, RoomMember, WarRoomPage as Shown};
use contract::words::{incident, war_room as words};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/i/{key}/incidents/{id}/war-room`; `?open=yes` asks for an address of the group.
#[component]
pub fn WarRoomPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let place = Place::WarRoom { id: id.clone() };
    let with_url = query("open").is_some();
    let load = async move { api::war_room(&id, with_url).await };
    signed_in(place.clone(), load, move |visit, shown: Shown| {
        let language = visit.language;
        let back = Place::Incident { id: shown.incident_id.clone() }.address(&visit.key);
        Sheet {
            title: format!("{} · #{}", words::page_title(language), shown.num),
            layout: "detail",
            top: way_back(back, incident::back_to_incident(language)),
            main: body(visit, &place, &shown),
        }
    })
}

fn body(visit: &Visit, place: &Place, shown: &Shown) -> AnyView {
    let language = visit.language;
    let id = shown.incident_id.as_str();
    let title = format!("#{} {}", shown.num, shown.title);
    let room = match &shown.room {
        Some(room) => there(visit, place, shown, room),
        None => nothing(visit, place, shown, words::no_room(language)),
    };
    view! {
        <article class="panel" data-incident=id.to_owned()>
            <section class="card"><h1 dir="auto">{title}</h1></section>
            {room}
        </article>
    }
    .into_any()
}

/// There is none: one can be made, or why not.
fn nothing(visit: &Visit, place: &Place, shown: &Shown, sentence: &'static str) -> AnyView {
    let language = visit.language;
    let act = match &shown.brief {
        RoomBrief::Offered => {
            let button = make_form(visit, place, &shown.incident_id, words::make(language), "button primary");
            view! { <p class="hint">{words::no_room_more(language)}</p> {button} }.into_any()
        }
        RoomBrief::Disabled { reason } => view! {
            <button class="button" type="button" disabled=true data-act="war-room">{words::make(language)}</button>
            <p class="hint" dir="auto">{reason.clone()}</p>
        }
        .into_any(),
        RoomBrief::Off | RoomBrief::There => ().into_any(),
    };
    view! { <section class="card" data-war-room="none"><h2>{sentence}</h2>{act}</section> }.into_any()
}

fn there(visit: &Visit, place: &Place, shown: &Shown, room: &Room) -> AnyView {
    let language = visit.language;
    let again = || {
        let address = place.address(&visit.key);
        view! { <a class="button" href=address>{words::reload(language)}</a> }
    };
    match room.state.as_str() {
        "making" => view! {
            <section class="card" data-war-room="making"><h2>{words::making(language)}</h2>{again()}</section>
        }
        .into_any(),
        "failed" => {
            let retry = make_form(visit, place, &shown.incident_id, words::again(language), "button primary");
            let retry = (shown.brief == RoomBrief::Offered).then_some(retry);
            view! {
                <section class="card" data-war-room="failed">
                    <h2>{words::failed(language)}</h2>
                    <p role="alert" dir="auto">{room.problem.clone()}</p>
                    {retry}
                </section>
            }
            .into_any()
        }
        "gone" if shown.brief == RoomBrief::Offered => nothing(visit, place, shown, words::gone(language)),
        "gone" => nothing(visit, place, shown, words::gone_closed(language)),
        _ => live(visit, shown, room),
    }
}

fn live(visit: &Visit, shown: &Shown, room: &Room) -> AnyView {
    let language = visit.language;
    let id = shown.incident_id.as_str();
    let (missing, present): (Vec<&RoomMember>, Vec<&RoomMember>) =
        room.members.iter().partition(|one| one.state == "missing");
    let present: Vec<_> = present
        .into_iter()
        .map(|one| {
            let soon = (one.state == "wanted").then(|| format!(" · {}", words::invited_soon(language)));
            view! { <li dir="auto">{one.name.clone()}{soon}</li> }
        })
        .collect();
    let missing = (!missing.is_empty()).then(|| {
        let lines: Vec<_> = missing
            .into_iter()
            .map(|one| {
                view! { <li dir="auto" data-missing><b>{one.name.clone()}</b>": "{one.remedy.clone()}</li> }
            })
            .collect();
        view! { <section class="card"><h2>{words::missing(language)}</h2><ul class="lines">{lines}</ul></section> }
    });
    view! {
        <section class="card" data-war-room=room.state.clone()>
            <h2 dir="auto">{room.title.clone()}</h2>
            {enter(visit, id, room)}
        </section>
        <section class="card"><h2>{words::members(language)}</h2><ul class="lines">{present}</ul></section>
        {missing}
        {observers(visit, id, &shown.observers)}
        {end(visit, id, room)}
    }
    .into_any()
}

/// The way into the group: invited by the press, then an address that is good now.
fn enter(visit: &Visit, id: &str, room: &Room) -> AnyView {
    let language = visit.language;
    match &room.group_url {
        Some(url) => view! {
            <a class="button primary" href=url.clone() data-open-room rel="noopener">{words::enter(language)}</a>
            <p class="hint">{words::enter_more(language)}</p>
        }
        .into_any(),
        None => {
            let label = if room.mine { words::enter(language) } else { words::join(language) };
            let not_yet = (room.mine && super::query("open").is_some())
                .then(|| view! { <p class="hint" role="status" data-not-yet="">{words::enter_not_yet(language)}</p> });
            view! { {act_form(visit, id, "join", ().into_any(), label, "button primary")} {not_yet} }.into_any()
        }
    }
}

fn observers(visit: &Visit, id: &str, suggested: &[Observer]) -> Option<AnyView> {
    let language = visit.language;
    let line = |one: &Observer| {
        let fields = view! {
            <input type="hidden" name="member" value=one.member_id.to_string()/>
            <span dir="auto">{one.name.clone()}</span>" "
        };
        let form = act_form(visit, id, "invite", fields.into_any(), words::invite(language), "button");
        view! { <li>{form}</li> }
    };
    (!suggested.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>{words::observers(language)}</h2>
                <p class="hint">{words::observers_more(language)}</p>
                <ul class="lines">{suggested.iter().map(line).collect::<Vec<_>>()}</ul>
            </section>
        }
        .into_any()
    })
}

/// Its end: asked twice, and with a countdown that anybody can stop.
fn end(visit: &Visit, id: &str, room: &Room) -> AnyView {
    let language = visit.language;
    if let Some(ends_ms) = room.ends_ms {
        let at = words::ending(language, visit.clock().full(ends_ms));
        let keep = act_form(visit, id, "keep", ().into_any(), words::keep(language), "button primary");
        return view! { <section class="card"><p role="status">{at}</p>{keep}</section> }.into_any();
    }
    let confirm = view! { <input type="hidden" name="confirm" value="yes"/> }.into_any();
    let dismiss = act_form(visit, id, "dismiss", confirm, words::dismiss_confirm(language), "button danger");
    view! {
        <details class="card fold">
            <summary>{words::dismiss(language)}</summary>
            <p>{words::dismiss_more(language)}</p>
            {dismiss}
        </details>
    }
    .into_any()
}
