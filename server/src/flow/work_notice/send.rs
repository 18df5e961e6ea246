//! One attempt of one batch. DingTalk cannot be asked whether a call arrived whose answer did not, so what may have been
//! taken is never sent again.

use super::mark::{self, Call, Mark};
use super::{content, queue};
use crate::flow::deliver::ended;
use crate::flow::{company_text, credential};
use crate::model::delivery::{Delivery, DeliveryState, Next, Outcome};
use crate::model::hash::hex_sha256;
use crate::model::incident::Mirror;
use crate::model::integration::Integration;
use crate::model::outcome::AGE_MAX;
use crate::model::quota::Priority;
use crate::model::task::TaskKind;
use crate::model::work_notice::{
    self as rules, BAR_PEOPLE_MAX, Batch, BatchState, EVERYBODY_A_DAY, Message, PEOPLE_A_MINUTE, PERSON_A_DAY, Person,
    WorkNotice,
};
use crate::state::State;
use crate::store::work_notice_day::Sending;
use crate::store::{self, StoreError, Tx};
use dingtalk::{DingTalkError, ErrorClass, NoticeAudience};
use std::time::Duration;
use world::Millis;

const MINUTE: Duration = Duration::from_secs(60);
/// How long a batch waits for which this minute has no room.
const FULL_WAIT: Duration = Duration::from_secs(5);
/// How long a text waits of which every variation of this moment was sent.
const VARIED_WAIT: Duration = Duration::from_secs(1);
/// Variations tried at one moment.
const VARIATIONS_MAX: i64 = 10;

/// A batch that may be sent, as it was written down.
struct Ready {
    batch: Batch,
    notice: WorkNotice,
    people: Vec<Person>,
    message: Message,
    /// What the message shows, of an incident.
    drawn: Option<Mirror>,
    reserved: Millis,
}

enum Prepared {
    Ready(Box<Ready>),
    Later(Millis),
    Nothing,
}

/// Makes one attempt. Returns when to try again, if at all.
pub async fn send(state: &State, integration: &Integration, batch_id: &str) -> Result<Option<Millis>, StoreError> {
    let own = own_text(state, integration, batch_id).await?;
    let ready = match prepare(state, integration, batch_id, own.as_deref()).await? {
        Prepared::Ready(ready) => ready,
        Prepared::Later(at) => return Ok(Some(at)),
        Prepared::Nothing => return Ok(None),
    };
    let everybody = ready.people.iter().any(|person| person.user_id.is_empty());
    let audience = match everybody {
        true => NoticeAudience::Everybody,
        false => NoticeAudience::People(ready.people.iter().map(|person| person.user_id.clone()).collect()),
    };
    let message = content::wire(state, &ready.message);
    let priority = if ready.notice.incident_id.is_empty() { Priority::State } else { Priority::Page };
    match credential::dingtalk(state, integration, priority).send_work_notice(&audience, &message).await {
        Ok(task_id) => taken(state, *ready, task_id).await.map(|()| None),
        Err(error) => refused(state, *ready, &error).await,
    }
}

/// The company's own text, asked for before anything is held in a transaction.
async fn own_text(state: &State, integration: &Integration, batch_id: &str) -> Result<Option<String>, StoreError> {
    let mut tx = state.store.read().await?;
    let Some(batch) = store::work_notice_batch::get(&mut tx, batch_id).await? else { return Ok(None) };
    let mirror = store::incident::get(&mut tx, &integration.key, &batch.incident_id).await?;
    drop(tx);
    match mirror.filter(|_| batch.state == BatchState::Waiting) {
        Some(mirror) => Ok(company_text::of(state, integration, &mirror).await?.text),
        None => Ok(None),
    }
}

/// Obeys the limits and writes down what is about to be sent, in one transaction.
async fn prepare(
    state: &State,
    integration: &Integration,
    batch_id: &str,
    own: Option<&str>,
) -> Result<Prepared, StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let Some(mut batch) = store::work_notice_batch::get(&mut tx, batch_id).await? else { return Ok(Prepared::Nothing) };
    let Some(notice) = store::work_notice::get(&mut tx, &integration.key, &batch.notice_id).await? else {
        return Ok(Prepared::Nothing);
    };
    if batch.state == BatchState::Sending {
        lost(state, tx, batch).await?;
        return Ok(Prepared::Nothing);
    }
    if batch.state != BatchState::Waiting {
        return Ok(Prepared::Nothing);
    }
    let app = &integration.settings.client_id;
    store::work_notice_day::hold(&mut tx, app).await?;
    let drawn = match notice.incident_id.as_str() {
        "" => None,
        incident_id => store::incident::get(&mut tx, &integration.key, incident_id).await?,
    };
    if !notice.incident_id.is_empty() {
        cancel(&mut tx, &batch, drawn.as_ref(), now).await?;
    }
    leave_out(state, &mut tx, app, &notice, &batch).await?;
    let people = store::work_notice_person::of_batch(&mut tx, &batch.id).await?;
    if people.is_empty() {
        end(&mut tx, &mut batch, BatchState::Failed, now).await?;
        tx.commit().await?;
        return Ok(Prepared::Nothing);
    }
    let reached = store::work_notice_day::reached_since(&mut tx, app, now.minus(MINUTE)).await?;
    if reached + i64::try_from(people.len()).unwrap_or(i64::MAX) > PEOPLE_A_MINUTE {
        tx.commit().await?;
        return Ok(Prepared::Later(now.plus(FULL_WAIT)));
    }
    let message = match &drawn {
        Some(mirror) => content::of_incident(state, integration, (mirror, own), people.len() <= BAR_PEOPLE_MAX),
        None => content::of_program(integration, &notice.content),
    };
    let Some((message, hash)) = varied(&mut tx, app, &batch.id, message, now).await? else {
        tx.commit().await?;
        return Ok(Prepared::Later(now.plus(VARIED_WAIT)));
    };
    let sending = Sending { app, day: rules::day(now), hash: &hash, batch_id: &batch.id };
    store::work_notice_day::add(&mut tx, sending, now).await?;
    batch.attempts += 1;
    // Should this process die now, nobody can know whether it was sent.
    if !end(&mut tx, &mut batch, BatchState::Sending, now).await? {
        return Ok(Prepared::Nothing);
    }
    let intent = Mark::of(Outcome::Unclear, DeliveryState::Waiting, None);
    for delivery in store::delivery::of_work_notice_batch(&mut tx, &batch.id).await? {
        mark::write(&mut tx, delivery, &intent, now).await?;
    }
    tx.commit().await?;
    Ok(Prepared::Ready(Box::new(Ready { batch, notice, people, message, drawn, reserved: now })))
}

/// Sets a batch's state. False when somebody else has it.
async fn end(tx: &mut Tx, batch: &mut Batch, to: BatchState, now: Millis) -> Result<bool, StoreError> {
    batch.state = to;
    batch.updated = now;
    let mine = store::work_notice_batch::update(tx, batch).await?;
    batch.version += 1;
    Ok(mine)
}

/// Takes those out of a batch whom nobody has to call any more: the incident is over, or not known.
async fn cancel(tx: &mut Tx, batch: &Batch, drawn: Option<&Mirror>, now: Millis) -> Result<(), StoreError> {
    for delivery in store::delivery::of_work_notice_batch(tx, &batch.id).await? {
        if drawn.is_none_or(|mirror| delivery.is_pointless(&mirror.incident)) {
            store::work_notice_person::move_to(tx, &delivery.id, "").await?;
            mark::write(tx, delivery, &Mark::done(Outcome::Cancelled), now).await?;
        }
    }
    Ok(())
}

/// Takes those out of a batch who have had all that DingTalk shows them today: they wait for tomorrow, if it helps them.
async fn leave_out(
    state: &State,
    tx: &mut Tx,
    app: &str,
    notice: &WorkNotice,
    batch: &Batch,
) -> Result<(), StoreError> {
    let now = state.world.now();
    let had = store::work_notice_day::had(tx, app, rules::day(now), &batch.id).await?;
    let most = |user_id: &str| if user_id.is_empty() { EVERYBODY_A_DAY } else { PERSON_A_DAY };
    let full: Vec<&String> = had.iter().filter(|(user_id, count)| **count >= most(user_id)).map(|(id, _)| id).collect();
    if full.is_empty() {
        return Ok(());
    }
    let tomorrow = rules::next_day(now);
    let mut later = Vec::new();
    for person in store::work_notice_person::of_batch(tx, &batch.id).await? {
        if !full.contains(&&person.user_id) {
            continue;
        }
        let Some(delivery) = store::delivery::get(tx, &person.delivery_id).await? else { continue };
        store::work_notice_person::move_to(tx, &person.delivery_id, "").await?;
        if waits_until(notice, &delivery, tomorrow) {
            later.push(person.delivery_id);
            mark::write(tx, delivery, &Mark::waiting(Outcome::DayLimit, tomorrow), now).await?;
        } else {
            mark::write(tx, delivery, &Mark::failed(Outcome::DayLimit), now).await?;
        }
    }
    if later.is_empty() { Ok(()) } else { queue::into_new_batch(state, tx, notice, &later, tomorrow).await }
}

/// Whether a delivery is still worth something at `then`: an incident is not after some hours.
pub(super) fn waits_until(notice: &WorkNotice, delivery: &Delivery, then: Millis) -> bool {
    notice.incident_id.is_empty() || then.since(delivery.asked.unwrap_or(delivery.created)) < AGE_MAX
}

/// The message, with a line that makes it another text where somebody of the batch has had it today, and its hash.
async fn varied(
    tx: &mut Tx,
    app: &str,
    batch_id: &str,
    message: Message,
    now: Millis,
) -> Result<Option<(Message, String)>, StoreError> {
    for serial in 1..=VARIATIONS_MAX {
        let candidate = match rules::varying_line(now, serial) {
            Some(line) => message.clone().varied(&line),
            None => message.clone(),
        };
        let hash = hex_sha256(candidate.identity());
        let sending = Sending { app, day: rules::day(now), hash: &hash, batch_id };
        if !store::work_notice_day::is_repeated(tx, sending).await? {
            return Ok(Some((candidate, hash)));
        }
    }
    Ok(None)
}

/// A batch whose call has no end: the process died, or the database did.
async fn lost(state: &State, mut tx: Tx, mut batch: Batch) -> Result<(), StoreError> {
    let now = state.world.now();
    let mark = Mark::failed(Outcome::Unclear).with_message(NOT_AGAIN);
    let deliveries = store::delivery::of_work_notice_batch(&mut tx, &batch.id).await?;
    let call = Call { text: String::new(), cost: 1, began: batch.updated };
    mark::write_attempt(&mut tx, deliveries, &mark, call, now).await?;
    end(&mut tx, &mut batch, BatchState::Failed, now).await?;
    tx.commit().await
}

const NOT_AGAIN: &str = "the notice may have arrived, so it is not sent again";

async fn taken(state: &State, ready: Ready, task_id: String) -> Result<(), StoreError> {
    let Ready { mut batch, notice, message, drawn, reserved, .. } = ready;
    let now = state.world.now();
    let key = &notice.integration;
    let mut tx = state.store.begin().await?;
    batch.task_id = task_id;
    batch.sent = Some(now);
    batch.bar = message.bar.as_ref().map(rules::Bar::stored).unwrap_or_default();
    if !end(&mut tx, &mut batch, BatchState::Sent, now).await? {
        return Ok(());
    }
    store::work_notice_person::count_send(&mut tx, &batch.id).await?;
    let next = now.plus(rules::progress_wait(0));
    let deliveries = store::delivery::of_work_notice_batch(&mut tx, &batch.id).await?;
    let call = Call { text: message.shown(), cost: 1, began: reserved };
    mark::write_attempt(&mut tx, deliveries, &Mark::waiting(Outcome::Accepted, next), call, now).await?;
    let follow = TaskKind::FollowWorkNotice { batch: batch.id.clone() };
    store::task::add(&mut tx, key, &follow, next, now).await?;
    let present = store::work_notice::get(&mut tx, key, &notice.id).await?;
    if present.is_some_and(|notice| notice.recalled.is_some()) {
        store::task::add(&mut tx, key, &TaskKind::RecallWorkNotice { batch: batch.id }, now, now).await?;
    }
    if let Some(drawn) = drawn.filter(|_| !batch.bar.is_empty()) {
        let present = store::incident::get(&mut tx, key, &notice.incident_id).await?;
        if present.is_none_or(|present| present.version != drawn.version) {
            let repaint = TaskKind::Repaint { incident: notice.incident_id.clone() };
            store::task::add(&mut tx, key, &repaint, now, now).await?;
        }
    }
    tx.commit().await
}

async fn refused(state: &State, ready: Ready, error: &DingTalkError) -> Result<Option<Millis>, StoreError> {
    let Ready { mut batch, notice, people, message, reserved, .. } = ready;
    let call = Call { text: message.shown(), cost: ended::cost_of(error), began: reserved };
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let deliveries = store::delivery::of_work_notice_batch(&mut tx, &batch.id).await?;
    if let ErrorClass::Held(held) = error.class {
        // Nothing was tried.
        batch.attempts -= 1;
        store::work_notice_day::give_back(&mut tx, &batch.id, reserved).await?;
        end(&mut tx, &mut batch, BatchState::Waiting, now).await?;
        for delivery in deliveries {
            mark::write(&mut tx, delivery, &Mark::of_error(error, Some(held.until)), now).await?;
        }
        tx.commit().await?;
        return Ok(Some(held.until));
    }
    let (to, mark, again) = if error.class == ErrorClass::Unclear {
        let mark = Mark { message: NOT_AGAIN.to_owned(), ..Mark::of_error(error, None) };
        (BatchState::Failed, mark, None)
    } else {
        store::work_notice_day::give_back(&mut tx, &batch.id, reserved).await?;
        let halves = error.class == ErrorClass::UnknownPerson && people.len() > 1;
        let again = if halves { Some(now) } else { next_attempt(state, &batch, &deliveries, error) };
        let to = if again.is_some() && !halves { BatchState::Waiting } else { BatchState::Failed };
        if halves {
            // One of them spoils it for all; halves find who.
            let ids: Vec<String> = people.into_iter().map(|person| person.delivery_id).collect();
            for half in ids.chunks(ids.len().div_ceil(2)) {
                queue::into_new_batch(state, &mut tx, &notice, half, now).await?;
            }
        }
        (to, Mark::of_error(error, again), again.filter(|_| !halves))
    };
    if !end(&mut tx, &mut batch, to, now).await? {
        return Ok(None);
    }
    mark::write_attempt(&mut tx, deliveries, &mark, call, now).await?;
    tx.commit().await?;
    Ok(again)
}

fn next_attempt(state: &State, batch: &Batch, deliveries: &[Delivery], error: &DingTalkError) -> Option<Millis> {
    let told = match error.class {
        ErrorClass::Throttled { retry_after_ms } => retry_after_ms.map(Duration::from_millis),
        _ => None,
    };
    let asked = deliveries.iter().map(|one| one.asked.unwrap_or(one.created)).min().unwrap_or(batch.created);
    let outcome = ended::outcome(&error.class);
    match outcome.next_time(batch.attempts, asked, state.world.now(), told, state.world.fraction()) {
        Next::At(at) => Some(at),
        Next::Done | Next::Failed => None,
    }
}
