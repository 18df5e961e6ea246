//! When something was last seen, and when something was last changed so that what was seen before proves nothing.

use super::sql::sql;
use super::{StoreError, Tx};
use std::collections::BTreeMap;
use world::Millis;

/// Notes that it was seen, or changed, at `at`; the newest time stays.
pub async fn put(tx: &mut Tx, integration: &str, name: &str, at: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO evidence (integration, name, at_ms) VALUES ($1, $2, $3) ON CONFLICT (integration, name) \
         DO UPDATE SET at_ms = excluded.at_ms WHERE excluded.at_ms > evidence.at_ms")
    .text(integration)
    .text(name)
    .at(at)
    .run(tx)
    .await?;
    Ok(())
}

/// Forgets that it was seen.
pub async fn remove(tx: &mut Tx, integration: &str, name: &str) -> Result<(), StoreError> {
    sql("DELETE FROM evidence WHERE integration = $1 AND name = $2").text(integration).text(name).run(tx).await?;
    Ok(())
}

/// Everything that is known of an integration, by name. Names are of a closed list.
pub async fn all(tx: &mut Tx, integration: &str) -> Result<BTreeMap<String, Millis>, StoreError> {
    let rows = sql("SELECT name, at_ms FROM evidence WHERE integration = $1").text(integration).rows(tx).await?;
    rows.iter().map(|row| Ok((row.text("name")?, row.at("at_ms")?))).collect()
}
