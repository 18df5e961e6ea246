//! A pressed card button (section 7.7).

use crate::fields::{Fields, storable};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::BTreeMap;
use world::Millis;

/// Largest request body read: the data of a whole card are 100 kB at most.
pub const BODY_BYTES_MAX: usize = 256 << 10;

/// Somebody pressed a button of a card, or a card asks for data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// What is asked.
    pub kind: ClickKind,
    /// Our id of the card.
    pub out_track_id: String,
    /// The company.
    pub corp_id: String,
    /// The employee.
    pub user_id: String,
    /// The group or person whose card it was, where the platform says so.
    pub space_id: Option<String>,
    /// Ids of the pressed buttons.
    pub action_ids: Vec<String>,
    /// What the template attached to the button, and what was typed into the card; other types as JSON text.
    pub params: BTreeMap<String, String>,
}

/// What a request to the card callback asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClickKind {
    /// A button was pressed; also where an old client does not say.
    Action,
    /// The card asks for its dynamic data.
    DynamicData,
    /// Something else.
    Other(String),
}

/// Why a body is no click.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClickError {
    /// Too large, or no JSON object.
    #[error("the click is not a JSON object")]
    NotObject,
    /// A field without which the click means nothing.
    #[error("the click lacks {0}")]
    Lacks(&'static str),
}

/// Why a signature is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// One of the two headers is absent or unreadable.
    #[error("the click is not signed")]
    Missing,
    /// The signed time is too far from now.
    #[error("the signature is of another time")]
    Stale,
    /// Not signed with our secret.
    #[error("the signature does not match")]
    Mismatch,
}

/// Reads a click. It is not encrypted, and the signature does not cover it: the caller has to check that company, card
/// and person are known.
///
/// # Errors
/// When it is no object, or lacks card, company or person.
pub fn decode(body: &[u8]) -> Result<Click, ClickError> {
    if body.len() > BODY_BYTES_MAX {
        return Err(ClickError::NotObject);
    }
    let value: Value = serde_json::from_slice(body).map_err(|_| ClickError::NotObject)?;
    let fields = Fields::of(&value).ok_or(ClickError::NotObject)?;
    let needed = |name: &'static str| fields.identifier(name).ok_or(ClickError::Lacks(name));
    let content = content(fields);
    let data = content.as_ref().and_then(Fields::of);
    let data = data.and_then(|data| data.object("cardPrivateData").or(Some(data)));
    Ok(Click {
        kind: match fields.text("type").as_deref() {
            None | Some("actionCallback") => ClickKind::Action,
            Some("dynamicDataCallback") => ClickKind::DynamicData,
            Some(other) => ClickKind::Other(other.to_owned()),
        },
        out_track_id: needed("outTrackId")?,
        corp_id: needed("corpId")?,
        user_id: needed("userId")?,
        space_id: fields.identifier("spaceId"),
        action_ids: data.map(|data| data.texts("actionIds")).unwrap_or_default(),
        params: data.and_then(|data| data.value("params")).map(params).unwrap_or_default(),
    })
}

/// `content`, or `value` in older clients; an object, or JSON as text.
fn content(fields: Fields<'_>) -> Option<Value> {
    ["content", "value"].iter().filter_map(|name| fields.value(name)).find_map(|value| match value {
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        object @ Value::Object(_) => Some(object.clone()),
        _ => None,
    })
}

fn params(value: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => storable(text),
        other => other.to_string(),
    };
    let entries = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    entries.map(|(name, value)| (storable(name), text(value))).collect()
}

/// Checks the headers `x-ddpaas-signature-timestamp` and `x-ddpaas-signature` against the secret that was registered.
/// They prove that DingTalk called within `window_ms` of `now`, and nothing about the body.
///
/// # Errors
/// The first check that failed.
pub fn verify(
    secret: &str,
    timestamp_header: Option<&str>,
    signature_header: Option<&str>,
    now: Millis,
    window_ms: i64,
) -> Result<(), SignatureError> {
    let timestamp = timestamp_header.ok_or(SignatureError::Missing)?;
    let signature = signature_header.ok_or(SignatureError::Missing)?;
    let sent: i64 = timestamp.trim().parse().map_err(|_| SignatureError::Missing)?;
    let signature = STANDARD.decode(signature.trim()).map_err(|_| SignatureError::Mismatch)?;
    // An empty secret would let everybody sign.
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok().filter(|_| !secret.is_empty());
    let mac = mac.ok_or(SignatureError::Mismatch)?.chain_update(timestamp.trim().as_bytes());
    mac.verify_slice(&signature).map_err(|_| SignatureError::Mismatch)?;
    if now.0.saturating_sub(sent).saturating_abs() > window_ms {
        return Err(SignatureError::Stale);
    }
    Ok(())
}

/// The answer to a click: what changes on the card. Variables that are not named stay as they are; nothing at all
/// means no change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// What everybody sees. Only the clicker is promised to see it at once: an update call has to follow.
    pub card_data: BTreeMap<String, String>,
    /// What the clicker alone sees.
    pub user_private_data: BTreeMap<String, String>,
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !(self.card_data.is_empty() && self.user_private_data.is_empty()) {
            let by_key = json!({ "updateCardDataByKey": true, "updatePrivateDataByKey": true });
            map.serialize_entry("cardUpdateOptions", &by_key)?;
        }
        if !self.card_data.is_empty() {
            map.serialize_entry("cardData", &json!({ "cardParamMap": self.card_data }))?;
        }
        if !self.user_private_data.is_empty() {
            map.serialize_entry("userPrivateData", &json!({ "cardParamMap": self.user_private_data }))?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTED: &str = r#"{"type":"actionCallback","outTrackId":"t1","corpId":"ding1","userId":"manager7675","userIdType":1,"spaceType":"IM_GROUP","spaceId":"cid1","extension":"{}","content":"{\"cardPrivateData\":{\"actionIds\":[\"ack\"],\"params\":{\"action\":\"ack\",\"minutes\":120,\"note\":\"\",\"input\":{\"a\":1},\"none\":null}}}"}"#;

    #[test]
    fn the_documented_click_is_read_in_all_its_forms() {
        let expected = decode(DOCUMENTED.as_bytes()).unwrap();
        assert_eq!(expected.kind, ClickKind::Action);
        assert_eq!((expected.out_track_id.as_str(), expected.corp_id.as_str()), ("t1", "ding1"));
        assert_eq!((expected.user_id.as_str(), expected.space_id.as_deref()), ("manager7675", Some("cid1")));
        assert_eq!(expected.action_ids, ["ack"]);
        let params: Vec<_> = expected.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(params, [("action", "ack"), ("input", r#"{"a":1}"#), ("minutes", "120"), ("note", "")]);

        let mut value: Value = serde_json::from_str(DOCUMENTED).unwrap();
        let content: Value = serde_json::from_str(value["content"].as_str().unwrap()).unwrap();
        value["content"] = content.clone();
        assert_eq!(decode(value.to_string().as_bytes()).unwrap(), expected, "content as an object");
        let old = value.as_object_mut().unwrap();
        old.remove("content");
        old.remove("type");
        old.insert("value".into(), json!(content.to_string()));
        assert_eq!(decode(value.to_string().as_bytes()).unwrap(), expected, "value, and no type");
    }

    #[test]
    fn what_is_no_click_is_said() {
        let table = [
            ("", ClickError::NotObject),
            ("7", ClickError::NotObject),
            (r#"{"corpId":"c","userId":"u"}"#, ClickError::Lacks("outTrackId")),
            (r#"{"outTrackId":"t","userId":"u","corpId":[]}"#, ClickError::Lacks("corpId")),
            (r#"{"outTrackId":"t","corpId":"c"}"#, ClickError::Lacks("userId")),
        ];
        for (body, error) in table {
            assert_eq!(decode(body.as_bytes()), Err(error), "{body}");
        }
        assert_eq!(decode(&vec![b' '; BODY_BYTES_MAX + 1]), Err(ClickError::NotObject));
        let empty =
            decode(br#"{"outTrackId":"t","corpId":"c","userId":"u","content":"{half","type":"dynamicDataCallback"}"#);
        let empty = empty.unwrap();
        assert_eq!((empty.kind, empty.action_ids.len(), empty.params.len()), (ClickKind::DynamicData, 0, 0));
    }

    #[test]
    fn the_answer_is_as_documented() {
        let map = |name: &str| BTreeMap::from([(name.to_owned(), "acked".to_owned())]);
        let both = Answer { card_data: map("status"), user_private_data: map("me") };
        assert_eq!(
            serde_json::to_value(&both).unwrap(),
            json!({
                "cardUpdateOptions": { "updateCardDataByKey": true, "updatePrivateDataByKey": true },
                "cardData": { "cardParamMap": { "status": "acked" } },
                "userPrivateData": { "cardParamMap": { "me": "acked" } },
            })
        );
        assert_eq!(serde_json::to_string(&Answer::default()).unwrap(), "{}");
    }

    #[test]
    fn a_signature_is_checked_for_secret_and_age() {
        let vectors: Value = serde_json::from_str(include_str!("fixtures/crypto-vectors.json")).unwrap();
        let card = |id: &str| vectors["hmac"].as_array().unwrap().iter().find(|vector| vector["id"] == id).unwrap();
        let check = |vector: &Value, now: i64| {
            let text = |name: &str| vector[name].as_str().unwrap();
            verify(text("secret"), Some(text("timestamp")), Some(text("signature")), Millis(now), 300_000)
        };
        let good = card("card-callback-signature");
        let sent = 1_790_000_000_000;
        assert_eq!(check(good, sent + 300_000), Ok(()));
        assert_eq!(check(good, sent - 300_000), Ok(()));
        assert_eq!(check(good, sent + 300_001), Err(SignatureError::Stale));
        assert_eq!(check(good, i64::MIN), Err(SignatureError::Stale));
        assert_eq!(check(card("card-callback-signature-negative"), sent), Err(SignatureError::Mismatch));

        let now = Millis(sent);
        let signature = good["signature"].as_str();
        let secret = good["secret"].as_str().unwrap();
        assert_eq!(verify(secret, None, signature, now, 1), Err(SignatureError::Missing));
        assert_eq!(verify(secret, Some("1790000000000"), None, now, 1), Err(SignatureError::Missing));
        assert_eq!(verify(secret, Some("soon"), signature, now, 1), Err(SignatureError::Missing));
        assert_eq!(verify(secret, Some("1790000000000"), Some("%%"), now, 1), Err(SignatureError::Mismatch));
        assert_eq!(verify("", Some("1790000000000"), signature, now, 1), Err(SignatureError::Mismatch));
    }
}
