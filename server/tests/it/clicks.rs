//! A pressed button: carried out at Flashduty as that person, exactly once, and everybody sees the truth.

use crate::bench::Bench;
use contract::paths;
use futures::future::join_all;
use simulator::flashduty::Act;
use simulator::{Fault, Peer, faults};
use std::time::Duration;

/// The group in which everybody is who clicks here.
const GROUP: &str = "故障通报 Incidents";

/// A group with an incident's card in it.
async fn with_card(responders: &[&str]) -> (Bench, String, String) {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let incident = bench.raise("checkout is slow", responders).await;
    let card = bench.card_in(GROUP);
    (bench, incident, card)
}

#[tokio::test]
async fn a_linked_click_is_done_as_that_person_and_repainted_for_everybody() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    bench.link("li.na").await;
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    assert_eq!(bench.seen(&card, "li.na")["progress"], "Processing", "the answer repaints the clicker's copy");
    assert_eq!(bench.seen(&card, "bob")["progress"], "Triggered", "the others' follows by the update call");
    bench.run_due().await;
    let seen = bench.seen(&card, "bob");
    assert_eq!(seen["progress"], "Processing");
    assert!(seen["last_act"].contains("李娜"), "{seen:?}");
    let acts = bench.sim.flashduty.acts(&incident);
    assert_eq!(acts.last().unwrap().actor_id, bench.member("li.na"));
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 1);
}

#[tokio::test]
async fn an_unlinked_click_leads_to_linking_and_is_carried_out_after_it() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    let mine = bench.seen(&card, "li.na");
    assert!(!mine["notice"].is_empty() && mine["notice_url"].starts_with("dingtalk://"), "{mine:?}");
    assert!(bench.seen(&card, "bob").get("notice").is_none_or(String::is_empty), "only their own copy asks");
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 0);

    let attempt = attempt_of(&mine["notice_url"]);
    let browser = bench.browser();
    let arrived = bench.arrive(&browser, "li.na", Some(&attempt)).await;
    assert_eq!(arrived.status, 303, "{arrived:?}");
    let page = browser.get(arrived.location.as_deref().unwrap()).await;
    assert!(page.body.contains("data-sign-in=\"app-key\"") && page.body.contains("data-sign-in=\"oauth\""));
    let confirmed = bench.link_with(&browser, "li.na", &attempt).await;
    let landed = confirmed.location.unwrap();
    assert!(landed.starts_with(&paths::fill(paths::INCIDENT, &[crate::bench::KEY, &incident])), "{landed}");
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 1);
    bench.run_due().await;
    let mine = bench.seen(&card, "li.na");
    assert_eq!((mine["progress"].as_str(), mine["notice"].as_str()), ("Processing", ""), "the notice is gone");
}

#[tokio::test]
async fn after_linking_the_act_is_not_done_when_it_makes_no_sense_any_more() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    let attempt = attempt_of(&bench.seen(&card, "li.na")["notice_url"]);
    bench.advance(Duration::from_secs(60));
    bench.sim.flashduty.act_as(bench.member("wang.fang"), &incident, Act::resolve()).await.unwrap();
    let browser = bench.browser();
    bench.arrive(&browser, "li.na", Some(&attempt)).await;
    let confirmed = bench.link_with(&browser, "li.na", &attempt).await;
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 0);
    assert_eq!(confirmed.parameter("problem").as_deref(), Some("already-closed"), "{confirmed:?}");
}

#[tokio::test]
async fn fifty_clicks_at_once_by_many_have_one_effect() {
    let (bench, incident, card) = with_card(&["li.na", "zhang.wei", "wang.fang", "alice"]).await;
    let people = ["li.na", "zhang.wei", "wang.fang", "alice"];
    for person in people {
        bench.link(person).await;
    }
    let clicks = (0..50).map(|n| bench.click(&card, people[n % people.len()], "acknowledge"));
    for answer in join_all(clicks).await {
        answer.expect("answered in time");
    }
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 1);
    for person in people {
        assert_eq!(bench.seen(&card, person)["progress"], "Processing", "{person}");
    }
}

#[tokio::test]
async fn a_stale_click_shows_who_was_first() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    bench.link("zhang.wei").await;
    bench.sim.flashduty.act_as(bench.member("wang.fang"), &incident, Act::Acknowledge).await.unwrap();
    // The webhook is applied, but the repaint has not happened: Zhang still sees the button.
    server::work::run_due(&bench.app.state).await.unwrap();
    assert_eq!(bench.seen(&card, "zhang.wei")["can_acknowledge"], "true");
    bench.click(&card, "zhang.wei", "acknowledge").await.unwrap();
    let seen = bench.seen(&card, "zhang.wei");
    assert_eq!(seen["progress"], "Processing");
    assert!(seen["notice"].contains("王芳"), "{seen:?}");
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 1, "Wang's only");
}

#[tokio::test]
async fn refusals_are_private_and_name_the_cure() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    for (person, spoil, expected) in [
        ("chen.jie", "licence", "许可证"),
        ("liu.yang", "role", "角色"),
        ("li.na", "form", "表单"),
        ("zhang.wei", "key", "关联"),
    ] {
        bench.link(person).await;
        let member = bench.member(person);
        match spoil {
            "licence" => bench.sim.flashduty.set_licence(member, false),
            "form" => bench.sim.flashduty.require_form(true),
            "key" => {
                let key = bench.sim.flashduty.key_of(member).unwrap();
                assert!(bench.sim.flashduty.revoke_key(&key));
            }
            _ => {}
        }
        bench.click(&card, person, "acknowledge").await.unwrap();
        let seen = bench.seen(&card, person);
        assert!(seen["notice"].contains(expected), "{person}: {seen:?}");
        assert!(bench.seen(&card, "bob").get("notice").is_none_or(String::is_empty));
        bench.sim.flashduty.require_form(false);
    }
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 0);
}

#[tokio::test]
async fn when_flashduty_is_slow_the_click_is_answered_and_the_act_happens_once() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    bench.link("li.na").await;
    let path = "/incident/ack".to_owned();
    bench.sim.faults.add(Fault {
        peer: Peer::Flashduty,
        path,
        kind: faults::Kind::Delay { ms: 1_500 },
        times: Some(1),
    });
    bench.click(&card, "li.na", "acknowledge").await.expect("answered within DingTalk's two seconds");
    assert_eq!(bench.seen(&card, "li.na")["progress"], "Triggered");
    assert!(!bench.seen(&card, "li.na")["notice"].is_empty());
    bench.acts_end().await;
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "bob")["progress"], "Processing");
    bench.advance(Duration::from_secs(60));
    bench.run_due().await;
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 1);
}

#[tokio::test]
async fn a_refusal_that_comes_late_reaches_the_clicker_all_the_same() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    bench.link("li.na").await;
    bench.sim.flashduty.set_licence(bench.member("li.na"), false);
    let (path, kind) = ("/incident/ack".to_owned(), faults::Kind::Delay { ms: 1_500 });
    bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind, times: Some(1) });
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    assert!(!bench.seen(&card, "li.na")["notice"].contains("许可证"), "not known yet");
    bench.acts_end().await;
    bench.advance(Duration::from_secs(60));
    bench.run_due().await;
    assert!(bench.seen(&card, "li.na")["notice"].contains("许可证"), "{:?}", bench.seen(&card, "li.na"));
    assert!(bench.seen(&card, "bob").get("notice").is_none_or(String::is_empty));
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 0);
}

#[tokio::test]
async fn an_unclear_act_is_looked_into_before_it_is_repeated() {
    for (kind, requests) in [(faults::Kind::Forget, 1), (faults::Kind::Cut, 2)] {
        let (bench, incident, card) = with_card(&["li.na"]).await;
        bench.link("li.na").await;
        let path = "/incident/ack".to_owned();
        bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind: kind.clone(), times: Some(1) });
        bench.click(&card, "li.na", "acknowledge").await.unwrap();
        bench.advance(Duration::from_secs(40));
        bench.run_due().await;
        assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 1, "{kind:?}");
        assert_eq!(bench.requests("/incident/ack"), requests, "{kind:?}");
        assert_eq!(bench.seen(&card, "bob")["progress"], "Processing");
    }
}

#[tokio::test]
async fn an_act_that_was_undone_meanwhile_is_not_repeated() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    bench.link("li.na").await;
    let path = "/incident/ack".to_owned();
    bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind: faults::Kind::Forget, times: Some(1) });
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    bench.advance(Duration::from_secs(15));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::Unacknowledge).await.unwrap();
    bench.advance(Duration::from_secs(20));
    bench.run_due().await;
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 1);
    assert_eq!(bench.seen(&card, "bob")["progress"], "Triggered", "as Li left it");
}

#[tokio::test]
async fn what_people_wrote_arrives_once_although_the_answer_was_lost() {
    for (kind, requests) in [(faults::Kind::Forget, 1), (faults::Kind::Cut, 2)] {
        let bench = Bench::start().await;
        let incident = bench.raise("disk full", &["li.na"]).await;
        let browser = bench.link("li.na").await;
        for path in ["/incident/comment", "/incident/resolve"] {
            let path = path.to_owned();
            bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind: kind.clone(), times: Some(1) });
        }
        for (action, fields) in [("comment", [("text", "looking")]), ("close", [("resolution", "cleaned up")])] {
            let path = paths::fill(paths::API_ACT, &[crate::bench::KEY, &incident, action]);
            let answer = browser.form(&path, &fields).await;
            assert_eq!(answer.parameter("problem").as_deref(), Some("flashduty-slow"), "{answer:?}");
        }
        bench.advance(Duration::from_secs(40));
        bench.run_due().await;
        for (path, act) in [("/incident/comment", "comment"), ("/incident/resolve", "resolve")] {
            assert_eq!((bench.requests(path), bench.sim.flashduty.effects(&incident, act)), (requests, 1), "{kind:?}");
        }
        let truth = bench.sim.flashduty.incident(&incident).unwrap();
        assert_eq!(truth["resolution"], "cleaned up");
    }
}

#[tokio::test]
async fn who_was_told_that_it_goes_on_can_rely_on_it() {
    let (bench, incident, card) = with_card(&["li.na", "zhang.wei"]).await;
    bench.link("li.na").await;
    // Another process has the incident, and dies.
    let mut tx = bench.app.state.store.begin().await.unwrap();
    let (now, key) = (bench.app.state.world.now(), crate::bench::KEY);
    let until = now.plus(Duration::from_secs(30));
    assert!(server::store::incident::lease_act(&mut tx, key, &incident, now, until).await.unwrap());
    tx.commit().await.unwrap();
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    assert!(!bench.seen(&card, "li.na")["notice"].is_empty(), "it goes on");
    bench.acts_end().await;
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 0);
    bench.advance(Duration::from_secs(35));
    bench.run_due().await;
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 1);
    assert_eq!(bench.seen(&card, "bob")["progress"], "Processing");
}

#[tokio::test]
async fn a_late_webhook_of_an_earlier_act_makes_no_later_one_seem_done() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    let browser = bench.link("li.na").await;
    bench.click(&card, "li.na", "snooze").await.unwrap();
    bench.run_due().await;
    bench.click(&card, "li.na", "wake").await.unwrap();
    bench.sim.run_due().await;
    bench.click(&card, "li.na", "close").await.unwrap();
    // The wake's webhook is applied over what the close made of the incident, and the close's own is late.
    bench.sim.faults.add_push(Peer::Flashduty, simulator::Push::Late { ms: 60_000 }, Some(1));
    bench.run_due().await;
    let reopen = paths::fill(paths::API_ACT, &[crate::bench::KEY, &incident, "reopen"]);
    let answer = browser.json(&reopen, serde_json::json!({ "text": "not over" })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(bench.sim.flashduty.effects(&incident, "reopen"), 1, "{answer:?}");
}

#[tokio::test]
async fn snooze_wake_and_close_from_the_card() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    bench.link("li.na").await;
    for (action, effect, flag, value) in [
        ("snooze", "snooze", "can_wake", "true"),
        ("wake", "wake", "can_wake", "false"),
        ("close", "resolve", "progress", "Closed"),
    ] {
        bench.advance(Duration::from_secs(3));
        bench.click(&card, "li.na", action).await.unwrap();
        bench.run_due().await;
        assert_eq!(bench.seen(&card, "bob")[flag], value, "{action}");
        assert_eq!(bench.sim.flashduty.effects(&incident, effect), 1, "{action}");
    }
}

/// The attempt in the address that a notice's button opens.
fn attempt_of(notice_url: &str) -> String {
    let (_, rest) = notice_url.split_once("attempt%3D").expect("an attempt in the address");
    rest.split(['%', '&']).next().unwrap().to_owned()
}

#[tokio::test]
async fn a_repaint_that_changes_no_state_leaves_the_notice_that_asks_to_link() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    bench.sim.flashduty.act_as(bench.member("wang.fang"), &incident, Act::comment("looking")).await.unwrap();
    bench.advance(Duration::from_secs(2));
    bench.run_due().await;
    let mine = bench.seen(&card, "li.na");
    assert!(mine["last_act"].contains("王芳"), "it was repainted: {mine:?}");
    assert!(mine["notice_url"].contains("attempt"), "{mine:?}");
    bench.sim.flashduty.act_as(bench.member("wang.fang"), &incident, Act::resolve()).await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "li.na")["notice"], "", "what was asked for makes no sense any more");
}

#[tokio::test]
async fn a_late_webhook_of_the_same_act_does_not_stand_for_its_repetition() {
    let (bench, incident, card) = with_card(&["li.na"]).await;
    let browser = bench.link("li.na").await;
    bench.click(&card, "li.na", "snooze").await.unwrap();
    bench.click(&card, "li.na", "wake").await.unwrap();
    // Only now the snooze's webhook is applied, over what the wake made of the incident; the wake's own is late.
    bench.sim.faults.add_push(Peer::Flashduty, simulator::Push::Late { ms: 60_000 }, Some(1));
    let mut tx = bench.app.state.store.begin().await.unwrap();
    let mut mirror = server::store::incident::get(&mut tx, crate::bench::KEY, &incident).await.unwrap().unwrap();
    let now = bench.app.state.world.now();
    mirror.incident.snoozed_before = Some(now.plus(Duration::from_secs(7_200)));
    mirror.incident.last_act.as_mut().unwrap().kind = "i_snooze".to_owned();
    assert!(server::store::incident::update(&mut tx, &mirror).await.unwrap());
    tx.commit().await.unwrap();
    let snooze = paths::fill(paths::API_ACT, &[crate::bench::KEY, &incident, "snooze"]);
    let answer = browser.json(&snooze, serde_json::json!({ "minutes": 45 })).await;
    assert_eq!(answer.json()["done"], true, "{answer:?}");
    assert_eq!(bench.sim.flashduty.effects(&incident, "snooze"), 2);
}
