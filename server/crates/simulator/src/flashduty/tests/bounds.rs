//! Every stated bound of a parameter, on both of its sides.

use super::super::seed::{ALICE, LI_NA, PAYMENTS, PAYMENTS_RULE, SCHEDULE_ID};
use super::Bench;
use serde_json::{Value, json};

const GOOD: &str = "";

/// Path, body, and the parameter that is refused; empty when the call succeeds.
type Case = (&'static str, Value, &'static str);

async fn run(bench: &Bench, cases: Vec<Case>) {
    for (path, body, refused) in cases {
        let shown: String = body.to_string().chars().take(200).collect();
        let answer = bench.by(LI_NA, path, body).await;
        if refused == GOOD {
            assert_eq!(answer.status, 200, "{path} {shown}: {}", answer.body);
        } else {
            assert_eq!(answer.code(), (400, "InvalidParameter"), "{path} {shown}");
            let message = answer.body["error"]["message"].as_str().unwrap();
            assert_eq!(message, format!("The specified parameter {refused} is not valid."), "{path} {shown}");
        }
    }
}

fn text(length: usize) -> String {
    "字".repeat(length)
}

#[tokio::test]
async fn ids_of_acts() {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    let hundred: Vec<&str> = vec![&id; 100];
    let too_many: Vec<&str> = vec![&id; 101];
    let mut cases = Vec::new();
    for path in ["/incident/ack", "/incident/unack", "/incident/wake", "/incident/resolve", "/incident/reopen"] {
        cases.push((path, json!({"incident_ids": hundred}), GOOD));
        for wrong in
            [json!(null), json!([]), json!(too_many), json!(id), json!(["xyz"]), json!([id.len()]), json!([[id]])]
        {
            cases.push((path, json!({"incident_ids": wrong}), "incident_ids"));
        }
        cases.push((path, json!({}), "incident_ids"));
    }
    run(&bench, cases).await;
    let absent = bench.by(LI_NA, "/incident/ack", json!({"incident_ids": [id, "0123456789abcdef01234567"]})).await;
    assert_eq!(absent.code(), (400, "ResourceNotFound"));
    assert_eq!(bench.progress(&id), "Triggered", "a batch is all or nothing");
}

#[tokio::test]
async fn texts_and_minutes_of_acts() {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    let snooze = |minutes: Value| ("/incident/snooze", json!({"incident_ids": [id], "minutes": minutes}));
    let with = |path, name: &str, value: Value| (path, json!({"incident_ids": [id], name: value}));
    let cases = [
        (snooze(json!(1)), GOOD),
        (snooze(json!(1_440)), GOOD),
        (snooze(json!(0)), "minutes"),
        (snooze(json!(1_441)), "minutes"),
        (snooze(json!(1.5)), "minutes"),
        (snooze(json!("5")), "minutes"),
        (snooze(json!(null)), "minutes"),
        (with("/incident/comment", "comment", json!(text(1_024))), GOOD),
        (with("/incident/comment", "comment", json!(text(1_025))), "comment"),
        (with("/incident/comment", "comment", json!(" ")), "comment"),
        (with("/incident/comment", "comment", json!(7)), "comment"),
        (with("/incident/resolve", "root_cause", json!(text(1_025))), "root_cause"),
        (with("/incident/resolve", "resolution", json!(text(1_025))), "resolution"),
        (with("/incident/resolve", "description", json!(text(6_145))), "description"),
        (with("/incident/resolve", "root_cause", json!(text(1_024))), GOOD),
        (with("/incident/reopen", "reason", json!(text(1_025))), "reason"),
        (with("/incident/reopen", "reason", json!(text(1_024))), GOOD),
    ];
    run(&bench, cases.into_iter().map(|((path, body), refused)| (path, body, refused)).collect()).await;
}

#[tokio::test]
async fn making_and_assigning() {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    let people = json!({"person_ids": [LI_NA], "type": "assign"});
    let make = |change: Value| {
        let mut body = json!({"incident_severity": "Warning", "title": "t", "assigned_to": people});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        ("/incident/create", body)
    };
    let assign = |to: Value| ("/incident/assign", json!({"incident_id": id, "assigned_to": to}));
    let many: Vec<i64> = vec![LI_NA; 101];
    let cases = [
        (make(json!({"title": text(512), "description": text(1_024)})), GOOD),
        (make(json!({"title": text(513)})), "title"),
        (make(json!({"title": ""})), "title"),
        (make(json!({"description": text(1_025)})), "description"),
        (make(json!({"incident_severity": "Ok"})), "incident_severity"),
        (make(json!({"incident_severity": null})), "incident_severity"),
        (make(json!({"assigned_to": null})), "assigned_to"),
        (make(json!({"assigned_to": {}})), "assigned_to.person_ids"),
        (make(json!({"assigned_to": {"person_ids": []}})), "person_ids"),
        (make(json!({"assigned_to": {"person_ids": many}})), "person_ids"),
        (make(json!({"assigned_to": {"escalate_rule_id": PAYMENTS_RULE, "layer_idx": 1}})), GOOD),
        (assign(json!({"person_ids": [ALICE], "type": "reassign"})), GOOD),
        (assign(json!({"person_ids": [ALICE], "type": "steal"})), "type"),
        (assign(json!({"escalate_rule_id": PAYMENTS_RULE, "layer_idx": 1, "type": "escalate"})), GOOD),
        (
            assign(json!({"escalate_rule_id": PAYMENTS_RULE, "layer_idx": 2, "type": "escalate"})),
            "assigned_to.layer_idx",
        ),
        (("/incident/assign", json!({"assigned_to": people})), "incident_id"),
        (("/incident/responder/add", json!({"incident_id": id, "person_ids": [ALICE]})), GOOD),
        (("/incident/responder/add", json!({"incident_id": id, "person_ids": []})), "person_ids"),
    ];
    run(&bench, cases.into_iter().map(|((path, body), refused)| (path, body, refused)).collect()).await;
    let unknown = bench.by(LI_NA, "/incident/create", make(json!({"channel_id": 12345})).1).await;
    assert_eq!(unknown.code(), (400, "ResourceNotFound"));
}

#[tokio::test]
async fn lists() {
    let bench = Bench::start().await;
    let (now, days) = (bench.now(), 86_400);
    let list = |change: Value| {
        let mut body = json!({"start_time": now - 31 * days, "end_time": now});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        ("/incident/list", body)
    };
    let rota = |start: i64, end: i64| json!({"start": start, "end": end, "schedule_id": SCHEDULE_ID});
    let seed = bench.flashduty.incident_ids();
    let hundred_and_one: Vec<&String> = std::iter::repeat_n(&seed[0], 101).collect();
    let cases = [
        (list(json!({})), GOOD),
        (list(json!({"start_time": now - 31 * days - 1})), "end_time"),
        (list(json!({"end_time": now - 32 * days})), "end_time"),
        (list(json!({"start_time": null})), "start_time"),
        (list(json!({"start_time": "yesterday"})), "start_time"),
        (list(json!({"limit": 100})), GOOD),
        (list(json!({"limit": 101})), "limit"),
        (list(json!({"limit": 0})), "limit"),
        (list(json!({"p": 100, "limit": 100})), GOOD),
        (list(json!({"p": 101, "limit": 100})), "p"),
        (list(json!({"p": 0})), "p"),
        (list(json!({"progress": "Triggered, Processing"})), GOOD),
        (list(json!({"progress": "Lost"})), "progress"),
        (list(json!({"progress": ["Triggered"]})), "progress"),
        (list(json!({"incident_severity": "Critical,Bad"})), "incident_severity"),
        (list(json!({"channel_ids": PAYMENTS})), "channel_ids"),
        (list(json!({"search_after_ctx": "nonsense"})), "search_after_ctx"),
        (("/incident/info", json!({"incident_id": "12"})), "incident_id"),
        (("/incident/list-by-ids", json!({"incident_ids": hundred_and_one})), "incident_ids"),
        (("/incident/alert/list", json!({"incident_id": seed[0], "limit": 1_000})), GOOD),
        (("/incident/alert/list", json!({"incident_id": seed[0], "limit": 1_001})), "limit"),
        (("/incident/feed", json!({"incident_id": seed[0], "limit": 101})), "limit"),
        (("/member/list", json!({"limit": 101})), "limit"),
        (("/member/list", json!({"orderby": "name"})), "orderby"),
        (("/person/infos", json!({})), "person_ids"),
        (("/channel/infos", json!({"channel_ids": vec![1; 1_001]})), "channel_ids"),
        (("/schedule/self", rota(now, now + 30 * days)), GOOD),
        (("/schedule/self", json!({})), "start"),
        (("/schedule/info", rota(now, now + 45 * days)), GOOD),
        (("/schedule/info", rota(now, now + 45 * days + 1)), "end"),
        (("/webhook/history/list", json!({"start_time": now, "end_time": now, "limit": 1})), "start_time"),
        (("/webhook/history/list", json!({"start_time": now * 1000, "end_time": now * 1000, "limit": 101})), "limit"),
    ];
    run(&bench, cases.into_iter().map(|((path, body), refused)| (path, body, refused)).collect()).await;
}

#[tokio::test]
async fn a_body_that_is_no_object_is_refused() {
    let bench = Bench::start().await;
    for body in ["[]", "7", "null", "{\"incident_ids\":", "<html>", "\u{0}"] {
        bench.advance(1);
        let key = bench.flashduty.key_of(LI_NA).unwrap();
        let request = bench.http.post(format!("{}/incident/ack?app_key={key}", bench.url));
        let answer = bench.send(request.header("content-type", "application/json").body(body)).await;
        assert_eq!(answer.code(), (400, "InvalidParameter"), "{body}");
    }
}
