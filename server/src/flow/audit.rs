//! The audit log: who did what to which.

use crate::state::State;
use crate::store::audit::AuditEntry;
use crate::store::{self, StoreError, Tx};
use serde_json::Value;

/// Writes a line of now. The log of what belongs to no integration has an empty `key`. `detail` never holds a secret.
pub async fn write(
    state: &State,
    tx: &mut Tx,
    key: &str,
    actor: &str,
    act: &str,
    subject: &str,
    detail: Value,
) -> Result<(), StoreError> {
    let entry = AuditEntry {
        id: state.world.id(),
        integration: key.to_owned(),
        actor: actor.to_owned(),
        act: act.to_owned(),
        subject: subject.to_owned(),
        detail,
        at: state.world.now(),
    };
    store::audit::add(tx, &entry).await
}
