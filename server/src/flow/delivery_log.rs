//! What went out, and sending it anew.

use super::automation::{self, After};
use super::refusal::Refusal;
use crate::model::delivery::{Attempt, Delivery};
use crate::state::State;
use crate::store;
use contract::ProblemCode;

pub use crate::store::delivery::Wanted;

/// Attempts of a delivery that are shown, the newest.
pub const ATTEMPTS_SHOWN: i64 = 100;

/// Deliveries, newest first.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn list(
    state: &State,
    key: &str,
    wanted: &Wanted,
    after: After,
    limit: i64,
) -> Result<Vec<Delivery>, Refusal> {
    let mut tx = automation::read(state, key).await?;
    Ok(store::delivery::list(&mut tx, key, wanted, after, limit).await?)
}

/// One delivery with its last attempts, newest first.
///
/// # Errors
/// `NotFound` for an unknown integration or delivery.
pub async fn one(state: &State, key: &str, id: &str) -> Result<(Delivery, Vec<Attempt>), Refusal> {
    let mut tx = automation::read(state, key).await?;
    let found = store::delivery::get(&mut tx, id).await?.filter(|delivery| delivery.integration == key);
    let delivery = found.ok_or(ProblemCode::NotFound)?;
    let attempts = store::delivery::attempts(&mut tx, id, ATTEMPTS_SHOWN).await?;
    Ok((delivery, attempts))
}
