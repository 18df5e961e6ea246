//! Groups made from a group template: war rooms (sections 8.1, 8.2, 8.3 and 8.6). Bodies are in snake_case, except the one
//! that disbands.

use crate::answer::Answer;
use crate::{Call, Client, DingTalkError, ErrorClass, RobotContent};
use serde_json::{Value, json};

/// Longest title, in characters (8.1).
pub const SCENE_TITLE_CHARACTERS_MAX: usize = 30;
/// Most people in one call that adds members (8.2).
pub const SCENE_MEMBERS_A_CALL: usize = 100;
/// Longest uuid, in characters (8.1).
const UUID_CHARACTERS_MAX: usize = 64;

/// A group to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSceneGroup {
    /// At most [`SCENE_TITLE_CHARACTERS_MAX`].
    pub title: String,
    /// The published group template.
    pub template_id: String,
    /// Has to be inside the app's visible range.
    pub owner_user_id: String,
    /// Everybody, the owner included: whether the owner is added by the platform is not confirmed.
    pub user_ids: Vec<String>,
    /// One group for one uuid, however often it is asked for.
    pub uuid: String,
}

/// A group that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SceneGroup {
    /// The group.
    pub open_conversation_id: String,
    /// Its older id.
    pub chat_id: Option<String>,
}

impl Client {
    /// Makes a group. May be repeated with the same uuid. Its template and bot arrive some seconds later (8.1).
    ///
    /// # Errors
    /// `TemplateUnusable`; `UnknownPerson` where one of the people does not exist; `MissingScope` with the code
    /// `permession.checkFailed` (sic) also where the owner is outside the visible range.
    pub async fn create_scene_group(&self, new: &NewSceneGroup) -> Result<SceneGroup, DingTalkError> {
        check_title(&new.title)?;
        if new.uuid.is_empty() || new.uuid.chars().count() > UUID_CHARACTERS_MAX {
            return Err(DingTalkError::new(ErrorClass::Refused, "local.uuid", "the uuid is empty or too long"));
        }
        let body = json!({
            "title": new.title,
            "template_id": new.template_id,
            "owner_user_id": new.owner_user_id,
            "user_ids": new.user_ids,
            "uuid": new.uuid,
            // Who comes later reads what was said before.
            "management_options": { "show_history_type": 1 },
        });
        let answer = self.call(&Call::CREATE_SCENE_GROUP, &body).await?;
        let fields = answer.fields();
        let open_conversation_id = fields.text_of_any(&["open_conversation_id", "openConversationId"]);
        Ok(SceneGroup {
            open_conversation_id: open_conversation_id.ok_or_else(|| answer.lacks("open_conversation_id"))?,
            chat_id: fields.text_of_any(&["chat_id", "chatId"]),
        })
    }

    /// Gives a group another title. Every address of the group ends with that (8.1).
    ///
    /// # Errors
    /// `Unsettled` right after it was made, `MissingScope`, `Refused`.
    pub async fn rename_scene_group(&self, open_conversation_id: &str, title: &str) -> Result<(), DingTalkError> {
        check_title(title)?;
        let body = json!({ "open_conversation_id": open_conversation_id, "title": title });
        self.done(&Call::UPDATE_SCENE_GROUP, &body).await
    }

    /// Adds people to a group, at most [`SCENE_MEMBERS_A_CALL`]; who is there already stays. One who does not exist
    /// refuses the whole call (8.2).
    ///
    /// # Errors
    /// `Unsettled` right after it was made, `MissingScope`, `UnknownPerson`, `Refused`.
    pub async fn add_scene_members(
        &self,
        open_conversation_id: &str,
        user_ids: &[String],
    ) -> Result<(), DingTalkError> {
        if user_ids.is_empty() || user_ids.len() > SCENE_MEMBERS_A_CALL {
            let message = format!("a call adds 1 to {SCENE_MEMBERS_A_CALL} people, not {}", user_ids.len());
            return Err(DingTalkError::new(ErrorClass::Refused, "local.people", &message));
        }
        let body = json!({ "open_conversation_id": open_conversation_id, "user_ids": user_ids });
        self.done(&Call::ADD_SCENE_MEMBERS, &body).await
    }

    /// Disbands a group, for everybody and for good (8.3).
    ///
    /// # Errors
    /// `MissingScope`, `Unsettled`, `Refused` where it is gone already.
    pub async fn disband_scene_group(&self, open_conversation_id: &str) -> Result<(), DingTalkError> {
        self.done(&Call::DISBAND_SCENE_GROUP, &json!({ "openConversationId": open_conversation_id })).await
    }

    /// The template's bot speaks in a group made from the template (8.6). Gives the handle of the message.
    ///
    /// # Errors
    /// `BotUnusable`, also right after the group was made; `ChatGone`, `ContentRefused`, `Throttled`; `Unclear` must not
    /// be repeated blindly.
    pub async fn send_to_scene_group(
        &self,
        open_conversation_id: &str,
        robot_code: &str,
        content: &RobotContent,
    ) -> Result<Option<String>, DingTalkError> {
        let (template, param) = content.scene_wire()?;
        let body = json!({
            "target_open_conversation_id": open_conversation_id,
            "robot_code": robot_code,
            "msg_template_id": template,
            "msg_param_map": param,
        });
        let answer = self.call(&Call::SEND_TO_SCENE_GROUP, &body).await?;
        Ok(answer.fields().text("open_msg_id"))
    }

    /// A call that answers nothing but `success`.
    async fn done(&self, call: &Call, body: &Value) -> Result<(), DingTalkError> {
        let answer: Answer = self.call(call, body).await?;
        match answer.fields().truth("success") {
            Some(false) => Err(DingTalkError::new(ErrorClass::Refused, "answer.unsuccessful", "it was not done")),
            _ => Ok(()),
        }
    }
}

fn check_title(title: &str) -> Result<(), DingTalkError> {
    if title.is_empty() || title.chars().count() > SCENE_TITLE_CHARACTERS_MAX {
        return Err(DingTalkError::new(ErrorClass::Refused, "local.title", "the title is empty or too long"));
    }
    Ok(())
}
