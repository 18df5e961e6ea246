//! Who is who and who did what, where Flashduty's answer leaves it out.

use crate::model::action;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use std::collections::{BTreeMap, BTreeSet};

/// Most names asked for at once.
const NAMES_MAX: usize = 100;

/// Gives incidents the names of their responders and, from our mirror, who acted last. Names that cannot be read stay
/// empty.
///
/// # Errors
/// The database does not answer.
pub async fn complete(
    state: &State,
    integration: &Integration,
    client: &flashduty::Client,
    incidents: Vec<Incident>,
) -> Result<Vec<Incident>, StoreError> {
    let names = names(state, integration, client, nameless(&incidents)).await;
    let mut tx = state.store.read().await?;
    let mut complete = Vec::with_capacity(incidents.len());
    for incident in incidents {
        complete.push(with_last_act(&mut tx, &integration.key, named(incident, &names)).await?);
    }
    Ok(complete)
}

/// Names of members, from memory or Flashduty. Those that cannot be read are left out.
pub async fn names(
    state: &State,
    integration: &Integration,
    client: &flashduty::Client,
    member_ids: BTreeSet<i64>,
) -> BTreeMap<i64, String> {
    let (key, now, cache) = (&integration.key, state.world.now(), &state.caches.names);
    let mut names = BTreeMap::new();
    let mut missing = Vec::new();
    for id in member_ids {
        match cache.get(&(key.clone(), id), now) {
            Some(name) => drop(names.insert(id, name)),
            None => missing.push(id),
        }
    }
    missing.truncate(NAMES_MAX);
    if missing.is_empty() {
        return names;
    }
    match client.person_infos(&missing).await {
        Ok(people) => {
            for person in people.into_iter().filter(|person| !person.name.is_empty()) {
                cache.put((key.clone(), person.person_id), person.name.clone(), now);
                names.insert(person.person_id, person.name);
            }
        }
        Err(error) => tracing::info!(code = error.code, "names could not be read"),
    }
    names
}

/// Whose names incidents show without telling them.
pub fn nameless(incidents: &[Incident]) -> BTreeSet<i64> {
    let responders = incidents.iter().flat_map(|incident| &incident.responders);
    responders.filter(|one| one.name.is_empty() && one.member_id != 0).map(|one| one.member_id).collect()
}

/// An incident with the names that are known.
pub fn named(mut incident: Incident, names: &BTreeMap<i64, String>) -> Incident {
    for responder in incident.responders.iter_mut().filter(|one| one.name.is_empty()) {
        responder.name = names.get(&responder.member_id).cloned().unwrap_or_default();
    }
    incident
}

/// Flashduty does not say who acted last; our mirror may know, as long as it shows the same state.
async fn with_last_act(tx: &mut Tx, key: &str, mut incident: Incident) -> Result<Incident, StoreError> {
    if let Some(mut mirror) = store::incident::get(tx, key, &incident.id).await? {
        mirror.take_read(incident.clone(), false);
        incident.last_act = mirror.incident.last_act.filter(|_| mirror.incident.progress == incident.progress);
    }
    if incident.last_act.is_none() {
        incident.last_act = action::last_act_told(&incident);
    }
    Ok(incident)
}
