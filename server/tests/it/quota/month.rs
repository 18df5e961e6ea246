//! The month's calls go to what matters, and come back on the 1st.

use crate::bench::verbs::GROUP;
use crate::bench::{BEGIN, Bench, KEY};
use contract::paths;
use dingtalk::ErrorClass;
use serde_json::{Value, json};
use server::flow::{credential, set_up};
use server::model::delivery::Delivery;
use server::model::quota::{Meter, Month, Priority};
use server::store::meter::{self, Place};
use server::{store, work};
use simulator::dingtalk::Limits;
use simulator::flashduty::Act;
use simulator::{Fault, Peer, faults, seed};
use std::time::Duration;

const CARD: &str = "/v1.0/card/instances/createAndDeliver";
const UPDATE: &str = "/v1.0/card/instances";

impl Bench {
    async fn set(&self, field: &str, value: &str) {
        let pairs = vec![(field.to_owned(), Some(value.to_owned()))];
        set_up::set(&self.app.state, KEY, pairs, "bench").await.unwrap();
        self.run_due().await;
    }

    async fn quota(&self) -> Value {
        let token = self.token("observer").await;
        let browser = self.browser();
        let url = format!("{}{}", self.base, paths::fill(paths::AUTOMATION_QUOTA, &[KEY]));
        let answer = browser.send(browser.http().get(url).bearer_auth(token)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Somebody else of the company has spent so much.
    async fn spent_by_others(&self, count: i64) {
        let mut tx = self.app.state.store.begin().await.unwrap();
        let month = Month::of(self.app.state.world.now()).number;
        let place = Place { corp_id: seed::CORP_ID, meter: Meter::Api, month };
        meter::add(&mut tx, place, count).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The group's.
    async fn delivery(&self, incident: &str) -> Delivery {
        let mut tx = self.app.state.store.read().await.unwrap();
        let found = store::delivery::of_incident(&mut tx, KEY, incident).await.unwrap();
        found.into_iter().find(|one| one.target.kind() == "chat").unwrap()
    }

    async fn subscribed() -> (Self, String) {
        let bench = Self::start().await;
        let chat = bench.install_cool_app(GROUP).await;
        bench.subscribe(&chat).await;
        (bench, chat)
    }

    /// What a call of this importance is told.
    async fn try_a_call(&self, priority: Priority) -> &'static str {
        let integration = set_up::get(&self.app.state, KEY).await.unwrap();
        let client = credential::dingtalk(&self.app.state, &integration, priority);
        match client.group_info(&self.conversation(GROUP), None).await.map_err(|error| error.class) {
            Err(ErrorClass::Held(held)) => held.why.name(),
            _ => "sent",
        }
    }
}

#[tokio::test]
async fn what_the_month_cannot_pay_waits_for_the_first_and_is_sent_then() {
    let (bench, _) = Bench::subscribed().await;
    bench.set("quota_api_month", "0").await;
    let incident = bench.raise("nothing left", &[]).await;
    let waiting = bench.delivery(&incident).await;
    let month = Month::of(BEGIN);
    assert_eq!((waiting.outcome.name(), waiting.attempts, waiting.cost), ("quota spent", 0, 0));
    assert_eq!(waiting.next, Some(month.end));
    assert_eq!(bench.requests(CARD), 0);

    bench.clock.advance(month.end.since(bench.app.state.world.now()) - Duration::from_secs(60));
    bench.run_due().await;
    assert_eq!(bench.requests(CARD), 0, "not a minute before");
    bench.set("quota_api_month", "1000").await;
    assert_eq!(bench.requests(CARD), 1, "a larger quota is used at once");
    assert_eq!(bench.delivery(&incident).await.outcome.name(), "delivered");
    bench.card_in(GROUP);
}

#[tokio::test]
async fn a_new_month_begins_with_nothing_spent() {
    let (bench, _) = Bench::subscribed().await;
    bench.spent_by_others(20_000).await;
    let incident = bench.raise("too late", &[]).await;
    assert_eq!(bench.delivery(&incident).await.outcome.name(), "quota spent");
    let quota = bench.quota().await;
    assert_eq!((&quota["month"], &quota["meters"]["api"]["spent"]), (&json!("2026-09"), &json!(true)));
    bench.clock.advance(Month::of(BEGIN).end.since(bench.app.state.world.now()));
    bench.run_due().await;
    assert_eq!(bench.delivery(&incident).await.outcome.name(), "delivered");
    let quota = bench.quota().await;
    assert_eq!((&quota["month"], &quota["meters"]["api"]["spent"]), (&json!("2026-10"), &json!(false)));
    let routes = quota["meters"]["api"]["by_route"].as_array().unwrap();
    assert!(routes.contains(&json!({"route": CARD, "used": 1})), "{routes:?}");
}

#[tokio::test]
async fn the_last_calls_are_kept_for_pages() {
    let (bench, _) = Bench::subscribed().await;
    bench.set("quota_api_month", "1000").await;
    for (spent, chatter, state, page) in [
        (900, "sent", "sent", "sent"),
        (50, "month", "sent", "sent"),
        (20, "month", "month", "sent"),
        (30, "month", "month", "month"),
    ] {
        bench.spent_by_others(spent).await;
        for (priority, expected) in [(Priority::Chatter, chatter), (Priority::State, state), (Priority::Page, page)] {
            assert_eq!(bench.try_a_call(priority).await, expected, "{priority:?} after {spent} more");
        }
    }
    let quota = bench.quota().await;
    assert_eq!((&quota["meters"]["api"]["reserve"], &quota["economy"]), (&json!(30), &json!("near-the-end")));
    // People still arrive: that is free.
    bench.link("li.na").await;
}

#[tokio::test]
async fn dingtalks_word_counts_more_than_our_counting() {
    let (bench, _) = Bench::subscribed().await;
    let used = bench.quota().await["meters"]["api"]["used"].as_u64().unwrap();
    bench.sim.dingtalk.set_limits(Limits { calls_per_month: used, pushes_per_month: 1_000, calls_per_second: 20 });
    let incident = bench.raise("refused", &[]).await;
    assert_eq!(bench.delivery(&incident).await.outcome.name(), "quota spent");
    assert_eq!(bench.requests(CARD), 1);
    assert_eq!(bench.quota().await["meters"]["api"]["spent"], true);
    bench.raise("another", &[]).await;
    for _ in 0..5 {
        bench.advance(Duration::from_secs(4_000));
        bench.run_due().await;
    }
    assert_eq!(bench.requests(CARD), 1, "no call after DingTalk's no");

    bench.sim.dingtalk.set_limits(Limits { calls_per_month: 1_000, pushes_per_month: 1_000, calls_per_second: 20 });
    bench.set("edition", "professional").await;
    bench.run_due().await;
    assert_eq!(bench.delivery(&incident).await.outcome.name(), "delivered", "the company bought more");
    assert_eq!(bench.quota().await["meters"]["api"]["spent"], false);
}

#[tokio::test]
async fn both_shapes_of_too_fast_pause_the_api_and_are_not_counted() {
    for (status, body) in [
        (403, json!({"code": "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "message": "slow"})),
        (200, json!({"errcode": 88, "sub_code": "90018", "errmsg": "qps"})),
        (200, json!({"errcode": 90002, "errmsg": "qps"})),
    ] {
        let (bench, _) = Bench::subscribed().await;
        let before = bench.quota().await["meters"]["api"]["used"].clone();
        let kind = faults::Kind::Refuse { status, body };
        bench.sim.faults.add(Fault { peer: Peer::DingTalk, path: CARD.to_owned(), kind, times: Some(1) });
        bench
            .sim
            .flashduty
            .raise(simulator::flashduty::Raise { title: "fast".into(), ..Default::default() })
            .await
            .unwrap();
        while work::run_due(&bench.app.state).await.unwrap() > 0 {}
        assert_eq!(bench.requests(CARD), 1);
        assert_eq!(bench.quota().await["meters"]["api"]["used"], before, "a refusal for speed is not counted");
        bench.advance(Duration::from_millis(900));
        while work::run_due(&bench.app.state).await.unwrap() > 0 {}
        assert_eq!(bench.requests(CARD), 1, "paused");
        bench.advance(Duration::from_secs(2));
        bench.run_due().await;
        assert_eq!(bench.requests(CARD), 2);
        bench.card_in(GROUP);
    }
}

#[tokio::test]
async fn a_ban_stops_every_call_for_five_minutes() {
    let (mut bench, _) = Bench::subscribed().await;
    let fault = Fault { peer: Peer::DingTalk, path: CARD.to_owned(), kind: faults::Kind::Html, times: Some(1) };
    bench.sim.faults.add(fault);
    let incident = bench.raise("banned", &[]).await;
    assert_eq!(bench.delivery(&incident).await.outcome.name(), "address banned");
    assert!(bench.quota().await["banned_until_ms"].is_i64());
    bench.restart().await;
    let before = bench.requests("/v1.0/");
    for priority in [Priority::Page, Priority::State] {
        assert_eq!(bench.try_a_call(priority).await, "ban");
    }
    bench.raise("another", &[]).await;
    bench.advance(Duration::from_secs(290));
    bench.run_due().await;
    assert_eq!(bench.requests("/v1.0/"), before, "no call at all, by nobody");
    // A delivery that was refused comes again with jitter.
    bench.advance(Duration::from_secs(200));
    bench.run_due().await;
    assert_eq!(bench.delivery(&incident).await.outcome.name(), "delivered");
}

#[tokio::test]
async fn near_the_end_cards_change_once_a_minute() {
    let (bench, _) = Bench::subscribed().await;
    let incident = bench.raise("busy", &["li.na"]).await;
    let before = bench.requests(UPDATE);
    bench.spent_by_others(9_550).await;
    assert_eq!(bench.quota().await["economy"], "near-the-end");
    let li = bench.member("li.na");
    bench.advance(Duration::from_secs(61));
    for (changes, act) in [(1, Act::Acknowledge), (1, Act::Snooze { minutes: 60 }), (1, Act::Wake)] {
        bench.advance(Duration::from_secs(2));
        bench.sim.flashduty.act_as(li, &incident, act).await.unwrap();
        bench.run_due().await;
        assert_eq!(bench.requests(UPDATE) - before, changes, "the first change at once, the others together");
    }
    bench.advance(Duration::from_secs(60));
    bench.run_due().await;
    assert_eq!(bench.requests(UPDATE) - before, 2);
    assert_eq!(bench.seen(&bench.card_in(GROUP), "zhao.min")["can_wake"], "false");
}

#[tokio::test]
async fn pushes_are_counted_and_warnings_come_once() {
    let (bench, _) = Bench::subscribed().await;
    let used = bench.quota().await["meters"]["push"]["used"].as_i64().unwrap();
    bench.sim.dingtalk.leave_org("zhao.min").await.unwrap();
    assert_eq!(bench.quota().await["meters"]["push"]["used"], used, "the address book is free");
    bench.set("quota_push_month", &(2 * (used + 1)).to_string()).await;
    assert_eq!(bench.quota().await["meters"]["push"]["warnings"], json!([]));
    let conversation = bench.conversation(GROUP);
    for title in ["one", "two"] {
        bench.sim.dingtalk.rename_chat(&conversation, title, "zhang.wei").await.unwrap();
        bench.run_due().await;
        bench.quota().await;
    }
    let quota = bench.quota().await;
    let push = &quota["meters"]["push"];
    assert_eq!((&push["used"], &push["warnings"]), (&json!(used + 2), &json!([50])));
    assert!(push["by_route"].as_array().unwrap().iter().any(|one| one["route"] == "chat_update_title"), "{push}");
    let mut tx = bench.app.state.store.read().await.unwrap();
    let entries = store::audit::list(&mut tx, KEY, None, 100).await.unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.act == "quota-warning").count(), 1);
}

#[tokio::test]
async fn a_page_that_needs_a_call_says_that_the_month_has_none_left() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    let browser = bench.link("li.na").await;
    bench.set("quota_api_month", "0").await;
    let conversation = bench.conversation(GROUP);
    let page = format!(
        "{}?corpid={}&cid={}",
        paths::fill(paths::COOL_APP, &[KEY]),
        seed::CORP_ID,
        paths::encode(&conversation)
    );
    let held = browser.get(&page).await;
    assert!(held.body.contains("data-problem=\"held-by-quota\""), "{}", held.body);
    assert!(held.body.contains("10-01 00:00"), "it says until when");
    bench.set("quota_api_month", "1000").await;
    assert!(!browser.get(&page).await.body.contains("data-problem"));
}
