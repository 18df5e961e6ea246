//! Roles in the console that were given to members.

use super::console::Role;
use super::sql::{known, sql};
use super::{StoreError, Tx};
use std::collections::BTreeMap;
use world::Millis;

/// Gives a member a role in place of the one they have.
pub async fn put(tx: &mut Tx, integration: &str, member_id: i64, role: Role, now: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO console_grant (integration, member_id, role, created_ms) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (integration, member_id) DO UPDATE SET role = excluded.role, created_ms = excluded.created_ms")
    .text(integration)
    .number(member_id)
    .text(role.name())
    .at(now)
    .run(tx)
    .await?;
    Ok(())
}

/// Takes a member's role. False when there was none.
pub async fn remove(tx: &mut Tx, integration: &str, member_id: i64) -> Result<bool, StoreError> {
    sql("DELETE FROM console_grant WHERE integration = $1 AND member_id = $2")
        .text(integration)
        .number(member_id)
        .changed(tx)
        .await
}

/// The role that was given to a member.
pub async fn get(tx: &mut Tx, integration: &str, member_id: i64) -> Result<Option<Role>, StoreError> {
    let row = sql("SELECT role FROM console_grant WHERE integration = $1 AND member_id = $2");
    let row = row.text(integration).number(member_id).row(tx).await?;
    row.map(|row| known("console_grant", "role", Role::from_name(&row.text("role")?))).transpose()
}

/// All roles of an integration, by member.
pub async fn all(tx: &mut Tx, integration: &str) -> Result<BTreeMap<i64, Role>, StoreError> {
    let rows =
        sql("SELECT member_id, role FROM console_grant WHERE integration = $1").text(integration).rows(tx).await?;
    rows.iter()
        .map(|row| Ok((row.number("member_id")?, known("console_grant", "role", Role::from_name(&row.text("role")?))?)))
        .collect()
}
