//! An incident given to others: reassigned, escalated, with further responders; as the person, once, shown everywhere.

use crate::bench::{Answer, Bench, Browser, KEY};
use contract::paths;
use serde_json::json;
use simulator::flashduty::seed::{ALICE, LI_NA, PAYMENTS_RULE, WANG_FANG, ZHANG_WEI};
use simulator::flashduty::{Act, AssignTo, CustomAction, Raise, Role};
use simulator::{Fault, Peer, faults};
use std::time::Duration;

fn act(incident: &str, act: &str) -> String {
    paths::fill(paths::API_ACT, &[KEY, incident, act])
}

fn page(incident: &str, act: &str) -> String {
    paths::fill(paths::INCIDENT_ACT, &[KEY, incident, act])
}

/// Whoever has an incident by Flashduty's own word.
fn responders(bench: &Bench, incident: &str) -> Vec<i64> {
    let incident = bench.sim.flashduty.incident(incident).unwrap();
    incident["responders"].as_array().unwrap().iter().map(|one| one["person_id"].as_i64().unwrap()).collect()
}

/// An incident that came through the escalation rule of the payments channel.
async fn by_rule(bench: &Bench) -> String {
    let id = bench.sim.flashduty.raise(Raise::default()).await.unwrap();
    bench.run_due().await;
    id
}

async fn view(browser: &Browser, incident: &str) -> serde_json::Value {
    browser.get(&paths::fill(paths::API_INCIDENT, &[KEY, incident])).await.json()["incident"].clone()
}

fn done(answer: &Answer) -> bool {
    answer.json()["done"].as_bool().unwrap_or_else(|| panic!("{answer:?}"))
}

#[tokio::test]
async fn reassigned_once_to_those_chosen_who_get_their_card() {
    let bench = Bench::start().await;
    let incident = bench.raise("checkout is slow", &["li.na"]).await;
    let browser = bench.link("li.na").await;
    bench.link("wang.fang").await;
    let shown = browser.get(&page(&incident, "reassign")).await;
    assert!(shown.body.contains(&format!("value=\"{WANG_FANG}\"")), "{}", shown.body);
    let fields = [("people", WANG_FANG.to_string()), ("people", ALICE.to_string())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.form(&act(&incident, "reassign"), &fields).await;
    assert_eq!(answer.parameter("done").as_deref(), Some("reassign"), "{answer:?}");
    let again = browser.form(&act(&incident, "reassign"), &fields).await;
    assert_eq!(again.parameter("already").as_deref(), Some("reassign"), "{again:?}");
    assert_eq!(responders(&bench, &incident), [WANG_FANG, ALICE]);
    assert_eq!(bench.sim.flashduty.effects(&incident, "assign"), 1);
    assert_eq!(bench.sim.flashduty.acts(&incident).last().unwrap().actor_id, LI_NA);
    let view = view(&browser, &incident).await;
    let names: Vec<_> = view["responders"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["王芳", "Alice Brown"]);
    assert_eq!(view["last_act"]["kind"], "i_assign");
    bench.run_due().await;
    assert_eq!(bench.seen(&bench.card_of("wang.fang"), "wang.fang")["progress"], "Triggered");
    let audited = bench.audited("reassign").await;
    assert_eq!(audited, [json!({ "people": [WANG_FANG, ALICE] })]);
}

#[tokio::test]
async fn an_acknowledged_one_falls_back_unless_somebody_of_them_has_it() {
    let bench = Bench::start().await;
    let incident = bench.raise("checkout is slow", &["li.na"]).await;
    let browser = bench.link("li.na").await;
    browser.json(&act(&incident, "acknowledge"), json!({})).await;
    let kept = browser.json(&act(&incident, "reassign"), json!({ "people": [WANG_FANG, LI_NA] })).await;
    assert_eq!((done(&kept), kept.json()["incident"]["progress"].clone()), (true, json!("Processing")));
    let fell = browser.json(&act(&incident, "reassign"), json!({ "people": [WANG_FANG] })).await;
    assert_eq!((done(&fell), fell.json()["incident"]["progress"].clone()), (true, json!("Triggered")));
}

#[tokio::test]
async fn a_level_is_shown_with_everybody_it_wakes_before_it_is_woken_once() {
    let bench = Bench::start().await;
    let incident = by_rule(&bench).await;
    let browser = bench.link("li.na").await;
    let shown = browser.get(&page(&incident, "escalate")).await;
    for words in ["王芳", "Alice Brown", "支付群机器人", PAYMENTS_RULE, "data-act=\"escalate\""] {
        assert!(shown.body.contains(words), "{words}: {}", shown.body);
    }
    let fields = [("rule_id", PAYMENTS_RULE), ("level", "2")];
    let answer = browser.form(&act(&incident, "escalate"), &fields).await;
    assert_eq!(answer.parameter("done").as_deref(), Some("escalate"), "{answer:?}");
    assert_eq!(responders(&bench, &incident), [WANG_FANG, ALICE]);
    let again = browser.form(&act(&incident, "escalate"), &fields).await;
    assert_eq!(again.parameter("already").as_deref(), Some("escalate"), "{again:?}");
    assert_eq!(bench.sim.flashduty.effects(&incident, "assign"), 1);
    let shown = browser.get(&page(&incident, "escalate")).await;
    assert!(!shown.body.contains("data-act=\"escalate\""), "the last level: {}", shown.body);
    let detail = browser.get(&paths::fill(paths::INCIDENT, &[KEY, &incident])).await;
    assert!(detail.body.contains("默认分派 Default"), "{}", detail.body);
}

#[tokio::test]
async fn whoever_flashduty_woke_meanwhile_is_not_woken_again() {
    let bench = Bench::start().await;
    let incident = by_rule(&bench).await;
    let browser = bench.link("li.na").await;
    let level = Act::Assign(AssignTo::level(PAYMENTS_RULE, 1));
    bench.sim.flashduty.act_as(ZHANG_WEI, &incident, level).await.unwrap();
    bench.run_due().await;
    let answer = browser.json(&act(&incident, "escalate"), json!({ "rule_id": PAYMENTS_RULE, "level": 2 })).await;
    assert!(!done(&answer));
    assert_eq!(bench.sim.flashduty.effects(&incident, "assign"), 1);
}

#[tokio::test]
async fn responders_are_added_and_those_on_call_come_first() {
    let bench = Bench::start().await;
    let incident = bench.raise("checkout is slow", &["li.na"]).await;
    let browser = bench.link("li.na").await;
    bench.link("alice").await;
    let people = browser.get(&paths::fill(paths::API_INCIDENT_PEOPLE, &[KEY, &incident])).await.json();
    let people = people["people"].as_array().unwrap().clone();
    assert!(!people[0]["on_call"].as_array().unwrap().is_empty(), "{people:?}");
    let of = |id: i64| people.iter().find(|one| one["member_id"] == id).unwrap_or_else(|| panic!("{id}: {people:?}"));
    assert_eq!((of(ALICE)["linked"].clone(), of(WANG_FANG)["linked"].clone()), (json!(true), json!(false)));
    assert_eq!((of(LI_NA)["responder"].clone(), of(LI_NA)["me"].clone()), (json!(true), json!(true)));
    assert!(of(ALICE)["team"].as_str().unwrap().contains("Payments team"));
    assert!(people.iter().all(|one| one["name"] != "赵敏"), "who left is not offered");
    let added = browser.json(&act(&incident, "add-responder"), json!({ "people": [ALICE, LI_NA] })).await;
    assert!(done(&added));
    assert_eq!(responders(&bench, &incident), [LI_NA, ALICE]);
    let again = browser.json(&act(&incident, "add-responder"), json!({ "people": [ALICE] })).await;
    assert!(!done(&again));
    bench.run_due().await;
    bench.card_of("alice");
    let found =
        browser.get(&format!("{}?query=wang", paths::fill(paths::API_INCIDENT_PEOPLE, &[KEY, &incident]))).await;
    let found = found.json()["people"].clone();
    assert_eq!((found.as_array().unwrap().len(), found[0]["member_id"].clone()), (1, json!(WANG_FANG)));
}

#[tokio::test]
async fn what_was_not_answered_is_found_in_the_timeline_and_not_repeated() {
    for (kind, requests) in [(faults::Kind::Forget, 1), (faults::Kind::Cut, 2)] {
        let bench = Bench::start().await;
        let incident = by_rule(&bench).await;
        let browser = bench.link("li.na").await;
        for path in ["/incident/assign", "/incident/responder/add"] {
            let path = path.to_owned();
            bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind: kind.clone(), times: Some(1) });
        }
        let level = json!({ "rule_id": PAYMENTS_RULE, "level": 2 });
        for (name, fields) in [("escalate", level), ("add-responder", json!({ "people": [LI_NA] }))] {
            let answer = browser.json(&act(&incident, name), fields).await;
            // Li has it until the level is woken, and is among those added afterwards.
            assert!(answer.problem() == "flashduty-slow" || !done(&answer), "{answer:?}");
            bench.advance(Duration::from_secs(40));
            bench.run_due().await;
        }
        assert_eq!(bench.sim.flashduty.effects(&incident, "assign"), 1, "{kind:?}");
        assert_eq!(bench.requests("/incident/assign"), requests, "{kind:?}");
        assert_eq!(bench.sim.flashduty.effects(&incident, "add-responder"), 1, "{kind:?}");
        assert_eq!(responders(&bench, &incident), [WANG_FANG, ALICE, LI_NA]);
    }
}

#[tokio::test]
async fn refusals_say_why_and_change_nothing() {
    let bench = Bench::start().await;
    let incident = bench.raise("checkout is slow", &["li.na"]).await;
    let browser = bench.link("li.na").await;
    let nobody = browser.form(&act(&incident, "reassign"), &[]).await;
    assert_eq!(nobody.status, 400);
    assert!(nobody.body.contains("请选择人员") && nobody.body.contains("name=\"people\""), "{}", nobody.body);
    for (name, fields, problem) in [
        ("reassign", json!({ "people": [1] }), "not-now"),
        ("add-responder", json!({ "people": "x" }), "invalid-field"),
        ("add-responder", json!({ "people": (1..40).collect::<Vec<_>>() }), "invalid-field"),
        ("escalate", json!({ "rule_id": PAYMENTS_RULE, "level": 2 }), "not-now"),
        ("escalate", json!({ "rule_id": "x", "level": 0 }), "invalid-field"),
        ("custom-action", json!({}), "invalid-field"),
    ] {
        let answer = browser.json(&act(&incident, name), fields).await;
        assert_eq!(answer.problem(), problem, "{name}: {answer:?}");
    }
    assert_eq!(browser.get(&page(&incident, "escalate")).await.status, 409, "it came through no rule");
    bench.sim.flashduty.set_role(LI_NA, Role::Viewer);
    let refused = browser.json(&act(&incident, "reassign"), json!({ "people": [ALICE] })).await;
    assert_eq!(refused.problem(), "access-denied");
    assert_eq!(responders(&bench, &incident), [LI_NA]);
}

#[tokio::test]
async fn a_custom_action_is_run_once_and_its_failure_is_shown() {
    let bench = Bench::start().await;
    let incident = bench.raise("checkout is slow", &["li.na"]).await;
    let browser = bench.link("li.na").await;
    let add = |name: &str, url: String| {
        let action = CustomAction { name: name.into(), url, ..CustomAction::default() };
        bench.sim.flashduty.add_custom_action(action).unwrap()
    };
    // Of our own addresses one answers a program that posts to it, the other does not.
    let (fine, broken) = (add("Restart", bench.sim.jsapi_url()), add("Scale", format!("{}/nowhere", bench.base)));
    let shown = browser.get(&page(&incident, "custom-action")).await;
    assert!(shown.body.contains("Restart") && shown.body.contains("Scale"), "{}", shown.body);
    let failed = browser.form(&act(&incident, "custom-action"), &[("custom_action", &broken.to_string())]).await;
    assert_eq!(failed.status, 502);
    assert!(failed.body.contains("custom-action-failed") && failed.body.contains("404"), "{}", failed.body);
    let path = "/incident/custom-action/do".to_owned();
    bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind: faults::Kind::Forget, times: Some(1) });
    let unclear = browser.form(&act(&incident, "custom-action"), &[("custom_action", &fine.to_string())]).await;
    assert_eq!(unclear.parameter("problem").as_deref(), Some("flashduty-slow"), "{unclear:?}");
    bench.advance(Duration::from_secs(40));
    bench.run_due().await;
    assert_eq!(bench.sim.flashduty.effects(&incident, "custom-action"), 2, "each once");
    assert_eq!(bench.audited("custom-action").await, [broken, fine].map(|id| json!({ "custom_action": id })));
}
