use super::{Bench, with};
use crate::dingtalk::{Content, Place, Switches};
use crate::seed::{self, CLIENT_ID, COOL_APP_CODE};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const GROUP: &str = "/v1.0/robot/groupMessages/send";
const PEOPLE: &str = "/v1.0/robot/oToMessages/batchSend";

fn text(content: &str) -> String {
    json!({ "content": content }).to_string()
}

fn to_group(chat_id: &str) -> Value {
    json!({
        "robotCode": CLIENT_ID, "coolAppCode": COOL_APP_CODE, "openConversationId": chat_id, "msgKey": "sampleText",
        "msgParam": text("hello"),
    })
}

#[tokio::test]
async fn a_message_reaches_the_group() {
    let bench = Bench::start().await;
    let chat_id = bench.installed_chat().await;
    assert!(chat_id.contains('+') && chat_id.contains('/') && chat_id.ends_with("=="));
    let (status, answer) = bench.post(GROUP, &to_group(&chat_id)).await;
    assert_eq!(status, 200, "{answer}");
    let messages = bench.sim.dingtalk.messages(&Place::Chat(chat_id));
    assert_eq!(messages.len(), 2, "the platform's own line about the installation, and ours");
    assert_eq!(messages[1].key, answer["processQueryKey"].as_str().unwrap());
    let content = Content::Robot { msg_key: "sampleText".into(), msg_param: json!({ "content": "hello" }) };
    assert_eq!(messages[1].content, content);
}

#[tokio::test]
async fn group_messages_are_refused_by_parameter() {
    let bench = Bench::start().await;
    let good = to_group(&bench.installed_chat().await);
    let long = text(&"x".repeat(15_000));
    let card = json!({ "title": "t", "text": "x", "singleTitle": "s" }).to_string();
    let cases = [
        (json!({ "robotCode": null }), "invalidParameter.robotCode.missing"),
        (json!({ "robotCode": "" }), "invalidParameter.robotCode.empty"),
        (json!({ "robotCode": 5 }), "invalidParameter.robotCode.invalid"),
        (json!({ "robotCode": "other" }), "invalidParameter.robotCode.notExsit"),
        (json!({ "msgKey": null }), "invalidParameter.msgKey.empty"),
        (json!({ "msgKey": "text" }), "invalidParameter.msgKey.invalid"),
        (json!({ "msgParam": { "content": "object" } }), "invalidParameter.msgParam.invalid"),
        (json!({ "msgParam": "not json" }), "invalidParameter.msgParam.invalid"),
        (json!({ "msgParam": r#"{"content":5}"# }), "invalidParameter.msgParam.invalid"),
        (json!({ "msgKey": "sampleActionCard", "msgParam": card }), "invalidParameter.msgParam.invalid"),
        (json!({ "msgParam": long }), "invalidParameter.msgParam.tooLong"),
        (json!({ "openConversationId": null }), "miss.openConversationId"),
        (json!({ "openConversationId": "cid" }), "invalid.openConversationId"),
        (json!({ "coolAppCode": null }), "invalidParameter.robotCode.coolApp"),
        (json!({ "coolAppCode": "COOLAPP-2" }), "invalidParameter.robotCode.coolApp"),
    ];
    let cases = cases.map(|(changes, code)| (with(&good, changes), code));
    bench.refuses(Method::POST, GROUP, &cases).await;
}

#[tokio::test]
async fn group_messages_are_refused_by_the_state_of_the_group() {
    let bench = Bench::start().await;
    let title = seed::GROUPS[1].title;
    let elsewhere = bench.sim.dingtalk.chat(title).unwrap().id;
    let without_code = with(&to_group(&elsewhere), json!({ "coolAppCode": null }));
    let cases = [
        (to_group(&elsewhere), "invalidParameter.robotCode.coolApp"),
        (without_code, "invalidParameter.robotCode.notExsit"),
    ];
    bench.refuses(Method::POST, GROUP, &cases).await;
    let chat_id = bench.installed_chat().await;
    for _ in 0..20 {
        assert_eq!(bench.post(GROUP, &to_group(&chat_id)).await.0, 200);
    }
    bench.refuses(Method::POST, GROUP, &[(to_group(&chat_id), "send.too.fast")]).await;
    bench.clock.advance(Duration::from_secs(60));
    assert_eq!(bench.post(GROUP, &to_group(&chat_id)).await.0, 200);
    bench.sim.dingtalk.disband_chat(&chat_id, seed::GROUPS[0].owner).await.unwrap();
    bench.refuses(Method::POST, GROUP, &[(to_group(&chat_id), "group.disbanded")]).await;
}

#[tokio::test]
async fn messages_to_people_name_whom_they_did_not_reach() {
    let bench = Bench::start().await;
    let flow_controlled = ["wang.fang".to_owned()].into();
    bench.sim.dingtalk.set_switches(Switches { flow_controlled, ..Switches::default() });
    bench.sim.dingtalk.set_visible(Some(&["alice", "wang.fang"]));
    let body = json!({
        "robotCode": CLIENT_ID, "userIds": ["alice", "nobody", "li.na", "wang.fang"], "msgKey": "sampleMarkdown",
        "msgParam": json!({ "title": "t", "text": "x" }).to_string(),
    });
    let (status, answer) = bench.post(PEOPLE, &body).await;
    assert_eq!(status, 200);
    assert_eq!(answer["invalidStaffIdList"], json!(["li.na", "nobody"]));
    assert_eq!(answer["flowControlledStaffIdList"], json!(["wang.fang"]));
    assert_eq!(bench.sim.dingtalk.messages(&Place::Person("alice".into())).len(), 1);
    let many: Vec<String> = (0..21).map(|n| format!("user{n}")).collect();
    let cases = [
        (with(&body, json!({ "userIds": null })), "invalidParameter.userIds.empty"),
        (with(&body, json!({ "userIds": [] })), "invalidParameter.userIds.empty"),
        (with(&body, json!({ "userIds": "alice" })), "invalidParameter.userIds.empty"),
        (with(&body, json!({ "userIds": many })), "invalidParameter.userIds.overMax"),
        (with(&body, json!({ "robotCode": seed::WAR_ROOM_BOT_ID })), "chatbotId.notAllow.sendOTO"),
    ];
    bench.refuses(Method::POST, PEOPLE, &cases).await;
}

#[tokio::test]
async fn a_groups_robots_are_told() {
    let bench = Bench::start().await;
    let path = "/v1.0/robot/groups/robots/query";
    let chat_id = bench.installed_chat().await;
    let (_, answer) = bench.post(path, &json!({ "openConversationId": chat_id })).await;
    assert_eq!(answer["chatbotInstanceVOList"][0]["robotCode"], CLIENT_ID);
    bench.sim.dingtalk.uninstall_cool_app(&chat_id, seed::GROUPS[0].owner).await.unwrap();
    let (_, answer) = bench.post(path, &json!({ "openConversationId": chat_id })).await;
    assert_eq!(answer["chatbotInstanceVOList"], json!([]));
    let unknown = json!({ "openConversationId": "x" });
    bench.refuses(Method::POST, path, &[(unknown, "illegal.openconevrsation.id")]).await;
}
