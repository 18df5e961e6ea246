//! One-time links into the console, and tokens of the automation API. Ids are hashes.

use super::sql::{known, sql};
use super::{StoreError, Tx};
use world::Millis;

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Administrator,
    Observer,
}

/// A token of the automation API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub name: String,
    pub role: Role,
}

impl Role {
    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Observer => "observer",
        }
    }

    /// The role of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Administrator, Self::Observer].into_iter().find(|role| role.name() == name)
    }
}

/// Keeps a one-time link.
pub async fn put_link(tx: &mut Tx, id_hash: &str, role: Role, expires: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO console_link (id, role, expires_ms) VALUES ($1, $2, $3)")
        .text(id_hash)
        .text(role.name())
        .at(expires)
        .run(tx)
        .await?;
    Ok(())
}

/// Uses a one-time link: its role once, and only before it expires.
pub async fn take_link(tx: &mut Tx, id_hash: &str, now: Millis) -> Result<Option<Role>, StoreError> {
    let row = sql("DELETE FROM console_link WHERE id = $1 AND expires_ms > $2 RETURNING role").text(id_hash).at(now);
    let row = row.row(tx).await?;
    row.map(|row| known("console_link", "role", Role::from_name(&row.text("role")?))).transpose()
}

/// Deletes links that have expired, and counts them.
pub async fn sweep(tx: &mut Tx, now: Millis) -> Result<u64, StoreError> {
    sql("DELETE FROM console_link WHERE expires_ms <= $1").at(now).run(tx).await
}

/// Is this the first start: no integration, and no link waiting to be used?
pub async fn is_empty(tx: &mut Tx) -> Result<bool, StoreError> {
    let integrations = sql("SELECT COUNT(*) AS n FROM integration").count(tx).await?;
    let links = sql("SELECT COUNT(*) AS n FROM console_link").count(tx).await?;
    Ok(integrations + links == 0)
}

/// Keeps a token. [`StoreError::Taken`] when it is there already.
pub async fn add_token(tx: &mut Tx, id_hash: &str, name: &str, role: Role, now: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO api_token (id, name, role, created_ms) VALUES ($1, $2, $3, $4)")
        .text(id_hash)
        .text(name)
        .text(role.name())
        .at(now)
        .run(tx)
        .await?;
    Ok(())
}

/// The token of a hash.
pub async fn token(tx: &mut Tx, id_hash: &str) -> Result<Option<ApiToken>, StoreError> {
    let row = sql("SELECT name, role FROM api_token WHERE id = $1").text(id_hash).row(tx).await?;
    let Some(row) = row else { return Ok(None) };
    let role = known("api_token", "role", Role::from_name(&row.text("role")?))?;
    Ok(Some(ApiToken { name: row.text("name")?, role }))
}

/// All tokens by name, with when they were made.
pub async fn tokens(tx: &mut Tx) -> Result<Vec<(ApiToken, Millis)>, StoreError> {
    let rows = sql("SELECT name, role, created_ms FROM api_token ORDER BY name, created_ms, id").rows(tx).await?;
    rows.iter()
        .map(|row| {
            let role = known("api_token", "role", Role::from_name(&row.text("role")?))?;
            Ok((ApiToken { name: row.text("name")?, role }, row.at("created_ms")?))
        })
        .collect()
}

/// Ends the tokens of a name, and counts them.
pub async fn remove_tokens(tx: &mut Tx, name: &str) -> Result<u64, StoreError> {
    sql("DELETE FROM api_token WHERE name = $1").text(name).run(tx).await
}
