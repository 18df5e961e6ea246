//! Finding members' employees by the directory: a look, links for what it showed, the way back.

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use contract::paths;
use serde_json::{Value, json};
use server::store;
use simulator::{Fault, Peer, faults};
use std::time::Duration;

async fn api(bench: &Bench, method: &str, path: &str, body: Value) -> (u16, Value) {
    let token = bench.token("administrator").await;
    let address = format!("{}{}", bench.base, paths::fill(path, &[KEY]));
    let http = bench.browser();
    let request = match method {
        "GET" => http.http().get(address),
        _ => http.http().post(address).json(&body),
    };
    let answer = http.send(request.bearer_auth(token)).await;
    (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
}

async fn standing(bench: &Bench) -> Value {
    api(bench, "GET", paths::AUTOMATION_DIRECTORY, json!({})).await.1
}

/// A look, to its end.
async fn look(bench: &Bench) -> String {
    let (status, run) = api(bench, "POST", paths::AUTOMATION_DIRECTORY, json!({})).await;
    assert_eq!(status, 202, "{run}");
    bench.run_due().await;
    run["run"].as_str().unwrap().to_owned()
}

async fn rows(bench: &Bench) -> Vec<Value> {
    let (_, page) = api(bench, "GET", &format!("{}?limit=200", paths::AUTOMATION_DIRECTORY_ROWS), json!({})).await;
    page["items"].as_array().cloned().unwrap_or_else(|| panic!("{page}"))
}

async fn row_of(bench: &Bench, user_id: &str) -> Value {
    let member = bench.member(user_id);
    rows(bench).await.into_iter().find(|row| row["member"]["member_id"] == member).unwrap()
}

async fn link_of(bench: &Bench, user_id: &str) -> Option<server::model::link::Link> {
    let mut tx = bench.app.state.store.read().await.unwrap();
    store::link::by_user(&mut tx, KEY, user_id).await.unwrap()
}

#[tokio::test]
async fn a_look_changes_nothing_and_what_it_showed_is_applied_and_taken_back() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    let run = look(&bench).await;
    let told = standing(&bench).await;
    assert_eq!(told["newest"]["state"], "shown", "{told}");
    assert_eq!(row_of(&bench, "li.na").await["kind"], "new");
    assert!(link_of(&bench, "li.na").await.is_none(), "a look changes nothing");

    let (status, _) = api(&bench, "POST", paths::AUTOMATION_DIRECTORY_APPLY, json!({"run": run})).await;
    assert_eq!(status, 202);
    bench.run_due().await;
    let link = link_of(&bench, "li.na").await.unwrap();
    assert_eq!((link.proof.name(), link.member.member_id), ("directory", bench.member("li.na")));
    assert!(link.credential.is_none());
    let told = standing(&bench).await;
    assert!(told["newest"]["counts"]["linked"].as_i64().unwrap() >= 1, "{told}");

    // Good for messages: a responder is reached.
    bench.raise("磁盘将满", &["li.na"]).await;
    assert_eq!(bench.cards(&simulator::dingtalk::Place::Person("li.na".into())).len(), 1);

    let (status, _) = api(&bench, "POST", paths::AUTOMATION_DIRECTORY_UNDO, json!({"run": run})).await;
    assert_eq!(status, 202);
    bench.run_due().await;
    assert!(link_of(&bench, "li.na").await.is_none());
    let (status, again) = api(&bench, "POST", paths::AUTOMATION_DIRECTORY_UNDO, json!({"run": run})).await;
    assert_eq!((status, again["problem"]["code"].as_str()), (409, Some("not-now")));
    for act in ["directory-looked", "directory-applied", "directory-undone", "linked", "unlinked"] {
        assert!(!bench.audited(act).await.is_empty(), "{act}");
    }
}

#[tokio::test]
async fn who_proved_the_link_since_keeps_it_and_may_act() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    let run = look(&bench).await;
    api(&bench, "POST", paths::AUTOMATION_DIRECTORY_APPLY, json!({"run": run})).await;
    bench.run_due().await;
    // By the directory alone nobody acts: the click asks to link.
    let incident = bench.raise("磁盘将满", &["li.na"]).await;
    let card = bench.card_of("li.na");
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 0, "nobody acts by the directory alone");
    bench.link("li.na").await;
    api(&bench, "POST", paths::AUTOMATION_DIRECTORY_UNDO, json!({"run": run})).await;
    bench.run_due().await;
    let link = link_of(&bench, "li.na").await.unwrap();
    assert_eq!(link.proof.name(), "app-key");
    assert!(standing(&bench).await["newest"]["counts"]["kept"].as_i64().unwrap() >= 1);
}

#[tokio::test]
async fn what_changed_since_the_look_is_left_alone() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    let run = look(&bench).await;
    bench.link("li.na").await;
    api(&bench, "POST", paths::AUTOMATION_DIRECTORY_APPLY, json!({"run": run})).await;
    bench.run_due().await;
    assert_eq!(link_of(&bench, "li.na").await.unwrap().proof.name(), "app-key");
    assert_eq!(row_of(&bench, "li.na").await["result"], "moved-on");
    let (status, again) = api(&bench, "POST", paths::AUTOMATION_DIRECTORY_APPLY, json!({"run": run})).await;
    assert_eq!((status, again["problem"]["code"].as_str()), (409, Some("not-now")), "once");
}

#[tokio::test]
async fn somebody_linked_as_another_member_is_a_conflict() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    // Zhao signed in with Li's key.
    let browser = bench.browser();
    let attempt = bench.arrive(&browser, "zhang.wei", None).await.parameter("attempt").unwrap();
    let key = bench.sim.flashduty.key_of(bench.member("li.na")).unwrap();
    browser.form(&paths::fill(paths::API_LINK_APP_KEY, &[KEY]), &[("attempt", &attempt), ("app_key", &key)]).await;
    browser.form(&paths::fill(paths::API_LINK_CONFIRM, &[KEY]), &[("attempt", &attempt)]).await;
    let run = look(&bench).await;
    let (li, zhang) = (row_of(&bench, "li.na").await, row_of(&bench, "zhang.wei").await);
    assert_eq!((&li["kind"], &li["reason"]), (&json!("conflict"), &json!("member-linked")));
    assert_eq!((&zhang["kind"], &zhang["reason"]), (&json!("conflict"), &json!("employee-linked")));
    api(&bench, "POST", paths::AUTOMATION_DIRECTORY_APPLY, json!({"run": run})).await;
    bench.run_due().await;
    assert_eq!(link_of(&bench, "zhang.wei").await.unwrap().member.member_id, bench.member("li.na"));
    assert!(link_of(&bench, "li.na").await.is_none());
}

#[tokio::test]
async fn one_look_at_a_time_and_a_day_old_one_is_not_applied() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    let (status, _) = api(&bench, "POST", paths::AUTOMATION_DIRECTORY, json!({})).await;
    assert_eq!(status, 202);
    let (status, refused) = api(&bench, "POST", paths::AUTOMATION_DIRECTORY, json!({})).await;
    assert_eq!((status, refused["problem"]["code"].as_str()), (409, Some("not-now")));
    bench.run_due().await;
    let run = look(&bench).await;
    bench.advance(Duration::from_secs(25 * 3600));
    bench.run_due().await;
    let (status, _) = api(&bench, "POST", paths::AUTOMATION_DIRECTORY_APPLY, json!({"run": run})).await;
    assert_eq!(status, 409);
    let (status, _) = api(&bench, "POST", paths::AUTOMATION_DIRECTORY_APPLY, json!({"run": "nonsense"})).await;
    assert_eq!(status, 409);
    let (status, refused) = api(&bench, "POST", paths::AUTOMATION_DIRECTORY_UNDO, json!({"run": 7})).await;
    assert_eq!((status, refused["problem"]["code"].as_str()), (400, Some("bad-request")));
}

#[tokio::test]
async fn a_look_waits_for_flashduty_and_is_given_up_in_the_end() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    let kind = faults::Kind::Refuse { status: 500, body: json!({}) };
    bench.sim.faults.add(Fault { peer: Peer::Flashduty, path: "/member/list".into(), kind, times: None });
    api(&bench, "POST", paths::AUTOMATION_DIRECTORY, json!({})).await;
    bench.run_due().await;
    assert_eq!(standing(&bench).await["newest"]["state"], "looking");
    for _ in 0..12 {
        bench.advance(Duration::from_secs(301));
        bench.run_due().await;
    }
    let told = standing(&bench).await;
    assert_eq!(told["newest"]["state"], "failed", "{told}");
    assert!(told["newest"]["failure"].as_str().unwrap().contains("Flashduty"), "{told}");
}
