//! Streams themselves: how they come back, when they end, how many there may be.

use super::{SOON, act, address, open, open_after};
use crate::bench::{Bench, KEY};
use contract::incident::Progress;
use contract::live::Told;
use contract::paths;
use simulator::flashduty::Act;
use std::time::Duration;

#[tokio::test]
async fn a_stream_that_was_cut_goes_on_where_it_was() {
    let bench = Bench::start().await;
    let incident = bench.raise("queue full", &["li.na"]).await;
    let li = bench.link("li.na").await;
    let mut page = open(&bench, &li, "home", &[&incident]).await;
    act(&bench, "zhang.wei", &incident, Act::Acknowledge).await;
    let (id, told) = page.next().await.unwrap();
    assert!(matches!(told, Told::Incident(_)), "{told:?}");
    drop(page);

    // The phone sleeps for an hour.
    bench.advance(Duration::from_secs(3_600));
    act(&bench, "zhang.wei", &incident, Act::resolve()).await;
    let missed = bench.raise("while asleep", &["li.na"]).await;
    let before = bench.requests("/incident/");
    let mut page = open_after(&li, "home", &[&incident], Some(&id), 0).await;
    let closed = page.hears_of(|news| news.incident.id == incident).await;
    assert_eq!(closed.incident.progress, Progress::Closed);
    let new = page.hears_of(|news| news.incident.id == missed).await;
    assert!(new.listed);
    page.is_ready().await;
    assert_eq!(bench.requests("/incident/"), before);
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_needs_one() {
    let bench = Bench::start().await;
    let incident = bench.raise("queue full", &["li.na"]).await;
    let stranger = bench.browser().get(&address("home", &[], 0)).await;
    assert_eq!((stranger.status, stranger.problem().as_str()), (401, "not-signed-in"));

    let li = bench.link("li.na").await;
    for (view, status) in [("account", 400), ("", 400), ("home", 200)] {
        assert_eq!(li.stream(&address(view, &[], 0), None).await.status(), status, "{view}");
    }
    let mut page = open(&bench, &li, "home", &[&incident]).await;
    let unlinked = li.form(&paths::fill(paths::API_LINK_UNLINK, &[KEY]), &[]).await;
    assert_eq!(unlinked.parameter("done").as_deref(), Some("unlinked"), "{unlinked:?}");
    bench.advance(Duration::from_secs(5));
    act(&bench, "zhang.wei", &incident, Act::Acknowledge).await;
    page.ends(SOON).await;
}

#[tokio::test]
async fn the_oldest_of_many_pages_rests_and_is_not_needed() {
    let bench = Bench::start().await;
    let incident = bench.raise("queue full", &["li.na"]).await;
    let li = bench.link("li.na").await;
    let mut first = open(&bench, &li, "home", &[&incident]).await;
    let mut others = Vec::new();
    for _ in 0..4 {
        others.push(open(&bench, &li, "home", &[&incident]).await);
    }
    assert_eq!(first.soon().await, Told::Rest);
    assert_eq!(first.next().await, None);
    act(&bench, "zhang.wei", &incident, Act::Acknowledge).await;
    for page in &mut others {
        page.hears().await;
    }
}

#[tokio::test]
async fn a_stream_says_that_it_is_alive_and_ends_with_the_server() {
    let bench = Bench::start().await;
    let li = bench.link("li.na").await;
    let mut page = open(&bench, &li, "home", &[]).await;
    let beat = tokio::time::timeout(Duration::from_secs(12), page.next()).await.expect("a beat").unwrap();
    assert_eq!(beat.1, Told::Beat);
    assert_eq!(beat.0, bench.app.state.world.now().0.to_string());
    bench.app.state.live.stop();
    page.ends(SOON).await;
    assert_eq!(li.get(&address("home", &[], 0)).await.problem(), "unavailable");
}

#[tokio::test]
async fn what_one_process_hears_is_on_the_pages_of_another() {
    let Some(bench) = Bench::on_postgres().await else { return };
    let incident = bench.raise("queue full", &["li.na"]).await;
    let li = bench.link("li.na").await;
    let (second, base, serving) = bench.second().await;
    let mut here = open(&bench, &li, "home", &[&incident]).await;
    let mut there = open(&bench, &li.moved_to(&base), "home", &[&incident]).await;
    act(&bench, "zhang.wei", &incident, Act::Acknowledge).await;
    for page in [&mut here, &mut there] {
        assert_eq!(page.hears().await.incident.progress, Progress::Processing);
    }
    // An act on a page of the second is on those of the first.
    let path = paths::fill(paths::API_ACT, &[KEY, &incident, "close"]);
    let closed = li.moved_to(&base).json(&path, serde_json::json!({})).await;
    assert_eq!(closed.status, 200, "{closed:?}");
    for page in [&mut here, &mut there] {
        page.hears_of(|news| news.incident.progress == Progress::Closed).await;
    }
    second.state.live.stop();
    there.ends(SOON).await;
    serving.abort();
    second.state.store.close().await;
}
