//! A card shows some people something of their own, in as few calls as the limits allow.

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use contract::paths;
use server::flow;
use simulator::dingtalk::Place;
use simulator::flashduty::Act;
use simulator::{Fault, Peer, Push, faults};
use std::time::Duration;

const CREATE: &str = "/v1.0/card/instances/createAndDeliver";
const UPDATE: &str = "/v1.0/card/instances";

/// Update calls so far.
fn updates(bench: &Bench) -> usize {
    bench.sim.journal.count(|entry| entry.method == "PUT" && entry.path == UPDATE)
}

async fn with_group() -> Bench {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench
}

async fn set(bench: &Bench, field: &str, value: &str) {
    let pairs = vec![(field.to_owned(), Some(value.to_owned()))];
    flow::set_up::set(&bench.app.state, KEY, pairs, "bench").await.unwrap();
    bench.run_due().await;
}

#[tokio::test]
async fn responders_and_the_acker_see_their_own_card_without_a_call_more() {
    let bench = with_group().await;
    bench.link("li.na").await;
    bench.link("zhang.wei").await;
    let incident = bench.raise("checkout is slow", &["li.na", "zhang.wei"]).await;
    let card = bench.card_in(GROUP);
    assert_eq!((bench.requests(CREATE), updates(&bench)), (3, 0), "a group, two people, nothing else");
    for person in ["li.na", "zhang.wei"] {
        assert!(!bench.seen(&card, person)["you"].is_empty(), "{person}");
    }
    assert!(bench.seen(&card, "zhao.min").get("you").is_none_or(String::is_empty));

    bench.advance(Duration::from_secs(5));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::Acknowledge).await.unwrap();
    bench.run_due().await;
    assert_eq!(updates(&bench), 3, "one per card");
    for (person, withdraw) in [("li.na", "true"), ("zhang.wei", "false"), ("zhao.min", "false")] {
        let seen = bench.seen(&card, person);
        assert_eq!(
            (seen["can_unacknowledge"].as_str(), seen["is_acknowledged"].as_str()),
            (withdraw, "true"),
            "{person}"
        );
    }
    bench.advance(Duration::from_secs(5));
    bench.click(&card, "li.na", "unacknowledge").await.unwrap();
    assert_eq!(bench.seen(&card, "li.na")["can_unacknowledge"], "false", "by the answer");
    assert_eq!(bench.sim.flashduty.effects(&incident, "unacknowledge"), 1);
    bench.run_due().await;
    let mine = bench.seen(&card, "li.na");
    assert_eq!((mine["can_acknowledge"].as_str(), mine["can_unacknowledge"].as_str()), ("true", "false"));
    assert_eq!(updates(&bench), 6);
}

#[tokio::test]
async fn a_responder_without_a_link_that_works_is_asked_to_link_on_their_copy() {
    let bench = with_group().await;
    bench.link("li.na").await;
    let key = bench.sim.flashduty.key_of(bench.member("li.na")).unwrap();
    let first = bench.raise("one", &["li.na"]).await;
    assert!(bench.sim.flashduty.revoke_key(&key));
    bench.click(&bench.card_in(GROUP), "li.na", "acknowledge").await.unwrap();
    bench.sim.flashduty.act_as(bench.member("wang.fang"), &first, Act::resolve()).await.unwrap();
    bench.run_due().await;

    bench.raise("two", &["li.na"]).await;
    let cards = bench.cards(&Place::Chat(bench.conversation(GROUP)));
    let newest = cards.iter().find(|card| bench.seen(card, "li.na")["title"].ends_with("two")).unwrap();
    let mine = bench.seen(newest, "li.na");
    assert!(!mine["notice"].is_empty() && mine["notice_url"].starts_with("dingtalk://"), "{mine:?}");
    assert!(bench.seen(newest, "zhao.min").get("notice").is_none_or(String::is_empty), "only their copy asks");
}

#[tokio::test]
async fn a_responder_who_left_keeps_the_card_from_nobody() {
    let bench = with_group().await;
    bench.link("li.na").await;
    bench.link("zhang.wei").await;
    // Not even in the company any more, and the event of it was lost.
    let (path, times) = (CREATE.to_owned(), Some(1));
    let body = serde_json::json!({ "code": "param.userIdNotExist", "message": "用户不存在" });
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path, kind: faults::Kind::Refuse { status: 400, body }, times });
    bench.raise("checkout is slow", &["li.na", "zhang.wei"]).await;
    let card = bench.card_in(GROUP);
    bench.run_due().await;
    assert!(!bench.seen(&card, "zhang.wei")["you"].is_empty(), "told by the update that follows");
}

#[tokio::test]
async fn halves_find_whom_dingtalk_does_not_know() {
    let bench = with_group().await;
    for person in ["li.na", "zhang.wei", "wang.fang"] {
        bench.link(person).await;
    }
    let incident = bench.raise("checkout is slow", &["li.na"]).await;
    let card = bench.card_in(GROUP);
    // The event of it is lost, so that their link is still there.
    bench.sim.faults.add_push(Peer::DingTalk, Push::Lose, None);
    bench.sim.dingtalk.leave_org("zhang.wei").await.unwrap();
    let person_ids = ["zhang.wei", "wang.fang"].map(|person| bench.member(person)).to_vec();
    bench.advance(Duration::from_secs(5));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::AddResponders { person_ids }).await.unwrap();
    bench.run_due().await;
    for person in ["li.na", "wang.fang"] {
        assert!(!bench.seen(&card, person)["you"].is_empty(), "{person}");
    }
    let of_card = |entry: &simulator::Entry| entry.method == "PUT" && entry.request_body.contains(&card);
    let before = bench.sim.journal.count(of_card);
    bench.advance(Duration::from_secs(5));
    bench.sim.flashduty.act_as(bench.member("wang.fang"), &incident, Act::resolve()).await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "li.na")["progress"], "Closed");
    assert_eq!(bench.sim.journal.count(of_card), before + 1, "whoever is not known is not spoken of again");
}

#[tokio::test]
async fn what_is_hidden_is_not_sent_and_presets_are_the_integrations() {
    let bench = with_group().await;
    set(&bench, "card_hidden_fields", "channel,responders,labels").await;
    set(&bench, "snooze_minutes", "45,1440").await;
    let incident = bench.raise("quiet card", &["li.na"]).await;
    let browser = bench.link("li.na").await;
    let card = bench.card_in(GROUP);
    let seen = bench.seen(&card, "li.na");
    for name in ["channel", "label_channel", "responders", "label_responders", "labels", "snooze_3_text"] {
        assert_eq!(seen[name], "", "{name}");
    }
    assert!(!seen["severity_text"].is_empty() && seen["title"].ends_with("quiet card"));
    assert_eq!((seen["snooze_1_minutes"].as_str(), seen["snooze_2_minutes"].as_str()), ("45", "1440"));
    let page = browser.get(&paths::fill(paths::INCIDENT, &[KEY, &incident])).await.body;
    assert!(
        page.contains("value=\"45\"") && page.contains("value=\"1440\"") && !page.contains("value=\"240\""),
        "{page}"
    );

    set(&bench, "snooze_minutes", "").await;
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "li.na")["snooze_3_minutes"], "720", "Flashduty's own presets again");
}
