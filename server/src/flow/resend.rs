//! Sending deliveries anew, when somebody asks for it.
//!
//! What failed is sent again as it was: with the same out-track id, so that a card which is there after all is not shown
//! twice. What may be there already, or whose incident is over, is sent anew only if that is wanted all the same: then it
//! comes once more, and if it is a card, both follow the incident. Whatever goes out can be sent anew: cards of incidents
//! and of storms, messages, words of the bot, and work notices, whose people share calls.

use super::delivery_log::Wanted;
use super::refusal::{Refusal, Said};
use super::{audit, automation, notify, robot, war_room, work_notice};
use crate::model::delivery::{Delivery, DeliveryState, Objection, Outcome, Target};
use crate::model::digest::is_id;
use crate::model::task::TaskKind;
use crate::model::work_notice::WorkNotice;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use contract::words::resend as words;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

/// Deliveries that one request of [`resend_all`] looks at.
pub const AT_ONCE_MAX: i64 = 500;
/// How far apart they are sent: what was asked for together must not keep a new page waiting.
const APART: Duration = Duration::from_millis(200);

/// What became of a request to send many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResentAll {
    pub resent: usize,
    /// Those that are not simply sent again.
    pub refused: usize,
    /// The last one looked at, when there are more.
    pub more: Option<(Millis, String)>,
}

/// Why one is not sent again.
enum No {
    Objection(Objection),
    NotLinked,
    HasOwn,
    WordsForgotten,
    Recalled,
}

/// What is to be done for one that is sent again.
enum Sending {
    /// By a task of its own.
    Alone,
    /// As one of the people of this work notice.
    Noticed(Box<WorkNotice>),
}

/// Sends one anew; `force` also when it may be there already or its incident is over.
///
/// # Errors
/// `NotFound`; `NeedsForce`, `StillWaiting`, `CannotResend` with the reason.
pub async fn resend(state: &State, key: &str, id: &str, force: bool, actor: &str) -> Result<Delivery, Refusal> {
    let mut tx = state.store.begin().await?;
    automation::known(&mut tx, key).await?;
    let found = store::delivery::get(&mut tx, id).await?.filter(|delivery| delivery.integration == key);
    let former = found.ok_or(ProblemCode::NotFound)?;
    let (outcome, next) = (former.outcome, former.next);
    let now = state.world.now();
    let (delivery, sending) = match ask_anew(&mut tx, former, force, (now, now)).await? {
        Ok(asked) => asked,
        Err(no) => return Err(refusal(&no, next)),
    };
    match sending {
        Sending::Alone => order(&mut tx, &delivery, now, now).await?,
        Sending::Noticed(notice) => {
            work_notice::queue::anew(state, &mut tx, &notice, std::slice::from_ref(&delivery.id)).await?;
        }
    }
    let detail = json!({"outcome": outcome.name(), "force": force});
    audit::write(state, &mut tx, key, actor, "delivery-resent", id, detail).await?;
    tx.commit().await?;
    state.wake();
    Ok(delivery)
}

/// Sends all anew that failed with an outcome since a time, [`AT_ONCE_MAX`] at a time; never one that may be there.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn resend_all(
    state: &State,
    key: &str,
    outcome: Outcome,
    since: Millis,
    after: automation::After,
    actor: &str,
) -> Result<ResentAll, Refusal> {
    let mut tx = state.store.begin().await?;
    automation::known(&mut tx, key).await?;
    let wanted =
        Wanted { outcome: Some(outcome), state: Some(DeliveryState::Failed), since: Some(since), ..Wanted::default() };
    let found = store::delivery::list(&mut tx, key, &wanted, after, AT_ONCE_MAX).await?;
    let last = found.last().map(|delivery| (delivery.created, delivery.id.clone()));
    let more = last.filter(|_| i64::try_from(found.len()).is_ok_and(|found| found == AT_ONCE_MAX));
    let now = state.world.now();
    let (mut resent, mut refused, mut at) = (0, 0, now);
    let mut noticed: BTreeMap<String, (Box<WorkNotice>, Vec<String>)> = BTreeMap::new();
    for delivery in found {
        match ask_anew(&mut tx, delivery, false, (now, at)).await? {
            Ok((delivery, Sending::Alone)) => {
                order(&mut tx, &delivery, at, now).await?;
                (resent, at) = (resent + 1, at.plus(APART));
            }
            Ok((delivery, Sending::Noticed(notice))) => {
                noticed.entry(notice.id.clone()).or_insert_with(|| (notice, Vec::new())).1.push(delivery.id);
                resent += 1;
            }
            Err(_) => refused += 1,
        }
    }
    for (notice, delivery_ids) in noticed.into_values() {
        work_notice::queue::anew(state, &mut tx, &notice, &delivery_ids).await?;
    }
    let detail = json!({"since_ms": since.0, "resent": resent, "refused": refused});
    audit::write(state, &mut tx, key, actor, "deliveries-resent", outcome.name(), detail).await?;
    tx.commit().await?;
    state.wake();
    Ok(ResentAll { resent, refused, more })
}

/// Why one would not simply be sent again; none when it would be.
///
/// # Errors
/// The database does not answer.
pub async fn why_not(tx: &mut Tx, delivery: &Delivery) -> Result<Option<Refusal>, StoreError> {
    let linked = match delivery.target {
        Target::Member(member_id) => {
            !store::link::by_members(tx, &delivery.integration, &[member_id]).await?.is_empty()
        }
        _ => true,
    };
    let no = match (linked, sending(tx, delivery).await?) {
        (false, _) => Some(No::NotLinked),
        (true, Err(no)) => Some(no),
        (true, Ok(_)) => objection(tx, delivery).await?.map(No::Objection),
    };
    Ok(no.map(|no| refusal(&no, delivery.next)))
}

/// Makes one wait to be sent at `at`, asked for `now`.
async fn ask_anew(
    tx: &mut Tx,
    mut delivery: Delivery,
    force: bool,
    (now, at): (Millis, Millis),
) -> Result<Result<(Delivery, Sending), No>, StoreError> {
    if let Target::Member(member_id) = delivery.target {
        delivery = match for_linked(tx, delivery, member_id).await? {
            Ok(delivery) => delivery,
            Err(no) => return Ok(Err(no)),
        };
    }
    let sending = match sending(tx, &delivery).await? {
        Ok(sending) => sending,
        Err(no) => return Ok(Err(no)),
    };
    let objection = objection(tx, &delivery).await?;
    if let Some(objection) = objection.filter(|objection| !force || !objection.can_be_overruled()) {
        return Ok(Err(No::Objection(objection)));
    }
    delivery.ask_anew(now, at, objection.is_some());
    if !store::delivery::update(tx, &delivery).await? {
        return Err(StoreError::Conflict);
    }
    delivery.version += 1;
    Ok(Ok((delivery, sending)))
}

async fn order(tx: &mut Tx, delivery: &Delivery, at: Millis, now: Millis) -> Result<(), StoreError> {
    let kind = TaskKind::Deliver { delivery: delivery.id.clone() };
    store::task::add(tx, &delivery.integration, &kind, at, now).await
}

/// Whether it says the bot's own words.
fn is_note(delivery: &Delivery) -> bool {
    let is_card = matches!(delivery.reason.as_str(), notify::REASON | robot::REASON | war_room::REASON);
    !is_card && !is_id(&delivery.incident_id) && !delivery.is_of_state() && !work_notice::is_one(delivery)
}

/// How it would be sent again.
async fn sending(tx: &mut Tx, delivery: &Delivery) -> Result<Result<Sending, No>, StoreError> {
    if work_notice::is_one(delivery) {
        let person = store::work_notice_person::get(tx, &delivery.id).await?;
        let notice = match person {
            Some(person) => store::work_notice::get(tx, &delivery.integration, &person.notice_id).await?,
            None => None,
        };
        return Ok(match notice {
            None => Err(No::WordsForgotten),
            Some(notice) if notice.recalled.is_some() => Err(No::Recalled),
            Some(notice) => Ok(Sending::Noticed(Box::new(notice))),
        });
    }
    let forgotten = is_note(delivery) && store::note::get(tx, &delivery.id).await?.is_none();
    Ok(if forgotten { Err(No::WordsForgotten) } else { Ok(Sending::Alone) })
}

/// Why it is not simply sent again.
async fn objection(tx: &mut Tx, delivery: &Delivery) -> Result<Option<Objection>, StoreError> {
    let (key, incident_id) = (&delivery.integration, &delivery.incident_id);
    let mirror = store::incident::get(tx, key, incident_id).await?;
    if is_id(incident_id) {
        let known = store::digest::get(tx, key, incident_id).await?.is_some();
        return Ok(delivery.objection_of_subject(known));
    }
    if is_note(delivery) || delivery.is_of_state() {
        // The bot's words stand for themselves, and that an incident is over is what a state tells.
        return Ok(delivery.objection_of_subject(is_note(delivery) || mirror.is_some()));
    }
    Ok(delivery.objection(mirror.as_ref().map(|mirror| &mirror.incident)))
}

/// Who had no link may have one now: then the delivery is theirs.
async fn for_linked(tx: &mut Tx, delivery: Delivery, member_id: i64) -> Result<Result<Delivery, No>, StoreError> {
    let links = store::link::by_members(tx, &delivery.integration, &[member_id]).await?;
    let Some(link) = links.into_iter().next() else { return Ok(Err(No::NotLinked)) };
    let target = Target::Person(link.employee.user_id);
    if !store::delivery::retarget(tx, &delivery, &target).await? {
        return Ok(Err(No::HasOwn));
    }
    let version = delivery.version + 1;
    Ok(Ok(Delivery { target, target_name: link.employee.name, version, ..delivery }))
}

fn refusal(no: &No, next: Option<Millis>) -> Refusal {
    use Objection as O;
    let next = next.unwrap_or_default().0;
    let (code, said) = match no {
        No::NotLinked => (ProblemCode::CannotResend, Said::ours(words::not_linked)),
        No::HasOwn => (ProblemCode::CannotResend, Said::ours(words::has_own)),
        No::WordsForgotten => (ProblemCode::CannotResend, Said::ours(words::words_forgotten)),
        No::Recalled => (ProblemCode::CannotResend, Said::ours(words::recalled)),
        No::Objection(O::IncidentGone) => (ProblemCode::CannotResend, Said::ours(words::incident_gone)),
        No::Objection(O::Waits) => (ProblemCode::StillWaiting, Said::ours(|language| words::waits(language, next))),
        No::Objection(O::Delivered) => (ProblemCode::NeedsForce, Said::ours(words::delivered)),
        No::Objection(O::MayHaveArrived) => (ProblemCode::NeedsForce, Said::ours(words::may_have_arrived)),
        No::Objection(O::Folded) => (ProblemCode::NeedsForce, Said::ours(words::folded)),
        No::Objection(O::IncidentOver) => (ProblemCode::NeedsForce, Said::ours(words::incident_over)),
    };
    Refusal { code, message: Some(said), cause: None }
}
