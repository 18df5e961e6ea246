//! One run over the members of a digest: leased, called for in batches, written down, given free.

use super::Tally;
use crate::flow::refusal::Refusal;
use crate::flow::{audit, convert, credential, incidents, link_end};
use crate::model::action::{self, Verdict};
use crate::model::asked::Asked;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use contract::incident::{Action, Progress};
use flashduty::{Client, ErrorClass, FlashdutyError};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use world::Millis;

/// Members in one call (Flashduty reference 5.6).
const BATCH: usize = 100;
/// How long one call to Flashduty may take.
const CALL_LIMIT: Duration = Duration::from_secs(5);
/// How long the members of a batch are kept from other acts: longer than all calls for it can take.
const LEASE: Duration = Duration::from_secs(30);
/// Calls spent on finding out which members of refused batches are to blame.
const SEARCHES_MAX: usize = 300;
/// Rounds over members on which somebody else was acting, or which Flashduty had no time for, and the pause between.
const ROUNDS_MAX: usize = 4;
const PAUSE: Duration = Duration::from_secs(1);
/// How far Flashduty's clock may be behind ours.
const CLOCK_MARGIN: Duration = Duration::from_secs(10);

/// One run.
pub struct Run<'a> {
    state: &'a State,
    integration: &'a Integration,
    link: &'a Link,
    digest_id: &'a str,
    /// When it was asked for: what was folded later is not meant.
    at: Millis,
    /// It was begun before, and nobody knows how far it came.
    again: bool,
    tally: Tally,
    /// Members that need not be looked at again.
    settled: BTreeSet<String>,
    searches: usize,
}

/// What Flashduty made of a batch.
enum Answer {
    Done,
    /// Later: too many calls.
    Later,
    /// Not as a whole.
    Refused(FlashdutyError),
}

impl<'a> Run<'a> {
    /// A run that has not begun.
    pub fn new(
        state: &'a State,
        integration: &'a Integration,
        link: &'a Link,
        digest_id: &'a str,
        at: Millis,
        again: bool,
    ) -> Self {
        let (tally, settled) = (Tally::default(), BTreeSet::new());
        Self { state, integration, link, digest_id, at, again, tally, settled, searches: 0 }
    }

    /// Acknowledges every member that nobody has touched.
    ///
    /// # Errors
    /// As [`super::finish`].
    pub async fn carry_out(mut self) -> Result<Tally, Refusal> {
        let place = format!("{}/{}", self.integration.key, self.digest_id);
        let _first_in_this_process = self.state.caches.acts.lock(place).await;
        let client = credential::person(self.state, self.integration, self.link).await?.within(CALL_LIMIT);
        let result = self.rounds(&client).await;
        if let Err(Refusal { code: ProblemCode::LinkBroken, .. }) = &result {
            link_end::broke(self.state, self.link).await?;
        }
        result.map(|()| self.tally)
    }

    async fn rounds(&mut self, client: &Client) -> Result<(), Refusal> {
        for round in 1..=ROUNDS_MAX {
            let left = self.round(client).await?;
            if left == 0 {
                break;
            }
            if round == ROUNDS_MAX {
                self.tally.refuse(ProblemCode::FlashdutyDown, left);
            } else {
                pause().await;
            }
        }
        if self.again {
            self.tally.done = self.done_in_all().await?;
        }
        Ok(())
    }

    /// How many members this person has acknowledged since it was asked for, in this run and those before.
    async fn done_in_all(&self) -> Result<usize, StoreError> {
        let (me, since) = (self.link.member.member_id, self.at.minus(CLOCK_MARGIN));
        let by_me = |incident: &Incident| {
            incident.responders.iter().any(|one| one.member_id == me && one.acknowledged.is_some_and(|at| at >= since))
        };
        let (mut after, mut done) = (String::new(), 0);
        let mut tx = self.state.store.read().await?;
        loop {
            let page = self.page(&mut tx, Progress::Processing, &after).await?;
            let Some((last, _)) = page.last() else { return Ok(done) };
            after.clone_from(last);
            done += page.iter().filter(|(_, incident)| by_me(incident)).count();
        }
    }

    async fn page(&self, tx: &mut Tx, progress: Progress, after: &str) -> Result<Vec<(String, Incident)>, StoreError> {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        store::digest::members(tx, self.digest_id, progress, self.at, after, limit).await
    }

    /// Goes over all members once; returns how many could not be tried.
    async fn round(&mut self, client: &Client) -> Result<usize, Refusal> {
        let (mut after, mut left) = (String::new(), 0);
        loop {
            let mut tx = self.state.store.read().await?;
            let page = self.page(&mut tx, Progress::Triggered, &after).await?;
            drop(tx);
            let Some((last, _)) = page.last() else { return Ok(left) };
            after.clone_from(last);
            let ids: Vec<String> = page.into_iter().map(|(_, incident)| incident.id).collect();
            let ids: Vec<String> = ids.into_iter().filter(|id| !self.settled.contains(id)).collect();
            left += self.batch(client, ids).await?;
        }
    }

    /// Acknowledges some members; returns how many could not be tried.
    async fn batch(&mut self, client: &Client, mut ids: Vec<String>) -> Result<usize, Refusal> {
        if ids.is_empty() {
            return Ok(0);
        }
        if self.again {
            self.read(client, &ids).await?;
        }
        // In one order, as every other process does.
        ids.sort_unstable();
        let until = self.state.world.now().plus(LEASE);
        let (mine, busy) = self.lease(&ids, until).await?;
        let result = self.call_for(client, mine.clone()).await;
        self.release(&mine, until).await?;
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
                    let code = self.reason(client, &part, error).await?;
                    self.blame(&part, code);
                    if code == Some(ProblemCode::FormNeeded) {
                        // The account demands it of everybody: nobody has to be asked for one by one.
                        parts.drain(..).for_each(|part| self.blame(&part, code));
                    }
                }
            }
        }
        Ok(left)
    }

    /// # Errors
    /// What concerns the person, not the members; and an answer that nobody knows: it is looked into later.
    async fn call(&self, client: &Client, incidents: &[Incident]) -> Result<Answer, Refusal> {
        let ids: Vec<&str> = incidents.iter().map(|incident| incident.id.as_str()).collect();
        match client.acknowledge_all(&ids).await {
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

    /// Why members were refused; none when there is nothing to complain of, because somebody else was faster.
    async fn reason(
        &self,
        client: &Client,
        part: &[Incident],
        error: FlashdutyError,
    ) -> Result<Option<ProblemCode>, Refusal> {
        let (ErrorClass::InvalidParameter, [one]) = (error.class, part) else {
            return Ok(Some(Refusal::from(error).code));
        };
        // It has changed and no webhook told of that, or Flashduty wants a form.
        let asked = self.state.world.now();
        let truth = convert::incident(&client.incident(&one.id).await?);
        self.learn(vec![truth.clone()], asked).await?;
        Ok(match action::judge(&truth, Action::Acknowledge, self.link.member.member_id, self.state.world.now()) {
            Verdict::Refuse(code) => Some(code),
            Verdict::Already => None,
            Verdict::Do => Some(ProblemCode::FormNeeded),
        })
    }

    fn blame(&mut self, part: &[Incident], code: Option<ProblemCode>) {
        self.settled.extend(part.iter().map(|incident| incident.id.clone()));
        if let Some(code) = code {
            self.tally.refuse(code, part.len());
        }
    }

    /// Asks Flashduty how far a former run came, so that nothing is done twice.
    async fn read(&mut self, client: &Client, ids: &[String]) -> Result<(), Refusal> {
        let asked = self.state.world.now();
        let truth = match client.incidents(ids).await {
            Ok(found) => found.iter().map(convert::incident).collect::<Vec<_>>(),
            // One that is gone spoils the answer; the calls find it.
            Err(error) if error.class == ErrorClass::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.settled.extend(truth.iter().filter(|one| one.progress != Progress::Triggered).map(|one| one.id.clone()));
        Ok(self.learn(truth, asked).await?)
    }

    async fn learn(&self, truth: Vec<Incident>, asked: Millis) -> Result<(), StoreError> {
        let mut tx = self.state.store.begin().await?;
        for incident in truth {
            incidents::take_read(self.state, &mut tx, &self.integration.key, incident, asked).await?;
        }
        tx.commit().await?;
        self.state.wake();
        Ok(())
    }

    /// Keeps other acts off those that nobody has touched until now. The others, on which somebody is acting, are counted.
    async fn lease(&self, ids: &[String], until: Millis) -> Result<(Vec<Incident>, usize), StoreError> {
        let (key, now) = (&self.integration.key, self.state.world.now());
        let (mut mine, mut busy) = (Vec::with_capacity(ids.len()), 0);
        let mut tx = self.state.store.begin().await?;
        for id in ids {
            if !store::incident::lease_act(&mut tx, key, id, now, until).await? {
                busy += 1;
                continue;
            }
            match store::incident::get(&mut tx, key, id).await? {
                Some(mirror) if mirror.incident.progress == Progress::Triggered => mine.push(mirror.incident),
                _ => store::incident::release_act(&mut tx, key, id, until).await?,
            }
        }
        tx.commit().await?;
        Ok((mine, busy))
    }

    async fn release(&self, incidents: &[Incident], until: Millis) -> Result<(), StoreError> {
        let mut tx = self.state.store.begin().await?;
        for incident in incidents {
            store::incident::release_act(&mut tx, &self.integration.key, &incident.id, until).await?;
        }
        tx.commit().await
    }

    /// Writes down what was done, before anybody can act on it again.
    async fn settle(&mut self, incidents: Vec<Incident>) -> Result<(), StoreError> {
        let (key, now) = (&self.integration.key, self.state.world.now());
        let (actor, who) = (&self.link.employee.user_id, (self.link.member.member_id, self.link.member.name.as_str()));
        let count = incidents.len();
        let mut tx = self.state.store.begin().await?;
        for incident in incidents {
            let (id, act) = (incident.id.clone(), Action::Acknowledge);
            let after = action::applied(incident, &Asked::plain(&id, act), who, now);
            incidents::take_act(self.state, &mut tx, key, after).await?;
            let detail = json!({ "digest": self.digest_id });
            audit::write(self.state, &mut tx, key, actor, act.name(), &id, detail).await?;
        }
        tx.commit().await?;
        self.tally.done += count;
        self.state.wake();
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "waits for another process or for Flashduty, which cannot wake us")]
async fn pause() {
    tokio::time::sleep(PAUSE).await;
}
