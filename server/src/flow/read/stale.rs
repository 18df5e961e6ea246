//! A list while Flashduty cannot be reached: from our mirror, and only what the viewer is known to be allowed to see. An
//! empty one is never shown: that nothing is known does not mean that nothing needs anybody.

use super::Viewer;
use crate::flow::refusal::Refusal;
use crate::model::incident::Incident;
use crate::store;
use contract::incident::{IncidentList, Tab};
use contract::listing::Listing;
use world::Millis;

/// Open incidents of the mirror that are looked through.
const ROWS_MAX: i64 = 1_000;

/// A page of what the mirror has, with the moment up to which it is true; none where it has nothing to show.
///
/// # Errors
/// The database does not answer.
pub async fn list(viewer: Viewer<'_>, list: &Listing, rows: usize) -> Result<Option<IncidentList>, Refusal> {
    let (state, key) = (viewer.state, &viewer.integration.key);
    let mut tx = state.store.read().await?;
    let mirrors = store::incident::open(&mut tx, key, ROWS_MAX).await?;
    let compared = store::reconcile::get(&mut tx, key).await?.and_then(|run| run.history);
    drop(tx);
    let newest = mirrors.iter().map(|mirror| mirror.event_at).max();
    let mut shown: Vec<Incident> = mirrors.into_iter().map(|mirror| mirror.incident).collect();
    shown.retain(|incident| is_shown(viewer, incident, list));
    if shown.is_empty() {
        return Ok(None);
    }
    shown.sort_by_key(|incident| std::cmp::Reverse((incident.started, incident.id.clone())));
    let page = list.page.max(1);
    let first = usize::try_from(page - 1).unwrap_or(usize::MAX).saturating_mul(rows);
    let items: Vec<_> = shown.iter().skip(first).take(rows).map(|incident| viewer.view(incident)).collect();
    Ok(Some(IncidentList {
        tab: list.tab,
        total: i64::try_from(shown.len()).unwrap_or(i64::MAX),
        has_next: shown.len() > first.saturating_add(rows),
        items,
        page,
        as_of_ms: compared.or(newest).unwrap_or(Millis(0)).0,
        stale: true,
        ..IncidentList::default()
    }))
}

fn is_shown(viewer: Viewer<'_>, incident: &Incident, list: &Listing) -> bool {
    let (state, key, me) = (viewer.state, &viewer.integration.key, viewer.link.member.member_id);
    let mine = incident.responders.iter().any(|one| one.member_id == me);
    let sees = || {
        let place = (key.clone(), me, incident.channel_id);
        mine || state.caches.sights.get(&place, state.world.now()) == Some(true)
    };
    let text = list.query.to_lowercase();
    let says = |part: &str| part.to_lowercase().contains(&text);
    (if list.tab == Tab::Mine { mine } else { sees() })
        && list.severity.is_none_or(|severity| incident.severity == severity)
        && list.progress.is_none_or(|progress| incident.progress == progress)
        && list.channel.is_none_or(|channel| incident.channel_id == channel)
        && (text.is_empty() || says(&incident.title) || says(&incident.description) || says(&incident.num))
}
