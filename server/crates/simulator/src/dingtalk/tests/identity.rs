use super::Bench;
use crate::dingtalk::{NewApp, PushResult};
use crate::seed;
use serde_json::json;
use std::time::Duration;

const BY_CODE: &str = "/topapi/v2/user/getuserinfo";

#[tokio::test]
async fn a_code_is_good_once_and_for_five_minutes() {
    let bench = Bench::start().await;
    let code = bench.sim.dingtalk.login_code("li.na").unwrap();
    let answer = bench.old_host(BY_CODE, &json!({ "code": code })).await;
    assert_eq!((&answer["errcode"], &answer["result"]["userid"]), (&json!(0), &json!("li.na")));
    assert_eq!((&answer["result"]["name"], &answer["result"]["sys"]), (&json!("李娜"), &json!(false)));
    assert_eq!(bench.old_host(BY_CODE, &json!({ "code": code })).await["errcode"], 40078);
    let code = bench.sim.dingtalk.login_code("li.na").unwrap();
    bench.clock.advance(Duration::from_secs(300));
    assert_eq!(bench.old_host(BY_CODE, &json!({ "code": code })).await["errcode"], 40078);
    assert_eq!(bench.old_host(BY_CODE, &json!({})).await["errcode"], 40035);
    assert!(bench.sim.dingtalk.login_code("nobody").is_err());
}

#[tokio::test]
async fn the_code_may_come_as_a_form() {
    let bench = Bench::start().await;
    let code = bench.sim.dingtalk.login_code("alice").unwrap();
    let url = format!("{}{BY_CODE}?access_token={}", bench.sim.dingtalk_url(), bench.token);
    let (_, answer) = super::read(bench.http.post(url).form(&[("code", code)]).send().await.unwrap()).await;
    assert_eq!(answer["result"]["userid"], "alice");
}

#[tokio::test]
async fn people_are_found_by_id_mobile_and_union_id() {
    let bench = Bench::start().await;
    let answer = bench.old_host("/topapi/v2/user/get", &json!({ "userid": "zhang.wei", "language": "zh_CN" })).await;
    let person = &answer["result"];
    assert_eq!((&person["mobile"], &person["state_code"]), (&json!("13800000001"), &json!("86")));
    assert_eq!((&person["email"], &person["name"]), (&json!("zhang.wei@example.com"), &json!("张伟")));
    let by_union = bench.old_host("/topapi/user/getbyunionid", &json!({ "unionid": person["unionid"] })).await;
    assert_eq!(by_union["result"], json!({ "contact_type": 0, "userid": "zhang.wei" }));
    let by_mobile = bench.old_host("/topapi/v2/user/getbymobile", &json!({ "mobile": "13800000001" })).await;
    assert_eq!(by_mobile["result"]["userid"], "zhang.wei");
    bench.sim.dingtalk.set_permission("fieldMobile", false);
    let answer = bench.old_host("/topapi/v2/user/get", &json!({ "userid": "zhang.wei" })).await;
    assert!(answer["result"].get("mobile").is_none());
}

#[tokio::test]
async fn people_calls_refuse() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.set_visible(Some(&["alice"]));
    bench.sim.dingtalk.leave_org("bob").await.unwrap();
    let (get, mobile, union) = ("/topapi/v2/user/get", "/topapi/v2/user/getbymobile", "/topapi/user/getbyunionid");
    let cases = [
        (get, json!({}), 400_002),
        (get, json!({ "userid": "alice", "language": "fr" }), 400_002),
        (get, json!({ "userid": "nobody" }), 60121),
        (get, json!({ "userid": "bob" }), 60121),
        (get, json!({ "userid": "li.na" }), 50002),
        (mobile, json!({}), 400_002),
        (mobile, json!({ "mobile": "12x" }), 40104),
        (mobile, json!({ "mobile": "+86-13800000001" }), 40104),
        (mobile, json!({ "mobile": "+1-5550100" }), 60121),
        (mobile, json!({ "mobile": "13900000000" }), 60121),
        (mobile, json!({ "mobile": "13800000002" }), 50002),
        (union, json!({ "unionid": 5 }), 400_002),
        (union, json!({ "unionid": "x" }), 60121),
    ];
    for (path, body, code) in cases {
        assert_eq!(bench.old_host(path, &body).await["errcode"], code, "{path} {body}");
    }
    assert!(bench.sim.dingtalk.login_code("li.na").is_err(), "outside the visible range");
    let chat = bench.sim.dingtalk.chat(seed::GROUPS[2].title).unwrap();
    assert!(!chat.members.contains("bob"), "whoever leaves the company leaves its groups");
}

#[tokio::test]
async fn companies_do_not_see_each_other() {
    let mut bench = Bench::start().await;
    let ours = bench.installed_chat().await;
    bench.sim.dingtalk.add_app(NewApp {
        corp_id: "dingother".into(),
        client_id: "dingotherapp".into(),
        client_secret: "other-secret".into(),
        agent_id: "2".into(),
        aes_key: seed::AES_KEY.into(),
        token: "otherToken".into(),
        cool_app_code: "COOLAPP-OTHER".into(),
        card_template_id: "other.schema".into(),
    });
    bench.sim.dingtalk.add_person("dingother", seed::Person { id: "eve", mobile: "13900000001", ..seed::PEOPLE[1] });
    let theirs = bench.sim.dingtalk.add_chat("dingother", "Others", "eve", &["eve"]);
    assert_eq!(bench.sim.dingtalk.install_cool_app(&theirs, "eve").await, Ok(PushResult::NoCallback));
    let code = bench.sim.dingtalk.login_code_for("dingotherapp", "eve").unwrap();
    assert_eq!(bench.old_host(BY_CODE, &json!({ "code": code })).await["errcode"], 40078);
    assert_eq!(bench.old_host("/topapi/v2/user/get", &json!({ "userid": "eve" })).await["errcode"], 60121);
    let body = json!({ "appKey": "dingotherapp", "appSecret": "other-secret" });
    let (_, answer) = bench.post("/v1.0/oauth2/accessToken", &body).await;
    bench.token = answer["accessToken"].as_str().unwrap().to_owned();
    assert_eq!(bench.old_host(BY_CODE, &json!({ "code": code })).await["result"]["userid"], "eve");
    let read = async |id: &str, code: &str| {
        let body = json!({ "openConversationId": id, "coolAppCode": code });
        bench.post("/v1.0/im/sceneGroups/query", &body).await.1
    };
    assert_eq!(read(&theirs, "COOLAPP-OTHER").await["title"], "Others");
    assert_eq!(read(&ours, "COOLAPP-OTHER").await["code"], "groupPermissionDenied");
    assert_eq!(read(&theirs, seed::COOL_APP_CODE).await["code"], "coolAppPermissionDenied");
}
