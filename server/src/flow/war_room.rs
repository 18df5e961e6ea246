//! War rooms: one DingTalk group for an incident. Asked for by anybody who can act on it, from a card, a page or
//! Flashduty's console; made once, whoever asks how often; looked after until somebody dismisses it.
//!
//! `make` brings the group into being, `find` knows who is who, `tend` keeps people, title and news up to date, `link`
//! posts where it is on the incident, `end` and `hear` know how it ends.

pub mod action;
pub mod end;
mod find;
pub mod hear;
pub mod join;
pub mod link;
pub mod make;
mod news;
pub mod tend;
pub mod view;

use super::deliver::ended::Ended;
use super::refusal::Refusal;
use super::{audit, credential};
use crate::model::delivery::{Delivery, Outcome, Target};
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::mention::Note;
use crate::model::quota::Priority;
use crate::model::task::TaskKind;
use crate::model::war_room::{OnCard, RoomState, WarRoom, objection};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use dingtalk::{CardSpace, Client, DingTalkError, ErrorClass};
use serde_json::json;
use std::time::Duration;
use world::Millis;

/// The reason of the delivery that brings the incident's card into its room.
pub const REASON: &str = "war room";
/// How long what happens is gathered before the room is told, so that a busy room stays readable.
const GATHERED_FOR: Duration = Duration::from_secs(10);
/// How long a card stays at the top of a room: longer than any incident.
const TOP_FOR: Duration = Duration::from_secs(365 * 24 * 3600);

/// Who asks for something about a room.
#[derive(Clone, Debug, Default)]
pub struct Asker {
    /// In DingTalk; empty where nobody there is known.
    pub user_id: String,
    pub name: String,
}

impl Asker {
    /// The person of a link.
    pub fn of(link: &Link) -> Self {
        Self { user_id: link.employee.user_id.clone(), name: link.employee.name.clone() }
    }
}

/// Whether the integration has what rooms are made from.
pub fn is_on(integration: &Integration) -> bool {
    let settings = &integration.settings;
    settings.war_room_template_id.is_some() && settings.war_room_bot_id.is_some()
}

/// What an incident's cards offer about its room.
pub async fn on_card(tx: &mut Tx, integration: &Integration, incident: &Incident) -> Result<OnCard, StoreError> {
    if !is_on(integration) {
        return Ok(OnCard::Nothing);
    }
    let newest = store::war_room::newest(tx, &integration.key, &incident.id).await?;
    Ok(OnCard::of(incident, newest.map(|room| room.state), true))
}

/// Asks for an incident's room: the one that is there, or a new one that is made in a moment.
///
/// # Errors
/// `WarRoomsOff`, `IncidentGone`, `AlreadyClosed`, `NoResponders`.
pub async fn ask(
    state: &State,
    integration: &Integration,
    incident_id: &str,
    asker: &Asker,
) -> Result<WarRoom, Refusal> {
    let mut tx = state.store.begin().await?;
    let mirror = store::incident::get(&mut tx, &integration.key, incident_id).await?;
    let mirror = mirror.ok_or(ProblemCode::IncidentGone)?;
    let room = ask_in(state, &mut tx, integration, &mirror.incident, asker).await??;
    tx.commit().await?;
    state.wake();
    Ok(room)
}

/// The same within a transaction.
pub async fn ask_in(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    incident: &Incident,
    asker: &Asker,
) -> Result<Result<WarRoom, ProblemCode>, StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    if !is_on(integration) {
        return Ok(Err(ProblemCode::WarRoomsOff));
    }
    let newest = store::war_room::newest(tx, key, &incident.id).await?;
    if let Some(room) = newest.as_ref().filter(|room| room.state.is_live() || room.state == RoomState::Making) {
        return Ok(Ok(room.clone()));
    }
    if let Some(code) = objection(incident) {
        return Ok(Err(code));
    }
    let room = match newest {
        // The same one is tried again: perhaps DingTalk made it after all.
        Some(failed) if failed.state == RoomState::Failed => {
            let again = |room: &mut WarRoom| {
                room.state = RoomState::Making;
                room.problem.clear();
                room.asked_by.clone_from(&asker.user_id);
                room.asked_name.clone_from(&asker.name);
                room.updated = now;
                true
            };
            store::war_room::change(tx, &failed.id, again).await?.unwrap_or(failed)
        }
        newest => {
            let generation = newest.map_or(1, |gone| gone.generation + 1);
            let asked = (asker.user_id.as_str(), asker.name.as_str());
            let mut room = WarRoom::ask(state.world.id(), (key, &incident.id), generation, asked, now);
            // By Flashduty's clock: only what happens from now on is told.
            room.told = incident.last_act.as_ref().map_or(incident.updated, |act| act.at.max(incident.updated));
            if !store::war_room::insert(tx, &room).await? {
                // Somebody else asked at the same moment.
                let theirs = store::war_room::newest(tx, key, &incident.id).await?;
                return theirs.map(Ok).ok_or(StoreError::Conflict);
            }
            room
        }
    };
    store::task::add(tx, key, &TaskKind::MakeRoom { room: room.id.clone() }, now, now).await?;
    let detail = json!({ "room": room.id, "generation": room.generation });
    audit::write(state, tx, key, &asker.user_id, "war-room-asked", &incident.id, detail).await?;
    Ok(Ok(room))
}

/// The room of an incident that is there, or was.
///
/// # Errors
/// `NoWarRoom`.
pub async fn newest(state: &State, integration: &Integration, incident_id: &str) -> Result<WarRoom, Refusal> {
    let mut tx = state.store.read().await?;
    let room = store::war_room::newest(&mut tx, &integration.key, incident_id).await?;
    room.ok_or_else(|| ProblemCode::NoWarRoom.into())
}

/// An incident changed: its room is looked after once what happens has been gathered for a while.
pub async fn follow_up(tx: &mut Tx, key: &str, incident: &Incident, now: Millis) -> Result<(), StoreError> {
    let newest = store::war_room::newest(tx, key, &incident.id).await?;
    if let Some(room) = newest.filter(|room| room.state.is_live()) {
        let kind = TaskKind::TendRoom { room: room.id };
        store::task::add(tx, key, &kind, now.plus(GATHERED_FOR), now).await?;
    }
    Ok(())
}

/// Somebody has linked: rooms that miss them want them now.
pub async fn linked(tx: &mut Tx, link: &Link, now: Millis) -> Result<(), StoreError> {
    let person = crate::model::war_room::member_key(link.member.member_id);
    for room in store::war_room::missing(tx, &link.integration, &person).await? {
        store::task::add(tx, &link.integration, &TaskKind::TendRoom { room }, now, now).await?;
    }
    Ok(())
}

/// Where the card of a room is shown.
///
/// # Errors
/// There is no such place any more.
pub fn space(room: Option<&WarRoom>, now: Millis) -> Result<CardSpace, Outcome> {
    let room = room.filter(|room| room.state.is_live()).ok_or(Outcome::ChatGone)?;
    let open_conversation_id = room.open_conversation_id.clone().ok_or(Outcome::ChatGone)?;
    Ok(CardSpace::Room { open_conversation_id, top_until: Some(now.plus(TOP_FOR)) })
}

/// How sending into a room ended: while its template and bot may be on their way, a refusal only means "not yet".
pub fn patiently(ended: Ended, room: Option<&WarRoom>, now: Millis) -> Ended {
    let young = room.is_some_and(|room| room.state.is_live() && room.is_young(now));
    match ended.outcome {
        Outcome::Refused | Outcome::BotUnusable | Outcome::MissingScope | Outcome::NotInstalled if young => {
            Ended { outcome: Outcome::Busy, ..ended }
        }
        _ => ended,
    }
}

/// Whether a whole call was refused for the place at the top of the group that it also asks for.
pub fn is_about_the_top(error: &DingTalkError) -> bool {
    let code = error.code.to_ascii_lowercase();
    !error.by_space && (code.starts_with("param.openspace") || code.starts_with("param.opendeliver"))
}

/// A client for calls about rooms that matter so much.
fn client(state: &State, integration: &Integration, priority: Priority) -> Client {
    credential::dingtalk(state, integration, priority)
}

/// Whether a refused call may go well in a moment.
fn is_passing(class: &ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::Throttled { .. }
            | ErrorClass::Banned
            | ErrorClass::QuotaSpent { .. }
            | ErrorClass::Held(_)
            | ErrorClass::TokenRefused
            | ErrorClass::Busy
            | ErrorClass::Unsettled
            | ErrorClass::Unreachable
            | ErrorClass::Unclear
    )
}

/// The bot says something in a room, once for each `reason`.
async fn say(state: &State, tx: &mut Tx, room: &WarRoom, reason: &str, note: Note) -> Result<(), StoreError> {
    let (key, now) = (&room.integration, state.world.now());
    let owner = (key.as_str(), room.incident_id.as_str());
    let mut delivery = Delivery::new(state.world.id(), owner, Target::Room(room.id.clone()), reason, now);
    delivery.target_name.clone_from(&room.title);
    delivery.text.clone_from(&note.title);
    if store::delivery::insert(tx, &delivery).await? {
        store::note::insert(tx, &delivery.id, &note, now).await?;
        store::task::add(tx, key, &TaskKind::Deliver { delivery: delivery.id }, now, now).await?;
    }
    Ok(())
}
