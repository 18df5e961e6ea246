//! Reading groups (section 8.3).

use crate::{Call, Client, DingTalkError};
use serde_json::json;

/// Most members asked for at once. No maximum is documented; this many ids are some kB.
pub const MEMBERS_MAX: u32 = 100;

/// What is known of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupInfo {
    /// Its name.
    pub title: Option<String>,
    /// Its owner.
    pub owner_user_id: Option<String>,
    /// Whether it still exists.
    pub status: GroupStatus,
    /// The template it was made from, if any.
    pub template_id: Option<String>,
    /// A link into the group; any change of the group makes it invalid, so it is not to be stored.
    pub group_url: Option<String>,
}

/// Whether a group exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupStatus {
    /// It does; also where the platform does not say.
    Normal,
    /// It was disbanded.
    Disbanded,
}

/// A page of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    /// Members who belong to the company.
    pub user_ids: Vec<String>,
    /// Where the next page begins; none on the last.
    pub next_token: Option<String>,
}

impl Client {
    /// Name, owner and state of a group. `cool_app_code` must be given for a group that merely installed the cool app
    /// and must be left out for a group made from a template (8.3).
    ///
    /// # Errors
    /// `NotInstalled` once the cool app is gone from the group, `ChatGone`, `MissingScope`.
    pub async fn group_info(
        &self,
        open_conversation_id: &str,
        cool_app_code: Option<&str>,
    ) -> Result<GroupInfo, DingTalkError> {
        let mut body = json!({ "openConversationId": open_conversation_id });
        if let Some(code) = cool_app_code {
            body["coolAppCode"] = json!(code);
        }
        let answer = self.call(&Call::GROUP_INFO, &body).await?;
        let fields = answer.fields();
        Ok(GroupInfo {
            title: fields.text("title"),
            owner_user_id: fields.text("ownerUserId"),
            status: if fields.number("status") == Some(2) { GroupStatus::Disbanded } else { GroupStatus::Normal },
            template_id: fields.text("templateId"),
            group_url: fields.text("groupUrl"),
        })
    }

    /// One page of a group's members, at most `max_results` ([`MEMBERS_MAX`]), from `next_token` on (8.3).
    ///
    /// # Errors
    /// As [`Client::group_info`].
    pub async fn group_members(
        &self,
        open_conversation_id: &str,
        cool_app_code: Option<&str>,
        max_results: u32,
        next_token: Option<&str>,
    ) -> Result<Members, DingTalkError> {
        let mut body = json!({
            "openConversationId": open_conversation_id,
            "maxResults": max_results.clamp(1, MEMBERS_MAX),
        });
        if let Some(code) = cool_app_code {
            body["coolAppCode"] = json!(code);
        }
        if let Some(token) = next_token {
            body["nextToken"] = json!(token);
        }
        let answer = self.call(&Call::GROUP_MEMBERS, &body).await?;
        let fields = answer.fields();
        let more = fields.truth("hasMore").unwrap_or(true);
        // A page that points to itself would be read for ever.
        let next = fields.text("nextToken").filter(|next| more && Some(next.as_str()) != next_token);
        Ok(Members { user_ids: fields.texts("memberUserIds"), next_token: next })
    }
}
