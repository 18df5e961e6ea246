//! Work notifications (section 9): messages of the app in everybody's "work notifications" conversation. Sending is
//! asynchronous: what the platform takes has a task id, and what became of it is asked for later.

mod answer;
mod content;

pub use answer::{Forbidden, NoticeProgress, NoticeResult};
pub use content::{OaContent, StatusBar, WorkNoticeContent};

use crate::{Call, Client, DingTalkError, ErrorClass};
use serde_json::{Value, json};

/// Most people of one call (9.1).
pub const NOTICE_PEOPLE_MAX: usize = 100;
/// Most people of one call whose message has a status bar (9.2).
pub const STATUS_BAR_PEOPLE_MAX: usize = 5;
/// Largest message, in bytes of its JSON text (9.1).
pub const NOTICE_BYTES_MAX: usize = 2048;

/// Who gets a work notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeAudience {
    /// Employees by user id, 1 to [`NOTICE_PEOPLE_MAX`].
    People(Vec<String>),
    /// The whole company, three times a day at most.
    Everybody,
}

impl Client {
    /// Sends a work notification and gives its task id. Taken is not yet shown: beyond the limits of a day the platform
    /// takes it and shows it to nobody (9.2). The call is not idempotent.
    ///
    /// # Errors
    /// `ContentRefused`, `UnknownPerson`, `Throttled`, `QuotaSpent`; `Unclear` must not be repeated blindly.
    pub async fn send_work_notice(
        &self,
        audience: &NoticeAudience,
        content: &WorkNoticeContent,
    ) -> Result<String, DingTalkError> {
        let mut body = self.about("msg", content.wire()?)?;
        let bar = content.status_bar().is_some();
        match audience {
            NoticeAudience::People(user_ids) => {
                check_people(user_ids, bar)?;
                body["userid_list"] = json!(user_ids.join(","));
            }
            NoticeAudience::Everybody if bar => return Err(refused("local.people", "a status bar is for few people")),
            NoticeAudience::Everybody => body["to_all_user"] = json!(true),
        }
        let answer = self.call(&Call::SEND_WORK_NOTICE, &body).await?;
        answer.fields().text("task_id").ok_or_else(|| answer.lacks("task_id"))
    }

    /// How far the sending of a work notification is (9.3). Answered for 24 hours.
    ///
    /// # Errors
    /// What can happen to every call.
    pub async fn work_notice_progress(&self, task_id: &str) -> Result<NoticeProgress, DingTalkError> {
        let body = self.about("task_id", task(task_id)?)?;
        let answer = self.call(&Call::WORK_NOTICE_PROGRESS, &body).await?;
        NoticeProgress::read(answer.fields()).ok_or_else(|| answer.lacks("progress"))
    }

    /// What became of a work notification, person by person (9.3). Answered for 24 hours and up to 100 people.
    ///
    /// # Errors
    /// `Refused` with code 41052 while it is being sent; what can happen to every call.
    pub async fn work_notice_result(&self, task_id: &str) -> Result<NoticeResult, DingTalkError> {
        let body = self.about("task_id", task(task_id)?)?;
        let answer = self.call(&Call::WORK_NOTICE_RESULT, &body).await?;
        NoticeResult::read(answer.fields()).ok_or_else(|| answer.lacks("send_result"))
    }

    /// Changes the status bar of a work notification that was sent with one (9.3). Repeatable, for 24 hours.
    ///
    /// # Errors
    /// `Refused` with code 41052 while it is being sent; what can happen to every call.
    pub async fn update_work_notice(&self, task_id: &str, status: &StatusBar) -> Result<(), DingTalkError> {
        let mut body = self.about("task_id", task(task_id)?)?;
        body["status_value"] = json!(status.text);
        body["status_bg"] = json!(status.colour());
        self.call(&Call::UPDATE_WORK_NOTICE, &body).await.map(drop)
    }

    /// Takes a work notification back (9.3). Repeatable, for 24 hours.
    ///
    /// # Errors
    /// `Refused` when it is too late; what can happen to every call.
    pub async fn recall_work_notice(&self, task_id: &str) -> Result<(), DingTalkError> {
        let body = self.about("msg_task_id", task(task_id)?)?;
        self.call(&Call::RECALL_WORK_NOTICE, &body).await.map(drop)
    }

    /// A body with the app's agent id, which these calls want as a number.
    fn about(&self, name: &str, value: Value) -> Result<Value, DingTalkError> {
        let agent_id: u64 = self.app().agent_id.trim().parse().map_err(|_| {
            // What is no number is refused by the platform with the same code.
            DingTalkError::new(ErrorClass::CredentialsRefused, "40056", "the agent id is not a number")
        })?;
        Ok(json!({ "agent_id": agent_id, name: value }))
    }
}

fn check_people(user_ids: &[String], bar: bool) -> Result<(), DingTalkError> {
    let most = if bar { STATUS_BAR_PEOPLE_MAX } else { NOTICE_PEOPLE_MAX };
    if user_ids.is_empty() || user_ids.len() > most {
        let message = format!("a work notification of this kind goes to 1 to {most} people, not {}", user_ids.len());
        return Err(refused("local.people", &message));
    }
    if user_ids.iter().any(|user_id| user_id.is_empty() || user_id.contains(',')) {
        let message = "a user id of these cannot stand in a list";
        return Err(DingTalkError::new(ErrorClass::UnknownPerson, "local.userId", message));
    }
    Ok(())
}

/// Task ids are numbers on the wire, beyond what JSON's readers keep exact as floating point.
fn task(task_id: &str) -> Result<Value, DingTalkError> {
    let number: Option<u64> = task_id.trim().parse().ok();
    number.map(Value::from).ok_or_else(|| refused("local.taskId", "the task id is not a number"))
}

fn refused(code: &str, message: &str) -> DingTalkError {
    DingTalkError::new(ErrorClass::Refused, code, message)
}
