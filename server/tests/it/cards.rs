//! From Flashduty's webhook to one card per group and responder, which then follows the incident.

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use server::model::subscription::{Repaint, Rule};
use server::model::task::{Task, TaskKind};
use server::{flow, store, work};
use simulator::dingtalk::Place;
use simulator::flashduty::Act;
use simulator::{Fault, Peer, Push, faults};
use std::time::Duration;

#[tokio::test]
async fn groups_that_subscribed_and_linked_responders_get_one_card_each() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.link("li.na").await;
    let incident = bench.raise("支付成功率下降", &["li.na", "wang.fang"]).await;

    let wang = bench.member("wang.fang").to_string();
    let outcomes = bench.outcomes(&incident).await;
    assert_eq!(outcomes[&chat], "delivered");
    assert_eq!(outcomes["li.na"], "delivered");
    assert_eq!(outcomes[&wang], "app not linked");
    let card = bench.seen(&bench.card_in(GROUP), "zhao.min");
    assert!(card["title"].ends_with("支付成功率下降"), "{card:?}");
    assert_eq!((card["progress"].as_str(), card["can_acknowledge"].as_str()), ("Triggered", "true"));
    assert!(card["responders"].contains("李娜"), "{card:?}");
    bench.card_of("li.na");
    assert!(bench.cards(&Place::Person("wang.fang".into())).is_empty());
}

#[tokio::test]
async fn without_a_subscription_a_group_hears_nothing() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    bench.raise("quiet", &["li.na"]).await;
    assert!(bench.cards(&Place::Chat(bench.conversation(GROUP))).is_empty());
}

#[tokio::test]
async fn later_webhooks_change_the_same_cards() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let incident = bench.raise("disk full", &["li.na"]).await;
    let card = bench.card_in(GROUP);

    bench.advance(Duration::from_secs(12));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::Acknowledge).await.unwrap();
    bench.run_due().await;
    let seen = bench.seen(&card, "zhao.min");
    assert_eq!((seen["progress"].as_str(), seen["can_acknowledge"].as_str()), ("Processing", "false"));
    assert!(seen["last_act"].contains("李娜"), "{seen:?}");

    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::resolve()).await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "zhao.min")["progress"], "Closed");
    assert_eq!(bench.card_in(GROUP), card, "still the same card");
}

#[tokio::test]
async fn repeated_and_reordered_webhooks_never_step_back() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.sim.faults.add_push(Peer::Flashduty, Push::Duplicate, Some(3));
    let incident = bench.raise("flaky", &["li.na"]).await;
    bench.sim.faults.clear();
    bench.sim.faults.add_push(Peer::Flashduty, Push::Reorder, Some(1));
    bench.advance(Duration::from_secs(5));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::Acknowledge).await.unwrap();
    bench.advance(Duration::from_secs(5));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::resolve()).await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.seen(&bench.card_in(GROUP), "zhao.min")["progress"], "Closed");
}

#[tokio::test]
async fn a_lost_webhook_is_healed_by_reading_again() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let incident = bench.raise("lost", &["li.na"]).await;
    bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, Some(1));
    bench.advance(Duration::from_secs(5));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::resolve()).await.unwrap();
    bench.run_due().await;
    let card = bench.card_in(GROUP);
    assert_eq!(bench.seen(&card, "zhao.min")["progress"], "Triggered");
    bench.reconcile().await;
    assert_eq!(bench.seen(&card, "zhao.min")["progress"], "Closed");
}

#[tokio::test]
async fn an_incident_that_is_gone_keeps_no_other_from_healing() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let incidents = [bench.raise("one", &["li.na"]).await, bench.raise("two", &["li.na"]).await];
    bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, None);
    bench.advance(Duration::from_secs(5));
    for incident in &incidents {
        bench.sim.flashduty.act_as(bench.member("li.na"), incident, Act::resolve()).await.unwrap();
    }
    let path = "/incident/list-by-ids".to_owned();
    let body = serde_json::json!({ "request_id": "r", "error": { "code": "ResourceNotFound", "message": "gone" } });
    let kind = faults::Kind::Refuse { status: 400, body };
    bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind, times: Some(1) });
    bench.reconcile().await;
    for card in bench.cards(&Place::Chat(bench.conversation(GROUP))) {
        assert_eq!(bench.seen(&card, "zhao.min")["progress"], "Closed");
    }
    assert_eq!(bench.requests("/incident/list-by-ids"), 3, "both, then each");
}

#[tokio::test]
async fn a_delivery_waits_out_dingtalks_troubles_and_arrives_once() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let path = "/v1.0/card/instances/createAndDeliver".to_owned();
    for (kind, times) in [
        (faults::Kind::Refuse { status: 503, body: "{\"code\":\"ServiceUnavailable\"}".into() }, 1),
        (faults::Kind::Html, 1),
        (faults::Kind::Forget, 1),
        (faults::Kind::Cut, 1),
    ] {
        bench.sim.faults.add(Fault { peer: Peer::DingTalk, path: path.clone(), kind, times: Some(times) });
    }
    let incident = bench.raise("trouble", &[]).await;
    for _ in 0..12 {
        bench.advance(Duration::from_secs(400));
        bench.run_due().await;
    }
    assert_eq!(bench.outcomes(&incident).await[&chat], "delivered");
    bench.card_in(GROUP);
}

#[tokio::test]
async fn a_group_without_the_cool_app_is_told_so_and_not_called() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.sim.dingtalk.uninstall_cool_app(&bench.conversation(GROUP), "zhang.wei").await.unwrap();
    bench.run_due().await;
    let incident = bench.raise("nobody home", &[]).await;
    assert_eq!(bench.outcomes(&incident).await[&chat], "not installed");
    assert_eq!(bench.requests("/v1.0/card/instances"), 0);
}

#[tokio::test]
async fn a_snooze_that_ends_is_seen_on_the_card() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let incident = bench.raise("sleepy", &["li.na"]).await;
    let li = bench.member("li.na");
    bench.sim.flashduty.act_as(li, &incident, Act::Acknowledge).await.unwrap();
    bench.advance(Duration::from_secs(2));
    bench.sim.flashduty.act_as(li, &incident, Act::Snooze { minutes: 120 }).await.unwrap();
    bench.run_due().await;
    let card = bench.card_in(GROUP);
    assert_eq!(bench.seen(&card, "zhao.min")["can_wake"], "true");
    bench.advance(Duration::from_secs(2 * 3600 + 5));
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "zhao.min")["can_wake"], "false");
}

#[tokio::test]
async fn the_end_of_the_last_snooze_counts_and_is_seen_although_dingtalk_is_in_trouble() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let incident = bench.raise("sleepy", &["li.na"]).await;
    let li = bench.member("li.na");
    for act in [Act::Snooze { minutes: 60 }, Act::Wake, Act::Snooze { minutes: 240 }] {
        bench.advance(Duration::from_secs(2));
        bench.sim.flashduty.act_as(li, &incident, act).await.unwrap();
        bench.run_due().await;
    }
    bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, None);
    let card = bench.card_in(GROUP);
    bench.advance(Duration::from_secs(3600 + 5));
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "zhao.min")["can_wake"], "true", "the first snooze was ended early");
    let (path, kind) = ("/v1.0/card/instances".to_owned(), faults::Kind::Cut);
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path, kind, times: Some(1) });
    bench.advance(Duration::from_secs(3 * 3600));
    bench.run_due().await;
    bench.advance(Duration::from_secs(5));
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "zhao.min")["can_wake"], "false");
}

#[tokio::test]
async fn without_the_permission_for_cards_a_message_with_a_link_goes_out() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.sim.dingtalk.set_permission("Card.Instance.Write", false);
    let incident = bench.raise("no cards **here**", &[]).await;
    assert_eq!(bench.outcomes(&incident).await[&chat], "delivered");
    let messages = bench.sim.dingtalk.messages(&Place::Chat(bench.conversation(GROUP)));
    let shown = format!("{messages:?}");
    assert!(shown.contains("sampleActionCard") && shown.contains(&incident), "{shown}");
    assert!(bench.cards(&Place::Chat(bench.conversation(GROUP))).is_empty());
}

#[tokio::test]
async fn a_subscription_that_mentions_names_the_linked_responders() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe_mentioning(&chat).await;
    bench.link("li.na").await;
    bench.raise("look here", &["li.na", "wang.fang"]).await;
    let is_card =
        |entry: &simulator::Entry| entry.path.ends_with("/createAndDeliver") && entry.request_body.contains("IM_GROUP");
    let sent = bench.sim.journal.entries().into_iter().find(is_card).expect("a card for the group");
    let body: serde_json::Value = serde_json::from_str(&sent.request_body).unwrap();
    assert_eq!(body["imGroupOpenDeliverModel"]["atUserIds"], serde_json::json!({ "li.na": "李娜" }));
}

#[tokio::test]
async fn an_attempt_whose_process_died_counts_as_unclear_whatever_the_one_before_it_was() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let path = "/v1.0/card/instances/createAndDeliver".to_owned();
    let body = serde_json::json!({ "code": "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi" });
    let throttled = faults::Kind::Refuse { status: 403, body };
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path: path.clone(), kind: throttled.clone(), times: Some(4) });
    let incident = bench.raise("dies twice", &[]).await;
    assert_eq!(bench.outcomes(&incident).await[&chat], "throttled");

    bench.sim.faults.clear();
    let kind = faults::Kind::Delay { ms: 60_000 };
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path, kind, times: Some(1) });
    bench.advance(Duration::from_secs(5));
    let dying = tokio::time::timeout(Duration::from_millis(500), work::run_due(&bench.app.state)).await;
    assert!(dying.is_err(), "it dies in the middle of the call");
    assert_eq!(bench.outcomes(&incident).await[&chat], "unclear");
    bench.advance(Duration::from_secs(61));
    bench.run_due().await;
    assert_eq!(bench.outcomes(&incident).await[&chat], "delivered");
    bench.card_in(GROUP);
}

/// A bench whose app may not send cards, with a group that hears of every incident.
async fn in_link_mode() -> (Bench, String) {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    let no_template = vec![("card_template_id".to_owned(), Some(String::new()))];
    flow::set_up::set(&bench.app.state, KEY, no_template, "bench").await.unwrap();
    (bench, chat)
}

const GROUP_SEND: &str = "/v1.0/robot/groupMessages/send";

#[tokio::test]
async fn without_a_card_template_a_message_is_sent_and_never_twice() {
    for (kind, outcome) in [(None, "delivered"), (Some(faults::Kind::Forget), "unclear")] {
        let (bench, chat) = in_link_mode().await;
        // Flashduty escalates meanwhile, which is no other state.
        bench.subscribe_by(&chat, Rule { repaint: Repaint::State, ..Rule::default() }).await;
        let path = GROUP_SEND.to_owned();
        if let Some(kind) = kind {
            bench.sim.faults.add(Fault { peer: Peer::DingTalk, path, kind, times: Some(1) });
        }
        let incident = bench.raise("plain", &[]).await;
        bench.advance(Duration::from_secs(3600));
        bench.run_due().await;
        assert_eq!(bench.outcomes(&incident).await[&chat], outcome);
        assert_eq!(bench.requests(GROUP_SEND), 1);
    }
}

#[tokio::test]
async fn a_message_whose_process_died_before_sending_is_sent() {
    let (bench, chat) = in_link_mode().await;
    let incident = bench.raise("plain", &[]).await;
    bench.subscribe(&chat).await;
    let state = &bench.app.state;
    let integration = flow::caches::integration(state, KEY).await.unwrap().unwrap();
    let kind = TaskKind::Notify { incident: incident.clone() };
    let due = state.world.now();
    let task = Task { id: "notify".into(), integration: KEY.into(), kind, attempts: 1, due, version: 1 };
    flow::notify::notify(state, &integration, &task, &incident).await.unwrap();
    let mut tx = state.store.begin().await.unwrap();
    let (now, minute) = (state.world.now(), Duration::from_secs(60));
    assert_eq!(store::task::lease(&mut tx, now, now.plus(minute), 9).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    bench.advance(minute);
    bench.run_due().await;
    assert_eq!(bench.outcomes(&incident).await[&chat], "delivered");
}

#[tokio::test]
async fn cards_come_right_after_hours_without_dingtalk() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let incident = bench.raise("during an outage", &["li.na"]).await;
    let body = serde_json::json!({ "code": "ServiceUnavailable" });
    let kind = faults::Kind::Refuse { status: 503, body };
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path: "/v1.0/card/instances".into(), kind, times: None });
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::resolve()).await.unwrap();
    for _ in 0..60 {
        bench.run_due().await;
        bench.advance(Duration::from_secs(300));
    }
    bench.sim.faults.clear();
    bench.run_due().await;
    assert_eq!(bench.seen(&bench.card_in(GROUP), "zhao.min")["progress"], "Closed");
}

#[tokio::test]
async fn a_card_that_is_gone_is_not_called_again() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let incident = bench.raise("its card is deleted", &["li.na"]).await;
    let body = serde_json::json!({ "code": "param.cardNotExist" });
    let (path, kind) = ("/v1.0/card/instances".to_owned(), faults::Kind::Refuse { status: 400, body });
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path, kind, times: None });
    let before = bench.requests("/v1.0/card/instances");
    for act in [Act::Acknowledge, Act::resolve()] {
        bench.advance(Duration::from_secs(3));
        bench.sim.flashduty.act_as(bench.member("li.na"), &incident, act).await.unwrap();
        bench.run_due().await;
    }
    assert_eq!(bench.requests("/v1.0/card/instances"), before + 1);
}
