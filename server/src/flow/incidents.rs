//! Flashduty's incident webhook: stored at the door, applied to the mirror later; whatever it concerns is told.

use super::refusal::ReceiveError;
use super::{caches, convert};
use crate::model::incident::{Incident, Mirror};
use crate::model::integration::Integration;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::inbox::{Item, NewItem, Source};
use crate::store::{self, StoreError, Tx};
use contract::incident::Progress;
use flashduty::webhook::{self, Webhook};
use secrecy::ExposeSecret;
use std::time::Duration;
use subtle::ConstantTimeEq;
use world::Millis;

/// How far a platform's clock may be ahead of ours: clicks are refused beyond half of it.
const CLOCK_AHEAD_MAX: Duration = Duration::from_secs(10 * 60);

/// How exactly the set-up page knows when the last webhook came: in a storm one write for many.
const EVIDENCE_EVERY: Duration = Duration::from_secs(5);

/// Times a change is tried against somebody else's at the same moment.
const CONFLICTS_MAX: usize = 8;

/// Takes one webhook: verifies, stores durably. `header` is the value of the secret header, if any came. Until the
/// header was seen once, the secret in the address alone opens the door: an administrator may not have set it yet.
///
/// # Errors
/// Nothing was stored.
pub async fn receive(
    state: &State,
    key: &str,
    secret: &str,
    header: Option<&str>,
    body: &[u8],
) -> Result<(), ReceiveError> {
    let integration = caches::integration(state, key).await?.ok_or(ReceiveError::UnknownIntegration)?;
    let routes = &integration.secrets.routes;
    let header_fits = header.map(|header| same(header, routes.webhook_header.expose_secret()));
    let header_needed = integration.webhook_header.is_some();
    if !same(secret, routes.webhook.expose_secret())
        || header_fits == Some(false)
        || (header_needed && header.is_none())
    {
        return Err(ReceiveError::Forged);
    }
    let webhook = webhook::decode(body).map_err(|error| ReceiveError::Malformed(error.to_string()))?;
    let body = std::str::from_utf8(body).map_err(|_| ReceiveError::Malformed("the body is not UTF-8".to_owned()))?;
    let event_id = webhook.event_id;
    let item = NewItem { integration: key.to_owned(), source: Source::Webhook, event_id, body: body.to_owned() };
    state.store.inbox().put(item).await?;
    if header_fits == Some(true) && !header_needed {
        let mut tx = state.store.begin().await?;
        store::integration::mark_webhook(&mut tx, key, state.world.now(), true).await?;
        tx.commit().await?;
        state.caches.integrations.remove(&key.to_owned());
    }
    state.wake();
    Ok(())
}

/// Applies a stored webhook.
pub async fn apply(state: &State, tx: &mut Tx, integration: &Integration, item: &Item) -> Result<(), StoreError> {
    let now = state.world.now();
    match webhook::decode(item.body.as_bytes()) {
        Ok(webhook) => {
            take_webhook(state, tx, &integration.key, webhook, item.received).await?;
            // Evidence for the set-up page. That the header came is remembered at the door.
            if integration.webhook.is_none_or(|last| now.since(last) >= EVIDENCE_EVERY) {
                store::integration::mark_webhook(tx, &integration.key, now, false).await?;
            }
            store::inbox::done(tx, &item.id, now).await
        }
        Err(error) => store::inbox::dead(tx, &item.id, now, &error.to_string()).await,
    }
}

/// Takes a webhook that was heard of at `heard`, live or from Flashduty's history.
pub async fn take_webhook(
    state: &State,
    tx: &mut Tx,
    key: &str,
    webhook: Webhook,
    heard: Millis,
) -> Result<(), StoreError> {
    let event_at = believed(webhook.event_at, heard);
    let told = convert::told(&Webhook { event_at, ..webhook });
    // A last change that cannot be is none: whatever is read afterwards knows better.
    let updated = if is_believable(told.updated, heard) { told.updated } else { Millis(0) };
    let told = Incident { updated, ..told };
    if told.last_act.as_ref().is_some_and(|act| act.kind == flashduty::MERGE) {
        let now = state.world.now();
        store::task::add(tx, key, &TaskKind::FollowMerge { incident: told.id.clone() }, now, now).await?;
    }
    take(state, tx, key, told, event_at).await
}

/// Takes what an event told and orders what follows from it. An event older than what is known changes nothing.
pub async fn take(
    state: &State,
    tx: &mut Tx,
    key: &str,
    incident: Incident,
    event_at: Millis,
) -> Result<(), StoreError> {
    let id = incident.id.clone();
    if change(
        tx,
        key,
        &id,
        || Mirror::new(key, incident.clone(), event_at),
        |mirror| mirror.take(incident.clone(), event_at),
    )
    .await?
    {
        follow_up(state, tx, key, &id).await?;
    }
    Ok(())
}

/// Takes what a read of Flashduty says that was asked for at `asked`, and orders what follows from it.
pub async fn take_read(state: &State, tx: &mut Tx, key: &str, read: Incident, asked: Millis) -> Result<(), StoreError> {
    let read = Incident { updated: believed(read.updated, state.world.now()), ..read };
    let id = read.id.clone();
    let overtaken = store::incident::written(tx, key, &id).await?.is_some_and(|at| at > asked);
    let changed = change(
        tx,
        key,
        &id,
        || Mirror::new(key, read.clone(), read.updated),
        |mirror| mirror.take_read(read.clone(), overtaken),
    );
    if changed.await? {
        follow_up(state, tx, key, &id).await?;
    }
    Ok(())
}

/// Changes a known incident's mirror by `apply`, which says whether it did, and orders what follows from it.
pub async fn take_end(
    state: &State,
    tx: &mut Tx,
    key: &str,
    id: &str,
    apply: impl Fn(&mut Mirror) -> bool,
) -> Result<(), StoreError> {
    if store::incident::written(tx, key, id).await?.is_none() {
        return Ok(());
    }
    let unknown = || Mirror::new(key, Incident::empty(id), Millis(0));
    if change(tx, key, id, unknown, apply).await? {
        follow_up(state, tx, key, id).await?;
    }
    Ok(())
}

/// What an act of ours made of it, before the webhook brings the whole truth.
pub async fn take_act(state: &State, tx: &mut Tx, key: &str, after: Incident) -> Result<(), StoreError> {
    let id = after.id.clone();
    if change(
        tx,
        key,
        &id,
        || Mirror::new(key, after.clone(), after.updated),
        |mirror| {
            mirror.take_act(after.clone());
            true
        },
    )
    .await?
    {
        follow_up(state, tx, key, &id).await?;
    }
    Ok(())
}

/// When something happened, as far as a platform can be believed that told us at `heard`. What it dates far into the
/// future happened at the latest now; taken as it is, everything true until then would count as out of date.
pub fn believed(at: Millis, heard: Millis) -> Millis {
    if is_believable(at, heard) { at } else { heard }
}

fn is_believable(at: Millis, heard: Millis) -> bool {
    at <= heard.plus(CLOCK_AHEAD_MAX)
}

/// Are two secrets the same? In constant time.
pub fn same(given: &str, expected: &str) -> bool {
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

async fn change(
    tx: &mut Tx,
    key: &str,
    id: &str,
    new: impl Fn() -> Mirror,
    apply: impl Fn(&mut Mirror) -> bool,
) -> Result<bool, StoreError> {
    for _ in 0..CONFLICTS_MAX {
        match store::incident::get(tx, key, id).await? {
            None if store::incident::insert(tx, &new()).await? => return Ok(true),
            None => {}
            Some(mut mirror) => {
                if !apply(&mut mirror) {
                    return Ok(false);
                }
                if store::incident::update(tx, &mirror).await? {
                    return Ok(true);
                }
            }
        }
    }
    Err(StoreError::Conflict)
}

async fn follow_up(state: &State, tx: &mut Tx, key: &str, id: &str) -> Result<(), StoreError> {
    let now = state.world.now();
    let Some(mirror) = store::incident::get(tx, key, id).await? else { return Ok(()) };
    let incident = || id.to_owned();
    if mirror.incident.progress != Progress::Closed {
        store::task::add(tx, key, &TaskKind::Notify { incident: incident() }, now, now).await?;
    }
    // Of what is new nothing is shown yet. Whoever brings a card of it into being looks whether it has moved on meanwhile.
    if mirror.version > 0 {
        let due = now.plus(super::repaint::AFTER_ANSWER);
        store::task::add(tx, key, &TaskKind::Repaint { incident: incident() }, due, now).await?;
    }
    super::war_room::follow_up(tx, key, &mirror.incident, now).await?;
    if let Some(until) = mirror.incident.snoozed_until(now) {
        let kind = TaskKind::SnoozeEnds { incident: incident(), until_ms: until.0 };
        store::task::add(tx, key, &kind, until, now).await?;
    }
    Ok(())
}
