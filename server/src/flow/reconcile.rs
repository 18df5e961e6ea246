//! Flashduty hardly repeats a webhook, so what is open there is read again now and then, and what we believe open but
//! is not there any more is asked for by id.

use super::open_ones::open_ones;
use super::{convert, credential, incidents, people};
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::state::State;
use crate::store;
use flashduty::{Client, ErrorClass, FlashdutyError, IncidentQuery};
use std::collections::HashSet;
use std::time::Duration;

/// How often.
pub const EVERY: Duration = Duration::from_secs(180);
/// Rows a page and pages at most: 1,000 open incidents.
const PAGE_ROWS: u32 = 100;
const PAGES_MAX: u32 = 10;
/// Incidents we believe open that are looked at, and how many are asked for by id in one call (reference 5.2).
const BELIEVED_MAX: i64 = 1_000;
const IDS_MAX: usize = 100;
/// Calls by id at most. Whatever is not reached waits for the next time.
const CALLS_MAX: usize = 100;
/// How old an incident may be that nobody was told of: later than that the news has gone round otherwise.
const UNTOLD_AGE_MAX: Duration = Duration::from_secs(6 * 3600);

/// Why it did not come to an end.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    #[error(transparent)]
    Flashduty(#[from] FlashdutyError),
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

/// Reads all open incidents and applies what is newer than the mirror.
pub async fn reconcile(state: &State, integration: &Integration) -> Result<(), ReconcileError> {
    let client = credential::service(state, integration);
    let mut seen = HashSet::new();
    for page in 1..=PAGES_MAX {
        let query = IncidentQuery { page, limit: PAGE_ROWS, ..open_ones(state.world.now()) };
        let listed = client.incident_list(&query).await?;
        seen.extend(listed.items.iter().map(|incident| incident.incident_id.clone()));
        heal_all(state, integration, &client, &listed.items).await?;
        if !listed.has_next_page {
            break;
        }
    }
    let mut tx = state.store.read().await?;
    let believed = store::incident::open(&mut tx, &integration.key, BELIEVED_MAX).await?;
    drop(tx);
    let missing: Vec<String> =
        believed.into_iter().map(|mirror| mirror.incident.id).filter(|id| !seen.contains(id)).collect();
    ask_by_id(state, integration, &client, &missing).await
}

/// One id that Flashduty does not know any more may spoil the whole answer (reference 5.2, unconfirmed): halves find it.
/// What is gone there stays as it is here, for a key that sees less than everything gets the same answer.
async fn ask_by_id(
    state: &State,
    integration: &Integration,
    client: &Client,
    ids: &[String],
) -> Result<(), ReconcileError> {
    let mut parts: Vec<&[String]> = ids.chunks(IDS_MAX).collect();
    for _ in 0..CALLS_MAX {
        let Some(part) = parts.pop() else { break };
        match client.incidents(part).await {
            Ok(found) => heal_all(state, integration, client, &found).await?,
            Err(error) if error.class == ErrorClass::NotFound => {
                if part.len() > 1 {
                    parts.extend(<[_; 2]>::from(part.split_at(part.len() / 2)));
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn heal_all(
    state: &State,
    integration: &Integration,
    client: &Client,
    incidents: &[flashduty::Incident],
) -> Result<(), store::StoreError> {
    let read: Vec<Incident> = incidents.iter().map(convert::incident).collect();
    // A list names nobody; a card that is drawn from it must.
    let names = people::names(state, integration, client, people::nameless(&read)).await;
    for (read, incident) in read.into_iter().zip(incidents) {
        heal(state, integration, incident, people::named(read, &names)).await?;
    }
    Ok(())
}

/// An incident that nobody was told of when it began is told of now only if it is known already or began a moment ago:
/// a first start must not send a month of cards.
async fn heal(
    state: &State,
    integration: &Integration,
    incident: &flashduty::Incident,
    read: Incident,
) -> Result<(), store::StoreError> {
    let mut tx = state.store.begin().await?;
    let known = store::incident::get(&mut tx, &integration.key, &incident.incident_id).await?.is_some();
    let began = incident.created_at.or(incident.start_time).unwrap_or_default();
    let since = integration.created.max(state.world.now().minus(UNTOLD_AGE_MAX));
    if known || began >= since {
        incidents::take_read(state, &mut tx, &integration.key, read).await?;
    }
    tx.commit().await
}
