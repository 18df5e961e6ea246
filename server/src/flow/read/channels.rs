//! The channels a person can choose from, and the names of those that subscriptions name.

use super::Viewer;
use crate::model::integration::Integration;
use crate::model::subscription::Subscription;
use crate::state::State;
use flashduty::{ChannelQuery, Client};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Channels offered at most; more nobody looks through.
const CHANNELS_MAX: u32 = 100;

/// Ids and names of the channels that Flashduty shows the viewer.
pub async fn of(viewer: Viewer<'_>, client: &Client) -> Vec<(i64, String)> {
    of_member(viewer.state, viewer.integration, client, viewer.link.member.member_id).await
}

/// Ids and names of the channels that Flashduty shows a member (0 is the service key), remembered for some minutes. None
/// when they cannot be read now: a list is worth more than its filter.
pub async fn of_member(
    state: &State,
    integration: &Integration,
    client: &Client,
    member_id: i64,
) -> Vec<(i64, String)> {
    let place = (integration.key.clone(), member_id);
    let (cache, now) = (&state.caches.channels, state.world.now());
    if let Some(known) = cache.get(&place, now) {
        return known.to_vec();
    }
    match client.channel_list(&ChannelQuery { limit: CHANNELS_MAX, ..ChannelQuery::default() }).await {
        Ok(page) => {
            let named = page.items.into_iter().filter(|one| !one.channel_name.is_empty() && one.channel_id > 0);
            let channels: Vec<(i64, String)> = named.map(|one| (one.channel_id, one.channel_name)).collect();
            cache.put(place, Arc::new(channels.clone()), now);
            channels
        }
        Err(error) => {
            tracing::info!(code = error.code, "channels to choose from could not be read");
            Vec::new()
        }
    }
}

/// Names of the channels that subscriptions name, as far as they can be had. Without such channels nobody is asked.
pub async fn named(
    state: &State,
    integration: &Integration,
    client: &Client,
    member_id: i64,
    subscriptions: &[Subscription],
) -> BTreeMap<i64, String> {
    let wanted: BTreeSet<i64> = subscriptions.iter().flat_map(|one| one.rule.channel_ids.iter().copied()).collect();
    if wanted.is_empty() {
        return BTreeMap::new();
    }
    let mut names: BTreeMap<i64, String> = of_member(state, integration, client, member_id)
        .await
        .into_iter()
        .filter(|(id, _)| wanted.contains(id))
        .collect();
    let missing: Vec<i64> = wanted.into_iter().filter(|id| *id != 0 && !names.contains_key(id)).collect();
    if !missing.is_empty() {
        match client.channel_infos(&missing).await {
            Ok(channels) => names.extend(channels.into_iter().map(|one| (one.channel_id, one.channel_name))),
            Err(error) => tracing::info!(code = error.code, "names of channels could not be read"),
        }
    }
    names
}
