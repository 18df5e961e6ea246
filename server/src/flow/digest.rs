//! A storm becomes one counting card for each target. Folding is decided in the transaction that brings the deliveries into
//! being; the card is a delivery of its own, whose incident is the digest, and is repainted like any other, but never
//! sooner after the last time than the rules say.

pub mod acknowledge;

use super::{address, notify};
use crate::model::delivery::{Delivery, DeliveryState, Target};
use crate::model::digest::{self, Digest, DigestState, Figures, PAINT_EVERY, SEND_EVERY, WINDOW, is_id};
use crate::model::digest_card;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use std::collections::BTreeSet;
use std::time::Duration;
use world::Millis;

/// How often at most a storm that goes on is noted.
const HEAT_EVERY: Duration = Duration::from_secs(5);

/// The incidents of one target that were folded, and into what.
pub struct Folded {
    pub digest_id: String,
    incident_ids: BTreeSet<String>,
}

impl Folded {
    /// Whether the incident is among them.
    pub fn holds(&self, incident_id: &str) -> bool {
        self.incident_ids.contains(incident_id)
    }
}

/// Decides which of the incidents that are new to a target are folded, and brings the digest into being if need be. None
/// when each gets a card of its own. Once that is committed, [`follow`] lets the digest's card count them. `spared` counts
/// cards of Critical incidents of the last minute, once it is known.
pub async fn fold(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    (target, name): (&Target, &str),
    incidents: &[&Incident],
    spared: &mut Option<usize>,
) -> Result<Option<Folded>, StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    let Some(mut digest) = storm(state, tx, integration, (target, name), incidents.len()).await? else {
        return Ok(None);
    };
    let mut members = Vec::with_capacity(incidents.len());
    for incident in incidents {
        let known = match *spared {
            Some(known) => known,
            None => {
                let limit = i64::try_from(digest::SPARED_PER_MINUTE).unwrap_or(i64::MAX);
                let count = store::digest::spared_since(tx, key, now.minus(WINDOW), limit).await?;
                usize::try_from(count).unwrap_or(usize::MAX)
            }
        };
        if digest::is_spared(incident.severity, known) {
            *spared = Some(known + 1);
        } else {
            *spared = Some(known);
            members.push(*incident);
        }
    }
    if members.is_empty() {
        // Nobody but the spared: a card that counts nothing is worth no call.
        return Ok(None);
    }
    if digest.version < 0 {
        digest = begin(state, tx, integration, digest, &members).await?;
    }
    let incident_ids = members.into_iter().map(|incident| incident.id.clone()).collect();
    Ok(Some(Folded { digest_id: digest.id, incident_ids }))
}

/// The digest of the storm in which the target is, if any. One that is not there yet has the version -1.
async fn storm(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    (target, name): (&Target, &str),
    coming: usize,
) -> Result<Option<Digest>, StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    let per_minute = integration.settings.storm_cards_per_minute;
    let since = now.minus(WINDOW);
    let limit = i64::from(per_minute) + 1;
    if let Some(digest) = store::digest::counting(tx, key, target).await? {
        if digest.has_calmed(now) {
            end(tx, digest, now).await?;
        } else {
            let rests = digest.hot <= now && now.since(digest.hot) < HEAT_EVERY;
            let recent = if rests { 0 } else { store::digest::folded_since(tx, &digest.id, since, limit).await? };
            if !rests && digest::is_storm(usize::try_from(recent).unwrap_or(usize::MAX), coming, per_minute) {
                store::digest::heat(tx, &digest.id, now).await?;
            }
            return Ok(Some(digest));
        }
    }
    let recent = store::digest::recent(tx, key, target, since, limit).await?;
    if !digest::is_storm(usize::try_from(recent).unwrap_or(usize::MAX), coming, per_minute) {
        return Ok(None);
    }
    let new = Digest::begin(&state.world.id(), key, target.clone(), name, now);
    Ok(Some(Digest { version: -1, ..new }))
}

/// Brings a digest and its delivery into being. Where another process was faster, its digest is the one.
async fn begin(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    new: Digest,
    members: &[&Incident],
) -> Result<Digest, StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    let new = Digest { version: 0, ..new };
    if !store::digest::insert(tx, &new).await? {
        return store::digest::counting(tx, key, &new.target).await?.ok_or(StoreError::Conflict);
    }
    let counts = members.iter().map(|one| (one.severity, one.progress, 1)).collect();
    deliver(state, tx, integration, &new, &Figures { counts, newest: Vec::new() }, digest::REASON.to_owned()).await?;
    order(tx, key, &new.id, now.plus(PAINT_EVERY), now).await?;
    metrics::counter!("dingduty_storms_total", "target" => new.target.kind()).increment(1);
    tracing::info!(key, digest = new.id, target = new.target.kind(), "a storm begins");
    Ok(new)
}

/// A delivery that brings the digest as it is now.
async fn deliver(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    digest: &Digest,
    figures: &Figures,
    reason: String,
) -> Result<(), StoreError> {
    let now = state.world.now();
    let url = address::list_in_dingtalk(state, &integration.key, &digest.target);
    let owner = (integration.key.as_str(), digest.id.as_str());
    let mut delivery = Delivery::new(state.world.id(), owner, digest.target.clone(), &reason, now);
    delivery.target_name.clone_from(&digest.target_name);
    delivery.text = digest_card::summary(digest, figures, notify::drawing(state, integration, &url));
    if store::delivery::insert(tx, &delivery).await? {
        let kind = TaskKind::Deliver { delivery: delivery.id };
        store::task::add(tx, &integration.key, &kind, now, now).await?;
    }
    Ok(())
}

/// Orders that a digest's card is painted at `due`, or as soon after it as may be.
pub async fn order(tx: &mut Tx, key: &str, id: &str, due: Millis, now: Millis) -> Result<(), StoreError> {
    store::task::add(tx, key, &TaskKind::Repaint { incident: id.to_owned() }, due, now).await
}

/// Ends a storm. False when somebody else changed the digest meanwhile.
async fn end(tx: &mut Tx, digest: Digest, now: Millis) -> Result<bool, StoreError> {
    let over = Digest { state: DigestState::Over, ..digest };
    let ended = store::digest::update(tx, &over).await?;
    if ended {
        tracing::info!(key = over.integration, digest = over.id, "a storm is over");
        order(tx, &over.integration, &over.id, now, now).await?;
    }
    Ok(ended)
}

/// A digest with what it counts.
pub async fn load(tx: &mut Tx, key: &str, id: &str) -> Result<Option<(Digest, Figures)>, StoreError> {
    let Some(digest) = store::digest::get(tx, key, id).await? else { return Ok(None) };
    let newest_max = i64::try_from(digest_card::NEWEST_MAX).unwrap_or(i64::MAX);
    let figures = store::digest::figures(tx, &digest, newest_max).await?;
    Ok(Some((digest, figures)))
}

/// Notes that DingTalk was given this card; without effect where it is an incident's.
pub async fn painted(tx: &mut Tx, incident_id: &str, now: Millis) -> Result<(), StoreError> {
    if is_id(incident_id) { store::digest::paint(tx, incident_id, now).await } else { Ok(()) }
}

/// Members were added or have changed, and that is committed: orders that their digests follow. Ordered already by this
/// process, it costs nothing. Should the process die before, the next change orders it, or at the latest the look whether
/// the storm is over.
pub async fn follow(state: &State, integration: &Integration, ids: Vec<String>) -> Result<(), StoreError> {
    let now = state.world.now();
    let ordered = |id: &String| state.caches.digests.get(id, now).is_some_and(|due| due > now);
    let ids: Vec<String> = ids.into_iter().filter(|id| !ordered(id)).collect();
    for id in ids {
        // Each by itself: tasks that are locked together deadlock with a worker that leases them in another order.
        let mut tx = state.store.begin().await?;
        let Some(digest) = store::digest::get(&mut tx, &integration.key, &id).await? else { continue };
        let due = digest.next_painting(PAINT_EVERY, now);
        order(&mut tx, &integration.key, &id, due, now).await?;
        tx.commit().await?;
        state.caches.digests.put(id, due, now);
    }
    Ok(())
}

/// Whether a digest may be painted now; too early, it is ordered for the right time. Ends a storm that has calmed.
pub async fn may_paint(state: &State, integration: &Integration, id: &str) -> Result<bool, StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    // Whatever changes from now on orders it anew; what has changed before is read after this.
    state.caches.digests.remove(&id.to_owned());
    let mut tx = state.store.begin().await?;
    let Some(mut digest) = store::digest::get(&mut tx, key, id).await? else { return Ok(false) };
    if digest.state == DigestState::Counting {
        if digest.hot > now {
            // The clock was set back: the calm begins anew instead of lasting until the old time has come again.
            store::digest::heat(&mut tx, id, now).await?;
            digest = store::digest::get(&mut tx, key, id).await?.ok_or(StoreError::Conflict)?;
        }
        if digest.has_calmed(now) {
            end(&mut tx, digest.clone(), now).await?;
        } else {
            order(&mut tx, key, id, digest.hot.plus(digest::CALM), now).await?;
        }
    }
    let cards = store::card::by_incident(&mut tx, key, id).await?;
    let is_shown = cards.iter().any(|card| card.delivered);
    let is_asked_for = cards.iter().flat_map(|card| &card.noticed).any(|notice| notice.is_new);
    let due = digest.next_painting(PAINT_EVERY, now);
    let may = is_shown && (due <= now || is_asked_for);
    if is_shown && due > now {
        order(&mut tx, key, id, due, now).await?;
    }
    if !is_shown {
        send_again(state, &mut tx, integration, id, now).await?;
    }
    tx.commit().await?;
    Ok(may)
}

/// In link mode nothing can be repainted: the digest is sent again every few minutes while it changes, and at its end.
async fn send_again(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    id: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let sent = store::delivery::of_incident(tx, &integration.key, id).await?;
    let Some(last) = sent.last().filter(|last| last.state == DeliveryState::Done) else { return Ok(()) };
    let Some((digest, figures)) = load(tx, &integration.key, id).await? else { return Ok(()) };
    let url = address::list_in_dingtalk(state, &integration.key, &digest.target);
    let text = digest_card::summary(&digest, &figures, notify::drawing(state, integration, &url));
    if text == last.text {
        return Ok(());
    }
    let due = last.updated.min(now).plus(SEND_EVERY);
    if due > now && digest.state == DigestState::Counting {
        return order(tx, &integration.key, id, due, now).await;
    }
    let reason = format!("{} {}", digest::REASON, sent.len() + 1);
    deliver(state, tx, integration, &digest, &figures, reason).await
}
