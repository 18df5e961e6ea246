//! Work notices: to the responders of an incident, or what a program asked for. [`queue`] writes down who is to get
//! what, [`send`] makes one call of one batch, [`follow`] asks DingTalk what became of it and sends again what failed,
//! [`bar`] lets status bars follow the incident, [`recall`] takes a notice back.

pub mod bar;
mod content;
pub mod follow;
mod mark;
pub mod queue;
pub mod recall;
pub mod send;
pub mod view;

use crate::model::delivery::Delivery;
use crate::model::work_notice::{Batch, BatchState, WorkNotice};
use crate::state::State;

/// The reason of a delivery that brings an incident as a work notice.
pub const REASON: &str = "work-notice";

/// Whether a delivery is one of a work notice.
pub fn is_one(delivery: &Delivery) -> bool {
    delivery.reason.starts_with(REASON)
}

/// A batch to be sent.
fn new_batch(state: &State, notice: &WorkNotice) -> Batch {
    let now = state.world.now();
    Batch {
        id: state.world.id(),
        notice_id: notice.id.clone(),
        integration: notice.integration.clone(),
        incident_id: notice.incident_id.clone(),
        state: BatchState::Waiting,
        task_id: String::new(),
        bar: String::new(),
        attempts: 0,
        asked: 0,
        sent: None,
        created: now,
        updated: now,
        version: 0,
    }
}
