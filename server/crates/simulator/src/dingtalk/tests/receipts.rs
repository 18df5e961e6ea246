use super::{Bench, read, with};
use crate::dingtalk::{Content, Place, Switches};
use crate::seed::{CLIENT_ID, COOL_APP_CODE, GROUPS, WAR_ROOM_BOT_ID};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const QUERY: &str = "/v1.0/robot/groupMessages/query";
const TEMPLATE_BOT: &str = "/topapi/im/chat/scencegroup/message/send_v2";

impl Bench {
    async fn to_people(&self, people: &[&str]) -> String {
        let body = json!({
            "robotCode": CLIENT_ID, "userIds": people, "msgKey": "sampleText", "msgParam": r#"{"content":"x"}"#,
        });
        let (_, answer) = self.post("/v1.0/robot/oToMessages/batchSend", &body).await;
        answer["processQueryKey"].as_str().unwrap().to_owned()
    }

    async fn read_status(&self, robot_code: &str, key: &str) -> (u16, Value) {
        self.clock.advance(Duration::from_millis(60));
        let request = self.http.get(format!("{}/v1.0/robot/oToMessages/readStatus", self.sim.dingtalk_url()));
        let request = request.query(&[("robotCode", robot_code), ("processQueryKey", key)]);
        read(request.header("x-acs-dingtalk-access-token", &self.token).send().await.unwrap()).await
    }
}

#[tokio::test]
async fn who_has_read_a_personal_message_is_told_for_a_day() {
    let mut bench = Bench::start().await;
    let key = bench.to_people(&["alice", "li.na"]).await;
    bench.sim.dingtalk.read_messages(&Place::Person("alice".into()), "alice");
    let (_, answer) = bench.read_status(CLIENT_ID, &key).await;
    assert_eq!(answer["sendStatus"], "SUCCESS");
    let states = json!([
        { "name": "Alice Brown", "userId": "alice", "readStatus": "READ" },
        { "name": "李娜", "userId": "li.na", "readStatus": "UNREAD" },
    ]);
    assert_eq!(answer["messageReadInfoList"], states);
    for (robot_code, key, code) in [
        (CLIENT_ID, "", "invalidParameter.processQueryKey.missing"),
        (CLIENT_ID, "x", "invalid.processQueryKey"),
        ("other", key.as_str(), "not.allowed.robotCode"),
    ] {
        assert_eq!(bench.read_status(robot_code, key).await.1["code"], code);
    }
    bench.clock.advance(Duration::from_secs(24 * 60 * 60));
    bench.renew_token().await;
    assert_eq!(bench.read_status(CLIENT_ID, &key).await.1["code"], "processQueryKey.expireTime");
}

#[tokio::test]
async fn a_recalled_message_leaves_no_trace() {
    let bench = Bench::start().await;
    let path = "/v1.0/robot/otoMessages/batchRecall";
    let key = bench.to_people(&["alice"]).await;
    let recall = |keys: Value| json!({ "robotCode": CLIENT_ID, "processQueryKeys": keys });
    let many: Vec<String> = (0..21).map(|n| format!("k{n}")).collect();
    let cases = [
        (recall(Value::Null), "invalidParameter.processQueryKey.missing"),
        (recall(json!("k")), "invalid.processQueryKey"),
        (recall(json!(many)), "invalidParameter.processQueryKeys.overMax"),
        (recall(json!(["k"])), "notRevoke.all.messages"),
    ];
    bench.refuses(Method::POST, path, &cases).await;
    let (_, answer) = bench.post(path, &recall(json!([key, "k"]))).await;
    assert_eq!(
        (&answer["successResult"], &answer["failedResult"]["k"]),
        (&json!([key]), &json!("invalid.processQueryKey"))
    );
    assert!(bench.sim.dingtalk.messages(&Place::Person("alice".into())).is_empty());
    assert_eq!(bench.read_status(CLIENT_ID, &key).await.1["sendStatus"], "RECALLED");
}

#[tokio::test]
async fn readers_of_a_group_message_come_in_pages() {
    let bench = Bench::start().await;
    let chat_id = bench.installed_chat().await;
    let send = json!({
        "robotCode": CLIENT_ID, "coolAppCode": COOL_APP_CODE, "openConversationId": chat_id, "msgKey": "sampleText",
        "msgParam": r#"{"content":"x"}"#,
    });
    let key = bench.post("/v1.0/robot/groupMessages/send", &send).await.1["processQueryKey"].clone();
    let place = Place::Chat(chat_id.clone());
    for person in ["alice", "li.na", "zhao.min"] {
        bench.sim.dingtalk.read_messages(&place, person);
    }
    let query = json!({
        "openConversationId": chat_id, "robotCode": CLIENT_ID, "processQueryKey": key, "maxResults": 2,
    });
    let (_, first) = bench.post(QUERY, &query).await;
    assert_eq!((&first["readUserIds"], &first["hasMore"]), (&json!(["alice", "li.na"]), &json!(true)));
    let (_, last) = bench.post(QUERY, &with(&query, json!({ "nextToken": first["nextToken"] }))).await;
    assert_eq!((&last["readUserIds"], &last["hasMore"]), (&json!(["zhao.min"]), &json!(false)));
    let elsewhere = with(&query, json!({ "openConversationId": "cid" }));
    bench.refuses(Method::POST, QUERY, &[(elsewhere, "invalid.processQueryKey")]).await;
    let recall = json!({ "openConversationId": chat_id, "robotCode": CLIENT_ID, "processQueryKeys": [key] });
    assert_eq!(bench.post("/v1.0/robot/groupMessages/recall", &recall).await.1["successResult"], json!([key]));
    assert_eq!(bench.post(QUERY, &query).await.1["sendStatus"], "RECALLED");
}

#[tokio::test]
async fn a_stopped_bot_sends_nothing() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.set_switches(Switches { stopped_robots: [CLIENT_ID.to_owned()].into(), ..Switches::default() });
    let body = json!({
        "robotCode": CLIENT_ID, "userIds": ["alice"], "msgKey": "sampleText", "msgParam": r#"{"content":"x"}"#,
    });
    bench.refuses(Method::POST, "/v1.0/robot/oToMessages/batchSend", &[(body, "bot.stopped")]).await;
}

#[tokio::test]
async fn the_bot_of_a_group_template_speaks_in_its_groups_only() {
    let bench = Bench::start().await;
    let room = bench.sim.dingtalk.add_scene_chat("War room", "alice", &["alice", "li.na"]);
    let good = json!({
        "target_open_conversation_id": room, "robot_code": WAR_ROOM_BOT_ID,
        "msg_template_id": "inner_app_template_markdown", "at_users": "li.na", "receiver_user_ids": "alice,li.na",
        "msg_param_map": r#"{"title":"t","markdown_content":"**x**"}"#,
    });
    let answer = bench.old_host(TEMPLATE_BOT, &good).await;
    assert_eq!(answer["errcode"], 0, "{answer}");
    let said = bench.sim.dingtalk.messages(&Place::Chat(room.clone())).pop().unwrap();
    assert_eq!(
        (said.key.as_str(), said.mentions.len(), said.only_for.len()),
        (answer["open_msg_id"].as_str().unwrap(), 1, 2)
    );
    let shown = json!({ "title": "t", "text": "**x**" });
    assert_eq!(said.content, Content::Robot { msg_key: "sampleMarkdown".into(), msg_param: shown });
    let plain = bench.sim.dingtalk.chat(GROUPS[0].title).unwrap().id;
    let cases = [
        (json!({ "target_open_conversation_id": null }), 660_001),
        (json!({ "target_open_conversation_id": "cid" }), 660_023),
        (json!({ "target_open_conversation_id": plain }), 660_015),
        (json!({ "robot_code": null }), 660_002),
        (json!({ "robot_code": CLIENT_ID }), 660_014),
        (json!({ "msg_template_id": null }), 660_027),
        (json!({ "msg_template_id": "poem" }), 660_024),
        (json!({ "msg_param_map": null }), 40_036),
        (json!({ "msg_param_map": r#"{"title":"t"}"# }), 660_025),
        (json!({ "receiver_user_ids": "bob" }), 660_022),
    ];
    for (changes, code) in cases {
        assert_eq!(bench.old_host(TEMPLATE_BOT, &with(&good, changes.clone())).await["errcode"], code, "{changes}");
    }
    for _ in 0..19 {
        bench.old_host(TEMPLATE_BOT, &good).await;
    }
    assert_eq!(bench.old_host(TEMPLATE_BOT, &good).await["errcode"], 660_026);
}
