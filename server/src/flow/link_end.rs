//! How links end: by the person, by leaving the company, or because Flashduty no longer accepts the credential.

use super::audit;
use crate::model::link::Link;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use serde_json::json;
use world::Millis;

/// Removes an employee's link and sessions; the credential is gone with the row. False when there was none.
pub async fn end(state: &State, tx: &mut Tx, link: &Link, act: &str) -> Result<bool, StoreError> {
    end_by(state, tx, link, act, &link.employee.user_id).await
}

/// The same, by somebody else.
pub async fn end_by(state: &State, tx: &mut Tx, link: &Link, act: &str, actor: &str) -> Result<bool, StoreError> {
    let key = &link.integration;
    let removed = store::link::delete(tx, &link.id).await?;
    store::session::delete_of_user(tx, key, &link.employee.user_id).await?;
    store::console_session::delete_of_user(tx, key, &link.employee.user_id).await?;
    if removed {
        let detail = json!({ "member_id": link.member.member_id });
        audit::write(state, tx, key, actor, act, &link.employee.user_id, detail).await?;
    }
    Ok(removed)
}

/// An employee left the company at `at`. A link made later belongs to somebody who came back: the news is an old one.
pub async fn left(state: &State, tx: &mut Tx, key: &str, user_id: &str, at: Millis) -> Result<(), StoreError> {
    if let Some(link) = store::link::by_user(tx, key, user_id).await? {
        if link.created > at {
            return Ok(());
        }
        end(state, tx, &link, "left-company").await?;
    }
    store::session::delete_of_user(tx, key, user_id).await?;
    Ok(())
}

/// Flashduty answered `Unauthorized`: the person must sign in again.
pub async fn broke(state: &State, link: &Link) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    // Several calls may fail at once, and the person may have signed in again since they began.
    if store::link::set_broken(&mut tx, &link.id, link.version, state.world.now()).await? {
        let detail = json!({ "member_id": link.member.member_id });
        let user_id = &link.employee.user_id;
        audit::write(state, &mut tx, &link.integration, "system", "link-broken", user_id, detail).await?;
    }
    tx.commit().await
}
