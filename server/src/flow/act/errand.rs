//! One act from its judgement to its effect: the incident kept from other acts, Flashduty asked where it can change what is
//! done, and what was done written down.

use super::{Acted, Asked, LEASE, finish_task, forget, remember};
use crate::flow::caches::NEWS;
use crate::flow::refusal::Refusal;
use crate::flow::{audit, convert, credential, incidents, link_end, people};
use crate::model::action::{self, Verdict};
use crate::model::incident::{Incident, LastAct};
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::ProblemCode;
use contract::incident::{Action, SNOOZE_MINUTES_MAX};
use flashduty::{Client, ErrorClass, FeedItem, FlashdutyError};
use serde_json::{Value, json};
use std::time::Duration;
use world::Millis;

/// How long one call to Flashduty may take.
const CALL_LIMIT: Duration = Duration::from_secs(5);
/// How long an act goes on asking where Flashduty says that there are too many requests.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often another process's act is looked at, and how many times.
const LEASE_POLL: Duration = Duration::from_millis(50);
const LEASE_POLLS_MAX: usize = 40;
/// How far Flashduty's clock may be behind ours, where its timeline is compared with when an act was asked for.
const CLOCK_MARGIN: Duration = Duration::from_secs(10);
/// Newest rows of one kind that are looked through for an act: more than people make of one incident in a minute.
const TIMELINE_ROWS: u32 = 50;

/// One act on its way.
pub struct Errand<'a> {
    pub state: &'a State,
    pub integration: &'a Integration,
    pub link: &'a Link,
    pub asked: &'a Asked,
    /// When it was asked for.
    pub at: Millis,
    /// It was begun before, and nobody knows how that ended.
    pub again: bool,
}

impl Errand<'_> {
    /// # Errors
    /// As [`super::finish`].
    pub async fn carry_out(&self) -> Result<Acted, Refusal> {
        let place = format!("{}/{}", self.integration.key, self.asked.incident_id);
        let _first_in_this_process = self.state.caches.acts.lock(place).await;
        let client = credential::person(self.state, self.integration, self.link).await?;
        let client = client.within(CALL_LIMIT).patient(PATIENCE);
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
        let judge = |incident: &Incident| action::judge_asked(incident, self.asked, self.link.member.member_id, now);
        let known = if self.again { None } else { self.mirrored().await? };
        // After another act of ours the mirror may tell of the one before it: its webhook can be late.
        let last_of_ours = self.state.caches.acted.get(&self.place(), now);
        let is_ours = last_of_ours.is_none_or(|action| action == self.asked.action);
        let news = |one: &Incident| is_ours && is_news(one, self.asked.action, now);
        let sensible = known.filter(|one| judge(one) == Verdict::Do || news(one));
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
            Ok(failure) => {
                let who = (self.link.member.member_id, self.link.member.name.as_str());
                let after = action::applied(truth, self.asked, who, self.state.world.now());
                let after = self.looked_at(client, after).await?;
                self.settle(Some(&after)).await?;
                match failure {
                    None => Ok(Acted::Done(after)),
                    Some(said) => Err(Refusal::told(ProblemCode::CustomActionFailed, said)),
                }
            }
            // The task that was remembered asks Flashduty for the truth before anything is repeated.
            Err(error) if error.may_have_happened() => Ok(Acted::Working),
            Err(error) if is_worth_a_look(self.asked.action, &error) => {
                // Something has changed that no webhook told of, Flashduty wants a form (Flashduty reference 5.6), or
                // whom it was to be given to is not there any more.
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

    /// Who has the incident now, where only Flashduty can tell: an act that changes it asks once more. If that fails what
    /// is known stands until the webhook comes.
    async fn looked_at(&self, client: &Client, after: Incident) -> Result<Incident, StoreError> {
        if !matches!(self.asked.action, Action::Reassign | Action::Escalate | Action::AddResponder) {
            return Ok(after);
        }
        let now = match client.incident(&self.asked.incident_id).await {
            Ok(read) => Incident { last_act: after.last_act, ..convert::incident(&read) },
            Err(error) => {
                tracing::info!(code = error.code, "an incident could not be read after it was given to somebody");
                after
            }
        };
        let names = people::names(self.state, self.integration, client, people::nameless(std::slice::from_ref(&now)));
        Ok(people::named(now, &names.await))
    }

    fn task(&self) -> TaskKind {
        finish_task(self.link, self.asked, self.at)
    }

    /// Whether Flashduty's timeline has the act, done by this person since it was asked for.
    async fn has_happened(&self, client: &Client) -> Result<bool, Refusal> {
        let kind = action::timeline_kind(self.asked.action);
        let feed = client.feed_of_kinds(&self.asked.incident_id, &[kind], TIMELINE_ROWS).await?;
        let since = self.at.minus(CLOCK_MARGIN);
        Ok(feed.items.iter().any(|item| {
            item.creator_id == self.link.member.member_id && item.at >= since && tells_of(item, self.asked)
        }))
    }

    /// The incident as it is at Flashduty, for this person; the mirror and the cards learn of it.
    async fn read(&self, client: &Client) -> Result<Incident, Refusal> {
        let (state, integration) = (self.state, self.integration);
        let asked = state.world.now();
        let read = convert::incident(&client.incident(&self.asked.incident_id).await?);
        let complete = people::complete(state, integration, client, vec![read]).await?.pop();
        let truth = complete.ok_or(ProblemCode::Internal)?;
        let mut tx = state.store.begin().await?;
        incidents::take_read(state, &mut tx, &integration.key, truth.clone(), asked).await?;
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
        let detail = detail(self.asked);
        let (actor, subject) = (&self.link.employee.user_id, &self.asked.incident_id);
        audit::write(state, &mut tx, key, actor, self.asked.action.name(), subject, detail).await?;
        tx.commit().await?;
        state.caches.acted.put(self.place(), self.asked.action, state.world.now());
        state.wake();
        Ok(())
    }

    fn place(&self) -> (String, String) {
        (self.integration.key.clone(), self.asked.incident_id.clone())
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

/// That somebody did the same a moment ago needs no second look, however many ask at once. Of anything else the mirror
/// may be behind: a late webhook of an earlier act may have come over what was done since.
fn is_news(incident: &Incident, action: Action, now: Millis) -> bool {
    let same = |act: &&LastAct| act.kind == action::timeline_kind(action);
    incident.last_act.as_ref().filter(same).is_some_and(|act| now.since(act.at) < NEWS)
}

/// Whether a row of the timeline of the right kind is the very act: what it says has to be what was asked for.
fn tells_of(item: &FeedItem, asked: &Asked) -> bool {
    match asked.action {
        Action::Comment => item.text("comment").trim() == asked.text.as_deref().unwrap_or_default().trim(),
        Action::Reassign => {
            let to = item.people();
            asked.people.iter().all(|id| to.contains(id)) && to.iter().all(|id| asked.people.contains(id))
        }
        // Those who had it already are left out of the row.
        Action::AddResponder => item.people().iter().any(|id| asked.people.contains(id)),
        Action::Escalate => asked.level.as_ref().is_some_and(|level| {
            item.text("escalate_rule_id") == level.rule_id && item.integer("layer_idx") == Some(i64::from(level.index))
        }),
        Action::CustomAction => item.integer("integration_id") == asked.custom_action,
        _ => true,
    }
}

/// What the audit log says of an act besides who, what and which: no texts.
fn detail(asked: &Asked) -> Value {
    match asked.action {
        Action::Reassign | Action::AddResponder => json!({ "people": asked.people }),
        Action::Escalate => {
            let level = asked.level.as_ref();
            json!({ "rule_id": level.map(|level| &level.rule_id), "level": level.map(|level| level.index + 1) })
        }
        Action::CustomAction => json!({ "custom_action": asked.custom_action }),
        Action::Comment => json!({ "muted": asked.mute }),
        _ => json!({ "minutes": asked.minutes }),
    }
}

/// The call. Some(reason) where Flashduty did its part and a custom action failed all the same.
async fn perform(client: &flashduty::Client, asked: &Asked) -> Result<Option<String>, FlashdutyError> {
    let id = &asked.incident_id;
    let text = asked.text.as_deref().unwrap_or_default();
    let done = match asked.action {
        Action::CustomAction => return client.run_custom_action(id, asked.custom_action.unwrap_or_default()).await,
        Action::Acknowledge => client.acknowledge_with(id, &asked.summary, &form_fields(asked)).await,
        Action::Unacknowledge => client.unacknowledge(id).await,
        Action::Close => {
            let root_cause = asked.root_cause.clone().unwrap_or_default();
            let resolution = asked.resolution.clone().unwrap_or_default();
            let (summary, fields) = (asked.summary.clone(), form_fields(asked));
            client.resolve(id, &flashduty::Resolution { root_cause, resolution, summary, fields }).await
        }
        Action::Reopen => client.reopen(id, text).await,
        Action::Snooze => client.snooze(id, asked.minutes.unwrap_or(SNOOZE_MINUTES_MAX)).await,
        Action::Wake => client.wake(id).await,
        Action::Comment => client.comment(id, text, asked.mute).await,
        Action::Reassign => client.reassign(id, &asked.people).await,
        Action::AddResponder => client.add_responders(id, &asked.people).await,
        Action::Escalate => {
            let (rule_id, index) = asked.level.as_ref().map_or(("", 0), |level| (level.rule_id.as_str(), level.index));
            client.escalate(id, rule_id, index).await
        }
    };
    done.map(|()| None)
}

/// Custom fields as Flashduty takes them.
fn form_fields(asked: &Asked) -> serde_json::Map<String, Value> {
    asked.fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
}

/// The reason in words. A parameter refused on acknowledge or close means a required form (Flashduty reference 5.6).
fn refused(action: Action, error: FlashdutyError) -> Refusal {
    match (action, error.class) {
        (Action::Acknowledge | Action::Close, ErrorClass::InvalidParameter) => {
            Refusal::told(ProblemCode::FormNeeded, error.message)
        }
        // The incident is there: it was read since.
        (action, ErrorClass::NotFound) if action.is_asked_apart() => Refusal::told(ProblemCode::NotNow, error.message),
        _ => error.into(),
    }
}

fn is_worth_a_look(action: Action, error: &FlashdutyError) -> bool {
    match error.class {
        ErrorClass::InvalidParameter => true,
        ErrorClass::NotFound => action.is_asked_apart(),
        _ => false,
    }
}

#[expect(clippy::disallowed_methods, reason = "waits for another process, which cannot wake us")]
async fn pause() {
    tokio::time::sleep(LEASE_POLL).await;
}
