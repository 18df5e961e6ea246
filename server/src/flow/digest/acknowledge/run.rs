//! One run over the members of a digest: leased, called for in batches, written down, given free.

use super::Tally;
use crate::flow::batch::{self, BATCH, Batch, CALL_LIMIT, Fate, ROUNDS_MAX};
use crate::flow::refusal::Refusal;
use crate::flow::{convert, credential, link_end};
use crate::model::asked::Asked;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use contract::incident::Progress;
use flashduty::{Client, ErrorClass};
use serde_json::json;
use std::time::Duration;
use world::Millis;

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
    batch: Batch<'a>,
}

impl<'a> Run<'a> {
    /// A run that has not begun.
    pub fn new(
        state: &'a State,
        integration: &'a Integration,
        link: &'a Link,
        digest_id: &'a str,
        asked: &'a Asked,
        at: Millis,
        again: bool,
    ) -> Self {
        let detail = json!({ "digest": digest_id });
        let batch = Batch::new(state, integration, link, asked, detail, None);
        Self { state, integration, link, digest_id, at, again, tally: Tally::default(), batch }
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
                batch::pause().await;
            }
        }
        for fate in self.batch.fates.values() {
            match fate {
                Fate::Done => self.tally.done += 1,
                Fate::Already => {}
                Fate::Refused(code) => self.tally.refuse(*code, 1),
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
            let ids: Vec<String> = ids.into_iter().filter(|id| !self.batch.fates.contains_key(id)).collect();
            left += self.batch(client, ids).await?;
        }
    }

    /// Acknowledges some members; returns how many could not be tried.
    async fn batch(&mut self, client: &Client, ids: Vec<String>) -> Result<usize, Refusal> {
        if self.again && !ids.is_empty() {
            self.read(client, &ids).await?;
        }
        self.batch.act_on(client, ids).await
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
        let touched = truth.iter().filter(|one| one.progress != Progress::Triggered);
        self.batch.fates.extend(touched.map(|one| (one.id.clone(), Fate::Already)));
        Ok(batch::learn(self.state, &self.integration.key, truth, asked).await?)
    }
}
