//! Work notices as programs read them.

use crate::flow::refusal::Refusal;
use crate::model::delivery::Delivery;
use crate::model::work_notice::{Person, WorkNotice};
use crate::state::State;
use crate::store;
use contract::ProblemCode;
use std::collections::{BTreeMap, HashMap};
use world::Millis;

/// A notice and what became of it for each of its people.
pub struct Followed {
    pub notice: WorkNotice,
    pub people: Vec<(Person, Delivery)>,
}

/// A notice and how many of its people have which outcome.
pub struct Counted {
    pub notice: WorkNotice,
    pub outcomes: BTreeMap<String, i64>,
}

/// Notices, newest first.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn list(
    state: &State,
    key: &str,
    after: Option<(Millis, String)>,
    limit: i64,
) -> Result<Vec<Counted>, Refusal> {
    let mut tx = state.store.read().await?;
    store::integration::by_key(&mut tx, key).await?.ok_or(ProblemCode::NotFound)?;
    let mut counted = Vec::new();
    for notice in store::work_notice::list(&mut tx, key, after, limit).await? {
        let outcomes = store::delivery::outcomes_of_work_notice(&mut tx, &notice.id).await?;
        counted.push(Counted { notice, outcomes });
    }
    Ok(counted)
}

/// One notice with all of its people.
///
/// # Errors
/// `NotFound` for an unknown integration or notice.
pub async fn one(state: &State, key: &str, id: &str) -> Result<Followed, Refusal> {
    let mut tx = state.store.read().await?;
    let notice = store::work_notice::get(&mut tx, key, id).await?.ok_or(ProblemCode::NotFound)?;
    let deliveries = store::delivery::of_work_notice(&mut tx, id).await?;
    let mut deliveries: HashMap<String, Delivery> = deliveries.into_iter().map(|one| (one.id.clone(), one)).collect();
    let people = store::work_notice_person::of_notice(&mut tx, id).await?;
    let people = people.into_iter().filter_map(|person| {
        let delivery = deliveries.remove(&person.delivery_id)?;
        Some((person, delivery))
    });
    Ok(Followed { people: people.collect(), notice })
}
