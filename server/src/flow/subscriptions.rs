//! Which incidents go to which group: added, changed, moved and ended, by programs, in the console, and on a group's own
//! page. Whoever changes what somebody else has changed meanwhile is told, and nothing is overwritten.

pub mod typed;

use super::refusal::Refusal;
use super::{audit, automation};
use crate::model::chat::Chat;
use crate::model::incident::Incident;
use crate::model::subscription::{Rule, Subscription};
use crate::state::State;
use crate::store::{self, Tx};
use contract::ProblemCode;
use contract::chat::ChatState;
use contract::group::{Preview, PreviewLine};
use contract::words::field as words;
use flashduty::ChannelQuery;
use serde_json::json;
use std::collections::BTreeSet;

/// Incidents that a preview names.
const PREVIEW_SHOWN: usize = 20;

/// Subscriptions, by id, each with the state of its group; only those whose group is dead if `dead`.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn list(
    state: &State,
    key: &str,
    dead: bool,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<(Subscription, ChatState)>, Refusal> {
    let mut tx = automation::read(state, key).await?;
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
pub async fn add(
    state: &State,
    key: &str,
    chat_id: &str,
    rule: Rule,
    actor: &str,
) -> Result<(Subscription, ChatState), Refusal> {
    let mut tx = state.store.begin().await?;
    automation::known(&mut tx, key).await?;
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

/// Changes what a group's subscription sends. `revision` is that of what was seen.
///
/// # Errors
/// `ChangedMeanwhile` when it was changed or removed since.
pub async fn change(
    state: &State,
    chat: &Chat,
    id: &str,
    rule: Rule,
    revision: &str,
    actor: &str,
) -> Result<(), Refusal> {
    let key = &chat.integration;
    let mut tx = state.store.begin().await?;
    let before = seen(&mut tx, chat, id, revision).await?;
    if before.rule == rule {
        return Ok(());
    }
    if !store::subscription::set_rule(&mut tx, &before, &rule).await? {
        return Err(ProblemCode::ChangedMeanwhile.into());
    }
    let detail = json!({"chat_id": chat.id, "rule": {"before": before.rule, "after": rule}});
    audit::write(state, &mut tx, key, actor, "subscription-changed", id, detail).await?;
    Ok(tx.commit().await?)
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
    automation::known(&mut tx, key).await?;
    let before = store::subscription::by_id(&mut tx, key, id).await?.ok_or(ProblemCode::NotFound)?;
    reachable(&mut tx, key, chat_id).await?;
    let after = point(state, &mut tx, before, chat_id, actor).await?;
    tx.commit().await?;
    Ok((after, ChatState::Installed))
}

/// Points all of a group's subscriptions at another group.
///
/// # Errors
/// `InvalidField` for a group that cannot be sent to.
pub async fn move_all(state: &State, from: &Chat, chat_id: &str, actor: &str) -> Result<(), Refusal> {
    let key = &from.integration;
    let mut tx = state.store.begin().await?;
    reachable(&mut tx, key, chat_id).await?;
    if from.id != chat_id {
        for one in store::subscription::of_chat(&mut tx, key, &from.id).await? {
            point(state, &mut tx, one, chat_id, actor).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Ends a subscription. `seen` is its group and the revision that was seen, where somebody looked at it.
///
/// # Errors
/// `NotFound` for an unknown integration or subscription, `ChangedMeanwhile`.
pub async fn remove(
    state: &State,
    key: &str,
    id: &str,
    looked: Option<(&Chat, &str)>,
    actor: &str,
) -> Result<(), Refusal> {
    let mut tx = state.store.begin().await?;
    automation::known(&mut tx, key).await?;
    if let Some((chat, revision)) = looked {
        seen(&mut tx, chat, id, revision).await?;
    }
    if !store::subscription::delete(&mut tx, key, id).await? {
        return Err(ProblemCode::NotFound.into());
    }
    audit::write(state, &mut tx, key, actor, "subscription-removed", id, json!({})).await?;
    Ok(tx.commit().await?)
}

/// Refuses channels that Flashduty does not show to whoever `client` speaks for. Those in `known` need no call.
///
/// # Errors
/// `InvalidField` naming them, and as Flashduty refuses.
pub async fn check_channels(
    client: &flashduty::Client,
    known: impl Iterator<Item = i64>,
    rule: &Rule,
) -> Result<(), Refusal> {
    let known: BTreeSet<i64> = known.collect();
    let mut unknown: BTreeSet<i64> = rule.channel_ids.iter().copied().filter(|id| !known.contains(id)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let channel_ids = unknown.iter().copied().collect();
    let shown = client.channel_list(&ChannelQuery { channel_ids, limit: 100, ..ChannelQuery::default() }).await?;
    for channel in shown.items.iter().filter(|one| one.status != "deleted") {
        unknown.remove(&channel.channel_id);
    }
    if unknown.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = unknown.iter().take(10).map(i64::to_string).collect();
    Err(Refusal::field(|language| words::channel_unknown(language, ids.join(", "))))
}

/// Which of these incidents, the newest first, a rule would have sent.
pub fn preview(rule: &Rule, incidents: &[(Incident, i64)]) -> Preview {
    let fitting: Vec<&(Incident, i64)> = incidents.iter().filter(|(incident, _)| rule.fits(incident)).collect();
    let line = |(incident, at_ms): &(Incident, i64)| PreviewLine {
        id: incident.id.clone(),
        num: incident.num.clone(),
        title: crate::model::text::line(&incident.title),
        channel: incident.channel_name.clone(),
        severity: incident.severity.name().to_owned(),
        at_ms: *at_ms,
    };
    Preview {
        looked: incidents.len(),
        fitting: fitting.len(),
        items: fitting.into_iter().take(PREVIEW_SHOWN).map(line).collect(),
    }
}

/// The subscription of a group, if it still is what somebody saw.
async fn seen(tx: &mut Tx, chat: &Chat, id: &str, revision: &str) -> Result<Subscription, Refusal> {
    let present = store::subscription::by_id(tx, &chat.integration, id).await?;
    let present = present.filter(|one| one.chat_id == chat.id && one.revision() == revision);
    present.ok_or_else(|| ProblemCode::ChangedMeanwhile.into())
}

/// Refuses a group that cannot be sent to.
async fn reachable(tx: &mut Tx, key: &str, chat_id: &str) -> Result<(), Refusal> {
    let chat = store::chat::by_id(tx, key, chat_id).await?;
    match chat.map(|chat| chat.state) {
        None => Err(Refusal::field(words::no_such_chat)),
        Some(ChatState::Disbanded) => Err(Refusal::field(words::chat_disbanded)),
        Some(ChatState::Uninstalled) => Err(Refusal::field(words::chat_uninstalled)),
        Some(ChatState::Installed) => Ok(()),
    }
}

async fn point(
    state: &State,
    tx: &mut Tx,
    before: Subscription,
    chat_id: &str,
    actor: &str,
) -> Result<Subscription, Refusal> {
    let key = before.integration.clone();
    if !store::subscription::set_chat(tx, &key, &before.id, chat_id).await? {
        return Err(ProblemCode::NotFound.into());
    }
    let detail = json!({"chat_id": {"before": before.chat_id, "after": chat_id}});
    audit::write(state, tx, &key, actor, "subscription-replaced", &before.id, detail).await?;
    Ok(Subscription { chat_id: chat_id.to_owned(), ..before })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_names_the_newest_that_fit_and_counts_the_others() {
        let incidents: Vec<(Incident, i64)> = (0..50)
            .map(|n| (Incident { channel_id: n % 2, num: n.to_string(), ..Incident::empty("i") }, 100 - n))
            .collect();
        let preview = preview(&Rule { channel_ids: vec![1], ..Rule::default() }, &incidents);
        assert_eq!((preview.looked, preview.fitting, preview.items.len()), (50, 25, 20));
        assert_eq!((preview.items[0].num.as_str(), preview.items[0].at_ms), ("1", 99));
    }
}
