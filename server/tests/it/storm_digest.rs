//! A storm becomes one counting card per target: it counts up, one click acknowledges all, and it ends.

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use server::store;
use simulator::dingtalk::Place;
use simulator::flashduty::{Act, Raise, Severity};
use std::collections::BTreeMap;
use std::time::Duration;

const OTHER_GROUP: &str = "平台组";
const MINUTE: Duration = Duration::from_secs(60);

/// A group that subscribed, where more than three cards a minute are a storm.
async fn bench_with_group() -> (Bench, String) {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.cards_per_minute(3).await;
    (bench, chat)
}

/// The same after three cards, so that the next incident is one too many. Cards that come then are counted from here.
async fn bench_at_the_limit() -> (Bench, String, usize) {
    let (bench, chat) = bench_with_group().await;
    let before = bench.sim.dingtalk.messages(&group(&bench, GROUP)).len();
    for _ in 0..3 {
        raise_many(&bench, 1, &[]).await;
    }
    assert_eq!(bench.cards(&group(&bench, GROUP)).len(), 3);
    (bench, chat, before + 3)
}

/// Raises so many incidents at once, none of them critical.
async fn raise_many(bench: &Bench, count: usize, responders: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let raise = Raise {
            title: format!("storm {number:03}"),
            severity: Severity::Warning,
            responder_ids: responders.iter().map(|user_id| bench.member(user_id)).collect(),
            ..Raise::default()
        };
        ids.push(bench.sim.flashduty.raise(raise).await.unwrap());
    }
    bench.run_due().await;
    ids
}

/// What a person sees on the counting card of a place, which is the newest one there.
fn digest(bench: &Bench, place: &Place) -> (String, BTreeMap<String, String>) {
    let mut cards = bench
        .cards(place)
        .into_iter()
        .filter(|card| bench.seen(card, "zhao.min").get("text_acknowledge_all").is_some_and(|words| !words.is_empty()));
    let card = cards.next_back().expect("a counting card");
    let seen = bench.seen(&card, "zhao.min");
    (card, seen)
}

/// Those that were folded at a target. Where several write at once, the first few may have been told of before anybody
/// could know of the others.
async fn folded(bench: &Bench, ids: Vec<String>, target: &str) -> Vec<String> {
    let mut folded = Vec::new();
    for id in ids {
        match bench.outcomes(&id).await[target] {
            "folded" => folded.push(id),
            outcome => assert_eq!(outcome, "delivered"),
        }
    }
    folded
}

fn group(bench: &Bench, title: &str) -> Place {
    Place::Chat(bench.conversation(title))
}

async fn seconds(bench: &Bench, seconds: u64) {
    bench.advance(Duration::from_secs(seconds));
    bench.run_due().await;
}

fn acknowledged(bench: &Bench, ids: &[String]) -> Vec<usize> {
    ids.iter().map(|id| bench.sim.flashduty.effects(id, "acknowledge")).collect()
}

#[tokio::test]
async fn beyond_the_rate_incidents_fold_into_one_card_that_counts_up() {
    let (bench, chat) = bench_with_group().await;
    for number in 0..3 {
        bench.raise(&format!("calm {number}"), &[]).await;
    }
    let place = group(&bench, GROUP);
    assert_eq!(bench.cards(&place).len(), 3, "so many get a card each");

    let ids = raise_many(&bench, 20, &[]).await;
    assert_eq!(bench.cards(&place).len(), 4, "one card for all of them");
    seconds(&bench, 12).await;
    let (card, seen) = digest(&bench, &place);
    assert_eq!((seen["alerts"].as_str(), seen["can_acknowledge_all"].as_str()), ("20", "true"));
    let lines: Vec<&str> = seen["description"].lines().collect();
    assert!(lines.len() == 9 && lines[..8].iter().all(|line| line.contains("storm 0")), "{lines:?}");
    assert!(lines[8].contains("12"), "so many more are in the list: {lines:?}");
    for id in &ids {
        let mut tx = bench.app.state.store.read().await.unwrap();
        let deliveries = store::delivery::of_incident(&mut tx, KEY, id).await.unwrap();
        let one = deliveries.iter().find(|one| one.target.id() == chat).unwrap();
        assert_eq!(one.outcome.name(), "folded");
        assert!(one.digest.as_ref() == Some(&one.message), "says into what: {}", one.message);
    }

    raise_many(&bench, 15, &[]).await;
    bench.sim.flashduty.act_as(bench.member("li.na"), &ids[0], Act::Acknowledge).await.unwrap();
    bench.sim.flashduty.act_as(bench.member("li.na"), &ids[1], Act::resolve()).await.unwrap();
    seconds(&bench, 12).await;
    seconds(&bench, 12).await;
    let (same, seen) = digest(&bench, &place);
    assert_eq!((same, seen["alerts"].as_str()), (card, "35"));
    for count in ["33", "1"] {
        assert!(seen["channel"].contains(count), "states: {}", seen["channel"]);
    }
}

#[tokio::test]
async fn a_storm_costs_few_calls_however_many_incidents_change() {
    let (bench, _) = bench_with_group().await;
    let ids = raise_many(&bench, 100, &[]).await;
    let (before, begin) = (bench.requests("/v1.0/card/instances"), bench.sim.world.now());
    for chunk in ids.chunks(20) {
        for id in chunk {
            bench.sim.flashduty.act_as(bench.member("li.na"), id, Act::Acknowledge).await.unwrap();
        }
        seconds(&bench, 11).await;
    }
    let calls = bench.requests("/v1.0/card/instances") - before;
    let seconds_passed = usize::try_from(bench.sim.world.now().since(begin).as_secs()).unwrap();
    // On a busy machine some came before it was a storm: each of their cards follows its own incident once.
    let alone = bench.sim.dingtalk.cards_in(&group(&bench, GROUP)).len() - 1;
    let allowed = 1..=seconds_passed / 10 + 1 + alone;
    assert!(allowed.contains(&calls), "{calls} calls in {seconds_passed} s, {alone} cards besides");
    seconds(&bench, 12).await;
    let (_, seen) = digest(&bench, &group(&bench, GROUP));
    assert!(!seen["channel"].contains("待处理") && seen["can_acknowledge_all"] == "false", "{seen:?}");
}

#[tokio::test]
async fn two_clickers_acknowledge_all_and_each_incident_is_acknowledged_once() {
    let (bench, chat) = bench_with_group().await;
    bench.link("li.na").await;
    bench.link("zhang.wei").await;
    let ids = folded(&bench, raise_many(&bench, 130, &[]).await, &chat).await;
    bench.sim.flashduty.act_as(bench.member("wang.fang"), &ids[3], Act::Acknowledge).await.unwrap();
    let (card, _) = digest(&bench, &group(&bench, GROUP));
    // The server has not heard yet of one that is closed.
    bench.run_due().await;
    bench.sim.faults.add_push(simulator::Peer::Flashduty, simulator::Push::Lose, Some(1));
    bench.sim.flashduty.act_as(bench.member("wang.fang"), &ids[4], Act::resolve()).await.unwrap();
    let (one, other) = tokio::join!(
        bench.click(&card, "li.na", "acknowledge-all"),
        bench.click(&card, "zhang.wei", "acknowledge-all")
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    bench.run_due().await;
    for (number, effects) in acknowledged(&bench, &ids).into_iter().enumerate() {
        assert_eq!(effects, usize::from(number != 4), "incident {number}");
    }
    let told = [one, other].map(|answer| answer["userPrivateData"].to_string());
    assert!(told.iter().any(|told| told.contains(&(ids.len() - 2).to_string())), "how many: {told:?}");
    assert!(told.iter().any(|told| told.contains("（1）")), "which not, and why: {told:?}");
    seconds(&bench, 12).await;
    assert_eq!(bench.seen(&card, "wang.fang")["can_acknowledge_all"], "false");
    let others = bench.seen(&card, "wang.fang").get("notice").cloned().unwrap_or_default();
    assert_eq!(others, "", "a refusal is for the clicker only");

    let again = bench.click(&card, "zhang.wei", "acknowledge-all").await.unwrap();
    assert!(again["userPrivateData"].to_string().contains("没有待认领的故障"), "{again}");
    let acts: usize = acknowledged(&bench, &ids).into_iter().sum();
    assert_eq!(acts, ids.len() - 1, "nothing was done twice");
}

#[tokio::test]
async fn whoever_is_not_linked_links_and_then_all_are_acknowledged() {
    let (bench, chat) = bench_with_group().await;
    let ids = folded(&bench, raise_many(&bench, 10, &[]).await, &chat).await;
    let (card, _) = digest(&bench, &group(&bench, GROUP));
    let answer = bench.click(&card, "zhang.wei", "acknowledge-all").await.unwrap();
    assert!(answer["userPrivateData"].to_string().contains("关联"), "{answer}");
    assert!(acknowledged(&bench, &ids).into_iter().all(|effects| effects == 0));

    let notice = bench.seen(&card, "zhang.wei")["notice_url"].clone();
    let attempt = notice.split("attempt%3D").nth(1).unwrap().split(['&', '%']).next().unwrap().to_owned();
    let browser = bench.browser();
    bench.arrive(&browser, "zhang.wei", Some(&attempt)).await;
    let confirmed = bench.link_with(&browser, "zhang.wei", &attempt).await;
    assert_eq!(confirmed.status, 303, "{confirmed:?}");
    bench.run_due().await;
    assert_eq!(acknowledged(&bench, &ids).into_iter().sum::<usize>(), ids.len());
    let notice = bench.seen(&card, "zhang.wei")["notice"].clone();
    assert!(notice.contains(&ids.len().to_string()), "{notice}");
}

#[tokio::test]
async fn a_card_has_only_its_own_buttons() {
    let (bench, _) = bench_with_group().await;
    bench.link("li.na").await;
    bench.raise("single", &[]).await;
    let single = bench.card_in(GROUP);
    assert!(bench.click(&single, "li.na", "acknowledge-all").await.is_err());
    raise_many(&bench, 10, &[]).await;
    let (card, _) = digest(&bench, &group(&bench, GROUP));
    assert!(bench.click(&card, "li.na", "acknowledge").await.is_err());
}

#[tokio::test]
async fn a_storm_ends_in_calm_and_the_next_incident_has_its_own_card() {
    let (bench, chat, _) = bench_at_the_limit().await;
    raise_many(&bench, 10, &[]).await;
    let place = group(&bench, GROUP);
    seconds(&bench, 100).await;
    let late = raise_many(&bench, 1, &[]).await.remove(0);
    assert_eq!(bench.outcomes(&late).await[&chat], "folded");
    assert_eq!(bench.cards(&place).len(), 3 + 1);
    for _ in 0..4 {
        seconds(&bench, 60).await;
    }
    let (card, seen) = digest(&bench, &place);
    assert_eq!((seen["state"].as_str(), seen["alerts"].as_str()), ("风暴已结束", "11"));

    let after = bench.raise("after the storm", &[]).await;
    assert_eq!(bench.outcomes(&after).await[&chat], "delivered");
    assert_eq!(bench.cards(&place).len(), 3 + 2);
    bench.sim.flashduty.act_as(bench.member("li.na"), &late, Act::resolve()).await.unwrap();
    seconds(&bench, 12).await;
    assert!(bench.seen(&card, "zhao.min")["channel"].contains("1"), "members' changes are followed after the end too");

    bench.advance(MINUTE);
    for _ in 0..3 {
        raise_many(&bench, 1, &[]).await;
    }
    raise_many(&bench, 10, &[]).await;
    assert_eq!(bench.cards(&place).len(), 3 + 2 + 3 + 1, "the next storm has a card of its own");
}

#[tokio::test]
async fn critical_incidents_have_their_own_cards_up_to_a_number() {
    let (bench, _, _) = bench_at_the_limit().await;
    raise_many(&bench, 10, &[]).await;
    let place = group(&bench, GROUP);
    for number in 0..25 {
        let raise = Raise { title: format!("critical {number}"), severity: Severity::Critical, ..Raise::default() };
        bench.sim.flashduty.raise(raise).await.unwrap();
    }
    bench.run_due().await;
    assert_eq!(bench.cards(&place).len(), 3 + 1 + 20);
    seconds(&bench, 12).await;
    assert_eq!(digest(&bench, &place).1["alerts"], "15", "what is beyond is folded");
}

#[tokio::test]
async fn each_target_has_its_own_storm_and_people_too() {
    let (bench, _) = bench_with_group().await;
    let other = bench.install_cool_app(OTHER_GROUP).await;
    bench.subscribe(&other).await;
    bench.link("li.na").await;
    raise_many(&bench, 10, &["li.na"]).await;
    seconds(&bench, 12).await;
    let person = Place::Person("li.na".to_owned());
    for place in [group(&bench, GROUP), group(&bench, OTHER_GROUP), person.clone()] {
        let counted: usize = digest(&bench, &place).1["alerts"].parse().unwrap();
        assert_eq!(bench.cards(&place).len() - 1 + counted, 10, "{place:?}");
    }
    let (card, _) = digest(&bench, &person);
    let answer = bench.click(&card, "li.na", "acknowledge-all").await.unwrap();
    assert!(answer["userPrivateData"].to_string().contains("已认领"), "{answer}");
    seconds(&bench, 12).await;
    assert_eq!(digest(&bench, &person).1["can_acknowledge_all"], "false");
    for place in [group(&bench, GROUP), group(&bench, OTHER_GROUP)] {
        assert!(digest(&bench, &place).1["channel"].contains("处理中"), "the same incidents elsewhere: {place:?}");
    }
}

async fn a_restart_in_the_middle_loses_nothing(mut bench: Bench) {
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.cards_per_minute(3).await;
    bench.link("li.na").await;
    let mut ids = raise_many(&bench, 20, &[]).await;
    for number in 0..20 {
        let raise = Raise { title: format!("more {number}"), severity: Severity::Warning, ..Raise::default() };
        ids.push(bench.sim.flashduty.raise(raise).await.unwrap());
    }
    bench.restart().await;
    bench.run_due().await;
    seconds(&bench, 12).await;
    let place = group(&bench, GROUP);
    // Where several write at once, the first may have been told of before anybody could know of the others.
    let single = bench.cards(&place).len() - 1;
    assert!(single <= 3, "one counting card beside {single}");
    let folded = 40 - single;
    assert_eq!(digest(&bench, &place).1["alerts"], folded.to_string());

    // The process ends while all are being acknowledged: half of it was done, and nobody was told.
    let (card, _) = digest(&bench, &place);
    let kind = simulator::faults::Kind::Forget;
    let fault =
        simulator::Fault { peer: simulator::Peer::Flashduty, path: "/incident/ack".into(), kind, times: Some(1) };
    bench.sim.faults.add(fault);
    let answer = bench.click(&card, "li.na", "acknowledge-all").await.unwrap();
    assert!(answer["userPrivateData"].to_string().contains(&folded.to_string()), "it goes on: {answer}");
    bench.restart().await;
    seconds(&bench, 40).await;
    seconds(&bench, 40).await;
    let effects = acknowledged(&bench, &ids);
    assert!(effects.iter().all(|effects| *effects <= 1), "{effects:?}");
    assert_eq!(effects.iter().sum::<usize>(), folded);
    let seen = bench.seen(&card, "li.na");
    assert!(seen["notice"].contains(&folded.to_string()), "{seen:?}");
}

#[tokio::test]
async fn a_restart_in_the_middle_loses_nothing_on_sqlite() {
    a_restart_in_the_middle_loses_nothing(Bench::start().await).await;
}

#[tokio::test]
async fn a_restart_in_the_middle_loses_nothing_on_postgresql() {
    if let Some(bench) = Bench::on_postgres().await {
        a_restart_in_the_middle_loses_nothing(bench).await;
    }
}

#[tokio::test]
async fn in_link_mode_the_digest_is_sent_again_after_minutes_and_at_its_end() {
    let (bench, _, before) = bench_at_the_limit().await;
    let pairs = vec![("card_template_id".to_owned(), Some(String::new()))];
    server::flow::set_up::set(&bench.app.state, KEY, pairs, "bench").await.unwrap();
    let place = group(&bench, GROUP);
    let sent = || bench.sim.dingtalk.messages(&place).len() - before;
    raise_many(&bench, 10, &[]).await;
    assert_eq!(sent(), 1, "one message for all of them");
    for _ in 0..4 {
        raise_many(&bench, 10, &[]).await;
        seconds(&bench, 60).await;
    }
    assert_eq!(sent(), 1, "not yet again");
    raise_many(&bench, 10, &[]).await;
    seconds(&bench, 70).await;
    assert_eq!(sent(), 2);
    for _ in 0..6 {
        seconds(&bench, 60).await;
    }
    assert_eq!(sent(), 3, "once more when it is over");
}
