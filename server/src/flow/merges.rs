//! Which incidents became part of which: the webhook of a merge does not say it, the timeline does (reference 3.1, 8.1).

use super::{convert, credential, incidents, people};
use crate::model::incident::LastAct;
use crate::model::integration::Integration;
use crate::state::State;
use crate::store::{self, StoreError};
use flashduty::{FlashdutyError, MERGE, Merge};
use std::collections::BTreeSet;
use world::Millis;

/// Newest merges of an incident that are looked at.
const ROWS: u32 = 20;
/// Sources of one merge at most (reference 5.6).
const SOURCES_MAX: usize = 100;

/// Why it is not known.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error(transparent)]
    Flashduty(#[from] FlashdutyError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FollowError {
    /// Whether another try may succeed.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Flashduty(error) => error.is_transient(),
            Self::Store(_) => true,
        }
    }
}

/// Reads the merges an incident took part in and marks the sources we know of.
///
/// # Errors
/// The timeline cannot be read.
pub async fn follow(state: &State, integration: &Integration, incident_id: &str) -> Result<(), FollowError> {
    let client = credential::service(state, integration);
    let feed = client.feed_of_kinds(incident_id, &[MERGE], ROWS).await?;
    let ids: BTreeSet<i64> = feed.items.iter().map(|row| row.creator_id).filter(|id| *id != 0).collect();
    let names = people::names(state, integration, &client, ids).await;
    for row in feed.items.iter().rev() {
        if let Some(merge) = row.merge() {
            let at = incidents::believed(row.at, state.world.now());
            mark(state, &integration.key, &merge, names.get(&row.creator_id).cloned(), at).await?;
        }
    }
    Ok(())
}

async fn mark(state: &State, key: &str, merge: &Merge, who: Option<String>, at: Millis) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    let target = store::incident::get(&mut tx, key, &merge.target_id).await?.map(|mirror| mirror.incident.num);
    let num = target.unwrap_or_else(|| convert::number(&merge.target_id));
    for source in merge.source_ids.iter().take(SOURCES_MAX) {
        let act = || LastAct { who: who.clone(), kind: MERGE.to_owned(), at };
        incidents::take_end(state, &mut tx, key, source, |mirror| mirror.merge(&merge.target_id, &num, act())).await?;
    }
    tx.commit().await
}
