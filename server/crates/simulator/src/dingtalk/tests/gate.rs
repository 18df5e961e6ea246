use super::{Bench, read};
use crate::dingtalk::{Edition, Limits, Switches, ThrottleForm};
use crate::seed::{CLIENT_ID, CLIENT_SECRET, CORP_ID};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const CHAT: &str = "/v1.0/im/sceneGroups/query";

async fn get(bench: &Bench, path: &str) -> (u16, Value) {
    read(bench.http.get(format!("{}{path}", bench.sim.dingtalk_url())).send().await.unwrap()).await
}

#[tokio::test]
async fn token_calls_refuse_by_their_own_codes() {
    let bench = Bench::start().await;
    let wrong = json!({ "appKey": CLIENT_ID, "appSecret": "no" });
    for body in [json!({}), wrong, json!({ "appKey": 7, "appSecret": CLIENT_SECRET })] {
        let (status, answer) = bench.post("/v1.0/oauth2/accessToken", &body).await;
        assert_eq!((status, &answer["code"]), (400, &json!("invalidClientIdOrSecret")));
    }
    let old =
        [("/gettoken".to_owned(), json!(40035)), (format!("/gettoken?appkey={CLIENT_ID}&appsecret=no"), json!(40096))];
    for (path, code) in old {
        assert_eq!(get(&bench, &path).await.1["errcode"], code);
    }
    let (_, answer) = get(&bench, &format!("/gettoken?appkey={CLIENT_ID}&appsecret={CLIENT_SECRET}")).await;
    assert_eq!(answer["access_token"].as_str(), Some(bench.token.as_str()));
    let unified =
        |grant: &str, secret: &str| json!({"client_id": CLIENT_ID, "client_secret": secret, "grant_type": grant});
    let cases = [
        (CORP_ID, unified("password", CLIENT_SECRET), 400, json!("unsupported.grant.type")),
        (CORP_ID, unified("client_credentials", "no"), 400, json!("invalid.client")),
        ("dingNOT", unified("client_credentials", CLIENT_SECRET), 500, json!("unknownError")),
        (CORP_ID, unified("client_credentials", CLIENT_SECRET), 200, Value::Null),
    ];
    for (corp_id, body, status, code) in cases {
        let answer = bench.post(&format!("/v1.0/oauth2/{corp_id}/token"), &body).await;
        assert_eq!((answer.0, &answer.1["code"]), (status, &code), "{body}");
    }
}

#[tokio::test]
async fn tokens_live_two_hours_after_the_last_asking() {
    let mut bench = Bench::start().await;
    let first = bench.token.clone();
    bench.clock.advance(Duration::from_secs(7100));
    bench.renew_token().await;
    assert_eq!(bench.token, first);
    bench.clock.advance(Duration::from_secs(7100));
    assert_eq!(bench.old_host("/topapi/v2/user/get", &json!({ "userid": "alice" })).await["errcode"], 0);
    bench.clock.advance(Duration::from_secs(200));
    let refused = bench.old_host("/topapi/v2/user/get", &json!({ "userid": "alice" })).await;
    assert_eq!((&refused["errcode"], &refused["sub_code"]), (&json!(88), &json!("40014")));
    assert!(refused["errmsg"].as_str().unwrap().starts_with("ding talk error[subcode=40014,"));
    bench.renew_token().await;
    assert_ne!(bench.token, first);
    bench.sim.dingtalk.expire_tokens();
    let (status, answer) = bench.post(CHAT, &json!({})).await;
    assert_eq!((status, &answer["code"]), (400, &json!("InvalidAuthentication")));
}

#[tokio::test]
async fn each_host_takes_its_token_in_its_own_place_only() {
    let bench = Bench::start().await;
    let url = |path: &str| format!("{}{path}?access_token={}", bench.sim.dingtalk_url(), bench.token);
    let (status, answer) = read(bench.http.post(url(CHAT)).json(&json!({})).send().await.unwrap()).await;
    assert_eq!((status, &answer["code"]), (400, &json!("AuthenticationFailed.MissingParameter")));
    let (_, answer) = bench.post("/topapi/v2/user/get", &json!({ "userid": "alice" })).await;
    assert_eq!((&answer["errcode"], &answer["sub_code"]), (&json!(88), &json!("40000")));
}

#[tokio::test]
async fn unknown_paths_answer_as_the_platform_would() {
    let bench = Bench::start().await;
    let (status, answer) = bench.post("/topapi/v2/user/notexist", &json!({})).await;
    assert_eq!((status, &answer["errcode"]), (200, &json!(22)));
    assert!(answer["sub_msg"].as_str().unwrap().ends_with("dingtalk.oapi.v2.user.notexist"));
    let cases = [
        ("/elsewhere", 200, json!({"errcode": 404})),
        ("/v1.0/card/nothing", 404, json!({"code": "InvalidAction.NotFound"})),
        ("/v1.0/sceneGroup/create", 400, json!({"code": "InvalidVersion"})),
        ("/gettoken", 200, json!({"errcode": 43001})),
    ];
    for (path, status, expected) in cases {
        let answer = bench.post(path, &json!({})).await;
        assert_eq!(answer.0, status, "{path}");
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&answer.1[name], value, "{path}");
        }
    }
}

#[tokio::test]
async fn permissions_are_named_in_the_refusal() {
    let bench = Bench::start().await;
    for scope in ["qyapi_chat_manage", "qyapi_get_member"] {
        bench.sim.dingtalk.set_permission(scope, false);
    }
    let (status, answer) = bench.post(CHAT, &json!({})).await;
    assert_eq!((status, &answer["code"]), (403, &json!("Forbidden.AccessDenied.AccessTokenPermissionDenied")));
    assert_eq!(answer["accessdenieddetail"]["requiredScopes"], json!(["qyapi_chat_manage"]));
    let answer = bench.old_host("/topapi/v2/user/get", &json!({})).await;
    assert_eq!((&answer["errcode"], &answer["sub_code"]), (&json!(88), &json!("60011")));
    assert!(answer["sub_msg"].as_str().unwrap().contains("[qyapi_get_member]"));
    assert!(answer["sub_msg"].as_str().unwrap().contains("%23qyapi_get_member"));
}

#[tokio::test]
async fn the_address_list_comes_before_permission() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.set_permission("qyapi_chat_manage", false);
    bench.sim.dingtalk.set_allowed_addresses(Some(vec!["10.0.0.1".parse().unwrap()]));
    let (status, answer) = bench.post(CHAT, &json!({})).await;
    assert_eq!((status, &answer["code"]), (403, &json!("Forbidden.AccessDenied.IpNotInWhiteList")));
    assert_eq!(bench.old_host("/topapi/v2/user/get", &json!({})).await["sub_code"], "60020");
}

#[tokio::test]
async fn any_second_holds_so_many_calls_of_one_api() {
    let bench = Bench::start().await;
    let post = async |path: &str| {
        let url = format!("{}{path}?access_token={}", bench.sim.dingtalk_url(), bench.token);
        let request = bench.http.post(url).header("x-acs-dingtalk-access-token", &bench.token).json(&json!({}));
        read(request.send().await.unwrap()).await
    };
    for _ in 0..20 {
        assert_eq!(post(CHAT).await.1["code"], "paramBlank");
    }
    let counted = bench.sim.dingtalk.meters().unwrap().calls;
    let (status, answer) = post(CHAT).await;
    assert_eq!((status, &answer["code"]), (403, &json!("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi")));
    assert_eq!(bench.sim.dingtalk.meters().unwrap().calls, counted, "a throttled call is not counted");
    for _ in 0..20 {
        assert_eq!(post("/topapi/v2/user/get").await.1["errcode"], 400_002);
    }
    let answer = post("/topapi/v2/user/get").await.1;
    assert_eq!((&answer["errcode"], &answer["sub_code"]), (&json!(88), &json!("90018")));
    bench.sim.dingtalk.set_switches(Switches { throttle_form: ThrottleForm::Plain, ..Default::default() });
    assert_eq!(post("/topapi/v2/user/get").await.1["errcode"], 90018);
    bench.sim.dingtalk.set_edition(Edition::Professional);
    assert_eq!(post(CHAT).await.1["code"], "paramBlank");
    bench.clock.advance(Duration::from_millis(1000));
    assert_eq!(post("/topapi/v2/user/get").await.1["errcode"], 400_002);
}

#[tokio::test]
async fn the_month_is_counted_without_the_free_calls() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.set_limits(Limits { calls_per_month: 1, pushes_per_month: 1, calls_per_second: 20 });
    bench.old_host("/topapi/v2/user/get", &json!({ "userid": "alice" })).await;
    assert_eq!(bench.sim.dingtalk.meters().unwrap().calls, 0);
    assert_eq!(bench.post(CHAT, &json!({})).await.1["code"], "paramBlank");
    let (status, answer) = bench.post(CHAT, &json!({})).await;
    assert_eq!((status, &answer["code"]), (403, &json!("Forbidden.AccessDenied.ApiCountLimitForOrg")));
    let failed = "/call_back/get_call_back_failed_result";
    let (_, answer) = get(&bench, &format!("{failed}?access_token={}", bench.token)).await;
    assert_eq!(answer["sub_code"], "90020");
    assert_eq!(bench.old_host("/topapi/v2/user/get", &json!({ "userid": "alice" })).await["errcode"], 0);
}

#[tokio::test]
async fn bodies_that_are_no_json_objects_are_refused() {
    let bench = Bench::start().await;
    let post = async |kind: &str, body: &'static str| {
        let request = bench.http.request(Method::POST, format!("{}{CHAT}", bench.sim.dingtalk_url()));
        let request = request.header("x-acs-dingtalk-access-token", &bench.token).header("content-type", kind);
        read(request.body(body).send().await.unwrap()).await.1["code"].clone()
    };
    assert_eq!(post("application/json", "[1]").await, "invalidParameter.body");
    assert_eq!(post("application/json", "{").await, "invalidParameter.body");
    assert_eq!(post("text/plain", "{}").await, "invalidParameter.body");
    assert_eq!(post("application/json; charset=utf-8", "{}").await, "paramBlank");
}
