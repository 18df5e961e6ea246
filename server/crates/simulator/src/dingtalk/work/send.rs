//! `asyncsend_v2`: the call succeeds whoever is reached; what is over a limit is dropped in silence and only told by
//! the result (dingtalk.md, 9.1 and 9.2).

use super::task::{Forbidden, Task};
use super::{agent_id, shape, wrong};
use crate::dingtalk::answer::OldError;
use crate::dingtalk::gate::Turn;
use crate::dingtalk::state::State;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Most people named in one call.
const NAMED_MAX: usize = 100;
/// Most departments named in one call.
const DEPARTMENTS_MAX: usize = 20;
/// Most people one call may be for.
const PEOPLE_MAX: usize = 5_000;
/// Most people of a message with a status bar.
const STATUS_BAR_PEOPLE_MAX: usize = 5;
/// Most notices to one person a day.
const A_DAY: usize = 500;
/// Most notices to everybody a day.
const TO_ALL_A_DAY: usize = 3;
/// Most people reached a minute.
const A_MINUTE: usize = 5_000;
const MINUTE: Duration = Duration::from_secs(60);

/// The department that everybody is in; the company has no other.
const ROOT: &str = "1";

/// Too many people in this minute.
const MINUTE_FULL: Forbidden = Forbidden { code: 143_103, limit: A_MINUTE };
/// Too many notices to this person today.
const DAY_FULL: Forbidden = Forbidden { code: 143_105, limit: A_DAY };
/// The same text to this person again today.
const SAME_TEXT: Forbidden = Forbidden { code: 143_106, limit: 1 };
/// Too many notices to everybody today. The documents name no code; it is a daily limit too.
const TO_ALL_FULL: Forbidden = Forbidden { code: 143_105, limit: TO_ALL_A_DAY };

/// Whom a call is for.
struct Addressed {
    people: BTreeSet<String>,
    departments: BTreeSet<String>,
    everybody: bool,
}

/// `POST /topapi/message/corpconversation/asyncsend_v2`.
pub fn send(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    agent_id(state, turn)?;
    let addressed = addressed(turn)?;
    let msg = message(turn)?;
    shape::check(&msg)?;
    let status_bar = shape::status_bar(&msg)?;
    if status_bar.is_some() {
        let by_name_only = !addressed.everybody && addressed.departments.is_empty();
        if !by_name_only || addressed.people.len() > STATUS_BAR_PEOPLE_MAX {
            return Err(wrong("不合法的参数：带status_bar的消息最多发送给5个用户，不支持部门和全员"));
        }
    }
    let mut task = Task {
        n: state.next_message(),
        client_id: turn.client_id.clone(),
        created: turn.now,
        done: turn.now.plus(Duration::from_millis(state.switches.work_notice_ms)),
        msg,
        status_bar,
        recalled: false,
        reached: BTreeMap::new(),
        invalid: BTreeSet::new(),
        invalid_departments: addressed.departments.iter().filter(|id| *id != ROOT).cloned().collect(),
        forbidden: BTreeMap::new(),
        failed: BTreeSet::new(),
    };
    let people = recipients(state, turn, &addressed, &mut task);
    if people.len() + task.invalid.len() > PEOPLE_MAX {
        return Err(wrong("不合法的参数：单次发送人数超过5000"));
    }
    hand_out(state, turn, &addressed, people, &mut task);
    let task_id = state.work.keep(turn.world, task);
    // The documents' sample of this answer has no errmsg.
    Ok(json!({ "task_id": task_id, "errmsg": null }))
}

fn addressed(turn: &Turn) -> Result<Addressed, OldError> {
    let people = list(turn, "userid_list", NAMED_MAX)?;
    let departments = list(turn, "dept_id_list", DEPARTMENTS_MAX)?;
    let everybody = match turn.body.get("to_all_user") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(everybody)) => *everybody,
        Some(Value::String(text)) if turn.form && text == "true" => true,
        Some(Value::String(text)) if turn.form && text == "false" => false,
        Some(_) => return Err(wrong("不合法的参数：to_all_user")),
    };
    if people.is_empty() && departments.is_empty() && !everybody {
        return Err(wrong("缺少参数 userid_list、dept_id_list或to_all_user"));
    }
    Ok(Addressed { people, departments, everybody })
}

/// Ids separated by commas; none twice.
fn list(turn: &Turn, name: &str, most: usize) -> Result<BTreeSet<String>, OldError> {
    let text = match turn.body.get(name) {
        None | Some(Value::Null) => return Ok(BTreeSet::new()),
        Some(Value::String(text)) if text.is_empty() => return Ok(BTreeSet::new()),
        Some(Value::String(text)) => text,
        Some(_) => return Err(wrong(format!("不合法的参数：{name}应为逗号分隔的字符串"))),
    };
    let ids: Vec<&str> = text.split(',').collect();
    if ids.len() > most {
        return Err(wrong(format!("不合法的参数：{name}最多{most}个")));
    }
    if ids.iter().any(|id| id.trim().is_empty()) {
        return Err(wrong(format!("不合法的参数：{name}中有空值")));
    }
    Ok(ids.into_iter().map(|id| id.trim().to_owned()).collect())
}

/// The message: in JSON an object, in a form its JSON text.
fn message(turn: &Turn) -> Result<Value, OldError> {
    match turn.body.get("msg") {
        None | Some(Value::Null) => Err(wrong("缺少参数 msg")),
        Some(Value::String(text)) if turn.form => serde_json::from_str(text).map_err(|_| wrong("msg不是JSON")),
        Some(msg @ Value::Object(_)) => Ok(msg.clone()),
        Some(_) => Err(wrong("不合法的参数：msg不是对象")),
    }
}

/// The people who work here and see the app; who is named and is not among them is told as invalid.
fn recipients(state: &State, turn: &Turn, addressed: &Addressed, task: &mut Task) -> BTreeSet<String> {
    let sees = |user_id: &str| {
        let visible = state.apps.get(&turn.client_id).is_some_and(|app| app.sees(user_id));
        visible && state.employee(&turn.corp_id, user_id).is_some()
    };
    let (mut people, invalid): (BTreeSet<_>, BTreeSet<_>) =
        addressed.people.iter().cloned().partition(|user_id| sees(user_id));
    task.invalid = invalid;
    if addressed.everybody || addressed.departments.contains(ROOT) {
        let all = state.corps.get(&turn.corp_id).into_iter().flat_map(|corp| corp.employees.keys());
        people.extend(all.filter(|user_id| sees(user_id)).cloned());
    }
    people
}

fn hand_out(state: &mut State, turn: &Turn, addressed: &Addressed, people: BTreeSet<String>, task: &mut Task) {
    let work = &mut state.work;
    let mut too_many = false;
    if addressed.everybody {
        let day = work.today(&turn.client_id, "", turn.now);
        too_many = day.count == TO_ALL_A_DAY;
        day.count += usize::from(!too_many);
    }
    let text = shape::text_of(&task.msg);
    for user_id in people {
        let by_hand = work.forbidden.get(&user_id).map(|code| Forbidden { code: *code, limit: A_DAY });
        let day = work.today(&turn.client_id, &user_id, turn.now);
        let forbidden = if too_many {
            Some(TO_ALL_FULL)
        } else if by_hand.is_some() {
            by_hand
        } else if day.texts.contains(&text) {
            Some(SAME_TEXT)
        } else if day.count == A_DAY {
            Some(DAY_FULL)
        } else {
            None
        };
        if let Some(forbidden) = forbidden {
            task.forbidden.insert(user_id, forbidden);
            continue;
        }
        if fails(&mut work.failing, &user_id) {
            task.failed.insert(user_id);
            continue;
        }
        if !work.minutes.admit((&turn.client_id, "work"), A_MINUTE, MINUTE, turn.now) {
            task.forbidden.insert(user_id, MINUTE_FULL);
            continue;
        }
        let day = work.today(&turn.client_id, &user_id, turn.now);
        day.texts.insert(text.clone());
        day.count += 1;
        task.reached.insert(user_id, false);
    }
}

/// Uses up one failure of this person's.
fn fails(failing: &mut BTreeMap<String, u32>, user_id: &str) -> bool {
    let Some(left) = failing.get_mut(user_id) else { return false };
    *left = left.saturating_sub(1);
    if *left == 0 {
        failing.remove(user_id);
    }
    true
}
