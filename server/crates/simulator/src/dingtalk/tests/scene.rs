use super::{Bench, with};
use crate::dingtalk::{ChatKind, NewApp, Switches};
use crate::seed::{self, WAR_ROOM_BOT_ID, WAR_ROOM_TEMPLATE_ID};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const CREATE: &str = "/v1.0/im/sceneGroup/create";
const UPDATE: &str = "/v1.0/im/sceneGroup/update";
const ADD: &str = "/v1.0/im/sceneGroup/member/add";
const DELETE: &str = "/v1.0/im/sceneGroup/member/delete";
const DISBAND: &str = "/v1.0/im/chat/scenegroup/disband";
const QUERY: &str = "/v1.0/im/sceneGroups/query";

fn room() -> Value {
    json!({
        "title": "#A1 war room", "template_id": WAR_ROOM_TEMPLATE_ID, "owner_user_id": "li.na",
        "user_ids": ["li.na", "alice"], "uuid": "wr-1", "management_options": { "show_history_type": 1 },
    })
}

async fn made(bench: &Bench, body: &Value) -> String {
    let (status, answer) = bench.post(CREATE, body).await;
    assert_eq!(status, 200, "{answer}");
    answer["open_conversation_id"].as_str().unwrap().to_owned()
}

/// Waits until the template and its bot are there.
fn settle(bench: &Bench) {
    bench.clock.advance(Duration::from_secs(1));
}

#[tokio::test]
async fn one_uuid_makes_one_group_also_after_its_end() {
    let bench = Bench::start().await;
    let id = made(&bench, &room()).await;
    let chat = bench.sim.dingtalk.chat(&id).unwrap();
    assert_eq!((chat.kind, chat.owner.as_str(), chat.members.len()), (ChatKind::Scene, "li.na", 2));
    assert_eq!(made(&bench, &with(&room(), json!({ "title": "other", "user_ids": ["bob"] }))).await, id);
    settle(&bench);
    assert_eq!(bench.post(DISBAND, &json!({ "openConversationId": id })).await.0, 200);
    assert_eq!(made(&bench, &room()).await, id, "the uuid is used up: a new group needs a new one");
    assert_ne!(made(&bench, &with(&room(), json!({ "uuid": "wr-2" }))).await, id);
    assert_eq!(bench.sim.dingtalk.chats().len(), seed::GROUPS.len() + 2);
}

#[tokio::test]
async fn creating_is_refused_by_parameter() {
    let bench = Bench::start().await;
    let cases = [
        (json!({ "title": null }), "parameter.invalid"),
        (json!({ "title": "x".repeat(31) }), "parameter.invalid"),
        (json!({ "template_id": null }), "parameter.invalid"),
        (json!({ "template_id": "no such" }), "groupTemplate.notFound"),
        (json!({ "owner_user_id": null }), "parameter.invalid"),
        (json!({ "owner_user_id": "nobody" }), "member.notFound"),
        (json!({ "user_ids": "li.na,alice" }), "parameter.invalid"),
        (json!({ "user_ids": ["li.na", "nobody"] }), "member.notFound"),
        (json!({ "user_ids": (0..1001).map(|n| format!("u{n}")).collect::<Vec<_>>() }), "member.exceed"),
        (json!({ "subadmin_ids": ["bob"] }), "parameter.invalid"),
        (json!({ "uuid": "x".repeat(65) }), "parameter.invalid"),
        (json!({ "management_options": { "searchable": true } }), "parameter.invalid"),
        (json!({ "management_options": { "nothing": 1 } }), "parameter.invalid"),
    ];
    let cases = cases.map(|(changes, code)| (with(&room(), changes), code));
    bench.refuses(Method::POST, CREATE, &cases).await;
    // CamelCase is not understood.
    let camel = json!({ "title": "x", "templateId": WAR_ROOM_TEMPLATE_ID, "ownerUserId": "li.na" });
    bench.refuses(Method::POST, CREATE, &[(camel, "parameter.invalid")]).await;
    let (status, answer) = bench.post("/v1.0/sceneGroup/create", &room()).await;
    assert_eq!((status, answer["code"].as_str()), (400, Some("InvalidVersion")));
    assert_eq!(bench.sim.dingtalk.chats().len(), seed::GROUPS.len());
}

#[tokio::test]
async fn a_template_is_for_its_app_once_published_or_for_those_on_the_gray_list() {
    let bench = Bench::start().await;
    let dingtalk = &bench.sim.dingtalk;
    dingtalk.publish_group_template(false);
    let denied = "groupTemplate.permessionDenied.orgNotInGrayList";
    bench.refuses(Method::POST, CREATE, &[(room(), denied)]).await;
    dingtalk.set_gray_list(&[seed::CORP_ID]);
    made(&bench, &room()).await;
    dingtalk.publish_group_template(true);
    dingtalk.set_group_template_offline(true);
    bench.refuses(Method::POST, CREATE, &[(with(&room(), json!({ "uuid": "2" })), "groupTemplate.notFound")]).await;
    dingtalk.set_visible(Some(&["alice"]));
    dingtalk.set_group_template_offline(false);
    bench.refuses(Method::POST, CREATE, &[(with(&room(), json!({ "uuid": "3" })), "permession.checkFailed")]).await;
    made(&bench, &with(&room(), json!({ "uuid": "4", "owner_user_id": "alice" }))).await;
}

#[tokio::test]
async fn another_apps_template_cannot_be_used() {
    let mut bench = Bench::start().await;
    bench.sim.dingtalk.add_app(NewApp {
        corp_id: seed::CORP_ID.into(),
        client_id: "dingother".into(),
        client_secret: "secret".into(),
        agent_id: "1".into(),
        aes_key: seed::AES_KEY.into(),
        token: "token".into(),
        cool_app_code: "COOLAPP-2".into(),
        card_template_id: "other.schema".into(),
    });
    let body = json!({ "appKey": "dingother", "appSecret": "secret" });
    let (_, answer) = bench.new_host(Method::POST, "/v1.0/oauth2/accessToken", &body).await;
    bench.token = answer["accessToken"].as_str().unwrap().to_owned();
    let denied = "groupTemplate.permessionDenied.appNotInstalled";
    bench.refuses(Method::POST, CREATE, &[(room(), denied)]).await;
}

#[tokio::test]
async fn template_and_bot_arrive_after_the_group() {
    let bench = Bench::start().await;
    let id = made(&bench, &room()).await;
    let add = json!({ "open_conversation_id": id, "user_ids": ["bob"] });
    bench.refuses(Method::POST, ADD, &[(add.clone(), "400020")]).await;
    let query = json!({ "openConversationId": id });
    bench.refuses(Method::POST, QUERY, &[(query.clone(), "groupTemplatePermissionDenied")]).await;
    let text = json!({
        "target_open_conversation_id": id, "robot_code": WAR_ROOM_BOT_ID,
        "msg_template_id": "inner_app_template_text", "msg_param_map": json!({ "content": "hello" }).to_string(),
    });
    let path = "/topapi/im/chat/scencegroup/message/send_v2";
    assert_eq!(bench.old_host(path, &text).await["errcode"], 660_016);
    settle(&bench);
    assert_eq!(bench.post(ADD, &add).await.0, 200);
    assert_eq!(bench.post(QUERY, &query).await.1["templateId"], WAR_ROOM_TEMPLATE_ID);
    assert_eq!(bench.old_host(path, &text).await["errcode"], 0);
    let unsettled_code = "permession.checkFailed".to_owned();
    bench.sim.dingtalk.set_switches(Switches { unsettled_code, ..Switches::default() });
    let young = made(&bench, &with(&room(), json!({ "uuid": "2" }))).await;
    let add = with(&add, json!({ "open_conversation_id": young }));
    bench.refuses(Method::POST, ADD, &[(add, "permession.checkFailed")]).await;
}

#[tokio::test]
async fn members_come_and_go_in_batches() {
    let bench = Bench::start().await;
    let id = made(&bench, &room()).await;
    settle(&bench);
    let add = |people: Value| json!({ "open_conversation_id": id, "user_ids": people });
    let many: Vec<String> = (0..101).map(|n| format!("u{n}")).collect();
    let cases = [
        (add(json!([])), "parameter.invalid"),
        (add(json!(many)), "parameter.invalid"),
        (add(json!(["bob", "nobody"])), "parameter.invalid"),
        (with(&add(json!(["bob"])), json!({ "open_conversation_id": "cidx" })), "parameter.invalid"),
    ];
    bench.refuses(Method::POST, ADD, &cases).await;
    assert!(!bench.sim.dingtalk.chat(&id).unwrap().members.contains("bob"), "one unknown person refuses all");
    assert_eq!(bench.post(ADD, &add(json!(["bob", "li.na"]))).await.1["success"], true);
    assert!(bench.sim.dingtalk.chat(&id).unwrap().members.contains("bob"));
    bench.refuses(Method::POST, DELETE, &[(add(json!(["li.na"])), "parameter.invalid")]).await;
    assert_eq!(bench.post(DELETE, &add(json!(["bob"]))).await.0, 200);
    let elsewhere = bench.installed_chat().await;
    let body = json!({ "open_conversation_id": elsewhere, "user_ids": ["bob"] });
    bench.refuses(Method::POST, ADD, &[(body, "permession.checkFailed")]).await;
}

#[tokio::test]
async fn a_groups_address_dies_by_rename_by_age_and_with_the_group() {
    let bench = Bench::start().await;
    let id = made(&bench, &room()).await;
    settle(&bench);
    let url = async || {
        let (_, answer) = bench.post(QUERY, &json!({ "openConversationId": id })).await;
        answer["groupUrl"].as_str().unwrap().to_owned()
    };
    let opens = async |url: &str| bench.http.get(url).send().await.unwrap().status().as_u16();
    let first = url().await;
    assert_eq!(opens(&first).await, 200);
    let rename = json!({ "open_conversation_id": id, "title": "#A1 closed" });
    assert_eq!(bench.post(UPDATE, &rename).await.1["success"], true);
    assert_eq!(opens(&first).await, 404);
    let second = url().await;
    assert_eq!(opens(&second).await, 200);
    let owner = json!({ "open_conversation_id": id, "owner_user_id": "alice" });
    assert_eq!(bench.post(UPDATE, &owner).await.0, 200);
    assert_eq!(opens(&second).await, 404);
    let third = url().await;
    bench.clock.advance(Duration::from_secs(366 * 24 * 3600));
    assert_eq!(opens(&third).await, 404);
    let cases = [
        (json!({ "open_conversation_id": id, "title": "x".repeat(31) }), "parameter.invalid"),
        (json!({ "open_conversation_id": id, "owner_user_id": "bob" }), "parameter.invalid"),
    ];
    let mut bench = bench;
    bench.renew_token().await;
    bench.refuses(Method::POST, UPDATE, &cases).await;
    let disband = json!({ "openConversationId": id });
    bench.refuses(Method::POST, DISBAND, &[(json!({ "open_conversation_id": id }), "paramIllegal")]).await;
    assert_eq!(bench.post(DISBAND, &disband).await.0, 200);
    bench.refuses(Method::POST, DISBAND, &[(disband, "paramIllegal")]).await;
}
