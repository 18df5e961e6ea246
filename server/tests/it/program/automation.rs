//! The automation API, as other people's tools use it: one token, lists of one shape, errors of one shape.

use super::child::until;
use super::stage::{GROUP, KEY, SOON, Stage};
use crate::bench::{Answer, Browser};
use serde_json::{Value, json};

/// Whether an answer is a problem and nothing else, as the contract writes it.
fn is_problem(answer: &Answer, code: &str) -> bool {
    let body = answer.json();
    let fields: Vec<&str> = body["problem"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let texts = fields.iter().all(|name| body["problem"][name].is_string());
    fields == ["code", "id", "message", "remedy"]
        && texts
        && body.as_object().unwrap().len() == 1
        && body["problem"]["code"] == code
}

#[tokio::test]
async fn a_tool_finds_a_group_subscribes_it_and_follows_what_was_sent() {
    let stage = Stage::start().await;
    let chat_id = stage.join(GROUP).await;
    stage.linked("zhang.wei").await;

    assert_eq!(stage.items("chats").await.len(), 1);
    assert!(stage.items("chats?query=no-such-group").await.is_empty());
    let subscription = stage.items("subscriptions").await.pop().unwrap();
    assert_eq!(
        (&subscription["chat_id"], &subscription["channel_ids"], &subscription["severities"], &subscription["labels"]),
        (&json!(chat_id), &json!([]), &json!([]), &json!({}))
    );
    let narrow = json!({ "chat_id": chat_id, "channel_ids": [simulator::flashduty::seed::SUPPORT],
        "severities": ["Info"], "labels": {"service": "pay"}, "mention": true });
    let made = stage.api("POST", "subscriptions", Some(narrow.clone())).await.json();
    for (field, value) in narrow.as_object().unwrap() {
        assert_eq!(&made[field], value, "{field}");
    }
    assert_eq!(stage.items("subscriptions").await.len(), 2);

    let incident = stage.raise("for the tool", &["zhang.wei", "li.na"]).await;
    let sent = until("both responders and the group have an outcome", SOON, async || {
        let sent = stage.items(&format!("deliveries?incident={incident}")).await;
        (sent.len() == 3 && sent.iter().all(|one| one["state"] != "waiting")).then_some(sent)
    })
    .await;
    assert!(sent.iter().all(|one| one["incident_id"] == *incident));
    let unlinked = stage.items(&format!("deliveries?incident={incident}&outcome=app%20not%20linked")).await;
    let unlinked = if unlinked.is_empty() { panic!("{sent:#?}") } else { &unlinked[0] };
    assert!(unlinked["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()), "{unlinked}");
    let delivered = stage.items(&format!("deliveries?incident={incident}&outcome=delivered")).await;
    assert_eq!(delivered.len(), 2, "{delivered:#?}");

    let links = stage.items("links?state=linked").await;
    assert_eq!((links.len(), &links[0]["employee"]["user_id"]), (1, &json!("zhang.wei")));
    assert!(stage.items("links?state=broken").await.is_empty());

    let id = made["id"].as_str().unwrap();
    assert_eq!(stage.api("DELETE", &format!("subscriptions/{id}"), None).await.status, 204);
    assert!(is_problem(&stage.api("DELETE", &format!("subscriptions/{id}"), None).await, "not-found"));
    assert_eq!(stage.items("subscriptions").await.len(), 1);
    audit_tells(&stage).await;
}

/// Who did what, newest first, and no secret in it.
async fn audit_tells(stage: &Stage) {
    let audit = stage.items("audit").await;
    let acts: Vec<&str> = audit.iter().filter_map(|entry| entry["act"].as_str()).collect();
    assert_eq!(acts.first(), Some(&"subscription-removed"), "{acts:?}");
    assert_eq!(acts.last(), Some(&"integration-added"), "{acts:?}");
    assert!(audit[0]["actor"].as_str().unwrap().contains("story"), "{}", audit[0]);
    let all = Value::from(audit).to_string();
    let key = stage.sim.flashduty.key_of(stage.member("zhang.wei")).unwrap();
    for secret in [simulator::seed::CLIENT_SECRET, simulator::seed::AES_KEY, &stage.token, &key] {
        assert!(!all.contains(secret));
    }
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let stage = Stage::start().await;
    let chat_id = stage.join(GROUP).await;
    for _ in 0..4 {
        stage.api("POST", "subscriptions", Some(json!({ "chat_id": chat_id }))).await;
    }
    let (mut seen, mut next) = (Vec::new(), String::new());
    for expected in [2, 2, 1] {
        let page = stage.api("GET", &format!("subscriptions?limit=2&after={next}"), None).await.json();
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), expected);
        seen.extend(items.iter().map(|item| item["id"].to_string()));
        next = page["next"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!(next, "");
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn mistakes_are_told_in_one_shape() {
    let stage = Stage::start().await;
    let made = stage.program.run(&["token", "create", "--name", "looker", "--role", "observer"]).await;
    assert_eq!((made.code, made.out.trim().lines().count()), (Some(0), 1), "{made:?}");
    for (method, path, body, status, code) in [
        ("GET", "chats?limit=0", None, 400, "invalid-field"),
        ("GET", "deliveries?outcome=lost", None, 400, "invalid-field"),
        ("GET", "links?state=maybe", None, 400, "invalid-field"),
        ("GET", "audit?after=nonsense", None, 400, "bad-request"),
        ("GET", "nothing", None, 404, "not-found"),
        ("PUT", "chats", None, 405, "method-not-allowed"),
        ("DELETE", "subscriptions/unknown", None, 404, "not-found"),
        ("POST", "subscriptions", Some(json!({})), 400, "invalid-field"),
        ("POST", "subscriptions", Some(json!({ "chat_id": "unknown" })), 400, "invalid-field"),
        ("POST", "subscriptions", Some(json!({ "chat_id": "x", "chanels": [] })), 400, "invalid-field"),
        ("POST", "subscriptions", Some(json!([])), 400, "bad-request"),
    ] {
        let answer = stage.api(method, path, body).await;
        assert_eq!((answer.status, is_problem(&answer, code)), (status, true), "{method} {path}: {answer:?}");
    }
    let browser = stage.browser();
    let call = |token: &str| {
        let url = format!("{}/api/integrations/{KEY}/subscriptions", stage.program.base);
        browser.http().request("POST".parse().unwrap(), url).bearer_auth(token).json(&json!({ "chat_id": "x" }))
    };
    assert!(is_problem(&browser.send(call("dingduty_unknown")).await, "token-refused"));
    let observer = browser.send(call(made.out.trim())).await;
    assert!(observer.status == 403 && is_problem(&observer, "role-too-low"), "{observer:?}");
    let unknown = browser.http().get(format!("{}/api/integrations/unknownkey/chats", stage.program.base));
    assert!(is_problem(&browser.send(unknown.bearer_auth(&stage.token)).await, "not-found"));
}

#[tokio::test]
async fn the_description_is_served_and_names_every_list() {
    let stage = Stage::start().await;
    let answer = Browser::at(&stage.program.base).get("/api/openapi.json").await;
    assert_eq!((answer.status, &answer.headers["content-type"]), (200, &"application/json".parse().unwrap()));
    let description = answer.json();
    assert!(description["openapi"].as_str().unwrap().starts_with("3."));
    for list in ["chats", "subscriptions", "links", "deliveries", "audit"] {
        let path = &description["paths"][format!("/api/integrations/{{key}}/{list}")];
        assert!(path["get"].is_object(), "{list}");
    }
}
