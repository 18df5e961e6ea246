//! Linking: an attempt goes from "DingTalk says who this is" over a proof of the Flashduty side (`prove`) to a
//! confirmation of both; then what was asked for before is carried out. Also switching and unlinking.

use super::act::{self, Acted, Asked};
use super::digest::acknowledge;
use super::refusal::Refusal;
use super::war_room::{self, Asker};
use super::{audit, credential, link_end, session};
use crate::model::integration::Integration;
use crate::model::link::{Credential, Employee, Link, LinkState};
use crate::model::link_attempt::{Goal, LinkAttempt, Proved, Step, WrongStep};
use crate::model::quota::Priority;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use contract::incident::Action;
use contract::person::{PendingAct, SignIn, SignInWay};
use contract::words::card as words;
use dingtalk::RobotContent;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How long the page waits to learn whether Flashduty offers its own sign-in.
const DISCOVERY_TIMEOUT: Duration = Duration::from_secs(2);
/// Times a change of an attempt is tried against another one of the same moment.
const CONFLICTS_MAX: usize = 3;

/// A confirmed link.
#[derive(Debug)]
pub struct Confirmed {
    /// The new session's cookie value.
    pub secret: String,
    pub followed: Followed,
}

/// Where somebody goes, and what became of the act that waited for the link.
#[derive(Debug)]
pub struct Followed {
    pub goal: Goal,
    pub act: Option<(Action, Result<Acted, Refusal>)>,
}

/// Opens an attempt of somebody whom DingTalk has named.
pub async fn begin(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    goal: Goal,
    employee: Employee,
    browser: &str,
) -> Result<LinkAttempt, Refusal> {
    let now = state.world.now();
    let for_user_id = Some(employee.user_id.clone());
    let mut attempt = LinkAttempt::open(state.world.secret(), &integration.key, goal, for_user_id, now);
    attempt.arrive(employee, browser, now).map_err(expired)?;
    store::link_attempt::insert(tx, &attempt).await?;
    Ok(attempt)
}

/// Opens an attempt for somebody who is signed in: to link again, or as another member. The present link stays until
/// the new one is confirmed.
pub async fn begin_again(
    state: &State,
    integration: &Integration,
    employee: Employee,
    goal: Goal,
    browser: &str,
) -> Result<String, Refusal> {
    let mut tx = state.store.begin().await?;
    let attempt = begin(state, &mut tx, integration, goal, employee, browser).await?;
    tx.commit().await?;
    Ok(attempt.id)
}

/// Lets an attempt choose the Flashduty side once more: the proof it had is forgotten. None when this browser has no
/// such attempt.
pub async fn choose_again(
    state: &State,
    integration: &Integration,
    id: &str,
    browser: &str,
) -> Result<Option<String>, Refusal> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let Some(mut attempt) = store::link_attempt::get(&mut tx, &integration.key, id, now).await? else {
        return Ok(None);
    };
    let Ok(employee) = attempt.employee(browser, now).cloned() else { return Ok(None) };
    attempt.arrive(employee, browser, now).map_err(expired)?;
    if !store::link_attempt::update(&mut tx, &attempt).await? {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(attempt.id))
}

/// What the sign-in page shows of an attempt. To a browser it does not belong to it shows nothing but the way in.
/// `named`: the address names it, so that it is missed when it is gone.
///
/// # Errors
/// `LinkExpired`.
pub async fn look(
    state: &State,
    integration: &Integration,
    id: &str,
    named: bool,
    browser: &str,
) -> Result<SignIn, Refusal> {
    let now = state.world.now();
    let key = &integration.key;
    let mut tx = state.store.read().await?;
    let attempt = match store::link_attempt::get(&mut tx, key, id, now).await? {
        Some(attempt) => attempt,
        None if named => return Err(ProblemCode::LinkExpired.into()),
        None => return Ok(SignIn::Arrive),
    };
    let Ok(employee) = attempt.employee(browser, now) else { return Ok(SignIn::Arrive) };
    let dingtalk_name = employee.name.clone();
    let act = pending(&mut tx, key, &attempt.goal).await?;
    if let Step::Proved { employee, proved } = &attempt.step {
        let taken_from = holder(&mut tx, key, proved, employee).await?.map(|holder| holder.employee.name);
        let (flashduty_name, account_name) = (proved.member.name.clone(), proved.member.account_name.clone());
        return Ok(SignIn::Confirm { dingtalk_name, flashduty_name, account_name, act, taken_from });
    }
    drop(tx);
    // Any doubt about Flashduty's own sign-in means that it is not offered; the key always works.
    let metadata = tokio::time::timeout(DISCOVERY_TIMEOUT, credential::metadata(state)).await;
    let mut ways = vec![SignInWay::AppKey];
    if matches!(metadata, Ok(Ok(Some(_)))) {
        ways.insert(0, SignInWay::Oauth);
    }
    Ok(SignIn::Choose { dingtalk_name, ways, act })
}

/// Whether this browser has such an attempt, with somebody whom DingTalk has named.
///
/// # Errors
/// `LinkExpired`.
pub async fn check(state: &State, integration: &Integration, id: &str, browser: &str) -> Result<(), Refusal> {
    let now = state.world.now();
    let mut tx = state.store.read().await?;
    let attempt =
        store::link_attempt::get(&mut tx, &integration.key, id, now).await?.ok_or(ProblemCode::LinkExpired)?;
    attempt.employee(browser, now).map(|_| ()).map_err(expired)
}

/// Changes an attempt of this browser; a change that came in between is taken into account.
///
/// # Errors
/// `LinkExpired`.
pub async fn change(
    state: &State,
    integration: &Integration,
    id: &str,
    mut step: impl FnMut(&mut LinkAttempt) -> Result<(), WrongStep>,
) -> Result<(), Refusal> {
    for _ in 0..CONFLICTS_MAX {
        let now = state.world.now();
        let mut tx = state.store.begin().await?;
        let attempt = store::link_attempt::get(&mut tx, &integration.key, id, now).await?;
        let mut attempt = attempt.ok_or(ProblemCode::LinkExpired)?;
        step(&mut attempt).map_err(expired)?;
        if store::link_attempt::update(&mut tx, &attempt).await? {
            return Ok(tx.commit().await?);
        }
    }
    Err(ProblemCode::LinkExpired.into())
}

/// Makes the link that was shown with both names, and signs its employee in with it. One use.
///
/// # Errors
/// `LinkExpired`; `LinkTaken` when another employee holds the member's link and `take_over` was not confirmed.
pub async fn confirm(
    state: &State,
    integration: &Arc<Integration>,
    id: &str,
    browser: &str,
    take_over: bool,
    former_session: Option<&str>,
) -> Result<Confirmed, Refusal> {
    let now = state.world.now();
    let key = &integration.key;
    let mut tx = state.store.begin().await?;
    let attempt = store::link_attempt::get(&mut tx, key, id, now).await?.ok_or(ProblemCode::LinkExpired)?;
    let (employee, proved) = attempt.both(browser, now).map_err(expired)?;
    if !take_over && holder(&mut tx, key, proved, employee).await?.is_some() {
        return Err(ProblemCode::LinkTaken.into());
    }
    if !store::link_attempt::consume(&mut tx, &attempt).await? {
        return Err(ProblemCode::LinkExpired.into());
    }
    let link = Link {
        id: state.world.id(),
        integration: key.clone(),
        employee: employee.clone(),
        member: proved.member.clone(),
        proof: proved.proof,
        credential: Some(proved.credential.clone()),
        state: LinkState::Linked,
        created: now,
        updated: now,
        version: 0,
    };
    let own_former = store::link::by_user(&mut tx, key, &employee.user_id).await?;
    let taken_from = store::link::put(&mut tx, &link).await.map_err(|error| match error {
        StoreError::Taken => ProblemCode::LinkTaken.into(),
        other => Refusal::from(other),
    })?;
    record(state, &mut tx, &link, own_former.as_ref(), taken_from.as_ref()).await?;
    war_room::linked(&mut tx, &link, now).await?;
    let secret = session::open(state, &mut tx, key, employee, former_session).await?;
    tx.commit().await?;

    for former in own_former.into_iter().chain(taken_from.clone()) {
        forget(state, integration, former.credential);
    }
    if let Some(former) = taken_from {
        tell(state, integration, &former);
    }
    Ok(Confirmed { secret, followed: follow(state, integration, &link, attempt.goal).await })
}

/// Carries out what was asked for before the link was there. If it makes no sense any more, the result says why.
pub async fn follow(state: &State, integration: &Arc<Integration>, link: &Link, goal: Goal) -> Followed {
    if let Goal::AcknowledgeAll { digest_id } = &goal {
        // Their copy of the card tells how it ends.
        if let Err(error) = acknowledge::ask(state, integration, link, digest_id, act::PAGE_BUDGET).await {
            tracing::warn!(%error, "nobody was told how acknowledging all has ended");
        }
        return Followed { goal, act: None };
    }
    if let Goal::WarRoom { incident_id } = &goal {
        // The page that is shown next tells what came of it.
        if let Err(refusal) = war_room::ask(state, integration, incident_id, &Asker::of(link)).await {
            tracing::info!(code = refusal.code.name(), "a war room asked for before linking cannot be made");
        }
        return Followed { goal, act: None };
    }
    let Goal::Act { incident_id, action, minutes } = &goal else { return Followed { goal, act: None } };
    let (action, asked) = (*action, Asked { minutes: *minutes, ..Asked::plain(incident_id, *action) });
    let result = act::act(state, integration, link, asked, act::PAGE_BUDGET).await;
    Followed { goal, act: Some((action, result)) }
}

/// Ends an employee's own link: link, sessions and credential are gone here, and at Flashduty where it offers that.
pub async fn unlink(state: &State, integration: &Arc<Integration>, link: Link) -> Result<(), Refusal> {
    let mut tx = state.store.begin().await?;
    link_end::end(state, &mut tx, &link, "unlinked").await?;
    tx.commit().await?;
    forget(state, integration, link.credential);
    Ok(())
}

/// An attempt that cannot take a step, as its person reads it.
pub fn expired(_: WrongStep) -> Refusal {
    ProblemCode::LinkExpired.into()
}

async fn pending(tx: &mut Tx, key: &str, goal: &Goal) -> Result<Option<PendingAct>, StoreError> {
    let Goal::Act { incident_id, action, .. } = goal else { return Ok(None) };
    let known = store::incident::get(tx, key, incident_id).await?.map(|mirror| mirror.incident);
    let (incident_num, incident_title) = known.map(|incident| (incident.num, incident.title)).unwrap_or_default();
    Ok(Some(PendingAct { action: *action, incident_num, incident_title }))
}

/// The other employee who holds the proved member's link.
async fn holder(tx: &mut Tx, key: &str, proved: &Proved, employee: &Employee) -> Result<Option<Link>, StoreError> {
    let link = store::link::by_member(tx, key, proved.member.member_id).await?;
    Ok(link.filter(|link| link.employee.user_id != employee.user_id))
}

async fn record(
    state: &State,
    tx: &mut Tx,
    link: &Link,
    own_former: Option<&Link>,
    taken_from: Option<&Link>,
) -> Result<(), StoreError> {
    let (key, user_id) = (&link.integration, &link.employee.user_id);
    let member_id = link.member.member_id;
    if let Some(former) = taken_from {
        let former = &former.employee.user_id;
        store::session::delete_of_user(tx, key, former).await?;
        audit::write(state, tx, key, user_id, "link-taken-over", former, json!({ "member_id": member_id })).await?;
    }
    let detail = json!({
        "member_id": member_id,
        "proof": link.proof.name(),
        "former_member_id": own_former.map(|former| former.member.member_id),
    });
    audit::write(state, tx, key, user_id, "linked", user_id, detail).await
}

/// The former holder learns that the link is somebody else's now. The audit log has it in any case.
fn tell(state: &State, integration: &Arc<Integration>, former: &Link) {
    let (worker, integration) = (state.clone(), Arc::clone(integration));
    let content = words::link_taken(integration.settings.language, &former.member.name);
    let user_ids = [former.employee.user_id.clone()];
    let telling = async move {
        let client = credential::dingtalk(&worker, &integration, Priority::Chatter);
        let content = RobotContent::Text { content };
        if let Err(error) = client.send_to_people(&integration.settings.client_id, &user_ids, &content).await {
            tracing::info!(class = error.class.name(), code = error.code, "a former link's holder was not told");
        }
    };
    if state.background.start(telling).is_none() {
        tracing::info!("a former link's holder was not told: too much is under way");
    }
}

/// Asks Flashduty to end tokens that nobody here has any more. A deployment without revocation lets them expire.
fn forget(state: &State, integration: &Arc<Integration>, credential: Option<Credential>) {
    let Some(Credential::Oauth { access, refresh, .. }) = credential else { return };
    let (worker, key) = (state.clone(), integration.key.clone());
    let revoking = async move {
        let Ok(Some(metadata)) = credential::metadata(&worker).await else { return };
        let Ok(mut tx) = worker.store.read().await else { return };
        let Ok(Some(client)) = store::oauth_client::get(&mut tx, &key).await else { return };
        drop(tx);
        // The refresh token first: it could make new access tokens.
        for token in refresh.into_iter().chain([access]) {
            let revoked = worker
                .flashduty
                .oauth()
                .revoke(&metadata, &client.client_id, client.client_secret.as_ref(), &token)
                .await;
            if let Err(error) = revoked {
                tracing::info!(code = error.code, "a token was not revoked; it expires by itself");
            }
        }
    };
    // Too much under way: the token expires by itself.
    let _ = state.background.start(revoking);
}
