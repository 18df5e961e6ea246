//! Taking a notice back: what was not sent is not sent any more, what was sent disappears.

use super::mark::{self, Mark};
use crate::flow::refusal::{Refusal, Said};
use crate::flow::repaint::Left;
use crate::flow::{audit, credential};
use crate::model::delivery::{DeliveryState, Outcome};
use crate::model::integration::Integration;
use crate::model::quota::Priority;
use crate::model::task::TaskKind;
use crate::model::work_notice::{Batch, BatchState, WINDOW};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use contract::words::field as words;
use dingtalk::{DingTalkError, ErrorClass};
use serde_json::json;

/// Takes a notice back; a second time changes nothing.
///
/// # Errors
/// `NotFound` for an unknown integration or notice, `NotNow` when DingTalk takes nothing of it back any more.
pub async fn recall(state: &State, key: &str, id: &str, actor: &str) -> Result<(), Refusal> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let notice = store::work_notice::get(&mut tx, key, id).await?.ok_or(ProblemCode::NotFound)?;
    let batches = store::work_notice_batch::of_notice(&mut tx, id).await?;
    let late = |batch: &Batch| batch.sent.is_some_and(|sent| now.since(sent) >= WINDOW);
    if notice.recalled.is_some() {
        return Ok(());
    }
    if batches.iter().all(late) {
        let message = Some(Said::ours(words::recall_too_late));
        return Err(Refusal { message, ..Refusal::new(ProblemCode::NotNow) });
    }
    store::work_notice::recall(&mut tx, key, id, now).await?;
    for batch in batches {
        match batch.state {
            BatchState::Waiting => drop(drop_batch(state, &mut tx, batch).await?),
            BatchState::Sent => {
                store::task::add(&mut tx, key, &TaskKind::RecallWorkNotice { batch: batch.id }, now, now).await?;
            }
            // Whoever sends it finds it recalled.
            BatchState::Sending | BatchState::Failed | BatchState::Recalled => {}
        }
    }
    audit::write(state, &mut tx, key, actor, "work-notice-recalled", id, json!({})).await?;
    tx.commit().await?;
    state.wake();
    Ok(())
}

/// Takes one batch back at DingTalk.
pub async fn recall_batch(state: &State, integration: &Integration, batch_id: &str) -> Result<Left, StoreError> {
    let mut tx = state.store.read().await?;
    let batch = store::work_notice_batch::get(&mut tx, batch_id).await?;
    drop(tx);
    let Some(batch) = batch.filter(|batch| batch.state == BatchState::Sent) else { return Ok(Left::Nothing) };
    let now = state.world.now();
    if batch.sent.is_some_and(|sent| now.since(sent) >= WINDOW) {
        return Ok(Left::Nothing);
    }
    match credential::dingtalk(state, integration, Priority::State).recall_work_notice(&batch.task_id).await {
        Ok(()) => {
            let mut tx = state.store.begin().await?;
            let noted = drop_batch(state, &mut tx, batch).await?;
            tx.commit().await?;
            Ok(if noted { Left::Nothing } else { Left::Again })
        }
        Err(DingTalkError { class: ErrorClass::Held(held), .. }) => Ok(Left::Until(held.until)),
        Err(error) if matches!(error.class, ErrorClass::Refused | ErrorClass::ContentRefused) => {
            tracing::warn!(batch = batch.id, code = error.code, "a work notice is not taken back");
            Ok(Left::Nothing)
        }
        Err(error) => {
            tracing::info!(batch = batch.id, code = error.code, "a recall waits");
            Ok(Left::Again)
        }
    }
}

/// Notes that a batch is taken back, and that its people have nothing of it. False when somebody else changed it.
async fn drop_batch(state: &State, tx: &mut Tx, mut batch: Batch) -> Result<bool, StoreError> {
    let now = state.world.now();
    batch.state = BatchState::Recalled;
    batch.updated = now;
    if !store::work_notice_batch::update(tx, &batch).await? {
        return Ok(false);
    }
    for delivery in store::delivery::of_work_notice_batch(tx, &batch.id).await? {
        if delivery.state != DeliveryState::Failed {
            mark::write(tx, delivery, &Mark::done(Outcome::Recalled), now).await?;
        }
    }
    Ok(true)
}
