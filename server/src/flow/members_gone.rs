//! Members who are gone from Flashduty lose their links: looked for once a day (Flashduty reference 10.3).

use super::{credential, link_end};
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::state::State;
use crate::store::{self, StoreError};
use flashduty::{Client, FlashdutyError, MemberQuery};
use std::collections::BTreeSet;
use std::time::Duration;

/// How often.
pub const EVERY: Duration = Duration::from_secs(24 * 3600);
/// When for the first time: a start has more urgent work.
pub const FIRST_AFTER: Duration = Duration::from_secs(3600);
/// How soon again when Flashduty did not answer.
pub const AGAIN: Duration = Duration::from_secs(30 * 60);
/// Links read at once, and people asked for in one call.
const PART: i64 = 100;
/// Flashduty reads no further than row 10,000 of a list (reference 2.5).
const PAGES_MAX: u32 = 100;
const ROWS: u32 = 100;

/// Why nobody can be told to be gone.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    #[error(transparent)]
    Flashduty(#[from] FlashdutyError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ends the links of members whom Flashduty has no more. How many.
///
/// # Errors
/// Flashduty or the database does not answer; what was found before stays ended.
pub async fn sweep(state: &State, integration: &Integration) -> Result<usize, SweepError> {
    let client = credential::service(state, integration);
    // A key of another account would know nobody of ours.
    let account_id = client.member_info().await?.account_id;
    let mut suspects: Vec<Link> = Vec::new();
    let mut after = None;
    loop {
        let mut tx = state.store.read().await?;
        let links = store::link::list(&mut tx, &integration.key, None, after, PART).await?;
        drop(tx);
        let Some(last) = links.last() else { break };
        after = Some((last.created, last.id.clone()));
        let ours: Vec<Link> = links.into_iter().filter(|link| link.member.account_id == account_id).collect();
        let ids: Vec<i64> = ours.iter().map(|link| link.member.member_id).collect();
        let persons = if ids.is_empty() { Vec::new() } else { client.person_infos(&ids).await? };
        let known: BTreeSet<i64> =
            persons.iter().filter(|person| person.status != "deleted").map(|person| person.person_id).collect();
        suspects.extend(ours.into_iter().filter(|link| !known.contains(&link.member.member_id)));
    }
    if suspects.is_empty() {
        return Ok(0);
    }
    let members = members(&client).await?;
    let mut ended = 0;
    for link in suspects.iter().filter(|link| !members.contains(&link.member.member_id)) {
        let mut tx = state.store.begin().await?;
        ended += usize::from(link_end::end(state, &mut tx, link, "member-deleted").await?);
        tx.commit().await?;
    }
    Ok(ended)
}

/// Every member who is not deleted.
async fn members(client: &Client) -> Result<BTreeSet<i64>, FlashdutyError> {
    let mut members = BTreeSet::new();
    for page in 1..=PAGES_MAX {
        let query = MemberQuery { page, limit: ROWS, ..MemberQuery::default() };
        let read = client.member_list(&query).await?;
        members.extend(read.items.iter().filter(|one| one.status != "deleted").map(|member| member.member_id));
        if !read.has_next_page {
            break;
        }
    }
    Ok(members)
}
