//! Sending deliveries anew, when somebody asks for it.
//!
//! What failed is sent again as it was: with the same out-track id, so that a card which is there after all is not shown
//! twice. What may be there already, or whose incident is over, is sent anew only if that is wanted all the same: then it
//! comes as one more card, and both follow the incident.

use super::delivery_log::Wanted;
use super::refusal::{Refusal, Said};
use super::{audit, automation, notify, robot};
use crate::model::delivery::{Delivery, DeliveryState, Objection, Outcome, Target};
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use contract::words::resend as words;
use serde_json::json;
use std::time::Duration;
use world::Millis;

/// Deliveries that one request of [`resend_all`] looks at.
pub const AT_ONCE_MAX: i64 = 500;
/// Why a card of an incident was sent.
const CARD_REASONS: [&str; 2] = [notify::REASON, robot::REASON];
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
    NotACard,
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
    let delivery = match ask_anew(state, &mut tx, former, force, state.world.now()).await? {
        Ok(delivery) => delivery,
        Err(no) => return Err(refusal(&no, next)),
    };
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
    let (mut resent, mut refused, mut at) = (0, 0, state.world.now());
    for delivery in found {
        match ask_anew(state, &mut tx, delivery, false, at).await? {
            Ok(_) => (resent, at) = (resent + 1, at.plus(APART)),
            Err(_) => refused += 1,
        }
    }
    let detail = json!({"since_ms": since.0, "resent": resent, "refused": refused});
    audit::write(state, &mut tx, key, actor, "deliveries-resent", outcome.name(), detail).await?;
    tx.commit().await?;
    state.wake();
    Ok(ResentAll { resent, refused, more })
}

async fn ask_anew(
    state: &State,
    tx: &mut Tx,
    mut delivery: Delivery,
    force: bool,
    at: Millis,
) -> Result<Result<Delivery, No>, StoreError> {
    let is_note = store::note::get(tx, &delivery.id).await?.is_some();
    if is_note || !CARD_REASONS.contains(&delivery.reason.as_str()) {
        return Ok(Err(No::NotACard));
    }
    if let Target::Member(member_id) = delivery.target {
        delivery = match for_linked(tx, delivery, member_id).await? {
            Ok(delivery) => delivery,
            Err(no) => return Ok(Err(no)),
        };
    }
    let mirror = store::incident::get(tx, &delivery.integration, &delivery.incident_id).await?;
    let objection = delivery.objection(mirror.as_ref().map(|mirror| &mirror.incident));
    if let Some(objection) = objection.filter(|objection| !force || !objection.can_be_overruled()) {
        return Ok(Err(No::Objection(objection)));
    }
    let now = state.world.now();
    delivery.ask_anew(now, at, objection.is_some());
    if !store::delivery::update(tx, &delivery).await? {
        return Err(StoreError::Conflict);
    }
    let kind = TaskKind::Deliver { delivery: delivery.id.clone() };
    store::task::add(tx, &delivery.integration, &kind, at, now).await?;
    Ok(Ok(delivery))
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
        No::NotACard => (ProblemCode::CannotResend, Said::ours(words::not_a_card)),
        No::Objection(O::IncidentGone) => (ProblemCode::CannotResend, Said::ours(words::incident_gone)),
        No::Objection(O::Waits) => (ProblemCode::StillWaiting, Said::ours(|language| words::waits(language, next))),
        No::Objection(O::Delivered) => (ProblemCode::NeedsForce, Said::ours(words::delivered)),
        No::Objection(O::MayHaveArrived) => (ProblemCode::NeedsForce, Said::ours(words::may_have_arrived)),
        No::Objection(O::Folded) => (ProblemCode::NeedsForce, Said::ours(words::folded)),
        No::Objection(O::IncidentOver) => (ProblemCode::NeedsForce, Said::ours(words::incident_over)),
    };
    Refusal { code, message: Some(said), cause: None }
}
