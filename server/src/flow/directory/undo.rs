//! The way back: links that an application made and nobody proved since.

use super::{Piece, note};
use crate::flow::audit;
use crate::model::directory::{RowResult, Run, RunState};
use crate::state::State;
use crate::store::{self, StoreError};
use serde_json::json;
use std::time::Duration;

/// Links ended in one transaction, and transactions in one piece.
const ROWS_A_TURN: i64 = 100;
const TURNS_A_PIECE: usize = 20;

/// One piece.
pub async fn go_on(state: &State, mut run: Run) -> Result<Piece, StoreError> {
    for _ in 0..TURNS_A_PIECE {
        let mut tx = state.store.begin().await?;
        let rows =
            store::directory::rows(&mut tx, &run.id, None, Some(RowResult::Linked), i64::MIN, ROWS_A_TURN).await?;
        let is_last = rows.is_empty();
        for mut row in rows {
            let link = store::link::by_member(&mut tx, &run.integration, row.member.member_id).await?;
            // Proving puts a link with another id in its place.
            let link = link.filter(|link| Some(&link.id) == row.link_id.as_ref() && link.credential.is_none());
            row.result = RowResult::Kept;
            if let Some(link) = link {
                store::link::delete(&mut tx, &link.id).await?;
                let user_id = &link.employee.user_id;
                store::session::delete_of_user(&mut tx, &run.integration, user_id).await?;
                let detail = json!({"member_id": link.member.member_id, "run": run.id});
                audit::write(state, &mut tx, &run.integration, &run.asked_by, "unlinked", user_id, detail).await?;
                row.result = RowResult::Undone;
            }
            store::directory::put(&mut tx, &row).await?;
            run.done += 1;
        }
        if is_last {
            run.state = RunState::Undone;
        }
        if !note(state, &mut tx, &mut run).await? {
            return Ok(Piece::Over);
        }
        tx.commit().await?;
        if is_last {
            return Ok(Piece::Over);
        }
    }
    Ok(Piece::On(Duration::ZERO))
}
