//! Where a card may go (dingtalk.md, 7.3): openSpaceId and the models that belong to it.

use super::answer::NewError;
use super::card_values::invalid;
use super::parameters::{given, object, text, texts};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The longest openSpaceId, in characters.
const OPEN_SPACE_ID_MAX: usize = 1000;

/// A kind of place with the names of its two models.
struct Kind {
    name: &'static str,
    space_model: &'static str,
    deliver_model: &'static str,
}

const KINDS: [Kind; 4] = [
    Kind { name: "IM_GROUP", space_model: "imGroupOpenSpaceModel", deliver_model: "imGroupOpenDeliverModel" },
    Kind { name: "IM_ROBOT", space_model: "imRobotOpenSpaceModel", deliver_model: "imRobotOpenDeliverModel" },
    Kind { name: "IM_SINGLE", space_model: "imSingleOpenSpaceModel", deliver_model: "imSingleOpenDeliverModel" },
    Kind { name: "ONE_BOX", space_model: "topOpenSpaceModel", deliver_model: "topOpenDeliverModel" },
];

/// One place a card is to go to.
pub struct Target {
    /// `IM_GROUP`, `IM_ROBOT`, `IM_SINGLE`, `ONE_BOX`.
    pub kind: &'static str,
    /// openConversationId or user id.
    pub id: String,
    /// Whose bot carries it; empty for `ONE_BOX`.
    pub robot_code: String,
    /// Shown to these only; to everybody there when empty.
    pub recipients: BTreeSet<String>,
    /// Mentioned people; `@ALL` for everybody.
    pub mentions: BTreeSet<String>,
}

/// The targets of `openSpaceId`, each with its deliver model.
pub fn targets(body: &Map<String, Value>) -> Result<Vec<Target>, NewError> {
    let written =
        text(body, "openSpaceId").ok_or_else(|| NewError::bad("param.openSpaceIdEmpty", "openSpaceId不能为空"))?;
    let malformed = || NewError::bad("param.openSpaceIdInvalid", "openSpaceId不正确");
    if written.chars().count() > OPEN_SPACE_ID_MAX {
        return Err(malformed());
    }
    let places = written.strip_prefix("dtv1.card//").ok_or_else(malformed)?;
    let mut targets = Vec::new();
    for place in places.split(';') {
        let (name, id) = place.split_once('.').ok_or_else(malformed)?;
        let kind = KINDS.iter().find(|kind| kind.name == name).ok_or_else(malformed)?;
        if id.is_empty() {
            return Err(malformed());
        }
        targets.push(target(body, kind, id)?);
    }
    Ok(targets)
}

fn target(body: &Map<String, Value>, kind: &'static Kind, id: &str) -> Result<Target, NewError> {
    let model = object(body, kind.deliver_model)
        .ok_or_else(|| NewError::bad("param.openDeliverModelEmpty", format!("{}不能为空", kind.deliver_model)))?;
    let wrong = |why: &str| NewError::bad("param.openDeliverModelError", format!("{}: {why}", kind.deliver_model));
    // The group's model has no spaceType; the others must repeat theirs.
    if kind.name != "IM_GROUP" && text(model, "spaceType") != Some(kind.name) {
        return Err(wrong("spaceType不正确"));
    }
    let robot_code = match kind.name {
        "ONE_BOX" => {
            model.get("expiredTimeMillis").filter(|time| time.is_i64()).ok_or_else(|| wrong("expiredTimeMillis"))?;
            String::new()
        }
        _ => text(model, "robotCode").ok_or_else(|| wrong("robotCode不能为空"))?.to_owned(),
    };
    let recipients = match model.get("recipients") {
        None | Some(Value::Null) => BTreeSet::new(),
        Some(list) => texts(list).ok_or_else(|| wrong("recipients"))?.into_iter().collect(),
    };
    let mentions = match model.get("atUserIds") {
        None | Some(Value::Null) => BTreeSet::new(),
        Some(Value::Object(people)) if people.values().all(Value::is_string) => people.keys().cloned().collect(),
        Some(_) => return Err(wrong("atUserIds")),
    };
    Ok(Target { kind: kind.name, id: id.to_owned(), robot_code, recipients, mentions })
}

/// The space models given, by kind of place, each checked.
pub fn space_models(body: &Map<String, Value>) -> Result<BTreeMap<String, Value>, NewError> {
    let mut models = BTreeMap::new();
    for kind in &KINDS {
        if !given(body, kind.space_model) {
            continue;
        }
        let wrong = |why: &str| NewError::bad("param.openSpaceModelInvalid", format!("{}: {why}", kind.space_model));
        let model = object(body, kind.space_model).ok_or_else(|| wrong("不是对象"))?;
        if kind.name == "ONE_BOX" {
            if text(model, "spaceType") != Some("ONE_BOX") {
                return Err(wrong("spaceType不正确"));
            }
        } else if !model.get("supportForward").is_some_and(Value::is_boolean) {
            return Err(wrong("supportForward必须是布尔值"));
        }
        if given(model, "lastMessageI18n") {
            let lines = object(model, "lastMessageI18n").ok_or_else(|| wrong("lastMessageI18n"))?;
            if !lines.values().all(Value::is_string) {
                return Err(wrong("lastMessageI18n"));
            }
        }
        models.insert(kind.name.to_owned(), Value::Object(model.clone()));
    }
    Ok(models)
}

/// Refuses targets whose space model is missing.
pub fn check_models(models: &BTreeMap<String, Value>, targets: &[Target]) -> Result<(), NewError> {
    match targets.iter().find(|target| !models.contains_key(target.kind)) {
        None => Ok(()),
        Some(target) => Err(NewError::bad("param.openSpaceModelInvalid", format!("缺少{}的场域模型", target.kind))),
    }
}

/// The line for the list of chats, by language.
pub fn last_message(model: &Value) -> BTreeMap<String, String> {
    let lines = model.get("lastMessageI18n").and_then(Value::as_object);
    let lines = lines.into_iter().flatten();
    lines.filter_map(|(language, line)| Some((language.clone(), line.as_str()?.to_owned()))).collect()
}

/// `HTTP` or `STREAM`, with the route key that HTTP needs.
pub fn callback(body: &Map<String, Value>) -> Result<super::state::CardCallback, NewError> {
    use super::state::CardCallback;
    match body.get("callbackType") {
        None | Some(Value::Null) => Ok(CardCallback::None),
        Some(Value::String(kind)) if kind == "STREAM" => Ok(CardCallback::Stream),
        Some(Value::String(kind)) if kind == "HTTP" => match text(body, "callbackRouteKey") {
            Some(key) => Ok(CardCallback::Http(key.to_owned())),
            None => Err(invalid("callbackType为HTTP时callbackRouteKey不能为空")),
        },
        Some(_) => Err(invalid("callbackType不正确")),
    }
}
