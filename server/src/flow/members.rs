//! Who is in a group: read at DingTalk and remembered for a while, for all who ask. Each page of members is a counted
//! call, and when a service is down a whole group looks at once.

use super::credential;
use super::refusal::Refusal;
use crate::model::chat::Chat;
use crate::model::integration::Integration;
use crate::model::quota::Priority;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::ProblemCode;
use dingtalk::{DingTalkError, ErrorClass};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use world::Millis;

/// Members a page has, and pages that are read: a group has 1,000 members at most (reference 8.1).
const MEMBERS_A_PAGE: u32 = 100;
const PAGES_MAX: usize = 10;
/// Who is not among those read this long ago may have come since.
const ABSENCE_LIFETIME: Duration = Duration::from_secs(30);

/// The members of a group, as they were at a time.
pub struct Members {
    user_ids: HashSet<String>,
    read: Millis,
}

/// Whether somebody is in a group.
///
/// # Errors
/// `ChatUnknown` once the cool app is not in the group any more, `HeldByQuota`, `DingtalkDown`.
pub async fn has(state: &State, integration: &Integration, chat: &Chat, user_id: &str) -> Result<bool, Refusal> {
    let place = (integration.key.clone(), chat.open_conversation_id.clone());
    let _one_at_a_time = state.caches.refreshes.lock(format!("members/{}/{}", place.0, chat.id)).await;
    let now = state.world.now();
    if let Some(known) = state.caches.members.get(&place, now) {
        let is_in = known.user_ids.contains(user_id);
        if is_in || now.since(known.read) < ABSENCE_LIFETIME {
            return Ok(is_in);
        }
    }
    let user_ids = match read(state, integration, chat).await {
        Ok(user_ids) => user_ids,
        Err(error) if matches!(error.class, ErrorClass::NotInstalled | ErrorClass::ChatGone) => {
            suspect(state, chat).await?;
            return Err(ProblemCode::ChatUnknown.into());
        }
        Err(error) => {
            tracing::warn!(class = error.class.name(), code = error.code, "a group's members could not be read");
            return Err((&error).into());
        }
    };
    let is_in = user_ids.contains(user_id);
    state.caches.members.put(place, Arc::new(Members { user_ids, read: now }), now);
    Ok(is_in)
}

/// Everybody in a group as far as that is known or can be read; nobody where DingTalk does not say.
pub async fn of(state: &State, integration: &Integration, chat: &Chat) -> Vec<String> {
    let place = (integration.key.clone(), chat.open_conversation_id.clone());
    let now = state.world.now();
    if let Some(known) = state.caches.members.get(&place, now) {
        return known.user_ids.iter().cloned().collect();
    }
    match read(state, integration, chat).await {
        Ok(user_ids) => {
            let members = Arc::new(Members { user_ids, read: now });
            state.caches.members.put(place, Arc::clone(&members), now);
            members.user_ids.iter().cloned().collect()
        }
        Err(error) => {
            tracing::info!(class = error.class.name(), code = error.code, "a group's members could not be read");
            Vec::new()
        }
    }
}

async fn read(state: &State, integration: &Integration, chat: &Chat) -> Result<HashSet<String>, DingTalkError> {
    let client = credential::dingtalk(state, integration, Priority::State);
    let (conversation, code) = (&chat.open_conversation_id, chat.cool_app_code.as_deref());
    let (mut user_ids, mut next) = (HashSet::new(), None::<String>);
    for _ in 0..PAGES_MAX {
        let page = client.group_members(conversation, code, MEMBERS_A_PAGE, next.as_deref()).await?;
        user_ids.extend(page.user_ids);
        next = page.next_token;
        if next.is_none() {
            if let Err(error) = count(state, chat, user_ids.len()).await {
                tracing::warn!(%error, "the number of a group's members was not noted");
            }
            break;
        }
    }
    Ok(user_ids)
}

async fn count(state: &State, chat: &Chat, members: usize) -> Result<(), StoreError> {
    let members = i64::try_from(members).unwrap_or(i64::MAX);
    let mut tx = state.store.begin().await?;
    if store::chat_health::get(&mut tx, &chat.id).await?.members != Some(members) {
        store::chat_health::members(&mut tx, &chat.integration, &chat.id, members).await?;
    }
    tx.commit().await
}

/// An event was lost: the group is looked at.
pub(super) async fn suspect(state: &State, chat: &Chat) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let kind = TaskKind::RefreshChat { chat: chat.id.clone() };
    store::task::add(&mut tx, &chat.integration, &kind, now, now).await?;
    tx.commit().await?;
    state.wake();
    Ok(())
}
