//! The look itself, in pieces: members, who is on call, who is in the groups, their numbers, and what follows from it.
//!
//! Neither platform lists what is needed: Flashduty masks the numbers it answers, DingTalk lists employees by group only.
//! So the numbers of employees we know of are compared with the masks, and Flashduty is asked whose a number is that fits.

use super::roster::{self, CALLS_A_PIECE, REST, ReadError};
use super::{Piece, note};
use crate::flow::{credential, members};
use crate::model::directory::{self, Found, Row, RowResult, Run, RunState, Step};
use crate::model::integration::Integration;
use crate::model::link::{Employee, Member};
use crate::model::mobile;
use crate::model::quota::Priority;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::chat::ChatState;
use contract::directory::{Kind, Reason};
use dingtalk::ErrorClass;
use flashduty::MemberQuery;
use std::collections::BTreeMap;
use std::time::Duration;

/// Groups whose members are read: each page of members is a counted call.
const GROUPS_MAX: usize = 50;
/// Groups read and employees looked at in one piece.
const GROUPS_A_PIECE: usize = 10;
const PEOPLE_A_PIECE: i64 = 200;
/// Groups that are known of.
const CHATS_MAX: i64 = 2_000;
/// Rows judged in one transaction.
const ROWS_A_TURN: i64 = 200;
/// Longest text that can be a user id.
const USER_ID_BYTES_MAX: usize = 64;
/// How soon the next piece begins where nobody has to be spared.
const AT_ONCE: Duration = Duration::ZERO;

/// One piece.
pub async fn go_on(state: &State, integration: &Integration, run: Run) -> Result<Piece, StoreError> {
    let piece = match run.step {
        Step::Members => read_members(state, integration, run).await,
        Step::OnCall => read_on_call(state, integration, run).await,
        Step::Groups => read_groups(state, integration, run).await,
        Step::People => read_people(state, integration, run).await,
    };
    match piece {
        Ok(piece) => Ok(piece),
        Err(ReadError::Store(error)) => Err(error),
        Err(ReadError::Wait(wait)) => Ok(Piece::On(wait)),
        Err(ReadError::Platform(reason)) => Ok(Piece::Failed(reason)),
    }
}

async fn read_members(state: &State, integration: &Integration, mut run: Run) -> Result<Piece, ReadError> {
    let client = credential::service(state, integration);
    for _ in 0..CALLS_A_PIECE {
        let page = u32::try_from(run.cursor + 1).unwrap_or(u32::MAX);
        let (members, more) = roster::members_page(&client, page).await?;
        let mut known = Vec::new();
        for member in members.iter().filter(|member| !mobile::national(&member.phone).is_none_or(|n| n.contains('*'))) {
            // Deployments that do not mask: the number leads to its employee at once.
            known.extend(by_number(state, integration, member).await?);
        }
        let mut tx = state.store.begin().await?;
        for member in &members {
            store::member::put(&mut tx, &run.integration, member.member_id, &member.member_name, run.created).await?;
            roster::note_admin(&mut tx, &run.integration, member).await?;
            store::directory::put(&mut tx, &row_of(&run, member)).await?;
            if is_user_id(&member.ref_id) {
                store::directory::add_candidate(&mut tx, &run.id, &member.ref_id).await?;
            }
        }
        for user_id in &known {
            store::directory::add_candidate(&mut tx, &run.id, user_id).await?;
        }
        run.cursor += 1;
        if !more {
            store::member::forget(&mut tx, &run.integration, run.created).await?;
            (run.step, run.cursor) = (Step::OnCall, 0);
        }
        if note(state, &mut tx, &mut run).await? {
            tx.commit().await?;
        }
        if !more {
            return Ok(Piece::On(AT_ONCE));
        }
    }
    Ok(Piece::On(REST))
}

async fn read_on_call(state: &State, integration: &Integration, mut run: Run) -> Result<Piece, ReadError> {
    roster::read_on_call(state, integration).await?;
    let mut tx = state.store.begin().await?;
    let chats = store::chat::list(&mut tx, &run.integration, None, None, CHATS_MAX).await?;
    let installed = chats.iter().filter(|chat| chat.state == ChatState::Installed).count();
    run.groups_all = i64::try_from(installed).unwrap_or(i64::MAX);
    (run.step, run.cursor) = (Step::Groups, 0);
    if note(state, &mut tx, &mut run).await? {
        tx.commit().await?;
    }
    Ok(Piece::On(AT_ONCE))
}

async fn read_groups(state: &State, integration: &Integration, mut run: Run) -> Result<Piece, ReadError> {
    let mut tx = state.store.read().await?;
    let mut chats = store::chat::list(&mut tx, &run.integration, None, None, CHATS_MAX).await?;
    drop(tx);
    chats.retain(|chat| chat.state == ChatState::Installed);
    let reached = usize::try_from(run.cursor).unwrap_or(usize::MAX);
    let these: Vec<_> = chats.iter().take(GROUPS_MAX).skip(reached).take(GROUPS_A_PIECE).collect();
    let mut user_ids = Vec::new();
    for chat in &these {
        let found = members::of(state, integration, chat).await;
        run.groups_read += i64::from(!found.is_empty());
        user_ids.extend(found);
    }
    let mut tx = state.store.begin().await?;
    for user_id in &user_ids {
        store::directory::add_candidate(&mut tx, &run.id, user_id).await?;
    }
    run.cursor += i64::try_from(these.len()).unwrap_or(i64::MAX);
    if these.len() < GROUPS_A_PIECE {
        (run.step, run.cursor, run.done) = (Step::People, 0, 0);
        run.total = store::directory::candidates_left(&mut tx, &run.id).await?;
    }
    if note(state, &mut tx, &mut run).await? {
        tx.commit().await?;
    }
    Ok(Piece::On(AT_ONCE))
}

async fn read_people(state: &State, integration: &Integration, mut run: Run) -> Result<Piece, ReadError> {
    let mut tx = state.store.read().await?;
    let user_ids = store::directory::candidates(&mut tx, &run.id, PEOPLE_A_PIECE).await?;
    if user_ids.is_empty() {
        drop(tx);
        return Ok(judge_all(state, run).await?);
    }
    let masks = masks(&store::directory::rows(&mut tx, &run.id, None, None, 0, i64::MAX).await?);
    drop(tx);
    let dingtalk = credential::dingtalk(state, integration, Priority::Chatter);
    let flashduty = credential::service(state, integration);
    let mut asked = 0;
    for user_id in user_ids {
        let user = match dingtalk.user(&user_id).await {
            Ok(user) => Some(user),
            // Gone, or outside of the app's range: nobody of ours.
            Err(error) if matches!(error.class, ErrorClass::UnknownPerson | ErrorClass::OutOfRange) => None,
            Err(error) => return Err(ReadError::of_dingtalk(state, &error)),
        };
        let number = user.as_ref().filter(|user| user.active).and_then(|user| user.mobile.clone());
        let number = number.filter(|number| may_fit(&masks, number));
        let mut member = None;
        if let Some(number) = &number {
            asked += 1;
            member = owner(&flashduty, number).await?;
        }
        let mut tx = state.store.begin().await?;
        if let (Some(member_id), Some(user)) = (member, user) {
            let name = user.name.filter(|name| !name.is_empty()).unwrap_or_else(|| user_id.clone());
            let employee = Employee { user_id: user_id.clone(), name, union_id: user.union_id };
            found(&mut tx, &run, member_id, employee).await?;
        }
        store::directory::drop_candidate(&mut tx, &run.id, &user_id).await?;
        run.done += 1;
        if !note(state, &mut tx, &mut run).await? {
            return Ok(Piece::Over);
        }
        tx.commit().await?;
        if asked == CALLS_A_PIECE {
            return Ok(Piece::On(REST));
        }
    }
    Ok(Piece::On(AT_ONCE))
}

/// What a run knows of a member before anybody was looked at.
fn row_of(run: &Run, member: &flashduty::Member) -> Row {
    let number = mobile::national(&member.phone);
    let (clue, reason) = match number {
        None => (String::new(), Reason::NoNumber),
        Some(_) if !member.phone_verified => (String::new(), Reason::NotVerified),
        Some(number) => (number, Reason::NobodyHasIt),
    };
    let name = if member.member_name.is_empty() { member.member_id.to_string() } else { member.member_name.clone() };
    let account_id = member.account_id;
    Row {
        run: run.id.clone(),
        member: Member { member_id: member.member_id, name, account_id, account_name: String::new() },
        clue,
        kind: Kind::NoMatch,
        reason,
        employee: None,
        seen: String::new(),
        result: RowResult::Nothing,
        link_id: None,
    }
}

fn is_user_id(text: &str) -> bool {
    (1..=USER_ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

async fn by_number(
    state: &State,
    integration: &Integration,
    member: &flashduty::Member,
) -> Result<Option<String>, ReadError> {
    let Some(number) = mobile::national(&member.phone).filter(|_| member.phone_verified) else { return Ok(None) };
    let client = credential::dingtalk(state, integration, Priority::Chatter);
    match client.user_id_by_mobile(&number).await {
        Ok(user_id) => Ok(Some(user_id)),
        Err(error) if matches!(error.class, ErrorClass::UnknownPerson | ErrorClass::MissingScope { .. }) => Ok(None),
        Err(error) => Err(ReadError::of_dingtalk(state, &error)),
    }
}

/// Masks of members' numbers, by their last two characters: most employees fit none of them.
fn masks(rows: &[Row]) -> BTreeMap<String, Vec<String>> {
    let mut masks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.clue.is_empty()) {
        masks.entry(end(&row.clue)).or_default().push(row.clue.clone());
    }
    masks
}

fn may_fit(masks: &BTreeMap<String, Vec<String>>, number: &str) -> bool {
    masks.get(&end(number)).is_some_and(|masks| masks.iter().any(|mask| mobile::fits(mask, number)))
}

fn end(number: &str) -> String {
    let letters: Vec<char> = number.chars().collect();
    letters[letters.len().saturating_sub(2)..].iter().collect()
}

/// The member whose verified number this is, as Flashduty says.
async fn owner(client: &flashduty::Client, number: &str) -> Result<Option<i64>, ReadError> {
    let query = MemberQuery { query: number.to_owned(), limit: 2, ..MemberQuery::default() };
    let page = client.member_list(&query).await?;
    Ok(match page.items.as_slice() {
        [member] if member.phone_verified && member.status != "deleted" => Some(member.member_id),
        _ => None,
    })
}

async fn found(tx: &mut store::Tx, run: &Run, member_id: i64, employee: Employee) -> Result<(), StoreError> {
    let Some(mut row) = store::directory::row_of(tx, &run.id, member_id).await? else { return Ok(()) };
    row.reason = match &row.employee {
        Some(former) if former.user_id != employee.user_id => Reason::SeveralEmployees,
        _ => Reason::None,
    };
    row.employee = Some(employee);
    store::directory::put(tx, &row).await
}

/// Says of each member what applying would do.
async fn judge_all(state: &State, mut run: Run) -> Result<Piece, StoreError> {
    let mut after = 0;
    loop {
        let mut tx = state.store.begin().await?;
        let rows = store::directory::rows(&mut tx, &run.id, None, None, after, ROWS_A_TURN).await?;
        let Some(last) = rows.last() else { break };
        after = last.member.member_id;
        for mut row in rows {
            let of_member = store::link::by_member(&mut tx, &run.integration, row.member.member_id).await?;
            let of_employee = match &row.employee {
                Some(employee) => store::link::by_user(&mut tx, &run.integration, &employee.user_id).await?,
                None => None,
            };
            let found = match (&row.employee, row.reason) {
                (Some(_), Reason::SeveralEmployees) => Found::Several,
                (Some(employee), _) => Found::One(employee.clone()),
                (None, reason) => Found::Nobody(reason),
            };
            (row.kind, row.reason) = directory::judge(&found, of_member.as_ref(), of_employee.as_ref());
            row.seen = directory::seen(of_member.as_ref(), of_employee.as_ref());
            row.clue.clear();
            store::directory::put(&mut tx, &row).await?;
        }
        tx.commit().await?;
    }
    run.state = RunState::Shown;
    let mut tx = state.store.begin().await?;
    note(state, &mut tx, &mut run).await?;
    tx.commit().await?;
    Ok(Piece::Over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_fit_a_mask_are_asked_for() {
        let member =
            |phone: &str| flashduty::Member { phone: phone.into(), phone_verified: true, ..Default::default() };
        let run = Run {
            id: "r".into(),
            integration: "shop".into(),
            state: RunState::Looking,
            step: Step::Members,
            cursor: 0,
            asked_by: String::new(),
            done: 0,
            total: 0,
            groups_read: 0,
            groups_all: 0,
            failure: String::new(),
            created: world::Millis(0),
            updated: world::Millis(0),
            version: 0,
        };
        let rows = [row_of(&run, &member("+86185****0300")), row_of(&run, &member("+86139****0300"))];
        let masks = masks(&rows);
        for (number, fits) in
            [("18512340300", true), ("13912340300", true), ("18612340300", false), ("0300", false), ("", false)]
        {
            assert_eq!(may_fit(&masks, number), fits, "{number}");
        }
        let unverified = flashduty::Member { phone_verified: false, ..member("+86185****0300") };
        assert_eq!(row_of(&run, &unverified).reason, Reason::NotVerified);
        assert_eq!(row_of(&run, &member("")).reason, Reason::NoNumber);
    }
}
