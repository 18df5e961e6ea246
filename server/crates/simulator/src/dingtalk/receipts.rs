//! Who has read a message of a bot, and taking messages back (dingtalk.md, 6.5). A card's `carrierId` is such a
//! message's key too.

use super::DingTalk;
use super::answer::NewError;
use super::gate::Turn;
use super::parameters::{given, text, texts};
use super::state::{Message, Place, State};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use world::Millis;

/// How long messages to people can be asked about and taken back.
const OPEN_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// Most keys in one recall.
const KEYS_MAX: usize = 20;
/// Most readers in one answer.
const PAGE_MAX: usize = 200;

/// What became of messages, by key.
#[derive(Default)]
pub struct Receipts {
    read: BTreeMap<String, BTreeSet<String>>,
    recalled: BTreeSet<String>,
}

impl Receipts {
    /// Whether the message was taken back; nobody sees it then.
    pub fn is_recalled(&self, key: &str) -> bool {
        self.recalled.contains(key)
    }

    fn has_read(&self, key: &str, user_id: &str) -> bool {
        self.read.get(key).is_some_and(|readers| readers.contains(user_id))
    }

    fn send_status(&self, key: &str) -> &'static str {
        if self.is_recalled(key) { "RECALLED" } else { "SUCCESS" }
    }
}

impl DingTalk {
    /// A person opens a conversation and reads everything in it.
    pub fn read_messages(&self, place: &Place, user_id: &str) {
        let unread = |state: &State| -> Vec<String> {
            let here = state.messages.iter().filter(|message| message.place == *place);
            let shown = here.filter(|message| message.only_for.is_empty() || message.only_for.contains(user_id));
            let unread = shown.filter(|message| !state.receipts.has_read(&message.key, user_id));
            unread.map(|message| message.key.clone()).collect()
        };
        let keys = self.look(unread);
        if !keys.is_empty() {
            self.change(|state| {
                for key in keys {
                    state.receipts.read.entry(key).or_default().insert(user_id.to_owned());
                }
            });
        }
    }
}

/// `GET /v1.0/robot/oToMessages/readStatus`.
pub fn of_people(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let robot_code = robot_code(state, turn, turn.query.get("robotCode").map(String::as_str))?;
    let key = key(turn.query.get("processQueryKey").map(String::as_str))?;
    let messages = known(state, key, robot_code, |place| matches!(place, Place::Person(_)))?;
    if messages.iter().any(|message| is_over(message, turn.now)) {
        return Err(NewError::bad("processQueryKey.expireTime", "消息已超过24小时"));
    }
    let people = messages.iter().filter_map(|message| match &message.place {
        Place::Person(user_id) => Some(user_id),
        Place::Chat(_) | Place::Work(_) => None,
    });
    let told = people.map(|user_id| {
        let name = state.employee(&turn.corp_id, user_id).map(|person| person.name.clone()).unwrap_or_default();
        let read = if state.receipts.has_read(key, user_id) { "READ" } else { "UNREAD" };
        json!({ "name": name, "userId": user_id, "readStatus": read })
    });
    let told: Vec<Value> = told.collect();
    Ok(json!({ "sendStatus": state.receipts.send_status(key), "messageReadInfoList": told }))
}

/// `POST /v1.0/robot/groupMessages/query`.
pub fn of_group(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let robot_code = robot_code(state, turn, text(&turn.body, "robotCode"))?;
    let key = key(text(&turn.body, "processQueryKey"))?;
    let chat_id = chat_id(&turn.body)?;
    let wrong = || NewError::bad("invalidParameter.param.invalid", "分页参数不正确");
    let most = match turn.body.get("maxResults") {
        None | Some(Value::Null) => PAGE_MAX,
        Some(most) => most.as_u64().and_then(|most| usize::try_from(most).ok()).ok_or_else(wrong)?,
    };
    if !(1..=PAGE_MAX).contains(&most) {
        return Err(wrong());
    }
    let begin = match turn.body.get("nextToken") {
        None | Some(Value::Null) => 0,
        Some(token) => match token.as_str() {
            Some("") => 0,
            Some(token) => token.parse::<usize>().map_err(|_| wrong())?,
            None => return Err(wrong()),
        },
    };
    known(state, key, robot_code, |place| *place == Place::Chat(chat_id.to_owned()))?;
    let readers = state.receipts.read.get(key);
    let count = readers.map_or(0, BTreeSet::len);
    let page: Vec<&String> = readers.into_iter().flatten().skip(begin).take(most).collect();
    let end = begin.saturating_add(page.len());
    let has_more = end < count;
    let next = if has_more { json!(end.to_string()) } else { Value::Null };
    Ok(json!({
        "sendStatus": state.receipts.send_status(key), "readUserIds": page, "nextToken": next, "hasMore": has_more,
    }))
}

/// `POST /v1.0/robot/otoMessages/batchRecall`.
pub fn recall_from_people(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    recall(state, turn, Some(OPEN_FOR), |place| matches!(place, Place::Person(_)))
}

/// `POST /v1.0/robot/groupMessages/recall`.
pub fn recall_from_group(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let chat = Place::Chat(chat_id(&turn.body)?.to_owned());
    recall(state, turn, None, |place| *place == chat)
}

fn recall(
    state: &mut State,
    turn: &Turn,
    open_for: Option<Duration>,
    there: impl Fn(&Place) -> bool,
) -> Result<Value, NewError> {
    let robot_code = robot_code(state, turn, text(&turn.body, "robotCode"))?;
    if !given(&turn.body, "processQueryKeys") {
        return Err(NewError::bad("invalidParameter.processQueryKey.missing", "缺少参数 processQueryKeys"));
    }
    let keys = texts(&turn.body["processQueryKeys"]).filter(|keys| !keys.is_empty());
    let keys = keys.ok_or_else(|| NewError::bad("invalid.processQueryKey", "processQueryKeys不正确"))?;
    if keys.len() > KEYS_MAX {
        return Err(NewError::bad("invalidParameter.processQueryKeys.overMax", "processQueryKeys最多20个"));
    }
    let (mut done, mut failed) = (Vec::new(), Map::new());
    for key in keys {
        let why = match known(state, &key, robot_code, &there) {
            Err(_) => Some("invalid.processQueryKey"),
            Ok(messages) => {
                let over = open_for.is_some() && messages.iter().any(|message| is_over(message, turn.now));
                over.then_some("robot.processQueryKey.expired")
            }
        };
        match why {
            None => done.push(key),
            Some(why) => drop(failed.insert(key, json!(why))),
        }
    }
    if done.is_empty() {
        return Err(NewError::bad("notRevoke.all.messages", "没有可以撤回的消息"));
    }
    state.receipts.recalled.extend(done.iter().cloned());
    Ok(json!({ "successResult": done, "failedResult": failed }))
}

/// Messages of this key by this bot in such places.
fn known<'a>(
    state: &'a State,
    key: &str,
    robot_code: &str,
    there: impl Fn(&Place) -> bool,
) -> Result<Vec<&'a Message>, NewError> {
    let ours = |message: &&Message| message.key == key && message.robot_code == robot_code && there(&message.place);
    let messages: Vec<&Message> = state.messages.iter().filter(ours).collect();
    if messages.is_empty() {
        Err(NewError::bad("invalid.processQueryKey", "无效的processQueryKey"))
    } else {
        Ok(messages)
    }
}

/// The bot, if it is the calling app's own or its group template's.
fn robot_code<'a>(state: &State, turn: &Turn, given: Option<&'a str>) -> Result<&'a str, NewError> {
    let refused = || NewError::bad("not.allowed.robotCode", "不允许的robotCode");
    let app = state.apps.get(&turn.client_id).ok_or_else(refused)?;
    let of_template = |code: &str| app.group_template.as_ref().is_some_and(|template| template.robot_code == code);
    given.filter(|code| *code == app.client_id || of_template(code)).ok_or_else(refused)
}

fn key(given: Option<&str>) -> Result<&str, NewError> {
    let missing = || NewError::bad("invalidParameter.processQueryKey.missing", "缺少参数 processQueryKey");
    given.filter(|key| !key.is_empty()).ok_or_else(missing)
}

fn chat_id(body: &Map<String, Value>) -> Result<&str, NewError> {
    let missing = || NewError::bad("miss.openConversationId", "缺少参数 openConversationId");
    text(body, "openConversationId").ok_or_else(missing)
}

fn is_over(message: &Message, now: Millis) -> bool {
    now >= message.at.plus(OPEN_FOR)
}
