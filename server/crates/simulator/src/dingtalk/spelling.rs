//! How an event is written down (dingtalk.md, 3.1–3.5).

use super::state::{Spelling, Switches};
use serde_json::{Map, Value, json};
use world::{Millis, World};

/// An event before it is written: its type and its own fields in lowerCamel.
#[derive(Clone, Debug)]
pub struct Event {
    /// `EventType`.
    pub kind: String,
    /// CorpId.
    pub corp_id: String,
    /// Fields besides the envelope.
    pub fields: Map<String, Value>,
}

impl Event {
    /// An event of this type with these fields (a JSON object).
    pub fn new(kind: &str, corp_id: &str, fields: Value) -> Self {
        let fields = fields.as_object().cloned().unwrap_or_default();
        Self { kind: kind.to_owned(), corp_id: corp_id.to_owned(), fields }
    }

    /// Whether it counts against the month's pushes: events about people and the organization do not.
    pub fn counted(&self) -> bool {
        !["user_", "org_", "label_"].iter().any(|prefix| self.kind.starts_with(prefix)) && self.kind != "check_url"
    }

    /// The text that is encrypted.
    pub fn written(&self, event_id: &str, at: Millis, switches: &Switches) -> String {
        let mut body = Map::new();
        match switches.spelling {
            Spelling::Current => {
                body.extend(self.fields.clone());
                body.extend(self.envelope(at));
            }
            Spelling::Pascal => {
                // The older envelope has neither time nor BizId.
                body.extend(self.fields.iter().map(|(name, value)| (pascal(name), number_as_text(value))));
                body.insert("EventType".into(), json!(self.kind));
                body.insert("CorpId".into(), json!(self.corp_id));
            }
            Spelling::Lower => {
                let all = self.fields.clone().into_iter().chain(self.envelope(at));
                body.extend(all.map(|(name, value)| (name.to_lowercase(), value)));
            }
        }
        if !switches.omit_event_id {
            let name = if switches.spelling == Spelling::Lower { "eventid" } else { "eventId" };
            body.insert(name.into(), json!(event_id));
        }
        Value::Object(body).to_string()
    }

    /// As an entry of the failed list (2.7): names in lower case; people's and organization's data under the type's
    /// name, the rest under `callbackData`.
    pub fn as_failed(&self, at: Millis) -> Value {
        let mut data: Map<String, Value> =
            self.fields.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
        data.insert("corpid".into(), json!(self.corp_id));
        let key = if self.counted() { "callbackData" } else { self.kind.as_str() };
        json!({ "call_back_tag": self.kind, "event_time": at.0, key: data })
    }

    fn envelope(&self, at: Millis) -> Map<String, Value> {
        let mut envelope = Map::new();
        envelope.insert("EventType".into(), json!(self.kind));
        envelope.insert("EventTime".into(), json!(at.0));
        envelope.insert("CorpId".into(), json!(self.corp_id));
        envelope.insert("BizId".into(), json!(format!("{}-{}", self.kind, at.0)));
        envelope
    }
}

/// A new eventId: 32 hex digits.
pub fn event_id(world: &World) -> String {
    world.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn pascal(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn number_as_text(value: &Value) -> Value {
    if value.is_number() { json!(value.to_string()) } else { value.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_spellings_and_the_failed_list() {
        let event = Event::new("chat_update_title", "ding1", json!({"title": "t", "timeStamp": 5, "corpId": "ding1"}));
        let written = |spelling, omit_event_id| {
            let switches = Switches { spelling, omit_event_id, ..Switches::default() };
            serde_json::from_str::<Value>(&event.written("e1", Millis(7), &switches)).unwrap()
        };
        assert_eq!(
            written(Spelling::Current, false),
            json!({"EventType": "chat_update_title", "EventTime": 7, "CorpId": "ding1", "corpId": "ding1",
                "BizId": "chat_update_title-7", "eventId": "e1", "title": "t", "timeStamp": 5})
        );
        assert_eq!(
            written(Spelling::Pascal, true),
            json!({"EventType": "chat_update_title", "CorpId": "ding1", "Title": "t", "TimeStamp": "5"})
        );
        assert_eq!(written(Spelling::Lower, false)["eventtype"], "chat_update_title");
        assert_eq!(event.as_failed(Millis(7))["callbackData"]["timestamp"], 5);
        let leave = Event::new("user_leave_org", "ding1", json!({"userId": ["u"]}));
        assert_eq!(leave.as_failed(Millis(7))["user_leave_org"]["userid"], json!(["u"]));
    }
}
