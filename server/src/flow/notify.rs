//! Who hears of an incident: one delivery per group that subscribed and per responder, each exactly once.

use super::address;
use crate::model::card::{self, Drawing};
use crate::model::delivery::{Delivery, DeliveryState, Outcome, Target};
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use std::collections::BTreeSet;

/// The reason of a delivery that brings an incident's card.
pub const REASON: &str = "incident";

/// Brings every delivery of an incident into being; those that exist stay as they are.
pub async fn notify(state: &State, integration: &Integration, incident_id: &str) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    let Some(mirror) = store::incident::get(&mut tx, &integration.key, incident_id).await? else { return Ok(()) };
    for (target, name) in targets(&mut tx, integration, &mirror.incident).await? {
        deliver_once(state, &mut tx, integration, &mirror.incident, target, name).await?;
    }
    tx.commit().await
}

/// How a card for everybody is drawn.
pub fn drawing<'a>(state: &State, integration: &'a Integration, detail_url: &'a str) -> Drawing<'a> {
    let settings = &integration.settings;
    Drawing { language: settings.language, zone: &settings.time_zone, detail_url, now: state.world.now() }
}

async fn targets(
    tx: &mut Tx,
    integration: &Integration,
    incident: &Incident,
) -> Result<Vec<(Target, String)>, StoreError> {
    let key = &integration.key;
    let mut targets = Vec::new();
    let mut chats = BTreeSet::new();
    for subscription in store::subscription::all(tx, key).await? {
        if subscription.rule.fits(incident) && chats.insert(subscription.chat_id.clone()) {
            let title = store::chat::by_id(tx, key, &subscription.chat_id).await?.map(|chat| chat.title);
            targets.push((Target::Chat(subscription.chat_id), title.unwrap_or_default()));
        }
    }
    let member_ids: Vec<i64> = incident.responders.iter().map(|one| one.member_id).collect();
    let links = store::link::by_members(tx, key, &member_ids).await?;
    for responder in &incident.responders {
        // A broken link still says whose card it is: reading the card needs no credential.
        targets.push(match links.iter().find(|link| link.member.member_id == responder.member_id) {
            Some(link) => (Target::Person(link.employee.user_id.clone()), link.employee.name.clone()),
            None => (Target::Member(responder.member_id), responder.name.clone()),
        });
    }
    Ok(targets)
}

async fn deliver_once(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    incident: &Incident,
    target: Target,
    target_name: String,
) -> Result<(), StoreError> {
    let now = state.world.now();
    let detail_url = address::incident_in_dingtalk(state, &integration.key, &incident.id);
    let unlinked = matches!(target, Target::Member(_));
    let owner = (integration.key.as_str(), incident.id.as_str());
    let mut delivery = Delivery::new(state.world.id(), owner, target, REASON, now);
    delivery.target_name = target_name;
    delivery.text = card::summary(incident, drawing(state, integration, &detail_url));
    if unlinked {
        (delivery.state, delivery.outcome, delivery.next) = (DeliveryState::Failed, Outcome::AppNotLinked, None);
    }
    let is_new = store::delivery::insert(tx, &delivery).await?;
    if is_new && !unlinked {
        let kind = TaskKind::Deliver { delivery: delivery.id };
        store::task::add(tx, &integration.key, &kind, now, now).await?;
    }
    Ok(())
}
