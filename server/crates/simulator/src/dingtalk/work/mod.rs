//! Work notices (dingtalk.md, 9): sending to people, progress, results, recall, status bar.
//!
//! `send` carries a notice out and drops in silence what is over the limits, `shape` checks a message, `later` answers
//! questions about what was sent, `task` is what is remembered, `hands` is what tests and the desk do and look at.

mod hands;
mod later;
mod send;
mod shape;
mod task;

pub use hands::{WorkNotice, messages};
pub use later::{progress, recall, result, update_status_bar};
pub use send::send;
pub use task::{StatusBar, WorkBook};

use super::answer::OldError;
use super::gate::Turn;
use super::state::State;
use serde_json::Value;

/// A bad parameter.
fn wrong(why: impl Into<String>) -> OldError {
    OldError::plain(40035, why)
}

/// A number: in JSON a number, in a form its digits.
fn number(turn: &Turn, name: &str) -> Result<Option<u64>, OldError> {
    let number = match turn.body.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(digits)) if turn.form => digits.parse().ok(),
        Some(_) => None,
    };
    number.map(Some).ok_or_else(|| wrong(format!("不合法的参数：{name}不是数字")))
}

/// The caller's own AgentId, as given in the call.
fn agent_id(state: &State, turn: &Turn) -> Result<String, OldError> {
    let agent_id = number(turn, "agent_id")?.ok_or_else(|| wrong("缺少参数 agent_id"))?.to_string();
    let own = state.apps.get(&turn.client_id).is_some_and(|app| app.agent_id == agent_id);
    if own { Ok(agent_id) } else { Err(OldError::plain(40056, "不合法的agentid")) }
}
