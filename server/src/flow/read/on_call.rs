//! Who is on call, by Flashduty's schedules (Flashduty reference 7.3), read with the viewer's own credential.

use super::Viewer;
use crate::flow::people;
use crate::flow::refusal::Refusal;
use contract::on_call::{OnCallPage, ScheduleView, Shift, Turn};
use flashduty::{Client, OnCall, Schedule, ScheduleQuery};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use world::Millis;

/// Schedules listed at most.
const SCHEDULES_MAX: u32 = 100;
/// How far the viewer's shifts are looked for: as far as one call goes.
const AHEAD: Duration = Duration::from_secs(30 * 24 * 3600);
/// Shifts shown at most.
const SHIFTS_MAX: usize = 10;

/// Who is on call now and next, and the viewer's own shifts.
///
/// # Errors
/// As [`super::incidents`].
pub async fn on_call(viewer: Viewer<'_>) -> Result<OnCallPage, Refusal> {
    let now = viewer.state.world.now();
    let client = viewer.client().await?;
    let all = ScheduleQuery { limit: SCHEDULES_MAX, ..ScheduleQuery::default() };
    let of_team = ScheduleQuery { is_my_team: true, ..all.clone() };
    let (all, of_team, own) = tokio::join!(
        client.schedule_list(&all),
        client.schedule_list(&of_team),
        client.schedule_self(now.seconds(), now.plus(AHEAD).seconds()),
    );
    let (all, own) = (viewer.heard(all).await?, viewer.heard(own).await?);
    // Which of them are the viewer's teams' only orders the list.
    let of_team = of_team.map(|page| page.items).unwrap_or_default();
    let concerning: BTreeSet<i64> = of_team.iter().chain(&own).map(|schedule| schedule.schedule_id).collect();
    let me = viewer.link.member.member_id;
    let mut schedules = views(viewer, &client, &all.items, &concerning).await;
    schedules.sort_by_key(|schedule| !schedule.own);
    Ok(OnCallPage { shifts: shifts(&own, me, now), schedules, cut: all.has_next_page, as_of_ms: now.0 })
}

/// Schedules as pages show them; `concerning` are those of the viewer's teams and those the viewer is in.
pub async fn views(
    viewer: Viewer<'_>,
    client: &Client,
    schedules: &[Schedule],
    concerning: &BTreeSet<i64>,
) -> Vec<ScheduleView> {
    let turns = schedules.iter().flat_map(|one| one.current.iter().chain(&one.next));
    let ids = turns.flat_map(|turn| turn.person_ids.iter().copied()).collect();
    let names = people::names(viewer.state, viewer.integration, client, ids).await;
    let me = viewer.link.member.member_id;
    let view = |schedule: &Schedule| ScheduleView {
        name: schedule.name.clone(),
        own: concerning.contains(&schedule.schedule_id),
        now: schedule.current.as_ref().map(|turn| turn_view(turn, &names, me)),
        next: schedule.next.as_ref().map(|turn| turn_view(turn, &names, me)),
    };
    schedules.iter().map(view).collect()
}

fn turn_view(turn: &OnCall, names: &BTreeMap<i64, String>, me: i64) -> Turn {
    let name = |id: &i64| names.get(id).cloned().unwrap_or_else(|| id.to_string());
    Turn {
        people: turn.person_ids.iter().map(name).collect(),
        me: turn.person_ids.contains(&me),
        start_ms: turn.start.map(|at| at.0),
        end_ms: turn.end.map(|at| at.0),
    }
}

/// The viewer's shifts that have not ended, the next first.
fn shifts(own: &[Schedule], me: i64, now: Millis) -> Vec<Shift> {
    let mut shifts = Vec::new();
    for schedule in own {
        for shift in schedule.shifts.iter().filter(|shift| shift.person_ids.contains(&me)) {
            let (Some(start), Some(end)) = (shift.start, shift.end) else { continue };
            if end > now {
                shifts.push(Shift { schedule: schedule.name.clone(), start_ms: start.0, end_ms: end.0 });
            }
        }
    }
    shifts.sort_by_key(|shift| shift.start_ms);
    shifts.truncate(SHIFTS_MAX);
    shifts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_shifts_that_have_not_ended_the_next_first() {
        let shift =
            |id, start, end| OnCall { start: Some(Millis(start)), end: Some(Millis(end)), person_ids: vec![id] };
        let schedule = |name: &str, shifts| Schedule { name: name.into(), shifts, ..Schedule::default() };
        let endless = OnCall { end: None, ..shift(7, 1, 2) };
        let own = [
            schedule("a", vec![shift(7, 300, 400), shift(8, 400, 500), shift(7, 10, 100), endless]),
            schedule("b", vec![shift(7, 90, 200)]),
        ];
        let found = shifts(&own, 7, Millis(100));
        assert_eq!(
            found.iter().map(|one| (one.schedule.as_str(), one.start_ms)).collect::<Vec<_>>(),
            [("b", 90), ("a", 300)]
        );
    }
}
