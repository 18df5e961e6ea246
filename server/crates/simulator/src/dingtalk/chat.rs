//! Reading groups (dingtalk.md, 8.3).

use super::answer::NewError;
use super::gate::Turn;
use super::parameters::{given, text};
use super::state::{Chat, ChatKind, State};
use serde_json::{Map, Value, json};

/// Most members in one page; the documents name no figure.
const PAGE_MAX: usize = 1000;

/// `POST /v1.0/im/sceneGroups/query`.
pub fn query(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let chat = readable(state, turn)?;
    let mut answer = json!({
        "success": true,
        "openConversationId": chat.id,
        "title": chat.title,
        "ownerUserId": chat.owner,
        "icon": "",
        "groupUrl": chat.url,
        "status": if chat.disbanded { 2 } else { 1 },
    });
    if let Some(template_id) = &chat.template_id {
        answer["templateId"] = json!(template_id);
    }
    Ok(answer)
}

/// `POST /v1.0/im/sceneGroups/members/batchQuery`.
pub fn members(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let illegal = |why: &str| NewError::bad("paramIllegal", why);
    if !given(&turn.body, "maxResults") {
        return Err(NewError::bad("paramBlank", "maxResults不能为空"));
    }
    let most = turn.body["maxResults"].as_u64().and_then(|most| usize::try_from(most).ok());
    let most = most.filter(|most| (1..=PAGE_MAX).contains(most)).ok_or_else(|| illegal("maxResults不正确"))?;
    let begin = match turn.body.get("nextToken") {
        None | Some(Value::Null) => 0,
        Some(Value::String(token)) if token.is_empty() => 0,
        Some(Value::String(token)) => token.parse::<usize>().map_err(|_| illegal("nextToken不正确"))?,
        Some(_) => return Err(illegal("nextToken不正确")),
    };
    let chat = readable(state, turn)?;
    let page: Vec<&String> = chat.members.iter().skip(begin).take(most).collect();
    let names: Map<String, Value> = page
        .iter()
        .filter_map(|user_id| Some(((*user_id).clone(), json!(state.employee(&chat.corp_id, user_id)?.name))))
        .collect();
    let end = begin.saturating_add(page.len());
    let has_more = end < chat.members.len();
    let mut answer = json!({
        "success": true, "memberUserIds": page, "hasMore": has_more, "unionIdList": [], "staffIdNickMap": names,
        "unionIdNickMap": {},
    });
    if has_more {
        answer["nextToken"] = json!(end.to_string());
    }
    Ok(answer)
}

/// The group, if this app may read it: its template's groups without a `coolAppCode`, others only with the code of a
/// cool app of its own that is installed there.
fn readable<'a>(state: &'a State, turn: &Turn) -> Result<&'a Chat, NewError> {
    let bad = |code: &str, why: &str| Err(NewError::bad(code, why));
    let Some(chat_id) = text(&turn.body, "openConversationId") else {
        return bad("paramBlank", "openConversationId不能为空");
    };
    let Some(chat) = state.chats.get(chat_id) else {
        return bad("cidEncryptError", "openConversationId解密失败");
    };
    let Some(app) = state.apps.get(&turn.client_id) else {
        return bad("auth.error", "无权限");
    };
    if chat.corp_id != turn.corp_id || chat.kind == ChatKind::Plain {
        return bad("groupPermissionDenied", "没有该群的权限");
    }
    let own_template =
        app.group_template.as_ref().is_some_and(|template| chat.template_id.as_ref() == Some(&template.template_id));
    if !given(&turn.body, "coolAppCode") {
        return match chat.kind {
            ChatKind::Scene if own_template && chat.is_settled(turn.now) => Ok(chat),
            ChatKind::Scene => bad("groupTemplatePermissionDenied", "没有该群模板的权限"),
            ChatKind::Plain | ChatKind::Internal => bad("groupPermissionDenied", "没有该群的权限"),
        };
    }
    let code = text(&turn.body, "coolAppCode").unwrap_or_default();
    if code != app.cool_app_code {
        let exists = state.apps.values().any(|other| other.cool_app_code == code);
        return bad(if exists { "coolAppPermissionDenied" } else { "coolAppUnexist" }, "酷应用不正确");
    }
    if !chat.cool_apps.contains(&app.client_id) {
        return bad("coolAppUninstalled", "群内没有安装该酷应用");
    }
    Ok(chat)
}
