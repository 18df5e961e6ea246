use super::Bench;
use crate::seed::{self, COOL_APP_CODE};
use reqwest::Method;
use serde_json::json;

const QUERY: &str = "/v1.0/im/sceneGroups/query";
const MEMBERS: &str = "/v1.0/im/sceneGroups/members/batchQuery";

#[tokio::test]
async fn a_group_is_read_with_the_cool_app_code() {
    let bench = Bench::start().await;
    let chat_id = bench.installed_chat().await;
    let wanted = json!({ "openConversationId": chat_id, "coolAppCode": COOL_APP_CODE });
    let (_, before) = bench.post(QUERY, &wanted).await;
    assert_eq!((&before["title"], &before["status"]), (&json!(seed::GROUPS[0].title), &json!(1)));
    assert_eq!(before["ownerUserId"], seed::GROUPS[0].owner);
    bench.sim.dingtalk.rename_chat(&chat_id, "新名字", "li.na").await.unwrap();
    let (_, after) = bench.post(QUERY, &wanted).await;
    assert_eq!(after["title"], "新名字");
    assert_ne!(after["groupUrl"], before["groupUrl"], "a rename makes a new address");
    bench.sim.dingtalk.disband_chat(&chat_id, "li.na").await.unwrap();
    assert_eq!(bench.post(QUERY, &wanted).await.1["status"], 2);
}

#[tokio::test]
async fn groups_are_refused() {
    let bench = Bench::start().await;
    let chat_id = bench.installed_chat().await;
    let elsewhere = bench.sim.dingtalk.chat(seed::GROUPS[1].title).unwrap().id;
    let cases = [
        (json!({}), "paramBlank"),
        (json!({ "openConversationId": "cidx", "coolAppCode": COOL_APP_CODE }), "cidEncryptError"),
        (json!({ "openConversationId": chat_id }), "groupPermissionDenied"),
        (json!({ "openConversationId": chat_id, "coolAppCode": "COOLAPP-9" }), "coolAppUnexist"),
        (json!({ "openConversationId": elsewhere, "coolAppCode": COOL_APP_CODE }), "coolAppUninstalled"),
    ];
    bench.refuses(Method::POST, QUERY, &cases).await;
    let wanted =
        |max_results| json!({ "openConversationId": chat_id, "coolAppCode": COOL_APP_CODE, "maxResults": max_results });
    let cases =
        [(wanted(json!(null)), "paramBlank"), (wanted(json!("5")), "paramIllegal"), (wanted(json!(0)), "paramIllegal")];
    bench.refuses(Method::POST, MEMBERS, &cases).await;
}

#[tokio::test]
async fn members_come_in_pages() {
    let bench = Bench::start().await;
    let chat_id = bench.installed_chat().await;
    let mut found = Vec::new();
    let mut token = json!(null);
    loop {
        let body = json!({
            "openConversationId": chat_id, "coolAppCode": COOL_APP_CODE, "maxResults": 2, "nextToken": token,
        });
        let (status, page) = bench.post(MEMBERS, &body).await;
        assert_eq!(status, 200);
        for user_id in page["memberUserIds"].as_array().unwrap() {
            found.push(user_id.as_str().unwrap().to_owned());
        }
        if page["hasMore"] == false {
            break;
        }
        token = page["nextToken"].clone();
    }
    let mut expected: Vec<_> = seed::GROUPS[0].members.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
}
