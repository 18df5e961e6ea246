//! What other programs may read and change of an integration.

use super::refusal::Refusal;
use crate::model::link::{Link, LinkState};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use world::Millis;

pub use crate::store::audit::AuditEntry;

/// A place in a list ordered by time and id.
pub type After = Option<(Millis, String)>;

/// Links of people, newest first.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn links(
    state: &State,
    key: &str,
    link_state: Option<LinkState>,
    after: After,
    limit: i64,
) -> Result<Vec<Link>, Refusal> {
    let mut tx = read(state, key).await?;
    Ok(store::link::list(&mut tx, key, link_state, after, limit).await?)
}

/// The audit log, newest first.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn audit(state: &State, key: &str, after: After, limit: i64) -> Result<Vec<AuditEntry>, Refusal> {
    let mut tx = read(state, key).await?;
    Ok(store::audit::list(&mut tx, key, after, limit).await?)
}

pub(super) async fn read(state: &State, key: &str) -> Result<Tx, Refusal> {
    let mut tx = state.store.read().await?;
    known(&mut tx, key).await?;
    Ok(tx)
}

pub(super) async fn known(tx: &mut Tx, key: &str) -> Result<(), Refusal> {
    let found: Result<_, StoreError> = store::integration::by_key(tx, key).await;
    found?.map(drop).ok_or_else(|| ProblemCode::NotFound.into())
}
