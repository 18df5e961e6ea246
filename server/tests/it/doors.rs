//! Every outside door against garbage, oversize, forgery, replay and strangers: the right refusal, nothing leaked,
//! nothing lost, never a fault of ours.

use crate::bench::verbs::GROUP;
use crate::bench::{Answer, Bench, KEY};
use contract::paths;
use std::time::Duration;

/// What must never appear in an answer.
fn check_silent(bench: &Bench, answer: &Answer, door: &str) {
    assert!(answer.status < 500, "{door}: {} {}", answer.status, answer.body);
    let secrets = [simulator::seed::CLIENT_SECRET, simulator::seed::AES_KEY, simulator::seed::TOKEN];
    for secret in secrets.into_iter().chain([simulator::flashduty::seed::SERVICE_APP_KEY]) {
        assert!(!answer.body.contains(secret), "{door} tells a secret");
    }
    for word in ["panicked", "sqlx", "SELECT ", "/src/", "RUST_BACKTRACE"] {
        assert!(!answer.body.contains(word), "{door} tells of its inside: {}", answer.body);
    }
    assert!(answer.headers.contains_key("x-request-id"), "{door}");
    let _ = bench;
}

fn garbage() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = [
        "",
        "{",
        "null",
        "[]",
        "{}",
        "\"x\"",
        "0",
        "{\"encrypt\":5}",
        "{\"encrypt\":\"\"}",
        "{\"encrypt\":\"!!!!\"}",
        "{\"encrypt\":\"AAAA\"}",
        "a=b&c=d",
        "<html></html>",
        "{\"type\":\"actionCallback\"}",
        "{\"event_id\":\"x\"}",
        "{\"event_id\":\"x\",\"incident\":{}}",
        "{\"event_id\":{},\"incident\":[]}",
        "{\"content\":\"{\\\"cardPrivateData\\\":null}\"}",
    ]
    .into_iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    all.push(vec![0xff; 300]);
    all.push("[".repeat(100_000).into_bytes());
    all.push(format!("{{\"encrypt\":\"{}\"}}", "A".repeat(100_000)).into_bytes());
    all
}

#[tokio::test]
async fn garbage_at_every_door() {
    let bench = Bench::start().await;
    let addresses = bench.addresses().await;
    let chat = bench.install_cool_app("平台组").await;
    let robot = crate::robot_push::address(&bench, &chat).await;
    let session = paths::fill(paths::API_SESSION, &[KEY]);
    let act = paths::fill(paths::API_ACT, &[KEY, "64b1352e376e32c85c56e25b", "acknowledge"]);
    let room = paths::fill(paths::API_WAR_ROOM, &[KEY, "64b1352e376e32c85c56e25b"]);
    let confirm = paths::fill(paths::API_LINK_CONFIRM, &[KEY]);
    let subscriptions = paths::fill(paths::AUTOMATION_SUBSCRIPTIONS, &[KEY]);
    let token = bench.token("administrator").await;
    let browser = bench.link("li.na").await;
    let doors = [
        addresses.event_subscription.as_str(),
        addresses.card_callback.as_str(),
        addresses.flashduty_webhook.as_str(),
        addresses.custom_action.as_str(),
        room.as_str(),
        robot.as_str(),
        session.as_str(),
        act.as_str(),
        confirm.as_str(),
        subscriptions.as_str(),
    ];
    for door in doors {
        for body in garbage() {
            for content_type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
                let url = if door.starts_with("http") { door.to_owned() } else { format!("{}{door}", bench.base) };
                let request = browser
                    .http()
                    .post(url)
                    .header("content-type", content_type)
                    .header("sec-fetch-site", "same-origin")
                    .bearer_auth(&token)
                    .body(body.clone());
                let answer = browser.send(request).await;
                check_silent(&bench, &answer, door);
                // An act needs no field, so an empty form is a good one; it is refused for its unknown incident.
                assert!(answer.status >= 300, "{door} took {:?}", String::from_utf8_lossy(&body[..body.len().min(60)]));
            }
            // A refused form is answered by the page it came from, and Flashduty bears 50 calls a second.
            bench.advance(Duration::from_secs(1));
        }
        bench.advance(Duration::from_secs(120));
    }
    bench.install_cool_app(GROUP).await;
}

#[tokio::test]
async fn too_large_and_wrong_method_and_unknown_paths() {
    let bench = Bench::start().await;
    let addresses = bench.addresses().await;
    let browser = bench.browser();
    for (door, bytes) in [
        (&addresses.event_subscription, 300 << 10),
        (&addresses.card_callback, 80 << 10),
        (&addresses.flashduty_webhook, 5 << 20),
    ] {
        let answer = browser.send(browser.http().post(door).body(vec![b'a'; bytes])).await;
        assert_eq!((answer.status, answer.problem().as_str()), (413, "too-large"), "{door}");
        let answer = browser.get(door).await;
        assert_eq!((answer.status, answer.problem().as_str()), (405, "method-not-allowed"));
    }
    for path in ["/dingtalk", "/dingtalk/x/events/y", "/flashduty/benchbench/actions/s", "/api/nothing", "/.env", "/i"]
    {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        check_silent(&bench, &answer, path);
    }
}

#[tokio::test]
async fn forged_and_foreign_requests_change_nothing() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let incident = bench.raise("target", &["li.na"]).await;
    bench.link("li.na").await;
    let card = bench.card_in(GROUP);
    let addresses = bench.addresses().await;
    let browser = bench.browser();
    let body = serde_json::json!({
        "type": "actionCallback", "outTrackId": card, "corpId": simulator::seed::CORP_ID, "userId": "li.na",
        "content": "{\"cardPrivateData\":{\"actionIds\":[\"acknowledge\"],\"params\":{\"action\":\"acknowledge\"}}}",
    });
    let unsigned = browser.json(&addresses.card_callback, body.clone()).await;
    assert_eq!((unsigned.status, unsigned.problem().as_str()), (403, "signature-wrong"));
    let wrong_route =
        addresses.card_callback.rsplit_once('/').unwrap().0.to_owned() + "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert_eq!(browser.json(&wrong_route, body).await.problem(), "forged");
    let webhook = serde_json::json!({ "event_id": "forged1", "event_time": 1_790_000_100_000_i64, "event_type": "i_rslv",
        "incident": { "incident_id": incident, "progress": "Closed", "title": "gone" } });
    let wrong =
        addresses.flashduty_webhook.rsplit_once('/').unwrap().0.to_owned() + "/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    assert_eq!(browser.json(&wrong, webhook.clone()).await.problem(), "forged");
    let no_header = browser.json(&addresses.flashduty_webhook, webhook.clone()).await;
    assert_eq!(no_header.problem(), "forged", "the header was seen once: now it is demanded");
    let unknown = addresses.event_subscription.replace(KEY, "nosuchkey");
    assert_eq!(browser.json(&unknown, webhook).await.problem(), "not-found");
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "li.na")["progress"], "Triggered");
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 0);
}

#[tokio::test]
async fn an_old_signature_is_refused() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.raise("replayed", &["li.na"]).await;
    bench.link("li.na").await;
    let card = bench.card_in(GROUP);
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    let signed = bench.signed_click(&card, "li.na", "close").await;
    assert_eq!(bench.browser().send(signed(bench.browser().http())).await.status, 200, "good while it is fresh");
    bench.advance(Duration::from_secs(301));
    let browser = bench.browser();
    let late = browser.send(signed(browser.http())).await;
    assert_eq!(late.problem(), "signature-wrong");
}

#[tokio::test]
async fn requests_of_other_sites_are_refused() {
    let bench = Bench::start().await;
    let browser = bench.link("li.na").await;
    let unlink = format!("{}{}", bench.base, paths::fill(paths::API_LINK_UNLINK, &[KEY]));
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
    {
        let answer = browser.send(browser.http().post(&unlink).header(name, value)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (403, "cross-site"), "{name}: {value}");
    }
    let bare = browser.send(browser.http().post(&unlink).form(&[("csrf", "guessed")])).await;
    assert_eq!(bare.problem(), "cross-site", "an old engine has to send the form's own token");
    assert_eq!(browser.get(&paths::fill(paths::API_ME, &[KEY])).await.status, 200);
}

#[tokio::test]
async fn the_automation_api_wants_a_token_of_the_right_role() {
    let bench = Bench::start().await;
    let observer = bench.token("observer").await;
    let path = format!("{}{}", bench.base, paths::fill(paths::AUTOMATION_SUBSCRIPTIONS, &[KEY]));
    let browser = bench.browser();
    assert_eq!(browser.get(&path).await.problem(), "token-refused");
    let wrong = browser.send(browser.http().get(&path).bearer_auth("wrong")).await;
    assert_eq!(wrong.problem(), "token-refused");
    assert_eq!(browser.send(browser.http().get(&path).bearer_auth(&observer)).await.status, 200);
    let body = serde_json::json!({ "chat_id": "x" });
    let post = browser.send(browser.http().post(&path).bearer_auth(&observer).json(&body)).await;
    assert_eq!(post.problem(), "role-too-low");
}

#[tokio::test]
async fn hostile_incident_text_is_shown_as_text() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let browser = bench.link("li.na").await;
    let title = "<script>alert(1)</script> \u{202e}dlrow $CORPID$ **x** [a](javascript:b) \u{1F525}";
    let incident = bench.raise(title, &["li.na"]).await;
    for path in [
        paths::fill(paths::HOME, &[KEY]),
        paths::fill(paths::PC_HOME, &[KEY]),
        paths::fill(paths::INCIDENT, &[KEY, &incident]),
    ] {
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        let at = page.body.find("<script>alert").map(|at| page.body[at.saturating_sub(200)..at + 30].to_owned());
        assert_eq!(at, None, "{path}");
        assert!(page.headers["content-security-policy"].to_str().unwrap().contains("nonce-"), "{path}");
        assert_eq!(page.headers["cache-control"], "no-store", "{path}");
    }
    let seen = bench.seen(&bench.card_in(GROUP), "zhao.min");
    assert!(!seen["title"].contains('\u{202e}'));
}
