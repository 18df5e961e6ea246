//! Stored events and webhooks: to their flows, and what becomes of them.

use super::doing::{ATTEMPTS_MAX, back_off};
use crate::flow::{caches, events, incidents, robot, war_room};
use crate::model::integration::Integration;
use crate::state::State;
use crate::store::inbox::{Item, Source};
use crate::store::{self, StoreError};
use std::collections::HashMap;
use std::sync::Arc;

type Integrations = HashMap<String, Option<Arc<Integration>>>;

/// Applies items in one transaction: a wait for the disk costs as much as dozens of statements. When one of them spoils
/// it, each is applied by itself.
pub async fn apply(state: &State, items: Vec<Item>) {
    let Err(error) = apply_all(state, &items).await else { return };
    if items.len() == 1 {
        return wait(state, &items[0], error).await;
    }
    tracing::info!(items = items.len(), %error, "stored inputs are applied one by one");
    for item in items {
        if let Err(error) = apply_all(state, std::slice::from_ref(&item)).await {
            wait(state, &item, error).await;
        }
    }
}

/// An item that cannot be applied waits, or is given up with its reason.
async fn wait(state: &State, item: &Item, error: StoreError) {
    tracing::warn!(item = item.id, %error, "a stored input waits");
    if let Err(error) = put_back(state, item, &error).await {
        tracing::error!(item = item.id, %error, "a stored input waits until its lease ends");
    }
}

async fn apply_all(state: &State, items: &[Item]) -> Result<(), StoreError> {
    // Read before the transaction begins: inside it only itself may be used.
    let mut integrations = Integrations::new();
    for item in items {
        if !integrations.contains_key(&item.integration) {
            integrations.insert(item.integration.clone(), caches::integration(state, &item.integration).await?);
        }
    }
    let mut tx = state.store.begin().await?;
    for item in items {
        match integrations.get(&item.integration).and_then(Option::as_deref) {
            None => store::inbox::dead(&mut tx, &item.id, state.world.now(), "the integration was removed").await?,
            Some(integration) => match item.source {
                Source::Event => events::apply(state, &mut tx, integration, item).await?,
                Source::Webhook => incidents::apply(state, &mut tx, integration, item).await?,
                Source::Action => war_room::action::apply(state, &mut tx, integration, item).await?,
                Source::Robot => robot::apply(state, &mut tx, integration, item).await?,
            },
        }
    }
    tx.commit().await
}

async fn put_back(state: &State, item: &Item, error: &StoreError) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    if item.attempts >= ATTEMPTS_MAX {
        store::inbox::dead(&mut tx, &item.id, now, &error.to_string()).await?;
    } else {
        store::inbox::again(&mut tx, &item.id, now.plus(back_off(item.attempts)), &error.to_string()).await?;
    }
    tx.commit().await
}
