//! *Acknowledge all* on a digest: every member that nobody has touched is acknowledged at Flashduty as the person who asked,
//! once, however many ask. Begun in the click, it goes on by itself, and outlives this process as a task.

mod run;

use crate::flow::refusal::Refusal;
use crate::model::asked::Asked;
use crate::model::card::{Notice, Noticed};
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::incident::Action;
use contract::words::digest as words;
use contract::{Language, Problem, ProblemCode};
use run::Run;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use world::Millis;

/// When it is looked into by the worker, should this process have died meanwhile: not before its leases have run out.
const LOOKED_INTO_AFTER: Duration = Duration::from_secs(30);

/// What came of the members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many the person has acknowledged now.
    pub done: usize,
    /// How many not, by reason.
    pub refused: BTreeMap<&'static str, (ProblemCode, usize)>,
}

impl Tally {
    /// Counts members that were not acknowledged.
    pub fn refuse(&mut self, code: ProblemCode, count: usize) {
        if count > 0 {
            self.refused.entry(code.name()).or_insert((code, 0)).1 += count;
        }
    }

    /// The sentence for the person who asked.
    pub fn words(&self, language: Language) -> String {
        if self.refused.is_empty() {
            return match self.done {
                0 => words::nothing_left(language).to_owned(),
                done => words::acknowledged(language, done),
            };
        }
        let count: usize = self.refused.values().map(|(_, count)| count).sum();
        let reasons = self.refused.values().map(|(code, count)| {
            let message = Problem::new(*code, language, "").message;
            words::refused_because(language, count, message.trim_end_matches(['。', '.']))
        });
        words::acknowledged_some(language, self.done, count, reasons.collect::<Vec<_>>().join("; "))
    }
}

/// How far it came in the time its asker waits.
pub enum Begun {
    /// Nobody is left to be acknowledged.
    NothingLeft,
    /// Somebody has asked for it already, and it goes on.
    UnderWay,
    /// It has ended.
    Ended(Tally),
    /// So many are being acknowledged. The asker's copy of the card tells how it ends.
    GoesOn(i64),
}

/// Begins to acknowledge every member and waits for the end at most `budget`.
///
/// # Errors
/// For this person only; nothing more was done, nor will be.
pub async fn begin(
    state: &State,
    integration: &Arc<Integration>,
    link: &Link,
    digest_id: &str,
    budget: Duration,
) -> Result<Begun, Refusal> {
    let (key, at) = (&integration.key, state.world.now());
    let user_id = link.employee.user_id.clone();
    let task = TaskKind::AcknowledgeAll { digest: digest_id.to_owned(), user_id, asked_ms: at.0 };
    let mut tx = state.store.begin().await?;
    let count = store::digest::untouched_count(&mut tx, digest_id).await?;
    if count == 0 {
        return Ok(Begun::NothingLeft);
    }
    store::task::remove_dead(&mut tx, &task.dedup(key)).await?;
    if !store::task::add_if_absent(&mut tx, key, &task, at.plus(LOOKED_INTO_AFTER), at).await? {
        return Ok(Begun::UnderWay);
    }
    tx.commit().await?;

    let work = {
        let (state, integration, link, digest_id) =
            (state.clone(), Arc::clone(integration), link.clone(), digest_id.to_owned());
        async move { carry_out(&state, &integration, &link, &digest_id, at, false).await }
    };
    // Where there is no room for it now, the worker does it.
    let Some(mut running) = state.background.start(work) else { return Ok(Begun::GoesOn(count)) };
    match tokio::time::timeout(budget, &mut running).await {
        Ok(Ok(Ok(tally))) => Ok(Begun::Ended(tally)),
        Ok(Ok(Err(refusal))) if refusal.is_passing() => Ok(Begun::GoesOn(count)),
        Ok(Ok(Err(refusal))) => Err(refusal),
        Ok(Err(_panicked)) => Err(ProblemCode::Internal.into()),
        Err(_too_slow) => {
            tell_later(state, integration, link, digest_id, running);
            Ok(Begun::GoesOn(count))
        }
    }
}

/// The same for somebody who does not wait at the card, which tells them how it ends all the same.
pub async fn ask(
    state: &State,
    integration: &Arc<Integration>,
    link: &Link,
    digest_id: &str,
    budget: Duration,
) -> Result<(), StoreError> {
    let words = match begin(state, integration, link, digest_id, budget).await {
        Ok(Begun::GoesOn(_) | Begun::UnderWay) => return Ok(()),
        Ok(Begun::NothingLeft) => words_of(integration, Ok(Tally::default())),
        Ok(Begun::Ended(tally)) => words_of(integration, Ok(tally)),
        Err(refusal) => words_of(integration, Err(refusal)),
    };
    tell(state, integration, &link.employee.user_id, digest_id, words, Duration::ZERO).await
}

/// Goes on with what a former process, or a former try, has begun, and tells the asker how it ended.
///
/// # Errors
/// Not all was done. What is passing may be tried again; of the rest the asker was told.
pub async fn finish(
    state: &State,
    integration: &Integration,
    user_id: &str,
    digest_id: &str,
    at: Millis,
) -> Result<(), Refusal> {
    let mut tx = state.store.read().await?;
    let link = store::link::by_user(&mut tx, &integration.key, user_id).await?;
    drop(tx);
    let link = &link.ok_or(ProblemCode::NotLinked)?;
    match carry_out(state, integration, link, digest_id, at, true).await {
        Err(refusal) if refusal.is_passing() => Err(refusal),
        ended => {
            let words = words_of(integration, ended);
            Ok(tell(state, integration, user_id, digest_id, words, Duration::ZERO).await?)
        }
    }
}

/// Does it. What has ended, well or not, is not looked into again.
async fn carry_out(
    state: &State,
    integration: &Integration,
    link: &Link,
    digest_id: &str,
    at: Millis,
    again: bool,
) -> Result<Tally, Refusal> {
    let asked = Asked::plain(digest_id, Action::Acknowledge);
    let result = Run::new(state, integration, link, digest_id, &asked, at, again).carry_out().await;
    if result.as_ref().is_ok() || result.as_ref().is_err_and(|refusal| !refusal.is_passing()) {
        let user_id = link.employee.user_id.clone();
        let task = TaskKind::AcknowledgeAll { digest: digest_id.to_owned(), user_id, asked_ms: at.0 };
        let mut tx = state.store.begin().await?;
        store::task::remove(&mut tx, &task.dedup(&integration.key)).await?;
        tx.commit().await?;
    }
    result
}

/// Whoever was told that it goes on learns how it ended, unless the worker goes on with it.
fn tell_later(
    state: &State,
    integration: &Arc<Integration>,
    link: &Link,
    digest_id: &str,
    running: JoinHandle<Result<Tally, Refusal>>,
) {
    let (state, integration) = (state.clone(), Arc::clone(integration));
    let (user_id, digest_id) = (link.employee.user_id.clone(), digest_id.to_owned());
    let background = state.background.clone();
    let telling = async move {
        let Ok(ended) = running.await else { return };
        if ended.as_ref().is_err_and(Refusal::is_passing) {
            return;
        }
        let words = words_of(&integration, ended);
        if let Err(error) = tell(&state, &integration, &user_id, &digest_id, words, Duration::ZERO).await {
            tracing::warn!(%error, "nobody was told how acknowledging all has ended");
        }
    };
    if background.start(telling).is_none() {
        tracing::info!("nobody is told how acknowledging all ends: too much is under way");
    }
}

fn words_of(integration: &Integration, ended: Result<Tally, Refusal>) -> String {
    let language = integration.settings.language;
    match ended {
        Ok(tally) => tally.words(language),
        Err(refusal) => {
            let problem = Problem::new(refusal.code, language, "");
            let message = refusal.message.map_or(problem.message, |words| words.words(language));
            format!("{message} {}", problem.remedy)
        }
    }
}

/// Lets the asker's copy of the digest's card tell them, `later`.
pub async fn tell(
    state: &State,
    integration: &Integration,
    user_id: &str,
    digest_id: &str,
    words: String,
    later: Duration,
) -> Result<(), StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    let notice = Notice { text: words, ..Notice::default() };
    let one = Noticed { user_id: user_id.to_owned(), notice, stays: true, is_new: true };
    let mut tx = state.store.begin().await?;
    for card in store::card::by_incident(&mut tx, key, digest_id).await? {
        store::card::change(&mut tx, &card.out_track_id, |card| card.note(one.clone())).await?;
    }
    super::order(&mut tx, key, digest_id, now.plus(later), now).await?;
    tx.commit().await?;
    state.wake();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_asker_reads_how_many_and_why_not() {
        let mut tally = Tally::default();
        assert_eq!(tally.words(Language::En), "Nothing is left to acknowledge");
        tally.done = 12;
        assert_eq!(tally.words(Language::En), "Acknowledged by you: 12");
        tally.refuse(ProblemCode::AlreadyClosed, 2);
        tally.refuse(ProblemCode::AccessDenied, 1);
        tally.refuse(ProblemCode::AlreadyClosed, 1);
        tally.refuse(ProblemCode::IncidentGone, 0);
        for language in [Language::Zh, Language::En] {
            let words = tally.words(language);
            for part in ["12", "4", "(3)", "(1)"] {
                let part =
                    if language == Language::Zh { part.replace('(', "（").replace(')', "）") } else { part.into() };
                assert!(words.contains(&part), "{words} lacks {part}");
            }
        }
    }
}
