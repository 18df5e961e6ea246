//! Incidents that become part of others or are removed, and editing.

use super::super::seed::{LI_NA, LIU_YANG, ZHANG_WEI};
use super::super::{Act, MergeInto, Settings};
use super::webhooks::Receiver;
use super::{Bench, ids};
use serde_json::{Value, json};

async fn with_receiver() -> (Bench, Receiver) {
    let mut bench = Bench::start().await;
    let (receiver, url) = Receiver::start(&mut bench).await;
    bench.flashduty.set_webhook(&url, &[]);
    (bench, receiver)
}

fn told(receiver: &Receiver) -> Vec<(String, Value)> {
    let got = receiver.got.lock().unwrap();
    got.iter()
        .map(|(_, body)| (body["event_type"].as_str().unwrap().to_owned(), body["incident"]["incident_id"].clone()))
        .collect()
}

#[tokio::test]
async fn merging_moves_alerts_and_closes_the_sources() {
    let (bench, receiver) = with_receiver().await;
    let (source, target) = (bench.raised().await, bench.raised().await);
    receiver.got.lock().unwrap().clear();
    let body = json!({"source_incident_ids": [source], "target_incident_id": target, "comment": "same cause"});
    assert_eq!(bench.by(LIU_YANG, "/incident/merge", body.clone()).await.code(), (403, "AccessDenied"));
    bench.by(ZHANG_WEI, "/incident/merge", body).await.data();
    bench.flashduty.deliver_webhooks().await;
    assert_eq!((bench.progress(&source).as_str(), bench.progress(&target).as_str()), ("Closed", "Triggered"));
    assert_eq!((&bench.incident(&source)["alert_cnt"], &bench.incident(&target)["alert_cnt"]), (&json!(0), &json!(2)));
    assert_eq!(told(&receiver), [("i_merge".to_owned(), json!(target)), ("i_merge".to_owned(), json!(source))]);
    let feed = bench.by(LI_NA, "/incident/feed", json!({"incident_id": source, "types": ["i_merge"]})).await;
    let detail = &feed.data()["items"][0]["detail"];
    assert_eq!(detail["target_incident"]["incident_id"], json!(target));
    assert_eq!(
        (&detail["source_incidents"][0]["incident_id"], &detail["comment"]),
        (&json!(source), &json!("same cause"))
    );
    let closed = json!({"source_incident_ids": [target], "target_incident_id": source});
    assert_eq!(bench.by(ZHANG_WEI, "/incident/merge", closed).await.code(), (400, "InvalidParameter"));
    let own = json!({"source_incident_ids": [target], "target_incident_id": target});
    assert_eq!(bench.by(ZHANG_WEI, "/incident/merge", own).await.code(), (400, "InvalidParameter"));
}

#[tokio::test]
async fn sources_may_be_removed_or_only_closed() {
    let (bench, receiver) = with_receiver().await;
    let (one, two, target) = (bench.raised().await, bench.raised().await, bench.raised().await);
    let merge = |source: &str, remove_sources| MergeInto {
        source_ids: vec![source.to_owned()],
        target_id: target.clone(),
        remove_sources,
        ..MergeInto::default()
    };
    bench.flashduty.merge_as(ZHANG_WEI, &merge(&one, true)).await.unwrap();
    assert_eq!(bench.by(LI_NA, "/incident/info", json!({"incident_id": one})).await.code(), (400, "ResourceNotFound"));
    bench.flashduty.change_settings(|settings| {
        *settings = Settings { merge_told_to_sources: false, odd_values: true, ..Settings::default() };
    });
    bench.flashduty.merge_as(ZHANG_WEI, &merge(&two, false)).await.unwrap();
    assert_eq!(told(&receiver).pop().unwrap(), ("i_rslv".to_owned(), json!(two)));
    let row = bench.flashduty.feed(&target).pop().unwrap();
    assert_eq!(row["detail"]["target_incident"], json!(target), "as an id alone");
}

#[tokio::test]
async fn removing_tells_nobody() {
    let (bench, receiver) = with_receiver().await;
    let (id, other) = (bench.raised().await, bench.raised().await);
    receiver.got.lock().unwrap().clear();
    let some = json!({"incident_ids": [id, "64b1352e376e32c85c56e25b"]});
    assert_eq!(bench.by(LI_NA, "/incident/remove", some).await.code(), (400, "ResourceNotFound"));
    assert_eq!(bench.progress(&id), "Triggered", "all or nothing");
    bench.by(LI_NA, "/incident/remove", ids(&id)).await.data();
    bench.flashduty.deliver_webhooks().await;
    assert!(told(&receiver).is_empty() && bench.flashduty.incident(&id).is_none());
    let both = json!({"incident_ids": [id, other]});
    let found = bench.by(LI_NA, "/incident/list-by-ids", both.clone()).await;
    assert_eq!(found.data()["items"].as_array().unwrap().len(), 1);
    bench.flashduty.change_settings(|settings| settings.unknown_ids_refused = true);
    assert_eq!(bench.by(LI_NA, "/incident/list-by-ids", both).await.code(), (400, "ResourceNotFound"));
}

#[tokio::test]
async fn texts_are_edited_and_unknown_things_happen() {
    let (bench, receiver) = with_receiver().await;
    let id = bench.raised().await;
    let at = "/incident/reset";
    bench.by(LI_NA, at, json!({"incident_id": id, "title": "renamed", "incident_severity": "Info"})).await.data();
    for wrong in [json!({"incident_id": id}), json!({"incident_id": id, "title": "ab"})] {
        assert_eq!(bench.by(LI_NA, at, wrong).await.code(), (400, "InvalidParameter"));
    }
    bench.flashduty.happen(&id, "i_of_2031").await.unwrap();
    let kinds: Vec<String> = told(&receiver).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds[2..], ["i_r_title", "i_r_severity", "i_of_2031"]);
    assert_eq!(receiver.got.lock().unwrap().last().unwrap().1["incident"]["title"], "renamed");
    bench.flashduty.act_as(LI_NA, &id, Act::resolve()).await.unwrap();
}
