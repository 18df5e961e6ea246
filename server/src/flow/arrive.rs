//! Arrival inside DingTalk: its login-free code says who this is; whoever is linked is signed in, everybody else begins
//! to link (reference 4.2, 4.3).

use super::link::{self, Followed};
use super::refusal::Refusal;
use super::{credential, session};
use crate::model::integration::Integration;
use crate::model::link::Employee;
use crate::model::link_attempt::{Goal, LinkAttempt};
use crate::model::quota::Priority;
use crate::state::State;
use crate::store::{self, Tx};
use contract::ProblemCode;
use dingtalk::{DingTalkError, ErrorClass};
use std::sync::Arc;

/// Longest code that is shown to DingTalk; real ones have 32 characters.
const CODE_BYTES_MAX: usize = 512;

/// Who made the code somebody comes with. One kind is refused in place of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeOf {
    /// DingTalk's client, without a login (reference 4.2).
    Client,
    /// DingTalk's sign-in page, for browsers outside of its clients (reference 4.5).
    Page,
}

/// Somebody who comes with a code.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    pub code: &'a str,
    pub code_of: CodeOf,
    /// Where they want to go, when no attempt says it.
    pub goal: Goal,
    /// The attempt that a card's button opened, or one of this browser.
    pub attempt: Option<&'a str>,
    /// SHA-256 of the browser's cookie.
    pub browser: &'a str,
    /// The session the browser has so far: it ends, whoever it belonged to.
    pub former_session: Option<&'a str>,
}

/// What becomes of an arrival.
#[derive(Debug)]
pub enum Arrived {
    /// Linked: `secret` is the new session's cookie value.
    SignedIn { secret: String, followed: Option<Box<Followed>> },
    /// Not linked, or not any more: the attempt goes on at the sign-in page. `lapsed` when the attempt that was asked
    /// for is over or somebody else's, and this is a new one.
    ToLink { attempt: String, lapsed: bool },
}

/// Takes an arrival.
///
/// # Errors
/// `CodeRefused`, `DingtalkDown`; nothing was changed.
pub async fn arrive(state: &State, integration: &Arc<Integration>, arrival: Arrival<'_>) -> Result<Arrived, Refusal> {
    let employee = employee_of(state, integration, arrival.code, arrival.code_of).await?;
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let link = store::link::by_user(&mut tx, &integration.key, &employee.user_id).await?;
    let attempt = match arrival.attempt {
        Some(id) => store::link_attempt::get(&mut tx, &integration.key, id, now).await?,
        None => None,
    };
    let Some(link) = link.filter(session::is_living) else {
        if let Some(former) = arrival.former_session {
            session::end_of_another(state, &mut tx, &integration.key, former, &employee.user_id).await?;
        }
        let (attempt, lapsed) = begin_to_link(state, &mut tx, integration, attempt, employee, arrival).await?;
        tx.commit().await?;
        return Ok(Arrived::ToLink { attempt, lapsed });
    };
    let mut asked = None;
    if let Some(attempt) = attempt.filter(|attempt| attempt.for_user_id.as_ref() == Some(&employee.user_id)) {
        // Linked meanwhile: what the click asked for is carried out, once.
        asked = store::link_attempt::consume(&mut tx, &attempt).await?.then_some(attempt.goal);
    }
    let secret = session::open(state, &mut tx, &integration.key, &employee, arrival.former_session).await?;
    tx.commit().await?;
    let followed = match asked {
        Some(goal) => Some(Box::new(link::follow(state, integration, &link, goal).await)),
        None => None,
    };
    Ok(Arrived::SignedIn { secret, followed })
}

async fn employee_of(
    state: &State,
    integration: &Integration,
    code: &str,
    code_of: CodeOf,
) -> Result<Employee, Refusal> {
    if code.is_empty() || code.len() > CODE_BYTES_MAX || !code.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ProblemCode::CodeRefused.into());
    }
    // The code was made for this app in this corp: DingTalk refuses it under any other app's token.
    let client = credential::dingtalk(state, integration, Priority::State);
    let user = match code_of {
        CodeOf::Client => client.user_by_code(code).await,
        CodeOf::Page => client.user_by_web_code(code).await,
    };
    let user = user.map_err(|error| refused(&error))?;
    let mut employee = Employee { name: user.name.unwrap_or_default(), user_id: user.user_id, union_id: user.union_id };
    if employee.name.is_empty() {
        // A name is shown for confirmation; where the details cannot be read either, the id has to do.
        let details = client.user(&employee.user_id).await.ok();
        employee.name = details.and_then(|details| details.name).unwrap_or_else(|| employee.user_id.clone());
    }
    Ok(employee)
}

fn refused(error: &DingTalkError) -> Refusal {
    match error.class {
        ErrorClass::CodeRefused => ProblemCode::CodeRefused.into(),
        ErrorClass::UnknownPerson => ProblemCode::OtherCompany.into(),
        _ => {
            tracing::warn!(class = error.class.name(), code = error.code, "nobody can arrive");
            error.into()
        }
    }
}

/// The attempt that was named, if it is this person's, else a new one.
async fn begin_to_link(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    named: Option<LinkAttempt>,
    employee: Employee,
    arrival: Arrival<'_>,
) -> Result<(String, bool), Refusal> {
    let now = state.world.now();
    let mut lapsed = arrival.attempt.is_some();
    let mut goal = arrival.goal;
    if let Some(mut attempt) = named {
        if attempt.arrive(employee.clone(), arrival.browser, now).is_ok() {
            if store::link_attempt::update(tx, &attempt).await? {
                return Ok((attempt.id, false));
            }
        } else if attempt.for_user_id.as_ref() == Some(&employee.user_id) {
            // The clicker came with another device first: what they asked for still holds.
            goal = attempt.goal;
            lapsed = false;
        }
    }
    let attempt = link::begin(state, tx, integration, goal, employee, arrival.browser).await?;
    Ok((attempt.id, lapsed))
}
