use super::Bench;
use super::card::{CREATE, UPDATE, card, register};
use super::receiver::Receiver;
use crate::Push;
use crate::dingtalk::Switches;
use crate::dingtalk::crypto::hmac_base64;
use crate::seed::CORP_ID;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const NO_DELAY: Duration = Duration::ZERO;

async fn clickable(secret: Option<&str>) -> (Bench, Receiver, String) {
    let (bench, receiver) = (Bench::start().await, Receiver::start().await);
    register(&bench, &format!("{}/clicks", receiver.url), secret).await;
    let chat_id = bench.installed_chat().await;
    assert_eq!(bench.post(CREATE, &card("c1", &chat_id)).await.0, 200);
    (bench, receiver, chat_id)
}

async fn click(bench: &Bench, user_id: &str) -> Result<Value, String> {
    bench.sim.dingtalk.click("c1", user_id, &["acknowledge"], json!({ "action": "acknowledge" })).await
}

#[tokio::test]
async fn a_click_is_posted_signed_and_unencrypted() {
    let (bench, receiver, chat_id) = clickable(Some("card-secret")).await;
    receiver.answer_clicks(200, "{}", NO_DELAY);
    assert_eq!(click(&bench, "li.na").await, Ok(json!({})));
    let (headers, body) = receiver.clicks().pop().unwrap();
    let timestamp = headers["x-ddpaas-signature-timestamp"].to_str().unwrap();
    assert_eq!(timestamp, bench.sim.world.now().0.to_string());
    assert_eq!(headers["x-ddpaas-signature"].to_str().unwrap(), hmac_base64("card-secret", timestamp));
    let content: Value = serde_json::from_str(body["content"].as_str().unwrap()).unwrap();
    let pressed = json!({ "actionIds": ["acknowledge"], "params": { "action": "acknowledge" } });
    assert_eq!(content, json!({ "cardPrivateData": pressed }));
    for (name, value) in [
        ("type", json!("actionCallback")),
        ("outTrackId", json!("c1")),
        ("corpId", json!(CORP_ID)),
        ("userId", json!("li.na")),
        ("userIdType", json!(1)),
        ("spaceType", json!("IM_GROUP")),
        ("spaceId", json!(chat_id)),
    ] {
        assert_eq!(body[name], value);
    }
    register(&bench, &format!("{}/clicks", receiver.url), None).await;
    click(&bench, "li.na").await.unwrap();
    assert!(!receiver.clicks()[0].0.contains_key("x-ddpaas-signature"), "no secret, no signature");
}

#[tokio::test]
async fn the_answer_reaches_the_clicker_and_the_update_everybody() {
    let (bench, receiver, _) = clickable(None).await;
    let status = |user_id: &str| bench.sim.dingtalk.card_as("c1", user_id).remove("status");
    let answer = json!({
        "cardUpdateOptions": { "updateCardDataByKey": true, "updatePrivateDataByKey": true },
        "cardData": { "cardParamMap": { "status": "acked" } },
        "userPrivateData": { "cardParamMap": { "me": "did it" } },
    });
    receiver.answer_clicks(200, &answer.to_string(), NO_DELAY);
    click(&bench, "li.na").await.unwrap();
    let seen = bench.sim.dingtalk.card_as("c1", "li.na");
    let expected = json!({ "title": "disk full", "status": "acked", "hint": "you are on call", "me": "did it" });
    assert_eq!(json!(seen), expected);
    assert_eq!(status("alice").as_deref(), Some("open"), "public values of an answer are for the clicker alone");
    let update = json!({
        "outTrackId": "c1", "cardData": { "cardParamMap": { "status": "closed" } },
        "cardUpdateOptions": { "updateCardDataByKey": true },
    });
    bench.new_host(Method::PUT, UPDATE, &update).await;
    assert_eq!((status("li.na").as_deref(), status("alice").as_deref()), (Some("closed"), Some("closed")));
    receiver.answer_clicks(200, r#"{"cardData":{"cardParamMap":{"status":"only this"}}}"#, NO_DELAY);
    click(&bench, "alice").await.unwrap();
    let seen = json!(bench.sim.dingtalk.card_as("c1", "alice"));
    assert_eq!(seen, json!({ "status": "only this" }), "without options the map is replaced");
    bench.sim.dingtalk.set_switches(Switches { click_reaches_all: true, ..Switches::default() });
    click(&bench, "zhang.wei").await.unwrap();
    assert_eq!(status("liu.yang").as_deref(), Some("only this"));
}

#[tokio::test]
async fn a_wrong_or_late_answer_is_an_error_for_the_clicker_and_changes_nothing() {
    let (bench, receiver, _) = clickable(None).await;
    let before = bench.sim.dingtalk.card_as("c1", "li.na");
    let cases = [
        (500, "{}", NO_DELAY, "callback answered 500"),
        (204, "", NO_DELAY, "callback answered 204"),
        (200, "<html>", NO_DELAY, "answer is not a JSON object"),
        (200, r#"{"cardData":{"cardParamMap":{"n":1}}}"#, NO_DELAY, "answer is not card data"),
        (200, r#"{"cardData":5}"#, NO_DELAY, "answer is not card data"),
        (200, "{}", Duration::from_millis(2200), "no answer in 2000 ms"),
    ];
    for (status, body, delay, why) in cases {
        receiver.answer_clicks(status, body, delay);
        assert_eq!(click(&bench, "li.na").await, Err(why.to_owned()));
        assert_eq!(bench.sim.dingtalk.card_as("c1", "li.na"), before);
    }
    assert_eq!(click(&bench, "bob").await, Err("this person does not have the card".into()));
    assert!(bench.sim.dingtalk.click("c9", "li.na", &[], json!({})).await.is_err());
}

#[tokio::test]
async fn clicks_are_doubled_lost_late_and_overtaken_on_demand() {
    let (bench, receiver, _) = clickable(None).await;
    receiver.answer_clicks(200, "{}", NO_DELAY);
    let clickers = |receiver: &Receiver| -> Vec<String> {
        receiver.clicks().iter().map(|(_, body)| body["userId"].as_str().unwrap().to_owned()).collect()
    };
    let faults = &bench.sim.faults;
    faults.add_click(Push::Duplicate, Some(1));
    assert_eq!(click(&bench, "alice").await, Ok(json!({})));
    assert_eq!(clickers(&receiver), ["alice", "alice"]);
    for fault in [Push::Lose, Push::Reorder, Push::Late { ms: 5_000 }] {
        faults.add_click(fault, Some(1));
    }
    let no_answer = Err("no answer in 2000 ms".to_owned());
    for person in ["zhao.min", "li.na", "zhang.wei"] {
        assert_eq!(click(&bench, person).await, no_answer);
    }
    assert_eq!(clickers(&receiver), Vec::<String>::new());
    assert_eq!(click(&bench, "alice").await, Ok(json!({})));
    assert_eq!(clickers(&receiver), ["alice", "li.na"], "overtaken");
    bench.clock.advance(Duration::from_millis(4_999));
    bench.sim.run_due().await;
    assert_eq!(clickers(&receiver), Vec::<String>::new());
    bench.clock.advance(Duration::from_millis(1));
    bench.sim.run_due().await;
    assert_eq!(clickers(&receiver), ["zhang.wei"]);
}
