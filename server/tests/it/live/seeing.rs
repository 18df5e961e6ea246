//! Who is told what, and what that costs.

use super::{act, open};
use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use contract::incident::Progress;
use contract::paths;
use simulator::flashduty::{Act, Raise, seed};

/// Calls to Flashduty's incidents so far.
fn calls(bench: &Bench) -> usize {
    bench.requests("/incident/")
}

#[tokio::test]
async fn whatever_changes_an_incident_is_told_and_costs_no_call() {
    let bench = Bench::start().await;
    let incident = bench.raise("queue full", &["li.na"]).await;
    let (li, wang) = (bench.link("li.na").await, bench.link("wang.fang").await);
    let list = format!("{}?tab=open", paths::fill(paths::HOME, &[KEY]));
    assert!(wang.get(&list).await.body.contains("queue full"));
    let mut mine = open(&bench, &li, "home", &[&incident]).await;
    let mut all = open(&bench, &wang, "home:open", &[&incident]).await;

    let before = calls(&bench);
    act(&bench, "zhang.wei", &incident, Act::Acknowledge).await;
    for page in [&mut mine, &mut all] {
        let news = page.hears().await;
        assert_eq!((news.incident.id.as_str(), news.incident.progress), (incident.as_str(), Progress::Processing));
        assert_eq!(news.timeline, None);
        let act = news.incident.last_act.expect("who did it");
        assert_eq!((act.kind.as_str(), act.who.is_some()), ("i_ack", true));
    }
    assert_eq!(calls(&bench), before, "nobody at Flashduty was asked");

    // An act on our own page, by form or script: told with the revision that the act itself answered with.
    let path = paths::fill(paths::API_ACT, &[KEY, &incident, "close"]);
    let result = li.json(&path, serde_json::json!({})).await.json();
    let closed = all.hears_of(|news| news.incident.progress == Progress::Closed).await;
    assert!(result["revision"].as_i64().unwrap() >= closed.revision && closed.revision > 0, "{result} {closed:?}");
    assert!(!closed.listed, "it is no open one any more");
    mine.hears_of(|news| news.incident.progress == Progress::Closed).await;
}

#[tokio::test]
async fn what_is_new_comes_to_the_lists_it_belongs_to() {
    let bench = Bench::start().await;
    bench.raise("something open", &["zhang.wei"]).await;
    let (li, wang) = (bench.link("li.na").await, bench.link("wang.fang").await);
    wang.get(&format!("{}?tab=open", paths::fill(paths::HOME, &[KEY]))).await;
    let mut mine = open(&bench, &li, "pc", &[]).await;
    let mut not_mine = open(&bench, &wang, "home", &[]).await;
    let mut all = open(&bench, &wang, "home:open", &[]).await;
    let mut later_page = open(&bench, &wang, "home:open:2", &[]).await;
    let before = calls(&bench);
    let incident = bench.raise("for li", &["li.na"]).await;
    for page in [&mut mine, &mut all] {
        let news = page.hears_of(|news| news.incident.id == incident).await;
        assert!(news.listed);
        assert_eq!(news.incident.title, "for li");
    }
    assert_eq!(calls(&bench), before, "it is known what Wang may see: the page has shown it");
    not_mine.hears_nothing().await;
    later_page.hears_nothing().await;
}

#[tokio::test]
async fn nothing_is_told_that_flashduty_would_not_show() {
    let bench = Bench::start().await;
    let wang = bench.link("wang.fang").await;
    bench.sim.flashduty.set_private(seed::PAYMENTS, true);
    let secret = bench.raise("secret of payments", &["zhang.wei"]).await;
    let list = format!("{}?tab=open", paths::fill(paths::HOME, &[KEY]));
    assert!(!wang.get(&list).await.body.contains("secret of payments"));
    // Whatever a page claims to show.
    let mut page = open(&bench, &wang, "home:open", &[&secret]).await;
    let mut detail = open(&bench, &wang, &format!("incident:{secret}"), &[&secret]).await;
    let before = calls(&bench);
    act(&bench, "zhang.wei", &secret, Act::Acknowledge).await;
    bench.raise("another secret", &["zhang.wei"]).await;
    page.hears_nothing().await;
    detail.hears_nothing().await;
    assert!(calls(&bench) <= before + 1, "Flashduty was asked once for all");

    // Whoever is to handle it may see it.
    let own = bench.raise("for wang", &["wang.fang"]).await;
    page.hears_of(|news| news.incident.id == own).await;
    // A channel that is open is asked about once.
    let raise = Raise { title: "open to all".to_owned(), channel_id: seed::SUPPORT, ..Raise::default() };
    let shown = bench.sim.flashduty.raise(raise).await.unwrap();
    bench.run_due().await;
    page.hears_of(|news| news.incident.id == shown).await;
}

#[tokio::test]
async fn an_incidents_page_is_told_what_was_said_and_its_timeline_is_read_once() {
    let bench = Bench::start().await;
    let incident = bench.raise("queue full", &["li.na", "wang.fang"]).await;
    let (li, wang) = (bench.link("li.na").await, bench.link("wang.fang").await);
    let view = format!("incident:{incident}");
    let mut one = open(&bench, &li, &view, &[&incident]).await;
    let mut other = open(&bench, &wang, &format!("pc:mine:1:{incident}"), &[&incident]).await;
    let before = bench.requests("/incident/feed");
    let said = Act::Comment { comment: "looking at it".to_owned(), mute_reply: false };
    act(&bench, "zhang.wei", &incident, said).await;
    for page in [&mut one, &mut other] {
        let (entries, _) = page.hears_of(|news| news.timeline.is_some()).await.timeline.unwrap();
        assert!(entries.iter().any(|entry| entry.text == "looking at it" && entry.who.is_some()), "{entries:?}");
    }
    assert_eq!(bench.requests("/incident/feed"), before + 1, "once for both");
}

#[tokio::test]
async fn a_groups_page_is_told_what_is_sent_there_while_its_reader_is_in_the_group() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let (li, wang) = (bench.link("li.na").await, bench.link("wang.fang").await);
    let conversation = bench.conversation(GROUP);
    let view = format!("cool-app:{conversation}");
    let mut page = open(&bench, &li, &view, &[]).await;
    let stranger = wang.get(&super::address(&view, &[], 0)).await;
    assert_eq!((stranger.status, stranger.problem().as_str()), (403, "not-in-chat"));
    let incident = bench.raise("sent to the group", &["li.na"]).await;
    let news = page.hears_of(|news| news.incident.id == incident).await;
    assert!(news.listed);
}
