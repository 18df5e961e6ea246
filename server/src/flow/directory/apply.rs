//! Links for what a look showed, a hundred in a transaction.

use super::{Piece, note};
use crate::flow::{audit, war_room};
use crate::model::directory::{self, Row, RowResult, Run, RunState};
use crate::model::integration::Integration;
use crate::model::link::{Link, LinkState, Member};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::person::SignInWay;
use serde_json::json;
use std::time::Duration;

/// Links made in one transaction, and transactions in one piece: the only writer of SQLite must not be kept long.
const ROWS_A_TURN: i64 = 100;
const TURNS_A_PIECE: usize = 20;

/// One piece. Repeating it makes no link twice: each row says what became of it, in the transaction that made its link.
pub async fn go_on(state: &State, integration: &Integration, mut run: Run) -> Result<Piece, StoreError> {
    for _ in 0..TURNS_A_PIECE {
        let mut tx = state.store.begin().await?;
        let rows = store::directory::to_apply(&mut tx, &run.id, ROWS_A_TURN).await?;
        let is_last = rows.is_empty();
        for mut row in rows {
            let link = link_of(state, &mut tx, integration, &row).await?;
            (row.result, row.link_id) = match &link {
                Some(link) => (RowResult::Linked, Some(link.id.clone())),
                None => (RowResult::MovedOn, None),
            };
            if let Some(link) = link {
                let (key, user_id) = (&link.integration, &link.employee.user_id);
                let detail = json!({"member_id": link.member.member_id, "proof": link.proof.name(), "run": run.id});
                store::link::put(&mut tx, &link).await?;
                audit::write(state, &mut tx, key, &run.asked_by, "linked", user_id, detail).await?;
                war_room::linked(&mut tx, &link, state.world.now()).await?;
            }
            store::directory::put(&mut tx, &row).await?;
            run.done += 1;
        }
        if is_last {
            run.state = RunState::Applied;
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

/// The link a row stands for; none when one of the two was linked or unlinked since the look.
async fn link_of(state: &State, tx: &mut Tx, integration: &Integration, row: &Row) -> Result<Option<Link>, StoreError> {
    let Some(employee) = row.employee.clone() else { return Ok(None) };
    let key = &integration.key;
    let of_member = store::link::by_member(tx, key, row.member.member_id).await?;
    let of_employee = store::link::by_user(tx, key, &employee.user_id).await?;
    if directory::seen(of_member.as_ref(), of_employee.as_ref()) != row.seen {
        return Ok(None);
    }
    let now = state.world.now();
    Ok(Some(Link {
        id: state.world.id(),
        integration: key.clone(),
        employee,
        member: Member { account_name: integration.settings.account_name.clone(), ..row.member.clone() },
        proof: SignInWay::Directory,
        credential: None,
        state: LinkState::Linked,
        created: now,
        updated: now,
        version: 0,
    }))
}
