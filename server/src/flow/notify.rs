//! Who hears of an incident: one delivery per group that subscribed and per responder, each exactly once. What waits to be
//! told at the same moment is told in one transaction, so that a storm is seen as what it is: see [`digest`].

use super::notices::Notice;
use super::{address, digest, work_notice};
use crate::model::card::{self, Drawing};
use crate::model::delivery::{Delivery, DeliveryState, Outcome, Target};
use crate::model::digest::PAINT_EVERY;
use crate::model::incident::{Incident, Mirror};
use crate::model::integration::{Integration, PersonChannel};
use crate::model::subscription::Subscription;
use crate::model::task::{Task, TaskKind};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The reason of a delivery that brings an incident's card.
pub const REASON: &str = "incident";

/// Most incidents told of in one transaction: the one connection that writes must not be kept for long.
const TOGETHER_MAX: usize = 64;

/// Brings every delivery of an incident into being; those that exist stay as they are. Whoever asks while another
/// transaction is under way is served by the next, together with all others. `task` is ended with it.
pub async fn notify(
    state: &State,
    integration: &Integration,
    task: &Task,
    incident_id: &str,
) -> Result<(), StoreError> {
    let (key, notices) = (&integration.key, &state.caches.notices);
    let mine = notices.wait(task, incident_id);
    // Those that were started at the same moment get to wait, too, before the first of them is told of.
    tokio::task::yield_now().await;
    let _turn = notices.turn(key).await;
    if mine.is_told() {
        return Ok(());
    }
    let mut together = notices.take(key, TOGETHER_MAX - 1);
    together.retain(|other| !Arc::ptr_eq(other, &mine));
    together.push(Arc::clone(&mine));
    match tell(state, integration, &together).await {
        Ok(()) => together.iter().for_each(|one| one.mark_told()),
        // One of the others may be at fault: each is tried alone in its own turn.
        Err(_) if together.len() > 1 => tell(state, integration, &[mine]).await?,
        Err(error) => return Err(error),
    }
    Ok(())
}

/// How a card for everybody is drawn.
pub fn drawing<'a>(state: &State, integration: &'a Integration, detail_url: &'a str) -> Drawing<'a> {
    let settings = &integration.settings;
    Drawing {
        language: settings.language,
        zone: &settings.time_zone,
        detail_url,
        settings: &settings.card,
        text: None,
        now: state.world.now(),
    }
}

/// The new targets of some incidents: for each target by kind and id, its name and the incidents.
type News<'a> = BTreeMap<(&'static str, String), (Target, String, Vec<&'a Incident>)>;

/// Incidents that come as work notices, by id, and the user ids and names of whom they are for.
type Noticed<'a> = BTreeMap<&'a str, (&'a Incident, Vec<(String, String)>)>;

async fn tell(state: &State, integration: &Integration, notices: &[Arc<Notice>]) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    let mut mirrors: Vec<Mirror> = Vec::with_capacity(notices.len());
    for notice in notices {
        mirrors.extend(store::incident::get(&mut tx, &integration.key, &notice.incident_id).await?);
    }
    let subscriptions = store::subscription::all(&mut tx, &integration.key).await?;
    let mut news = News::new();
    for Mirror { incident, .. } in &mirrors {
        let told = store::digest::told(&mut tx, &integration.key, &incident.id).await?;
        for (target, name) in targets(&mut tx, integration, &subscriptions, incident).await? {
            if !told.contains(&target) {
                let entry = news.entry((target.kind(), target.id())).or_insert_with(|| (target, name, Vec::new()));
                entry.2.push(incident);
            }
        }
    }
    // In the order of targets, as every other process does: whoever wants the same digests waits instead of deadlocking.
    let mut spared = None;
    let (mut noticed, mut digests) = (Noticed::new(), Vec::new());
    for (target, name, incidents) in news.into_values() {
        let (alone, digest) = tell_one(state, &mut tx, integration, (&target, &name), incidents, &mut spared).await?;
        digests.extend(digest);
        if let Target::Person(user_id) = target {
            for incident in alone {
                noticed
                    .entry(&incident.id)
                    .or_insert_with(|| (incident, Vec::new()))
                    .1
                    .push((user_id.clone(), name.clone()));
            }
        }
    }
    for (incident, people) in noticed.into_values() {
        let detail_url = address::incident_in_dingtalk(state, &integration.key, &incident.id);
        let line = card::summary(incident, drawing(state, integration, &detail_url));
        work_notice::queue::for_incident(state, &mut tx, integration, &incident.id, &line, people).await?;
    }
    for notice in notices {
        store::task::done(&mut tx, &notice.task).await?;
    }
    tx.commit().await?;
    digest::follow(state, integration, digests).await
}

/// Tells one target of what is new to it: one by one, or folded. A work notice cannot count up, so what is folded is the
/// bot's card for everybody. Returns the incidents of which a person is to get a work notice, and the digest.
async fn tell_one<'a>(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    (target, name): (&Target, &str),
    incidents: Vec<&'a Incident>,
    spared: &mut Option<usize>,
) -> Result<(Vec<&'a Incident>, Option<String>), StoreError> {
    let channel = match target {
        Target::Person(_) => integration.settings.person_channel,
        _ => PersonChannel::Bot,
    };
    let mut noticed = Vec::new();
    let folded = match target {
        Target::Member(_) => None,
        _ => digest::fold(state, tx, integration, (target, name), &incidents, spared).await?,
    };
    for incident in incidents {
        let digest = folded.as_ref().filter(|folded| folded.holds(&incident.id)).map(|folded| folded.digest_id.clone());
        if digest.is_none() && channel != PersonChannel::Bot {
            noticed.push(incident);
        }
        if digest.is_some() || channel != PersonChannel::WorkNotice {
            deliver_once(state, tx, integration, incident, (target, name), digest, REASON).await?;
        }
    }
    Ok((noticed, folded.map(|folded| folded.digest_id)))
}

async fn targets(
    tx: &mut Tx,
    integration: &Integration,
    subscriptions: &[Subscription],
    incident: &Incident,
) -> Result<Vec<(Target, String)>, StoreError> {
    let key = &integration.key;
    let mut targets = Vec::new();
    let mut chats = BTreeSet::new();
    for subscription in subscriptions {
        if subscription.rule.fits(incident) && chats.insert(&subscription.chat_id) {
            let title = store::chat::by_id(tx, key, &subscription.chat_id).await?.map(|chat| chat.title);
            targets.push((Target::Chat(subscription.chat_id.clone()), title.unwrap_or_default()));
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

/// Brings the card of an incident to one target, because somebody asked for it: by itself, or folded in a storm. False
/// when it is there already, for whatever reason.
pub async fn bring_card(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    incident: &Incident,
    (target, name): (&Target, &str),
    reason: &str,
) -> Result<bool, StoreError> {
    let folded = digest::fold(state, tx, integration, (target, name), &[incident], &mut None).await?;
    if let Some(folded) = &folded {
        digest::order(tx, &integration.key, &folded.digest_id, state.world.now().plus(PAINT_EVERY), state.world.now())
            .await?;
    }
    let digest = folded.filter(|folded| folded.holds(&incident.id)).map(|folded| folded.digest_id);
    deliver_once(state, tx, integration, incident, (target, name), digest, reason).await
}

/// One delivery, with the task that sends it unless nobody can be told or it is folded into `digest`.
async fn deliver_once(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    incident: &Incident,
    (target, name): (&Target, &str),
    digest: Option<String>,
    reason: &str,
) -> Result<bool, StoreError> {
    let now = state.world.now();
    let detail_url = address::incident_in_dingtalk(state, &integration.key, &incident.id);
    let (delivery_state, outcome) = match target {
        Target::Member(_) => (DeliveryState::Failed, Outcome::AppNotLinked),
        _ if digest.is_some() => (DeliveryState::Done, Outcome::Folded),
        _ => (DeliveryState::Waiting, Outcome::Waiting),
    };
    let waits = delivery_state == DeliveryState::Waiting;
    let owner = (integration.key.as_str(), incident.id.as_str());
    let mut delivery = Delivery::new(state.world.id(), owner, target.clone(), reason, now);
    delivery.target_name = name.to_owned();
    delivery.text = card::summary(incident, drawing(state, integration, &detail_url));
    (delivery.state, delivery.outcome, delivery.next) = (delivery_state, outcome, waits.then_some(now));
    delivery.message = digest.clone().unwrap_or_default();
    delivery.digest = digest;
    let is_new = store::delivery::insert(tx, &delivery).await?;
    if is_new && waits {
        let kind = TaskKind::Deliver { delivery: delivery.id };
        store::task::add(tx, &integration.key, &kind, now, now).await?;
    }
    Ok(is_new)
}
