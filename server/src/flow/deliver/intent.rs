//! The intent of a delivery, committed after its call has leave to go and before it goes. Should this process die from
//! then on, nobody can know whether it was sent; what still waits for leave was certainly not.

use crate::flow::credential;
use crate::model::delivery::{Delivery, Outcome};
use crate::model::integration::Integration;
use crate::model::link_message::LinkMessage;
use crate::model::quota::Priority;
use crate::state::State;
use crate::store::{self, StoreError};
use async_trait::async_trait;
use dingtalk::{Admission, Call, Client, DingTalkError, ErrorClass, Held, Permit, Why};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long a call rests whose intent cannot be kept.
const REST: Duration = Duration::from_secs(1);

/// The intent of one attempt.
pub struct Intent {
    state: State,
    gate: Arc<dyn Admission>,
    /// Whether the same can be sent again without perhaps showing it twice.
    repeatable: bool,
    /// What a message is going to say that nothing can change afterwards.
    told: Option<LinkMessage>,
    kept: Mutex<Kept>,
}

struct Kept {
    delivery: Delivery,
    /// Its intent is committed.
    intended: bool,
    /// Somebody else has the delivery.
    lost: bool,
}

impl Intent {
    /// An intent that is not committed yet.
    pub fn of(state: &State, integration: &Integration, delivery: &Delivery, repeatable: bool) -> Arc<Self> {
        Self::new(state, integration, delivery, repeatable, None)
    }

    /// An intent to say something that cannot be repeated, nor changed afterwards.
    pub fn telling(
        state: &State,
        integration: &Integration,
        delivery: &Delivery,
        told: Option<LinkMessage>,
    ) -> Arc<Self> {
        Self::new(state, integration, delivery, false, told)
    }

    fn new(
        state: &State,
        integration: &Integration,
        delivery: &Delivery,
        repeatable: bool,
        told: Option<LinkMessage>,
    ) -> Arc<Self> {
        let priority = match delivery {
            _ if delivery.is_of_state() => Priority::State,
            _ if delivery.is_test() => Priority::Chatter,
            _ => Priority::Page,
        };
        let gate = state.pilot.gate(integration, priority);
        let kept = Mutex::new(Kept { delivery: delivery.clone(), intended: false, lost: false });
        Arc::new(Self { state: state.clone(), gate, repeatable, told, kept })
    }

    /// A client none of whose changing calls goes out before the intent is committed.
    pub fn client(self: &Arc<Self>, integration: &Integration) -> Client {
        credential::dingtalk_through(&self.state, integration, self.clone())
    }

    /// The delivery as it is in the database now; none when somebody else has it.
    pub async fn end(&self) -> Option<Delivery> {
        let kept = self.kept.lock().await;
        (!kept.lost).then(|| kept.delivery.clone())
    }

    async fn commit(&self) -> Result<bool, StoreError> {
        let mut kept = self.kept.lock().await;
        if kept.intended || kept.lost {
            return Ok(!kept.lost);
        }
        let mut intended = kept.delivery.clone();
        intended.outcome = Outcome::Unclear;
        intended.repeatable = self.repeatable;
        intended.updated = self.state.world.now();
        let mut tx = self.state.store.begin().await?;
        let mine = store::delivery::update(&mut tx, &intended).await?;
        if let Some(told) = self.told.as_ref().filter(|_| mine) {
            store::link_message::put(&mut tx, told).await?;
        }
        tx.commit().await?;
        if mine {
            intended.version += 1;
            kept.delivery = intended;
        }
        (kept.intended, kept.lost) = (mine, !mine);
        Ok(mine)
    }
}

#[async_trait]
impl Admission for Intent {
    async fn admit(&self, call: &Call, group: Option<&str>) -> Result<Box<dyn Permit>, Held> {
        let permit = self.gate.admit(call, group).await?;
        if !call.changes {
            return Ok(permit);
        }
        let committed = self.commit().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "an intent cannot be kept, so nothing is sent");
            false
        });
        if committed {
            return Ok(permit);
        }
        permit.answered(Err(&not_sent()));
        Err(Held { until: self.state.world.now().plus(REST), why: Why::Second })
    }
}

fn not_sent() -> DingTalkError {
    DingTalkError {
        class: ErrorClass::Unreachable,
        code: "local.intent".to_owned(),
        message: "not sent".to_owned(),
        request_id: None,
        http_status: None,
        by_space: false,
    }
}
