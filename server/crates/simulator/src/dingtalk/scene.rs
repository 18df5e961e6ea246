//! Groups made from a group template (dingtalk.md, 8.1–8.3). Bodies are in snake_case, the disbanding's is not.

use super::answer::NewError;
use super::gate::Turn;
use super::parameters::{given, text, texts};
use super::spelling::Event;
use super::state::{App, Chat, ChatKind, GroupTemplate, State, chat_id, group_url, open_conversation_id};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// The longest title, in characters.
const TITLE_MAX: usize = 30;
/// The longest uuid, in characters.
const UUID_MAX: usize = 64;
/// Most members of a group.
const MEMBERS_MAX: usize = 1000;
/// Most people in one call that adds or removes members.
const BATCH_MAX: usize = 100;

/// The options of a group, each 0 or 1.
const OPTIONS: [&str; 15] = [
    "mention_all_authority",
    "show_history_type",
    "validation_type",
    "searchable",
    "chat_banned_type",
    "management_type",
    "only_admin_can_ding",
    "all_members_can_create_mcs_conf",
    "all_members_can_create_calendar",
    "group_email_disabled",
    "only_admin_can_set_msg_top",
    "add_friend_forbidden",
    "group_live_switch",
    "members_to_admin_chat",
    "only_admin_can_add_mem",
];

/// `POST /v1.0/im/sceneGroup/create`. A uuid that was used answers the group it made, whatever else is asked.
pub fn create(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let body = &turn.body;
    let title = title(body)?.ok_or_else(|| invalid("title不能为空"))?.to_owned();
    let template_id = text(body, "template_id").ok_or_else(|| invalid("template_id不能为空"))?.to_owned();
    let owner = text(body, "owner_user_id").ok_or_else(|| invalid("owner_user_id不能为空"))?.to_owned();
    let members = names(body, "user_ids")?;
    let admins = names(body, "subadmin_ids")?;
    check_options(body)?;
    check_text(body, "icon")?;
    let uuid = uuid(body)?;
    if let Some(known) = uuid.as_ref().and_then(|uuid| state.scene_uuids.get(&(turn.client_id.clone(), uuid.clone())))
        && let Some(chat) = state.chats.get(known)
    {
        return Ok(json!({ "open_conversation_id": chat.id, "chat_id": chat.chat_id }));
    }
    let app = state.apps.get(&turn.client_id).ok_or_else(no_right)?;
    check_template(state, turn, app, &template_id)?;
    if !app.sees(&owner) {
        return Err(no_right());
    }
    if members.len() > MEMBERS_MAX {
        return Err(NewError::bad("member.exceed", "群成员超过上限"));
    }
    if std::iter::once(&owner).chain(&members).any(|user_id| state.employee(&turn.corp_id, user_id).is_none()) {
        return Err(NewError::bad("member.notFound", "用户不存在"));
    }
    if !admins.is_subset(&members) {
        return Err(invalid("subadmin_ids必须是群成员"));
    }
    let settles = Duration::from_millis(state.switches.scene_settles_ms);
    let chat = Chat {
        id: open_conversation_id(turn.world),
        chat_id: chat_id(turn.world),
        corp_id: turn.corp_id.clone(),
        kind: ChatKind::Scene,
        title,
        owner,
        members,
        cool_apps: BTreeSet::new(),
        robots: BTreeSet::new(),
        template_id: Some(template_id),
        disbanded: false,
        url: group_url(&state.base_url, turn.world),
        url_until: turn.now.plus(super::state::URL_LASTS),
        settled: turn.now.plus(settles),
    };
    let answer = json!({ "open_conversation_id": chat.id, "chat_id": chat.chat_id });
    if let Some(uuid) = uuid {
        state.scene_uuids.insert((turn.client_id.clone(), uuid), chat.id.clone());
    }
    state.chats.insert(chat.id.clone(), chat);
    Ok(answer)
}

/// `POST /v1.0/im/sceneGroup/update`: a new title or owner ends the group's address.
pub fn update(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let title = title(&turn.body)?.map(str::to_owned);
    let owner = match given(&turn.body, "owner_user_id") {
        true => Some(text(&turn.body, "owner_user_id").ok_or_else(|| invalid("owner_user_id不正确"))?.to_owned()),
        false => None,
    };
    check_options(&turn.body)?;
    check_text(&turn.body, "icon")?;
    let mut chat = own_group(state, turn, "open_conversation_id", invalid)?.clone();
    if let Some(owner) = owner.filter(|owner| *owner != chat.owner) {
        if !chat.members.contains(&owner) {
            return Err(invalid("owner_user_id不在群内"));
        }
        let old = std::mem::replace(&mut chat.owner, owner.clone());
        chat.renew_url(&state.base_url, turn.world);
        let (apps, mut event) = chat.event(state, turn.now, "chat_update_owner", &old, json!({ "owner": owner }));
        event.fields.remove("chatId");
        event.fields.remove("operator");
        state.tell_soon(turn.world, (apps, event));
    }
    if let Some(title) = title.filter(|title| *title != chat.title) {
        chat.title.clone_from(&title);
        chat.renew_url(&state.base_url, turn.world);
        let told = told(state, turn, &chat, "chat_update_title", json!({ "title": title }));
        state.tell_soon(turn.world, told);
    }
    state.chats.insert(chat.id.clone(), chat);
    Ok(json!({ "success": true }))
}

/// `POST /v1.0/im/sceneGroup/member/add`: one unknown person refuses the whole call.
pub fn add_members(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    change_members(state, turn, true)
}

/// `POST /v1.0/im/sceneGroup/member/delete`.
pub fn remove_members(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    change_members(state, turn, false)
}

fn change_members(state: &mut State, turn: &Turn, adding: bool) -> Result<Value, NewError> {
    let mut people = names(&turn.body, "user_ids")?;
    let union_ids = names(&turn.body, "union_ids")?;
    if people.is_empty() && union_ids.is_empty() {
        return Err(invalid("user_ids和union_ids不能都为空"));
    }
    if people.len() + union_ids.len() > BATCH_MAX {
        return Err(invalid("每次最多100人"));
    }
    let mut chat = own_group(state, turn, "open_conversation_id", invalid)?.clone();
    let employees = state.corps.get(&turn.corp_id).into_iter().flat_map(|corp| corp.employees.values());
    let by_union_id = employees.filter(|person| person.active && union_ids.contains(&person.union_id));
    let by_union_id: Vec<String> = by_union_id.map(|person| person.user_id.clone()).collect();
    let all_found = by_union_id.len() == union_ids.len();
    people.extend(by_union_id);
    if !all_found || people.iter().any(|user_id| state.employee(&turn.corp_id, user_id).is_none()) {
        return Err(invalid("用户不存在"));
    }
    if !adding && people.contains(&chat.owner) {
        return Err(invalid("不能移除群主"));
    }
    let changed: Vec<String> = people.into_iter().filter(|user_id| chat.members.contains(user_id) != adding).collect();
    for user_id in &changed {
        if adding {
            chat.members.insert(user_id.clone());
        } else {
            chat.members.remove(user_id);
        }
    }
    if chat.members.len() > MEMBERS_MAX {
        return Err(invalid("群成员超过上限"));
    }
    if !changed.is_empty() {
        let kind = if adding { "chat_add_member" } else { "chat_remove_member" };
        let union_ids = changed.iter().filter_map(|user_id| Some(&state.employee(&turn.corp_id, user_id)?.union_id));
        let more = json!({ "userId": changed, "unionId": union_ids.collect::<Vec<_>>() });
        let told = told(state, turn, &chat, kind, more);
        state.tell_soon(turn.world, told);
    }
    state.chats.insert(chat.id.clone(), chat);
    Ok(json!({ "success": true }))
}

/// `POST /v1.0/im/chat/scenegroup/disband`; its body is in camelCase.
pub fn disband(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let illegal = |why: &str| NewError::bad("paramIllegal", why);
    let chat = own_group(state, turn, "openConversationId", illegal)?.clone();
    let told = told(state, turn, &chat, "chat_disband", json!({}));
    state.tell_soon(turn.world, told);
    if let Some(chat) = state.chats.get_mut(&chat.id) {
        chat.disbanded = true;
    }
    Ok(json!({ "success": true }))
}

/// The event about what the app did; the operator is the group's owner, in whose name the app acts.
fn told(state: &State, turn: &Turn, chat: &Chat, kind: &str, more: Value) -> (Vec<String>, Event) {
    chat.event(state, turn.now, kind, &chat.owner, more)
}

/// A living group of this app's template whose template has arrived.
fn own_group<'a>(
    state: &'a State,
    turn: &Turn,
    field: &str,
    wrong: impl Fn(&str) -> NewError,
) -> Result<&'a Chat, NewError> {
    let id = text(&turn.body, field).ok_or_else(|| wrong("群ID不能为空"))?;
    let chat = state.chats.get(id).filter(|chat| chat.corp_id == turn.corp_id && !chat.disbanded);
    let chat = chat.ok_or_else(|| wrong("群不存在"))?;
    let template = state.apps.get(&turn.client_id).and_then(|app| app.group_template.as_ref());
    if template.is_none_or(|template| chat.template_id.as_ref() != Some(&template.template_id)) {
        return Err(no_right());
    }
    if !chat.is_settled(turn.now) {
        return Err(NewError::bad(state.switches.unsettled_code.clone(), "没有该群的权限"));
    }
    Ok(chat)
}

fn check_template(state: &State, turn: &Turn, app: &App, template_id: &str) -> Result<(), NewError> {
    let is_it = |template: &&GroupTemplate| template.template_id == template_id;
    // The misspelling is the platform's.
    let denied = |why: &str| NewError::bad(format!("groupTemplate.permessionDenied.{why}"), "群模板不可用");
    if let Some(template) = app.group_template.as_ref().filter(is_it) {
        return match template {
            template if template.offline => Err(no_template()),
            template if !template.published && !template.gray_corps.contains(&turn.corp_id) => {
                Err(denied("orgNotInGrayList"))
            }
            _ => Ok(()),
        };
    }
    let other = state.apps.values().find(|other| other.group_template.as_ref().filter(is_it).is_some());
    match other {
        None => Err(no_template()),
        Some(other) if other.corp_id != turn.corp_id => Err(denied("orgNotConsistent")),
        Some(_) => Err(denied("appNotInstalled")),
    }
}

fn no_template() -> NewError {
    NewError::bad("groupTemplate.notFound", "群模板不存在或已下线")
}

/// The misspelling is the platform's.
fn no_right() -> NewError {
    NewError::bad("permession.checkFailed", "权限校验失败")
}

fn invalid(why: &str) -> NewError {
    NewError::bad("parameter.invalid", why)
}

fn title(body: &Map<String, Value>) -> Result<Option<&str>, NewError> {
    if !given(body, "title") {
        return Ok(None);
    }
    let title = text(body, "title").filter(|title| title.chars().count() <= TITLE_MAX);
    title.map(Some).ok_or_else(|| invalid("title不正确，最多30个字符"))
}

fn uuid(body: &Map<String, Value>) -> Result<Option<String>, NewError> {
    if !given(body, "uuid") {
        return Ok(None);
    }
    let uuid = text(body, "uuid").filter(|uuid| uuid.chars().count() <= UUID_MAX);
    uuid.map(|uuid| Some(uuid.to_owned())).ok_or_else(|| invalid("uuid不正确，最多64个字符"))
}

fn names(body: &Map<String, Value>, field: &str) -> Result<BTreeSet<String>, NewError> {
    if !given(body, field) {
        return Ok(BTreeSet::new());
    }
    let names = texts(&body[field]).filter(|names| names.iter().all(|name| !name.is_empty()));
    names.map(|names| names.into_iter().collect()).ok_or_else(|| invalid("应为字符串数组"))
}

fn check_text(body: &Map<String, Value>, field: &str) -> Result<(), NewError> {
    if given(body, field) && !body[field].is_string() { Err(invalid("应为字符串")) } else { Ok(()) }
}

fn check_options(body: &Map<String, Value>) -> Result<(), NewError> {
    if !given(body, "management_options") {
        return Ok(());
    }
    let options = body["management_options"].as_object().ok_or_else(|| invalid("management_options应为对象"))?;
    let known = |name: &String| OPTIONS.contains(&name.as_str());
    let switch = |value: &Value| matches!(value.as_i64(), Some(0 | 1));
    match options.iter().all(|(name, value)| known(name) && switch(value)) {
        true => Ok(()),
        false => Err(invalid("management_options不正确")),
    }
}
