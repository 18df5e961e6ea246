//! What a work notice may look like (dingtalk.md, 9.4).

use super::task::StatusBar;
use super::wrong;
use crate::dingtalk::answer::OldError;
use serde_json::{Map, Value};

/// The largest message, in bytes.
const MESSAGE_BYTES_MAX: usize = 2048;
/// The longest markdown text, in characters.
const MARKDOWN_MAX: usize = 5_000;
/// The longest title of an action card, in characters.
const TITLE_MAX: usize = 20;
/// The longest link of an action card with one button, in characters.
const SINGLE_URL_MAX: usize = 500;
/// The longest link of one of several buttons, in characters.
const BUTTON_URL_MAX: usize = 700;

/// Members that hold no text of the message: links, pictures, colours and the head, which names the app.
const NO_TEXT: [&str; 14] = [
    "message_url",
    "pc_message_url",
    "messageUrl",
    "picUrl",
    "single_url",
    "action_url",
    "status_bar",
    "head",
    "bgcolor",
    "image",
    "file_count",
    "btn_orientation",
    "msgtype",
    "duration",
];

type Fields = Map<String, Value>;

/// Refuses what is no message of the documented kinds.
pub fn check(msg: &Value) -> Result<(), OldError> {
    if msg.to_string().len() > MESSAGE_BYTES_MAX {
        return Err(wrong("不合法的参数：msg超过2048字节"));
    }
    let kind = msg.get("msgtype").and_then(Value::as_str).ok_or_else(|| wrong("缺少参数 msg.msgtype"))?;
    let fields = msg.get(kind).and_then(Value::as_object).ok_or_else(|| wrong(format!("缺少参数 msg.{kind}")))?;
    match kind {
        "text" => text(fields, "content", usize::MAX).map(drop),
        "markdown" => {
            text(fields, "title", usize::MAX)?;
            text(fields, "text", MARKDOWN_MAX).map(drop)
        }
        "link" => {
            for name in ["messageUrl", "title", "text"] {
                text(fields, name, usize::MAX)?;
            }
            // As with the robot's links, a link may come without a picture, but not without saying so.
            if fields.get("picUrl").is_some_and(Value::is_string) { Ok(()) } else { Err(missing("picUrl")) }
        }
        "action_card" => action_card(fields),
        "oa" => oa(fields),
        "image" | "file" => text(fields, "media_id", usize::MAX).map(drop),
        "voice" => {
            text(fields, "media_id", usize::MAX)?;
            text(fields, "duration", usize::MAX).map(drop)
        }
        _ => Err(wrong("不合法的消息类型")),
    }
}

/// The status bar of an OA message, if it has one.
pub fn status_bar(msg: &Value) -> Result<Option<StatusBar>, OldError> {
    match msg.get("oa").and_then(|oa| oa.get("status_bar")) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(bar)) => Ok(Some(StatusBar {
            value: text(bar, "status_value", usize::MAX)?.to_owned(),
            background: colour(text(bar, "status_bg", usize::MAX)?)?,
        })),
        Some(_) => Err(wrong("不合法的参数：status_bar")),
    }
}

/// A colour of the status bar, `0xAARRGGBB`.
pub fn colour(text: &str) -> Result<String, OldError> {
    let is_colour = text.strip_prefix("0x").is_some_and(is_eight_hex_digits);
    if is_colour { Ok(text.to_owned()) } else { Err(wrong("不合法的参数：status_bg应为0xAARRGGBB")) }
}

/// What a reader reads of a message: two messages with the same are the same to the daily limit.
pub fn text_of(msg: &Value) -> String {
    match msg {
        Value::Object(fields) => {
            let read = fields.iter().filter(|(name, _)| !NO_TEXT.contains(&name.as_str()));
            read.map(|(name, value)| format!("{name}:{}\n", text_of(value))).collect()
        }
        Value::Array(items) => items.iter().map(text_of).collect(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn action_card(fields: &Fields) -> Result<(), OldError> {
    text(fields, "title", TITLE_MAX)?;
    text(fields, "markdown", usize::MAX)?;
    let Some(buttons) = fields.get("btn_json_list").filter(|list| !list.is_null()) else {
        text(fields, "single_title", usize::MAX)?;
        return text(fields, "single_url", SINGLE_URL_MAX).map(drop);
    };
    if !["0", "1"].contains(&text(fields, "btn_orientation", usize::MAX)?) {
        return Err(wrong("不合法的参数：btn_orientation"));
    }
    let buttons = buttons.as_array().filter(|buttons| !buttons.is_empty());
    for button in buttons.ok_or_else(|| wrong("不合法的参数：btn_json_list"))? {
        let button = button.as_object().ok_or_else(|| wrong("不合法的参数：btn_json_list"))?;
        text(button, "title", usize::MAX)?;
        text(button, "action_url", BUTTON_URL_MAX)?;
    }
    Ok(())
}

fn oa(fields: &Fields) -> Result<(), OldError> {
    text(fields, "message_url", usize::MAX)?;
    optional(fields, &["pc_message_url"])?;
    let head = part(fields, "head")?.ok_or_else(|| missing("head"))?;
    if !is_eight_hex_digits(text(head, "bgcolor", usize::MAX)?) {
        return Err(wrong("不合法的参数：bgcolor应为8位十六进制"));
    }
    text(head, "text", usize::MAX)?;
    let body = part(fields, "body")?.ok_or_else(|| missing("body"))?;
    optional(body, &["title", "content", "image", "file_count", "author"])?;
    if let Some(rich) = part(body, "rich")? {
        optional(rich, &["num", "unit"])?;
    }
    match body.get("form") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Array(rows)) => rows.iter().try_for_each(|row| {
            let row = row.as_object().ok_or_else(|| wrong("不合法的参数：form"))?;
            optional(row, &["key", "value"])
        }),
        Some(_) => Err(wrong("不合法的参数：form")),
    }
}

/// A text that is there, not empty and not too long.
fn text<'a>(fields: &'a Fields, name: &str, longest: usize) -> Result<&'a str, OldError> {
    let found = fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let found = found.ok_or_else(|| missing(name))?;
    if found.chars().count() > longest { Err(wrong(format!("不合法的参数：{name}过长"))) } else { Ok(found) }
}

/// Members that are texts where they are there.
fn optional(fields: &Fields, names: &[&str]) -> Result<(), OldError> {
    let is_text = |name: &&str| fields.get(*name).is_none_or(|value| value.is_null() || value.is_string());
    match names.iter().find(|name| !is_text(name)) {
        None => Ok(()),
        Some(name) => Err(wrong(format!("不合法的参数：{name}不是字符串"))),
    }
}

fn part<'a>(fields: &'a Fields, name: &str) -> Result<Option<&'a Fields>, OldError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(part)) => Ok(Some(part)),
        Some(_) => Err(wrong(format!("不合法的参数：{name}"))),
    }
}

fn missing(name: &str) -> OldError {
    wrong(format!("缺少参数 {name}"))
}

fn is_eight_hex_digits(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_is_known_and_its_gaps_are_refused() {
        let card = |changes: Value| {
            let mut card = json!({ "title": "t", "markdown": "m", "single_title": "Open", "single_url": "http://h/" });
            card.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            json!({ "msgtype": "action_card", "action_card": card })
        };
        let oa = |oa: Value| json!({ "msgtype": "oa", "oa": oa });
        let head = json!({ "bgcolor": "FFBBBBBB", "text": "App" });
        let rows = json!([{ "key": "k", "value": "v" }]);
        let cases = [
            (json!({ "msgtype": "text", "text": { "content": "x" } }), true),
            (json!({ "msgtype": "text", "text": { "content": "" } }), false),
            (json!({ "msgtype": "text", "text": { "content": 5 } }), false),
            (json!({ "msgtype": "text", "text": { "content": "字".repeat(700) } }), false),
            (json!({ "msgtype": "text" }), false),
            (json!({ "text": { "content": "x" } }), false),
            (json!({ "msgtype": "markdown", "markdown": { "title": "t", "text": "x" } }), true),
            (json!({ "msgtype": "markdown", "markdown": { "text": "x" } }), false),
            (
                json!({ "msgtype": "link", "link": { "messageUrl": "u", "picUrl": "@m", "title": "t", "text": "x" } }),
                true,
            ),
            (json!({ "msgtype": "link", "link": { "messageUrl": "u", "title": "t", "text": "x" } }), false),
            (card(json!({})), true),
            (card(json!({ "title": "x".repeat(21) })), false),
            (card(json!({ "single_url": "x".repeat(501) })), false),
            (card(json!({ "btn_orientation": "1", "btn_json_list": [{ "title": "a", "action_url": "u" }] })), true),
            (card(json!({ "btn_orientation": 1, "btn_json_list": [{ "title": "a", "action_url": "u" }] })), false),
            (card(json!({ "btn_orientation": "1", "btn_json_list": [] })), false),
            (oa(json!({ "message_url": "u", "head": head, "body": { "title": "t", "form": rows } })), true),
            (oa(json!({ "message_url": "u", "head": { "bgcolor": "red", "text": "A" }, "body": {} })), false),
            (oa(json!({ "message_url": "u", "head": head, "body": { "rich": { "num": 3 } } })), false),
            (oa(json!({ "message_url": "u", "head": head })), false),
            (json!({ "msgtype": "image", "image": { "media_id": "@m" } }), true),
            (json!({ "msgtype": "voice", "voice": { "media_id": "@m" } }), false),
            (json!({ "msgtype": "poem", "poem": {} }), false),
            (json!("text"), false),
        ];
        for (msg, good) in cases {
            assert_eq!(check(&msg).is_ok(), good, "{msg}");
        }
    }

    #[test]
    fn links_and_colours_are_no_text() {
        let oa = |url: &str, title: &str, state: &str| {
            text_of(&json!({ "msgtype": "oa", "oa": { "message_url": url, "head": { "bgcolor": "FFBBBBBB" },
                "status_bar": { "status_value": state }, "body": { "title": title } } }))
        };
        assert_eq!(oa("u1", "t", "open"), oa("u2", "t", "closed"));
        assert_ne!(oa("u1", "t", "open"), oa("u1", "t 2", "open"));
    }
}
