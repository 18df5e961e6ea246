//! Group robots of escalation levels, to a small receiver.

use super::super::seed::{LI_NA, PAYMENTS_RULE, WANG_FANG};
use super::super::{Act, Raise, RobotTarget};
use super::Bench;
use super::webhooks::Receiver;
use serde_json::{Value, json};

/// A bench with a robot on both levels of the rule of Payments.
async fn with_robot(robot: RobotTarget) -> (Bench, Receiver) {
    let mut bench = Bench::start().await;
    let (receiver, url) = Receiver::start(&mut bench).await;
    let robot = RobotTarget { token: url, alias: "支付群".into(), ..robot };
    assert!(bench.flashduty.add_robot(PAYMENTS_RULE, 0, &robot) && bench.flashduty.add_robot(PAYMENTS_RULE, 1, &robot));
    assert!(!bench.flashduty.add_robot(PAYMENTS_RULE, 2, &robot));
    (bench, receiver)
}

fn got(receiver: &Receiver) -> Vec<Value> {
    receiver.got.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
}

/// The robots' rows of the timeline.
fn rows(bench: &Bench, id: &str) -> Vec<Value> {
    let rows = bench.flashduty.feed(id).into_iter().map(|row| row["detail"].clone());
    rows.filter(|detail| detail["by"] == "dingtalk").collect()
}

#[tokio::test]
async fn a_level_that_fires_posts_in_dingtalks_format_and_mentions_its_people() {
    let (bench, receiver) = with_robot(RobotTarget::default()).await;
    let title = "支付失败".to_owned();
    let id = bench.flashduty.raise(Raise { title, ..Raise::default() }).await.unwrap();
    let sent = got(&receiver);
    assert_eq!(sent.len(), 1);
    let num = id[18..].to_uppercase();
    assert_eq!(
        (&sent[0]["msgtype"], &sent[0]["markdown"]["title"]),
        (&json!("markdown"), &json!(format!("INC #{num} 支付失败")))
    );
    assert_eq!(sent[0]["at"], json!({"atMobiles": ["13800000001", "13800000002"], "isAtAll": false}));
    let text = sent[0]["markdown"]["text"].as_str().unwrap();
    assert!(
        text.contains(&format!("{}/incident/detail/{id}?ack=1", bench.url)) && text.contains("@13800000002"),
        "{text}"
    );
    // The seed's own robot has a bare token: DingTalk's, which is not reached from here.
    let told: Vec<Value> = rows(&bench, &id).iter().map(|row| row["robots"][0]["alias"].clone()).collect();
    assert_eq!(told, ["支付群机器人", "支付群"]);

    bench.advance(30 * 60);
    bench.flashduty.run_due().await;
    let second = got(&receiver).pop().unwrap();
    assert_eq!(second["at"]["atMobiles"], json!(["13800000003", "13800000006"]), "the second level's people");
    assert_eq!(bench.incident(&id)["assigned_to"]["layer_idx"], 1);
}

#[tokio::test]
async fn later_events_come_as_updates_that_mention_nobody() {
    let replies = vec!["i_ack".to_owned()];
    let (bench, receiver) = with_robot(RobotTarget { reply_event_types: replies, ..RobotTarget::default() }).await;
    let id = bench.flashduty.raise(Raise::default()).await.unwrap();
    bench.flashduty.act_as(LI_NA, &id, Act::Acknowledge).await.unwrap();
    bench.flashduty.act_as(LI_NA, &id, Act::resolve()).await.unwrap();
    let sent = got(&receiver);
    assert_eq!(sent.len(), 2, "the closing was not wanted");
    assert!(sent[1]["markdown"]["text"].as_str().unwrap().contains("李娜"));
    assert_eq!(sent[1]["at"]["atMobiles"], json!([]));
}

#[tokio::test]
async fn severities_mentions_and_everybody_are_obeyed() {
    let critical = RobotTarget { severities: vec!["Warning".into()], ..RobotTarget::default() };
    let (bench, receiver) = with_robot(critical).await;
    bench.flashduty.raise(Raise::default()).await.unwrap();
    assert!(got(&receiver).is_empty());
    let (bench, receiver) = with_robot(RobotTarget { is_at_all: true, ..RobotTarget::default() }).await;
    bench.flashduty.raise(Raise::default()).await.unwrap();
    assert_eq!(got(&receiver)[0]["at"]["isAtAll"], true);
    let (bench, receiver) = with_robot(RobotTarget { disable_at: true, ..RobotTarget::default() }).await;
    bench.flashduty.raise(Raise { description: "字".repeat(6_000), ..Raise::default() }).await.unwrap();
    let sent = &got(&receiver)[0];
    assert_eq!(sent["at"], json!({"atMobiles": [], "isAtAll": false}));
    let text = sent["markdown"]["text"].as_str().unwrap();
    assert!(text.len() <= 4_000 && text.contains("?ack=1"), "a long description leaves the links: {}", text.len());
}

#[tokio::test]
async fn a_refused_message_is_written_down_with_its_reason() {
    let (bench, receiver) = with_robot(RobotTarget::default()).await;
    receiver.statuses.lock().unwrap().push_back(403);
    let id = bench.flashduty.raise(Raise { responder_ids: Vec::new(), ..Raise::default() }).await.unwrap();
    assert_eq!(rows(&bench, &id)[1]["robots"][0]["failed_reason"], "unexpected status 403");
    let direct = bench.flashduty.raise(Raise { responder_ids: vec![WANG_FANG], ..Raise::default() }).await.unwrap();
    assert!(rows(&bench, &direct).is_empty(), "given to people directly, no level fires");
}
