//! Webhooks out, to a small receiver.

use super::super::seed::{ALICE, LI_NA, PAYMENTS, PLATFORM, ZHANG_WEI};
use super::super::{Act, Raise, WebhookTarget};
use super::Bench;
use crate::{Peer, Push, listen};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// Keeps what it gets; answers 200, or what was asked for: a status, [`CUT`] or [`HANG`].
#[derive(Clone, Default)]
pub struct Receiver {
    pub got: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
    pub statuses: Arc<Mutex<VecDeque<u16>>>,
}

/// The connection is closed without an answer.
const CUT: u16 = 0;

/// There never is an answer.
const HANG: u16 = 1;

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> axum::response::Response {
    let status = receiver.statuses.lock().unwrap().pop_front().unwrap_or(200);
    if status == HANG {
        return std::future::pending().await;
    }
    if status == CUT {
        let mut response = axum::response::Response::default();
        response.extensions_mut().insert(listen::CloseConnection);
        return response;
    }
    receiver.got.lock().unwrap().push((headers, serde_json::from_slice(&body).unwrap()));
    axum::response::IntoResponse::into_response(StatusCode::from_u16(status).unwrap())
}

impl Receiver {
    pub async fn start(bench: &mut Bench) -> (Self, String) {
        let receiver = Self::default();
        let (listener, address) = listen::bind(0).await.unwrap();
        let router = Router::new().route("/hook", axum::routing::post(receive)).with_state(receiver.clone());
        bench.tasks.spawn(listen::serve(listener, router));
        (receiver, format!("http://{address}/hook?secret=s3"))
    }

    fn types(&self) -> Vec<String> {
        let got = self.got.lock().unwrap();
        got.iter().map(|(_, body)| body["event_type"].as_str().unwrap().to_owned()).collect()
    }

    fn last(&self) -> Value {
        self.got.lock().unwrap().last().unwrap().1.clone()
    }
}

async fn start() -> (Bench, Receiver, String) {
    let mut bench = Bench::start().await;
    let (receiver, url) = Receiver::start(&mut bench).await;
    bench.flashduty.set_webhook(&url, &[("X-Secret", "s4")]);
    (bench, receiver, url)
}

#[tokio::test]
async fn the_payload_is_that_of_the_document() {
    let (bench, receiver, _) = start().await;
    let id = bench.raised().await;
    assert_eq!(receiver.types(), ["i_new", "i_assign"], "nothing of the seed, no notifications");
    let (headers, first) = receiver.got.lock().unwrap()[0].clone();
    assert_eq!(
        (&headers["x-secret"], &headers["content-type"]),
        (&"s4".parse().unwrap(), &"application/json".parse().unwrap())
    );
    let event_id = first["event_id"].as_str().unwrap();
    assert!(event_id.len() == 32 && event_id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(first["event_time"], bench.core.world.now().0);
    assert!(first.get("person").is_none(), "an alert is no person");
    let incident = &first["incident"];
    assert_eq!((&incident["incident_id"], &incident["responders"]), (&json!(id), &json!([])));
    assert!(incident.get("alerts").is_none() && incident.get("creator").is_none() && incident.get("closer").is_none());
    assert_eq!(receiver.last()["incident"]["responders"][0]["person_name"], "李娜");

    bench.by(LI_NA, "/incident/comment", json!({"incident_ids": [id], "comment": "c"})).await.data();
    bench.flashduty.deliver_webhooks().await;
    let comment = receiver.last();
    assert_eq!(comment["event_type"], "i_comm");
    assert_eq!(comment["person"], json!({"person_id": LI_NA, "person_name": "李娜", "email": "li.na@example.com"}));
    assert!(!comment.to_string().contains("\"comment\""), "the detail of the timeline is not carried");
    bench.flashduty.act_as(ZHANG_WEI, &id, Act::resolve()).await.unwrap();
    assert_eq!(receiver.last()["incident"]["closer"]["person_id"], ZHANG_WEI);

    let by_hand = Raise { creator_id: Some(ALICE), responder_ids: vec![LI_NA], ..Raise::default() };
    bench.flashduty.raise(by_hand).await.unwrap();
    let incident = &receiver.last()["incident"];
    assert!(incident.get("labels").is_none());
    assert_eq!((&incident["creator"]["person_id"], &incident["creator_id"]), (&json!(ALICE), &json!(ALICE)));
}

#[tokio::test]
async fn muted_comments_and_idle_acts_send_nothing() {
    let (bench, receiver, _) = start().await;
    let id = bench.raised().await;
    bench.flashduty.act_as(LI_NA, &id, Act::Acknowledge).await.unwrap();
    let before = receiver.types().len();
    bench.flashduty.act_as(LI_NA, &id, Act::Acknowledge).await.unwrap();
    let muted = Act::Comment { comment: "quiet".into(), mute_reply: true };
    bench.flashduty.act_as(LI_NA, &id, muted).await.unwrap();
    assert_eq!(receiver.types().len(), before);
    assert_eq!(bench.flashduty.effects(&id, "acknowledge"), 1);
    assert_eq!(bench.flashduty.acts(&id).len(), 3);
}

#[tokio::test]
async fn channels_and_types_are_filtered() {
    let (bench, receiver, url) = start().await;
    bench.flashduty.state().webhooks.targets.clear();
    let target = WebhookTarget {
        url,
        channel_ids: vec![PAYMENTS],
        event_types: vec!["i_new".into(), "i_rslv".into()],
        ..WebhookTarget::default()
    };
    bench.flashduty.add_webhook(target);
    bench.flashduty.raise(Raise { channel_id: PLATFORM, ..Raise::default() }).await.unwrap();
    let id = bench.raised().await;
    bench.flashduty.act_as(LI_NA, &id, Act::Acknowledge).await.unwrap();
    bench.flashduty.recover(&id).await.unwrap();
    assert_eq!(receiver.types(), ["i_new", "i_rslv"]);
}

#[tokio::test]
async fn only_a_broken_connection_is_tried_again_and_only_once() {
    let (bench, receiver, _) = start().await;
    let statuses = |list: &[u16]| receiver.statuses.lock().unwrap().extend(list);
    let id = bench.raised().await;
    let before = receiver.types().len();
    statuses(&[500]);
    bench.flashduty.act_as(LI_NA, &id, Act::comment("1")).await.unwrap();
    bench.advance(60);
    bench.flashduty.run_due().await;
    assert_eq!(receiver.types().len(), before + 1, "a 500 is not retried");
    statuses(&[CUT]);
    bench.flashduty.act_as(LI_NA, &id, Act::comment("2")).await.unwrap();
    assert_eq!(receiver.types().len(), before + 1);
    bench.advance(1);
    bench.flashduty.run_due().await;
    assert_eq!(receiver.types().len(), before + 2);
    statuses(&[CUT, CUT]);
    bench.flashduty.act_as(LI_NA, &id, Act::comment("3")).await.unwrap();
    for _ in 0..3 {
        bench.advance(60);
        bench.flashduty.run_due().await;
    }
    assert_eq!(receiver.types().len(), before + 2, "lost after the second try");
    let history = bench.flashduty.webhook_history();
    let tail: Vec<_> =
        history[before..].iter().map(|row| (&row["attempt"], &row["status"], &row["status_code"])).collect();
    let row = |attempt: i64, status: &str, code: i64| (json!(attempt), json!(status), json!(code));
    let expected =
        [row(1, "failed", 500), row(1, "failed", 0), row(2, "success", 200), row(1, "failed", 0), row(2, "failed", 0)];
    assert_eq!(tail, expected.iter().map(|(a, b, c)| (a, b, c)).collect::<Vec<_>>());
    let now = bench.core.world.now().0;
    let ask = json!({"start_time": now - 600_000, "end_time": now, "limit": 2, "status": "failed", "ref_id": id});
    let answer = bench.by(LI_NA, "/webhook/history/list", ask).await;
    assert_eq!((&answer.data()["total"], &answer.data()["search_after_ctx"]), (&json!(4), &json!("2")));
    assert_eq!(answer.data()["items"][0]["attempt"], 2);
    assert!(!answer.data().to_string().contains("s3"), "the query of the address is not told");
}

#[tokio::test]
async fn an_answer_that_takes_two_seconds_is_not_waited_for_and_not_tried_again() {
    let (bench, receiver, _) = start().await;
    let id = bench.raised().await;
    let before = receiver.types().len();
    receiver.statuses.lock().unwrap().push_back(HANG);
    bench.flashduty.act_as(LI_NA, &id, Act::Acknowledge).await.unwrap();
    bench.advance(60);
    bench.flashduty.run_due().await;
    assert_eq!(receiver.types().len(), before);
    let history = bench.flashduty.webhook_history();
    let last = history.last().unwrap();
    assert_eq!((&last["error_message"], &last["attempt"]), (&json!("timed out"), &json!(1)));
}

#[tokio::test]
async fn pushes_are_doubled_swapped_lost_and_delayed_on_demand() {
    let (bench, receiver, _) = start().await;
    let id = bench.raised().await;
    receiver.got.lock().unwrap().clear();
    let faults = &bench.core.faults;
    faults.add_push(Peer::Flashduty, Push::Duplicate, Some(1));
    bench.flashduty.act_as(LI_NA, &id, Act::Acknowledge).await.unwrap();
    assert_eq!(receiver.types(), ["i_ack", "i_ack"]);
    let first = receiver.got.lock().unwrap()[0].1.clone();
    assert_eq!(first["event_id"], receiver.last()["event_id"]);
    faults.add_push(Peer::Flashduty, Push::Reorder, Some(1));
    bench.flashduty.act_as(LI_NA, &id, Act::Snooze { minutes: 5 }).await.unwrap();
    bench.flashduty.act_as(LI_NA, &id, Act::Wake).await.unwrap();
    assert_eq!(receiver.types()[2..], ["i_wake", "i_snooze"]);
    faults.add_push(Peer::Flashduty, Push::Lose, Some(1));
    bench.flashduty.act_as(LI_NA, &id, Act::comment("lost")).await.unwrap();
    assert_eq!(receiver.types().len(), 4);
    faults.add_push(Peer::Flashduty, Push::Late { ms: 5_000 }, Some(1));
    bench.flashduty.act_as(LI_NA, &id, Act::comment("late")).await.unwrap();
    assert_eq!(receiver.types().len(), 4);
    bench.advance(5);
    bench.flashduty.run_due().await;
    assert_eq!(receiver.types()[4..], ["i_comm"]);
}
