//! Reading what an escalation rule sends in the format of a group's robot. Bytes that begin with `!` are a text around a
//! link to an incident, sent in every type of message.

use super::assert_storable;
use flashduty::robot::{self, RobotError, RobotMessage};
use serde_json::json;

const ID: &str = "69da451ef77b1b51f40e83ee";

/// A message that is understood says something, is of a bounded size and can be stored; a link to an incident is found in
/// every type of message, whatever stands around it.
pub fn property(data: &[u8]) {
    if let Some(around) = data.strip_prefix(b"!") {
        found(&String::from_utf8_lossy(around));
        return;
    }
    match robot::decode(data) {
        Ok(message) => bounded(&message),
        Err(error) => assert!(matches!(
            error,
            RobotError::NotAnObject
                | RobotError::UnknownType
                | RobotError::Missing("text" | "markdown" | "link" | "actionCard" | "feedCard" | "content" | "links")
        )),
    }
}

fn bounded(message: &RobotMessage) {
    assert!(!message.text.trim().is_empty() && message.text.len() <= 20_000 && message.title.len() <= 1_000);
    assert!(message.links.len() <= 50 && message.links.iter().all(|link| (1..=2_000).contains(&link.len())));
    assert!(message.at_mobiles.len() <= 100 && message.at_user_ids.len() <= 100);
    assert!(message.at_mobiles.iter().all(|mobile| mobile.chars().filter(char::is_ascii_digit).count() >= 5));
    assert!(message.at_user_ids.iter().all(|id| (1..=64).contains(&id.len())));
    let all = [&message.title, &message.text].into_iter().chain(&message.links);
    for text in all.chain(&message.at_mobiles).chain(&message.at_user_ids) {
        assert_storable(text);
    }
    let hexadecimal = |text: &str| text.bytes().all(|digit| digit.is_ascii_hexdigit());
    assert!(message.incident_id().is_none_or(|id| id.len() == 24 && hexadecimal(&id) && id == id.to_lowercase()));
    assert!(message.incident_num().is_none_or(|num| num.len() == 6 && hexadecimal(&num) && num == num.to_uppercase()));
}

fn found(around: &str) {
    // Longer than what is kept, the link would be cut off.
    let around: String = around.chars().take(4_000).collect();
    let link = format!("https://console.example/incident/detail/{ID}");
    let says = format!("{around} [x]({link})");
    let inside = format!("dingtalk://dingtalkclient/page/link?url={}", link.replace(':', "%3A").replace('/', "%2F"));
    let bodies = [
        json!({"msgtype": "text", "text": {"content": format!("{around} {link} {around}")}}),
        json!({"msgtype": "markdown", "markdown": {"title": around, "text": says}}),
        json!({"msgtype": "link", "link": {"title": around, "text": "x", "messageUrl": link}}),
        json!({"msgtype": "actionCard", "actionCard": {"title": around, "text": "x", "singleURL": inside}}),
        json!({"msgtype": "actionCard", "actionCard": {"text": "x", "btns": [{"title": around, "actionURL": link}]}}),
        json!({"msgtype": "feedCard", "feedCard": {"links": [{"title": "t", "messageURL": link, "picURL": around}]}}),
    ];
    // Its own links come before ours.
    let names_another = around.to_ascii_lowercase().contains("incident") || around.contains('%');
    for body in bodies {
        let message = robot::decode(body.to_string().as_bytes()).expect("it says something");
        bounded(&message);
        let id = message.incident_id();
        if names_another { assert!(id.is_some(), "{body}") } else { assert_eq!(id.as_deref(), Some(ID), "{body}") }
    }
}
