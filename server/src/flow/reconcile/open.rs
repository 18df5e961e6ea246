//! What is open at Flashduty, and what became of that which is not any more.

use super::{Comparing, RunError};
use crate::flow::open_ones::open_ones;
use crate::flow::{convert, incidents, people};
use crate::model::incident::Incident;
use crate::model::task::TaskKind;
use crate::store::{self, StoreError};
use contract::incident::Progress;
use flashduty::{ErrorClass, IncidentQuery};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;
use world::Millis;

/// Rows a page and pages at most: 1,000 open incidents.
const PAGE_ROWS: u32 = 100;
const PAGES_MAX: u32 = 10;
/// Incidents we believe open that are looked at, and how many are asked for by id in one call (reference 5.2).
const BELIEVED_MAX: i64 = 1_000;
const IDS_MAX: usize = 100;
/// How old an incident may be that nobody was told of: later than that the news has gone round otherwise.
const UNTOLD_AGE_MAX: Duration = Duration::from_secs(6 * 3600);

/// Incidents that were asked for by id.
#[derive(Default)]
pub struct Asked {
    /// What Flashduty has, with the time they were asked for.
    pub found: Vec<(flashduty::Incident, Millis)>,
    /// What it left out of an answer about several.
    pub missing: BTreeSet<String>,
    /// What it said does not exist, asked of this one alone.
    pub gone: BTreeSet<String>,
    /// The budget ended before all were asked for.
    pub cut: bool,
}

/// Reads all open incidents and what we believe open, and applies what is newer than the mirror.
pub async fn compare(comparing: &mut Comparing<'_>) -> Result<(), RunError> {
    let mut seen = HashSet::new();
    for page in 1..=PAGES_MAX {
        comparing.budget.spend()?;
        let asked = comparing.state.world.now();
        let query = IncidentQuery { page, limit: PAGE_ROWS, ..open_ones(asked) };
        let listed = comparing.client.incident_list(&query).await?;
        seen.extend(listed.items.iter().map(|incident| incident.incident_id.clone()));
        let read = listed.items.into_iter().map(|incident| (incident, asked)).collect();
        heal_all(comparing, read).await?;
        if !listed.has_next_page {
            break;
        }
    }
    let mut tx = comparing.state.store.read().await?;
    let believed = store::incident::open(&mut tx, &comparing.integration.key, BELIEVED_MAX).await?;
    drop(tx);
    let unlisted: Vec<Incident> =
        believed.into_iter().map(|mirror| mirror.incident).filter(|one| !seen.contains(&one.id)).collect();
    let ids: Vec<String> = unlisted.iter().map(|one| one.id.clone()).collect();
    let asked = by_id(comparing, &ids).await?;
    heal_all(comparing, asked.found).await?;
    // What our key has seen before and Flashduty says does not exist has been removed.
    for one in unlisted.iter().filter(|one| one.read) {
        if asked.gone.contains(&one.id) {
            end(comparing, &one.id).await?;
        } else if asked.missing.contains(&one.id) {
            end_if_gone(comparing, &one.id).await?;
        }
    }
    if asked.cut { Err(RunError::Later) } else { Ok(()) }
}

/// Asks for incidents by id. One that Flashduty does not know any more may be left out or spoil the whole answer
/// (reference 5.2, unconfirmed): halves find it, one after the other, so that whatever the budget allows is progress.
pub async fn by_id(comparing: &mut Comparing<'_>, ids: &[String]) -> Result<Asked, RunError> {
    let mut asked = Asked::default();
    let mut parts: Vec<&[String]> = ids.chunks(IDS_MAX).collect();
    while let Some(part) = parts.pop() {
        if comparing.budget.spend().is_err() {
            asked.cut = true;
            break;
        }
        let at = comparing.state.world.now();
        match comparing.client.incidents(part).await {
            Ok(found) => {
                let known: HashSet<&str> = found.iter().map(|one| one.incident_id.as_str()).collect();
                asked.missing.extend(part.iter().filter(|id| !known.contains(id.as_str())).cloned());
                asked
                    .found
                    .extend(found.into_iter().filter(|one| part.contains(&one.incident_id)).map(|one| (one, at)));
            }
            Err(error) if error.class == ErrorClass::NotFound && part.len() > 1 => {
                parts.extend(<[_; 2]>::from(part.split_at(part.len() / 2)));
            }
            Err(error) if error.class == ErrorClass::NotFound => asked.gone.extend(part.iter().cloned()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(asked)
}

/// Applies what was read. A list names nobody; a card that is drawn from it must, if the budget allows it.
pub async fn heal_all(comparing: &mut Comparing<'_>, read: Vec<(flashduty::Incident, Millis)>) -> Result<(), RunError> {
    let (state, integration) = (comparing.state, comparing.integration);
    let incidents: Vec<Incident> = read.iter().map(|(incident, _)| convert::incident(incident)).collect();
    let nameless = people::nameless(&incidents);
    let names = if nameless.is_empty() || comparing.budget.spend().is_err() {
        BTreeMap::new()
    } else {
        people::names(state, integration, &comparing.client, nameless).await
    };
    for (one, (incident, asked)) in incidents.into_iter().zip(&read) {
        let one = Incident { read: true, ..people::named(one, &names) };
        heal(comparing, incident, one, *asked).await?;
    }
    Ok(())
}

/// An incident that nobody was told of when it began is told of now only if it is known already or began a moment ago:
/// a first start must not send a month of cards.
async fn heal(
    comparing: &Comparing<'_>,
    incident: &flashduty::Incident,
    read: Incident,
    asked: Millis,
) -> Result<(), StoreError> {
    let (state, key) = (comparing.state, &comparing.integration.key);
    let mut tx = state.store.begin().await?;
    let known = store::incident::get(&mut tx, key, &incident.incident_id).await?;
    let began = incident.created_at.or(incident.start_time).unwrap_or_default();
    let since = comparing.integration.created.max(state.world.now().minus(UNTOLD_AGE_MAX));
    if known.as_ref().is_some_and(|mirror| lost_its_alerts(&mirror.incident, &read)) {
        let now = state.world.now();
        store::task::add(&mut tx, key, &TaskKind::FollowMerge { incident: read.id.clone() }, now, now).await?;
    }
    if known.is_some() || began >= since {
        incidents::take_read(state, &mut tx, key, read, asked).await?;
    }
    tx.commit().await
}

/// A source of a merge is closed and has no alerts left (reference 4.1): whoever missed the webhook can tell by that.
fn lost_its_alerts(mirror: &Incident, read: &Incident) -> bool {
    let closes = mirror.progress != Progress::Closed && read.progress == Progress::Closed;
    closes && mirror.alert_count > 0 && read.alert_count == 0
}

/// What was left out of an answer is asked for once more, alone: buttons go with the answer.
async fn end_if_gone(comparing: &mut Comparing<'_>, id: &str) -> Result<(), RunError> {
    comparing.budget.spend()?;
    let asked = comparing.state.world.now();
    match comparing.client.incident(id).await {
        Ok(incident) => heal_all(comparing, vec![(incident, asked)]).await,
        Err(error) if error.class == ErrorClass::NotFound => end(comparing, id).await,
        Err(error) => Err(error.into()),
    }
}

async fn end(comparing: &Comparing<'_>, id: &str) -> Result<(), RunError> {
    let (state, key) = (comparing.state, &comparing.integration.key);
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    incidents::take_end(state, &mut tx, key, id, |mirror| mirror.vanish(now)).await?;
    Ok(tx.commit().await?)
}
