//! Finding members' employees by the directory (Flashduty reference 10.2, way C): a look that changes nothing, links for
//! what it showed, and the way back. The proof is a mobile number that Flashduty has verified and DingTalk's
//! administrators entered; it is good for messages, mentions and invitations, not for acts: the public API acts only as the
//! owner of a credential.

mod apply;
mod look;
mod roster;
mod undo;

use super::audit;
use super::refusal::{Refusal, Said};
use crate::model::directory::{self, Row, RowResult, Run, RunState, Step};
use crate::model::integration::Integration;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use contract::directory::Kind;
use contract::words::people as words;
use serde_json::json;
use std::time::Duration;
use world::Millis;

/// Times a platform may fail in a row before a run is given up.
const FAILURES_MAX: i64 = 8;

/// How far one piece of a run came.
pub enum Piece {
    /// The run is over, or waits for somebody.
    Over,
    /// There is more to do, after so long.
    On(Duration),
    /// A platform did not answer, or refused for now.
    Failed(String),
}

/// A run as it is told: how many members of each kind, and what became of them.
pub struct Told {
    pub run: Run,
    pub counts: Vec<(Kind, RowResult, i64)>,
}

impl Told {
    /// How many members of a kind.
    pub fn of_kind(&self, kind: Kind) -> i64 {
        self.counts.iter().filter(|(one, ..)| *one == kind).map(|(.., n)| n).sum()
    }

    /// How many rows ended so.
    pub fn of_result(&self, result: RowResult) -> i64 {
        self.counts.iter().filter(|(_, one, _)| *one == result).map(|(.., n)| n).sum()
    }
}

/// Begins a look. Nothing is changed by it.
///
/// # Errors
/// `NotFound`; `NotNow` while another run is under way.
pub async fn look(state: &State, key: &str, actor: &str) -> Result<Run, Refusal> {
    let now = state.world.now();
    let mut tx = known(state, key).await?;
    let run = Run {
        id: state.world.id(),
        integration: key.to_owned(),
        state: RunState::Looking,
        step: Step::Members,
        cursor: 0,
        asked_by: actor.to_owned(),
        done: 0,
        total: 0,
        groups_read: 0,
        groups_all: 0,
        failure: String::new(),
        created: now,
        updated: now,
        version: 0,
    };
    if !store::directory::begin(&mut tx, &run).await? {
        return Err(busy());
    }
    go(state, &mut tx, &run).await?;
    audit::write(state, &mut tx, key, actor, "directory-looked", &run.id, json!({})).await?;
    tx.commit().await?;
    state.wake();
    Ok(run)
}

/// Makes the links that a look showed. Whatever changed since is left alone.
///
/// # Errors
/// `NotFound`; `NotNow` when this is not the newest look, or it is not ready, or older than a day.
pub async fn apply(state: &State, key: &str, run_id: &str, actor: &str) -> Result<Run, Refusal> {
    let now = state.world.now();
    let mut tx = known(state, key).await?;
    let newest = store::directory::newest(&mut tx, key).await?.filter(|run| run.id == run_id);
    let Some(mut run) = newest else { return Err(not_now(words::look_first)) };
    if run.state.is_busy() {
        return Err(busy());
    }
    if run.state != RunState::Shown || now.since(run.updated) > directory::GOOD_FOR {
        return Err(not_now(words::look_first));
    }
    let told = told(&mut tx, run.clone()).await?;
    run.state = RunState::Applying;
    (run.done, run.total, run.updated) = (0, told.of_kind(Kind::New) + told.of_kind(Kind::Changed), now);
    change(&mut tx, &mut run).await?;
    go(state, &mut tx, &run).await?;
    let detail = json!({"new": told.of_kind(Kind::New), "changed": told.of_kind(Kind::Changed)});
    audit::write(state, &mut tx, key, actor, "directory-applied", &run.id, detail).await?;
    tx.commit().await?;
    state.wake();
    Ok(run)
}

/// Takes back the links that the last application made and nobody proved since.
///
/// # Errors
/// `NotFound`; `NotNow` when nothing was applied or it was taken back already.
pub async fn undo(state: &State, key: &str, run_id: &str, actor: &str) -> Result<Run, Refusal> {
    let mut tx = known(state, key).await?;
    let last = store::directory::last_applied(&mut tx, key).await?.filter(|run| run.id == run_id);
    let Some(mut run) = last else { return Err(not_now(words::nothing_to_undo)) };
    match run.state {
        RunState::Applied => {}
        RunState::Undone => return Err(not_now(words::nothing_to_undo)),
        _ => return Err(busy()),
    }
    if store::directory::newest(&mut tx, key).await?.is_some_and(|newest| newest.state.is_busy()) {
        return Err(busy());
    }
    let linked = told(&mut tx, run.clone()).await?.of_result(RowResult::Linked);
    run.state = RunState::Undoing;
    (run.done, run.total, run.updated) = (0, linked, state.world.now());
    change(&mut tx, &mut run).await?;
    go(state, &mut tx, &run).await?;
    audit::write(state, &mut tx, key, actor, "directory-undone", &run.id, json!({"links": linked})).await?;
    tx.commit().await?;
    state.wake();
    Ok(run)
}

/// The newest run, and the last one that was applied if it is another.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn standing(state: &State, key: &str) -> Result<(Option<Told>, Option<Told>), Refusal> {
    let mut tx = known_for_reading(state, key).await?;
    let Some(newest) = store::directory::newest(&mut tx, key).await? else { return Ok((None, None)) };
    let applied = store::directory::last_applied(&mut tx, key).await?.filter(|run| run.id != newest.id);
    let applied = match applied {
        Some(run) => Some(told(&mut tx, run).await?),
        None => None,
    };
    Ok((Some(told(&mut tx, newest).await?), applied))
}

/// Rows of a run behind a member.
///
/// # Errors
/// `NotFound` for an unknown integration or run.
pub async fn rows(
    state: &State,
    key: &str,
    run_id: &str,
    kind: Option<Kind>,
    after: i64,
    limit: i64,
) -> Result<Vec<Row>, Refusal> {
    let mut tx = known_for_reading(state, key).await?;
    let run = store::directory::get(&mut tx, key, run_id).await?.ok_or(ProblemCode::NotFound)?;
    if run.state == RunState::Looking {
        return Ok(Vec::new());
    }
    Ok(store::directory::rows(&mut tx, &run.id, kind, None, after, limit).await?)
}

/// Does a piece of a run; `attempts` is how often this piece was tried.
///
/// # Errors
/// The database does not answer.
pub async fn go_on(state: &State, integration: &Integration, run_id: &str, attempts: i64) -> Result<Piece, StoreError> {
    let mut tx = state.store.read().await?;
    let Some(run) = store::directory::get(&mut tx, &integration.key, run_id).await? else { return Ok(Piece::Over) };
    drop(tx);
    let piece = match run.state {
        RunState::Looking => look::go_on(state, integration, run).await?,
        RunState::Applying => apply::go_on(state, integration, run).await?,
        RunState::Undoing => undo::go_on(state, run).await?,
        RunState::Shown | RunState::Applied | RunState::Undone | RunState::Failed => Piece::Over,
    };
    match piece {
        Piece::Failed(reason) if attempts >= FAILURES_MAX => {
            give_up(state, &integration.key, run_id, reason).await?;
            Ok(Piece::Over)
        }
        piece => Ok(piece),
    }
}

/// Reads members and who is on call anew, for pages that show them.
///
/// # Errors
/// Flashduty or the database does not answer.
pub use roster::refresh;

async fn give_up(state: &State, key: &str, run_id: &str, reason: String) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    if let Some(mut run) = store::directory::get(&mut tx, key, run_id).await? {
        tracing::warn!(reason, "a look into the directory is given up");
        (run.state, run.failure, run.updated) = (RunState::Failed, reason, state.world.now());
        store::directory::update(&mut tx, &run).await?;
    }
    tx.commit().await
}

async fn told(tx: &mut Tx, run: Run) -> Result<Told, StoreError> {
    let counts = store::directory::counts(tx, &run.id).await?;
    Ok(Told { run, counts })
}

async fn change(tx: &mut Tx, run: &mut Run) -> Result<(), Refusal> {
    if !store::directory::update(tx, run).await? {
        return Err(busy());
    }
    run.version += 1;
    Ok(())
}

async fn go(state: &State, tx: &mut Tx, run: &Run) -> Result<(), StoreError> {
    let now = state.world.now();
    store::task::add(tx, &run.integration, &TaskKind::Directory { run: run.id.clone() }, now, now).await
}

async fn known(state: &State, key: &str) -> Result<Tx, Refusal> {
    let mut tx = state.store.begin().await?;
    store::integration::by_key(&mut tx, key).await?.ok_or(ProblemCode::NotFound)?;
    Ok(tx)
}

async fn known_for_reading(state: &State, key: &str) -> Result<Tx, Refusal> {
    let mut tx = state.store.read().await?;
    store::integration::by_key(&mut tx, key).await?.ok_or(ProblemCode::NotFound)?;
    Ok(tx)
}

fn busy() -> Refusal {
    not_now(words::directory_busy)
}

fn not_now(sentence: fn(contract::Language) -> &'static str) -> Refusal {
    Refusal { message: Some(Said::ours(sentence)), ..Refusal::new(ProblemCode::NotNow) }
}

/// Notes how far a run came. False when somebody else took it over.
async fn note(state: &State, tx: &mut Tx, run: &mut Run) -> Result<bool, StoreError> {
    run.updated = state.world.now();
    let kept = store::directory::update(tx, run).await?;
    run.version += 1;
    Ok(kept)
}

/// How long after `now` something is.
fn until(now: Millis, at: Millis) -> Duration {
    at.since(now)
}
