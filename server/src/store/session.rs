//! Who is signed in. Ids are hashes of cookie values.

use super::sql::sql;
use super::{StoreError, Tx};
use crate::model::session::Session;
use world::Millis;

/// Keeps a new session.
pub async fn insert(tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
    sql("INSERT INTO session (id, integration, user_id, user_name, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6)")
        .text(&session.id)
        .text(&session.integration)
        .text(&session.user_id)
        .text(&session.user_name)
        .at(session.created)
        .at(session.expires)
        .run(tx)
        .await?;
    Ok(())
}

/// A session that has not expired.
pub async fn get(tx: &mut Tx, id: &str, now: Millis) -> Result<Option<Session>, StoreError> {
    let row = sql("SELECT id, integration, user_id, user_name, created_ms, expires_ms FROM session \
                   WHERE id = $1 AND expires_ms > $2")
    .text(id)
    .at(now)
    .row(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Session {
        id: row.text("id")?,
        integration: row.text("integration")?,
        user_id: row.text("user_id")?,
        user_name: row.text("user_name")?,
        created: row.at("created_ms")?,
        expires: row.at("expires_ms")?,
    }))
}

/// Moves a session's end. False when it is gone.
pub async fn extend(tx: &mut Tx, id: &str, expires: Millis) -> Result<bool, StoreError> {
    sql("UPDATE session SET expires_ms = $2 WHERE id = $1").text(id).at(expires).changed(tx).await
}

/// Ends a session. False when it is gone already.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    sql("DELETE FROM session WHERE id = $1").text(id).changed(tx).await
}

/// Ends the oldest sessions of a person but `keep`.
pub async fn delete_oldest_of_user(
    tx: &mut Tx,
    integration: &str,
    user_id: &str,
    keep: i64,
) -> Result<u64, StoreError> {
    sql("DELETE FROM session WHERE integration = $1 AND user_id = $2 AND id NOT IN (SELECT id FROM session \
         WHERE integration = $1 AND user_id = $2 ORDER BY created_ms DESC, id LIMIT $3)")
    .text(integration)
    .text(user_id)
    .number(keep)
    .run(tx)
    .await
}

/// Ends every session of a person, and counts them.
pub async fn delete_of_user(tx: &mut Tx, integration: &str, user_id: &str) -> Result<u64, StoreError> {
    sql("DELETE FROM session WHERE integration = $1 AND user_id = $2").text(integration).text(user_id).run(tx).await
}

/// Deletes what has expired, and counts it.
pub async fn sweep(tx: &mut Tx, now: Millis) -> Result<u64, StoreError> {
    sql("DELETE FROM session WHERE expires_ms <= $1").at(now).run(tx).await
}
