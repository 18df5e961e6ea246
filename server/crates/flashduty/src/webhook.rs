//! What Flashduty sends to us: incident webhooks and custom actions (reference 8.1, 8.3).

use crate::{Incident, Person, person, wire};
use serde_json::{Map, Value};
use world::Millis;

/// Something that happened to an incident, with the incident's whole state after it. The timeline's detail (the text of
/// a comment, say) is not in it: [`Client::feed_of_kinds`](crate::Client::feed_of_kinds) tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Webhook {
    /// Opaque; the same when Flashduty sends twice.
    pub event_id: String,
    /// When it happened; the incident's last change where the body does not say. What is older than the last one
    /// applied to the same incident is out of date.
    pub event_at: Millis,
    /// `i_new`, `i_ack`, …, `i_custom`; unknown ones will come. May be empty.
    pub event_type: String,
    /// Who did it; nobody when it happened by itself.
    pub person: Option<Person>,
    /// The incident as it is now.
    pub incident: Incident,
}

/// Why a body is not a webhook of Flashduty's. Never holds anything of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// Not a JSON object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// A field without which the body is of no use. In Flashduty this comes from a custom body in the webhook's settings.
    #[error("the body has no {0}; leave \"custom body\" off in the webhook's settings")]
    Missing(&'static str),
    /// An identifier no Flashduty makes.
    #[error("{0} in the body is not an identifier")]
    Malformed(&'static str),
}

/// Reads a body. The caller limits its length.
pub fn decode(body: &[u8]) -> Result<Webhook, WebhookError> {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(body) else { return Err(WebhookError::NotAnObject) };
    let Some(Value::Object(incident)) = body.remove("incident") else { return Err(WebhookError::Missing("incident")) };

    let event_id = identifier(&body, &incident, "event_id")?;
    let event_time = either(&body, &incident, "event_time").cloned().unwrap_or_default();
    let event_type = either(&body, &incident, "event_type").map(wire::text_of).unwrap_or_default();
    let incident_id = identifier(&Map::new(), &incident, "incident_id")?;
    let incident: Incident =
        serde_json::from_value(Value::Object(incident)).map_err(|_| WebhookError::Malformed("incident"))?;

    let event_at = wire::millis(event_time).unwrap_or_default().or(incident.updated_at).unwrap_or_default();
    let person = person::optional(body.remove("person").unwrap_or_default()).unwrap_or_default();
    Ok(Webhook { event_id, event_at, event_type, person, incident: Incident { incident_id, ..incident } })
}

/// Custom actions have some fields of the envelope inside the incident.
fn either<'a>(body: &'a Map<String, Value>, incident: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let told = |value: &&Value| !value.is_null() && value.as_str() != Some("");
    body.get(name).filter(told).or_else(|| incident.get(name).filter(told))
}

/// Identifiers become keys and parts of addresses, so they have to look like some.
fn identifier(
    body: &Map<String, Value>,
    incident: &Map<String, Value>,
    name: &'static str,
) -> Result<String, WebhookError> {
    let id = either(body, incident, name).map(wire::text_of).ok_or(WebhookError::Missing(name))?;
    let fits = (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fits { Ok(id) } else { Err(WebhookError::Malformed(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Progress;
    use serde_json::json;

    fn changed(change: impl FnOnce(&mut Value)) -> Result<Webhook, WebhookError> {
        let mut body = serde_json::from_str(include_str!("fixtures/webhook_i_new.json")).unwrap();
        change(&mut body);
        decode(body.to_string().as_bytes())
    }

    #[test]
    fn the_documented_webhook() {
        let webhook = changed(|_| {}).unwrap();
        assert_eq!(webhook.event_id, "fac0599a2a25529ba2362c0c184b6cfb");
        assert_eq!(webhook.event_at, Millis(1_689_335_086_948));
        assert_eq!(webhook.event_type, "i_new");
        assert_eq!(webhook.person.map(|person| person.person_id), Some(1_552_048_792_504));
        let incident = webhook.incident;
        assert_eq!((incident.incident_id.as_str(), incident.num.as_str()), ("64b1352e376e32c85c56e25b", "56E25B"));
        assert_eq!((incident.progress, incident.account_id), (Progress::Triggered, 74_058_170_041_504));
        assert_eq!(incident.labels["check"], "cpu idle low");
        assert_eq!(incident.assigned_to.unwrap().rule(), Some("64abb8a687e7984845822139"));
        assert_eq!(incident.responders[0].name, "Toby");
    }

    #[test]
    fn a_custom_action_has_its_event_id_inside_the_incident() {
        let webhook = decode(include_bytes!("fixtures/webhook_i_custom.json")).unwrap();
        assert_eq!(
            (webhook.event_id.as_str(), webhook.event_type.as_str()),
            ("9be67fd4fa205b38bd6c5d4c7ba4d2e0", "i_custom")
        );
        assert_eq!(webhook.event_at, Millis(1_689_335_090_000));
    }

    #[test]
    fn refusals_name_the_field() {
        for (change, error) in [
            (json!({"event_id": null}), WebhookError::Missing("event_id")),
            (json!({"event_id": "a b"}), WebhookError::Malformed("event_id")),
            (json!({"event_id": {}}), WebhookError::Malformed("event_id")),
            (json!({"event_id": "x".repeat(65)}), WebhookError::Malformed("event_id")),
            (json!({"incident": null}), WebhookError::Missing("incident")),
            (json!({"incident": [1]}), WebhookError::Missing("incident")),
            (json!({"incident": {}}), WebhookError::Missing("incident_id")),
            (json!({"incident": {"incident_id": "../x"}}), WebhookError::Malformed("incident_id")),
        ] {
            let result = changed(|body| {
                for (name, value) in change.as_object().unwrap() {
                    body[name] = value.clone();
                }
            });
            assert_eq!(result, Err(error), "{change}");
        }
        for body in ["", "null", "[]", "\"text\"", "{\"event_id\":", "<html>", "\u{feff}{}"] {
            assert_eq!(decode(body.as_bytes()), Err(WebhookError::NotAnObject), "{body}");
        }
        assert_eq!(decode(&[0xff, 0xfe]), Err(WebhookError::NotAnObject));
        assert_eq!(decode("{\"a\":".repeat(100_000).as_bytes()), Err(WebhookError::NotAnObject));
    }

    #[test]
    fn unknown_kinds_and_missing_parts_are_taken() {
        let webhook = changed(|body| {
            body["event_type"] = json!("i_brand_new");
            body["event_time"] = json!(null);
            body["person"] = json!({});
            body["incident"]["labels"] = json!(null);
        })
        .unwrap();
        assert_eq!((webhook.event_type.as_str(), webhook.person), ("i_brand_new", None));
        assert_eq!(webhook.event_at, Millis(1_689_335_086_000));
    }
}
