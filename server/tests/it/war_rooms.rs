//! War rooms: one group for an incident whoever asks how often, looked after until somebody dismisses it.

mod crowd;
mod doors;
mod end;
mod traps;

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, Browser};
use serde_json::Value;
use server::flow::war_room::{self, Asker};
use server::work;
use simulator::dingtalk::{Content, Place};
use simulator::flashduty::Act;
use simulator::{Fault, Peer, faults};
use std::sync::Arc;
use std::time::Duration;

const CREATE: &str = "/v1.0/im/sceneGroup/create";
const ADD: &str = "/v1.0/im/sceneGroup/member/add";
const CARD: &str = "/v1.0/card/instances/createAndDeliver";

/// A bench with war rooms and two linked people, and an incident of theirs.
pub async fn ready() -> (Bench, String) {
    let bench = Bench::start().await;
    let incident = on(&bench).await;
    (bench, incident)
}

async fn on(bench: &Bench) -> String {
    bench.war_rooms().await;
    for person in ["li.na", "zhang.wei"] {
        bench.link(person).await;
    }
    bench.raise("支付失败", &["li.na", "zhang.wei"]).await
}

/// Presses the button on the card of somebody and lets the room be made.
pub async fn press(bench: &Bench, user_id: &str) {
    bench.click(&bench.card_of(user_id), user_id, "war-room").await.unwrap();
    bench.settle().await;
}

/// The browser of somebody linked.
pub async fn browser_of(bench: &Bench, user_id: &str) -> Browser {
    let browser = bench.browser();
    assert_eq!(bench.arrive(&browser, user_id, None).await.status, 303);
    browser
}

/// Requests about a path whose bodies hold a text.
fn requests_with(bench: &Bench, path: &str, text: &str) -> usize {
    bench.sim.journal.count(|entry| entry.path == path && entry.request_body.contains(text))
}

#[tokio::test]
async fn one_press_makes_the_room_with_its_people_and_the_card_first_and_on_top() {
    let (bench, incident) = ready().await;
    let before = bench.sim.dingtalk.meters().unwrap().calls;
    bench.click(&bench.card_of("li.na"), "li.na", "war-room").await.unwrap();
    assert!(bench.seen(&bench.card_of("li.na"), "li.na")["notice"].contains("正在创建"));
    bench.run_due().await;
    bench.advance(Duration::from_secs(1));
    bench.run_due().await;
    let room = bench.room();
    let spent = bench.sim.dingtalk.meters().unwrap().calls - before;
    assert_eq!((bench.requests(CREATE), requests_with(&bench, CARD, &room.id)), (1, 1));
    assert!(spent <= 3, "{spent} counted calls from the press to the card in the room");
    assert_eq!((room.owner.as_str(), room.members.len()), ("li.na", 2));
    assert!(room.title.contains("待处理") && room.title.chars().count() <= 30, "{}", room.title);

    let messages = bench.sim.dingtalk.messages(&Place::Chat(room.id.clone()));
    assert!(matches!(messages[0].content, Content::Card { .. }), "the card is first: {messages:?}");
    let top = bench.sim.dingtalk.top_cards(&room.id);
    assert_eq!(top.len(), 1);
    bench.settle().await;
    let seen = bench.seen(&bench.card_of("zhang.wei"), "zhang.wei");
    assert_eq!((seen["can_war_room"].as_str(), seen["can_join_war_room"].as_str()), ("false", "true"));

    // The link is on the incident once, and nobody was told of it by a webhook.
    let comments: Vec<Value> =
        bench.sim.flashduty.feed(&incident).into_iter().filter(|row| row["type"] == "i_comm").collect();
    assert_eq!(comments.len(), 1, "{comments:?}");
    assert!(comments[0]["detail"]["comment"].as_str().unwrap().contains("/war-room"));
    assert_eq!(comments[0]["creator_id"], bench.member("li.na"), "as whoever asked");

    // The card in the room is live, at its top too.
    bench.advance(Duration::from_secs(60));
    bench.click(&top[0].out_track_id, "zhang.wei", "acknowledge").await.unwrap();
    bench.settle().await;
    assert_eq!(bench.seen(&top[0].out_track_id, "li.na")["progress"], "Processing");
    assert!(bench.room().title.contains("处理中"), "the title follows: {}", bench.room().title);
    let said = bench.said_in(&room.id);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("张伟") && said[0].contains("认领"), "{said:?}");
}

#[tokio::test]
async fn a_hundred_presses_at_once_make_one_room() {
    let (bench, incident) = ready().await;
    let bench = Arc::new(bench);
    let mut presses = tokio::task::JoinSet::new();
    for number in 0..100 {
        let bench = Arc::clone(&bench);
        let person = if number % 2 == 0 { "li.na" } else { "zhang.wei" };
        presses.spawn(async move { bench.click(&bench.card_of(person), person, "war-room").await.is_ok() });
    }
    while let Some(pressed) = presses.join_next().await {
        assert!(pressed.unwrap());
    }
    bench.settle().await;
    assert_eq!((bench.rooms().len(), bench.requests(CREATE)), (1, 1));
    assert_eq!(requests_with(&bench, CARD, &bench.room().id), 1);
    let comments = bench.sim.flashduty.feed(&incident).into_iter().filter(|row| row["type"] == "i_comm").count();
    assert_eq!(comments, 1);
}

#[tokio::test]
async fn a_crash_in_the_middle_makes_the_same_room_again() {
    let (mut bench, incident) = ready().await;
    for (path, kind) in
        [(CREATE, faults::Kind::Forget), (CARD, faults::Kind::Forget), ("/incident/comment", faults::Kind::Forget)]
    {
        let peer = if path.starts_with("/incident") { Peer::Flashduty } else { Peer::DingTalk };
        bench.sim.faults.add(Fault { peer, path: path.to_owned(), kind, times: Some(1) });
    }
    bench.click(&bench.card_of("li.na"), "li.na", "war-room").await.unwrap();
    for _ in 0..4 {
        bench.run_due().await;
        bench.restart().await;
        bench.advance(Duration::from_secs(5));
    }
    bench.settle().await;
    assert_eq!(bench.requests(CREATE), 2, "asked again with the same uuid");
    let room = bench.room();
    let cards = bench.sim.dingtalk.cards_in(&Place::Chat(room.id.clone()));
    assert_eq!(cards.len(), 1, "one card");
    let comments = bench.sim.flashduty.feed(&incident).into_iter().filter(|row| row["type"] == "i_comm").count();
    assert_eq!(comments, 1, "one link");
}

#[tokio::test]
async fn two_processes_on_one_database_make_one_room() {
    let Some(bench) = Bench::on_postgres().await else { return };
    let incident = on(&bench).await;
    let (other, _, serving) = bench.second().await;
    let asker = |user_id: &str| Asker { user_id: user_id.to_owned(), name: user_id.to_owned() };
    let (li, zhang) = (asker("li.na"), asker("zhang.wei"));
    let integration = |app: &server::application::Application| {
        let state = app.state.clone();
        async move { server::flow::caches::integration(&state, crate::bench::KEY).await.unwrap().unwrap() }
    };
    let (here, there) = (integration(&bench.app).await, integration(&other).await);
    let (one, two) = tokio::join!(
        war_room::ask(&bench.app.state, &here, &incident, &li),
        war_room::ask(&other.state, &there, &incident, &zhang),
    );
    assert_eq!(one.unwrap().id, two.unwrap().id);
    for _ in 0..6 {
        let (one, two) = tokio::join!(work::run_due(&bench.app.state), work::run_due(&other.state));
        one.unwrap();
        two.unwrap();
        bench.sim.run_due().await;
        bench.advance(Duration::from_secs(4));
    }
    bench.settle().await;
    assert_eq!((bench.rooms().len(), bench.requests(CREATE)), (1, 1));
    assert_eq!(bench.sim.dingtalk.cards_in(&Place::Chat(bench.room().id)).len(), 1);
    serving.abort();
}

#[tokio::test]
async fn responders_added_later_are_invited_and_what_happens_is_told_together() {
    let (bench, incident) = ready().await;
    bench.link("wang.fang").await;
    press(&bench, "li.na").await;
    let room = bench.room();
    bench.advance(Duration::from_secs(70));
    let flashduty = &bench.sim.flashduty;
    let (li, zhang) = (bench.member("li.na"), bench.member("zhang.wei"));
    let added = Act::AddResponders { person_ids: vec![bench.member("wang.fang")] };
    flashduty.act_as(li, &incident, added).await.unwrap();
    bench.advance(Duration::from_secs(1));
    flashduty.act_as(li, &incident, Act::Acknowledge).await.unwrap();
    bench.advance(Duration::from_secs(1));
    let comment = Act::Comment { comment: "looking at **db**".into(), mute_reply: false };
    flashduty.act_as(zhang, &incident, comment).await.unwrap();
    bench.settle().await;
    assert!(bench.room().members.contains("wang.fang"));
    let said = bench.said_in(&room.id);
    assert_eq!(said.len(), 1, "three acts, one message: {said:?}");
    assert!(said[0].contains("李娜") && said[0].contains("张伟") && said[0].contains("looking at"), "{said:?}");
    assert!(!said[0].contains("**db**"), "what people wrote is no markdown of ours: {said:?}");
}

#[tokio::test]
async fn who_cannot_be_invited_is_named_with_the_remedy_and_comes_once_they_link() {
    let bench = Bench::start().await;
    bench.war_rooms().await;
    bench.link("li.na").await;
    bench.raise("慢", &["li.na", "chen.jie"]).await;
    press(&bench, "li.na").await;
    let room = bench.room();
    let said = bench.said_in(&room.id);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("陈杰") && said[0].contains("登录 Flashduty"), "{said:?}");
    bench.link("chen.jie").await;
    bench.settle().await;
    assert!(bench.room().members.contains("chen.jie"));
    assert_eq!(bench.said_in(&room.id).len(), 1, "nobody is told again");
}

#[tokio::test]
async fn somebody_not_linked_is_found_by_the_number_both_platforms_know() {
    let bench = Bench::start().await;
    bench.war_rooms().await;
    bench.link("li.na").await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    // Liu Yang is in the group, and Flashduty has verified his number.
    bench.raise("慢", &["li.na", "liu.yang"]).await;
    press(&bench, "li.na").await;
    assert!(bench.room().members.contains("liu.yang"), "{:?}", bench.room().members);
    assert!(bench.said_in(&bench.room().id).is_empty(), "nobody is missing");
}

#[tokio::test]
async fn joining_from_a_group_needs_no_link_and_one_press() {
    let bench = Bench::start().await;
    bench.war_rooms().await;
    bench.link("li.na").await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.raise("慢", &["li.na"]).await;
    press(&bench, "li.na").await;
    let card = bench.card_in(GROUP);
    assert_eq!(bench.seen(&card, "zhao.min")["can_join_war_room"], "true");
    let added = bench.requests(ADD);
    for _ in 0..3 {
        bench.click(&card, "zhao.min", "join-war-room").await.unwrap();
    }
    assert!(bench.room().members.contains("zhao.min"));
    assert_eq!(bench.requests(ADD), added + 1, "who is in is not invited again");
    assert!(bench.seen(&card, "zhao.min")["notice"].contains("作战室"));
    assert_eq!(bench.seen(&card, "alice").get("notice").map_or("", String::as_str), "");
}
