//! What is shown is what is true at Flashduty, whatever was lost, late, repeated or nonsense on the way.

mod ends;
mod hostile;
mod hostile_seeds;
mod hostile_words;
mod limits;

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use contract::incident::Progress;
use server::model::incident::Incident;
use server::store;
use simulator::flashduty::{Act, Raise};
use simulator::{Peer, Push};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// A bench with a group that hears of everything.
async fn with_group() -> Bench {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench
}

/// The incident as our mirror has it.
async fn mirror(bench: &Bench, id: &str) -> Incident {
    known(bench, id).await.expect("a known incident")
}

async fn known(bench: &Bench, id: &str) -> Option<Incident> {
    let mut tx = bench.app.state.store.read().await.unwrap();
    store::incident::get(&mut tx, KEY, id).await.unwrap().map(|mirror| mirror.incident)
}

/// How the last comparison with Flashduty ended.
async fn last_run(bench: &Bench) -> store::reconcile::Run {
    let mut tx = bench.app.state.store.read().await.unwrap();
    store::reconcile::get(&mut tx, KEY).await.unwrap().expect("a run")
}

/// Runs the next comparison, and those that go on where it stopped.
async fn compared(bench: &Bench) {
    bench.advance(4 * MINUTE);
    bench.reconcile().await;
}

impl Bench {
    /// From now on webhooks meet a closed port behind our own path, as when the server is down. Flashduty tries them,
    /// once more, and writes into its history that they failed.
    async fn unreachable(&self) {
        let addresses = self.addresses().await;
        let path = addresses.flashduty_webhook.strip_prefix(&self.base).expect("an address of ours");
        let header = &addresses.flashduty_webhook_header;
        self.sim.flashduty.set_webhook(&format!("http://127.0.0.1:9{path}"), &[(&header.name, &header.value)]);
    }

    /// Webhooks arrive again.
    async fn reachable(&self) {
        let addresses = self.addresses().await;
        let header = &addresses.flashduty_webhook_header;
        self.sim.flashduty.set_webhook(&addresses.flashduty_webhook, &[(&header.name, &header.value)]);
    }

    async fn act(&self, who: &str, incident: &str, act: Act) {
        self.sim.flashduty.act_as(self.member(who), incident, act).await.unwrap();
    }
}

#[tokio::test]
async fn webhooks_that_reached_nobody_are_read_from_the_history_with_who_did_it() {
    let bench = with_group().await;
    compared(&bench).await;
    let incident = bench.raise("history", &["li.na"]).await;
    let card = bench.card_in(GROUP);
    bench.unreachable().await;
    bench.advance(MINUTE);
    bench.act("li.na", &incident, Act::Acknowledge).await;
    bench.advance(MINUTE);
    bench.run_due().await;
    bench.reachable().await;
    assert_eq!(bench.seen(&card, "bob")["progress"], "Triggered");
    compared(&bench).await;
    let seen = bench.seen(&card, "bob");
    assert_eq!(seen["progress"], "Processing");
    assert!(seen["last_act"].contains("李娜"), "no list tells who it was: {seen:?}");
    assert_eq!(last_run(&bench).await.failure, None);
}

#[tokio::test]
async fn an_outage_of_ours_longer_than_any_retry_loses_nothing() {
    let mut bench = with_group().await;
    compared(&bench).await;
    let before = bench.raise("before the outage", &["li.na"]).await;
    bench.unreachable().await;
    let lasting = bench.sim.flashduty.raise(Raise { title: "during".into(), ..Raise::default() }).await.unwrap();
    let over = bench.sim.flashduty.raise(Raise { title: "came and went".into(), ..Raise::default() }).await.unwrap();
    bench.act("wang.fang", &before, Act::resolve()).await;
    bench.act("wang.fang", &over, Act::resolve()).await;
    for _ in 0..20 {
        bench.advance(HOUR);
        bench.sim.run_due().await;
    }
    bench.restart().await;
    bench.reachable().await;
    bench.reconcile().await;
    let titles: Vec<String> =
        cards(&bench).await.into_iter().map(|card| format!("{} {}", card["title"], card["state"])).collect();
    assert_eq!(titles.len(), 2, "what is over by now rings no bell: {titles:?}");
    assert!(
        titles
            .iter()
            .any(|title| title.ends_with("before the outage Closed") || title.ends_with("before the outage 已关闭"))
    );
    assert!(
        titles.iter().any(|title| title.contains("during")),
        "it began 20 hours ago and nobody was told: {titles:?}"
    );
    assert_eq!(mirror(&bench, &over).await.progress, Progress::Closed);
    assert_eq!(mirror(&bench, &lasting).await.progress, Progress::Triggered);
    assert!(mirror(&bench, &before).await.last_act.unwrap().who.unwrap().contains("王芳"));
}

#[tokio::test]
async fn what_neither_arrived_nor_stands_in_the_history_is_healed_from_lists() {
    let bench = with_group().await;
    compared(&bench).await;
    let incident = bench.raise("lost without a trace", &["li.na"]).await;
    bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, None);
    bench.advance(MINUTE);
    bench.act("li.na", &incident, Act::resolve()).await;
    let new = bench.sim.flashduty.raise(Raise { title: "unheard of".into(), ..Raise::default() }).await.unwrap();
    compared(&bench).await;
    let states: Vec<String> = cards(&bench).await.into_iter().map(|card| card["progress"].clone()).collect();
    assert_eq!(states, ["Closed", "Triggered"]);
    assert_eq!(mirror(&bench, &new).await.title, "unheard of");
}

#[tokio::test]
async fn an_account_without_a_history_is_compared_by_lists_alone() {
    let bench = with_group().await;
    bench.sim.flashduty.change_settings(|settings| settings.webhook_history = false);
    let incident = bench.raise("old deployment", &["li.na"]).await;
    bench.unreachable().await;
    bench.advance(MINUTE);
    bench.act("li.na", &incident, Act::resolve()).await;
    compared(&bench).await;
    assert_eq!(mirror(&bench, &incident).await.progress, Progress::Closed);
    let run = last_run(&bench).await;
    assert_eq!((run.failures, run.history), (0, None));
}

#[tokio::test]
async fn a_history_without_bodies_still_tells() {
    let bench = with_group().await;
    bench.sim.flashduty.change_settings(|settings| settings.history_bodies = false);
    compared(&bench).await;
    let incident = bench.raise("bodiless", &["li.na"]).await;
    bench.unreachable().await;
    bench.advance(MINUTE);
    bench.act("li.na", &incident, Act::Acknowledge).await;
    compared(&bench).await;
    assert!(bench.requests("/webhook/history/detail") > 0);
    assert_eq!(mirror(&bench, &incident).await.last_act.unwrap().who.as_deref(), Some("李娜"));
}

#[tokio::test]
async fn old_news_from_the_history_never_steps_back() {
    let bench = with_group().await;
    compared(&bench).await;
    let incident = bench.raise("older and newer", &["li.na"]).await;
    bench.unreachable().await;
    bench.advance(MINUTE);
    bench.act("li.na", &incident, Act::Acknowledge).await;
    bench.reachable().await;
    bench.advance(MINUTE);
    bench.act("li.na", &incident, Act::resolve()).await;
    bench.run_due().await;
    let version = mirror(&bench, &incident).await;
    compared(&bench).await;
    let after = mirror(&bench, &incident).await;
    assert_eq!((after.progress, after.last_act), (Progress::Closed, version.last_act));
}

#[tokio::test]
async fn repeated_late_and_reordered_webhooks_with_lost_ones_between_end_in_the_truth() {
    let bench = with_group().await;
    let incident = bench.raise("everything at once", &["li.na"]).await;
    let pushes =
        [Push::Duplicate, Push::Late { ms: 90_000 }, Push::Reorder, Push::Lose, Push::Duplicate, Push::Reorder];
    for (number, push) in pushes.into_iter().enumerate() {
        bench.sim.faults.add_push(Peer::Flashduty, push, Some(1));
        bench.advance(Duration::from_secs(20));
        let act = if number % 2 == 0 { Act::Acknowledge } else { Act::Unacknowledge };
        bench.act("li.na", &incident, act).await;
        bench.run_due().await;
    }
    bench.advance(2 * MINUTE);
    bench.run_due().await;
    compared(&bench).await;
    let truth = bench.sim.flashduty.incident(&incident).unwrap();
    assert_eq!(bench.seen(&bench.card_in(GROUP), "bob")["progress"], truth["progress"].as_str().unwrap());
}

#[tokio::test]
async fn unknown_kinds_of_events_are_taken_for_what_they_carry() {
    let bench = with_group().await;
    let incident = bench.raise("of the future", &["li.na"]).await;
    bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, Some(1));
    bench.advance(MINUTE);
    bench.act("li.na", &incident, Act::Acknowledge).await;
    bench.advance(MINUTE);
    bench.sim.flashduty.happen(&incident, "i_brand_new").await.unwrap();
    bench.run_due().await;
    let seen = bench.seen(&bench.card_in(GROUP), "bob");
    assert_eq!(seen["progress"], "Processing", "the state in it is as good as any other");
    assert!(!seen["last_act"].is_empty());
}

/// The cards in the group as bystanders see them, oldest first.
async fn cards(bench: &Bench) -> Vec<std::collections::BTreeMap<String, String>> {
    let place = simulator::dingtalk::Place::Chat(bench.conversation(GROUP));
    bench.cards(&place).iter().map(|card| bench.seen(card, "bob")).collect()
}
