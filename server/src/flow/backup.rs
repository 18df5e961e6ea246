//! Backups: taken while the server works, restored whole or not at all.

use super::audit;
use super::set_up;
use crate::state::State;
use crate::store::{self, StoreError};
use serde_json::json;
use std::io::{BufRead, Write};

pub use crate::store::dump::{DumpError, Rows};

/// Writes everything, and notes that a backup was made: the doctor asks for one that is not old.
///
/// # Errors
/// The database or the file.
pub async fn make(state: &State, out: &mut (dyn Write + Send), actor: &str) -> Result<Rows, DumpError> {
    let rows = state.store.dump(env!("CARGO_PKG_VERSION"), out).await?;
    let mut tx = state.store.begin().await?;
    store::evidence::put(&mut tx, "", "backup", state.world.now()).await?;
    audit::write(state, &mut tx, "", actor, "backup-made", "database", json!({ "rows": total(&rows) })).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Restores a backup, then opens what it has sealed: without the key it was sealed with it is of no use.
///
/// # Errors
/// The database or the file; nothing was changed then. A key that is missing is told after the restoring.
pub async fn restore(
    state: &State,
    from: &mut (dyn BufRead + Send),
    replace: bool,
    actor: &str,
) -> Result<Rows, DumpError> {
    let rows = state.store.load(from, replace).await?;
    let mut tx = state.store.begin().await?;
    audit::write(state, &mut tx, "", actor, "backup-restored", "database", json!({ "rows": total(&rows) })).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Whether the configured keys open what is in the database.
///
/// # Errors
/// They do not.
pub async fn opens(state: &State) -> Result<(), StoreError> {
    set_up::list(state).await.map(drop)
}

/// All rows.
pub fn total(rows: &Rows) -> u64 {
    rows.values().sum()
}
