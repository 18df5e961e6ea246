//! Groups are read at DingTalk again, because events get lost: at once when a delivery was refused, otherwise each in its
//! turn, at a pace that the edition's quota bears.

use super::credential;
use super::events::change_chat;
use crate::model::chat::{Change, Chat};
use crate::model::integration::{Edition, Integration};
use crate::model::quota::Priority;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::chat::ChatState;
use dingtalk::{DingTalkError, ErrorClass, GroupStatus};
use std::time::Duration;
use world::Millis;

/// How often the turn goes on.
pub const EVERY: Duration = Duration::from_secs(3600);
/// How old the last read of a group may be before it is its turn: where the app is, and where it was removed.
const READ_AGE_MAX: Duration = Duration::from_secs(24 * 3600);
const REMOVED_AGE_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// Reads a chat's name and state at DingTalk: the install event carries no name, and events get lost.
///
/// # Errors
/// What should be tried again.
pub async fn refresh(state: &State, integration: &Integration, chat_id: &str) -> Result<(), DingTalkError> {
    let Some(chat) = chat_by_id(state, &integration.key, chat_id).await else { return Ok(()) };
    if chat.state == ChatState::Disbanded {
        return Ok(());
    }
    let client = credential::dingtalk(state, integration, Priority::Chatter);
    let mut owner = None;
    let changes = match client.group_info(&chat.open_conversation_id, chat.cool_app_code.as_deref()).await {
        Ok(info) if info.status == GroupStatus::Disbanded => vec![Change::Disbanded],
        Ok(info) => {
            owner = info.owner_user_id;
            let back = Change::Installed { robot_code: None, cool_app_code: None };
            let back = (chat.state == ChatState::Uninstalled).then_some(back);
            back.into_iter().chain(info.title.map(Change::Titled)).collect()
        }
        Err(error) if matches!(error.class, ErrorClass::NotInstalled) => vec![Change::Uninstalled],
        Err(error) if matches!(error.class, ErrorClass::ChatGone) => vec![Change::Disbanded],
        Err(error) => return Err(error),
    };
    for change in changes {
        // A read carries no event time. It must win over what it read, and lose against any event that happens after it.
        let at = match change {
            Change::Titled(_) => chat.titled_at,
            _ => Millis(chat.installed_at.0.saturating_add(1)),
        };
        if let Err(error) = change_chat(state, &integration.key, &chat.open_conversation_id, change, at).await {
            tracing::error!(%error, "a group's state was read but not stored; the next read repeats it");
        }
    }
    if let Err(error) = note_read(state, &chat, owner.as_deref()).await {
        tracing::warn!(%error, "that a group was read was not noted");
    }
    Ok(())
}

/// Orders reads of the groups whose turn it is, spread over the time until the next look.
pub async fn take_turns(state: &State, integration: &Integration) -> Result<(), StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    let most = reads_an_hour(integration.settings.edition);
    let mut tx = state.store.begin().await?;
    let (read, removed) = (now.minus(READ_AGE_MAX), now.minus(REMOVED_AGE_MAX));
    let turn = store::chat::unread_since(&mut tx, key, read, removed, most).await?;
    let step = EVERY / u32::try_from(turn.len().max(1)).unwrap_or(1);
    for (place, chat) in (0..).zip(turn) {
        let due = now.plus(step * place);
        store::task::add_if_absent(&mut tx, key, &TaskKind::RefreshChat { chat }, due, now).await?;
    }
    tx.commit().await
}

/// Orders a read of every group the app is believed to be in, within the next hour: something may have been lost.
pub async fn suspect_all(state: &State, integration: &Integration) -> Result<(), StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    let mut tx = state.store.begin().await?;
    let most = reads_an_hour(integration.settings.edition).saturating_mul(24);
    let chats = store::chat::unread_since(&mut tx, key, now, Millis(0), most).await?;
    let step = EVERY / u32::try_from(chats.len().max(1)).unwrap_or(1);
    for (place, chat) in (0..).zip(chats) {
        let due = now.plus(step * place);
        store::task::add(&mut tx, key, &TaskKind::RefreshChat { chat }, due, now).await?;
    }
    tx.commit().await
}

/// A few per cent of the edition's calls of a month (reference 10.1): 744, 29,760 and 297,600 reads.
fn reads_an_hour(edition: Edition) -> i64 {
    match edition {
        Edition::Standard => 1,
        Edition::Professional => 40,
        Edition::Exclusive => 400,
    }
}

async fn note_read(state: &State, chat: &Chat, owner: Option<&str>) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    store::chat_health::read(&mut tx, &chat.integration, &chat.id, state.world.now()).await?;
    if let Some(owner) = owner {
        store::chat_health::set_owner(&mut tx, &chat.integration, &chat.id, owner).await?;
    }
    tx.commit().await
}

async fn chat_by_id(state: &State, key: &str, chat_id: &str) -> Option<Chat> {
    let mut tx = state.store.read().await.ok()?;
    store::chat::by_id(&mut tx, key, chat_id).await.ok()?
}
