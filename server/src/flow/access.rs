//! Who may come in without DingTalk: the administrator by a one-time link, other programs by a token.

use super::refusal::Refusal;
use super::{address, audit};
use crate::model::hash::hex_sha256;
use crate::state::State;
use crate::store::{self, StoreError, console};
use contract::paths;
use serde_json::json;
use std::time::Duration;
use world::Millis;

pub use crate::store::console::{ApiToken, Role};

/// How long a one-time console link may be used.
const LINK_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Makes a token recognisable to scanners for leaked secrets.
const TOKEN_PREFIX: &str = "dingduty_";
/// Longer ones are not looked up.
const TOKEN_BYTES_MAX: usize = 128;

/// Makes a one-time address of the console for an administrator. Only its hash is kept.
///
/// # Errors
/// The database does not take it.
pub async fn console_link(state: &State, actor: &str) -> Result<String, StoreError> {
    console_link_as(state, Role::Administrator, actor).await
}

/// The same for a role.
///
/// # Errors
/// The database does not take it.
pub async fn console_link_as(state: &State, role: Role, actor: &str) -> Result<String, StoreError> {
    let code = state.world.secret();
    let mut tx = state.store.begin().await?;
    console::put_link(&mut tx, &hex_sha256(&code), role, state.world.now().plus(LINK_LIFETIME)).await?;
    audit::write(state, &mut tx, "", actor, "console-link-made", "console", json!({"role": role.name()})).await?;
    tx.commit().await?;
    Ok(format!("{}?code={code}", address::page(state, paths::CONSOLE_ENTER, &[])))
}

/// Whether nobody has been let in yet: neither a console link nor a token was ever made. Integrations may be there,
/// added by command before the first start.
///
/// # Errors
/// The database does not answer.
pub async fn is_first_start(state: &State) -> Result<bool, StoreError> {
    let mut tx = state.store.read().await?;
    Ok(store::audit::list(&mut tx, "", None, 1).await?.is_empty())
}

/// Makes a token of the automation API, to be shown once. Only its hash is kept.
///
/// # Errors
/// The database does not take it.
pub async fn create_token(state: &State, name: &str, role: Role, actor: &str) -> Result<String, StoreError> {
    let token = format!("{TOKEN_PREFIX}{}", state.world.secret());
    let mut tx = state.store.begin().await?;
    console::add_token(&mut tx, &hex_sha256(&token), name, role, state.world.now()).await?;
    let detail = json!({"role": role.name()});
    audit::write(state, &mut tx, "", actor, "token-created", name, detail).await?;
    tx.commit().await?;
    Ok(token)
}

/// All tokens of the automation API, with when they were made.
///
/// # Errors
/// The database does not answer.
pub async fn tokens(state: &State) -> Result<Vec<(ApiToken, Millis)>, StoreError> {
    let mut tx = state.store.read().await?;
    console::tokens(&mut tx).await
}

/// Ends the tokens of a name. How many there were.
///
/// # Errors
/// The database does not take it.
pub async fn revoke_tokens(state: &State, name: &str, actor: &str) -> Result<u64, StoreError> {
    let mut tx = state.store.begin().await?;
    let ended = console::remove_tokens(&mut tx, name).await?;
    if ended > 0 {
        audit::write(state, &mut tx, "", actor, "token-revoked", name, json!({"tokens": ended})).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// What a token may do, if it is one. Found by its hash, so that no comparison can be timed.
///
/// # Errors
/// The database does not answer.
pub async fn token(state: &State, token: &str) -> Result<Option<ApiToken>, Refusal> {
    if token.is_empty() || token.len() > TOKEN_BYTES_MAX {
        return Ok(None);
    }
    let mut tx = state.store.read().await?;
    Ok(console::token(&mut tx, &hex_sha256(token)).await?)
}

/// Whether the database takes a row now. Writes one: not to be asked too often.
///
/// # Errors
/// It does not.
pub async fn ready(state: &State) -> Result<(), Refusal> {
    Ok(state.store.ready().await?)
}
