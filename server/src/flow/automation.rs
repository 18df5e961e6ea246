//! What other programs may read and change of an integration.

use super::audit;
use super::refusal::Refusal;
use crate::model::chat::Chat;
use crate::model::link::{Link, LinkState};
use crate::model::subscription::{Rule, Subscription};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use contract::words::field as words;
use serde_json::json;
use world::Millis;

pub use crate::store::audit::AuditEntry;

/// A place in a list ordered by time and id.
pub type After = Option<(Millis, String)>;

/// Groups whose title contains `query`, by id.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn chats(
    state: &State,
    key: &str,
    query: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Chat>, Refusal> {
    let mut tx = read(state, key).await?;
    Ok(store::chat::list(&mut tx, key, query, after, limit).await?)
}

/// Subscriptions, by id.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn subscriptions(
    state: &State,
    key: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Subscription>, Refusal> {
    let mut tx = read(state, key).await?;
    Ok(store::subscription::list(&mut tx, key, after, limit).await?)
}

/// Sends the incidents of a rule to a group from now on.
///
/// # Errors
/// `NotFound` for an unknown integration, `InvalidField` for a group that is not one of its own.
pub async fn subscribe(
    state: &State,
    key: &str,
    chat_id: &str,
    rule: Rule,
    actor: &str,
) -> Result<Subscription, Refusal> {
    let mut tx = state.store.begin().await?;
    known(&mut tx, key).await?;
    if store::chat::by_id(&mut tx, key, chat_id).await?.is_none() {
        return Err(Refusal::field(words::no_such_chat));
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
    Ok(subscription)
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
