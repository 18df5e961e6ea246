use super::{Bench, read};
use crate::dingtalk::AppPages;
use crate::seed::{self, CLIENT_ID, CLIENT_SECRET, CORP_ID};
use reqwest::Method;
use serde_json::{Value, json};

async fn code_for(bench: &Bench, body: Value) -> Value {
    let url = format!("{}/_desk/login-code", bench.sim.dingtalk_url());
    let request = bench.http.post(url).header("origin", "http://127.0.0.1:3000").body(body.to_string());
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], "http://127.0.0.1:3000");
    read(response).await.1
}

#[tokio::test]
async fn the_script_gets_codes_for_the_person_in_front_of_it() {
    let bench = Bench::start().await;
    let script = bench.http.get(bench.sim.jsapi_url()).send().await.unwrap();
    assert!(script.headers()["content-type"].to_str().unwrap().starts_with("text/javascript"));
    assert!(script.text().await.unwrap().contains("requestAuthCode"));
    let who = async |body: Value| {
        let code = code_for(&bench, body).await["code"].clone();
        bench.old_host("/topapi/v2/user/getuserinfo", &json!({ "code": code })).await["result"]["userid"].clone()
    };
    let asked = json!({ "corpId": CORP_ID, "clientId": CLIENT_ID, "simUser": "alice" });
    assert_eq!(who(asked).await, "alice");
    assert_eq!(who(json!({ "corpId": CORP_ID })).await, seed::PEOPLE[0].id);
    bench.sim.dingtalk.set_default_person(None);
    let refused = [
        json!({ "corpId": CORP_ID }),
        json!({ "simUser": "alice" }),
        json!({ "corpId": "dingOther", "simUser": "alice" }),
        json!({ "corpId": CORP_ID, "clientId": "other", "simUser": "alice" }),
        json!({ "corpId": CORP_ID, "simUser": "nobody" }),
    ];
    for body in refused {
        let answer = code_for(&bench, body.clone()).await;
        assert!(answer.get("code").is_none() && answer["errorMessage"].is_string(), "{body}");
    }
}

async fn auth(bench: &Bench, path: &str, query: &[(&str, &str)]) -> reqwest::Response {
    bench.http.get(format!("{}{path}", bench.sim.dingtalk_url())).query(query).send().await.unwrap()
}

#[tokio::test]
async fn the_web_login_goes_back_with_a_code_for_a_user_token() {
    let mut bench = Bench::start().await;
    bench.sim.dingtalk.set_redirect_urls(&["http://127.0.0.1:3000/back"]);
    let query = [
        ("redirect_uri", "http://127.0.0.1:3000/back?i=1"),
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("scope", "openid corpid"),
        ("state", "s&1"),
        ("prompt", "consent"),
    ];
    let page = auth(&bench, "/oauth2/auth", &query).await;
    assert!(page.status() == 200 && page.text().await.unwrap().contains("data-person=\"li.na\""));
    let chosen = [&query[..], &[("person", "li.na")]].concat();
    let back = auth(&bench, "/oauth2/decide", &chosen).await;
    let back = url::Url::parse(back.headers()["location"].to_str().unwrap()).unwrap();
    let parameters: std::collections::BTreeMap<_, _> = back.query_pairs().into_owned().collect();
    assert_eq!((parameters["i"].as_str(), parameters["state"].as_str()), ("1", "s&1"));
    assert_eq!(parameters["code"], parameters["authCode"]);
    let code = &parameters["code"];
    let wrong_place = bench.old_host("/topapi/v2/user/getuserinfo", &json!({ "code": code })).await;
    assert_eq!(wrong_place["errcode"], 40078);
    let body = json!({
        "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET, "code": code, "grantType": "authorization_code",
    });
    let (status, token) = bench.post("/v1.0/oauth2/userAccessToken", &body).await;
    assert_eq!((status, &token["corpId"]), (200, &json!(CORP_ID)));
    let (status, again) = bench.post("/v1.0/oauth2/userAccessToken", &body).await;
    assert_eq!((status, &again["code"]), (400, &json!("invalidParameter.authCode.notFound")));
    let app_token = std::mem::replace(&mut bench.token, token["accessToken"].as_str().unwrap().to_owned());
    let me = bench.new_host(Method::GET, "/v1.0/contact/users/me", &json!({})).await.1;
    assert_eq!((&me["nick"], &me["mobile"]), (&json!("李娜"), &json!("13800000002")));
    bench.token = app_token;
    let (status, answer) = bench.new_host(Method::GET, "/v1.0/contact/users/me", &json!({})).await;
    assert_eq!((status, &answer["code"]), (400, &json!("InvalidAuthentication")), "an app is nobody");
    let by_union = bench.old_host("/topapi/user/getbyunionid", &json!({ "unionid": me["unionId"] })).await;
    assert_eq!(by_union["result"]["userid"], "li.na");
    let refresh = json!({
        "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET, "grantType": "refresh_token",
        "refreshToken": token["refreshToken"],
    });
    assert_eq!(bench.post("/v1.0/oauth2/userAccessToken", &refresh).await.0, 200);
}

#[tokio::test]
async fn the_web_login_refuses_what_is_not_registered() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.set_redirect_urls(&["http://127.0.0.1:3000/back"]);
    let good = [
        ("redirect_uri", "http://127.0.0.1:3000/back"),
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("scope", "openid"),
    ];
    for (name, value) in [
        ("redirect_uri", "http://127.0.0.1:3000/other"),
        ("redirect_uri", "http://evil.example/back"),
        ("response_type", "token"),
        ("client_id", "other"),
        ("scope", "email"),
    ] {
        let query = good.map(|(known, usual)| (known, if known == name { value } else { usual }));
        assert_eq!(auth(&bench, "/oauth2/auth", &query).await.status(), 400, "{name}={value}");
        assert_eq!(auth(&bench, "/oauth2/decide", &query).await.status(), 400, "{name}={value}");
    }
    let refused = auth(&bench, "/oauth2/decide", &good).await;
    let back = refused.headers()["location"].to_str().unwrap();
    assert!(back.starts_with("http://127.0.0.1:3000/back?error=access_denied"), "{back}");
}

#[tokio::test]
async fn pages_are_opened_with_their_placeholders_replaced() {
    let bench = Bench::start().await;
    let chat_id = bench.installed_chat().await;
    bench.sim.dingtalk.set_pages(AppPages {
        homepage: "http://h/i?corpid=$CORPID$".into(),
        pc_homepage: String::new(),
        cool_app: "http://h/c?corpid=$CORPID$&cid=$ENCCID$&twice=$DOUBLE_ENCCID$".into(),
    });
    assert_eq!(bench.sim.dingtalk.workplace_url(false), format!("http://h/i?corpid={CORP_ID}"));
    let url = bench.sim.dingtalk.quick_entry_url(&chat_id).unwrap();
    assert!(url.contains(&format!("cid={chat_id}&")) && url.contains("%252B"), "{url}");
    assert!(bench.sim.dingtalk.quick_entry_url("平台组").is_err());
}

#[tokio::test]
async fn control_does_over_http_what_the_methods_do() {
    let bench = Bench::start().await;
    let url = |path: &str| format!("{}/_sim/{path}", bench.sim.dingtalk_url());
    let post = async |path: &str, body: Value| read(bench.http.post(url(path)).json(&body).send().await.unwrap()).await;
    let install = json!({ "chat": "平台组", "operator": "wu.hao", "installed": true });
    assert_eq!(post("cool-app", install.clone()).await, (200, json!({ "push": "no_callback" })));
    assert_eq!(post("cool-app", install).await.0, 400);
    assert_eq!(post("login-code", json!({ "user_id": "nobody" })).await.0, 400);
    let fault = json!({ "peer": "dingtalk", "path": "/topapi", "kind": { "delay": { "ms": 1 } } });
    assert_eq!(post("faults", fault).await.0, 200);
    assert_eq!(post("push-faults", json!({ "from": "flashduty", "push": "lose", "times": 1 })).await.0, 200);
    assert_eq!(post("switches", json!({ "spelling": "pascal" })).await.0, 200);
    let get = async |path: &str| read(bench.http.get(url(path)).send().await.unwrap()).await.1;
    let state = get("state").await;
    assert_eq!(state["users"].as_array().unwrap().len(), seed::PEOPLE.len());
    assert_eq!(state["switches"]["spelling"], "pascal");
    assert_eq!(get("messages?chat=%E5%B9%B3%E5%8F%B0%E7%BB%84").await.as_array().unwrap().len(), 1);
    assert_eq!(get("journal?peer=dingtalk&path=/v1.0").await[0]["path"], "/v1.0/oauth2/accessToken");
    let foreign = bench.http.get(url("state")).header("host", "evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
}
