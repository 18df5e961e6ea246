//! Coming into a room: by oneself, or invited by somebody who is looking at it.

use super::{Asker, client, end, find};
use crate::flow::credential;
use crate::flow::refusal::{Refusal, Said};
use crate::model::incident::Responder;
use crate::model::integration::Integration;
use crate::model::quota::Priority;
use crate::model::task::TaskKind;
use crate::model::war_room::{Presence, RoomPerson, RoomState, WarRoom, member_key, user_key};
use crate::state::State;
use crate::store::{self, StoreError};
use contract::ProblemCode;
use contract::words::{field as words_of_fields, war_room as words};
use dingtalk::{DingTalkError, ErrorClass};
use std::time::Duration;

/// How long Flashduty may take to say who somebody is.
const NAME_TIMEOUT: Duration = Duration::from_secs(5);

/// Brings somebody into an incident's room at once.
///
/// # Errors
/// `NoWarRoom`, `DingtalkDown` where DingTalk does not take them now.
pub async fn join(
    state: &State,
    integration: &Integration,
    incident_id: &str,
    asker: &Asker,
) -> Result<WarRoom, Refusal> {
    let mut tx = state.store.read().await?;
    let room = store::war_room::newest(&mut tx, &integration.key, incident_id).await?;
    let room = room.filter(|room| room.state.is_live()).ok_or(ProblemCode::NoWarRoom)?;
    let people = store::war_room_person::of_room(&mut tx, &room.id).await?;
    let link = store::link::by_user(&mut tx, &integration.key, &asker.user_id).await?;
    drop(tx);
    let is_me = |one: &&RoomPerson| one.user_id.as_deref() == Some(asker.user_id.as_str());
    let known = people.iter().find(is_me);
    if known.is_some_and(|one| one.state == Presence::In) {
        return Ok(room);
    }
    let conversation = room.open_conversation_id.clone().ok_or(ProblemCode::NoWarRoom)?;
    let client = client(state, integration, Priority::Page);
    if let Err(error) = client.add_scene_members(&conversation, std::slice::from_ref(&asker.user_id)).await {
        return Err(refusal(state, integration, &room, error).await?);
    }
    let person = match (known, link) {
        (Some(known), _) => known.person.clone(),
        (None, Some(link)) => member_key(link.member.member_id),
        (None, None) => user_key(&asker.user_id),
    };
    let person = RoomPerson {
        room_id: room.id.clone(),
        person,
        user_id: Some(asker.user_id.clone()),
        name: asker.name.clone(),
        state: Presence::In,
        reason: None,
        updated: state.world.now(),
    };
    let mut tx = state.store.begin().await?;
    store::war_room_person::enter(&mut tx, &person).await?;
    tx.commit().await?;
    Ok(room)
}

/// Why somebody could not be brought in. Perhaps the group is gone, and nobody here has heard of it.
async fn refusal(
    state: &State,
    integration: &Integration,
    room: &WarRoom,
    error: DingTalkError,
) -> Result<Refusal, StoreError> {
    tracing::info!(class = error.class.name(), code = error.code, "somebody could not join a war room");
    if room.is_young(state.world.now()) {
        let message = Some(Said::ours(words::settling));
        return Ok(Refusal { code: ProblemCode::DingtalkDown, message, cause: None });
    }
    let is_final = matches!(error.class, ErrorClass::Refused | ErrorClass::ChatGone | ErrorClass::UnknownPerson);
    if is_final && end::look(state, integration, room).await? {
        return Ok(ProblemCode::NoWarRoom.into());
    }
    Ok(Refusal::told(ProblemCode::DingtalkDown, error.code))
}

/// Invites a member of the account. They come in with the next look at the room.
///
/// # Errors
/// `NoWarRoom`, `InvalidField` for whom Flashduty does not know, and as it refuses.
pub async fn invite(
    state: &State,
    integration: &Integration,
    incident_id: &str,
    member_id: i64,
) -> Result<WarRoom, Refusal> {
    let (key, now) = (&integration.key, state.world.now());
    let mut tx = state.store.read().await?;
    let room = store::war_room::newest(&mut tx, key, incident_id).await?;
    drop(tx);
    let room = room.filter(|room| room.state == RoomState::Open).ok_or(ProblemCode::NoWarRoom)?;
    // The room is told who is missing, so the name is Flashduty's, not whatever was sent with the request.
    let known = credential::service(state, integration).within(NAME_TIMEOUT).person_infos(&[member_id]).await?;
    let known = known.into_iter().find(|person| person.person_id == member_id);
    let name = known.ok_or_else(|| Refusal::field(words_of_fields::no_such_member))?.name;
    let responder = Responder { member_id, name, acknowledged: None };
    let people = find::responders(state, integration, &room, &[responder]).await?;
    let mut tx = state.store.begin().await?;
    for person in &people {
        store::war_room_person::put(&mut tx, person).await?;
    }
    store::task::add(&mut tx, key, &TaskKind::TendRoom { room: room.id.clone() }, now, now).await?;
    tx.commit().await?;
    state.wake();
    Ok(room)
}
