//! Custom actions: called, waited for, and noted whatever the address says.

use super::super::CustomAction;
use super::super::seed::{ALICE, LI_NA, LIU_YANG, PAYMENTS, PLATFORM};
use super::Bench;
use serde_json::json;

const DO: &str = "/incident/custom-action/do";

#[tokio::test]
async fn the_address_is_called_with_the_alerts_and_its_failure_is_told() {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    // Nobody answers 200 to a webhook here: the API itself knows no such path.
    let url = format!("{}/restart", bench.url);
    let action = CustomAction { name: "Restart".into(), url, channel_ids: vec![PAYMENTS], ..CustomAction::default() };
    let action = bench.flashduty.add_custom_action(action).unwrap();
    let listed = bench.by(LI_NA, "/datasource/list", json!({"category": "webhook"})).await;
    assert_eq!(listed.data()["items"][0]["integration_id"], action);
    let run = bench.by(LI_NA, DO, json!({"incident_id": id, "integration_id": action})).await;
    assert!(run.data()["message"].as_str().unwrap().contains("404"), "{}", run.body);
    let sent = bench.core.journal.entries().into_iter().find(|entry| entry.path.ends_with("/restart")).unwrap();
    let sent: serde_json::Value = serde_json::from_str(&sent.request_body).unwrap();
    assert_eq!((&sent["event_type"], &sent["person"]["person_id"]), (&json!("i_custom"), &json!(LI_NA)));
    assert_eq!(sent["incident"]["alerts"].as_array().unwrap().len(), 1);
    assert_eq!(bench.rows(&id).last().unwrap(), "i_custom");
    assert_eq!(bench.flashduty.effects(&id, "custom-action"), 1);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_not_called() {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    let elsewhere = CustomAction { channel_ids: vec![PLATFORM], ..CustomAction::default() };
    let elsewhere = bench.flashduty.add_custom_action(elsewhere).unwrap();
    for (member, body, code) in [
        (ALICE, json!({"incident_id": id}), (400, "InvalidParameter")),
        (ALICE, json!({"incident_id": id, "integration_id": elsewhere}), (400, "InvalidParameter")),
        (ALICE, json!({"incident_id": id, "integration_id": 5}), (400, "ResourceNotFound")),
        (LIU_YANG, json!({"incident_id": id, "integration_id": elsewhere}), (403, "AccessDenied")),
    ] {
        assert_eq!(bench.by(member, DO, body.clone()).await.code(), code, "{body}");
    }
    assert!(!bench.rows(&id).contains(&"i_custom".to_owned()));
    for _ in 0..4 {
        bench.flashduty.add_custom_action(CustomAction { channel_ids: vec![PLATFORM], ..Default::default() }).unwrap();
    }
    assert!(bench.flashduty.add_custom_action(CustomAction::default()).is_err(), "at most five in a channel");
}
