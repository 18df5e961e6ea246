//! Alerts pushed in: raise, update, recover.

use super::super::seed::{INTEGRATION_KEY, LI_NA, PAYMENTS, PAYMENTS_RULE, ZHANG_WEI};
use super::super::{Act, Raise};
use super::{Answer, Bench};
use serde_json::{Value, json};

async fn push(bench: &Bench, key: &str, body: Value) -> Answer {
    bench.advance(1);
    bench
        .send(bench.http.post(format!("{}/event/push/alert/standard?integration_key={key}", bench.url)).json(&body))
        .await
}

fn event(status: &str, key: &str) -> Value {
    json!({
        "event_status": status, "title_rule": "CPU high", "alert_key": key, "description": "d",
        "labels": {"host.name": "web-1"},
    })
}

fn newest(bench: &Bench) -> (String, Value) {
    let id = bench.flashduty.incident_ids().pop().unwrap();
    (id.clone(), bench.incident(&id))
}

#[tokio::test]
async fn an_alert_raises_updates_and_recovers_one_incident() {
    let bench = Bench::start().await;
    let before = bench.flashduty.incident_ids().len();
    let made = push(&bench, INTEGRATION_KEY, event("Warning", "k1")).await;
    assert_eq!(made.data(), &json!({"alert_key": "k1"}));
    let (id, incident) = newest(&bench);
    assert_eq!((&incident["incident_severity"], &incident["progress"]), (&json!("Warning"), &json!("Triggered")));
    assert_eq!((&incident["channel_id"], &incident["labels"]["host.name"]), (&json!(PAYMENTS), &json!("web-1")));
    assert_eq!(incident["assigned_to"]["escalate_rule_id"], PAYMENTS_RULE);
    let people: Vec<_> =
        incident["responders"].as_array().unwrap().iter().map(|one| one["person_id"].clone()).collect();
    assert_eq!(people, [ZHANG_WEI, LI_NA]);
    push(&bench, INTEGRATION_KEY, event("Critical", "k1")).await.data();
    let worse = bench.incident(&id);
    assert_eq!(
        (&worse["incident_severity"], &worse["alert_cnt"], &worse["alert_event_cnt"]),
        (&json!("Critical"), &json!(1), &json!(2))
    );
    push(&bench, INTEGRATION_KEY, event("Ok", "k1")).await.data();
    let over = bench.incident(&id);
    assert_eq!((&over["progress"], &over["incident_status"]), (&json!("Closed"), &json!("Ok")));
    assert_eq!(over["incident_severity"], "Critical", "how bad it was stays");
    assert_eq!((&over["closer_id"], &over["end_time"]), (&json!(0), &over["close_time"]));
    assert_eq!(bench.rows(&id), ["i_new", "i_assign", "i_r_severity", "i_rslv"]);
    assert_eq!(bench.flashduty.feed(&id).last().unwrap()["detail"], json!({"from": "event"}));
    assert_eq!(bench.flashduty.incident_ids().len(), before + 1);
    push(&bench, INTEGRATION_KEY, event("Ok", "never seen")).await.data();
    assert_eq!(bench.flashduty.incident_ids().len(), before + 1);
}

#[tokio::test]
async fn a_closed_incident_takes_no_more_events() {
    let bench = Bench::start().await;
    push(&bench, INTEGRATION_KEY, event("Info", "k2")).await.data();
    let (first, _) = newest(&bench);
    bench.flashduty.act_as(LI_NA, &first, Act::resolve()).await.unwrap();
    push(&bench, INTEGRATION_KEY, event("Info", "k2")).await.data();
    let (second, _) = newest(&bench);
    assert_ne!(first, second);
    assert_eq!(bench.incident(&first)["alert_event_cnt"], 1);
}

#[tokio::test]
async fn without_automatic_closing_a_recovered_incident_stays_open() {
    let bench = Bench::start().await;
    bench.flashduty.set_channel_closing(PAYMENTS, true, 0);
    let id = bench.flashduty.raise(Raise { alert_key: Some("k3".into()), ..Raise::default() }).await.unwrap();
    assert_eq!(bench.flashduty.recover(&id).await, Ok(true));
    assert_eq!(bench.flashduty.recover(&id).await, Ok(false));
    let calm = bench.incident(&id);
    assert_eq!((&calm["progress"], &calm["incident_status"]), (&json!("Triggered"), &json!("Ok")));
    let again = bench.flashduty.raise(Raise { alert_key: Some("k3".into()), ..Raise::default() }).await.unwrap();
    assert_eq!((&again, &bench.incident(&id)["alert_cnt"]), (&id, &json!(2)));
    assert_eq!(bench.rows(&id).last().map(String::as_str), Some("a_merge"));
    bench.flashduty.set_channel_closing(PAYMENTS, true, 600);
    bench.advance(600);
    assert_eq!(bench.progress(&id), "Closed");
    assert_eq!(bench.flashduty.feed(&id).last().unwrap()["detail"], json!({"from": "autorslv"}));
}

#[tokio::test]
async fn events_are_validated() {
    let bench = Bench::start().await;
    assert_eq!(push(&bench, "wrong", event("Info", "k")).await.code(), (401, "Unauthorized"));
    let long_key = "k".repeat(256);
    let long_label = "l".repeat(129);
    for change in [
        json!({"event_status": "Bad"}),
        json!({"event_status": null}),
        json!({"title_rule": ""}),
        json!({"title_rule": 5}),
        json!({"alert_key": long_key}),
        json!({"labels": {long_label: "v"}}),
        json!({"labels": {"a": 1}}),
        json!({"images": "x"}),
    ] {
        let mut body = event("Info", "k");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(push(&bench, INTEGRATION_KEY, body).await.code(), (400, "InvalidParameter"), "{change}");
    }
    let long = json!({"event_status": "Info", "title_rule": "字".repeat(600)});
    let made = push(&bench, INTEGRATION_KEY, long).await;
    assert_eq!(made.data()["alert_key"].as_str().unwrap().len(), 22, "a key is made up");
    let (_, incident) = newest(&bench);
    assert_eq!(incident["title"].as_str().unwrap().chars().count(), 512, "a long title is cut");
    let id = incident["incident_id"].clone();
    let alerts = bench.by(LI_NA, "/incident/alert/list", json!({"incident_id": id, "include_events": true})).await;
    let alert = &alerts.data()["items"][0];
    assert_eq!((&alert["alert_key"], &alert["incident"]["incident_id"]), (&made.data()["alert_key"], &id));
    let recovered = json!({"incident_id": id, "is_active": false});
    assert_eq!(bench.by(LI_NA, "/incident/alert/list", recovered).await.data()["total"], 0);
}
