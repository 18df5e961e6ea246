//! Who is a member of the account and who is on call soon, read at Flashduty and kept for pages.

use super::until;
use crate::flow::console::entry::ADMIN_ROLE_ID;
use crate::flow::credential;
use crate::model::integration::Integration;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use dingtalk::DingTalkError;
use flashduty::{Client, FlashdutyError, Member, MemberQuery, OnCall, ScheduleQuery};
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

/// Calls to Flashduty in one piece, and the rest after it: half of what the account's minute allows, which is shared with
/// everything else its owner runs (reference 2.4).
pub const CALLS_A_PIECE: usize = 40;
pub const REST: Duration = Duration::from_secs(5);
/// How far ahead a shift makes somebody come first.
const SOON: Duration = Duration::from_secs(7 * 24 * 3600);
/// How old what is known may be that a page shows.
const FRESH_FOR: Duration = Duration::from_secs(3600);
/// Flashduty reads no further than row 10,000 of a list (reference 2.5).
const PAGES_MAX: u32 = 100;
const ROWS: u32 = 100;
/// The wait after Flashduty found us too frequent without saying how long.
const BACK_OFF: Duration = Duration::from_secs(60);

/// Why something could not be read.
pub enum ReadError {
    Store(StoreError),
    /// Nothing is wrong: later.
    Wait(Duration),
    /// In the platform's words.
    Platform(String),
}

impl ReadError {
    /// What a failure at DingTalk means.
    pub fn of_dingtalk(state: &State, error: &DingTalkError) -> Self {
        match &error.class {
            dingtalk::ErrorClass::Held(held) => Self::Wait(until(state.world.now(), held.until)),
            _ => Self::Platform(format!("DingTalk: {} {}", error.code, error.message)),
        }
    }
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<FlashdutyError> for ReadError {
    fn from(error: FlashdutyError) -> Self {
        match error.class {
            flashduty::ErrorClass::RateLimited { retry_after_ms } => {
                Self::Wait(retry_after_ms.map_or(BACK_OFF, Duration::from_millis).max(BACK_OFF))
            }
            _ => Self::Platform(format!("Flashduty: {} {}", error.code, error.message)),
        }
    }
}

/// A page of members who are not deleted, from 1, and whether there are more.
pub async fn members_page(client: &Client, page: u32) -> Result<(Vec<Member>, bool), FlashdutyError> {
    let query = MemberQuery { page, limit: ROWS, ..MemberQuery::default() };
    let read = client.member_list(&query).await?;
    let more = read.has_next_page && page < PAGES_MAX;
    let members = read.items.into_iter().filter(|member| member.status != "deleted" && member.member_id != 0);
    Ok((members.collect(), more))
}

/// Notes whether a member is an administrator at Flashduty.
pub async fn note_admin(tx: &mut Tx, key: &str, member: &Member) -> Result<(), StoreError> {
    let is_admin = member.role_ids.contains(&ADMIN_ROLE_ID);
    store::member::note_admin(tx, key, member.member_id, &member.member_name, is_admin).await
}

/// Reads who is on call within a week.
pub async fn read_on_call(state: &State, integration: &Integration) -> Result<(), ReadError> {
    let now = state.world.now();
    let client = credential::service(state, integration);
    let mut soon: BTreeMap<i64, Millis> = BTreeMap::new();
    for page in 1..=PAGES_MAX {
        let query = ScheduleQuery {
            page,
            limit: ROWS,
            start_s: now.seconds(),
            end_s: now.plus(SOON).seconds(),
            ..ScheduleQuery::default()
        };
        let read = client.schedule_list(&query).await?;
        for schedule in &read.items {
            for shift in schedule.current.iter().chain(&schedule.next).chain(&schedule.shifts) {
                note_shift(&mut soon, shift, now);
            }
        }
        if !read.has_next_page {
            break;
        }
    }
    let mut tx = state.store.begin().await?;
    store::member::clear_on_call(&mut tx, &integration.key).await?;
    for (member_id, start) in soon {
        store::member::on_call(&mut tx, &integration.key, member_id, start).await?;
    }
    Ok(tx.commit().await?)
}

fn note_shift(soon: &mut BTreeMap<i64, Millis>, shift: &OnCall, now: Millis) {
    let start = shift.start.unwrap_or(now).max(now);
    if shift.end.is_some_and(|end| end <= now) || start > now.plus(SOON) {
        return;
    }
    for member_id in &shift.person_ids {
        let known = soon.entry(*member_id).or_insert(start);
        *known = start.min(*known);
    }
}

/// Reads members and shifts anew if what is known is older than an hour. At most a second's calls; a look reads the rest of
/// a larger account.
///
/// # Errors
/// The database does not answer; what Flashduty does not answer stays as it was.
pub async fn refresh(state: &State, integration: &Integration) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.read().await?;
    let read = store::member::last_read(&mut tx, &integration.key).await?;
    drop(tx);
    if read.is_some_and(|read| now.since(read) < FRESH_FOR && read <= now) {
        return Ok(());
    }
    let client = credential::service(state, integration);
    let pages = u32::try_from(CALLS_A_PIECE).unwrap_or(PAGES_MAX);
    for page in 1..=pages {
        let (members, more) = match members_page(&client, page).await {
            Ok(read) => read,
            Err(error) => {
                tracing::info!(code = error.code, "the account's members could not be read");
                return Ok(());
            }
        };
        let mut tx = state.store.begin().await?;
        for member in &members {
            store::member::put(&mut tx, &integration.key, member.member_id, &member.member_name, now).await?;
            note_admin(&mut tx, &integration.key, member).await?;
        }
        if !more {
            store::member::forget(&mut tx, &integration.key, now).await?;
        }
        tx.commit().await?;
        if !more {
            break;
        }
    }
    match read_on_call(state, integration).await {
        Err(ReadError::Store(error)) => Err(error),
        Err(ReadError::Platform(reason)) => {
            tracing::info!(reason, "who is on call could not be read");
            Ok(())
        }
        Err(ReadError::Wait(_)) | Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_shift_within_a_week_counts() {
        let now = Millis(1_000_000);
        let day = |n: i64| Millis(now.0 + n * 86_400_000);
        let shift = |start, end, id| OnCall { start, end, person_ids: vec![id] };
        let mut soon = BTreeMap::new();
        for shift in [
            shift(Some(day(-1)), Some(day(1)), 1),
            shift(Some(day(3)), Some(day(4)), 2),
            shift(Some(day(2)), None, 2),
            shift(Some(day(8)), Some(day(9)), 3),
            shift(Some(day(-2)), Some(day(-1)), 4),
            shift(None, None, 5),
        ] {
            note_shift(&mut soon, &shift, now);
        }
        assert_eq!(soon, BTreeMap::from([(1, now), (2, day(2)), (5, now)]));
    }
}
