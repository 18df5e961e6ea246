//! Who may change what is sent to a group on the group's own page: by the integration's setting its owner, as DingTalk
//! says at that moment, or any of its members, or nobody. Administrators do it in the console.

use super::refusal::Refusal;
use super::{credential, members};
use crate::model::chat::Chat;
use crate::model::integration::{GroupEditors, Integration};
use crate::model::quota::Priority;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use dingtalk::ErrorClass;

/// Whether a member's page offers it: by the owner that was last read, which costs no call.
///
/// # Errors
/// The database does not answer.
pub async fn is_offered(
    tx: &mut Tx,
    integration: &Integration,
    chat: &Chat,
    user_id: &str,
) -> Result<bool, StoreError> {
    Ok(match integration.settings.group_editors {
        GroupEditors::Nobody => false,
        GroupEditors::Members => true,
        GroupEditors::Owner => store::chat_health::owner(tx, &chat.id).await?.is_some_and(|owner| owner == user_id),
    })
}

/// Whether somebody may do it now.
///
/// # Errors
/// `NotInChat`, `NotGroupEditor`; `ChatUnknown` once the cool app is not in the group any more, `HeldByQuota`,
/// `DingtalkDown`.
pub async fn check(state: &State, integration: &Integration, chat: &Chat, user_id: &str) -> Result<(), Refusal> {
    if !members::has(state, integration, chat, user_id).await? {
        return Err(ProblemCode::NotInChat.into());
    }
    let may = match integration.settings.group_editors {
        GroupEditors::Nobody => false,
        GroupEditors::Members => true,
        GroupEditors::Owner => owner(state, integration, chat).await?.is_some_and(|owner| owner == user_id),
    };
    if may { Ok(()) } else { Err(ProblemCode::NotGroupEditor.into()) }
}

/// The owner, asked of DingTalk: a group changes hands without our being told.
async fn owner(state: &State, integration: &Integration, chat: &Chat) -> Result<Option<String>, Refusal> {
    let client = credential::dingtalk(state, integration, Priority::State);
    let info = match client.group_info(&chat.open_conversation_id, chat.cool_app_code.as_deref()).await {
        Ok(info) => info,
        Err(error) if matches!(error.class, ErrorClass::NotInstalled | ErrorClass::ChatGone) => {
            members::suspect(state, chat).await?;
            return Err(ProblemCode::ChatUnknown.into());
        }
        Err(error) => return Err((&error).into()),
    };
    if let Some(owner) = &info.owner_user_id {
        let mut tx = state.store.begin().await?;
        store::chat_health::set_owner(&mut tx, &chat.integration, &chat.id, owner).await?;
        tx.commit().await?;
    }
    Ok(info.owner_user_id)
}
