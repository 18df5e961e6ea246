//! Messages by the bot of a group template, in groups made from it (dingtalk.md, 8.6).

use super::answer::OldError;
use super::gate::Turn;
use super::parameters::{given, text};
use super::state::{Content, Message, Place, State, process_query_key};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// Most people mentioned.
const MENTIONS_MAX: usize = 50;

/// Messages of one bot to one group are counted over this span.
const MINUTE: Duration = Duration::from_secs(60);

/// `POST /topapi/im/chat/scencegroup/message/send_v2`.
pub fn send(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    let missing = |code: i64, name: &str| OldError::plain(code, format!("{name}不能为空"));
    let chat_id = text(&turn.body, "target_open_conversation_id")
        .ok_or_else(|| missing(660_001, "target_open_conversation_id"))?;
    let robot_code = text(&turn.body, "robot_code").ok_or_else(|| missing(660_002, "robot_code"))?;
    let template = text(&turn.body, "msg_template_id").ok_or_else(|| missing(660_027, "msg_template_id"))?;
    let content = content(template, &turn.body)?;
    let chat = state.chats.get(chat_id).filter(|chat| chat.corp_id == turn.corp_id && !chat.disbanded);
    let chat = chat.ok_or_else(|| OldError::plain(660_023, "群id解密失败"))?;
    let app = state.apps.get(&turn.client_id).ok_or_else(|| OldError::plain(660_014, "机器人不存在"))?;
    let group_template = app.group_template.as_ref().filter(|template| template.robot_code == robot_code);
    let group_template = group_template.ok_or_else(|| OldError::plain(660_014, "机器人不存在"))?;
    match &chat.template_id {
        None => return Err(OldError::plain(660_015, "场景群不存在")),
        Some(id) if *id != group_template.template_id => return Err(OldError::plain(660_012, "群模板未启用")),
        Some(_) if !chat.is_settled(turn.now) => return Err(OldError::plain(660_016, "机器人不可用")),
        Some(_) => {}
    }
    if state.switches.stopped_robots.contains(robot_code) {
        return Err(OldError::plain(660_016, "机器人不可用"));
    }
    let only_for = receivers(state, turn, &chat.members)?;
    let mut mentions = list(turn, "at_users")?;
    mentions.extend(people_of_mobiles(state, turn, &list(turn, "at_mobiles")?));
    if mentions.len() > MENTIONS_MAX {
        return Err(OldError::plain(40_035, "at_users最多50个"));
    }
    if boolean(turn, "is_at_all")? {
        mentions.insert("@ALL".to_owned());
    }
    let most = state.switches.robot_messages_per_minute;
    if !state.robot_windows.admit((robot_code, chat_id), most, MINUTE, turn.now) {
        return Err(OldError::plain(660_026, "消息发送失败：每分钟发送过多"));
    }
    let key = process_query_key(turn.world);
    state.say(Message {
        n: 0,
        at: turn.now,
        place: Place::Chat(chat_id.to_owned()),
        robot_code: robot_code.to_owned(),
        key: key.clone(),
        content,
        only_for,
        mentions,
    });
    Ok(json!({ "success": true, "open_msg_id": key }))
}

/// The message as a bot's message of the same look.
fn content(template: &str, body: &Map<String, Value>) -> Result<Content, OldError> {
    let rendering = |why: &str| OldError::plain(660_025, format!("消息渲染失败：{why}"));
    let param = |name: &str| -> Result<Map<String, Value>, OldError> {
        let written = text(body, name).ok_or_else(|| OldError::plain(40_036, format!("{name}不能为空")))?;
        serde_json::from_str(written).map_err(|_| rendering("参数不是JSON对象"))
    };
    let robot = |msg_key: &str, msg_param: Value| Content::Robot { msg_key: msg_key.to_owned(), msg_param };
    let need = |map: &Map<String, Value>, name: &str| -> Result<String, OldError> {
        text(map, name).map(str::to_owned).ok_or_else(|| rendering(name))
    };
    match template {
        "inner_app_template_text" => {
            let map = param("msg_param_map")?;
            Ok(robot("sampleText", json!({ "content": need(&map, "content")? })))
        }
        "inner_app_template_markdown" => {
            let map = param("msg_param_map")?;
            let shown = json!({ "title": need(&map, "title")?, "text": need(&map, "markdown_content")? });
            Ok(robot("sampleMarkdown", shown))
        }
        "inner_app_template_photo" => {
            let map = param("msg_media_id_param_map")?;
            let media_id = text(&map, "img_media_id").ok_or_else(|| OldError::plain(660_018, "图片不存在"))?;
            Ok(robot("sampleImageMsg", json!({ "photoURL": media_id })))
        }
        "inner_app_template_action_card" => {
            let map = param("msg_param_map")?;
            let mut shown = json!({ "title": need(&map, "title")?, "text": need(&map, "markdown")? });
            let count = (1..=4).take_while(|n| text(&map, &format!("btn_title_{n}")).is_some()).count();
            for n in 1..=count {
                shown[format!("actionTitle{n}")] = json!(need(&map, &format!("btn_title_{n}"))?);
                shown[format!("actionURL{n}")] = json!(need(&map, &format!("action_url_{n}"))?);
            }
            if count == 0 {
                Err(rendering("btn_title_1"))
            } else {
                Ok(robot(&format!("sampleActionCard{count}"), shown))
            }
        }
        _ => Err(OldError::plain(660_024, "消息模板不存在")),
    }
}

/// Who is shown the message; everybody when nobody is named.
fn receivers(state: &State, turn: &Turn, members: &BTreeSet<String>) -> Result<BTreeSet<String>, OldError> {
    let mut receivers = list(turn, "receiver_user_ids")?;
    let union_ids = list(turn, "receiver_union_ids")?;
    let employees = state.corps.get(&turn.corp_id).into_iter().flat_map(|corp| corp.employees.values());
    receivers
        .extend(employees.filter(|person| union_ids.contains(&person.union_id)).map(|person| person.user_id.clone()));
    receivers.extend(people_of_mobiles(state, turn, &list(turn, "receiver_mobiles")?));
    let named = ["receiver_user_ids", "receiver_union_ids", "receiver_mobiles"];
    if named.iter().any(|name| given(&turn.body, name)) {
        receivers.retain(|user_id| members.contains(user_id));
        if receivers.is_empty() {
            return Err(OldError::plain(660_022, "消息接收者不正确"));
        }
    }
    Ok(receivers)
}

fn people_of_mobiles(state: &State, turn: &Turn, mobiles: &BTreeSet<String>) -> Vec<String> {
    let employees = state.corps.get(&turn.corp_id).into_iter().flat_map(|corp| corp.employees.values());
    employees.filter(|person| mobiles.contains(&person.mobile)).map(|person| person.user_id.clone()).collect()
}

/// Names separated by commas.
fn list(turn: &Turn, name: &str) -> Result<BTreeSet<String>, OldError> {
    match turn.body.get(name) {
        None | Some(Value::Null) => Ok(BTreeSet::new()),
        Some(Value::String(names)) => {
            Ok(names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect())
        }
        Some(_) => Err(OldError::plain(40_035, format!("{name}应为逗号分隔的字符串"))),
    }
}

fn boolean(turn: &Turn, name: &str) -> Result<bool, OldError> {
    match turn.body.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(Value::String(text)) if turn.form => Ok(text == "true"),
        Some(_) => Err(OldError::plain(40_035, format!("{name}不是布尔值"))),
    }
}
