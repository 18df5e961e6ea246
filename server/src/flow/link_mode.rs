//! Link mode: a message cannot be changed, so a group that was told of an incident by a message hears by another that it
//! is acknowledged, snoozed, closed, or something else. By the subscription's rule, what changes within a minute together,
//! and near the end of the month's quota more seldom. People are not told one by one: that would be a counted call for
//! each, for what their page and the group show anyway.

use super::quota::report;
use super::{address, notify};
use crate::model::card::{self, Card};
use crate::model::delivery::{Delivery, DeliveryState, Target};
use crate::model::incident::Mirror;
use crate::model::integration::Integration;
use crate::model::link_message::{self, LinkMessage};
use crate::model::subscription::Repaint;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use std::collections::BTreeMap;
use world::Millis;

/// The values of an incident's card.
type Values = BTreeMap<String, String>;

/// What the message of a delivery is going to say; none where it is not for a group, or not of an incident.
pub fn message(delivery: &Delivery, values: &Values, now: Millis) -> Option<LinkMessage> {
    let Target::Chat(chat_id) = &delivery.target else { return None };
    Some(LinkMessage {
        delivery_id: delivery.id.clone(),
        integration: delivery.integration.clone(),
        incident_id: delivery.incident_id.clone(),
        chat_id: chat_id.clone(),
        shown: link_message::shown(values),
        sent: now,
    })
}

/// Orders what groups without a card of the incident are to hear of it now.
pub async fn follow(
    state: &State,
    integration: &Integration,
    mirror: &Mirror,
    cards: &[Card],
    values: &Values,
) -> Result<(), StoreError> {
    let (key, incident_id) = (&integration.key, &mirror.incident.id);
    let mut tx = state.store.read().await?;
    let messages = store::link_message::of_incident(&mut tx, key, incident_id).await?;
    if messages.is_empty() {
        return Ok(());
    }
    let deliveries = store::delivery::of_incident(&mut tx, key, incident_id).await?;
    drop(tx);
    let saving = report::is_saving(state, integration).await?;
    let now = state.world.now();
    let last: BTreeMap<&str, &LinkMessage> = messages.iter().map(|one| (one.chat_id.as_str(), one)).collect();
    let shown = link_message::shown(values);
    for (chat_id, last) in last {
        let target = Target::Chat(chat_id.to_owned());
        if cards.iter().any(|card| card.delivered && card.target == target) {
            continue;
        }
        let there: Vec<&Delivery> = deliveries.iter().filter(|one| one.target == target).collect();
        // One that waits says the truth when its turn comes.
        let waits = there.iter().any(|one| one.is_of_state() && one.state == DeliveryState::Waiting);
        let mut tx = state.store.read().await?;
        let subscriptions = store::subscription::of_chat(&mut tx, key, chat_id).await?;
        drop(tx);
        let rule = Repaint::of_card(&subscriptions, &mirror.incident);
        if waits || !link_message::is_to_be_told(&last.shown, &shown, rule, saving) {
            continue;
        }
        // One that failed counts, too: a group that is gone is not tried at each change.
        let tried = there.iter().filter(|one| one.is_of_state()).map(|one| one.updated).max().unwrap_or(last.sent);
        let due = link_message::next(last.sent.max(tried), saving, now);
        let mut tx = state.store.begin().await?;
        if due > now {
            let kind = TaskKind::Repaint { incident: incident_id.clone() };
            store::task::add(&mut tx, key, &kind, due, now).await?;
        } else {
            tell(state, &mut tx, integration, mirror, &there).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// A delivery that tells the group of `former` how the incident is now.
async fn tell(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    mirror: &Mirror,
    former: &[&Delivery],
) -> Result<(), StoreError> {
    let Some(first) = former.first() else { return Ok(()) };
    let now = state.world.now();
    let url = address::incident_in_dingtalk(state, &integration.key, mirror.incident.page_id());
    let owner = (integration.key.as_str(), mirror.incident.id.as_str());
    let reason = Delivery::reason_of_state(former.iter().filter(|one| one.is_of_state()).count() + 1);
    let mut delivery = Delivery::new(state.world.id(), owner, first.target.clone(), &reason, now);
    delivery.target_name.clone_from(&first.target_name);
    delivery.text = card::summary(&mirror.incident, notify::drawing(state, integration, &url));
    if store::delivery::insert(tx, &delivery).await? {
        let kind = TaskKind::Deliver { delivery: delivery.id };
        store::task::add(tx, &integration.key, &kind, now, now).await?;
    }
    Ok(())
}
