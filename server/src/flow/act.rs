//! An act on an incident, carried out at Flashduty as the person who asked for it: exactly one effect, however many
//! ask at once, and everyone is told the truth.

use super::refusal::Refusal;
use super::{convert, credential, incidents, link_end, people};
use crate::model::action::{self, Verdict};
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::ProblemCode;
use contract::incident::{Action, SNOOZE_MINUTES_MAX, TEXT_CHARS_MAX};
use flashduty::{ErrorClass, FlashdutyError};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use world::Millis;

/// How long a page waits for an act.
pub const PAGE_BUDGET: Duration = Duration::from_secs(8);
/// How long another process may keep an incident for an act of its own: longer than a call to Flashduty can take.
const LEASE: Duration = Duration::from_secs(25);
/// How often another process's act is looked at, and how many times.
const LEASE_POLL: Duration = Duration::from_millis(50);
const LEASE_POLLS_MAX: usize = 40;
/// How long after the last act an incident's mirror is believed to say "already".
const NEWS: Duration = Duration::from_secs(10);
/// When an act that a crash interrupted is looked into.
const FINISH_AFTER: Duration = Duration::from_secs(30);

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub incident_id: String,
    pub action: Action,
    pub minutes: Option<u32>,
    pub text: Option<String>,
    pub root_cause: Option<String>,
    pub resolution: Option<String>,
}

/// How it ended.
#[derive(Clone, Debug)]
pub enum Acted {
    /// It was carried out now.
    Done(Incident),
    /// It was so already; the incident says who did it and when.
    Already(Incident),
    /// Flashduty has not answered yet; the act goes on and the cards follow.
    Working,
}

impl Asked {
    /// An act without parameters.
    pub fn plain(incident_id: &str, action: Action) -> Self {
        let incident_id = incident_id.to_owned();
        Self { incident_id, action, minutes: None, text: None, root_cause: None, resolution: None }
    }

    /// # Errors
    /// `InvalidField` naming the field.
    fn check(&self) -> Result<(), Refusal> {
        let wrong = |message: &str| Err(Refusal::said(ProblemCode::InvalidField, message));
        let texts = [&self.text, &self.root_cause, &self.resolution];
        if texts.into_iter().flatten().any(|text| text.chars().count() > TEXT_CHARS_MAX) {
            return wrong("text: at most 1024 characters / 最多 1024 个字符");
        }
        let blank = self.text.as_deref().is_none_or(|text| text.trim().is_empty());
        match self.action {
            Action::Snooze if !self.minutes.is_some_and(|minutes| (1..=SNOOZE_MINUTES_MAX).contains(&minutes)) => {
                wrong("minutes: 1 to 1440 / 1 至 1440 分钟")
            }
            Action::Comment if blank => wrong("text: a comment is needed / 请填写评论"),
            Action::Reopen if blank => wrong("text: a reason is needed / 请填写原因"),
            _ => Ok(()),
        }
    }
}

/// Carries out an act as the linked person and waits for it at most `budget`; after that it goes on by itself.
///
/// # Errors
/// For the asker only; nothing was done.
pub async fn act(
    state: &State,
    integration: &Arc<Integration>,
    link: &Link,
    asked: Asked,
    budget: Duration,
) -> Result<Acted, Refusal> {
    asked.check()?;
    let work = {
        let (state, integration, link) = (state.clone(), Arc::clone(integration), link.clone());
        async move { carry_out(&state, &integration, &link, &asked, true).await }
    };
    let Some(running) = state.background.start(work) else { return Err(ProblemCode::Unavailable.into()) };
    match tokio::time::timeout(budget, running).await {
        Ok(Ok(result)) => result,
        Ok(Err(_panicked)) => Err(ProblemCode::Internal.into()),
        Err(_too_slow) => Ok(Acted::Working),
    }
}

/// Looks into an act that a crash interrupted: it is repeated only if Flashduty says that it has not happened.
///
/// # Errors
/// As [`act`].
pub async fn finish(state: &State, integration: &Integration, user_id: &str, asked: &Asked) -> Result<Acted, Refusal> {
    let mut tx = state.store.read().await?;
    let link = store::link::by_user(&mut tx, &integration.key, user_id).await?;
    drop(tx);
    carry_out(state, integration, &link.ok_or(ProblemCode::NotLinked)?, asked, false).await
}

/// `trusting`: what the webhooks told may be believed; otherwise Flashduty is asked first.
async fn carry_out(
    state: &State,
    integration: &Integration,
    link: &Link,
    asked: &Asked,
    trusting: bool,
) -> Result<Acted, Refusal> {
    let key = &integration.key;
    let _first_in_this_process = state.caches.acts.lock(format!("{key}/{}", asked.incident_id)).await;
    let held = lease(state, key, &asked.incident_id).await?;
    let known = if trusting { mirrored(state, key, &asked.incident_id).await? } else { None };
    let result = judge_then_do(state, integration, link, asked, known).await;
    if held {
        let mut tx = state.store.begin().await?;
        store::incident::release_act(&mut tx, key, &asked.incident_id).await?;
        tx.commit().await?;
    }
    if let Err(Refusal { code: ProblemCode::LinkBroken, .. }) = &result {
        link_end::broke(state, link).await?;
    }
    result
}

/// Flashduty is asked for the truth only where it can change what is done: an act that makes sense by all that the
/// webhooks told is carried out at once, and costs one call.
async fn judge_then_do(
    state: &State,
    integration: &Integration,
    link: &Link,
    asked: &Asked,
    known: Option<Incident>,
) -> Result<Acted, Refusal> {
    let client = credential::person(state, integration, link).await?;
    let (member_id, now) = (link.member.member_id, state.world.now());
    let judge = |incident: &Incident| action::judge(incident, asked.action, member_id, now);
    let sensible = known.filter(|incident| judge(incident) == Verdict::Do || is_news(incident, now));
    let truth = match sensible {
        Some(incident) => incident,
        None => read(state, integration, &client, &asked.incident_id).await?,
    };
    match judge(&truth) {
        Verdict::Refuse(code) => return Err(code.into()),
        Verdict::Already => return Ok(Acted::Already(truth)),
        Verdict::Do => {}
    }
    remember(state, integration, link, asked).await?;
    let done = perform(&client, asked).await;
    if done.as_ref().is_err_and(FlashdutyError::may_have_happened) {
        // The task that was remembered asks Flashduty for the truth before anything is repeated.
        return Ok(Acted::Working);
    }
    let result = settle(state, integration, link, asked, truth, done).await?;
    state.wake();
    match result {
        Err(error) if error.class == ErrorClass::InvalidParameter => {
            // Something has changed that no webhook told of, or Flashduty wants a form (Flashduty reference 5.6).
            let truth = read(state, integration, &client, &asked.incident_id).await?;
            match judge(&truth) {
                Verdict::Refuse(code) => Err(code.into()),
                Verdict::Already => Ok(Acted::Already(truth)),
                Verdict::Do => Err(refused(asked.action, error)),
            }
        }
        Err(error) => Err(error.into()),
        Ok(after) => Ok(Acted::Done(after)),
    }
}

/// What webhooks told a moment ago needs no second look, however many ask at once.
fn is_news(incident: &Incident, now: Millis) -> bool {
    incident.last_act.as_ref().is_some_and(|act| now.since(act.at) < NEWS)
}

/// The incident as it is at Flashduty, for this person; the mirror and the cards learn of it.
async fn read(
    state: &State,
    integration: &Integration,
    client: &flashduty::Client,
    incident_id: &str,
) -> Result<Incident, Refusal> {
    let read = convert::incident(&client.incident(incident_id).await?);
    let truth = people::complete(state, integration, client, vec![read]).await?.pop().ok_or(ProblemCode::Internal)?;
    let mut tx = state.store.begin().await?;
    incidents::take_read(state, &mut tx, &integration.key, truth.clone()).await?;
    tx.commit().await?;
    state.wake();
    Ok(truth)
}

/// Writes down how the act ended: no crash later can repeat or lose it.
async fn settle(
    state: &State,
    integration: &Integration,
    link: &Link,
    asked: &Asked,
    before: Incident,
    done: Result<(), FlashdutyError>,
) -> Result<Result<Incident, FlashdutyError>, StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    let mut tx = state.store.begin().await?;
    store::task::remove(&mut tx, &finish_task(link, asked, now).dedup(key)).await?;
    let result = match done {
        Ok(()) => {
            let who = (link.member.member_id, link.member.name.as_str());
            let after = action::applied(before, asked.action, asked.minutes, who, now);
            incidents::take_act(state, &mut tx, key, after.clone()).await?;
            let detail = json!({ "minutes": asked.minutes });
            let (actor, subject) = (&link.employee.user_id, &asked.incident_id);
            link_end::audit(state, &mut tx, key, actor, asked.action.name(), subject, detail).await?;
            Ok(after)
        }
        Err(error) => Err(error),
    };
    tx.commit().await?;
    Ok(result)
}

async fn remember(state: &State, integration: &Integration, link: &Link, asked: &Asked) -> Result<(), StoreError> {
    if asked.action == Action::Comment {
        // A comment is not repeatable and its text is nobody's business but Flashduty's.
        return Ok(());
    }
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let task = finish_task(link, asked, now);
    store::task::add(&mut tx, &integration.key, &task, now.plus(FINISH_AFTER), now).await?;
    tx.commit().await
}

async fn mirrored(state: &State, key: &str, incident_id: &str) -> Result<Option<Incident>, StoreError> {
    let mut tx = state.store.read().await?;
    Ok(store::incident::get(&mut tx, key, incident_id).await?.map(|mirror| mirror.incident))
}

fn finish_task(link: &Link, asked: &Asked, now: Millis) -> TaskKind {
    TaskKind::FinishAct {
        incident: asked.incident_id.clone(),
        action: asked.action,
        minutes: asked.minutes,
        user_id: link.employee.user_id.clone(),
        asked_ms: now.0,
    }
}

async fn perform(client: &flashduty::Client, asked: &Asked) -> Result<(), FlashdutyError> {
    let id = &asked.incident_id;
    let text = asked.text.as_deref().unwrap_or_default();
    match asked.action {
        Action::Acknowledge => client.acknowledge(id).await,
        Action::Unacknowledge => client.unacknowledge(id).await,
        Action::Close => {
            let root_cause = asked.root_cause.clone().unwrap_or_default();
            let resolution = asked.resolution.clone().unwrap_or_default();
            client.resolve(id, &flashduty::Resolution { root_cause, resolution }).await
        }
        Action::Reopen => client.reopen(id, text).await,
        Action::Snooze => client.snooze(id, asked.minutes.unwrap_or(SNOOZE_MINUTES_MAX)).await,
        Action::Wake => client.wake(id).await,
        Action::Comment => client.comment(id, text, false).await,
    }
}

/// The reason in words. A parameter refused on acknowledge or close means a required form (Flashduty reference 5.6).
fn refused(action: Action, error: FlashdutyError) -> Refusal {
    match (action, error.class) {
        (Action::Acknowledge | Action::Close, ErrorClass::InvalidParameter) => {
            Refusal::said(ProblemCode::FormNeeded, error.message)
        }
        _ => error.into(),
    }
}

/// Keeps other processes off the incident. False when nobody has heard of it yet, so that nothing can be kept.
async fn lease(state: &State, key: &str, incident_id: &str) -> Result<bool, Refusal> {
    for _ in 0..LEASE_POLLS_MAX {
        let now = state.world.now();
        let mut tx = state.store.begin().await?;
        if store::incident::lease_act(&mut tx, key, incident_id, now, now.plus(LEASE)).await? {
            tx.commit().await?;
            return Ok(true);
        }
        let known = store::incident::get(&mut tx, key, incident_id).await?.is_some();
        drop(tx);
        if !known {
            return Ok(false);
        }
        pause().await;
    }
    Err(ProblemCode::FlashdutySlow.into())
}

#[expect(clippy::disallowed_methods, reason = "waits for another process, which cannot wake us")]
async fn pause() {
    tokio::time::sleep(LEASE_POLL).await;
}
