//! What other programs may read and change of an integration.

use super::audit;
use super::refusal::Refusal;
use crate::model::link::{Link, LinkState};
use crate::model::subscription::{Rule, Subscription};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use contract::chat::ChatState;
use contract::words::field as words;
use serde_json::json;
use world::Millis;

pub use crate::store::audit::AuditEntry;

/// A place in a list ordered by time and id.
pub type After = Option<(Millis, String)>;

/// Subscriptions, by id, each with the state of its group; only those whose group is dead if `dead`.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn subscriptions(
    state: &State,
    key: &str,
    dead: bool,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<(Subscription, ChatState)>, Refusal> {
    let mut tx = read(state, key).await?;
    let mut found = Vec::new();
    for one in store::subscription::list(&mut tx, key, dead, after, limit).await? {
        let chat = store::chat::by_id(&mut tx, key, &one.chat_id).await?;
        found.push((one, chat.map_or(ChatState::Disbanded, |chat| chat.state)));
    }
    Ok(found)
}

/// Sends the incidents of a rule to a group from now on.
///
/// # Errors
/// `NotFound` for an unknown integration, `InvalidField` for a group that is not one of its own or was disbanded.
pub async fn subscribe(
    state: &State,
    key: &str,
    chat_id: &str,
    rule: Rule,
    actor: &str,
) -> Result<(Subscription, ChatState), Refusal> {
    let mut tx = state.store.begin().await?;
    known(&mut tx, key).await?;
    let chat = store::chat::by_id(&mut tx, key, chat_id).await?;
    let chat = chat.ok_or_else(|| Refusal::field(words::no_such_chat))?;
    if chat.state == ChatState::Disbanded {
        return Err(Refusal::field(words::chat_disbanded));
    }
    let subscription = Subscription {
        id: state.world.id(),
        integration: key.to_owned(),
        chat_id: chat_id.to_owned(),
        rule,
        created: state.world.now(),
    };
    store::subscription::insert(&mut tx, &subscription).await?;
    let detail = json!({"chat_id": chat_id, "rule": subscription.rule});
    audit::write(state, &mut tx, key, actor, "subscription-added", &subscription.id, detail).await?;
    tx.commit().await?;
    Ok((subscription, chat.state))
}

/// Points a subscription at another group, as when its own is dead. What it sends stays as it is.
///
/// # Errors
/// `NotFound` for an unknown integration or subscription, `InvalidField` for a group that cannot be sent to.
pub async fn replace(
    state: &State,
    key: &str,
    id: &str,
    chat_id: &str,
    actor: &str,
) -> Result<(Subscription, ChatState), Refusal> {
    let mut tx = state.store.begin().await?;
    known(&mut tx, key).await?;
    let before = store::subscription::by_id(&mut tx, key, id).await?.ok_or(ProblemCode::NotFound)?;
    let chat = store::chat::by_id(&mut tx, key, chat_id).await?;
    match chat.map(|chat| chat.state) {
        None => return Err(Refusal::field(words::no_such_chat)),
        Some(ChatState::Disbanded) => return Err(Refusal::field(words::chat_disbanded)),
        Some(ChatState::Uninstalled) => return Err(Refusal::field(words::chat_uninstalled)),
        Some(ChatState::Installed) => {}
    }
    if !store::subscription::set_chat(&mut tx, key, id, chat_id).await? {
        return Err(ProblemCode::NotFound.into());
    }
    let detail = json!({"chat_id": {"before": before.chat_id, "after": chat_id}});
    audit::write(state, &mut tx, key, actor, "subscription-replaced", id, detail).await?;
    tx.commit().await?;
    Ok((Subscription { chat_id: chat_id.to_owned(), ..before }, ChatState::Installed))
}

/// Ends a subscription.
///
/// # Errors
/// `NotFound` for an unknown integration or subscription.
pub async fn unsubscribe(state: &State, key: &str, id: &str, actor: &str) -> Result<(), Refusal> {
    let mut tx = state.store.begin().await?;
    known(&mut tx, key).await?;
    if !store::subscription::delete(&mut tx, key, id).await? {
        return Err(ProblemCode::NotFound.into());
    }
    audit::write(state, &mut tx, key, actor, "subscription-removed", id, json!({})).await?;
    Ok(tx.commit().await?)
}

/// Links of people, newest first.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn links(
    state: &State,
    key: &str,
    link_state: Option<LinkState>,
    after: After,
    limit: i64,
) -> Result<Vec<Link>, Refusal> {
    let mut tx = read(state, key).await?;
    Ok(store::link::list(&mut tx, key, link_state, after, limit).await?)
}

/// The audit log, newest first.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn audit(state: &State, key: &str, after: After, limit: i64) -> Result<Vec<AuditEntry>, Refusal> {
    let mut tx = read(state, key).await?;
    Ok(store::audit::list(&mut tx, key, after, limit).await?)
}

pub(super) async fn read(state: &State, key: &str) -> Result<Tx, Refusal> {
    let mut tx = state.store.read().await?;
    known(&mut tx, key).await?;
    Ok(tx)
}

pub(super) async fn known(tx: &mut Tx, key: &str) -> Result<(), Refusal> {
    let found: Result<_, StoreError> = store::integration::by_key(tx, key).await;
    found?.map(drop).ok_or_else(|| ProblemCode::NotFound.into())
}
