//! Keeping a room up to what its incident is: who belongs into it, what it is called, what has happened.

use super::{client, end, find, is_passing, news, say};
use crate::flow::quota::report;
use crate::flow::repaint::Left;
use crate::flow::{address, notify};
use crate::model::incident::{Incident, Responder};
use crate::model::integration::Integration;
use crate::model::markdown;
use crate::model::mention::Note;
use crate::model::quota::Priority;
use crate::model::war_room::{Missing, Presence, RoomPerson, WarRoom, member_key, title};
use crate::state::State;
use crate::store::{self, StoreError};
use contract::Language;
use contract::words::war_room as words;
use dingtalk::{DingTalkError, ErrorClass, SCENE_MEMBERS_A_CALL};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a new group's refusals are waited out at a time.
const SETTLE_PAUSE: Duration = Duration::from_secs(3);
/// A title changes no more often: every change ends the group's addresses and is told to everybody in it.
const TITLE_REST: Duration = Duration::from_secs(60);
/// People named as missing in one message.
const MISSING_MAX: usize = 20;

/// Does what is due in a room.
pub async fn tend(state: &State, integration: &Integration, room_id: &str) -> Result<Left, StoreError> {
    let mut tx = state.store.read().await?;
    let Some(room) = store::war_room::by_id(&mut tx, room_id).await? else { return Ok(Left::Nothing) };
    let mirror = store::incident::get(&mut tx, &integration.key, &room.incident_id).await?;
    drop(tx);
    let (true, Some(mirror), Some(conversation)) = (room.state.is_live(), mirror, &room.open_conversation_id) else {
        return Ok(Left::Nothing);
    };
    let incident = &mirror.incident;
    recognise(state, integration, &room, incident).await?;
    let invited = invite(state, integration, &room, conversation).await?;
    if invited == Invited::Gone {
        return Ok(Left::Nothing);
    }
    tell_missing(state, integration, &room).await?;
    let titled = retitle(state, integration, &room, incident, conversation).await?;
    let told = news::tell(state, integration, &room, incident).await?;
    let invited = if let Invited::So(left) = invited { left } else { Left::Nothing };
    Ok(invited.max(titled).max(told))
}

/// Responders who are new, or were missing and can be found now, are wanted.
async fn recognise(
    state: &State,
    integration: &Integration,
    room: &WarRoom,
    incident: &Incident,
) -> Result<(), StoreError> {
    let mut tx = state.store.read().await?;
    let known = store::war_room_person::of_room(&mut tx, &room.id).await?;
    drop(tx);
    let is_settled = |one: &&Responder| {
        let key = member_key(one.member_id);
        let lost = |person: &RoomPerson| person.state == Presence::Missing && person.reason != Some(Missing::Left);
        known.iter().any(|person| person.person == key && !lost(person))
    };
    let open: Vec<Responder> = incident.responders.iter().filter(|one| !is_settled(one)).cloned().collect();
    if open.is_empty() {
        return Ok(());
    }
    let mut people = find::responders(state, integration, room, &open).await?;
    let missing: Vec<i64> = open
        .iter()
        .zip(&people)
        .filter(|(_, person)| {
            person.user_id.is_none()
                && !known.iter().any(|one| {
                    one.person == person.person
                        && one.state == Presence::Missing
                        && room.missing_told.contains(&one.name)
                })
        })
        .map(|(one, _)| one.member_id)
        .collect();
    let found = find::among_groups(state, integration, incident, &missing).await?;
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    for (one, person) in open.iter().zip(&mut people) {
        if let Some(user_id) = found.get(&one.member_id) {
            (person.user_id, person.state, person.reason) = (Some(user_id.clone()), Presence::Wanted, None);
        }
        person.updated = now;
        store::war_room_person::put(&mut tx, person).await?;
    }
    tx.commit().await
}

/// How inviting ended.
#[derive(PartialEq, Eq)]
enum Invited {
    So(Left),
    /// The group does not exist any more.
    Gone,
}

/// Everybody who is wanted, as many in a call as DingTalk takes. One unknown person refuses a whole call: halves find out.
async fn invite(
    state: &State,
    integration: &Integration,
    room: &WarRoom,
    conversation: &str,
) -> Result<Invited, StoreError> {
    let mut tx = state.store.read().await?;
    let people = store::war_room_person::of_room(&mut tx, &room.id).await?;
    drop(tx);
    let wanted: Vec<RoomPerson> =
        people.into_iter().filter(|one| one.state == Presence::Wanted && one.user_id.is_some()).collect();
    let client = client(state, integration, Priority::State);
    let mut parts: Vec<Vec<RoomPerson>> = wanted.chunks(SCENE_MEMBERS_A_CALL).map(<[_]>::to_vec).rev().collect();
    while let Some(part) = parts.pop() {
        let user_ids: Vec<String> = part.iter().filter_map(|one| one.user_id.clone()).collect();
        let refused = match client.add_scene_members(conversation, &user_ids).await {
            Ok(()) => {
                entered(state, &part).await?;
                continue;
            }
            Err(error) => error,
        };
        let now = state.world.now();
        match refused {
            DingTalkError { class: ErrorClass::Held(held), .. } => return Ok(Invited::So(Left::Until(held.until))),
            error if room.is_young(now) && !error.code.eq_ignore_ascii_case("parameter.invalid") => {
                return Ok(Invited::So(Left::Until(now.plus(SETTLE_PAUSE))));
            }
            error if is_passing(&error.class) => return Ok(Invited::So(Left::Again)),
            _ if end::look(state, integration, room).await? => return Ok(Invited::Gone),
            error if matches!(error.class, ErrorClass::Refused | ErrorClass::UnknownPerson) => {
                if let [one] = part.as_slice() {
                    tracing::info!(code = error.code, "somebody cannot be invited into a war room");
                    lost(state, one).await?;
                } else {
                    let (one, other) = part.split_at(part.len() / 2);
                    parts.extend([other.to_vec(), one.to_vec()]);
                }
            }
            error => {
                tracing::warn!(class = error.class.name(), code = error.code, "a war room takes nobody in");
                return Ok(Invited::So(Left::Again));
            }
        }
    }
    Ok(Invited::So(Left::Nothing))
}

async fn entered(state: &State, people: &[RoomPerson]) -> Result<(), StoreError> {
    let updated = state.world.now();
    let mut tx = state.store.begin().await?;
    for person in people {
        store::war_room_person::enter(&mut tx, &RoomPerson { updated, ..person.clone() }).await?;
    }
    tx.commit().await
}

async fn lost(state: &State, person: &RoomPerson) -> Result<(), StoreError> {
    let (state_of, reason, updated) = (Presence::Missing, Some(Missing::Left), state.world.now());
    let mut tx = state.store.begin().await?;
    store::war_room_person::put(&mut tx, &RoomPerson { state: state_of, reason, updated, ..person.clone() }).await?;
    tx.commit().await
}

/// The room hears once who is missing and what can be done about it.
async fn tell_missing(state: &State, integration: &Integration, room: &WarRoom) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let people = store::war_room_person::of_room(&mut tx, &room.id).await?;
    let missing: Vec<&RoomPerson> = people.iter().filter(|one| one.state == Presence::Missing).collect();
    let names: BTreeSet<String> = missing.iter().map(|one| one.name.clone()).collect();
    let told = store::war_room::change(&mut tx, &room.id, |room| {
        let changed = room.state.is_live() && room.missing_told != names;
        room.missing_told.clone_from(&names);
        room.updated = now;
        changed
    });
    let Some(changed) = told.await? else { return Ok(()) };
    // Who came in meanwhile needs no message.
    if !names.is_subset(&room.missing_told) {
        let note = missing_note(&missing, integration.settings.language);
        say(state, &mut tx, &changed, &format!("missing {}", changed.version), note).await?;
    }
    tx.commit().await?;
    state.wake();
    Ok(())
}

fn missing_note(missing: &[&RoomPerson], language: Language) -> Note {
    let line = |one: &&RoomPerson| {
        let name = markdown::line_within(&one.name, 60);
        format!("- {}", words::missing_line(language, name, remedy(one.reason, language)))
    };
    let lines: Vec<String> = missing.iter().take(MISSING_MAX).map(line).collect();
    let title = words::missing_title(language).to_owned();
    Note { text: format!("**{title}**\n\n{}", lines.join("\n")), title }
}

/// What can be done so that somebody can be invited.
pub fn remedy(reason: Option<Missing>, language: Language) -> &'static str {
    match reason {
        Some(Missing::NotLinked) => words::missing_not_linked(language),
        Some(Missing::NoNumber) => words::missing_no_number(language),
        Some(Missing::Left) => words::missing_left(language),
        None => "",
    }
}

/// Number and state in the group's name follow the incident, where nobody named it otherwise and the quota allows.
async fn retitle(
    state: &State,
    integration: &Integration,
    room: &WarRoom,
    incident: &Incident,
    conversation: &str,
) -> Result<Left, StoreError> {
    let url = address::incident_in_dingtalk(state, &integration.key, &incident.id);
    let wanted = title(incident, notify::drawing(state, integration, &url));
    if room.titled_by_hand || wanted == room.title || report::is_saving(state, integration).await? {
        return Ok(Left::Nothing);
    }
    let now = state.world.now();
    let rested = room.titled.plus(TITLE_REST);
    if now < rested {
        return Ok(Left::Until(rested));
    }
    // Written down before the call: the event about it is then known as our own.
    let mut tx = state.store.begin().await?;
    let noted = store::war_room::change(&mut tx, &room.id, |room| {
        let fits = room.state.is_live() && !room.titled_by_hand;
        if fits {
            room.title.clone_from(&wanted);
            (room.titled, room.updated) = (now, now);
        }
        fits
    });
    let noted = noted.await?;
    tx.commit().await?;
    if noted.is_none() {
        return Ok(Left::Nothing);
    }
    let Err(error) = client(state, integration, Priority::Chatter).rename_scene_group(conversation, &wanted).await
    else {
        return Ok(Left::Nothing);
    };
    tracing::info!(class = error.class.name(), code = error.code, "a war room keeps its old title for now");
    let mut tx = state.store.begin().await?;
    let old = room.title.clone();
    store::war_room::change(&mut tx, &room.id, |room| {
        let is_ours = room.title == wanted && !room.titled_by_hand;
        if is_ours {
            room.title.clone_from(&old);
        }
        is_ours
    })
    .await?;
    tx.commit().await?;
    // What waits for the month's end must not keep people from being invited.
    Ok(if matches!(error.class, ErrorClass::Held(_)) || !is_passing(&error.class) {
        Left::Nothing
    } else {
        Left::Until(now.plus(TITLE_REST))
    })
}
