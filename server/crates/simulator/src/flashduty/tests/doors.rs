//! What stands before every call: path, method, content type, credential, rate, role, licence.

use super::super::seed::{ALICE, CHEN_JIE, LI_NA, LIU_YANG, OWNER_APP_KEY, SERVICE_APP_KEY, ZHAO_MIN};
use super::super::{Limits, Role, seed};
use super::{Bench, ids};
use serde_json::json;

#[tokio::test]
async fn path_method_and_content_type() {
    let bench = Bench::start().await;
    let at = |path: &str| format!("{}{path}?app_key={SERVICE_APP_KEY}", bench.url);
    let json_type = ("content-type", "application/json; charset=utf-8");
    let unknown = bench.send(bench.http.post(at("/incident/close")).json(&json!({}))).await;
    assert_eq!(unknown.code(), (404, "RouteNotFound"));
    let read = bench.send(bench.http.get(at("/member/info"))).await;
    assert_eq!(read.code(), (405, "MethodNotAllowed"));
    let plain = bench.send(bench.http.post(at("/member/info")).body("{}")).await;
    assert_eq!(plain.code(), (400, "InvalidContentType"));
    let good = bench.send(bench.http.post(at("/member/info")).header(json_type.0, json_type.1).body("")).await;
    assert_eq!(good.data()["member_id"], seed::SERVICE_MEMBER_ID);
    let huge = format!("{{\"x\":\"{}\"}}", "x".repeat(1_100_000));
    let huge = bench.send(bench.http.post(at("/member/info")).header(json_type.0, json_type.1).body(huge)).await;
    assert_eq!(huge.code(), (413, "EntityTooLarge"));
}

#[tokio::test]
async fn every_answer_carries_its_ulid() {
    let bench = Bench::start().await;
    for key in [SERVICE_APP_KEY, "wrong"] {
        let answer = bench.call(key, "/member/info", json!({})).await;
        let id = answer.body["request_id"].as_str().unwrap();
        assert_eq!(answer.headers["flashcat-request-id"], id);
        assert_eq!(id.len(), 26);
    }
}

#[tokio::test]
async fn credentials() {
    let bench = Bench::start().await;
    let member = bench.call(SERVICE_APP_KEY, "/member/info", json!({})).await;
    assert_eq!(member.status, 200);
    for key in ["", "wrong", &bench.flashduty.key_of(ZHAO_MIN).unwrap()] {
        assert_eq!(bench.call(key, "/member/info", json!({})).await.code(), (401, "Unauthorized"), "{key}");
    }
    let bearer = bench.http.post(format!("{}/member/info", bench.url)).bearer_auth(SERVICE_APP_KEY).json(&json!({}));
    assert_eq!(bench.send(bearer).await.code(), (401, "Unauthorized"), "an APP key is no access token");
    // The account itself is no member, yet may call everything else.
    assert_eq!(bench.call(OWNER_APP_KEY, "/member/info", json!({})).await.code(), (400, "BadRequest"));
    assert_eq!(bench.call(OWNER_APP_KEY, "/channel/list", json!({})).await.status, 200);
    let key = bench.flashduty.key_of(LI_NA).unwrap();
    assert!(bench.flashduty.revoke_key(&key));
    assert_eq!(bench.call(&key, "/member/info", json!({})).await.code(), (401, "Unauthorized"));
    bench.flashduty.delete_member(ALICE);
    assert_eq!(bench.by(ALICE, "/member/info", json!({})).await.code(), (401, "Unauthorized"));
}

#[tokio::test]
async fn roles_and_licences() {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    let one = json!({"incident_id": id});
    let table = [
        (LIU_YANG, "/incident/info", one.clone(), (200, "no error")),
        (LIU_YANG, "/incident/ack", ids(&id), (403, "AccessDenied")),
        (LIU_YANG, "/incident/comment", json!({}), (403, "AccessDenied")),
        (CHEN_JIE, "/incident/info", one.clone(), (400, "NoLicense")),
        (CHEN_JIE, "/incident/ack", ids(&id), (400, "NoLicense")),
        (CHEN_JIE, "/member/info", json!({}), (200, "no error")),
        (LI_NA, "/person/app-key/list", json!({"person_id": LI_NA}), (403, "AccessDenied")),
        (LI_NA, "/incident/ack", ids(&id), (200, "no error")),
    ];
    for (person_id, path, body, expected) in table {
        assert_eq!(bench.by(person_id, path, body).await.code(), expected, "{person_id} {path}");
    }
    bench.flashduty.set_role(LIU_YANG, Role::Responder);
    bench.flashduty.set_licence(CHEN_JIE, true);
    for person_id in [LIU_YANG, CHEN_JIE] {
        assert_eq!(bench.by(person_id, "/incident/ack", ids(&id)).await.status, 200);
    }
    let acknowledged = bench.flashduty.acts(&id);
    assert_eq!(acknowledged.iter().map(|act| act.actor_id).collect::<Vec<_>>(), [LI_NA, LIU_YANG, CHEN_JIE]);
}

#[tokio::test]
async fn a_required_form_refuses_one_click_acts() {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    bench.flashduty.require_form(true);
    for path in ["/incident/ack", "/incident/resolve"] {
        let bare = bench.by(LI_NA, path, ids(&id)).await;
        assert_eq!(bare.code(), (400, "InvalidParameter"));
        assert!(bare.body["error"]["message"].as_str().unwrap().contains("custom_fields"));
    }
    assert_eq!(bench.progress(&id), "Triggered");
    for wrong in
        [json!({"impact": "none"}), json!({"cause": "none"}), json!({"cause": ["变更 Change"]}), json!({"ticket": "x"})]
    {
        let filled = json!({"incident_ids": [id], "custom_fields": wrong});
        assert_eq!(bench.by(LI_NA, "/incident/ack", filled).await.status, 400, "{wrong}");
    }
    let filled = json!({"incident_ids": [id], "custom_fields": {"cause": "变更 Change", "customers": true}});
    assert_eq!(bench.by(LI_NA, "/incident/ack", filled).await.status, 200);
    assert_eq!(bench.flashduty.incident(&id).unwrap()["fields"]["cause"], "变更 Change");
    let fields = bench.by(LI_NA, "/field/list", json!({})).await;
    assert_eq!(fields.body["data"]["items"][0]["field_type"], "single_select");
}

#[tokio::test]
async fn the_rate_limit_answers_429_until_the_second_has_passed() {
    let bench = Bench::start().await;
    bench.flashduty.set_rate_limits(Limits { per_second: 3, per_minute: 5 });
    let call = async || {
        let request = bench.http.post(format!("{}/role/list?app_key={SERVICE_APP_KEY}", bench.url));
        bench.send(request.json(&json!({}))).await.code().0
    };
    let mut answers = Vec::new();
    for pause in [0, 0, 0, 0, 1, 0, 0, 59, 0] {
        bench.advance(pause);
        answers.push(call().await);
    }
    assert_eq!(answers, [200, 200, 200, 429, 200, 200, 429, 200, 200]);
}

#[tokio::test]
async fn fifty_a_second_are_the_usual_limit() {
    let bench = Bench::start().await;
    let mut answers = Vec::new();
    for _ in 0..51 {
        let request = bench.http.post(format!("{}/role/list?app_key={SERVICE_APP_KEY}", bench.url));
        answers.push(bench.send(request.json(&json!({}))).await.status);
    }
    assert_eq!((answers.iter().filter(|status| **status == 200).count(), answers[50]), (50, 429));
}

#[tokio::test]
async fn errors_speak_the_reader_s_language() {
    let bench = Bench::start().await;
    for (language, message) in
        [("zh-CN", "认证失败。"), ("en-US", "You are unauthorized."), ("", "You are unauthorized.")]
    {
        let request = bench.http.post(format!("{}/member/info", bench.url)).header("accept-language", language);
        let answer = bench.send(request.json(&json!({}))).await;
        assert_eq!(answer.body["error"]["message"], message);
    }
}

#[tokio::test]
async fn odd_values_are_odd() {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    bench.flashduty.change_settings(|settings| settings.odd_values = true);
    let acted = bench.by(LI_NA, "/incident/ack", ids(&id)).await;
    assert!(acted.data().is_null());
    let info = bench.by(LI_NA, "/incident/info", json!({"incident_id": id})).await;
    assert!(info.data().get("impact").is_none() && info.data()["creator"].is_null());
    let feed = bench.by(LI_NA, "/incident/feed", json!({"incident_id": id})).await;
    assert_eq!(feed.data()["items"][0]["type"], "i_of_the_future");
}
