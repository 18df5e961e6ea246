//! Tries to make a link. The database knows only the hash of the id that stands in addresses, and the rest is sealed.

use super::sql::{from_json, sql, to_json};
use super::{StoreError, Tx};
use crate::model::hash::hex_sha256;
use crate::model::link_attempt::LinkAttempt;
use secrecy::ExposeSecret;
use world::Millis;

const TABLE: &str = "link_attempt";

/// Keeps a new attempt.
pub async fn insert(tx: &mut Tx, attempt: &LinkAttempt) -> Result<(), StoreError> {
    let hash = hex_sha256(&attempt.id);
    let body = seal(tx, &hash, attempt)?;
    sql("INSERT INTO link_attempt (id, integration, body_sealed, expires_ms, version) VALUES ($1, $2, $3, $4, $5)")
        .text(&hash)
        .text(&attempt.integration)
        .text(&body)
        .at(attempt.expires)
        .number(attempt.version)
        .run(tx)
        .await?;
    Ok(())
}

/// The attempt of an address, unless it has expired or belongs to another integration.
pub async fn get(tx: &mut Tx, integration: &str, id: &str, now: Millis) -> Result<Option<LinkAttempt>, StoreError> {
    let hash = hex_sha256(id);
    let row =
        sql("SELECT body_sealed, version FROM link_attempt WHERE id = $1 AND integration = $2 AND expires_ms > $3")
            .text(&hash)
            .text(integration)
            .at(now)
            .row(tx)
            .await?;
    let Some(row) = row else { return Ok(None) };
    let body = tx.unseal(TABLE, &hash, &row.text("body_sealed")?)?;
    let mut attempt: LinkAttempt = from_json(TABLE, "body", body.expose_secret())?;
    attempt.version = row.number("version")?;
    Ok(Some(attempt))
}

/// Compare and set.
pub async fn update(tx: &mut Tx, attempt: &LinkAttempt) -> Result<bool, StoreError> {
    let hash = hex_sha256(&attempt.id);
    let body = seal(tx, &hash, attempt)?;
    sql("UPDATE link_attempt SET body_sealed = $3, expires_ms = $4, version = version + 1 WHERE id = $1 AND version = $2")
        .text(&hash)
        .number(attempt.version)
        .text(&body)
        .at(attempt.expires)
        .changed(tx)
        .await
}

/// Ends an attempt: true for one caller only, and only if nothing has changed since it was read.
pub async fn consume(tx: &mut Tx, attempt: &LinkAttempt) -> Result<bool, StoreError> {
    sql("DELETE FROM link_attempt WHERE id = $1 AND version = $2")
        .text(&hex_sha256(&attempt.id))
        .number(attempt.version)
        .changed(tx)
        .await
}

/// Deletes what has expired, and counts it.
pub async fn sweep(tx: &mut Tx, now: Millis) -> Result<u64, StoreError> {
    sql("DELETE FROM link_attempt WHERE expires_ms <= $1").at(now).run(tx).await
}

fn seal(tx: &Tx, hash: &str, attempt: &LinkAttempt) -> Result<String, StoreError> {
    tx.seal(TABLE, hash, &to_json(TABLE, "body", attempt)?)
}
