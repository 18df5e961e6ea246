//! Decoding a pressed card button. Bytes that begin with `!` are the content of an otherwise sound click.

use super::{assert_identifier, assert_storable};
use dingtalk::click::{self, BODY_BYTES_MAX, Click, ClickError, ClickKind};
use serde_json::json;

/// A click that is understood names card, company and person, can be stored, and is the same again when it is written as
/// documented, with its content as text or as an object. A content that makes no sense is a click without a button.
pub fn property(data: &[u8]) {
    let whole = data.strip_prefix(b"!").map(|content| {
        let content = String::from_utf8_lossy(content);
        json!({"outTrackId": "t", "corpId": "c", "userId": "u", "content": content}).to_string().into_bytes()
    });
    let body = whole.as_deref().unwrap_or(data);
    let click = match click::decode(body) {
        Ok(click) => click,
        Err(error) => {
            assert!(whole.is_none() || body.len() > BODY_BYTES_MAX, "the content cannot spoil a click: {error:?}");
            assert!(matches!(error, ClickError::NotObject | ClickError::Lacks("outTrackId" | "corpId" | "userId")));
            return;
        }
    };
    for id in [&click.out_track_id, &click.corp_id, &click.user_id].into_iter().chain(&click.space_id) {
        assert_identifier(id);
    }
    for text in click.action_ids.iter().chain(click.params.iter().flat_map(|(name, value)| [name, value])) {
        assert_storable(text);
    }
    for as_text in [true, false] {
        let again = written(&click, as_text);
        if again.len() <= BODY_BYTES_MAX {
            assert_eq!(click::decode(again.as_bytes()).as_ref(), Ok(&click), "{again}");
        }
    }
}

fn written(click: &Click, content_as_text: bool) -> String {
    let kind = match &click.kind {
        ClickKind::Action => "actionCallback",
        ClickKind::DynamicData => "dynamicDataCallback",
        ClickKind::Other(other) => other,
    };
    let content = json!({"cardPrivateData": {"actionIds": click.action_ids, "params": click.params}});
    json!({
        "type": kind,
        "outTrackId": click.out_track_id,
        "corpId": click.corp_id,
        "userId": click.user_id,
        "spaceId": click.space_id,
        "content": if content_as_text { json!(content.to_string()) } else { content },
    })
    .to_string()
}
