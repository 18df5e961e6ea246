//! How rooms end: dismissed after a countdown, or disbanded by hand. Closing the incident ends none.

use super::{Asker, client, is_passing, say};
use crate::flow::audit;
use crate::flow::refusal::Refusal;
use crate::flow::repaint::Left;
use crate::model::integration::Integration;
use crate::model::mention::Note;
use crate::model::quota::Priority;
use crate::model::task::TaskKind;
use crate::model::text;
use crate::model::war_room::{COUNTDOWN, RoomState, WarRoom};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use contract::words::war_room as words;
use dingtalk::{DingTalkError, ErrorClass, GroupStatus};
use serde_json::json;

/// Begins the countdown of a room. It is told to everybody in it.
///
/// # Errors
/// `NoWarRoom`.
pub async fn dismiss(
    state: &State,
    integration: &Integration,
    room: &WarRoom,
    asker: &Asker,
) -> Result<WarRoom, Refusal> {
    let now = state.world.now();
    let ends = now.plus(COUNTDOWN);
    let mut tx = state.store.begin().await?;
    let ending = store::war_room::change(&mut tx, &room.id, |room| {
        let is_open = room.state == RoomState::Open;
        if is_open {
            room.state = RoomState::Ending;
            (room.ends, room.updated) = (Some(ends), now);
            room.ended_by.clone_from(&asker.name);
        }
        is_open
    });
    let Some(ending) = ending.await? else { return already(&mut tx, room, RoomState::Ending).await };
    let key = &integration.key;
    store::task::add(&mut tx, key, &TaskKind::EndRoom { room: room.id.clone() }, ends, now).await?;
    let settings = &integration.settings;
    let at = text::clock(ends, now, &settings.time_zone);
    let line = words::ends_at(settings.language, text::line(&asker.name), at);
    say(state, &mut tx, &ending, &format!("ends {}", ends.0), plain(&line)).await?;
    let detail = json!({ "room": room.id });
    audit::write(state, &mut tx, key, &asker.user_id, "war-room-dismissed", &room.incident_id, detail).await?;
    tx.commit().await?;
    state.wake();
    Ok(ending)
}

/// Ends the countdown: the room stays.
///
/// # Errors
/// `NoWarRoom`.
pub async fn keep(state: &State, integration: &Integration, room: &WarRoom, asker: &Asker) -> Result<WarRoom, Refusal> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let kept = store::war_room::change(&mut tx, &room.id, |room| {
        let is_ending = room.state == RoomState::Ending && room.ends.is_none_or(|ends| ends > now);
        if is_ending {
            room.state = RoomState::Open;
            (room.ends, room.updated) = (None, now);
            room.ended_by.clear();
        }
        is_ending
    });
    let Some(kept) = kept.await? else { return already(&mut tx, room, RoomState::Open).await };
    let key = &integration.key;
    let end = TaskKind::EndRoom { room: room.id.clone() };
    store::task::remove(&mut tx, &end.dedup(key)).await?;
    let line = words::kept_by(integration.settings.language, text::line(&asker.name));
    say(state, &mut tx, &kept, &format!("kept {}", now.0), plain(&line)).await?;
    let detail = json!({ "room": room.id });
    audit::write(state, &mut tx, key, &asker.user_id, "war-room-kept", &room.incident_id, detail).await?;
    tx.commit().await?;
    state.wake();
    Ok(kept)
}

/// Somebody was faster; that is fine where it is so already.
async fn already(tx: &mut Tx, room: &WarRoom, wanted: RoomState) -> Result<WarRoom, Refusal> {
    let present = store::war_room::by_id(tx, &room.id).await?;
    present.filter(|room| room.state == wanted).ok_or_else(|| ProblemCode::NoWarRoom.into())
}

fn plain(line: &str) -> Note {
    Note { title: line.to_owned(), text: crate::model::markdown::line(line) }
}

/// Disbands a room whose countdown has ended.
pub async fn finish(state: &State, integration: &Integration, room_id: &str) -> Result<Left, StoreError> {
    let mut tx = state.store.read().await?;
    let Some(room) = store::war_room::by_id(&mut tx, room_id).await? else { return Ok(Left::Nothing) };
    drop(tx);
    let (RoomState::Ending, Some(ends), Some(conversation)) = (room.state, room.ends, &room.open_conversation_id)
    else {
        return Ok(Left::Nothing);
    };
    if state.world.now() < ends {
        return Ok(Left::Until(ends));
    }
    match client(state, integration, Priority::State).disband_scene_group(conversation).await {
        Ok(()) => {
            over(state, &room, &room.ended_by).await?;
            Ok(Left::Nothing)
        }
        Err(DingTalkError { class: ErrorClass::Held(held), .. }) => Ok(Left::Until(held.until)),
        Err(error) if is_passing(&error.class) => Ok(Left::Again),
        // An earlier try may have ended it without an answer.
        Err(_) if look(state, integration, &room).await? => Ok(Left::Nothing),
        Err(error) => {
            tracing::warn!(class = error.class.name(), code = error.code, "a war room cannot be dismissed");
            Ok(Left::Again)
        }
    }
}

/// Looks whether a room's group still exists; if not, the room is over. True when it is.
pub async fn look(state: &State, integration: &Integration, room: &WarRoom) -> Result<bool, StoreError> {
    let Some(conversation) = &room.open_conversation_id else { return Ok(false) };
    let gone = match client(state, integration, Priority::State).group_info(conversation, None).await {
        Ok(info) => info.status == GroupStatus::Disbanded,
        Err(error) => error.class == ErrorClass::ChatGone,
    };
    if gone {
        over(state, room, &room.ended_by).await?;
    }
    Ok(gone)
}

async fn over(state: &State, room: &WarRoom, by: &str) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    over_in(state, &mut tx, room, by).await?;
    tx.commit().await?;
    state.wake();
    Ok(())
}

/// A room is gone: cards stop offering it, and a new one can be made. `by` is empty where nobody here wanted it.
pub async fn over_in(state: &State, tx: &mut Tx, room: &WarRoom, by: &str) -> Result<(), StoreError> {
    let now = state.world.now();
    let gone = store::war_room::change(tx, &room.id, |room| {
        let was_there = room.state != RoomState::Gone;
        if was_there {
            room.state = RoomState::Gone;
            (room.ends, room.updated) = (None, now);
            room.ended_by = by.to_owned();
        }
        was_there
    });
    if gone.await?.is_none() {
        return Ok(());
    }
    let key = &room.integration;
    store::task::add(tx, key, &TaskKind::Repaint { incident: room.incident_id.clone() }, now, now).await?;
    let detail = json!({ "room": room.id, "by_hand": by.is_empty() });
    metrics::counter!("dingduty_war_rooms_total", "what" => "ended").increment(1);
    audit::write(state, tx, key, by, "war-room-gone", &room.incident_id, detail).await
}
