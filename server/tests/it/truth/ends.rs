//! Incidents that end by becoming part of another one, or by being removed.

use super::{MINUTE, compared, known, mirror, with_group};
use crate::bench::Bench;
use crate::bench::verbs::GROUP;
use contract::incident::Progress;
use server::model::incident::Fate;
use simulator::dingtalk::Place;
use simulator::flashduty::{Act, MergeInto, Settings};
use simulator::{Peer, Push};
use std::collections::BTreeMap;

/// Two incidents with a card each: (source, its card), (target, its card).
async fn two(bench: &Bench) -> [(String, String); 2] {
    let source = bench.raise("the source", &["li.na"]).await;
    let first = bench.card_in(GROUP);
    let target = bench.raise("the target", &["li.na"]).await;
    let cards = bench.cards(&Place::Chat(bench.conversation(GROUP)));
    let second = cards.into_iter().find(|card| *card != first).unwrap();
    [(source, first), (target, second)]
}

async fn merge(bench: &Bench, source: &str, target: &str, remove_sources: bool) {
    let wanted = MergeInto {
        target_id: target.to_owned(),
        source_ids: vec![source.to_owned()],
        remove_sources,
        ..MergeInto::default()
    };
    bench.advance(MINUTE);
    bench.sim.flashduty.merge_as(bench.member("zhang.wei"), &wanted).await.unwrap();
    bench.run_due().await;
}

fn assert_merged(seen: &BTreeMap<String, String>, target: &str) {
    let num = target[18..].to_uppercase();
    assert!(seen["state"].contains(&format!("#{num}")), "{seen:?}");
    assert!(seen["detail_url"].contains(target), "its link leads to the other one: {seen:?}");
    assert!(seen.iter().filter(|(name, _)| name.starts_with("can_")).all(|(_, can)| can == "false"), "{seen:?}");
}

#[tokio::test]
async fn the_card_of_a_merged_incident_says_into_which() {
    for settings in [
        Settings::default(),
        Settings { merge_told_to_sources: false, ..Settings::default() },
        Settings { odd_values: true, ..Settings::default() },
    ] {
        let bench = with_group().await;
        bench.sim.flashduty.change_settings(|present| *present = settings);
        let [(source, first), (target, second)] = two(&bench).await;
        merge(&bench, &source, &target, false).await;
        assert_merged(&bench.seen(&first, "bob"), &target);
        assert_eq!(bench.seen(&second, "bob")["progress"], "Triggered");
        compared(&bench).await;
        assert_merged(&bench.seen(&first, "bob"), &target);
    }
}

#[tokio::test]
async fn a_source_that_was_removed_by_the_merge_is_drawn_the_same() {
    let bench = with_group().await;
    let [(source, first), (target, _)] = two(&bench).await;
    merge(&bench, &source, &target, true).await;
    assert_merged(&bench.seen(&first, "bob"), &target);
    compared(&bench).await;
    assert_merged(&bench.seen(&first, "bob"), &target);
}

#[tokio::test]
async fn a_merge_that_nobody_told_of_is_found_by_the_alerts_that_are_gone() {
    let bench = with_group().await;
    compared(&bench).await;
    let [(source, first), (target, _)] = two(&bench).await;
    compared(&bench).await;
    bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, None);
    merge(&bench, &source, &target, false).await;
    assert_eq!(bench.seen(&first, "bob")["progress"], "Triggered");
    compared(&bench).await;
    assert_merged(&bench.seen(&first, "bob"), &target);
}

#[tokio::test]
async fn a_merged_incident_that_is_opened_again_stands_for_itself() {
    let bench = with_group().await;
    let [(source, first), (target, _)] = two(&bench).await;
    merge(&bench, &source, &target, false).await;
    bench.advance(MINUTE);
    bench.act("li.na", &source, Act::Reopen { reason: "not the same".into() }).await;
    bench.run_due().await;
    compared(&bench).await;
    let seen = bench.seen(&first, "bob");
    assert_eq!((seen["progress"].as_str(), seen["can_acknowledge"].as_str()), ("Triggered", "true"), "{seen:?}");
    assert!(seen["detail_url"].contains(&source));
}

#[tokio::test]
async fn the_card_of_a_removed_incident_says_so_and_has_no_buttons() {
    let bench = with_group().await;
    bench.link("li.na").await;
    let incident = bench.raise("by mistake", &["wang.fang"]).await;
    let other = bench.raise("stays", &["wang.fang"]).await;
    compared(&bench).await;
    assert!(bench.sim.flashduty.remove(&incident));
    for refused in [true, false] {
        bench.sim.flashduty.change_settings(|settings| settings.unknown_ids_refused = refused);
        compared(&bench).await;
        assert_eq!(mirror(&bench, &incident).await.fate, Fate::Gone);
        assert_eq!(mirror(&bench, &other).await.progress, Progress::Triggered);
    }
    let cards = bench.cards(&Place::Chat(bench.conversation(GROUP)));
    let seen: Vec<_> = cards.iter().map(|card| bench.seen(card, "bob")).collect();
    let gone = seen.iter().position(|one| one["title"].contains("by mistake")).unwrap();
    assert!(matches!(seen[gone]["state"].as_str(), "Deleted" | "已删除"), "{:?}", seen[gone]);
    assert_eq!(seen[gone]["can_acknowledge"], "false");
    // A stale client still shows the buttons.
    bench.click(&cards[gone], "li.na", "acknowledge").await.unwrap();
    assert!(!bench.seen(&cards[gone], "li.na")["notice"].is_empty());
}

#[tokio::test]
async fn an_incident_our_key_never_saw_is_not_called_gone() {
    let bench = with_group().await;
    let incident = bench.raise("of a private channel", &["li.na"]).await;
    assert!(!mirror(&bench, &incident).await.read);
    assert!(bench.sim.flashduty.remove(&incident));
    compared(&bench).await;
    assert_eq!(mirror(&bench, &incident).await.fate, Fate::Live, "webhooks may tell more than the key may read");
}

#[tokio::test]
async fn nobody_is_told_of_what_was_gone_before_anybody_heard_of_it() {
    let bench = with_group().await;
    compared(&bench).await;
    bench.unreachable().await;
    let raise = simulator::flashduty::Raise::default();
    let incident = bench.sim.flashduty.raise(raise).await.unwrap();
    assert!(bench.sim.flashduty.remove(&incident));
    bench.reachable().await;
    compared(&bench).await;
    assert!(known(&bench, &incident).await.is_none());
    assert!(bench.cards(&Place::Chat(bench.conversation(GROUP))).is_empty());
}
