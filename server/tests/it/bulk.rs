//! Acts on what was chosen in a list: listed first, done once for each, and taken back.

use crate::bench::{Answer, Bench, Browser, KEY};
use contract::paths;
use serde_json::{Value, json};
use simulator::flashduty::{Act, Role};
use simulator::{Fault, Peer, faults};
use std::time::Duration;

fn address(path: &str, act: &str) -> String {
    paths::fill(path, &[KEY, act])
}

async fn raised(bench: &Bench, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(bench.raise(&format!("disk {number}"), &["li.na"]).await);
    }
    ids
}

fn states(answer: &Answer) -> Vec<String> {
    let members = answer.json()["members"].as_array().unwrap_or_else(|| panic!("{answer:?}")).clone();
    members.iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
}

async fn post(browser: &Browser, act: &str, body: Value) -> Answer {
    browser.json(&address(paths::API_BULK, act), body).await
}

#[tokio::test]
async fn those_ticked_are_listed_then_done_once_and_taken_back() {
    let bench = Bench::start().await;
    let ids = raised(&bench, 3).await;
    let li = bench.link("li.na").await;
    bench.sim.flashduty.act_as(bench.member("wang.fang"), &ids[1], Act::Acknowledge).await.unwrap();

    let list = li.get(&format!("{}?select=all", paths::fill(paths::HOME, &[KEY]))).await;
    for id in &ids {
        assert!(list.body.contains(&format!("name=\"id\" value=\"{id}\" checked")), "{}", list.body);
    }
    assert!(list.body.contains("data-act=\"close\""), "{}", list.body);
    let hidden = "69da451ef77b1b51f40e83ee";
    let query: Vec<String> = ids.iter().map(String::as_str).chain([hidden]).map(|id| format!("id={id}")).collect();
    let chosen = format!("{}?{}", address(paths::BULK, "acknowledge"), query.join("&"));
    let shown = li.get(&chosen).await;
    assert_eq!(shown.status, 200);
    for words in ["将处理 2 个故障", "2 个将跳过", "disk 1", "已是此状态", "不可见或已不存在的故障"]
    {
        assert!(shown.body.contains(words), "{words}: {}", shown.body);
    }
    assert_eq!(bench.requests("/incident/ack"), 0, "looking does nothing");

    let ready = format!("{},{}", ids[0], ids[2]);
    let form = [("ids", ready.as_str()), ("back", "home")];
    let done = li.form(&address(paths::API_BULK, "acknowledge"), &form).await;
    assert_eq!(done.status, 200);
    assert!(done.body.contains("已认领 2 个") && done.body.contains("data-done=\"2\""), "{}", done.body);
    assert_eq!(bench.requests("/incident/ack"), 1, "one call for all");
    let again = li.form(&address(paths::API_BULK, "acknowledge"), &form).await;
    assert!(again.body.contains("此前已完成 2 个"), "{}", again.body);
    for id in [&ids[0], &ids[2]] {
        assert_eq!(bench.sim.flashduty.effects(id, "acknowledge"), 1);
    }
    let undone = li.form(&address(paths::API_BULK, "unacknowledge"), &form).await;
    assert!(undone.body.contains("已取消认领 2 个"), "{}", undone.body);
    assert_eq!(bench.audited("unacknowledge").await, [json!({ "together": 2 }), json!({ "together": 2 })]);
    bench.run_due().await;
    assert_eq!(bench.requests("/incident/ack"), 1, "nothing is left to be looked into");
}

#[tokio::test]
async fn closed_together_with_one_resolution_and_reopened() {
    let bench = Bench::start().await;
    let ids = raised(&bench, 2).await;
    let li = bench.link("li.na").await;
    let closed = post(&li, "close", json!({ "ids": ids, "resolution": "rebooted" })).await;
    assert_eq!(states(&closed), ["done", "done"]);
    for id in &ids {
        let incident = bench.sim.flashduty.incident(id).unwrap();
        assert_eq!((&incident["progress"], &incident["resolution"]), (&json!("Closed"), &json!("rebooted")));
    }
    assert_eq!(post(&li, "reopen", json!({ "ids": ids })).await.problem(), "invalid-field", "a reason is needed");
    assert_eq!(states(&post(&li, "reopen", json!({ "ids": ids, "text": "too early" })).await), ["done", "done"]);
    assert_eq!(bench.sim.flashduty.incident(&ids[0]).unwrap()["progress"], "Triggered");
}

#[tokio::test]
async fn one_that_is_refused_does_not_keep_the_others_from_it() {
    let bench = Bench::start().await;
    let ids = raised(&bench, 5).await;
    let li = bench.link("li.na").await;
    let missing = "69da451ef77b1b51f40e83ee".to_owned();
    // Closed behind our back: no webhook, and it stands in the way of the whole batch.
    bench.sim.flashduty.act_as(bench.member("li.na"), &ids[3], Act::resolve()).await.unwrap();
    let chosen: Vec<String> = ids.iter().cloned().chain([missing]).collect();
    bench.sim.flashduty.change_settings(|settings| settings.unknown_ids_refused = true);
    let answer = post(&li, "acknowledge", json!({ "ids": chosen })).await;
    assert_eq!(states(&answer), ["done", "done", "done", "refused", "done", "refused"]);
    let members = answer.json()["members"].clone();
    assert_eq!(members[3]["problem"]["code"], "already-closed");
    assert_eq!(members[5]["problem"]["code"], "incident-gone");
    assert_eq!(members[5]["title"], "", "nothing is told of what is not shown");
}

#[tokio::test]
async fn a_form_that_is_demanded_is_named_for_each() {
    let bench = Bench::start().await;
    let ids = raised(&bench, 3).await;
    let li = bench.link("li.na").await;
    bench.sim.flashduty.require_form(true);
    let answer = post(&li, "close", json!({ "ids": ids })).await;
    assert_eq!(states(&answer), ["refused", "refused", "refused"]);
    assert_eq!(answer.json()["members"][0]["problem"]["code"], "form-needed");
    assert!(bench.requests("/incident/resolve") <= 3, "nobody is asked for one by one");
}

#[tokio::test]
async fn what_flashduty_has_not_answered_is_looked_into_and_done_once() {
    for kind in [faults::Kind::Forget, faults::Kind::Cut] {
        let bench = Bench::start().await;
        let ids = raised(&bench, 3).await;
        let li = bench.link("li.na").await;
        let path = "/incident/ack".to_owned();
        bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind: kind.clone(), times: Some(1) });
        let answer = post(&li, "acknowledge", json!({ "ids": ids })).await;
        assert_eq!(states(&answer), ["under-way", "under-way", "under-way"], "{kind:?}");
        bench.advance(Duration::from_secs(40));
        bench.run_due().await;
        for id in &ids {
            assert_eq!(bench.sim.flashduty.effects(id, "acknowledge"), 1, "{kind:?}");
        }
        assert_eq!(states(&post(&li, "acknowledge", json!({ "ids": ids })).await), ["already", "already", "already"]);
    }
}

#[tokio::test]
async fn many_who_ask_at_once_have_one_effect() {
    let bench = Bench::start().await;
    let ids = raised(&bench, 4).await;
    let (li, wang) = (bench.link("li.na").await, bench.link("wang.fang").await);
    let body = json!({ "ids": ids });
    let (one, two, three) = tokio::join!(
        post(&li, "close", body.clone()),
        post(&wang, "close", body.clone()),
        post(&li, "close", body.clone())
    );
    let done = [&one, &two, &three].map(|answer| states(answer).iter().filter(|state| *state == "done").count());
    assert_eq!(done.iter().sum::<usize>(), 4, "{done:?}");
    for id in &ids {
        assert_eq!(bench.sim.flashduty.effects(id, "resolve"), 1);
    }
}

#[tokio::test]
async fn limits_and_permissions_hold() {
    let bench = Bench::start().await;
    let ids = raised(&bench, 1).await;
    let li = bench.link("li.na").await;
    let many: Vec<String> = (0..101).map(|number| format!("{number:024x}")).collect();
    for (act, body, problem) in [
        ("acknowledge", json!({ "ids": [] }), "invalid-field"),
        ("acknowledge", json!({ "ids": many }), "invalid-field"),
        ("acknowledge", json!({ "ids": ["../../x"] }), "invalid-field"),
        ("close", json!({ "ids": ids, "resolution": "x".repeat(2_000) }), "invalid-field"),
        ("snooze", json!({ "ids": ids, "minutes": 5 }), "not-found"),
    ] {
        let answer = post(&li, act, body).await;
        assert_eq!(answer.problem(), problem, "{act}: {answer:?}");
    }
    let stranger = bench.browser();
    assert_eq!(post(&stranger, "close", json!({ "ids": ids })).await.problem(), "not-signed-in");
    let elsewhere = li.http().post(format!("{}{}", bench.base, address(paths::API_BULK, "close")));
    let elsewhere = li.send(elsewhere.header("sec-fetch-site", "cross-site").form(&[("ids", &ids[0])])).await;
    assert_eq!(elsewhere.problem(), "cross-site");
    let long = "长".repeat(1_100);
    let kept = li.form(&address(paths::API_BULK, "close"), &[("ids", &ids[0]), ("resolution", &long)]).await;
    assert_eq!(kept.status, 400);
    assert!(kept.body.contains(&long), "what was typed is kept");
    bench.sim.flashduty.set_role(bench.member("li.na"), Role::Viewer);
    let refused = post(&li, "close", json!({ "ids": ids })).await;
    assert_eq!(refused.json()["members"][0]["problem"]["code"], "access-denied");
    assert_eq!(bench.sim.flashduty.effects(&ids[0], "resolve"), 0);
}
