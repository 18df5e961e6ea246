//! Reading queries, forms and JSON bodies with suspicion.

use super::gate::Call;
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A query or form as names and values; of equal names the last counts.
pub fn decode(text: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// The body of a call to the new host: a JSON object said to be JSON; `{}` when empty.
pub fn json_body(call: &Call) -> Option<Map<String, Value>> {
    if call.body.is_empty() {
        return Some(Map::new());
    }
    if !is_type(call, "application/json") {
        return None;
    }
    serde_json::from_slice(&call.body).ok()
}

/// The body of a call to the old host: a JSON object or a form; `{}` when empty.
pub fn json_or_form_body(call: &Call) -> Option<Map<String, Value>> {
    if is_form(call) {
        let text = std::str::from_utf8(&call.body).ok()?;
        return Some(decode(text).into_iter().map(|(name, value)| (name, Value::from(value))).collect());
    }
    json_body(call)
}

/// Whether the body is a form.
pub fn is_form(call: &Call) -> bool {
    is_type(call, "application/x-www-form-urlencoded")
}

/// The Client ID that a token call gives, wherever it stands.
pub fn claimed_app(call: &Call) -> String {
    let body = json_body(call).unwrap_or_default();
    ["appKey", "client_id", "clientId"]
        .iter()
        .find_map(|name| text(&body, name))
        .or_else(|| call.query.get("appkey").map(String::as_str))
        .unwrap_or_default()
        .to_owned()
}

/// A text that is there and not empty.
pub fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    body.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// A list of texts; `None` when it is not one.
pub fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

/// A member that is an object.
pub fn object<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Map<String, Value>> {
    body.get(name)?.as_object()
}

/// Whether a member is there and not null.
pub fn given(body: &Map<String, Value>, name: &str) -> bool {
    body.get(name).is_some_and(|value| !value.is_null())
}

fn is_type(call: &Call, wanted: &str) -> bool {
    let value = call.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}
