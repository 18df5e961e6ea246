//! What became of a batch that DingTalk took: read, unread, silently withheld, failed. What failed is sent again.

use super::mark::{self, Mark};
use super::{queue, send};
use crate::flow::credential;
use crate::model::delivery::{Delivery, DeliveryState, Outcome};
use crate::model::integration::Integration;
use crate::model::quota::Priority;
use crate::model::work_notice::{self as rules, Batch, BatchState, Person, SENDS_MAX, WINDOW, Withheld, WorkNotice};
use crate::state::State;
use crate::store::{self, StoreError};
use dingtalk::{Client, DingTalkError, ErrorClass, NoticeResult};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use world::Millis;

/// Questions that find nothing new after which an open fate stays open.
const ASKED_MAX: i64 = 12;
/// DingTalk's code for "not finished, or too many people" (9.3).
const NOT_FINISHED: &str = "41052";
/// How long somebody waits for whom that minute had no room.
const MINUTE: Duration = Duration::from_secs(60);

/// What DingTalk says.
enum Said {
    NotYet,
    Result(NoticeResult),
}

/// Asks once. Returns when to ask again, if at all.
pub async fn follow(state: &State, integration: &Integration, batch_id: &str) -> Result<Option<Millis>, StoreError> {
    let mut tx = state.store.read().await?;
    let Some(batch) = store::work_notice_batch::get(&mut tx, batch_id).await? else { return Ok(None) };
    let Some(notice) = store::work_notice::get(&mut tx, &integration.key, &batch.notice_id).await? else {
        return Ok(None);
    };
    let deliveries = store::delivery::of_work_notice_batch(&mut tx, batch_id).await?;
    drop(tx);
    let Some(sent) = batch.sent.filter(|_| batch.state == BatchState::Sent) else { return Ok(None) };
    let open = deliveries.iter().any(|one| one.outcome == Outcome::Accepted);
    let unread = deliveries.iter().any(|one| one.outcome == Outcome::Delivered);
    if !open && !unread {
        return Ok(None);
    }
    if state.world.now().since(sent) >= WINDOW || batch.asked >= ASKED_MAX {
        return close(state, batch).await.map(|()| None);
    }
    // An open fate may want another sending; who has read it is good to know.
    let priority = if open { Priority::State } else { Priority::Chatter };
    let client = credential::dingtalk(state, integration, priority);
    let (said, cost) = ask(&client, &batch.task_id, open).await;
    let result = match said {
        Ok(Said::Result(result)) => result,
        Ok(Said::NotYet) => NoticeResult::default(),
        Err(DingTalkError { class: ErrorClass::Held(held), .. }) => return Ok(Some(held.until)),
        Err(error) if is_passing(&error) => NoticeResult::default(),
        Err(error) => {
            tracing::warn!(batch = batch.id, class = error.class.name(), code = error.code, "a result is not told");
            return close(state, batch).await.map(|()| None);
        }
    };
    take(state, &notice, batch, &result, cost).await
}

/// While a fate is open the progress is asked for first. Also gives what it cost.
async fn ask(client: &Client, task_id: &str, open: bool) -> (Result<Said, DingTalkError>, i64) {
    if open {
        match client.work_notice_progress(task_id).await {
            Ok(progress) if progress.done => {}
            Ok(_) => return (Ok(Said::NotYet), 1),
            Err(error) => return (Err(error), 1),
        }
    }
    (client.work_notice_result(task_id).await.map(Said::Result), 1 + i64::from(open))
}

fn is_passing(error: &DingTalkError) -> bool {
    error.code == NOT_FINISHED
        || matches!(
            error.class,
            ErrorClass::Throttled { .. }
                | ErrorClass::Banned
                | ErrorClass::QuotaSpent { .. }
                | ErrorClass::Busy
                | ErrorClass::Unreachable
                | ErrorClass::Unclear
                | ErrorClass::TokenRefused
                | ErrorClass::CredentialsRefused
                | ErrorClass::IpNotAllowed
        )
}

/// Nothing more will be told: an open fate stays open.
async fn close(state: &State, batch: Batch) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    for delivery in store::delivery::of_work_notice_batch(&mut tx, &batch.id).await? {
        if delivery.outcome == Outcome::Accepted && delivery.state == DeliveryState::Waiting {
            mark::write(&mut tx, delivery, &Mark::done(Outcome::Accepted), now).await?;
        }
    }
    tx.commit().await
}

/// Writes down what became of each, and sends again what failed.
async fn take(
    state: &State,
    notice: &WorkNotice,
    mut batch: Batch,
    result: &NoticeResult,
    mut cost: i64,
) -> Result<Option<Millis>, StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let people = store::work_notice_person::of_batch(&mut tx, &batch.id).await?;
    let people: HashMap<String, Person> = people.into_iter().map(|one| (one.delivery_id.clone(), one)).collect();
    let mut again: BTreeMap<Millis, Vec<String>> = BTreeMap::new();
    let (mut open, mut unread) = (false, false);
    for mut delivery in store::delivery::of_work_notice_batch(&mut tx, &batch.id).await? {
        let Some(person) = people.get(&delivery.id) else { continue };
        delivery.cost += std::mem::take(&mut cost);
        let mark = fate(result, notice, person, &delivery, now);
        open |= mark.outcome == Outcome::Accepted;
        unread |= mark.outcome == Outcome::Delivered;
        if let Some(due) = mark.next.filter(|_| mark.outcome != Outcome::Accepted) {
            again.entry(due).or_default().push(person.delivery_id.clone());
        }
        mark::write(&mut tx, delivery, &mark, now).await?;
    }
    for (due, delivery_ids) in again {
        queue::into_new_batch(state, &mut tx, notice, &delivery_ids, due).await?;
    }
    batch.asked += i64::from(open);
    batch.updated = now;
    let sent = batch.sent.unwrap_or(now);
    let next = match (open, unread) {
        (true, _) => Some(now.plus(rules::progress_wait(batch.asked))),
        (false, true) => rules::next_look(sent, now),
        (false, false) => None,
    };
    store::work_notice_batch::update(&mut tx, &batch).await?;
    tx.commit().await?;
    Ok(next)
}

/// What became of one.
fn fate(result: &NoticeResult, notice: &WorkNotice, person: &Person, delivery: &Delivery, now: Millis) -> Mark {
    let user_id = &person.user_id;
    let everybody = user_id.is_empty();
    let has = |list: &[String]| if everybody { !list.is_empty() } else { list.contains(user_id) };
    let withheld = result.forbidden.iter().find(|one| everybody || one.user_id == *user_id);
    if !everybody && has(&result.read) {
        return Mark::done(Outcome::Read);
    }
    if has(&result.unread) || has(&result.read) {
        return Mark::done(Outcome::Delivered);
    }
    let again = |outcome, due| match person.sends < SENDS_MAX && send::waits_until(notice, delivery, due) {
        true => Mark::waiting(outcome, due),
        false => Mark::failed(outcome),
    };
    if let Some(one) = withheld {
        let mark = match Withheld::from_code(&one.code) {
            Withheld::Repeated => again(Outcome::Withheld, now),
            Withheld::DayLimit => again(Outcome::DayLimit, rules::next_day(now)),
            Withheld::MinuteLimit => again(Outcome::Throttled, now.plus(MINUTE)),
            Withheld::Unknown => Mark::failed(Outcome::Withheld),
        };
        return mark.with_code(&one.code);
    }
    if has(&result.failed) {
        return again(Outcome::SendingFailed, now.plus(rules::resend_wait(person.sends)));
    }
    if has(&result.invalid) {
        return Mark::failed(Outcome::UnknownPerson);
    }
    // In none of the lists: what was known before stays.
    Mark {
        outcome: delivery.outcome,
        state: delivery.state,
        code: delivery.code.clone(),
        message: delivery.message.clone(),
        request_id: delivery.request_id.clone(),
        next: delivery.next,
    }
}
