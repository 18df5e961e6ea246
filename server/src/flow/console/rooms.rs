//! War rooms for the console.

use super::moment;
use crate::flow::refusal::Refusal;
use crate::flow::war_room::{tend, view};
use crate::model::war_room::{Presence, RoomPerson, RoomState, WarRoom};
use crate::state::State;
use contract::Language;
use contract::console::rooms::{RoomRow, Rooms};

/// Rooms on a page.
const PAGE: usize = 20;
/// People who are missing in a room and are named.
const MISSING_MAX: usize = 20;

/// A page of rooms; `wanted` is the fixed name of a state, or nothing.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn page(
    state: &State,
    key: &str,
    wanted: String,
    after: String,
    language: Language,
) -> Result<Rooms, Refusal> {
    let (room_state, place) = (RoomState::from_name(&wanted), moment::place(&after));
    let misread =
        [("state", wanted.is_empty() || room_state.is_some()), ("after", after.is_empty() || place.is_some())];
    let misread = misread.into_iter().filter(|(_, fine)| !fine).map(|(name, _)| name).collect();
    let fetch = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut found = view::list(state, key, room_state, place, fetch).await?;
    let has_more = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().filter(|_| has_more).map(|(room, _)| (room.created, room.id.clone()));
    Ok(Rooms {
        state: if room_state.is_some() { wanted } else { String::new() },
        after,
        misread,
        rows: found.into_iter().map(|(room, people)| row(room, &people, language)).collect(),
        next: last.map(|place| moment::place_text(&place)),
    })
}

fn row(room: WarRoom, people: &[RoomPerson], language: Language) -> RoomRow {
    let is_live = room.state.is_live();
    let missing: Vec<&RoomPerson> = people.iter().filter(|one| is_live && one.state == Presence::Missing).collect();
    let named = missing.iter().take(MISSING_MAX);
    RoomRow {
        problem: if room.state == RoomState::Failed { view::why(&room.problem, language) } else { String::new() },
        inside: people.iter().filter(|one| one.state == Presence::In).count(),
        missing: named.map(|one| (one.name.clone(), tend::remedy(one.reason, language).to_owned())).collect(),
        more_missing: missing.len().saturating_sub(MISSING_MAX),
        state: room.state.name().to_owned(),
        can_dismiss: room.state == RoomState::Open,
        created_ms: room.created.0,
        ends_ms: room.ends.filter(|_| room.state == RoomState::Ending).map(|at| at.0),
        id: room.id,
        incident_id: room.incident_id,
        title: room.title,
        asked_by: room.asked_name,
    }
}
