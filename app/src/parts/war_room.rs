//! What an incident's page offers about its war room: a button that makes one, the way into the one that is there, or why
//! there is none.

use crate::place::Place;
use crate::visit::Visit;
use contract::paths;
use contract::war_room::RoomBrief;
use contract::words::war_room as words;
use leptos::prelude::*;

/// The button, or the reason why it cannot be pressed. Nothing where war rooms are not set up.
pub fn war_room(visit: &Visit, place: &Place, id: &str, brief: &RoomBrief) -> Option<AnyView> {
    let language = visit.language;
    match brief {
        RoomBrief::Off => None,
        RoomBrief::Offered => Some(make_form(visit, place, id, words::make(language), "button")),
        RoomBrief::Disabled { reason } => Some(
            view! {
                <button class="button" type="button" disabled=true data-act="war-room" title=reason.clone()>
                    {words::make(language)}
                </button>
                <p class="hint" dir="auto">{reason.clone()}</p>
            }
            .into_any(),
        ),
        RoomBrief::There => {
            let address = Place::WarRoom { id: id.to_owned() }.address(&visit.key);
            Some(view! { <a class="button" href=address data-act="war-room">{words::join(language)}</a> }.into_any())
        }
    }
}

/// A form that asks for a room; what goes wrong is told on the page `back`.
pub fn make_form(visit: &Visit, back: &Place, id: &str, label: &'static str, class: &'static str) -> AnyView {
    let address = paths::fill(paths::API_WAR_ROOM, &[&visit.key, id]);
    view! {
        <form class="act" method="post" action=address>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <input type="hidden" name="back" value=back.text()/>
            <button class=class type="submit" data-act="war-room">{label}</button>
        </form>
    }
    .into_any()
}

/// A form that does something with the room there is.
pub fn act_form(
    visit: &Visit,
    id: &str,
    act: &'static str,
    fields: AnyView,
    label: &'static str,
    class: &'static str,
) -> AnyView {
    let address = paths::fill(paths::API_WAR_ROOM_ACT, &[&visit.key, id, act]);
    let back = Place::WarRoom { id: id.to_owned() }.text();
    view! {
        <form class="act" method="post" action=address>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <input type="hidden" name="back" value=back/>
            {fields}
            <button class=class type="submit" data-act=format!("{act}-war-room")>{label}</button>
        </form>
    }
    .into_any()
}
