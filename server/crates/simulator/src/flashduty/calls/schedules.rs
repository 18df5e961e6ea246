//! Who is on call (reference section 7.3).

use super::super::config::{Schedule, Turn};
use super::super::fields::{Fields, Page};
use super::super::gate::Caller;
use super::super::refusal::{Code, Refusal};
use super::super::state::State;
use super::super::view;
use serde_json::{Value, json};

type Answer = Result<Value, Refusal>;

const DAY_SECONDS: i64 = 86_400;

/// `/schedule/list`
pub fn list(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let page = Page::of(fields, 10, 100)?;
    let query = fields.text("query", 200)?.unwrap_or_default().to_lowercase();
    let window = window(fields, 45, false)?;
    let teams = fields.ints("team_ids", 0..=100)?.filter(|ids| !ids.is_empty());
    let mine = fields.flag("is_my_team")?.unwrap_or(false) || fields.flag("is_my_manage")?.unwrap_or(false);
    let is_mine = |schedule: &Schedule| {
        state.teams.iter().any(|team| team.id == schedule.team_id && team.person_ids.contains(&caller.person_id))
    };
    let found: Vec<&Schedule> = state
        .schedules
        .iter()
        .filter(|schedule| schedule.name.to_lowercase().contains(&query))
        .filter(|schedule| teams.as_ref().is_none_or(|ids| ids.contains(&schedule.team_id)))
        .filter(|schedule| !mine || is_mine(schedule))
        .collect();
    let total = found.len();
    let (found, _) = page.cut(found);
    let items: Vec<Value> = found.into_iter().map(|schedule| schedule_view(state, schedule, window)).collect();
    Ok(json!({"items": items, "total": total}))
}

/// `/schedule/self`: schedules in which the credential's owner has a turn in the window.
pub fn own(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let window = window(fields, 30, true)?;
    let has_turn = |schedule: &&Schedule| turns(schedule, window).iter().any(|turn| turn.person_id == caller.person_id);
    let found = state.schedules.iter().filter(has_turn);
    let items: Vec<Value> = found.map(|schedule| schedule_view(state, schedule, window)).collect();
    Ok(json!({"items": items}))
}

/// `/schedule/info`
pub fn info(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let id = fields.required_int("schedule_id", 1..=i64::MAX)?;
    let window = window(fields, 45, true)?;
    let schedule = state.schedules.iter().find(|schedule| schedule.id == id);
    Ok(schedule_view(state, schedule.ok_or(Refusal::from(Code::ResourceNotFound))?, window))
}

/// `/schedule/infos`: unknown ids are left out.
pub fn infos(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let ids = fields.required_ints("schedule_ids", 1..=100)?;
    let window = window(fields, 45, true)?;
    let found = state.schedules.iter().filter(|schedule| ids.contains(&schedule.id));
    let items: Vec<Value> = found.map(|schedule| schedule_view(state, schedule, window)).collect();
    Ok(json!({"items": items}))
}

fn window(fields: &Fields, most_days: i64, required: bool) -> Result<Option<(i64, i64)>, Refusal> {
    let range = 0..=i64::from(u32::MAX);
    let (start, end) = (fields.int("start", range.clone())?, fields.int("end", range)?);
    match (start, end) {
        (Some(start), Some(end)) if end > start && end - start <= most_days * DAY_SECONDS => Ok(Some((start, end))),
        (None, None) if !required => Ok(None),
        (None, _) => Err(Refusal::parameter("start")),
        _ => Err(Refusal::parameter("end")),
    }
}

fn turns(schedule: &Schedule, window: Option<(i64, i64)>) -> Vec<Turn> {
    let Some((start, end)) = window else { return Vec::new() };
    let mut turns = vec![schedule.turn(start)];
    while let Some(last) = turns.last().filter(|turn| turn.end < end) {
        turns.push(schedule.turn(last.end));
    }
    turns
}

fn schedule_view(state: &State, schedule: &Schedule, window: Option<(i64, i64)>) -> Value {
    let now = state.now();
    let (current, clipped) = (schedule.turn(now), window.unwrap_or((i64::MIN, i64::MAX)));
    let rows: Vec<Value> = turns(schedule, window)
        .into_iter()
        .map(|turn| {
            json!({
                "start": turn.start.max(clipped.0), "end": turn.end.min(clipped.1),
                "group": group(state, turn), "index": turn.index,
            })
        })
        .collect();
    let final_schedule = json!({"layer_name": "final", "name": "final", "mode": 0, "schedules": rows});
    json!({
        "schedule_id": schedule.id, "schedule_name": schedule.name, "team_id": schedule.team_id,
        "description": schedule.description, "account_id": state.account.id, "layers": [], "schedule_layers": [],
        "final_schedule": final_schedule, "cur_oncall": on_call(state, current),
        "next_oncall": on_call(state, schedule.turn(current.end)),
        "notify": {
            "advance_in_time": 3_600, "fixed_time": {"cycle": "day", "start": "08:00"},
            "by": {"follow_preference": true, "personal_channels": []}, "webhooks": [],
        },
        "id": schedule.id, "name": schedule.name, "group_id": schedule.team_id, "disabled": 0, "status": 0,
        "create_at": schedule.created_at, "create_by": state.account.id, "update_at": schedule.created_at,
        "update_by": state.account.id,
    })
}

fn on_call(state: &State, turn: Turn) -> Value {
    if turn.person_id == 0 {
        return Value::Null;
    }
    json!({
        "start": turn.start, "end": turn.end, "group": group(state, turn), "update_at": turn.start, "weight": 0,
        "index": turn.index,
    })
}

fn group(state: &State, turn: Turn) -> Value {
    let name = view::person_name(state, turn.person_id);
    json!({
        "group_name": name, "name": name, "start": turn.start, "end": turn.end,
        "members": [{"role_id": 0, "person_ids": [turn.person_id]}],
    })
}
