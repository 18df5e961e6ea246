//! What DingTalk's events tell of rooms. They are no groups of the cool app, so they do not appear among those.

use super::end;
use crate::model::war_room::WarRoom;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use dingtalk::event::EventKind;

/// Takes an event if it is about a room. False when it is about something else.
pub async fn hear(state: &State, tx: &mut Tx, key: &str, event: &EventKind) -> Result<bool, StoreError> {
    let Some(conversation) = conversation(event) else { return Ok(false) };
    let Some(room) = store::war_room::by_conversation(tx, key, conversation).await? else { return Ok(false) };
    let now = state.world.now();
    let mut moved: (Vec<&String>, bool) = (Vec::new(), false);
    match event {
        EventKind::Disbanded { .. } => {
            // Our own disbanding comes back as an event, too.
            end::over_in(state, tx, &room, &room.ended_by).await?;
        }
        EventKind::TitleChanged { title, .. } if !is_ours(&room, title) => {
            store::war_room::change(tx, &room.id, |room| {
                room.title.clone_from(title);
                room.titled_by_hand = true;
                room.updated = now;
                true
            })
            .await?;
        }
        EventKind::MembersAdded { user_ids, .. } => moved = (user_ids.iter().collect(), true),
        EventKind::MembersRemoved { user_ids, .. } => moved = (user_ids.iter().collect(), false),
        EventKind::MemberQuit { user_id, .. } => moved = (user_id.iter().collect(), false),
        _ => {}
    }
    for user_id in moved.0 {
        store::war_room_person::moved(tx, &room.id, user_id, moved.1, now).await?;
    }
    Ok(true)
}

/// Titles that we give begin with the incident's number; one may come back after the next was given.
fn is_ours(room: &WarRoom, title: &str) -> bool {
    let number = room.title.split(' ').next().unwrap_or_default();
    title == room.title || (!room.titled_by_hand && number.starts_with('#') && title.starts_with(&format!("{number} ")))
}

fn conversation(event: &EventKind) -> Option<&str> {
    match event {
        EventKind::TitleChanged { open_conversation_id, .. }
        | EventKind::Disbanded { open_conversation_id, .. }
        | EventKind::OwnerChanged { open_conversation_id, .. }
        | EventKind::MembersAdded { open_conversation_id, .. }
        | EventKind::MembersRemoved { open_conversation_id, .. }
        | EventKind::MemberQuit { open_conversation_id, .. } => Some(open_conversation_id),
        _ => None,
    }
}
