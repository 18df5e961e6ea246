//! Platform weather: everything that can pass goes wrong now and then. Nothing is lost, nothing is there twice, and the
//! platforms are not pressed.

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use serde_json::{Value, json};
use server::model::delivery::{DeliveryState, Outcome};
use server::store;
use server::store::delivery::Wanted;
use simulator::dingtalk::{Edition, Place};
use simulator::flashduty::Raise;
use simulator::{Entry, Fault, Peer, Weather, faults};
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

const INCIDENTS: usize = 60;
const TOKEN: &str = "/v1.0/oauth2/accessToken";
const CREATE: &str = "/v1.0/card/instances/createAndDeliver";
/// A banned address is left alone for so long (reference 10.2).
const BAN: Duration = Duration::from_secs(300);

fn refusal(status: u16, body: Value, times: u32) -> Fault {
    let kind = faults::Kind::Refuse { status, body };
    Fault { peer: Peer::DingTalk, path: CREATE.to_owned(), kind, times: Some(times) }
}

async fn company() -> (Bench, String) {
    let bench = Bench::start().await;
    bench.sim.dingtalk.set_edition(Edition::Exclusive);
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    (bench, chat)
}

async fn all(bench: &Bench) -> Vec<server::model::delivery::Delivery> {
    let mut tx = bench.app.state.store.read().await.unwrap();
    let deliveries = store::delivery::list(&mut tx, KEY, &Wanted::default(), None, 1_000).await.unwrap();
    deliveries.into_iter().filter(|one| one.target.kind() == "chat").collect()
}

/// Lets time pass until nothing waits.
async fn come_right(bench: &Bench) {
    for _ in 0..60 {
        bench.advance(Duration::from_secs(60));
        bench.run_due().await;
        if all(bench).await.iter().all(|one| one.state != DeliveryState::Waiting) {
            return;
        }
    }
    panic!("something waits for ever");
}

/// Every incident has one card in the group, and its delivery says so.
async fn nothing_is_lost_nor_doubled(bench: &Bench, incidents: usize) {
    let deliveries = all(bench).await;
    let texts: Vec<_> = deliveries.iter().map(|one| &one.text).collect();
    assert_eq!(deliveries.len(), incidents, "{texts:?}");
    for delivery in &deliveries {
        assert_eq!(delivery.outcome, Outcome::Delivered, "{delivery:?}");
    }
    assert_eq!(bench.cards(&Place::Chat(bench.conversation(GROUP))).len(), incidents);
}

/// Attempts of each delivery are at least a second apart.
async fn retries_are_spaced(bench: &Bench) {
    for delivery in all(bench).await {
        let mut tx = bench.app.state.store.read().await.unwrap();
        let attempts = store::delivery::attempts(&mut tx, &delivery.id, 99).await.unwrap();
        for pair in attempts.windows(2) {
            let apart = pair[0].at.since(pair[1].at);
            assert!(apart >= Duration::from_secs(1), "{apart:?} between {pair:?}");
        }
    }
}

fn calls(bench: &Bench) -> Vec<Entry> {
    let mut entries = bench.sim.journal.entries();
    entries.retain(|entry| entry.peer == Peer::DingTalk && !entry.path.starts_with("/_sim"));
    entries
}

#[tokio::test]
async fn nothing_is_lost_in_bad_weather() {
    let (bench, _) = company().await;
    let weather =
        Weather { seed: 7, refuse: 10, cut: 2, half_body: 2, forget: 2, delay: 5, delay_ms: 300, ..Weather::default() };
    bench.sim.faults.set_weather(Peer::DingTalk, weather);
    bench.sim.faults.set_weather(Peer::Flashduty, Weather { seed: 8, ..weather });
    let throttled = |code: &str| json!({ "code": code, "requestid": "R", "message": "slow down" });
    for number in 0..INCIDENTS {
        match number % 10 {
            3 => bench.sim.faults.add(refusal(403, throttled("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"), 2)),
            5 => bench.sim.faults.add(refusal(200, json!({"errcode": 88, "sub_code": "90018", "sub_msg": "qps"}), 1)),
            7 => bench.sim.faults.add(refusal(200, json!({"errcode": 90002, "errmsg": "qps"}), 1)),
            8 => bench.sim.dingtalk.expire_tokens(),
            1 => bench.sim.faults.add(refusal(200, json!({"errcode": 130101, "errmsg": "send too fast"}), 1)),
            9 => bench.sim.faults.add(refusal(500, json!("<html>oops</html>"), 1)),
            _ => {}
        }
        let raise = Raise { title: format!("weather {number}"), ..Raise::default() };
        bench.sim.flashduty.raise(raise).await.unwrap();
        bench.run_due().await;
    }
    bench.sim.faults.clear();
    come_right(&bench).await;
    nothing_is_lost_nor_doubled(&bench, INCIDENTS).await;
    retries_are_spaced(&bench).await;
}

#[tokio::test]
async fn a_hanging_platform_loses_nothing() {
    let (bench, _) = company().await;
    // Longer than any call waits for its answer.
    let kind = faults::Kind::Delay { ms: 11_000 };
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path: CREATE.to_owned(), kind, times: Some(3) });
    for number in 0..6 {
        let raise = Raise { title: format!("hangs {number}"), ..Raise::default() };
        bench.sim.flashduty.raise(raise).await.unwrap();
    }
    bench.run_due().await;
    come_right(&bench).await;
    nothing_is_lost_nor_doubled(&bench, 6).await;
}

#[tokio::test]
async fn nobody_calls_while_the_address_is_banned() {
    let (bench, _) = company().await;
    bench.sim.faults.add(Fault {
        peer: Peer::DingTalk,
        path: CREATE.to_owned(),
        kind: faults::Kind::Html,
        times: Some(1),
    });
    bench.raise("brings the ban", &[]).await;
    let banned_at = calls(&bench).into_iter().rev().find(|entry| entry.path == CREATE).expect("the call").at;
    for number in 0..5 {
        bench.raise(&format!("during the ban {number}"), &[]).await;
        bench.advance(Duration::from_secs(40));
        bench.run_due().await;
    }
    let during = |entry: &Entry| entry.at > banned_at && entry.at.since(banned_at) < BAN;
    let called: Vec<_> = calls(&bench).into_iter().filter(during).map(|entry| (entry.at, entry.path)).collect();
    assert!(called.is_empty(), "{called:?}");
    for delivery in all(&bench).await {
        assert_eq!((delivery.state, delivery.outcome), (DeliveryState::Waiting, Outcome::Banned));
        assert!(delivery.next.is_some_and(|until| until >= banned_at.plus(BAN)), "{delivery:?}");
    }
    come_right(&bench).await;
    nothing_is_lost_nor_doubled(&bench, 6).await;
}

#[tokio::test]
async fn a_dead_token_is_replaced_once_however_many_notice() {
    let (bench, _) = company().await;
    bench.raise("fills the cache", &[]).await;
    let before = bench.requests(TOKEN);
    bench.sim.dingtalk.expire_tokens();
    for number in 0..12 {
        let raise = Raise { title: format!("at once {number}"), ..Raise::default() };
        bench.sim.flashduty.raise(raise).await.unwrap();
    }
    bench.run_due().await;
    come_right(&bench).await;
    assert_eq!(bench.requests(TOKEN) - before, 1);
    nothing_is_lost_nor_doubled(&bench, 13).await;
}

#[tokio::test]
async fn a_spent_month_ends_on_the_first_and_open_incidents_are_told_of_then() {
    let (bench, _) = company().await;
    bench.sim.faults.add(refusal(403, json!({"code": "Forbidden.AccessDenied.ApiCountLimitForOrg"}), 1));
    let open = bench.raise("still open then", &[]).await;
    let closed = bench.raise("over by then", &[]).await;
    let by_incident = |deliveries: Vec<server::model::delivery::Delivery>| -> BTreeMap<String, (DeliveryState, Outcome, Option<Millis>)> {
        deliveries.into_iter().map(|one| (one.incident_id, (one.state, one.outcome, one.next))).collect()
    };
    // 2026-10-01 00:00 in UTC+8.
    let first = Millis(1_790_784_000_000);
    let held = by_incident(all(&bench).await);
    for incident in [&open, &closed] {
        let (state, outcome, until) = held[incident];
        assert_eq!((state, outcome), (DeliveryState::Waiting, Outcome::QuotaSpent));
        assert!(until.is_some(), "it says until when");
    }
    let member = bench.member("li.na");
    bench.sim.flashduty.act_as(member, &closed, simulator::flashduty::Act::resolve()).await.unwrap();
    bench.run_due().await;
    bench.advance(first.since(bench.app.state.world.now()) + Duration::from_secs(60));
    bench.run_due().await;
    come_right(&bench).await;
    let told = by_incident(all(&bench).await);
    assert_eq!(told[&open].1, Outcome::Delivered);
    assert_eq!((told[&closed].0, told[&closed].1), (DeliveryState::Done, Outcome::Cancelled));
}
