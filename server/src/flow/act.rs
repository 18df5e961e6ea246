//! An act on an incident, carried out at Flashduty as the person who asked for it: exactly one effect, however many
//! ask at once, and everyone is told the truth.

use super::refusal::Refusal;
use super::{audit, convert, credential, incidents, link_end, people};
use crate::model::action::{self, Verdict};
use crate::model::asked::Fault;
use crate::model::incident::{Incident, LastAct};
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::ProblemCode;
use contract::incident::{Action, SNOOZE_MINUTES_MAX, TEXT_CHARS_MAX};
use contract::words::field as words;
use flashduty::{Client, ErrorClass, FlashdutyError};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use world::Millis;

pub use crate::model::asked::Asked;

/// How long a page waits for an act.
pub const PAGE_BUDGET: Duration = Duration::from_secs(8);
/// How long one call to Flashduty may take.
const CALL_LIMIT: Duration = Duration::from_secs(5);
/// How long another process may keep an incident for an act of its own: longer than all calls of one act can take. So
/// long nobody else acts on an incident whose process has died.
const LEASE: Duration = Duration::from_secs(30);
/// How often another process's act is looked at, and how many times.
const LEASE_POLL: Duration = Duration::from_millis(50);
const LEASE_POLLS_MAX: usize = 40;
/// How long after the last act an incident's mirror is believed to say "already".
const NEWS: Duration = Duration::from_secs(10);
/// When an act is looked into that has not come to an end: not before its lease has.
const FINISH_AFTER: Duration = LEASE;
/// How far Flashduty's clock may be behind ours, where its timeline is compared with when an act was asked for.
const CLOCK_MARGIN: Duration = Duration::from_secs(10);
/// Newest rows of one kind that are looked through for an act: more than a person makes in [`FINISH_AFTER`].
const TIMELINE_ROWS: u32 = 50;

/// How it ended.
#[derive(Clone, Debug)]
pub enum Acted {
    /// It was carried out now.
    Done(Incident),
    /// It was so already; the incident says who did it and when.
    Already(Incident),
    /// It has not ended yet. It goes on, whatever happens to this process, and the cards follow.
    Working,
}

/// How far an act came in the time its asker waits.
pub enum Begun {
    Ended(Acted),
    /// It goes on by itself; this is how it will end, unless this process ends before.
    GoesOn(JoinHandle<Result<Acted, Refusal>>),
}

/// Carries out an act as the linked person and waits for it at most `budget`.
///
/// # Errors
/// As [`begin`].
pub async fn act(
    state: &State,
    integration: &Arc<Integration>,
    link: &Link,
    asked: Asked,
    budget: Duration,
) -> Result<Acted, Refusal> {
    Ok(match begin(state, integration, link, asked, budget).await? {
        Begun::Ended(acted) => acted,
        Begun::GoesOn(_) => Acted::Working,
    })
}

/// Begins an act as the linked person and waits for it at most `budget`.
///
/// # Errors
/// For the asker only; nothing was done, nor will be.
pub async fn begin(
    state: &State,
    integration: &Arc<Integration>,
    link: &Link,
    asked: Asked,
    budget: Duration,
) -> Result<Begun, Refusal> {
    if let Some(fault) = asked.fault() {
        return Err(wrong(fault));
    }
    let (key, at) = (&integration.key, state.world.now());
    let task = finish_task(link, &asked, at);
    let work = {
        let (state, integration, link) = (state.clone(), Arc::clone(integration), link.clone());
        async move {
            let (state, integration, link, asked) = (&state, &*integration, &link, &asked);
            Errand { state, integration, link, asked, at, again: false }.carry_out().await
        }
    };
    let Some(mut running) = state.background.start(work) else { return Err(ProblemCode::Unavailable.into()) };
    // Whoever is told that it goes on can rely on that, also when what goes on fails afterwards.
    match tokio::time::timeout(budget, &mut running).await {
        Err(_too_slow) => {
            remember(state, key, &task).await?;
            Ok(Begun::GoesOn(running))
        }
        Ok(Ok(Err(Refusal { code: ProblemCode::FlashdutySlow, .. }))) => {
            remember(state, key, &task).await?;
            Ok(Begun::Ended(Acted::Working))
        }
        Ok(Ok(Err(refusal))) if refusal.is_passing() => {
            forget(state, key, &task).await?;
            Err(refusal)
        }
        Ok(Ok(result)) => result.map(Begun::Ended),
        Ok(Err(_panicked)) => Err(ProblemCode::Internal.into()),
    }
}

/// Looks into an act that was asked for at `at` and has not come to an end: it is repeated only if Flashduty says that it
/// has not happened.
///
/// # Errors
/// Nothing was done. What is passing may be tried again.
pub async fn finish(
    state: &State,
    integration: &Integration,
    user_id: &str,
    asked: &Asked,
    at: Millis,
) -> Result<Acted, Refusal> {
    let mut tx = state.store.read().await?;
    let link = store::link::by_user(&mut tx, &integration.key, user_id).await?;
    drop(tx);
    let link = &link.ok_or(ProblemCode::NotLinked)?;
    Errand { state, integration, link, asked, at, again: true }.carry_out().await
}

/// One act on its way.
struct Errand<'a> {
    state: &'a State,
    integration: &'a Integration,
    link: &'a Link,
    asked: &'a Asked,
    /// When it was asked for.
    at: Millis,
    /// It was begun before, and nobody knows how that ended.
    again: bool,
}

impl Errand<'_> {
    async fn carry_out(&self) -> Result<Acted, Refusal> {
        let place = format!("{}/{}", self.integration.key, self.asked.incident_id);
        let _first_in_this_process = self.state.caches.acts.lock(place).await;
        let client = credential::person(self.state, self.integration, self.link).await?.within(CALL_LIMIT);
        let result = self.alone(&client).await;
        if let Err(Refusal { code: ProblemCode::LinkBroken, .. }) = &result {
            link_end::broke(self.state, self.link).await?;
        }
        result
    }

    /// While no other process acts on the incident.
    async fn alone(&self, client: &Client) -> Result<Acted, Refusal> {
        let until = match self.lease().await? {
            Some(until) => until,
            None => {
                // Nobody has heard of it yet: what is not there cannot be kept.
                self.read(client).await?;
                self.lease().await?.ok_or(ProblemCode::IncidentGone)?
            }
        };
        let result = self.judge_then_do(client).await;
        if let Err(error) = self.release(until).await {
            tracing::warn!(%error, "nobody can act on an incident until the lease of an act ends");
        }
        result
    }

    /// Flashduty is asked for the truth only where it can change what is done: an act that makes sense by all that the
    /// webhooks told is carried out at once, and costs one call.
    async fn judge_then_do(&self, client: &Client) -> Result<Acted, Refusal> {
        let now = self.state.world.now();
        let judge = |incident: &Incident| action::judge(incident, self.asked.action, self.link.member.member_id, now);
        let known = if self.again { None } else { self.mirrored().await? };
        let sensible = known.filter(|one| judge(one) == Verdict::Do || is_news(one, self.asked.action, now));
        let truth = match sensible {
            Some(incident) => incident,
            None => self.read(client).await?,
        };
        if self.again && self.has_happened(client).await? {
            self.settle(None).await?;
            return Ok(Acted::Done(truth));
        }
        match judge(&truth) {
            Verdict::Refuse(code) => return Err(code.into()),
            Verdict::Already => return Ok(Acted::Already(truth)),
            Verdict::Do => {}
        }
        if !self.again {
            remember(self.state, &self.integration.key, &self.task()).await?;
        }
        match perform(client, self.asked).await {
            Ok(()) => {
                let who = (self.link.member.member_id, self.link.member.name.as_str());
                let after = action::applied(truth, self.asked.action, self.asked.minutes, who, self.state.world.now());
                self.settle(Some(&after)).await?;
                Ok(Acted::Done(after))
            }
            // The task that was remembered asks Flashduty for the truth before anything is repeated.
            Err(error) if error.may_have_happened() => Ok(Acted::Working),
            Err(error) if error.class == ErrorClass::InvalidParameter => {
                // Something has changed that no webhook told of, or Flashduty wants a form (Flashduty reference 5.6).
                let truth = self.read(client).await?;
                forget(self.state, &self.integration.key, &self.task()).await?;
                match judge(&truth) {
                    Verdict::Refuse(code) => Err(code.into()),
                    Verdict::Already => Ok(Acted::Already(truth)),
                    Verdict::Do => Err(refused(self.asked.action, error)),
                }
            }
            Err(error) => {
                let refusal = Refusal::from(error);
                if !refusal.is_passing() {
                    forget(self.state, &self.integration.key, &self.task()).await?;
                }
                Err(refusal)
            }
        }
    }

    fn task(&self) -> TaskKind {
        finish_task(self.link, self.asked, self.at)
    }

    /// Whether Flashduty's timeline has the act, done by this person since it was asked for.
    async fn has_happened(&self, client: &Client) -> Result<bool, Refusal> {
        let kind = action::timeline_kind(self.asked.action);
        let feed = client.feed_of_kinds(&self.asked.incident_id, &[kind], TIMELINE_ROWS).await?;
        let since = self.at.minus(CLOCK_MARGIN);
        let text = self.asked.text.as_deref().unwrap_or_default().trim();
        Ok(feed.items.iter().any(|item| {
            item.creator_id == self.link.member.member_id
                && item.at >= since
                && (self.asked.action != Action::Comment || item.text("comment").trim() == text)
        }))
    }

    /// The incident as it is at Flashduty, for this person; the mirror and the cards learn of it.
    async fn read(&self, client: &Client) -> Result<Incident, Refusal> {
        let (state, integration) = (self.state, self.integration);
        let read = convert::incident(&client.incident(&self.asked.incident_id).await?);
        let complete = people::complete(state, integration, client, vec![read]).await?.pop();
        let truth = complete.ok_or(ProblemCode::Internal)?;
        let mut tx = state.store.begin().await?;
        incidents::take_read(state, &mut tx, &integration.key, truth.clone()).await?;
        tx.commit().await?;
        state.wake();
        Ok(truth)
    }

    /// Writes down that the act was done: no crash later can repeat it. `after` is what it made of the incident, where
    /// Flashduty has not told that already.
    async fn settle(&self, after: Option<&Incident>) -> Result<(), StoreError> {
        let (state, key) = (self.state, &self.integration.key);
        let mut tx = state.store.begin().await?;
        store::task::remove(&mut tx, &self.task().dedup(key)).await?;
        if let Some(after) = after {
            incidents::take_act(state, &mut tx, key, after.clone()).await?;
        }
        let detail = json!({ "minutes": self.asked.minutes });
        let (actor, subject) = (&self.link.employee.user_id, &self.asked.incident_id);
        audit::write(state, &mut tx, key, actor, self.asked.action.name(), subject, detail).await?;
        tx.commit().await?;
        state.wake();
        Ok(())
    }

    async fn mirrored(&self) -> Result<Option<Incident>, StoreError> {
        let mut tx = self.state.store.read().await?;
        let mirror = store::incident::get(&mut tx, &self.integration.key, &self.asked.incident_id).await?;
        Ok(mirror.map(|mirror| mirror.incident))
    }

    /// Keeps other processes off the incident; returns until when. None when nobody has heard of it yet.
    async fn lease(&self) -> Result<Option<Millis>, Refusal> {
        let (key, id) = (&self.integration.key, &self.asked.incident_id);
        for _ in 0..LEASE_POLLS_MAX {
            let now = self.state.world.now();
            let until = now.plus(LEASE);
            let mut tx = self.state.store.begin().await?;
            if store::incident::lease_act(&mut tx, key, id, now, until).await? {
                tx.commit().await?;
                return Ok(Some(until));
            }
            let known = store::incident::get(&mut tx, key, id).await?.is_some();
            drop(tx);
            if !known {
                return Ok(None);
            }
            pause().await;
        }
        Err(ProblemCode::FlashdutySlow.into())
    }

    async fn release(&self, until: Millis) -> Result<(), StoreError> {
        let mut tx = self.state.store.begin().await?;
        store::incident::release_act(&mut tx, &self.integration.key, &self.asked.incident_id, until).await?;
        tx.commit().await
    }
}

fn wrong(fault: Fault) -> Refusal {
    match fault {
        Fault::TextTooLong => Refusal::field(|language| words::text_too_long(language, TEXT_CHARS_MAX)),
        Fault::MinutesOutOfRange => {
            Refusal::field(|language| words::minutes_out_of_range(language, SNOOZE_MINUTES_MAX))
        }
        Fault::CommentMissing => Refusal::field(words::comment_missing),
        Fault::ReasonMissing => Refusal::field(words::reason_missing),
    }
}

/// That somebody did the same a moment ago needs no second look, however many ask at once. Of anything else the mirror
/// may be behind: a late webhook of an earlier act may have come over what was done since.
fn is_news(incident: &Incident, action: Action, now: Millis) -> bool {
    let same = |act: &&LastAct| act.kind == action::timeline_kind(action);
    incident.last_act.as_ref().filter(same).is_some_and(|act| now.since(act.at) < NEWS)
}

/// Keeps an act that may not come to an end here. Its texts are kept with it, until it has ended.
async fn remember(state: &State, key: &str, task: &TaskKind) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    store::task::add(&mut tx, key, task, now.plus(FINISH_AFTER), now).await?;
    tx.commit().await
}

/// The act was not done, and its asker knows.
async fn forget(state: &State, key: &str, task: &TaskKind) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    store::task::remove(&mut tx, &task.dedup(key)).await?;
    tx.commit().await
}

fn finish_task(link: &Link, asked: &Asked, at: Millis) -> TaskKind {
    TaskKind::FinishAct { user_id: link.employee.user_id.clone(), asked: asked.clone(), asked_ms: at.0 }
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
            Refusal::told(ProblemCode::FormNeeded, error.message)
        }
        _ => error.into(),
    }
}

#[expect(clippy::disallowed_methods, reason = "waits for another process, which cannot wake us")]
async fn pause() {
    tokio::time::sleep(LEASE_POLL).await;
}
