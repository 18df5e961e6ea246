//! Questions about a notice that was sent, its recall and its status bar (dingtalk.md, 9.3).

use super::task::{StatusBar, Task};
use super::{agent_id, number, shape, wrong};
use crate::dingtalk::answer::OldError;
use crate::dingtalk::gate::Turn;
use crate::dingtalk::parameters::text;
use crate::dingtalk::state::State;
use serde_json::{Value, json};

/// Most people of a task whose result can be read.
const RESULT_PEOPLE_MAX: usize = 100;

/// A task that is unknown, another app's, or too old.
fn no_task() -> OldError {
    OldError::plain(400_002, "参数错误：任务不存在或已超过24小时")
}

/// `POST /topapi/message/corpconversation/getsendprogress`.
pub fn progress(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    let task = task(state, turn, "task_id")?;
    let (status, percent) = match turn.now {
        now if now >= task.done => (2, 100),
        now if now > task.created => (1, 50),
        _ => (0, 0),
    };
    Ok(json!({ "progress": { "progress_in_percent": percent, "status": status } }))
}

/// `POST /topapi/message/corpconversation/getsendresult`. Before the task is done only the ids that cannot be reached
/// are known.
pub fn result(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    let task = task(state, turn, "task_id")?;
    if task.people() > RESULT_PEOPLE_MAX {
        return Err(not_now());
    }
    let done = turn.now >= task.done;
    let read_by = |wanted: bool| -> Vec<&String> {
        let people = task.reached.iter().filter(|(_, read)| done && **read == wanted);
        people.map(|(user_id, _)| user_id).collect()
    };
    let forbidden = task.forbidden.iter().filter(|_| done);
    let told: Vec<Value> = forbidden
        .clone()
        .map(|(user_id, why)| json!({ "code": why.code.to_string(), "count": why.limit, "userid": user_id }))
        .collect();
    let forbidden: Vec<&String> = forbidden.map(|(user_id, _)| user_id).collect();
    let failed: Vec<&String> = task.failed.iter().filter(|_| done).collect();
    Ok(json!({ "send_result": {
        "invalid_user_id_list": task.invalid,
        "forbidden_user_id_list": forbidden,
        "failed_user_id_list": failed,
        "read_user_id_list": read_by(true),
        "unread_user_id_list": read_by(false),
        "invalid_dept_id_list": task.invalid_departments,
        "forbidden_list": told,
    } }))
}

/// `POST /topapi/message/corpconversation/recall`, whose task number has another name.
pub fn recall(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    let id = task(state, turn, "msg_task_id").map(|_| number(turn, "msg_task_id"))??;
    if let Some(task) = id.and_then(|id| state.work.tasks.get_mut(&id)) {
        task.recalled = true;
    }
    Ok(json!({}))
}

/// `POST /topapi/message/corpconversation/status_bar/update`.
pub fn update_status_bar(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    let value = text(&turn.body, "status_value").ok_or_else(|| wrong("缺少参数 status_value"))?.to_owned();
    let background = text(&turn.body, "status_bg").ok_or_else(|| wrong("缺少参数 status_bg"))?;
    let background = shape::colour(background)?;
    let found =
        task(state, turn, "task_id").map_err(|error| if error == no_task() { wrong("任务不存在") } else { error })?;
    if found.status_bar.is_none() {
        return Err(wrong("不合法的参数：消息没有status_bar"));
    }
    if turn.now < found.done {
        return Err(not_now());
    }
    let id = number(turn, "task_id")?;
    if let Some(task) = id.and_then(|id| state.work.tasks.get_mut(&id)) {
        task.status_bar = Some(StatusBar { value, background });
    }
    Ok(json!({}))
}

/// Not finished, or too many people.
fn not_now() -> OldError {
    OldError::plain(41_052, "任务未完成或接收人数过多")
}

/// The caller's own task of this number, unless it is too old.
fn task<'a>(state: &'a State, turn: &Turn, name: &str) -> Result<&'a Task, OldError> {
    agent_id(state, turn)?;
    let id = number(turn, name)?.ok_or_else(|| OldError::plain(400_002, format!("参数错误：缺少{name}")))?;
    let task = state.work.tasks.get(&id).filter(|task| task.client_id == turn.client_id);
    task.filter(|task| task.is_open(turn.now)).ok_or_else(no_task)
}
