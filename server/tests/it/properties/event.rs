//! Decoding an event.

use super::{assert_identifier, assert_storable};
use dingtalk::event::{self, CoolApp, Event, EventKind};
use serde_json::{Map, Value, json};

/// No group's name is longer than this, by far.
const TITLE_CHARS_MAX: usize = 500;

/// An event that is understood can be stored, and is the same again when it is written in today's spelling or in the old
/// one.
pub fn property(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(event) = event::decode(&text) else { return };
    assert_identifier(&event.raw_type);
    for id in event.id.iter().chain(&event.corp_id) {
        assert_identifier(id);
    }
    assert!(event.at.is_none_or(|at| at.0 > 0));
    for (name, value) in fields(&event.kind) {
        let texts: Vec<&str> =
            value.as_array().into_iter().flatten().chain([&value]).filter_map(Value::as_str).collect();
        for text in texts {
            assert!(name != "title" || text.chars().count() <= TITLE_CHARS_MAX);
            if name == "title" { assert_storable(text) } else { assert_identifier(text) }
        }
    }
    let now = written(&event, |name| name.to_owned(), |at| json!(at));
    assert_eq!(event::decode(&now.to_string()).as_ref(), Ok(&event), "{now}");
    let old = written(&event, pascal, |at| json!(at.to_string()));
    assert_eq!(event::decode(&old.to_string()).as_ref(), Ok(&event), "{old}");
}

fn written(event: &Event, spelled: impl Fn(&str) -> String, time: impl Fn(i64) -> Value) -> Value {
    let mut object = Map::from_iter([("EventType".to_owned(), json!(event.raw_type))]);
    let envelope = [("eventId", json!(event.id)), ("CorpId", json!(event.corp_id))];
    let at = event.at.map(|at| ("timeStamp", time(at.0)));
    for (name, value) in envelope.into_iter().chain(at).chain(fields(&event.kind)) {
        object.insert(spelled(name), value);
    }
    Value::Object(object)
}

fn pascal(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_ascii_uppercase())
}

/// The fields that a kind of event is made of.
fn fields(kind: &EventKind) -> Vec<(&'static str, Value)> {
    let chat = |id: &String| ("openConversationId", json!(id));
    match kind {
        EventKind::CheckUrl | EventKind::OrgRemoved | EventKind::Unknown => Vec::new(),
        EventKind::CoolAppInstalled(app) | EventKind::CoolAppUninstalled(app) => {
            let CoolApp { open_conversation_id, cool_app_code, robot_code, operator } = app;
            let rest = [("coolAppCode", cool_app_code), ("robotCode", robot_code), ("operator", operator)];
            [chat(open_conversation_id)].into_iter().chain(rest.map(|(name, value)| (name, json!(value)))).collect()
        }
        EventKind::TitleChanged { open_conversation_id, title, operator } => {
            vec![chat(open_conversation_id), ("title", json!(title)), ("operator", json!(operator))]
        }
        EventKind::Disbanded { open_conversation_id, operator } => {
            vec![chat(open_conversation_id), ("operator", json!(operator))]
        }
        EventKind::OwnerChanged { open_conversation_id, owner } => {
            vec![chat(open_conversation_id), ("owner", json!(owner))]
        }
        EventKind::MembersAdded { open_conversation_id, user_ids }
        | EventKind::MembersRemoved { open_conversation_id, user_ids } => {
            vec![chat(open_conversation_id), ("userId", json!(user_ids))]
        }
        EventKind::MemberQuit { open_conversation_id, user_id } => {
            vec![chat(open_conversation_id), ("operator", json!(user_id))]
        }
        EventKind::UserLeft { user_ids } => vec![("userId", json!(user_ids))],
    }
}
