//! The console's pages and the control calls, over HTTP.

use super::super::seed::{ALICE, LI_NA, PAYMENTS};
use super::super::{Raise, Settings};
use super::Bench;
use serde_json::json;

async fn page(bench: &Bench, path: &str) -> String {
    let answer = bench.send(bench.http.get(format!("{}{path}", bench.url))).await;
    answer.body.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_person_raises_acknowledges_comments_and_recovers() {
    let bench = Bench::start().await;
    let people = LI_NA.to_string();
    let channel = PAYMENTS.to_string();
    let form = [("title", "<b>坏了</b>"), ("severity", "Warning"), ("channel", &channel), ("responder", &people)];
    let raised = bench.send(bench.http.post(format!("{}/console/raise?as=alice&lang=en", bench.url)).form(&form)).await;
    assert_eq!((raised.status, &raised.headers["location"]), (303, &"/console?as=alice&lang=en".parse().unwrap()));
    let id = bench.flashduty.incident_ids().pop().unwrap();
    assert_eq!(bench.incident(&id)["responders"][0]["person_id"], LI_NA);
    let list = page(&bench, "/console?as=alice&lang=en").await;
    assert!(list.contains("&lt;b&gt;坏了&lt;/b&gt;") && !list.contains("<b>坏了"), "titles are escaped");
    assert!(list.contains(&format!("data-incident=\"{id}\" data-progress=\"Triggered\"")));
    assert!(list.contains("Simulated Flashduty") && list.contains("Acting as"));
    for (act, more) in [("acknowledge", ""), ("comment", "looking"), ("recover", "")] {
        let at = format!("{}/console/incidents/{id}?as=alice&lang=zh", bench.url);
        let form = [("act", act), ("from", "detail"), ("comment", more)];
        let acted = bench.send(bench.http.post(at).form(&form)).await;
        assert_eq!(acted.headers["location"], format!("/console/incidents/{id}?as=alice&lang=zh"), "{act}");
    }
    assert_eq!(bench.rows(&id), ["i_new", "i_assign", "i_ack", "i_comm", "i_rslv"]);
    let detail = page(&bench, &format!("/console/incidents/{id}?as=alice&lang=zh")).await;
    assert!(detail.contains("Alice Brown</b> 认领了故障") && detail.contains("looking") && detail.contains("告警恢复"));
    let seen = bench.send(bench.http.get(format!("{}/incident/detail/{id}", bench.url))).await;
    assert_eq!(seen.headers["location"], format!("/console/incidents/{id}"));
}

#[tokio::test]
async fn licence_and_role_count_in_the_console_too() {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    for (who, problem) in [("chen.jie", "NoLicense"), ("liu.yang", "AccessDenied")] {
        let at = format!("{}/console/incidents/{id}?as={who}&lang=en", bench.url);
        let acted = bench.send(bench.http.post(at).form(&[("act", "acknowledge")])).await;
        assert_eq!(acted.headers["location"], format!("/console?as={who}&lang=en&problem={problem}"));
        let shown = page(&bench, &format!("/console?as={who}&lang=en&problem={problem}")).await;
        assert!(shown.contains(&format!("data-problem=\"{problem}\"")));
    }
    assert_eq!(bench.progress(&id), "Triggered");
    let wrong = page(&bench, "/console/incidents/%3Cscript%3E?problem=%3Cscript%3E").await;
    assert!(wrong.contains("没有") || wrong.contains("no such"), "{wrong}");
    assert!(!wrong.contains("<script>"), "nothing of the address is a tag: {wrong}");
}

#[tokio::test]
async fn a_newcomer_makes_an_own_key() {
    let bench = Bench::start().await;
    let at = format!("{}/console/keys?as=alice&lang=en", bench.url);
    let made = bench.send(bench.http.post(at).form(&[("key_name", "mine")])).await;
    let html = made.body.as_str().unwrap();
    let key = html.split_once("data-app-key value=\"").unwrap().1.split('"').next().unwrap();
    assert_eq!(bench.call(key, "/member/info", json!({})).await.data()["member_id"], ALICE);
    assert!(!page(&bench, "/console/keys?as=alice").await.contains(key), "shown once");
    for _ in 0..4 {
        bench.flashduty.make_key(ALICE, "more").ok();
    }
    assert!(bench.flashduty.make_key(ALICE, "too many").is_err());
}

#[tokio::test]
async fn the_control_calls_do_what_the_verbs_do() {
    let bench = Bench::start().await;
    let post = async |path: &str, body: serde_json::Value| {
        bench.send(bench.http.post(format!("{}/_sim/{path}", bench.url)).json(&body)).await
    };
    let get = async |path: &str| bench.send(bench.http.get(format!("{}/_sim/{path}", bench.url))).await.body;
    let made = post("raise", json!({"title": "t", "responder_ids": [LI_NA], "labels": {"a.b": "c"}})).await.body;
    let id = made["incident_id"].as_str().unwrap().to_owned();
    let acted = post("act", json!({"incident_id": id, "person_id": ALICE, "act": "snooze", "minutes": 7})).await;
    assert_eq!(acted.body, json!({"changed": true}));
    assert_eq!(get(&format!("acts?id={id}")).await["items"][0]["act"], "snooze");
    assert_eq!(get(&format!("incident?id={id}")).await["labels"], json!({"a.b": "c"}));
    assert_eq!(get(&format!("feed?id={id}")).await["items"][0]["type"], "i_new");
    assert_eq!(post("recover", json!({"incident_id": id})).await.body, json!({"changed": true}));
    assert_eq!(get("incidents").await["items"].as_array().unwrap().len(), 13);
    post("member", json!({"member_id": LI_NA, "licensed": false, "role": 8})).await;
    let people = get("people").await;
    let li_na = people["items"].as_array().unwrap().iter().find(|one| one["key"] == "li.na").unwrap();
    assert_eq!((&li_na["licensed"], &li_na["role"]), (&json!(false), &json!(8)));
    let settings = post("settings", json!({"require_form": true})).await.body;
    assert_eq!(settings, json!(Settings { require_form: true, ..Settings::default() }));
    for (path, body) in [
        ("act", json!({"incident_id": id, "person_id": ALICE, "act": "explode"})),
        ("settings", json!({"require_form": "yes"})),
        ("raise", json!({"channel_id": 5})),
        ("member", json!({"member_id": LI_NA, "role": 3})),
    ] {
        assert_eq!(post(path, body).await.status, 400, "{path}");
    }
    post("webhook", json!({"url": "http://127.0.0.1:9/", "headers": {"x": "y"}})).await;
    bench.flashduty.raise(Raise::default()).await.unwrap();
    assert_eq!(get("webhook/history").await["items"][0]["status"], "failed");
    assert_eq!(post("rate", json!({"per_second": 1, "per_minute": 1})).await.status, 200);
    assert_eq!(post("run-due", json!({})).await.status, 200);
}

#[tokio::test]
async fn the_console_is_not_in_the_journal_but_the_api_is() {
    let bench = Bench::start().await;
    page(&bench, "/console").await;
    bench.by(LI_NA, "/role/list", json!({})).await.data();
    let entries = bench.core.journal.entries();
    assert_eq!(entries.iter().map(|entry| entry.path.as_str()).collect::<Vec<_>>(), ["/role/list"]);
    assert_eq!(entries[0].query, "app_key=***");
}

#[tokio::test]
async fn trouble_is_made_and_ended_on_a_page() {
    let bench = Bench::start().await;
    let at = format!("{}/console/trouble?as=alice&lang=en", bench.url);
    let form = [("cut", "250"), ("seed", "x"), ("oauth", "on"), ("per_second", "0"), ("per_minute", "7")];
    assert_eq!(bench.send(bench.http.post(&at).form(&form)).await.status, 303);
    let shown = page(&bench, "/console/trouble?as=alice&lang=en").await;
    assert!(
        shown.contains("name=\"cut\" value=\"100\"") && shown.contains("name=\"per_second\" value=\"1\""),
        "{shown}"
    );
    assert!(shown.contains("name=\"oauth\" checked") && !shown.contains("name=\"webhook_history\" checked"));
    let call = bench.http.post(format!("{}/role/list", bench.url)).json(&json!({}));
    assert!(call.send().await.is_err(), "every request is cut, the console is not");
    bench.send(bench.http.post(&at).form(&[("end", "1")])).await;
    bench.by(LI_NA, "/role/list", json!({})).await.data();
    assert_eq!(bench.flashduty.state().settings, Settings::default());
}

#[tokio::test]
async fn an_incident_is_merged_and_another_removed_by_clicks() {
    let bench = Bench::start().await;
    let (source, target) = (bench.raised().await, bench.raised().await);
    let at = |id: &str| format!("{}/console/incidents/{id}?as=alice&lang=en", bench.url);
    let form = [("act", "merge"), ("from", "detail"), ("target", target.as_str())];
    assert_eq!(bench.send(bench.http.post(at(&source)).form(&form)).await.status, 303);
    assert_eq!(bench.progress(&source), "Closed");
    assert!(page(&bench, &format!("/console/incidents/{source}?as=alice&lang=en")).await.contains("merged into"));
    bench.send(bench.http.post(at(&target)).form(&[("act", "remove")])).await;
    assert!(bench.flashduty.incident(&target).is_none());
    let viewer = format!("{}/console/incidents/{source}?as=liu.yang", bench.url);
    let refused = bench.send(bench.http.post(viewer).form(&[("act", "remove")])).await;
    assert!(refused.headers["location"].to_str().unwrap().ends_with("problem=AccessDenied"));
}
