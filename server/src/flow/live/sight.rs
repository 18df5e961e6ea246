//! Whether a person may see an incident that they did not ask for.
//!
//! Flashduty decides, by the person's own credential. It gives people channels, not single incidents, except those they
//! are to handle. So whoever handles an incident may see it, and of others it is remembered for some minutes what
//! Flashduty showed the person of the incident's channel: every page they read tells it for nothing. Only for a channel of
//! which nothing is known is Flashduty asked, once for all changes of these minutes.

use crate::flow::credential;
use crate::flow::read::Viewer;
use crate::flow::refusal::Refusal;
use crate::model::incident::Incident;
use crate::state::State;
use contract::ProblemCode;
use flashduty::ErrorClass;
use std::time::Duration;

/// How long what Flashduty showed is remembered.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How long a page waits for Flashduty's word.
const ASK_TIMEOUT: Duration = Duration::from_secs(3);

/// Remembers what a person was shown by Flashduty itself.
pub fn learn(state: &State, key: &str, member_id: i64, incidents: &[Incident]) {
    let now = state.world.now();
    for incident in incidents.iter().filter(|one| !handles(one, member_id)) {
        state.caches.sights.put((key.to_owned(), member_id, incident.channel_id), true, now);
    }
}

/// Whether the viewer may see it, where that is known without asking.
pub fn known(viewer: Viewer<'_>, incident: &Incident) -> Option<bool> {
    let member_id = viewer.link.member.member_id;
    if handles(incident, member_id) {
        return Some(true);
    }
    let place = (viewer.integration.key.clone(), member_id, incident.channel_id);
    viewer.state.caches.sights.get(&place, viewer.state.world.now())
}

/// Whether the viewer may see it.
///
/// # Errors
/// Nobody knows: Flashduty does not say, or refuses the viewer as a whole.
pub async fn may_see(viewer: Viewer<'_>, incident: &Incident) -> Result<bool, Refusal> {
    if let Some(known) = known(viewer, incident) {
        return Ok(known);
    }
    let (state, key, member_id) = (viewer.state, &viewer.integration.key, viewer.link.member.member_id);
    let place = (key.clone(), member_id, incident.channel_id);
    let one_at_a_time = format!("sight/{key}/{member_id}/{}", incident.channel_id);
    let _one_at_a_time = state.caches.refreshes.lock(one_at_a_time).await;
    if let Some(known) = state.caches.sights.get(&place, state.world.now()) {
        return Ok(known);
    }
    let client = credential::person(state, viewer.integration, viewer.link).await?.within(ASK_TIMEOUT);
    let may = match client.incident(&incident.id).await {
        Ok(_) => true,
        Err(error) if matches!(error.class, ErrorClass::NotFound | ErrorClass::AccessDenied) => false,
        Err(error) if error.class == ErrorClass::Unclear => return Err(ProblemCode::FlashdutyDown.into()),
        Err(error) => return Err(error.into()),
    };
    state.caches.sights.put(place, may, state.world.now());
    Ok(may)
}

fn handles(incident: &Incident, member_id: i64) -> bool {
    incident.responders.iter().any(|one| one.member_id == member_id)
}
