//! Messages by the app's bot (dingtalk.md, 6).

use super::answer::NewError;
use super::gate::Turn;
use super::parameters::{given, text, texts};
use super::state::{Content, Message, Place, RobotHere, State, process_query_key};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// The largest `msgParam`, in bytes.
const MSG_PARAM_BYTES_MAX: usize = 15_000;

/// Most people in one call, by the field's description.
const PEOPLE_MAX: usize = 20;

/// Robot messages to a group are counted over this span.
const MINUTE: Duration = Duration::from_secs(60);

/// `POST /v1.0/robot/groupMessages/send`.
pub fn send_to_group(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let robot_code = robot_code(&turn.body)?;
    let content = content(&turn.body)?;
    let chat_id = text(&turn.body, "openConversationId")
        .ok_or_else(|| NewError::bad("miss.openConversationId", "缺少参数 openConversationId"))?;
    let chat = state
        .chats
        .get(chat_id)
        .ok_or_else(|| NewError::bad("invalid.openConversationId", "无效的openConversationId"))?;
    if chat.corp_id != turn.corp_id {
        return Err(NewError::bad("conversation.org.notMatch", "群不属于该企业"));
    }
    if chat.disbanded {
        return Err(NewError::bad("group.disbanded", "群已解散"));
    }
    let app = own_robot(state, turn, robot_code)?;
    let cool_app_code = match turn.body.get("coolAppCode") {
        None | Some(Value::Null) => None,
        Some(code) => Some(code.as_str().unwrap_or_default()),
    };
    let wrong_cool_app = |why: &str| Err(NewError::bad("invalidParameter.robotCode.coolApp", why));
    if let Some(code) = cool_app_code
        && (code != app.cool_app_code || !chat.cool_apps.contains(&app.client_id))
    {
        return wrong_cool_app("酷应用编码错误，或群内没有安装该酷应用");
    }
    match chat.robot(app, robot_code) {
        RobotHere::No => return Err(NewError::bad("invalidParameter.robotCode.notExsit", "机器人不在群内")),
        RobotHere::ByCoolApp if cool_app_code.is_none() => return wrong_cool_app("缺少参数 coolAppCode"),
        RobotHere::ByCoolApp | RobotHere::ByItself => {}
    }
    if state.switches.stopped_robots.contains(robot_code) {
        return Err(NewError::bad("bot.stopped", "机器人已停用"));
    }
    let most = state.switches.robot_messages_per_minute;
    if !state.robot_windows.admit((robot_code, chat_id), most, MINUTE, turn.now) {
        return Err(NewError::bad("send.too.fast", "发送速度太快而限流"));
    }
    Ok(json!({ "processQueryKey": say(state, turn, Place::Chat(chat_id.to_owned()), robot_code, content, None) }))
}

/// `POST /v1.0/robot/oToMessages/batchSend`.
pub fn send_to_people(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let robot_code = robot_code(&turn.body)?;
    let content = content(&turn.body)?;
    let user_ids = match turn.body.get("userIds").map(texts) {
        None => Vec::new(),
        Some(user_ids) => {
            user_ids.ok_or_else(|| NewError::bad("invalidParameter.userIds.empty", "userIds必须是字符串数组"))?
        }
    };
    if user_ids.is_empty() {
        return Err(NewError::bad("invalidParameter.userIds.empty", "userIds不能为空"));
    }
    if user_ids.len() > PEOPLE_MAX {
        return Err(NewError::bad("invalidParameter.userIds.overMax", "userIds最多20个"));
    }
    let app = own_robot(state, turn, robot_code)?;
    if robot_code != app.client_id {
        return Err(NewError::bad("chatbotId.notAllow.sendOTO", "该机器人不支持单聊"));
    }
    if state.switches.stopped_robots.contains(robot_code) {
        return Err(NewError::bad("bot.stopped", "机器人已停用"));
    }
    let (mut invalid, mut held_back, mut reached) = (Vec::new(), Vec::new(), Vec::new());
    for user_id in user_ids.into_iter().collect::<BTreeSet<_>>() {
        if state.employee(&turn.corp_id, &user_id).is_none() || !app.sees(&user_id) {
            invalid.push(user_id);
        } else if state.switches.flow_controlled.contains(&user_id) {
            held_back.push(user_id);
        } else {
            reached.push(user_id);
        }
    }
    let key = process_query_key(turn.world);
    for user_id in reached {
        say(state, turn, Place::Person(user_id), robot_code, content.clone(), Some(&key));
    }
    Ok(json!({ "processQueryKey": key, "invalidStaffIdList": invalid, "flowControlledStaffIdList": held_back }))
}

/// `POST /v1.0/robot/groups/robots/query`.
pub fn of_group(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let unknown = || NewError::bad("illegal.openconevrsation.id", "无效的openConversationId");
    let chat_id = text(&turn.body, "openConversationId").ok_or_else(unknown)?;
    let chat = state.chats.get(chat_id).filter(|chat| chat.corp_id == turn.corp_id && !chat.disbanded);
    let chat = chat.ok_or_else(unknown)?;
    let mut robots = Vec::new();
    for app in state.apps.values().filter(|app| app.corp_id == chat.corp_id) {
        if chat.robot(app, &app.client_id) != RobotHere::No {
            robots.push(json!({
                "robotCode": app.client_id, "name": app.name, "downloadIconURL": "", "openRobotType": 2,
            }));
        }
        if let Some(template) = &app.group_template
            && chat.template_id.as_ref() == Some(&template.template_id)
        {
            robots.push(json!({
                "robotCode": template.robot_code, "name": app.name, "downloadIconURL": "", "openRobotType": 4,
            }));
        }
    }
    Ok(json!({ "chatbotInstanceVOList": robots }))
}

fn robot_code(body: &Map<String, Value>) -> Result<&str, NewError> {
    let problem = |which: &str| NewError::bad(format!("invalidParameter.robotCode.{which}"), "robotCode不正确");
    match body.get("robotCode") {
        None | Some(Value::Null) => Err(problem("missing")),
        Some(Value::String(code)) if code.is_empty() => Err(problem("empty")),
        Some(Value::String(code)) => Ok(code),
        Some(_) => Err(problem("invalid")),
    }
}

/// The calling app, if this bot is its own or its group template's.
fn own_robot<'a>(state: &'a State, turn: &Turn, robot_code: &str) -> Result<&'a super::state::App, NewError> {
    let has = |app: &super::state::App| {
        app.client_id == robot_code
            || app.group_template.as_ref().is_some_and(|template| template.robot_code == robot_code)
    };
    match state.apps.get(&turn.client_id) {
        Some(app) if has(app) => Ok(app),
        _ if state.apps.values().any(has) => {
            Err(NewError::bad("invalidParameter.robotCode.auth", "机器人不属于该应用"))
        }
        _ => Err(NewError::bad("invalidParameter.robotCode.notExsit", "机器人不存在")),
    }
}

fn content(body: &Map<String, Value>) -> Result<Content, NewError> {
    let bad = |code: &str, why: String| NewError::bad(format!("invalidParameter.{code}"), why);
    if !given(body, "msgKey") {
        return Err(bad("msgKey.empty", "msgKey不能为空".into()));
    }
    let msg_key = text(body, "msgKey").unwrap_or_default();
    let fields = fields_of(msg_key).ok_or_else(|| bad("msgKey.invalid", "msgKey不正确".into()))?;
    let written = text(body, "msgParam").ok_or_else(|| bad("msgParam.invalid", "msgParam必须是JSON字符串".into()))?;
    if written.len() > MSG_PARAM_BYTES_MAX {
        return Err(bad("msgParam.tooLong", "msgParam过长".into()));
    }
    let Ok(Value::Object(msg_param)) = serde_json::from_str(written) else {
        return Err(bad("msgParam.invalid", "msgParam不是合法的JSON对象".into()));
    };
    for field in fields {
        let may_be_empty = field == "picUrl";
        match msg_param.get(&field) {
            Some(Value::String(value)) if may_be_empty || !value.is_empty() => {}
            _ => return Err(bad("msgParam.invalid", format!("msgParam缺少{field}"))),
        }
    }
    Ok(Content::Robot { msg_key: msg_key.to_owned(), msg_param: Value::Object(msg_param) })
}

/// The fields of a kind of message (6.3).
fn fields_of(msg_key: &str) -> Option<Vec<String>> {
    let fields: &[&str] = match msg_key {
        "sampleText" => &["content"],
        "sampleMarkdown" => &["title", "text"],
        "sampleImageMsg" => &["photoURL"],
        "sampleLink" => &["text", "title", "picUrl", "messageUrl"],
        "sampleActionCard" => &["title", "text", "singleTitle", "singleURL"],
        "sampleActionCard6" => &["title", "text", "buttonTitle1", "buttonUrl1", "buttonTitle2", "buttonUrl2"],
        "sampleAudio" => &["mediaId", "duration"],
        "sampleFile" => &["mediaId", "fileName", "fileType"],
        "sampleVideo" => &["duration", "videoMediaId", "videoType", "picMediaId"],
        _ => {
            let count = msg_key.strip_prefix("sampleActionCard")?.parse::<u8>().ok();
            let count = count.filter(|count| (2..=5).contains(count))?;
            let buttons = (1..=count).flat_map(|n| [format!("actionTitle{n}"), format!("actionURL{n}")]);
            return Some(["title".into(), "text".into()].into_iter().chain(buttons).collect());
        }
    };
    Some(fields.iter().map(|field| (*field).to_owned()).collect())
}

fn say(state: &mut State, turn: &Turn, place: Place, robot_code: &str, content: Content, key: Option<&str>) -> String {
    let key = key.map_or_else(|| process_query_key(turn.world), str::to_owned);
    state.say(Message {
        n: 0,
        at: turn.now,
        place,
        robot_code: robot_code.to_owned(),
        key: key.clone(),
        content,
        only_for: BTreeSet::new(),
        mentions: BTreeSet::new(),
    });
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_kind_has_its_fields() {
        assert_eq!(fields_of("sampleActionCard3").unwrap().last().unwrap(), "actionURL3");
        assert_eq!(fields_of("sampleActionCard6").unwrap()[4], "buttonTitle2");
        for unknown in ["", "sampleActionCard1", "sampleActionCard7", "sampleActionCard+2x", "text"] {
            assert_eq!(fields_of(unknown), None, "{unknown}");
        }
    }
}
