//! The doors through which rooms are asked for, and what is refused at them.

use super::{CREATE, browser_of, press, ready};
use crate::bench::{Bench, KEY};
use contract::paths;
use serde_json::{Value, json};

fn room_of(incident: &str) -> String {
    paths::fill(paths::API_WAR_ROOM, &[KEY, incident])
}

#[tokio::test]
async fn flashdutys_console_asks_by_the_custom_action_and_repetitions_change_nothing() {
    let (bench, incident) = ready().await;
    let url = bench.addresses().await.custom_action;
    let flashduty = &bench.sim.flashduty;
    let zhang = bench.member("zhang.wei");
    let event = flashduty.press_custom_action(&url, &incident, zhang, None).await.unwrap();
    assert_eq!(bench.requests(CREATE), 0, "answered before anything is called");
    flashduty.press_custom_action(&url, &incident, zhang, Some(&event)).await.unwrap();
    flashduty.press_custom_action(&url, &incident, bench.member("li.na"), None).await.unwrap();
    bench.settle().await;
    assert_eq!((bench.rooms().len(), bench.requests(CREATE)), (1, 1));
    assert_eq!(bench.room().owner, "zhang.wei", "whoever pressed first");
}

#[tokio::test]
async fn a_press_that_was_answered_survives_a_crash() {
    let (mut bench, incident) = ready().await;
    let url = bench.addresses().await.custom_action;
    bench.sim.flashduty.press_custom_action(&url, &incident, bench.member("li.na"), None).await.unwrap();
    bench.restart().await;
    bench.settle().await;
    assert_eq!(bench.rooms().len(), 1);
}

#[tokio::test]
async fn what_is_no_custom_action_is_refused() {
    let (bench, incident) = ready().await;
    let url = bench.addresses().await.custom_action;
    let browser = bench.browser();
    let wrong = format!("{}x", url);
    let body = json!({ "incident": { "incident_id": incident, "event_id": "e1" }, "event_type": "i_custom" });
    assert_eq!(browser.json(&wrong, body.clone()).await.problem(), "forged");
    assert_eq!(browser.json(&url.replace(KEY, "nobodynobody"), body.clone()).await.status, 404);
    for bad in
        [json!(null), json!([]), json!({}), json!({ "incident": {} }), json!({ "incident": { "incident_id": "x" } })]
    {
        assert_eq!(browser.json(&url, bad.clone()).await.problem(), "bad-request", "{bad}");
    }
    for text in ["", "<html>", "{\"incident\":", "\u{0}"] {
        let answer =
            browser.send(browser.http().post(&url).header("content-type", "application/json").body(text)).await;
        assert_eq!(answer.status, 400, "{text}");
    }
    assert_eq!(browser.get(&url).await.status, 405);
    // An incident nobody knows is taken, as a webhook is, and one without responders makes no room.
    let alone = json!({ "event_type": "i_custom", "event_id": "e2",
        "incident": { "incident_id": "69da451ef77b1b51f40e8aaa", "num": "F40E8A", "title": "x", "progress": "Triggered" } });
    assert_eq!(browser.json(&url, alone).await.status, 200);
    bench.settle().await;
    assert!(bench.rooms().is_empty());
}

#[tokio::test]
async fn rooms_are_offered_only_where_they_are_set_up() {
    let bench = Bench::start().await;
    let li = bench.link("li.na").await;
    let incident = bench.raise("慢", &["li.na"]).await;
    let card = bench.card_of("li.na");
    assert_eq!(bench.seen(&card, "li.na")["can_war_room"], "false");
    assert!(!li.get(&paths::fill(paths::INCIDENT, &[KEY, &incident])).await.body.contains("data-act=\"war-room\""));
    let asked = li.json(&room_of(&incident), json!({})).await;
    assert_eq!((asked.status, asked.problem().as_str()), (409, "war-rooms-off"));
    bench.click(&card, "li.na", "war-room").await.unwrap();
    assert!(bench.seen(&card, "li.na")["notice"].contains("作战室"));
    bench.war_rooms().await;
    bench.advance(std::time::Duration::from_secs(2));
    assert_eq!(li.json(&room_of(&incident), json!({})).await.status, 200, "the fields take effect at once");
}

#[tokio::test]
async fn nobody_responding_is_said_on_the_page_and_at_the_door() {
    let bench = Bench::start().await;
    bench.war_rooms().await;
    let li = bench.link("li.na").await;
    let incident = bench.raise("慢", &["li.na"]).await;
    bench.sim.flashduty.remove_responders(&incident);
    let page = li.get(&paths::fill(paths::INCIDENT, &[KEY, &incident])).await.body;
    assert!(page.contains("disabled") && page.contains("没有处理人员"), "{page}");
    assert_eq!(li.json(&room_of(&incident), json!({})).await.problem(), "no-responders");
}

#[tokio::test]
async fn bad_requests_about_rooms_have_their_own_words() {
    let (bench, incident) = ready().await;
    let li = browser_of(&bench, "li.na").await;
    let act = |act: &str| paths::fill(paths::API_WAR_ROOM_ACT, &[KEY, &incident, act]);
    for (path, body, code) in [
        (room_of("nonsense"), json!({}), "not-found"),
        (room_of("69da451ef77b1b51f40e8aaa"), json!({}), "incident-gone"),
        (act("join"), json!({}), "no-war-room"),
        (act("keep"), json!({}), "no-war-room"),
        (act("dismiss"), json!({}), "invalid-field"),
        (act("dismiss"), json!({ "confirm": "yes" }), "no-war-room"),
        (act("invite"), json!({}), "invalid-field"),
        (act("invite"), json!({ "member": "x" }), "invalid-field"),
        (act("explode"), json!({}), "not-found"),
    ] {
        let answer = li.json(&path, body.clone()).await;
        assert_eq!(answer.problem(), code, "{path} {body}");
    }
    let stranger = bench.browser().json(&room_of(&incident), json!({})).await;
    assert_eq!(stranger.status, 401);
    let elsewhere =
        li.http().post(format!("{}{}", bench.base, room_of(&incident))).header("sec-fetch-site", "cross-site");
    assert_eq!(li.send(elsewhere.json(&json!({}))).await.problem(), "cross-site");
    assert!(bench.rooms().is_empty());
}

#[tokio::test]
async fn observers_are_suggested_and_invited_by_a_press() {
    let (bench, incident) = ready().await;
    bench.link("wang.fang").await;
    bench.raise("earlier", &["wang.fang"]).await;
    press(&bench, "li.na").await;
    let li = browser_of(&bench, "li.na").await;
    let page = li.get(&room_of(&incident)).await.json();
    let observers = page["observers"].as_array().unwrap();
    let wang = bench.member("wang.fang");
    assert!(observers.iter().any(|one| one["member_id"] == wang), "{page}");
    let path = paths::fill(paths::API_WAR_ROOM_ACT, &[KEY, &incident, "invite"]);
    let fields = [("member", wang.to_string()), ("name", "王芳".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(li.form(&path, &fields).await.status, 303);
    bench.settle().await;
    assert!(bench.room().members.contains("wang.fang"));
}

#[tokio::test]
async fn nobody_is_invited_by_a_name_of_somebodys_making() {
    let (bench, incident) = ready().await;
    press(&bench, "li.na").await;
    let li = browser_of(&bench, "li.na").await;
    let path = paths::fill(paths::API_WAR_ROOM_ACT, &[KEY, &incident, "invite"]);
    for member in [1, i64::MAX] {
        let answer = li.json(&path, json!({ "member": member, "name": "[pay here](https://evil.example)" })).await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, "invalid-field"), "{answer:?}");
    }
    // This one is a member, but linked to nobody: the room is told who is missing, by the name that Flashduty has.
    let body = json!({ "member": bench.member("chen.jie"), "name": "[pay here](https://evil.example)" });
    assert_eq!(li.json(&path, body).await.status, 200);
    bench.settle().await;
    let shown = li.get(&room_of(&incident)).await.body;
    assert!(!shown.contains("evil") && shown.contains("陈杰"), "{shown}");
}

#[tokio::test]
async fn other_programs_list_rooms_and_dismiss_them() {
    let (bench, incident) = ready().await;
    press(&bench, "li.na").await;
    let browser = bench.browser();
    let url = format!("{}/api/integrations/{KEY}/war-rooms", bench.base);
    let (observer, administrator) = (bench.token("observer").await, bench.token("administrator").await);
    let get = |path: String| browser.send(browser.http().get(path).bearer_auth(&observer));
    let items = get(url.clone()).await.json()["items"].clone();
    let room = &items[0];
    assert_eq!((room["incident_id"].as_str(), room["state"].as_str()), (Some(incident.as_str()), Some("open")));
    assert_eq!(room["people"].as_array().unwrap().len(), 2, "{room}");
    assert_eq!(get(format!("{url}?state=gone")).await.json()["items"], json!([]));
    assert_eq!(get(format!("{url}?state=nonsense")).await.problem(), "invalid-field");
    let dismiss = format!("{url}/{}/dismiss", room["id"].as_str().unwrap());
    let post = |path: String, token: &str| browser.send(browser.http().post(path).bearer_auth(token));
    assert_eq!(post(dismiss.clone(), &observer).await.problem(), "role-too-low");
    assert_eq!(post(format!("{url}/nothing/dismiss"), &administrator).await.status, 404);
    let answer: Value = post(dismiss, &administrator).await.json();
    assert_eq!(answer["state"], "ending", "{answer}");
    bench.advance(std::time::Duration::from_secs(61));
    bench.settle().await;
    assert!(bench.room().disbanded);
}

#[tokio::test]
async fn a_second_integration_of_the_account_is_refused_war_rooms() {
    let (bench, _) = ready().await;
    let second = json!({
        "key": "secondone", "name": "Second", "corp_id": "ding0000000000000000000000000000", "agent_id": "1",
        "client_id": "dingotherother000000", "client_secret": "x".repeat(64),
        "aes_key": simulator::seed::AES_KEY, "token": "otherToken", "war_room_template_id": "t", "war_room_bot_id": "b",
        "flashduty_app_key": simulator::flashduty::seed::SERVICE_APP_KEY,
    });
    let form = server::flow::set_up::Form::from_json(&second.to_string()).unwrap();
    let refused = server::flow::set_up::add(&bench.app.state, form, "bench").await.map(drop).expect_err("a refusal");
    let words = format!("{refused:?}");
    assert!(words.contains("war_room_template_id") && words.contains(KEY), "{words}");
}
