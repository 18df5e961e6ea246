//! One task: its flow, and what becomes of it afterwards.

use crate::flow::digest::acknowledge;
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
    let now = state.world.now();
    Ok(match &task.kind {
        TaskKind::Notify { incident } => {
            notify::notify(state, integration, task, incident).await?;
            After::Settled
        }
        TaskKind::Deliver { delivery } => {
            deliver::deliver(state, integration, delivery).await?.map_or(After::Done, After::Again)
        }
        TaskKind::Repaint { incident } => {
            let cards = repaint::repaint(state, integration, incident).await?;
            let bars = work_notice::bar::repaint(state, integration, incident).await?;
            match cards.max(bars) {
                Left::Nothing => After::Done,
                Left::Until(until) => After::Held(until),
                Left::Again => again(state, task, ATTEMPTS_OF_A_DAY, "DingTalk did not take a card update"),
            }
        }
        TaskKind::SnoozeEnds { incident, .. } => {
            // Not here and now: of two repaints at once the older picture could come last.
            let mut tx = state.store.begin().await?;
            let kind = TaskKind::Repaint { incident: incident.clone() };
            store::task::add(&mut tx, &integration.key, &kind, now, now).await?;
            tx.commit().await?;
            After::Done
        }
        TaskKind::RefreshChat { chat } => match refresh::refresh(state, integration, chat).await {
            Ok(()) => After::Done,
            Err(DingTalkError { class: ErrorClass::Held(held), .. }) => After::Held(held.until),
            Err(error) => again(state, task, ATTEMPTS_OF_A_DAY, &error.to_string()),
        },
        TaskKind::RobotPush { push } => match robot::carry_out(state, integration, push, task.attempts).await? {
            robot::CarriedOut::Done => After::Done,
            robot::CarriedOut::Later => again(state, task, ATTEMPTS_MAX, "Flashduty has not answered"),
        },
        TaskKind::TakeTurns => {
            refresh::take_turns(state, integration).await?;
            After::Again(now.plus(refresh::EVERY))
        }
        TaskKind::FailedPushes { late } => {
            let next = failed_pushes::read(state, integration).await;
            if *late { After::Done } else { After::Again(next) }
        }
        TaskKind::FinishAct { user_id, asked, asked_ms } => {
            match act::finish(state, integration, user_id, asked, Millis(*asked_ms)).await {
                Ok(act::Acted::Done(_) | act::Acted::Already(_)) => After::Done,
                Ok(act::Acted::Working) => again(state, task, ATTEMPTS_MAX, "Flashduty has not answered"),
                Err(refusal) if refusal.is_passing() => again(state, task, ATTEMPTS_MAX, refusal.code.name()),
                Err(_) => After::Done,
            }
        }
        TaskKind::AcknowledgeAll { digest, user_id, asked_ms } => {
            match acknowledge::finish(state, integration, user_id, digest, Millis(*asked_ms)).await {
                Err(refusal) if refusal.is_passing() => again(state, task, ATTEMPTS_MAX, refusal.code.name()),
                Ok(()) | Err(_) => After::Done,
            }
        }
        TaskKind::SendWorkNotice { batch } => {
            work_notice::send::send(state, integration, batch).await?.map_or(After::Done, After::Again)
        }
        TaskKind::FollowWorkNotice { batch } => {
            work_notice::follow::follow(state, integration, batch).await?.map_or(After::Done, After::Again)
        }
        TaskKind::RecallWorkNotice { batch } => {
            match work_notice::recall::recall_batch(state, integration, batch).await? {
                Left::Nothing => After::Done,
                Left::Until(until) => After::Held(until),
                Left::Again => again(state, task, ATTEMPTS_OF_A_DAY, "DingTalk did not take a recall"),
            }
        }
        TaskKind::Introduce => match introduce::introduce(state, integration).await? {
            false => After::Done,
            true => After::Again(now.plus(back_off(task.attempts))),
        },
        TaskKind::FollowMerge { incident } => match merges::follow(state, integration, incident).await {
            Err(error) if error.is_passing() => again(state, task, ATTEMPTS_OF_A_DAY, &error.to_string()),
            Err(error) => {
                tracing::info!(incident, %error, "what an incident was merged into cannot be read");
                After::Done
            }
            Ok(()) => After::Done,
        },
        TaskKind::SweepMembers => match members_gone::sweep(state, integration).await {
            Ok(_) => After::Again(now.plus(members_gone::EVERY)),
            Err(members_gone::SweepError::Store(error)) => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "nobody knows whether linked members are still there");
                After::Again(now.plus(members_gone::AGAIN))
            }
        },
        TaskKind::Check => After::Again(check::nightly(state, integration).await?),
        TaskKind::MakeRoom { room } => {
            after(state, task, ATTEMPTS_OF_A_DAY, war_room::make::make(state, integration, room).await?)
        }
        TaskKind::TendRoom { room } => {
            after(state, task, ATTEMPTS_OF_A_DAY, war_room::tend::tend(state, integration, room).await?)
        }
        TaskKind::LinkRoom { room } => {
            after(state, task, ATTEMPTS_OF_A_DAY, war_room::link::post(state, integration, room).await?)
        }
        TaskKind::EndRoom { room } => {
            after(state, task, ATTEMPTS_OF_A_DAY, war_room::end::finish(state, integration, room).await?)
        }
        TaskKind::Directory { run } => match directory::go_on(state, integration, run, task.attempts).await? {
            directory::Piece::Over => After::Done,
            directory::Piece::On(after) => After::Held(now_after(state, after)),
            directory::Piece::Failed(reason) => again(state, task, ATTEMPTS_MAX, &reason),
        },
        TaskKind::Reconcile => After::Again(reconcile::run(state, integration).await),
    })
}

/// So long after now: a piece takes a while.
fn now_after(state: &State, wait: Duration) -> Millis {
    state.world.now().plus(wait)
}

/// What is left of work on a war room.
fn after(state: &State, task: &Task, attempts_max: i64, left: Left) -> After {
    match left {
        Left::Nothing => After::Done,
        Left::Until(until) => After::Held(until),
        Left::Again => again(state, task, attempts_max, "a platform did not take what a war room needs"),
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
