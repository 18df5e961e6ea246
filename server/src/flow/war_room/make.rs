//! Bringing the group into being: the intent first, then one call that can be repeated.

use super::{REASON, client, find, is_passing};
use crate::flow::repaint::Left;
use crate::flow::{address, audit, notify};
use crate::model::card;
use crate::model::delivery::{Delivery, Target};
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::quota::Priority;
use crate::model::task::TaskKind;
use crate::model::war_room::{Missing, Presence, RoomPerson, RoomState, WarRoom, title, user_key};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use dingtalk::{DingTalkError, ErrorClass, NewSceneGroup, SCENE_MEMBERS_A_CALL};
use serde_json::json;
use std::time::Duration;

/// How long the group's template and bot usually take to arrive (DingTalk reference 8.1): the card waits for them.
const CARD_AFTER: Duration = Duration::from_secs(2);
/// Then people are told who is missing, and other cards lead into the room.
const TEND_AFTER: Duration = Duration::from_secs(4);
/// Responders who are tried as owner: the platform does not say whether one is outside the visible range.
const OWNERS_MAX: usize = 3;
/// The platform's spelling: a missing right, or an owner outside the visible range (DingTalk reference 8.1).
const NO_RIGHT: &str = "permession.checkfailed";

/// Why a room cannot be made, as it is kept: a word that the page has a sentence for, or DingTalk's code.
pub const NOBODY: &str = "nobody";

/// Makes the group of a room that waits for it.
pub async fn make(state: &State, integration: &Integration, room_id: &str) -> Result<Left, StoreError> {
    let mut tx = state.store.read().await?;
    let Some(room) = store::war_room::by_id(&mut tx, room_id).await? else { return Ok(Left::Nothing) };
    let mirror = store::incident::get(&mut tx, &integration.key, &room.incident_id).await?;
    drop(tx);
    let (Some(mirror), Some(template)) = (mirror, integration.settings.war_room_template_id.clone()) else {
        return fail(state, room_id, "off").await;
    };
    if room.state != RoomState::Making {
        return Ok(Left::Nothing);
    }
    let incident = &mirror.incident;
    let people = gather(state, integration, &room, incident).await?;
    let Some(room) = intend(state, integration, &room, incident, &people).await? else { return Ok(Left::Nothing) };
    let mut members: Vec<String> = people.iter().filter_map(|one| one.user_id.clone()).collect();
    members.sort();
    members.dedup();
    let mut owners = owners(incident, &room, &people);
    if owners.is_empty() {
        return fail(state, room_id, NOBODY).await;
    }
    owners.truncate(OWNERS_MAX);
    let client = client(state, integration, Priority::Page);
    let mut refused = None;
    while let Some(owner) = (!owners.is_empty()).then(|| owners.remove(0)) {
        let new = NewSceneGroup {
            title: room.title.clone(),
            template_id: template.clone(),
            user_ids: first(&owner, &members),
            owner_user_id: owner,
            uuid: room.uuid.clone(),
        };
        match client.create_scene_group(&new).await {
            Ok(group) => return made(state, integration, &room, incident, &new, group.open_conversation_id).await,
            Err(DingTalkError { class: ErrorClass::Held(held), .. }) => return Ok(Left::Until(held.until)),
            Err(error) if is_passing(&error.class) => return Ok(Left::Again),
            Err(error) if error.class == ErrorClass::UnknownPerson => {
                let left = find::left(state, integration, &new.user_ids).await;
                forget(state, room_id, &people, &left).await?;
                if left.is_empty() {
                    return fail(state, room_id, &error.code).await;
                }
                // Without them it is another call, with the same uuid.
                return Ok(Left::Again);
            }
            Err(error) if error.code.eq_ignore_ascii_case(NO_RIGHT) => refused = Some(error),
            Err(error) => return fail(state, room_id, &error.code).await,
        }
    }
    fail(state, room_id, refused.as_ref().map_or(NOBODY, |error| &error.code)).await
}

/// Who belongs into the room: the responders, and whoever asked.
async fn gather(
    state: &State,
    integration: &Integration,
    room: &WarRoom,
    incident: &Incident,
) -> Result<Vec<RoomPerson>, StoreError> {
    let mut people = find::responders(state, integration, room, &incident.responders).await?;
    if people.iter().all(|one| one.user_id.is_none()) {
        // Somebody has to own the group, so it is worth a counted call to find one of them.
        let ids: Vec<i64> = incident.responders.iter().map(|one| one.member_id).collect();
        let found = find::among_groups(state, integration, incident, &ids).await?;
        for (one, responder) in people.iter_mut().zip(&incident.responders) {
            if let Some(user_id) = found.get(&responder.member_id) {
                (one.user_id, one.state, one.reason) = (Some(user_id.clone()), Presence::Wanted, None);
            }
        }
    }
    let mut tx = state.store.read().await?;
    let known = store::war_room_person::of_room(&mut tx, &room.id).await?;
    drop(tx);
    let has_left = |user_id: &String| {
        known.iter().any(|one| one.user_id.as_ref() == Some(user_id) && one.reason == Some(Missing::Left))
    };
    for one in &mut people {
        if one.user_id.as_ref().is_some_and(has_left) {
            (one.user_id, one.state, one.reason) = (None, Presence::Missing, Some(Missing::Left));
        }
    }
    let asker = &room.asked_by;
    if !asker.is_empty() && !has_left(asker) && !people.iter().any(|one| one.user_id.as_ref() == Some(asker)) {
        people.push(RoomPerson {
            room_id: room.id.clone(),
            person: user_key(asker),
            user_id: Some(asker.clone()),
            name: room.asked_name.clone(),
            state: Presence::Wanted,
            reason: None,
            updated: state.world.now(),
        });
    }
    Ok(people)
}

/// Writes down what is about to be asked for: title and people. None when somebody else has made the room meanwhile.
async fn intend(
    state: &State,
    integration: &Integration,
    room: &WarRoom,
    incident: &Incident,
    people: &[RoomPerson],
) -> Result<Option<WarRoom>, StoreError> {
    let url = address::incident_in_dingtalk(state, &integration.key, &incident.id);
    let wanted = title(incident, notify::drawing(state, integration, &url));
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    for person in people.iter().filter(|one| one.reason != Some(Missing::Left)) {
        store::war_room_person::put(&mut tx, person).await?;
    }
    let intended = store::war_room::change(&mut tx, &room.id, |room| {
        if room.state != RoomState::Making {
            return false;
        }
        // What an earlier try asked for stays: DingTalk may have made it.
        if room.title.is_empty() {
            room.title.clone_from(&wanted);
        }
        room.updated = now;
        true
    });
    let intended = intended.await?;
    tx.commit().await?;
    Ok(intended)
}

/// Who may own the group, the likeliest first: who asked if they respond, who has acknowledged, the other responders.
fn owners(incident: &Incident, room: &WarRoom, people: &[RoomPerson]) -> Vec<String> {
    let mut responders: Vec<(bool, bool, &String)> = incident
        .responders
        .iter()
        .zip(people)
        .filter_map(|(responder, one)| {
            let user_id = one.user_id.as_ref()?;
            Some((*user_id != room.asked_by, responder.acknowledged.is_none(), user_id))
        })
        .collect();
    responders.sort_by_key(|(other, waits, _)| (*other, *waits));
    responders.into_iter().map(|(_, _, user_id)| user_id.clone()).collect()
}

/// As many members as one call takes, the owner among them.
fn first(owner: &str, members: &[String]) -> Vec<String> {
    let others = members.iter().filter(|user_id| *user_id != owner).take(SCENE_MEMBERS_A_CALL - 1).cloned();
    std::iter::once(owner.to_owned()).chain(others).collect()
}

async fn made(
    state: &State,
    integration: &Integration,
    room: &WarRoom,
    incident: &Incident,
    new: &NewSceneGroup,
    open_conversation_id: String,
) -> Result<Left, StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    let mut tx = state.store.begin().await?;
    let opened = store::war_room::change(&mut tx, &room.id, |room| {
        let is_news = room.state == RoomState::Making;
        if is_news {
            room.state = RoomState::Open;
            room.open_conversation_id = Some(open_conversation_id.clone());
            (room.made, room.titled, room.updated) = (Some(now), now, now);
        }
        is_news
    });
    let Some(room) = opened.await? else { return Ok(Left::Nothing) };
    for mut person in store::war_room_person::of_room(&mut tx, &room.id).await? {
        if person.user_id.as_ref().is_some_and(|user_id| new.user_ids.contains(user_id)) {
            person.updated = now;
            store::war_room_person::enter(&mut tx, &person).await?;
        }
    }
    bring_card(state, &mut tx, integration, &room, incident).await?;
    let tend = TaskKind::TendRoom { room: room.id.clone() };
    store::task::add(&mut tx, key, &tend, now.plus(TEND_AFTER), now).await?;
    store::task::add(&mut tx, key, &TaskKind::LinkRoom { room: room.id.clone() }, now, now).await?;
    // The other cards offer the way in once the one in the room is there: it goes first.
    let repaint = TaskKind::Repaint { incident: incident.id.clone() };
    store::task::add(&mut tx, key, &repaint, now.plus(TEND_AFTER), now).await?;
    let detail = json!({ "room": room.id, "members": new.user_ids.len() });
    audit::write(state, &mut tx, key, &room.asked_by, "war-room-made", &incident.id, detail).await?;
    tx.commit().await?;
    metrics::counter!("dingduty_war_rooms_total", "what" => "made").increment(1);
    state.wake();
    Ok(Left::Nothing)
}

/// The incident's card is the first thing in the room, once its bot is there.
async fn bring_card(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    room: &WarRoom,
    incident: &Incident,
) -> Result<(), StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    let url = address::incident_in_dingtalk(state, key, &incident.id);
    let due = now.plus(CARD_AFTER);
    let target = Target::Room(room.id.clone());
    let mut delivery = Delivery::new(state.world.id(), (key, &incident.id), target, REASON, now);
    delivery.target_name.clone_from(&room.title);
    delivery.text = card::summary(incident, notify::drawing(state, integration, &url));
    delivery.next = Some(due);
    store::delivery::insert(tx, &delivery).await?;
    store::task::add(tx, key, &TaskKind::Deliver { delivery: delivery.id }, due, now).await
}

/// Those who left the company are not asked for again.
async fn forget(state: &State, room_id: &str, people: &[RoomPerson], left: &[String]) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    for one in people.iter().filter(|one| one.user_id.as_ref().is_some_and(|user_id| left.contains(user_id))) {
        let gone = RoomPerson {
            room_id: room_id.to_owned(),
            state: Presence::Missing,
            reason: Some(Missing::Left),
            updated: now,
            ..one.clone()
        };
        store::war_room_person::put(&mut tx, &gone).await?;
    }
    tx.commit().await
}

/// It cannot be made; whoever asks again tries again.
async fn fail(state: &State, room_id: &str, why: &str) -> Result<Left, StoreError> {
    let now = state.world.now();
    tracing::warn!(room = room_id, why, "a war room cannot be made");
    let mut tx = state.store.begin().await?;
    let failed = store::war_room::change(&mut tx, room_id, |room| {
        let waits = room.state == RoomState::Making;
        if waits {
            room.state = RoomState::Failed;
            room.problem = why.to_owned();
            room.updated = now;
        }
        waits
    });
    if let Some(room) = failed.await? {
        let kind = TaskKind::Repaint { incident: room.incident_id.clone() };
        store::task::add(&mut tx, &room.integration, &kind, now, now).await?;
        let detail = json!({ "room": room.id, "why": why });
        let (key, incident) = (&room.integration, &room.incident_id);
        audit::write(state, &mut tx, key, &room.asked_by, "war-room-failed", incident, detail).await?;
    }
    tx.commit().await?;
    metrics::counter!("dingduty_war_rooms_total", "what" => "failed").increment(1);
    Ok(Left::Nothing)
}
