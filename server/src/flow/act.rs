//! An act on an incident, carried out at Flashduty as the person who asked for it: exactly one effect, however many
//! ask at once, and everyone is told the truth.

mod errand;

use super::refusal::Refusal;
use crate::model::asked::Fault;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::ProblemCode;
use contract::incident::{PEOPLE_MAX, SNOOZE_MINUTES_MAX, TEXT_CHARS_MAX};
use contract::words::field as words;
use errand::Errand;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use world::Millis;

pub use crate::model::asked::{Asked, Level};

/// How long a page waits for an act.
pub const PAGE_BUDGET: Duration = Duration::from_secs(8);
/// How long another process may keep an incident for an act of its own: longer than all calls of one act can take. So
/// long nobody else acts on an incident whose process has died.
pub const LEASE: Duration = Duration::from_secs(30);
/// When an act is looked into that has not come to an end: not before its lease has.
pub const FINISH_AFTER: Duration = LEASE;

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
pub struct Begun {
    pub acted: Acted,
    /// Of an act that goes on by itself: how it will end, unless this process ends before.
    pub rest: Option<JoinHandle<Result<Acted, Refusal>>>,
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
    Ok(begin(state, integration, link, asked, budget).await?.acted)
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
            Ok(Begun { acted: Acted::Working, rest: Some(running) })
        }
        Ok(Ok(Err(Refusal { code: ProblemCode::FlashdutySlow, .. }))) => {
            remember(state, key, &task).await?;
            Ok(Begun { acted: Acted::Working, rest: None })
        }
        Ok(Ok(Err(refusal))) if refusal.is_passing() => {
            forget(state, key, &task).await?;
            Err(refusal)
        }
        Ok(Ok(result)) => result.map(|acted| Begun { acted, rest: None }),
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

/// What is wrong with what was asked for, in words.
pub fn wrong(fault: Fault) -> Refusal {
    match fault {
        Fault::TextTooLong => Refusal::field(|language| words::text_too_long(language, TEXT_CHARS_MAX)),
        Fault::MinutesOutOfRange => {
            Refusal::field(|language| words::minutes_out_of_range(language, SNOOZE_MINUTES_MAX))
        }
        Fault::CommentMissing => Refusal::field(words::comment_missing),
        Fault::ReasonMissing => Refusal::field(words::reason_missing),
        Fault::PeopleMissing => Refusal::field(words::people_missing),
        Fault::PeopleTooMany => Refusal::field(|language| words::people_too_many(language, PEOPLE_MAX)),
        Fault::LevelMissing => Refusal::field(words::level_missing),
        Fault::CustomActionMissing => Refusal::field(words::custom_action_missing),
    }
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

/// What looks into an act that has not come to an end.
pub fn finish_task(link: &Link, asked: &Asked, at: Millis) -> TaskKind {
    TaskKind::FinishAct { user_id: link.employee.user_id.clone(), asked: Box::new(asked.clone()), asked_ms: at.0 }
}
