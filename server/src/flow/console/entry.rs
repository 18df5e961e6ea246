//! The ways into the console: a one-time link, or an own session of a person who is an administrator at Flashduty or was
//! given a role here. What lets a person in is looked at again and again, so that it can end.

use crate::flow::refusal::{Refusal, Said};
use crate::flow::{audit, caches, credential, session as visitors};
use crate::model::hash::hex_sha256;
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::session::CONSOLE_LIFETIME;
use crate::state::State;
use crate::store::console::Role;
pub use crate::store::console_session::ConsoleSession;
use crate::store::console_session::Ground;
use crate::store::{self, StoreError};
use contract::ProblemCode;
use contract::words::people as words;
use serde_json::json;
use std::time::Duration;

/// Longest code that is looked up.
const CODE_BYTES_MAX: usize = 128;
/// How long Flashduty's word is good.
const CHECKED_FOR: Duration = Duration::from_secs(5 * 60);
/// How long it is good while Flashduty does not answer.
const CHECKED_WHILE_DOWN: Duration = Duration::from_secs(3600);
/// How long Flashduty may take to say who somebody is.
const OWNER_TIMEOUT: Duration = Duration::from_secs(3);
/// Flashduty's role of administrators (reference 3).
pub const ADMIN_ROLE_ID: i64 = 2;

/// Uses a one-time link up. Returns the value of the console's cookie.
///
/// # Errors
/// `ConsoleLinkExpired`.
pub async fn enter(state: &State, code: &str, former_session: Option<&str>) -> Result<String, Refusal> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let fine = !code.is_empty() && code.len() <= CODE_BYTES_MAX;
    let role = match fine {
        true => store::console::take_link(&mut tx, &hex_sha256(code), now).await?,
        false => None,
    };
    let role = role.ok_or(ProblemCode::ConsoleLinkExpired)?;
    // A one-time link says nothing of who used it.
    let (key, user) = ("", (role.name().to_owned(), String::new()));
    let secret = open(state, &mut tx, key, user, (role, Ground::Link), former_session).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Lets a person in by their own session. Returns the value of the console's cookie.
///
/// # Errors
/// `RoleTooLow` for who is neither an administrator at Flashduty nor was given a role here; what Flashduty answers.
pub async fn enter_as(
    state: &State,
    integration: &Integration,
    link: &Link,
    former_session: Option<&str>,
) -> Result<String, Refusal> {
    let found = match standing(state, integration, link).await? {
        Some(found) => found,
        None => return Err(refused(words::not_let_in)),
    };
    let mut tx = state.store.begin().await?;
    let user = (link.employee.user_id.clone(), link.employee.name.clone());
    let secret = open(state, &mut tx, &integration.key, user, found, former_session).await?;
    tx.commit().await?;
    Ok(secret)
}

/// The living console session of a cookie's hash, with the role its person has now.
///
/// # Errors
/// `RoleTooLow`, once, for a person who may not be there any more; what Flashduty answers.
pub async fn session(state: &State, id: &str) -> Result<Option<ConsoleSession>, Refusal> {
    let now = state.world.now();
    let mut tx = state.store.read().await?;
    let Some(mut session) = store::console_session::get(&mut tx, id, now).await? else { return Ok(None) };
    if session.ground == Ground::Link {
        return Ok(Some(session));
    }
    let link = store::link::by_user(&mut tx, &session.integration, &session.user_id).await?;
    let Some(link) = link.filter(visitors::is_living) else {
        drop(tx);
        return end(state, &session).await;
    };
    let grant = store::console_grant::get(&mut tx, &session.integration, link.member.member_id).await?;
    drop(tx);
    let age = now.since(session.checked);
    match (session.ground, grant) {
        (Ground::Grant, Some(role)) => {
            session.role = role;
            return Ok(Some(session));
        }
        (Ground::Flashduty, _) if age < CHECKED_FOR => return Ok(Some(session)),
        _ => {}
    }
    let Some(integration) = caches::integration(state, &session.integration).await? else {
        return end(state, &session).await;
    };
    match standing(state, &integration, &link).await {
        Ok(Some((role, ground))) => {
            let mut tx = state.store.begin().await?;
            store::console_session::check(&mut tx, id, role, ground, now).await?;
            tx.commit().await?;
            Ok(Some(ConsoleSession { role, ground, checked: now, ..session }))
        }
        Ok(None) => end(state, &session).await,
        Err(refusal) if refusal.is_passing() && session.ground == Ground::Flashduty && age < CHECKED_WHILE_DOWN => {
            Ok(Some(session))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Ends a session.
///
/// # Errors
/// The database does not take it.
pub async fn leave(state: &State, session: &ConsoleSession) -> Result<(), Refusal> {
    let mut tx = state.store.begin().await?;
    store::console_session::delete(&mut tx, &session.id).await?;
    let (key, user_id) = (&session.integration, &session.user_id);
    audit::write(state, &mut tx, key, user_id, "console-left", "console", json!({})).await?;
    Ok(tx.commit().await?)
}

/// Whether a person is shown the way into the console. Entering asks Flashduty.
///
/// # Errors
/// The database does not answer.
pub async fn is_offered(state: &State, link: &Link) -> Result<bool, StoreError> {
    if !visitors::is_living(link) {
        return Ok(false);
    }
    let mut tx = state.store.read().await?;
    let member_id = link.member.member_id;
    Ok(store::member::is_admin(&mut tx, &link.integration, member_id).await?
        || store::console_grant::get(&mut tx, &link.integration, member_id).await?.is_some())
}

/// What a person is in the console now, and why: Flashduty's administrators, then who was given a role here.
async fn standing(state: &State, integration: &Integration, link: &Link) -> Result<Option<(Role, Ground)>, Refusal> {
    let key = &integration.key;
    let mut tx = state.store.read().await?;
    let grant = store::console_grant::get(&mut tx, key, link.member.member_id).await?;
    drop(tx);
    if grant == Some(Role::Administrator) {
        return Ok(Some((Role::Administrator, Ground::Grant)));
    }
    let client = credential::person(state, integration, link).await?.within(OWNER_TIMEOUT);
    let owner = client.member_info().await.map_err(Refusal::from);
    let is_admin = match owner {
        Ok(owner) => owner.member_id == link.member.member_id && owner.role_ids.contains(&ADMIN_ROLE_ID),
        // Who was given a role needs no word of Flashduty.
        Err(_) if grant.is_some() => false,
        Err(refusal) => return Err(refusal),
    };
    let mut tx = state.store.begin().await?;
    store::member::note_admin(&mut tx, key, link.member.member_id, &link.member.name, is_admin).await?;
    tx.commit().await?;
    Ok(match is_admin {
        true => Some((Role::Administrator, Ground::Flashduty)),
        false => grant.map(|role| (role, Ground::Grant)),
    })
}

async fn open(
    state: &State,
    tx: &mut store::Tx,
    key: &str,
    (user_id, user_name): (String, String),
    (role, ground): (Role, Ground),
    former_session: Option<&str>,
) -> Result<String, StoreError> {
    if let Some(former) = former_session {
        store::console_session::delete(tx, former).await?;
    }
    let (secret, now) = (state.world.secret(), state.world.now());
    let session = ConsoleSession {
        id: hex_sha256(&secret),
        integration: key.to_owned(),
        user_id,
        user_name,
        role,
        ground,
        checked: now,
        created: now,
        expires: now.plus(CONSOLE_LIFETIME),
    };
    store::console_session::insert(tx, &session).await?;
    let detail = json!({"role": role.name(), "ground": ground.name()});
    audit::write(state, tx, key, &session.user_id, "console-entered", "console", detail).await?;
    Ok(secret)
}

/// A person who may not be there any more.
async fn end(state: &State, session: &ConsoleSession) -> Result<Option<ConsoleSession>, Refusal> {
    leave(state, session).await?;
    Err(refused(words::let_out))
}

fn refused(sentence: fn(contract::Language) -> &'static str) -> Refusal {
    Refusal { message: Some(Said::ours(sentence)), ..Refusal::new(ProblemCode::RoleTooLow) }
}
