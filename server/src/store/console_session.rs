//! Who is signed in to the console, as what, and why. Ids are hashes of cookie values.

use super::console::Role;
use super::sql::{known, sql};
use super::{StoreError, Tx};
use world::Millis;

const TABLE: &str = "console_session";

/// Who is looking at the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleSession {
    /// SHA-256 of the cookie's value.
    pub id: String,
    /// The integration whose person it is; empty for whoever used a one-time link, who sees all of them.
    pub integration: String,
    /// As the audit log names them.
    pub user_id: String,
    pub user_name: String,
    pub role: Role,
    pub ground: Ground,
    /// When Flashduty last said that its person may.
    pub checked: Millis,
    pub created: Millis,
    pub expires: Millis,
}

/// Why somebody may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A one-time link.
    Link,
    /// A role that was given here.
    Grant,
    /// An administrator at Flashduty.
    Flashduty,
}

impl Ground {
    const ALL: [Self; 3] = [Self::Link, Self::Grant, Self::Flashduty];

    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Grant => "grant",
            Self::Flashduty => "flashduty",
        }
    }
}

/// Keeps a new session.
pub async fn insert(tx: &mut Tx, session: &ConsoleSession) -> Result<(), StoreError> {
    sql("INSERT INTO console_session (id, integration, user_id, user_name, role, ground, checked_ms, created_ms, \
         expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .text(&session.id)
    .text(&session.integration)
    .text(&session.user_id)
    .text(&session.user_name)
    .text(session.role.name())
    .text(session.ground.name())
    .at(session.checked)
    .at(session.created)
    .at(session.expires)
    .run(tx)
    .await?;
    Ok(())
}

/// A session that has not expired.
pub async fn get(tx: &mut Tx, id: &str, now: Millis) -> Result<Option<ConsoleSession>, StoreError> {
    let row = sql("SELECT id, integration, user_id, user_name, role, ground, checked_ms, created_ms, expires_ms \
         FROM console_session WHERE id = $1 AND expires_ms > $2")
    .text(id)
    .at(now)
    .row(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let ground = row.text("ground")?;
    Ok(Some(ConsoleSession {
        id: row.text("id")?,
        integration: row.text("integration")?,
        user_id: row.text("user_id")?,
        user_name: row.text("user_name")?,
        role: known(TABLE, "role", Role::from_name(&row.text("role")?))?,
        ground: known(TABLE, "ground", Ground::ALL.into_iter().find(|one| one.name() == ground))?,
        checked: row.at("checked_ms")?,
        created: row.at("created_ms")?,
        expires: row.at("expires_ms")?,
    }))
}

/// Notes that a session's person was proved to have this role.
pub async fn check(tx: &mut Tx, id: &str, role: Role, ground: Ground, now: Millis) -> Result<bool, StoreError> {
    sql("UPDATE console_session SET role = $2, ground = $3, checked_ms = $4 WHERE id = $1")
        .text(id)
        .text(role.name())
        .text(ground.name())
        .at(now)
        .changed(tx)
        .await
}

/// Ends a session. False when it is gone already.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    sql("DELETE FROM console_session WHERE id = $1").text(id).changed(tx).await
}

/// Ends every session of a person, and counts them.
pub async fn delete_of_user(tx: &mut Tx, integration: &str, user_id: &str) -> Result<u64, StoreError> {
    sql("DELETE FROM console_session WHERE integration = $1 AND user_id = $2")
        .text(integration)
        .text(user_id)
        .run(tx)
        .await
}

/// Deletes what has expired, and counts it.
pub async fn sweep(tx: &mut Tx, now: Millis) -> Result<u64, StoreError> {
    sql("DELETE FROM console_session WHERE expires_ms <= $1").at(now).run(tx).await
}
