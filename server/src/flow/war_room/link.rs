//! The link to a room, posted once as a comment on its incident, which causes no webhooks (`mute_reply`).

use crate::flow::repaint::Left;
use crate::flow::{Refusal, address, credential};
use crate::model::integration::Integration;
use crate::model::markdown;
use crate::model::war_room::{Posted, WarRoom};
use crate::state::State;
use crate::store::{self, StoreError};
use contract::paths;
use contract::words::war_room as words;
use flashduty::{Client, FlashdutyError};

/// Newest comments looked through for one of ours.
const ROWS: u32 = 50;

/// Posts it, unless it is there.
pub async fn post(state: &State, integration: &Integration, room_id: &str) -> Result<Left, StoreError> {
    let mut tx = state.store.read().await?;
    let Some(room) = store::war_room::by_id(&mut tx, room_id).await? else { return Ok(Left::Nothing) };
    let link = store::link::by_user(&mut tx, &integration.key, &room.asked_by).await?;
    drop(tx);
    if room.link_posted == Posted::Done || !room.state.is_live() {
        return Ok(Left::Nothing);
    }
    let service = credential::service(state, integration);
    let url = address::page(state, paths::WAR_ROOM, &[&integration.key, &room.incident_id]);
    if room.link_posted == Posted::Unclear {
        match is_there(&service, &room, &url).await {
            Ok(true) => return settle(state, room_id, Posted::Done).await,
            Ok(false) => {}
            Err(error) => return again_if_passing(state, room_id, error).await,
        }
    }
    settle(state, room_id, Posted::Unclear).await?;
    let caption = markdown::link(&room.title, &url).unwrap_or_else(|| url.clone());
    let text = words::link_comment(integration.settings.language, caption);
    // As whoever asked for the room, where we may speak for them.
    if let Some(link) = &link
        && let Ok(person) = credential::person(state, integration, link).await
    {
        match person.comment(&room.incident_id, &text, true).await {
            Ok(()) => return settle(state, room_id, Posted::Done).await,
            Err(error) if error.may_have_happened() => return Ok(Left::Again),
            Err(error) => tracing::info!(code = error.code, "a war room's link is posted by the service instead"),
        }
    }
    match service.comment(&room.incident_id, &text, true).await {
        Ok(()) => settle(state, room_id, Posted::Done).await,
        Err(error) if error.may_have_happened() => Ok(Left::Again),
        Err(error) => again_if_passing(state, room_id, error).await,
    }
}

async fn is_there(client: &Client, room: &WarRoom, url: &str) -> Result<bool, FlashdutyError> {
    let feed = client.feed_of_kinds(&room.incident_id, &["i_comm"], ROWS).await?;
    // Of a room before this one there may be an older comment with the same address.
    Ok(feed.items.iter().any(|item| item.at >= room.told && item.text("comment").contains(url)))
}

/// A link that Flashduty refuses for good is not worth more.
async fn again_if_passing(state: &State, room_id: &str, error: FlashdutyError) -> Result<Left, StoreError> {
    tracing::info!(code = error.code, "a war room's link is not on its incident yet");
    if Refusal::from(error).is_passing() { Ok(Left::Again) } else { settle(state, room_id, Posted::Done).await }
}

async fn settle(state: &State, room_id: &str, posted: Posted) -> Result<Left, StoreError> {
    let mut tx = state.store.begin().await?;
    store::war_room::change(&mut tx, room_id, |room| {
        let changed = room.link_posted != posted;
        room.link_posted = posted;
        changed
    })
    .await?;
    tx.commit().await?;
    Ok(Left::Nothing)
}
