//! Status bars follow the incident, with its cards. One that shows the truth costs no call.

use super::content;
use crate::flow::repaint::Left;
use crate::flow::{address, credential, notify};
use crate::model::integration::Integration;
use crate::model::quota::Priority;
use crate::model::work_notice::{self as rules, Batch, WINDOW};
use crate::state::State;
use crate::store::{self, StoreError};
use dingtalk::{DingTalkError, ErrorClass};

/// DingTalk's code for "not finished" (9.3).
const NOT_FINISHED: &str = "41052";

/// Updates every status bar of an incident that shows something else than the truth.
pub async fn repaint(state: &State, integration: &Integration, incident_id: &str) -> Result<Left, StoreError> {
    let since = state.world.now().minus(WINDOW);
    let mut tx = state.store.read().await?;
    let batches = store::work_notice_batch::with_bar(&mut tx, &integration.key, incident_id, since).await?;
    if batches.is_empty() {
        return Ok(Left::Nothing);
    }
    let mirror = store::incident::get(&mut tx, &integration.key, incident_id).await?;
    drop(tx);
    let Some(mirror) = mirror else { return Ok(Left::Nothing) };
    let detail_url = address::incident_in_dingtalk(state, &integration.key, incident_id);
    let bar = rules::bar(&mirror.incident, notify::drawing(state, integration, &detail_url));
    let client = credential::dingtalk(state, integration, Priority::State);
    let mut left = Left::Nothing;
    for batch in batches.into_iter().filter(|batch| batch.bar != bar.stored()) {
        let shown = match client.update_work_notice(&batch.task_id, &content::status(&bar)).await {
            Ok(()) => bar.stored(),
            Err(error) if is_final(&error) => {
                tracing::warn!(batch = batch.id, code = error.code, "a status bar stays as it is");
                String::new()
            }
            Err(DingTalkError { class: ErrorClass::Held(held), .. }) => {
                left = left.max(Left::Until(held.until));
                continue;
            }
            Err(error) => {
                tracing::info!(batch = batch.id, code = error.code, "a status bar waits");
                left = Left::Again;
                continue;
            }
        };
        if !note(state, batch, shown).await? {
            left = Left::Again;
        }
    }
    Ok(left)
}

/// Remembers what a bar shows; empty: it is left alone from now on. False when somebody else changed the batch.
async fn note(state: &State, mut batch: Batch, shown: String) -> Result<bool, StoreError> {
    batch.bar = shown;
    batch.updated = state.world.now();
    let mut tx = state.store.begin().await?;
    let noted = store::work_notice_batch::update(&mut tx, &batch).await?;
    tx.commit().await?;
    Ok(noted)
}

fn is_final(error: &DingTalkError) -> bool {
    matches!(error.class, ErrorClass::Refused | ErrorClass::ContentRefused | ErrorClass::UnknownPerson)
        && error.code != NOT_FINISHED
}
