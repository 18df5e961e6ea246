//! The channels a person can choose from.

use super::Viewer;
use flashduty::ChannelQuery;
use std::sync::Arc;

/// Channels offered at most; more nobody looks through.
const CHANNELS_MAX: u32 = 100;

/// Ids and names of the channels that Flashduty shows the viewer, remembered for some minutes. None when they cannot be
/// read now: a list is worth more than its filter.
pub async fn of(viewer: Viewer<'_>, client: &flashduty::Client) -> Vec<(i64, String)> {
    let place = (viewer.integration.key.clone(), viewer.link.member.member_id);
    let (cache, now) = (&viewer.state.caches.channels, viewer.state.world.now());
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
