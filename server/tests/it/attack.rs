//! What somebody with the source in hand would try: each story is an attack that once had an effect.

use crate::bench::verbs::GROUP as ON_CALL;
use crate::bench::{Answer, Bench, Browser, KEY};
use contract::paths;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use server::store;
use simulator::flashduty::Act;
use std::time::Duration;

/// The group in which everybody is who clicks here.
const GROUP: &str = "故障通报 Incidents";
/// The last second of the year 9999.
const FAR_SECONDS: i64 = 253_402_300_799;

fn path(template: &str) -> String {
    paths::fill(template, &[KEY])
}

/// A group with an incident's card in it.
async fn with_card(responders: &[&str]) -> (Bench, String, String) {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let incident = bench.raise("checkout is slow", responders).await;
    let card = bench.card_in(GROUP);
    (bench, incident, card)
}

/// Sends a webhook as Flashduty does.
async fn webhook(bench: &Bench, body: &Value) -> Answer {
    let addresses = bench.addresses().await;
    let header = addresses.flashduty_webhook_header;
    let browser = bench.browser();
    let request = browser.http().post(&addresses.flashduty_webhook).header(&header.name, &header.value).json(body);
    browser.send(request).await
}

async fn mirror(bench: &Bench, id: &str) -> server::model::incident::Incident {
    let mut tx = bench.app.state.store.read().await.unwrap();
    store::incident::get(&mut tx, KEY, id).await.unwrap().unwrap().incident
}

#[tokio::test]
async fn a_card_follows_although_somebody_who_saw_a_notice_left_the_company() {
    let (bench, _, card) = with_card(&["li.na"]).await;
    bench.link("li.na").await;
    for person in ["zhou.ting", "sun.lei"] {
        bench.click(&card, person, "acknowledge").await.unwrap();
        assert!(!bench.seen(&card, person)["notice"].is_empty(), "asked to link");
    }
    bench.sim.dingtalk.leave_org("zhou.ting").await.unwrap();
    bench.run_due().await;
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "bob")["progress"], "Processing");
    assert_eq!(bench.seen(&card, "sun.lei")["notice"], "", "those who stayed are told too");
}

#[tokio::test]
async fn a_click_with_an_invented_person_does_not_freeze_the_card() {
    let (bench, _, card) = with_card(&["li.na"]).await;
    bench.link("li.na").await;
    let browser = bench.browser();
    let nobody = bench.signed_click(&card, "nobody", "acknowledge").await;
    assert_eq!(browser.send(nobody(browser.http())).await.status, 200);
    let endless = "u".repeat(50_000);
    let long = bench.signed_click(&card, &endless, "acknowledge").await;
    assert_eq!(browser.send(long(browser.http())).await.problem(), "bad-request");
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "bob")["progress"], "Processing");
}

#[tokio::test]
async fn a_personal_card_is_pressed_by_its_person_alone() {
    let bench = Bench::start().await;
    bench.link("li.na").await;
    bench.link("zhang.wei").await;
    let incident = bench.raise("for Li", &["li.na"]).await;
    let card = bench.card_of("li.na");
    let browser = bench.browser();
    let foreign = bench.signed_click(&card, "zhang.wei", "close").await;
    let refused = browser.send(foreign(browser.http())).await;
    assert_eq!((refused.status, refused.problem().as_str()), (403, "forged"));
    assert_eq!(bench.sim.flashduty.effects(&incident, "resolve"), 0);
    let own = bench.signed_click(&card, "li.na", "close").await;
    assert_eq!(browser.send(own(browser.http())).await.status, 200);
    assert_eq!(bench.sim.flashduty.effects(&incident, "resolve"), 1);
}

#[tokio::test]
async fn a_webhook_from_the_year_9999_does_not_hide_the_truth_until_then() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    let mut told = bench.sim.flashduty.incident(&incident).unwrap();
    told["updated_at"] = json!(FAR_SECONDS);
    told["title"] = json!("frozen");
    let body = json!({
        "event_id": "far1", "event_time": FAR_SECONDS * 1000, "event_type": "i_r_title", "incident": told,
    });
    assert_eq!(webhook(&bench, &body).await.status, 200);
    bench.run_due().await;
    assert!(bench.seen(&card, "bob")["title"].contains("frozen"), "what it says is taken");

    bench.advance(Duration::from_secs(5));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::Acknowledge).await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "bob")["progress"], "Processing", "a later webhook wins");

    let body = json!({"event_id": "far2", "event_time": FAR_SECONDS * 1000, "event_type": "i_wake", "incident": told});
    assert_eq!(webhook(&bench, &body).await.status, 200);
    bench.run_due().await;
    bench.advance(Duration::from_secs(200));
    bench.reconcile().await;
    let seen = bench.seen(&card, "bob");
    assert!(seen["progress"] == "Processing" && seen["title"].contains("checkout"), "a later read wins: {seen:?}");
}

#[tokio::test]
async fn an_event_from_the_far_future_does_not_freeze_a_group() {
    let bench = Bench::start().await;
    bench.install_cool_app(ON_CALL).await;
    let cid = bench.conversation(ON_CALL);
    let owner = bench.sim.dingtalk.chat(&cid).unwrap().owner;
    let far = json!({ "openConversationId": cid, "title": "frozen", "timeStamp": i64::MAX, "operateTime": i64::MAX });
    bench.sim.dingtalk.push_event("chat_update_title", far.clone()).await;
    bench.sim.dingtalk.push_event("im_cool_app_uninstall", far).await;
    bench.run_due().await;
    assert_eq!(bench.chat(&cid).await.unwrap().title, "frozen");

    bench.advance(Duration::from_secs(5));
    bench.sim.dingtalk.rename_chat(&cid, "thawed", &owner).await.unwrap();
    bench.sim.dingtalk.uninstall_cool_app(&cid, &owner).await.unwrap();
    bench.sim.dingtalk.install_cool_app(&cid, &owner).await.unwrap();
    bench.run_due().await;
    let chat = bench.chat(&cid).await.unwrap();
    assert_eq!((chat.title.as_str(), chat.state.name()), ("thawed", "installed"));
}

#[tokio::test]
async fn old_news_of_somebody_leaving_does_not_unlink_who_came_back() {
    let bench = Bench::start().await;
    let left_ms = bench.sim.world.now().0;
    bench.advance(Duration::from_secs(60));
    let browser = bench.link("li.na").await;
    let news = |at_ms: i64| json!({ "userId": ["li.na"], "timeStamp": at_ms });
    bench.sim.dingtalk.push_event("user_leave_org", news(left_ms)).await;
    bench.run_due().await;
    assert_eq!(browser.get(&path(paths::API_ME)).await.status, 200, "a repetition after any time changes nothing");
    bench.advance(Duration::from_secs(60));
    bench.sim.dingtalk.push_event("user_leave_org", news(bench.sim.world.now().0)).await;
    bench.run_due().await;
    assert_eq!(browser.get(&path(paths::API_ME)).await.problem(), "not-signed-in");
}

#[tokio::test]
async fn a_webhook_of_thousands_is_kept_within_bounds() {
    let bench = Bench::start().await;
    let labels: serde_json::Map<_, _> = (0..5_000).map(|n| (format!("label{n}"), json!("v".repeat(100)))).collect();
    let responders: Vec<_> = (1..20_000).map(|n| json!({"person_id": n, "person_name": "n".repeat(9)})).collect();
    let id = "64b1352e376e32c85c56e25b";
    let incident = json!({
        "incident_id": id, "title": "T".repeat(500_000), "description": "D\n".repeat(200_000), "progress": "Triggered",
        "incident_severity": "Critical", "labels": labels, "responders": responders, "updated_at": 1_790_000_000,
    });
    let body =
        json!({ "event_id": "huge", "event_time": 1_790_000_000_000_i64, "event_type": "i_new", "incident": incident });
    assert_eq!(webhook(&bench, &body).await.status, 200);
    bench.run_due().await;
    let kept = mirror(&bench, id).await;
    let size = serde_json::to_string(&kept).unwrap().len();
    assert!(size < 300_000, "{size} bytes would be read and written with every change");
    assert_eq!(bench.outcomes(id).await.len(), 200);
}

#[tokio::test]
async fn spelling_a_key_otherwise_does_not_multiply_the_tries() {
    let bench = Bench::start().await;
    let browser = bench.browser();
    browser.get(&path(paths::HOME)).await;
    let mut heard = 0;
    for spelling in 1..=60_u32 {
        let spelt = |(place, letter): (usize, char)| match spelling >> place & 1 {
            1 => format!("%{:02x}", u32::from(letter)),
            _ => letter.to_string(),
        };
        let key: String = KEY.chars().enumerate().map(spelt).collect();
        let address = format!("{}{}", bench.base, paths::API_LINK_APP_KEY.replace("{key}", &key));
        let request = browser.http().post(address).header("sec-fetch-site", "same-origin");
        let answer = browser.send(request.json(&json!({ "app_key": "guess" }))).await;
        assert!(matches!(answer.status, 410 | 429), "{answer:?}");
        heard += usize::from(answer.status != 429);
    }
    assert_eq!(heard, 30);
}

#[tokio::test]
async fn invented_codes_do_not_use_up_the_calls_of_those_who_arrive() {
    let bench = Bench::start().await;
    bench.link("li.na").await;
    // However many arrive from one address: they give a good code.
    for _ in 0..100 {
        bench.advance(Duration::from_millis(100));
        let answer = bench.arrive(&bench.browser(), "li.na", None).await;
        assert_eq!(answer.parameter("problem"), None, "{answer:?}");
    }
    let before = bench.requests("/topapi/v2/user/getuserinfo");
    for n in 0..200 {
        let body = json!({ "code": format!("invented{n}") });
        bench.browser().json(&path(paths::API_SESSION), body).await;
    }
    let asked = bench.requests("/topapi/v2/user/getuserinfo") - before;
    assert!(asked <= 65, "{asked} invented codes were shown to DingTalk");
    let refused = bench.browser().json(&path(paths::API_SESSION), json!({ "code": "one more" })).await;
    assert_eq!((refused.status, refused.problem().as_str()), (429, "too-many-requests"));
    assert!(refused.headers.contains_key("retry-after"));
    let browser = bench.browser();
    let form = browser.http().post(format!("{}{}", bench.base, path(paths::API_SESSION)));
    let form = form.header("accept", "text/html,*/*;q=0.8").header("sec-fetch-site", "same-origin");
    let shown = browser.send(form.form(&[("code", "one more")])).await;
    assert_eq!(shown.status, 429);
    assert!(shown.headers.contains_key("retry-after"));
    assert!(shown.body.contains("data-problem=\"too-many-requests\""), "people read a page: {}", shown.body);
}

#[tokio::test]
async fn the_database_file_holds_no_secret_in_clear() {
    let bench = Bench::start().await;
    bench.link("li.na").await;
    let arrived = bench.arrive(&bench.browser(), "li.na", None).await;
    let cookies = arrived.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let session = cookies.into_iter().find_map(|cookie| cookie.strip_prefix(&format!("dd_s_{KEY}="))).unwrap();
    let attempt = bench.arrive(&bench.browser(), "zhao.min", None).await.parameter("attempt").unwrap();
    let code = server::flow::access::console_link(&bench.app.state, "story").await.unwrap();
    let token = bench.token("observer").await;
    let addresses = bench.addresses().await;
    let last = |address: &str| address.rsplit(['/', '=']).next().unwrap().to_owned();
    let mut secrets = vec![
        last(&addresses.card_callback),
        last(&addresses.flashduty_webhook),
        last(&addresses.custom_action),
        addresses.flashduty_webhook_header.value,
        last(&code),
        token,
        attempt,
        bench.sim.flashduty.key_of(bench.member("li.na")).unwrap(),
        simulator::flashduty::seed::SERVICE_APP_KEY.to_owned(),
        session.split(';').next().unwrap().to_owned(),
    ];
    secrets
        .extend([simulator::seed::CLIENT_SECRET, simulator::seed::AES_KEY, simulator::seed::TOKEN].map(str::to_owned));
    assert!(secrets.iter().all(|secret| secret.len() >= 10), "{secrets:?}");
    let url = bench.app.state.config.database_url.expose_secret().to_owned();
    let file = url.strip_prefix("sqlite://").unwrap().to_owned();
    for file in [file.clone(), format!("{file}-wal")] {
        let bytes = std::fs::read(&file).unwrap();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{file} holds {secret}");
        }
    }
}

#[tokio::test]
async fn nobody_frames_the_console_and_scripts_come_from_their_publisher() {
    let bench = Bench::start().await;
    let browser = bench.browser();
    let policy = async |browser: &Browser, path: &str| {
        let page = browser.get(path).await;
        page.headers["content-security-policy"].to_str().unwrap().to_owned()
    };
    let home = policy(&browser, &path(paths::HOME)).await;
    assert!(home.contains("frame-ancestors 'self' https://*.dingtalk.com "), "{home}");
    assert!(!home.contains("'unsafe-"), "{home}");
    let again = policy(&browser, &path(paths::HOME)).await;
    assert_ne!(home, again, "a nonce is used once");
    for page in [paths::CONSOLE.to_owned(), format!("{}?code=abc", paths::CONSOLE_ENTER)] {
        assert!(policy(&browser, &page).await.contains("frame-ancestors 'none'"), "{page}");
    }
}
