//! Event pushes that failed for good (section 2.7).

use crate::fields::Fields;
use crate::{Call, Client, DingTalkError};
use serde_json::{Map, Value, json};

/// Most entries the platform gives in one answer.
pub const FAILED_EVENTS_MAX: usize = 200;

/// A page of the failed list. The platform has forgotten these entries: whoever reads them must keep them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FailedEvents {
    /// Each as the text that was to be pushed, for [`crate::event::decode`]. What could not be understood is kept as it
    /// came.
    pub texts: Vec<String>,
    /// Whether there are further ones.
    pub more: bool,
}

impl Client {
    /// Takes pushes from the failed list, where each appears some minutes after its last try. Reading removes (2.7), so
    /// an answer that is lost takes its entries with it.
    ///
    /// # Errors
    /// `Unclear` when entries may have been lost.
    pub async fn take_failed_events(&self) -> Result<FailedEvents, DingTalkError> {
        let answer = self.call(&Call::FAILED_EVENTS, &json!({})).await?;
        let fields = answer.fields();
        let entries = fields.value("failed_list").and_then(Value::as_array);
        Ok(FailedEvents {
            texts: entries.into_iter().flatten().map(text_of).collect(),
            more: fields.truth("has_more").unwrap_or(false),
        })
    }
}

/// The entry in the shape of a push: its data beside `EventType` and `EventTime`. The data stand under the type's own
/// name or under a common one, so whatever object is there counts.
fn text_of(entry: &Value) -> String {
    let event = || {
        let fields = Fields::of(entry)?;
        let kind = fields.text("call_back_tag")?;
        let data = std::iter::once(kind.as_str()).chain(DATA).find_map(|name| fields.value(name)?.as_object());
        let data = data.or_else(|| entry.as_object()?.values().find_map(Value::as_object));
        let mut event: Map<String, Value> = data.cloned().unwrap_or_default();
        event.retain(|name, _| !name.eq_ignore_ascii_case("EventType") && !name.eq_ignore_ascii_case("EventTime"));
        event.insert("EventType".into(), json!(kind));
        event.insert("EventTime".into(), json!(fields.number("event_time").unwrap_or_default()));
        Some(Value::Object(event))
    };
    event().unwrap_or_else(|| entry.clone()).to_string()
}

/// Where data stand that are not under their type's name.
const DATA: [&str; 3] = ["callbackData", "bpmsCallBackData", "roleLabelChange"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventError, EventKind, decode};
    use world::Millis;

    #[test]
    fn entries_read_like_pushes() {
        let left = r#"{"call_back_tag":"user_leave_org","event_time":1606126433000,"user_leave_org":{"userid":["zhangsan"],"corpid":"ding1"}}"#;
        let event = decode(&text_of(&serde_json::from_str(left).unwrap())).unwrap();
        assert_eq!(event.kind, EventKind::UserLeft { user_ids: vec!["zhangsan".into()] });
        assert_eq!(
            (event.at, event.corp_id.as_deref(), event.id),
            (Some(Millis(1_606_126_433_000)), Some("ding1"), None)
        );
        for data in ["callbackData", "CallbackData", "somethingNew"] {
            let gone = json!({"call_back_tag": "chat_disband", "event_time": "7",
                data: {"openconversationid": "cid1", "timestamp": 5, "eventtype": "chat_disband"}});
            let event = decode(&text_of(&gone)).unwrap();
            let kind = EventKind::Disbanded { open_conversation_id: "cid1".into(), operator: None };
            assert_eq!((event.kind, event.at), (kind, Some(Millis(5))), "{data}");
        }
    }

    #[test]
    fn what_is_no_entry_is_kept_as_it_came() {
        for entry in [json!(null), json!([1]), json!("x"), json!({"event_time": 1}), json!({"call_back_tag": {}})] {
            let text = text_of(&entry);
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), entry);
            assert!(matches!(decode(&text), Err(EventError::NotObject | EventError::Lacks("EventType"))), "{text}");
        }
        assert_eq!(decode(&text_of(&json!({"call_back_tag": "x"}))).unwrap().kind, EventKind::Unknown);
    }
}
