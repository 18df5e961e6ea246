//! Sessions of people who are linked: opened at arrival and after linking, ended with the link.

use super::audit;
use super::refusal::Refusal;
use crate::model::hash::hex_sha256;
use crate::model::link::{Employee, Link, LinkState};
use crate::model::session::{LIFETIME, Session};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use serde_json::json;
use std::time::Duration;

/// A session is made longer when at least this much of it is gone: not at every request.
const EXTEND_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Sessions one person may have at once, by this the streams of their pages, too: a phone, a few computers and browsers. With
/// one more the oldest ends.
const OF_PERSON_MAX: i64 = 20;

/// Opens a session in place of the one the browser had, with a value of its own, so that nobody can prepare one for
/// somebody else. Returns the cookie's value.
pub async fn open(
    state: &State,
    tx: &mut Tx,
    key: &str,
    employee: &Employee,
    former: Option<&str>,
) -> Result<String, StoreError> {
    if let Some(former) = former {
        store::session::delete(tx, former).await?;
    }
    let secret = state.world.secret();
    let now = state.world.now();
    let session = Session {
        id: hex_sha256(&secret),
        integration: key.to_owned(),
        user_id: employee.user_id.clone(),
        user_name: employee.name.clone(),
        created: now,
        expires: now.plus(LIFETIME),
    };
    store::session::delete_oldest_of_user(tx, key, &employee.user_id, OF_PERSON_MAX - 1).await?;
    store::session::insert(tx, &session).await?;
    let user_id = &employee.user_id;
    audit::write(state, tx, key, user_id, "signed-in", user_id, json!({})).await?;
    Ok(secret)
}

/// Ends the session with this hash if it is somebody else's than this employee's. True when it did.
pub async fn end_of_another(
    state: &State,
    tx: &mut Tx,
    key: &str,
    id: &str,
    user_id: &str,
) -> Result<bool, StoreError> {
    let session = store::session::get(tx, id, state.world.now()).await?;
    match session.filter(|session| session.integration == key && session.user_id != user_id) {
        Some(session) => store::session::delete(tx, &session.id).await,
        None => Ok(false),
    }
}

/// The session with this hash and its person's link. A session of another integration, or of somebody who is not linked
/// (any more), is none.
///
/// # Errors
/// The database does not answer.
pub async fn find(state: &State, key: &str, id: &str) -> Result<Option<(Session, Link)>, Refusal> {
    let mut tx = state.store.read().await?;
    let session = store::session::get(&mut tx, id, state.world.now()).await?;
    let Some(session) = session.filter(|session| session.integration == key) else { return Ok(None) };
    let link = store::link::by_user(&mut tx, key, &session.user_id).await?;
    Ok(link.map(|link| (session, link)))
}

/// Makes a session longer that is being used. True when it was.
///
/// # Errors
/// The database does not take it.
pub async fn stay(state: &State, session: &Session) -> Result<bool, Refusal> {
    let expires = state.world.now().plus(LIFETIME);
    if expires.since(session.expires) < EXTEND_AFTER {
        return Ok(false);
    }
    let mut tx = state.store.begin().await?;
    let there = store::session::extend(&mut tx, &session.id, expires).await?;
    tx.commit().await?;
    Ok(there)
}

/// Whether a link lets its employee act: a directory match does not, and a refused credential does not any more.
pub fn is_living(link: &Link) -> bool {
    link.state == LinkState::Linked && link.credential.is_some()
}
