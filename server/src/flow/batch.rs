//! One act on many incidents as one person: kept from other acts, called for a hundred at a time, written down, given
//! free. What *acknowledge all* on a digest and the acts on what was chosen in a list share.

use super::act::{FINISH_AFTER, LEASE, finish_task};
use super::refusal::Refusal;
use super::{audit, convert, incidents};
use crate::model::action::{self, Verdict};
use crate::model::asked::Asked;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::ProblemCode;
use contract::incident::Action;
use flashduty::{Client, ErrorClass, FlashdutyError, Resolution};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

/// Incidents in one call (Flashduty reference 5.6).
pub const BATCH: usize = 100;
/// How long one call to Flashduty may take.
pub const CALL_LIMIT: Duration = Duration::from_secs(5);
/// Rounds over incidents on which somebody else was acting, or which Flashduty had no time for, and the pause between.
pub const ROUNDS_MAX: usize = 4;
const PAUSE: Duration = Duration::from_secs(1);
/// Calls spent on finding out which incidents of refused batches are to blame.
const SEARCHES_MAX: usize = 300;

/// What became of one incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Done,
    /// It was so already.
    Already,
    Refused(ProblemCode),
}

/// One act on many incidents, on its way.
pub struct Batch<'a> {
    pub state: &'a State,
    pub integration: &'a Integration,
    pub link: &'a Link,
    /// The act with its texts; which incident it names does not matter.
    pub asked: &'a Asked,
    /// What the audit log says of each besides who, what and which.
    pub detail: Value,
    /// When it was asked for, where each incident's act is to be looked into by itself should it not come to an end here.
    /// None where somebody else looks after that.
    pub finish: Option<Millis>,
    /// What became of those that have ended.
    pub fates: BTreeMap<String, Fate>,
    searches: usize,
}

/// What Flashduty made of a call.
enum Answer {
    Done,
    /// Later: too many calls.
    Later,
    /// Not as a whole.
    Refused(FlashdutyError),
}

impl<'a> Batch<'a> {
    /// An act that has not begun.
    pub fn new(
        state: &'a State,
        integration: &'a Integration,
        link: &'a Link,
        asked: &'a Asked,
        detail: Value,
        finish: Option<Millis>,
    ) -> Self {
        Self { state, integration, link, asked, detail, finish, fates: BTreeMap::new(), searches: 0 }
    }

    /// Acts on some incidents that the mirror knows, [`BATCH`] at most; returns how many could not be tried.
    ///
    /// # Errors
    /// What concerns the person, not the incidents; and an answer that nobody knows: it is looked into later.
    pub async fn act_on(&mut self, client: &Client, mut ids: Vec<String>) -> Result<usize, Refusal> {
        ids.retain(|id| !self.fates.contains_key(id));
        if ids.is_empty() {
            return Ok(0);
        }
        // In one order, as every other process does.
        ids.sort_unstable();
        let until = self.state.world.now().plus(LEASE);
        let (mine, busy) = self.lease(&ids, until).await?;
        let result = self.call_for(client, mine.clone()).await;
        let unclear = result.as_ref().is_err_and(|refusal| refusal.code == ProblemCode::FlashdutySlow);
        self.release(&mine, until, unclear).await?;
        Ok(result? + busy)
    }

    /// Calls for all of them; a batch that is refused is halved until those to blame are found (whether one bad member
    /// spoils a batch is not documented: Flashduty reference 5.6). Returns how many could not be tried.
    async fn call_for(&mut self, client: &Client, incidents: Vec<Incident>) -> Result<usize, Refusal> {
        let (mut parts, mut left) = (vec![incidents], 0);
        while let Some(mut part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            match self.call(client, &part).await? {
                Answer::Done => self.settle(part).await?,
                Answer::Later => left += part.len(),
                Answer::Refused(error) if part.len() > 1 && self.searches < SEARCHES_MAX => {
                    self.searches += 1;
                    tracing::info!(code = error.code, members = part.len(), "a batch was refused and is halved");
                    let second = part.split_off(part.len() / 2);
                    parts.push(second);
                    parts.push(part);
                }
                Answer::Refused(error) => {
                    let fate = self.reason(client, &part, error).await?;
                    self.blame(&part, fate);
                    if fate == Fate::Refused(ProblemCode::FormNeeded) {
                        // The account demands it of everybody: nobody has to be asked for one by one.
                        parts.drain(..).for_each(|part| self.blame(&part, fate));
                    }
                }
            }
        }
        Ok(left)
    }

    async fn call(&self, client: &Client, incidents: &[Incident]) -> Result<Answer, Refusal> {
        let ids: Vec<&str> = incidents.iter().map(|incident| incident.id.as_str()).collect();
        match perform(client, self.asked, &ids).await? {
            Ok(()) => Ok(Answer::Done),
            Err(error) => match error.class {
                ErrorClass::InvalidParameter | ErrorClass::NotFound | ErrorClass::AccessDenied => {
                    Ok(Answer::Refused(error))
                }
                ErrorClass::RateLimited { .. } => Ok(Answer::Later),
                _ if error.may_have_happened() => Err(ProblemCode::FlashdutySlow.into()),
                _ => Err(error.into()),
            },
        }
    }

    /// Why incidents were refused.
    async fn reason(&self, client: &Client, part: &[Incident], error: FlashdutyError) -> Result<Fate, Refusal> {
        let (ErrorClass::InvalidParameter, [one]) = (error.class, part) else {
            return Ok(Fate::Refused(Refusal::from(error).code));
        };
        // It has changed and no webhook told of that, or Flashduty wants a form.
        let asked = self.state.world.now();
        let truth = convert::incident(&client.incident(&one.id).await?);
        learn(self.state, &self.integration.key, vec![truth.clone()], asked).await?;
        Ok(match self.judge(&truth) {
            Verdict::Refuse(code) => Fate::Refused(code),
            // Somebody else was faster.
            Verdict::Already => Fate::Already,
            Verdict::Do if matches!(self.asked.action, Action::Acknowledge | Action::Close) => {
                Fate::Refused(ProblemCode::FormNeeded)
            }
            Verdict::Do => Fate::Refused(ProblemCode::NotNow),
        })
    }

    fn judge(&self, incident: &Incident) -> Verdict {
        action::judge(incident, self.asked.action, self.link.member.member_id, self.state.world.now())
    }

    fn blame(&mut self, part: &[Incident], fate: Fate) {
        self.fates.extend(part.iter().map(|incident| (incident.id.clone(), fate)));
    }

    /// Keeps other acts off those that can be acted on until now. The others, on which somebody is acting, are counted.
    async fn lease(&mut self, ids: &[String], until: Millis) -> Result<(Vec<Incident>, usize), StoreError> {
        let (key, now) = (&self.integration.key, self.state.world.now());
        let (mut mine, mut busy) = (Vec::with_capacity(ids.len()), 0);
        let mut tx = self.state.store.begin().await?;
        for id in ids {
            if !store::incident::lease_act(&mut tx, key, id, now, until).await? {
                busy += 1;
                continue;
            }
            let known = store::incident::get(&mut tx, key, id).await?.map(|mirror| mirror.incident);
            let fate = match known.as_ref().map(|incident| self.judge(incident)) {
                Some(Verdict::Do) => {
                    if let Some(at) = self.finish {
                        let task = finish_task(self.link, &self.asked.on(id), at);
                        store::task::add(&mut tx, key, &task, now.plus(FINISH_AFTER), now).await?;
                    }
                    mine.extend(known);
                    continue;
                }
                Some(Verdict::Already) => Fate::Already,
                Some(Verdict::Refuse(code)) => Fate::Refused(code),
                None => Fate::Refused(ProblemCode::IncidentGone),
            };
            store::incident::release_act(&mut tx, key, id, until).await?;
            self.fates.insert(id.clone(), fate);
        }
        tx.commit().await?;
        Ok((mine, busy))
    }

    /// Gives them free. Those whose act may have happened unseen are looked into by themselves; of the others that was
    /// not needed.
    async fn release(&self, incidents: &[Incident], until: Millis, unclear: bool) -> Result<(), StoreError> {
        let key = &self.integration.key;
        let mut tx = self.state.store.begin().await?;
        for incident in incidents {
            if let Some(at) = self.finish.filter(|_| !unclear || self.fates.contains_key(&incident.id)) {
                let task = finish_task(self.link, &self.asked.on(&incident.id), at);
                store::task::remove(&mut tx, &task.dedup(key)).await?;
            }
            store::incident::release_act(&mut tx, key, &incident.id, until).await?;
        }
        tx.commit().await
    }

    /// Writes down what was done, before anybody can act on it again.
    async fn settle(&mut self, incidents: Vec<Incident>) -> Result<(), StoreError> {
        let (key, now) = (&self.integration.key, self.state.world.now());
        let (actor, who) = (&self.link.employee.user_id, (self.link.member.member_id, self.link.member.name.as_str()));
        let action = self.asked.action;
        let mut tx = self.state.store.begin().await?;
        let mut done = Vec::with_capacity(incidents.len());
        for incident in incidents {
            let id = incident.id.clone();
            let asked = self.asked.on(&id);
            let after = action::applied(incident, &asked, who, now);
            incidents::take_act(self.state, &mut tx, key, after).await?;
            if let Some(at) = self.finish {
                store::task::remove(&mut tx, &finish_task(self.link, &asked, at).dedup(key)).await?;
            }
            audit::write(self.state, &mut tx, key, actor, action.name(), &id, self.detail.clone()).await?;
            done.push(id);
        }
        tx.commit().await?;
        for id in done {
            self.state.caches.acted.put((key.clone(), id.clone()), action, now);
            self.fates.insert(id, Fate::Done);
        }
        self.state.wake();
        Ok(())
    }
}

/// Takes what Flashduty said of incidents that it was asked about at `asked`.
///
/// # Errors
/// The database does not answer.
pub async fn learn(state: &State, key: &str, truth: Vec<Incident>, asked: Millis) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    for incident in truth {
        incidents::take_read(state, &mut tx, key, incident, asked).await?;
    }
    tx.commit().await?;
    state.wake();
    Ok(())
}

/// The call.
///
/// # Errors
/// `NotNow` for an act that Flashduty does for one incident alone.
async fn perform(client: &Client, asked: &Asked, ids: &[&str]) -> Result<Result<(), FlashdutyError>, Refusal> {
    let text = asked.text.as_deref().unwrap_or_default();
    Ok(match asked.action {
        Action::Acknowledge => client.acknowledge_all(ids).await,
        Action::Unacknowledge => client.unacknowledge_all(ids).await,
        Action::Close => {
            let root_cause = asked.root_cause.clone().unwrap_or_default();
            let resolution = asked.resolution.clone().unwrap_or_default();
            client.resolve_all(ids, &Resolution { root_cause, resolution, ..Resolution::default() }).await
        }
        Action::Reopen => client.reopen_all(ids, text).await,
        _ => return Err(ProblemCode::NotNow.into()),
    })
}

/// Waits before the next round.
#[expect(clippy::disallowed_methods, reason = "waits for another process or for Flashduty, which cannot wake us")]
pub async fn pause() {
    tokio::time::sleep(PAUSE).await;
}
