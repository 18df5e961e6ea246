//! Messages of the app's bot (section 6).

use crate::{Call, Client, DingTalkError, ErrorClass};
use serde_json::{Map, Value, json};

/// Most people one call may address (6.2).
pub const PEOPLE_MAX: usize = 20;
/// Most buttons a message may have (6.3).
pub const BUTTONS_MAX: usize = 5;
/// The same of a template's bot (8.6).
const SCENE_BUTTONS_MAX: usize = 4;
/// Largest content, in bytes of its JSON text (6.1).
pub const CONTENT_BYTES_MAX: usize = 15_000;

/// What the bot says. Texts are in DingTalk's markdown (6.4) except in `Text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RobotContent {
    /// Plain text.
    Text {
        /// The text.
        content: String,
    },
    /// Markdown.
    Markdown {
        /// Shown in the list of chats and in the push notice.
        title: String,
        /// The message.
        text: String,
    },
    /// Markdown with link buttons; without any it is sent as `Markdown`.
    ActionCard {
        /// Shown in the list of chats and in the push notice.
        title: String,
        /// The message.
        text: String,
        /// Caption and link of each button, at most [`BUTTONS_MAX`].
        buttons: Vec<(String, String)>,
    },
}

/// A message of the app's bot to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMessage {
    /// The group.
    pub open_conversation_id: String,
    /// The bot.
    pub robot_code: String,
    /// The cool app with which the bot came into the group; required if it did (6.1).
    pub cool_app_code: Option<String>,
    /// What to say.
    pub content: RobotContent,
}

/// What became of a message to several people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleSent {
    /// Handle of the message; none when it went to nobody.
    pub process_query_key: Option<String>,
    /// Will never get it: unknown, left, outside the visible range, or filtered by the platform.
    pub invalid: Vec<String>,
    /// Got too many messages: try again later.
    pub flow_controlled: Vec<String>,
}

impl Client {
    /// The bot speaks in a group. Gives the handle of the message; accepted is not yet shown (6.1).
    ///
    /// # Errors
    /// `NotInstalled`, `ChatGone`, `BotUnusable`, `ContentRefused`, `Throttled`; `Unclear` must not be repeated blindly.
    pub async fn send_to_group(&self, message: &GroupMessage) -> Result<String, DingTalkError> {
        let (key, param) = message.content.wire()?;
        let mut body = json!({
            "msgKey": key,
            "msgParam": param,
            "openConversationId": message.open_conversation_id,
            "robotCode": message.robot_code,
        });
        if let Some(code) = &message.cool_app_code {
            body["coolAppCode"] = json!(code);
        }
        let answer = self.call(&Call::SEND_TO_GROUP, &body).await?;
        answer.fields().text("processQueryKey").ok_or_else(|| answer.lacks("processQueryKey"))
    }

    /// The bot speaks to each of `user_ids`, at most [`PEOPLE_MAX`], one by one (6.2).
    ///
    /// # Errors
    /// `NoSession`, `UnknownPerson`, `BotUnusable`, `ContentRefused`, `Throttled`; `Unclear` must not be repeated blindly.
    pub async fn send_to_people(
        &self,
        robot_code: &str,
        user_ids: &[String],
        content: &RobotContent,
    ) -> Result<PeopleSent, DingTalkError> {
        if user_ids.is_empty() || user_ids.len() > PEOPLE_MAX {
            let message = format!("a message goes to 1 to {PEOPLE_MAX} people, not {}", user_ids.len());
            return Err(DingTalkError::new(ErrorClass::Refused, "local.people", &message));
        }
        let (key, param) = content.wire()?;
        let body = json!({ "robotCode": robot_code, "userIds": user_ids, "msgKey": key, "msgParam": param });
        let answer = self.call(&Call::SEND_TO_PEOPLE, &body).await?;
        let fields = answer.fields();
        let mut invalid = fields.texts("invalidStaffIdList");
        invalid.extend(fields.texts("filteredStaffIdList"));
        let flow_controlled = fields.texts("flowControlledStaffIdList");
        let process_query_key = fields.text("processQueryKey");
        let reached = |user_id: &String| !invalid.contains(user_id) && !flow_controlled.contains(user_id);
        if process_query_key.is_none() && user_ids.iter().any(reached) {
            return Err(answer.lacks("processQueryKey"));
        }
        Ok(PeopleSent { process_query_key, invalid, flow_controlled })
    }
}

impl RobotContent {
    /// `msgKey` and `msgParam` (6.3).
    fn wire(&self) -> Result<(String, String), DingTalkError> {
        let (key, param) = match self {
            Self::Text { content } => ("sampleText".to_owned(), json!({ "content": content })),
            Self::Markdown { title, text } => ("sampleMarkdown".to_owned(), json!({ "title": title, "text": text })),
            Self::ActionCard { title, text, buttons } => action_card(title, text, buttons)?,
        };
        let param = param.to_string();
        if param.len() > CONTENT_BYTES_MAX {
            let message = format!("the content has {} bytes, more than {CONTENT_BYTES_MAX}", param.len());
            return Err(DingTalkError::new(ErrorClass::ContentRefused, "local.tooLong", &message));
        }
        Ok((key, param))
    }
}

impl RobotContent {
    /// `msg_template_id` and `msg_param_map` of a template's bot (8.6).
    pub(crate) fn scene_wire(&self) -> Result<(&'static str, String), DingTalkError> {
        let (template, param) = match self {
            Self::Text { content } => ("inner_app_template_text", json!({ "content": content })),
            Self::ActionCard { title, text, buttons } if !buttons.is_empty() => {
                let mut param = json!({ "title": title, "markdown": text, "btn_orientation": "0" });
                for (index, (caption, link)) in buttons.iter().enumerate() {
                    param[format!("btn_title_{}", index + 1)] = json!(caption);
                    param[format!("action_url_{}", index + 1)] = json!(link);
                }
                ("inner_app_template_action_card", param)
            }
            Self::Markdown { title, text } | Self::ActionCard { title, text, .. } => {
                ("inner_app_template_markdown", json!({ "title": title, "markdown_content": text }))
            }
        };
        let param = param.to_string();
        let buttons = if let Self::ActionCard { buttons, .. } = self { buttons.len() } else { 0 };
        if param.len() > CONTENT_BYTES_MAX || buttons > SCENE_BUTTONS_MAX {
            let message = "the content is longer or has more buttons than a template's bot may send";
            return Err(DingTalkError::new(ErrorClass::ContentRefused, "local.tooLong", message));
        }
        Ok((template, param))
    }
}

fn action_card(title: &str, text: &str, buttons: &[(String, String)]) -> Result<(String, Value), DingTalkError> {
    let mut param = Map::new();
    param.insert("title".into(), json!(title));
    param.insert("text".into(), json!(text));
    let key = match buttons {
        [] => "sampleMarkdown".to_owned(),
        [(caption, link)] => {
            param.insert("singleTitle".into(), json!(caption));
            param.insert("singleURL".into(), json!(link));
            "sampleActionCard".to_owned()
        }
        several if several.len() <= BUTTONS_MAX => {
            for (index, (caption, link)) in several.iter().enumerate() {
                param.insert(format!("actionTitle{}", index + 1), json!(caption));
                param.insert(format!("actionURL{}", index + 1), json!(link));
            }
            format!("sampleActionCard{}", several.len())
        }
        many => {
            let message = format!("a message has at most {BUTTONS_MAX} buttons, not {}", many.len());
            return Err(DingTalkError::new(ErrorClass::ContentRefused, "local.buttons", &message));
        }
    };
    Ok((key, Value::Object(param)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buttons(count: usize) -> RobotContent {
        let buttons = (1..=count).map(|n| (format!("B{n}"), format!("https://example.com/{n}"))).collect();
        RobotContent::ActionCard { title: "T".into(), text: "X".into(), buttons }
    }

    #[test]
    fn the_number_of_buttons_chooses_the_message_key() {
        let table = [
            (0, "sampleMarkdown", r#"{"text":"X","title":"T"}"#),
            (
                1,
                "sampleActionCard",
                r#"{"singleTitle":"B1","singleURL":"https://example.com/1","text":"X","title":"T"}"#,
            ),
            (
                2,
                "sampleActionCard2",
                r#"{"actionTitle1":"B1","actionTitle2":"B2","actionURL1":"https://example.com/1","actionURL2":"https://example.com/2","text":"X","title":"T"}"#,
            ),
        ];
        for (count, key, param) in table {
            assert_eq!(buttons(count).wire().unwrap(), (key.to_owned(), param.to_owned()));
        }
        assert_eq!(buttons(5).wire().unwrap().0, "sampleActionCard5");
        assert_eq!(buttons(6).wire().unwrap_err().class, ErrorClass::ContentRefused);
    }

    #[test]
    fn too_long_a_content_is_refused_here() {
        let content = |length| RobotContent::Text { content: "x".repeat(length) };
        assert!(content(CONTENT_BYTES_MAX - 14).wire().is_ok());
        assert_eq!(content(CONTENT_BYTES_MAX).wire().unwrap_err().code, "local.tooLong");
    }
}
