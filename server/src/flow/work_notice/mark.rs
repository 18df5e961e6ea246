//! What is written down of each person's delivery.

use crate::flow::deliver::ended;
use crate::model::delivery::{Attempt, Delivery, DeliveryState, Outcome};
use crate::model::text;
use crate::store::{self, StoreError, Tx};
use dingtalk::DingTalkError;
use world::Millis;

/// How it stands with some people's deliveries.
#[derive(Clone, Debug)]
pub struct Mark {
    pub outcome: Outcome,
    pub state: DeliveryState,
    pub code: String,
    pub message: String,
    pub request_id: String,
    pub next: Option<Millis>,
}

impl Mark {
    /// An outcome that ends a delivery or lets it wait until `next`.
    pub fn of(outcome: Outcome, state: DeliveryState, next: Option<Millis>) -> Self {
        let none = String::new();
        Self { outcome, state, code: none.clone(), message: none.clone(), request_id: none, next }
    }

    /// Waits until `next`.
    pub fn waiting(outcome: Outcome, next: Millis) -> Self {
        Self::of(outcome, DeliveryState::Waiting, Some(next))
    }

    /// Ended well.
    pub fn done(outcome: Outcome) -> Self {
        Self::of(outcome, DeliveryState::Done, None)
    }

    /// Ended badly.
    pub fn failed(outcome: Outcome) -> Self {
        Self::of(outcome, DeliveryState::Failed, None)
    }

    /// The same with DingTalk's code.
    #[must_use]
    pub fn with_code(self, code: &str) -> Self {
        Self { code: code.to_owned(), ..self }
    }

    /// The same with what to say to it.
    #[must_use]
    pub fn with_message(self, message: &str) -> Self {
        Self { message: message.to_owned(), ..self }
    }

    /// A call that failed: it waits until `next`, or has failed for good.
    pub fn of_error(error: &DingTalkError, next: Option<Millis>) -> Self {
        Self {
            outcome: ended::outcome(&error.class),
            state: if next.is_some() { DeliveryState::Waiting } else { DeliveryState::Failed },
            code: error.code.clone(),
            message: error.message.clone(),
            request_id: error.request_id.clone().unwrap_or_default(),
            next,
        }
    }
}

/// Writes a mark. Without effect when somebody else was faster.
pub async fn write(tx: &mut Tx, mut delivery: Delivery, mark: &Mark, now: Millis) -> Result<bool, StoreError> {
    let Mark { outcome, state, code, message, request_id, next } = mark.clone();
    (delivery.outcome, delivery.state, delivery.next) = (outcome, state, next);
    (delivery.code, delivery.message, delivery.request_id) = (code, message, request_id);
    // Nothing tells whether a call arrived that was not answered.
    delivery.repeatable = outcome != Outcome::Unclear;
    delivery.may_be_there |= outcome == Outcome::Unclear && state == DeliveryState::Failed;
    delivery.updated = now;
    store::delivery::update(tx, &delivery).await
}

/// What a call was, of which a mark is the end.
pub struct Call {
    /// What was sent, as its readers see it; empty when nothing was.
    pub text: String,
    /// Counted calls spent.
    pub cost: i64,
    pub began: Millis,
}

/// Longest text of what was sent that is kept of an attempt, in bytes.
const TEXT_BYTES_MAX: usize = 4_096;

/// Writes a mark and the attempt it is the end of. One call is for many people: its cost stands with the first.
pub async fn write_attempt(
    tx: &mut Tx,
    deliveries: Vec<Delivery>,
    mark: &Mark,
    call: Call,
    now: Millis,
) -> Result<(), StoreError> {
    let Call { text, mut cost, began } = call;
    let text = text::cut(&text, TEXT_BYTES_MAX);
    for mut delivery in deliveries {
        delivery.attempts += 1;
        delivery.tries += 1;
        delivery.cost += cost;
        let attempt = Attempt {
            delivery_id: delivery.id.clone(),
            number: delivery.attempts,
            outcome: mark.outcome,
            code: mark.code.clone(),
            message: mark.message.clone(),
            request_id: mark.request_id.clone(),
            text: text.clone(),
            cost,
            took: now.since(began),
            at: now,
        };
        if write(tx, delivery, mark, now).await? {
            cost = 0;
            store::delivery::add_attempt(tx, &attempt).await?;
            metrics::counter!("dingduty_delivery_attempts_total", "outcome" => mark.outcome.name()).increment(1);
        }
    }
    Ok(())
}
