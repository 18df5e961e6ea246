use super::Bench;
use crate::dingtalk::Place;
use crate::faults::Kind;
use crate::{Fault, Peer};
use serde_json::json;
use std::time::Duration;

const PATH: &str = "/topapi/v2/user/get";

fn fault(kind: Kind) -> Fault {
    Fault { peer: Peer::DingTalk, path: "/topapi/".into(), kind, times: Some(1) }
}

#[tokio::test]
async fn requests_are_refused_delayed_cut_and_halved_on_demand() {
    let bench = Bench::start().await;
    let faults = &bench.sim.faults;
    let url = format!("{}{PATH}?access_token={}", bench.sim.dingtalk_url(), bench.token);
    let send = async || bench.http.post(&url).json(&json!({ "userid": "alice" })).send().await;
    faults.add(fault(Kind::Refuse { status: 503, body: json!({ "code": "ServiceUnavailable" }) }));
    let response = send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.text().await.unwrap().as_str()),
        (503, r#"{"code":"ServiceUnavailable"}"#)
    );
    faults.add(fault(Kind::Html));
    let response = send().await.unwrap();
    assert!(response.status() == 200 && response.text().await.unwrap().starts_with("<html>"));
    faults.add(fault(Kind::Cut));
    assert!(send().await.is_err());
    faults.add(fault(Kind::HalfBody));
    assert!(send().await.unwrap().text().await.is_err());
    faults.add(fault(Kind::Delay { ms: 300 }));
    let in_time = tokio::time::timeout(Duration::from_millis(200), send()).await;
    assert!(in_time.is_err(), "the answer came too soon");
    assert_eq!(send().await.unwrap().status(), 200);
    let notes = bench.sim.journal.entries();
    let notes: Vec<_> = notes.iter().filter(|entry| entry.path == PATH && !entry.note.is_empty()).collect();
    let told: Vec<_> = notes.iter().map(|entry| (entry.status, entry.note.as_str())).collect();
    assert_eq!(told[2..4], [(0, "fault Cut"), (200, "fault HalfBody")]);
    assert!(notes[0].query.contains("access_token=***") && !notes[0].query.contains(&bench.token));
}

#[tokio::test]
async fn a_forgotten_answer_has_been_carried_out() {
    let bench = Bench::start().await;
    let path = "/v1.0/robot/oToMessages/batchSend";
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path: path.into(), kind: Kind::Forget, times: Some(1) });
    let body = json!({
        "robotCode": crate::seed::CLIENT_ID, "userIds": ["alice"], "msgKey": "sampleText",
        "msgParam": r#"{"content":"x"}"#,
    });
    let request = bench.http.post(format!("{}{path}", bench.sim.dingtalk_url()));
    let request = request.header("x-acs-dingtalk-access-token", &bench.token).json(&body);
    assert!(request.send().await.is_err());
    assert_eq!(bench.sim.dingtalk.messages(&Place::Person("alice".into())).len(), 1);
}

#[tokio::test]
async fn dropping_the_simulator_closes_everything() {
    let bench = Bench::start().await;
    let url = bench.sim.jsapi_url();
    assert_eq!(bench.http.get(&url).send().await.unwrap().status(), 200);
    let Bench { sim, http, .. } = bench;
    drop(sim);
    // Aborted tasks end when the runtime next turns to them.
    tokio::task::yield_now().await;
    assert!(http.get(&url).send().await.is_err());
}

#[tokio::test]
async fn an_answer_is_empty_or_of_wrong_types_on_demand() {
    let bench = Bench::start().await;
    bench.sim.faults.add(fault(Kind::Nothing));
    let url = format!("{}{PATH}?access_token={}", bench.sim.dingtalk_url(), bench.token);
    let response = bench.http.post(&url).json(&json!({ "userid": "alice" })).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.text().await.unwrap().as_str()), (200, ""));
    bench.sim.faults.add(fault(Kind::WrongTypes));
    let answer = bench.old_host(PATH, &json!({ "userid": "alice" })).await;
    assert_eq!((&answer["errcode"], &answer["result"]["userid"]), (&json!("0"), &json!(5)));
    assert_eq!(answer["result"]["dept_id_list"], json!({ "0": "1" }));
}

#[tokio::test]
async fn what_is_accepted_and_lost_is_seen_by_nobody() {
    let bench = Bench::start().await;
    let lose = |path: &str| Fault { peer: Peer::DingTalk, path: path.into(), kind: Kind::Lose, times: Some(1) };
    let people = "/v1.0/robot/oToMessages/batchSend";
    let body = json!({
        "robotCode": crate::seed::CLIENT_ID, "userIds": ["alice"], "msgKey": "sampleText",
        "msgParam": r#"{"content":"x"}"#,
    });
    bench.sim.faults.add(lose(people));
    let (status, answer) = bench.post(people, &body).await;
    assert!(status == 200 && answer["processQueryKey"].is_string(), "{answer}");
    assert!(bench.sim.dingtalk.messages(&Place::Person("alice".into())).is_empty());
    let notice = "/topapi/message/corpconversation/asyncsend_v2";
    let agent_id: u64 = crate::seed::AGENT_ID.parse().unwrap();
    let msg = json!({ "msgtype": "text", "text": { "content": "x" } });
    bench.sim.faults.add(lose(notice));
    let answer = bench.old_host(notice, &json!({ "agent_id": agent_id, "userid_list": "alice", "msg": msg })).await;
    assert!(answer["task_id"].is_u64() && bench.sim.dingtalk.work_notices("alice").is_empty(), "{answer}");
}

#[tokio::test]
async fn a_wrong_clock_is_the_platforms_own() {
    let bench = Bench::start().await;
    bench.sim.faults.set_clock_offset(Peer::DingTalk, 3 * 60 * 60 * 1000);
    let answer = bench.old_host(PATH, &json!({ "userid": "alice" })).await;
    assert_eq!(answer["sub_code"], "40014", "over there the token has ended");
    bench.sim.faults.clear();
    assert_eq!(bench.old_host(PATH, &json!({ "userid": "alice" })).await["errcode"], 0);
}
