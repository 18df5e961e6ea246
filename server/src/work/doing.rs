//! One task: its flow, and what becomes of it afterwards.

use crate::flow::digest::acknowledge;
use crate::flow::refusal::Refusal;
use crate::flow::repaint::Left;
use crate::flow::{
    act, caches, check, deliver, directory, failed_pushes, introduce, members_gone, merges, notify, reconcile, refresh,
    repaint, robot, war_room, work_notice,
};
use crate::model::integration::Integration;
use crate::model::task::{Task, TaskKind};
use crate::state::State;
use crate::store::{self, StoreError};
use dingtalk::{DingTalkError, ErrorClass};
use std::sync::Arc;
use std::time::Duration;
use world::Millis;

/// Times a piece of work is tried before it is put aside with its reason: for about a quarter of an hour.
pub const ATTEMPTS_MAX: i64 = 10;
/// The same for what is as right and needed after a day of trouble as at its beginning.
const ATTEMPTS_OF_A_DAY: i64 = 24 * 12;
/// Why work on a war room is given up.
const ROOM_REASON: &str = "a platform did not take what a war room needs";

/// What becomes of a task.
enum After {
    /// Its end was written down with what it did.
    Settled,
    Done,
    /// Nothing was tried before this moment.
    Held(Millis),
    Again(Millis),
    Dead(String),
}

/// Done, or to be tried again at a time.
impl From<Option<Millis>> for After {
    fn from(next: Option<Millis>) -> Self {
        next.map_or(Self::Done, Self::Again)
    }
}

/// Does one task.
pub async fn do_task(state: &State, task: Task) {
    let result = match caches::integration(state, &task.integration).await {
        Ok(Some(integration)) => try_task(state, &integration, &task).await,
        // The integration was removed: so is its work.
        Ok(None) => Ok(After::Done),
        Err(error) => Err(error),
    };
    let after = result.unwrap_or_else(|error| {
        tracing::warn!(task = task.id, %error, "a task waits");
        again(state, &task, ATTEMPTS_MAX, &error.to_string())
    });
    if let Err(error) = settle(state, &task, after).await {
        tracing::error!(task = task.id, %error, "a task waits until its lease ends");
    }
}

async fn try_task(state: &State, integration: &Arc<Integration>, task: &Task) -> Result<After, StoreError> {
    Ok(match &task.kind {
        TaskKind::Notify { incident } => {
            notify::notify(state, integration, task, incident).await?;
            After::Settled
        }
        TaskKind::Deliver { delivery } => deliver::deliver(state, integration, delivery).await?.into(),
        TaskKind::Repaint { incident } => {
            let cards = repaint::repaint(state, integration, incident).await?;
            let bars = work_notice::bar::repaint(state, integration, incident).await?;
            after(state, task, cards.max(bars), "DingTalk did not take a card update")
        }
        TaskKind::SnoozeEnds { incident, .. } => order_repaint(state, integration, incident).await?,
        TaskKind::RefreshChat { chat } => refresh_chat(state, integration, task, chat).await,
        TaskKind::RobotPush { push } => match robot::carry_out(state, integration, push, task.attempts).await? {
            robot::CarriedOut::Done => After::Done,
            robot::CarriedOut::Later => again(state, task, ATTEMPTS_MAX, "Flashduty has not answered"),
        },
        TaskKind::TakeTurns => {
            refresh::take_turns(state, integration).await?;
            After::Again(state.world.now().plus(refresh::EVERY))
        }
        TaskKind::FailedPushes { late } => {
            let next = failed_pushes::read(state, integration).await;
            if *late { After::Done } else { After::Again(next) }
        }
        TaskKind::FinishAct { user_id, asked, asked_ms } => {
            let acted = act::finish(state, integration, user_id, asked, Millis(*asked_ms)).await;
            ended(state, task, acted.map(|acted| matches!(acted, act::Acted::Working)))
        }
        TaskKind::AcknowledgeAll { digest, user_id, asked_ms } => {
            let acted = acknowledge::finish(state, integration, user_id, digest, Millis(*asked_ms)).await;
            ended(state, task, acted.map(|()| false))
        }
        TaskKind::SendWorkNotice { batch } => work_notice::send::send(state, integration, batch).await?.into(),
        TaskKind::FollowWorkNotice { batch } => work_notice::follow::follow(state, integration, batch).await?.into(),
        TaskKind::RecallWorkNotice { batch } => {
            let left = work_notice::recall::recall_batch(state, integration, batch).await?;
            after(state, task, left, "DingTalk did not take a recall")
        }
        TaskKind::Introduce => match introduce::introduce(state, integration).await? {
            false => After::Done,
            true => After::Again(state.world.now().plus(back_off(task.attempts))),
        },
        TaskKind::FollowMerge { incident } => follow_merge(state, integration, task, incident).await,
        TaskKind::SweepMembers => sweep_members(state, integration).await?,
        TaskKind::Check => After::Again(check::nightly(state, integration).await?),
        TaskKind::MakeRoom { room } => {
            after(state, task, war_room::make::make(state, integration, room).await?, ROOM_REASON)
        }
        TaskKind::TendRoom { room } => {
            after(state, task, war_room::tend::tend(state, integration, room).await?, ROOM_REASON)
        }
        TaskKind::LinkRoom { room } => {
            after(state, task, war_room::link::post(state, integration, room).await?, ROOM_REASON)
        }
        TaskKind::EndRoom { room } => {
            after(state, task, war_room::end::finish(state, integration, room).await?, ROOM_REASON)
        }
        TaskKind::Directory { run } => match directory::go_on(state, integration, run, task.attempts).await? {
            directory::Piece::Over => After::Done,
            directory::Piece::On(rest) => After::Held(state.world.now().plus(rest)),
            directory::Piece::Failed(reason) => again(state, task, ATTEMPTS_MAX, &reason),
        },
        TaskKind::Reconcile => After::Again(reconcile::run(state, integration).await),
    })
}

/// Cards change by a task of their own: of two repaints at once the older picture could come last.
async fn order_repaint(state: &State, integration: &Integration, incident: &str) -> Result<After, StoreError> {
    let now = state.world.now();
    let kind = TaskKind::Repaint { incident: incident.to_owned() };
    let mut tx = state.store.begin().await?;
    store::task::add(&mut tx, &integration.key, &kind, now, now).await?;
    tx.commit().await?;
    Ok(After::Done)
}

/// What becomes of an act that had no clear end: whether it still has none, or why it was refused.
fn ended(state: &State, task: &Task, under_way: Result<bool, Refusal>) -> After {
    match under_way {
        Ok(true) => again(state, task, ATTEMPTS_MAX, "Flashduty has not answered"),
        Err(refusal) if refusal.is_passing() => again(state, task, ATTEMPTS_MAX, refusal.code.name()),
        // Done, or refused for good: whoever asked has been told.
        Ok(false) | Err(_) => After::Done,
    }
}

async fn refresh_chat(state: &State, integration: &Arc<Integration>, task: &Task, chat: &str) -> After {
    match refresh::refresh(state, integration, chat).await {
        Ok(()) => After::Done,
        Err(DingTalkError { class: ErrorClass::Held(held), .. }) => After::Held(held.until),
        Err(error) => again(state, task, ATTEMPTS_OF_A_DAY, &error.to_string()),
    }
}

async fn follow_merge(state: &State, integration: &Arc<Integration>, task: &Task, incident: &str) -> After {
    match merges::follow(state, integration, incident).await {
        Ok(()) => After::Done,
        Err(error) if error.is_passing() => again(state, task, ATTEMPTS_OF_A_DAY, &error.to_string()),
        Err(error) => {
            tracing::info!(incident, %error, "what an incident was merged into cannot be read");
            After::Done
        }
    }
}

async fn sweep_members(state: &State, integration: &Arc<Integration>) -> Result<After, StoreError> {
    let wait = match members_gone::sweep(state, integration).await {
        Ok(_) => members_gone::EVERY,
        Err(members_gone::SweepError::Store(error)) => return Err(error),
        Err(error) => {
            tracing::warn!(%error, "nobody knows whether linked members are still there");
            members_gone::AGAIN
        }
    };
    Ok(After::Again(state.world.now().plus(wait)))
}

/// What is left of work that is as needed after a day of trouble as at its beginning.
fn after(state: &State, task: &Task, left: Left, reason: &str) -> After {
    match left {
        Left::Nothing => After::Done,
        Left::Until(until) => After::Held(until),
        Left::Again => again(state, task, ATTEMPTS_OF_A_DAY, reason),
    }
}

fn again(state: &State, task: &Task, attempts_max: i64, reason: &str) -> After {
    if task.attempts >= attempts_max {
        After::Dead(reason.to_owned())
    } else {
        After::Again(state.world.now().plus(back_off(task.attempts)))
    }
}

async fn settle(state: &State, task: &Task, after: After) -> Result<(), StoreError> {
    if matches!(after, After::Settled) {
        return Ok(());
    }
    let mut tx = state.store.begin().await?;
    match after {
        After::Settled => {}
        After::Done => store::task::done(&mut tx, task).await?,
        After::Held(until) => store::task::hold(&mut tx, task, until).await?,
        After::Again(due) => store::task::again(&mut tx, task, due).await?,
        After::Dead(reason) => {
            tracing::error!(task = task.id, reason, "a task is given up");
            store::task::dead(&mut tx, task, &reason).await?;
        }
    }
    tx.commit().await
}

/// 1 s, 2 s, 4 s … at most five minutes.
pub fn back_off(attempts: i64) -> Duration {
    let exponent = u32::try_from(attempts.clamp(1, 10) - 1).unwrap_or(0);
    Duration::from_secs(1).saturating_mul(1 << exponent).min(Duration::from_secs(300))
}
