//! The timeline of an incident that somebody looks at, read once for all who do: with the service's key, and only given to
//! who may see the incident.

use crate::flow::read::timeline;
use crate::flow::{credential, people};
use crate::model::integration::Integration;
use crate::state::State;
use contract::incident::TimelineEntry;
use std::sync::Arc;
use std::time::Duration;

/// How long a page waits for it.
const READ_TIMEOUT: Duration = Duration::from_secs(3);

/// Entries, the newest first, and whether there are older ones.
pub type Timeline = (Vec<TimelineEntry>, bool);

/// The timeline as of a version of the incident. None when it cannot be read now: the page keeps what it has.
pub async fn at(state: &State, integration: &Integration, id: &str, version: i64) -> Option<Arc<Timeline>> {
    let place = (integration.key.clone(), id.to_owned(), version);
    let _one_at_a_time = state.caches.refreshes.lock(format!("timeline/{}/{id}", integration.key)).await;
    if let Some(known) = state.caches.timelines.get(&place, state.world.now()) {
        return Some(known);
    }
    let client = credential::service(state, integration).within(READ_TIMEOUT);
    let feed = match client.feed(id, 1, timeline::ROWS, false).await {
        Ok(feed) => feed,
        Err(error) => {
            tracing::info!(code = error.code, "a timeline could not be read for open pages");
            return None;
        }
    };
    let ids = feed.items.iter().flat_map(timeline::people).collect();
    let names = people::names(state, integration, &client, ids).await;
    let entries = feed.items.iter().map(|item| timeline::entry(item, &names)).collect();
    let read = Arc::new((entries, feed.has_next_page));
    state.caches.timelines.put(place, Arc::clone(&read), state.world.now());
    Some(read)
}
