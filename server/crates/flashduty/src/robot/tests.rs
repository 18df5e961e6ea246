use super::*;
use serde_json::json;

const ID: &str = "69da451ef77b1b51f40e83ee";

fn read(body: Value) -> Result<RobotMessage, RobotError> {
    decode(body.to_string().as_bytes())
}

fn markdown(title: &str, text: &str) -> RobotMessage {
    read(json!({"msgtype": "markdown", "markdown": {"title": title, "text": text}})).unwrap()
}

#[test]
fn the_message_of_a_level() {
    let text = format!("**INC #0E83EE CPU high**\n\n[详情](https://console.example/incident/detail/{ID}) @13800000001");
    let message = read(json!({
        "msgtype": "markdown",
        "markdown": {"title": "INC #0E83EE CPU high", "text": text},
        "at": {"atMobiles": ["13800000001", 13800000002_u64, "13800000001", "x", null, ""], "atUserIds": ["u1"], "isAtAll": false},
    }))
    .unwrap();
    assert_eq!((message.title.as_str(), message.text.as_str()), ("INC #0E83EE CPU high", text.as_str()));
    assert_eq!(message.incident_id().as_deref(), Some(ID));
    assert_eq!(message.incident_num().as_deref(), Some("0E83EE"));
    assert_eq!(message.at_mobiles, ["13800000001", "13800000002"]);
    assert_eq!((message.at_user_ids.as_slice(), message.at_all), (["u1".to_owned()].as_slice(), false));
}

#[test]
fn every_type_that_robots_take() {
    let link = format!("https://c.example/incident/detail/{ID}?ack=1");
    for body in [
        json!({"msgtype": "text", "text": {"content": format!("see {link}")}}),
        json!({"msgtype": "link", "link": {"title": "t", "text": "x", "messageUrl": link}}),
        json!({"msgtype": "actionCard", "actionCard": {"title": "t", "text": "x", "singleTitle": "o", "singleURL": link}}),
        json!({"msgtype": "actionCard", "actionCard": {"text": "x", "btns": [5, {"title": "o", "actionURL": link}]}}),
        json!({"msgtype": "feedCard", "feedCard": {"links": [{"title": "t", "messageURL": link, "picURL": ""}]}}),
    ] {
        let message = read(body.clone()).unwrap();
        assert_eq!(message.incident_id().as_deref(), Some(ID), "{body}");
        assert!(!message.text.is_empty(), "{body}");
    }
}

#[test]
fn incidents_in_links() {
    let inside =
        format!("dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fc.example%2Fincident%2Fdetail%2F{ID}%3Fack%3D1");
    for (text, found) in [
        (format!("[a](https://c.example/incident/detail/{ID}?ack=1)"), true),
        (format!("https://c.example/incident/detail/{}", ID.to_uppercase()), true),
        (format!("https://c.example/x?incident_id={ID}&y=1"), true),
        (inside, true),
        (format!("https://c.example/incident/detail/{ID}0"), false),
        (format!("https://c.example/incident/detail/{}", &ID[1..]), false),
        (format!("https://c.example/alert/detail/{ID}"), false),
        (ID.to_owned(), false),
        ("https://c.example/incident/detail/%E4%B8".to_owned(), false),
    ] {
        assert_eq!(markdown("", &text).incident_id().is_some(), found, "{text}");
    }
    let other = "69da451ef77b1b51f40e0000";
    let two = format!("/incident/detail/{other} and /incident/detail/{ID}");
    assert_eq!(markdown("INC #0E83EE x", &two).incident_id().as_deref(), Some(ID), "the title says which");
    assert_eq!(markdown("x", &two).incident_id().as_deref(), Some(other), "else the first");
}

#[test]
fn numbers_in_titles() {
    for (title, num) in [
        ("INC #0E83EE CPU", Some("0E83EE")),
        ("[REFIRE] inc#0e83ee", Some("0E83EE")),
        ("INC #0E83EEF", None),
        ("INC #0E83E", None),
        ("#0E83EE", None),
        ("color #FFFFFF", None),
        ("支付INC #0E83EE中", Some("0E83EE")),
        ("#", None),
        ("INC #", None),
    ] {
        assert_eq!(markdown(title, "x").incident_num().as_deref(), num, "{title}");
    }
}

#[test]
fn garbage_is_refused_and_never_quoted() {
    for (body, error) in [
        (json!({}), RobotError::UnknownType),
        (json!({"msgtype": "markdown"}), RobotError::Missing("markdown")),
        (json!({"msgtype": "markdown", "markdown": []}), RobotError::Missing("markdown")),
        (json!({"msgtype": "markdown", "markdown": {"title": "t"}}), RobotError::Missing("text")),
        (json!({"msgtype": "markdown", "markdown": {"text": " \n"}}), RobotError::Missing("text")),
        (json!({"msgtype": "markdown", "markdown": {"text": {"a": 1}}}), RobotError::Missing("text")),
        (json!({"msgtype": "text", "text": "x"}), RobotError::Missing("text")),
        (json!({"msgtype": "feedCard", "feedCard": {"links": "x"}}), RobotError::Missing("links")),
        (json!({"msgtype": "image", "image": {}}), RobotError::UnknownType),
        (json!({"msgtype": ["markdown"]}), RobotError::UnknownType),
    ] {
        assert_eq!(read(body.clone()), Err(error), "{body}");
    }
    for body in ["", "null", "[]", "\"text\"", "{\"msgtype\":", "<html>", "\u{feff}{}", "0"] {
        assert_eq!(decode(body.as_bytes()), Err(RobotError::NotAnObject), "{body}");
    }
    assert_eq!(decode(&[0xff, 0xfe]), Err(RobotError::NotAnObject));
    assert_eq!(decode("{\"a\":".repeat(100_000).as_bytes()), Err(RobotError::NotAnObject));
}

#[test]
fn everything_is_bounded() {
    let mobiles: Vec<String> = (0..5_000).map(|n| format!("138{n:08}")).collect();
    let buttons: Vec<Value> = (0..5_000).map(|n| json!({"actionURL": format!("https://x.example/{n}")})).collect();
    let message = read(json!({
        "msgtype": "actionCard",
        "actionCard": {"title": "字".repeat(50_000), "text": "🔥#".repeat(50_000), "btns": buttons, "singleURL": "u".repeat(9_000)},
        "at": {"atMobiles": mobiles, "atUserIds": ["u".repeat(65), {"a": 1}], "isAtAll": "true"},
    }))
    .unwrap();
    assert!(message.title.len() <= TITLE_BYTES_MAX && message.text.len() <= TEXT_BYTES_MAX);
    assert_eq!((message.links.len(), message.at_mobiles.len()), (LINKS_MAX, PEOPLE_MAX));
    assert!(message.at_user_ids.iter().all(|id| id.len() <= USER_ID_BYTES_MAX) && message.at_all);
    assert_eq!((message.incident_id(), message.incident_num()), (None, None));
}
