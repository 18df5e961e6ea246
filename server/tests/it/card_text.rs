//! The company's own text from Flashduty stands on cards, in messages and in work notices; our own where it cannot.

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use secrecy::SecretString;
use server::model::delivery::Target;
use server::{flow, store};
use simulator::dingtalk::Place;
use simulator::flashduty::Act;
use simulator::flashduty::seed::{PAYMENTS, PAYMENTS_RULE, SERVICE_APP_KEY};
use simulator::{Fault, Peer, faults};
use std::time::Duration;

const PREVIEW: &str = "/template/preview";
const TEMPLATE: &str = "/template/info";

/// Changes fields of the integration.
pub async fn set(bench: &Bench, pairs: &[(&str, &str)]) {
    let pairs = pairs.iter().map(|(field, value)| ((*field).to_owned(), Some((*value).to_owned()))).collect::<Vec<_>>();
    flow::set_up::set(&bench.app.state, KEY, pairs, "bench").await.unwrap();
    bench.run_due().await;
}

/// A group that subscribed, and an integration that uses a company's text.
async fn with_text(text: &str) -> Bench {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    assert!(bench.sim.flashduty.set_template(PAYMENTS_RULE, text));
    let key = flashduty::Credential::AppKey(SecretString::from(SERVICE_APP_KEY));
    let templates = bench.app.state.flashduty.with(key).templates_of_rules(PAYMENTS).await.unwrap();
    set(&bench, &[("card_text_template_id", &templates[PAYMENTS_RULE])]).await;
    bench
}

/// What the administrator is told of it.
async fn failure(bench: &Bench) -> Option<String> {
    flow::set_up::failures(&bench.app.state, KEY).await.unwrap().card_text.map(|failure| failure.code)
}

fn refuse(bench: &Bench, path: &str, kind: faults::Kind, times: Option<u32>) {
    bench.sim.faults.add(Fault { peer: Peer::Flashduty, path: path.to_owned(), kind, times });
}

#[tokio::test]
async fn the_companys_text_stands_on_cards_and_follows_the_incident() {
    let bench = with_text("**Runbook** [wiki](https://wiki.example.com/{{.Num}}) is {{.Progress}}").await;
    bench.link("li.na").await;
    bench.raise("own words", &["li.na"]).await;
    let card = bench.card_in(GROUP);
    let seen = bench.seen(&card, "zhao.min");
    assert_eq!(seen["description"], "Runbook wiki (wiki.example.com) is Triggered");
    assert_eq!(seen["labels"], "", "the text names the labels it wants");
    assert_eq!(bench.requests(PREVIEW), 1, "for two cards");
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    assert!(bench.seen(&card, "li.na")["description"].starts_with("Runbook"), "the answer keeps it");
    assert_eq!(bench.requests(PREVIEW), 1, "the answer does not wait for it");
    bench.run_due().await;
    assert!(bench.seen(&card, "zhao.min")["description"].ends_with("Processing"));
    assert_eq!(failure(&bench).await, None);
    let asked = (bench.requests(PREVIEW), bench.requests(TEMPLATE));
    assert!(asked.0 <= 3 && asked.1 == 1, "{asked:?}: once for each change, the template once");
}

#[tokio::test]
async fn messages_and_work_notices_say_it_too() {
    let bench = with_text("**Runbook** is _here_ <b>{{.Num}}</b>").await;
    bench.link("li.na").await;
    set(&bench, &[("card_template_id", ""), ("person_channel", "both")]).await;
    bench.raise("own words", &["li.na"]).await;
    let place = Place::Chat(bench.conversation(GROUP));
    for (what, said) in [
        ("message", format!("{:?}", bench.sim.dingtalk.messages(&place).last())),
        ("notice", format!("{:?}", bench.sim.dingtalk.messages(&Place::Work("li.na".into())).last())),
    ] {
        assert!(said.contains("Runbook is here"), "{what}: {said}");
    }
    assert_eq!(bench.requests(PREVIEW), 1);
}

#[tokio::test]
async fn without_the_companys_text_the_card_comes_with_ours_and_the_reason_is_kept() {
    let refusal = |code: &str| serde_json::json!({"request_id": "r", "error": {"code": code, "message": "no"}});
    for (text, path, kind, expected) in [
        ("{{.Title", "", faults::Kind::Cut, "NotRendered"),
        ("{{/* nothing */}}", "", faults::Kind::Cut, "EmptyText"),
        ("", "", faults::Kind::Cut, "NoTemplateText"),
        ("fine", PREVIEW, faults::Kind::Html, "NotAnEnvelope"),
        ("fine", PREVIEW, faults::Kind::Nothing, "NotAnEnvelope"),
        ("fine", PREVIEW, faults::Kind::Refuse { status: 404, body: refusal("RouteNotFound") }, "RouteNotFound"),
        ("fine", TEMPLATE, faults::Kind::Refuse { status: 403, body: refusal("AccessDenied") }, "AccessDenied"),
        ("fine", PREVIEW, faults::Kind::Delay { ms: 4_000 }, "TimeOut"),
    ] {
        let bench = with_text(text).await;
        if !path.is_empty() {
            refuse(&bench, path, kind.clone(), None);
        }
        let incident = bench.raise("first", &[]).await;
        let seen = bench.seen(&bench.card_in(GROUP), "zhao.min");
        assert!(
            seen["title"].ends_with("first") && !seen["description"].contains("fine"),
            "{text:?} {kind:?}: {seen:?}"
        );
        assert_eq!(failure(&bench).await.as_deref(), Some(expected), "{text:?} {kind:?}");
        let mut tx = bench.app.state.store.read().await.unwrap();
        let sent = store::delivery::of_incident(&mut tx, KEY, &incident).await.unwrap();
        let to_group = sent.iter().find(|one| matches!(one.target, Target::Chat(_))).unwrap();
        assert!(to_group.message.contains(expected), "{:?}", to_group.message);
        drop(tx);
        let asked = bench.requests("/template/");
        bench.raise("second", &[]).await;
        assert_eq!(bench.requests("/template/"), asked, "{text:?}: not again within the minute");
    }
}

#[tokio::test]
async fn what_could_not_be_had_for_the_moment_comes_later_by_itself() {
    let bench = with_text("Runbook").await;
    refuse(&bench, PREVIEW, faults::Kind::Html, Some(1));
    bench.raise("first", &[]).await;
    bench.raise("second", &[]).await;
    let cards = bench.cards(&Place::Chat(bench.conversation(GROUP)));
    for card in &cards {
        assert_ne!(bench.seen(card, "zhao.min")["description"], "Runbook");
    }
    bench.advance(Duration::from_secs(60));
    bench.run_due().await;
    for card in &cards {
        assert_eq!(bench.seen(card, "zhao.min")["description"], "Runbook");
    }
    assert_eq!(failure(&bench).await, None, "told no longer");
}

#[tokio::test]
async fn a_text_is_kept_over_a_restart_and_never_asked_for_in_a_click() {
    let mut bench = with_text("Runbook of {{.Num}}").await;
    bench.link("li.na").await;
    bench.raise("kept", &["li.na"]).await;
    let card = bench.card_in(GROUP);
    let before = bench.seen(&card, "zhao.min")["description"].clone();
    assert!(before.starts_with("Runbook of "));
    refuse(&bench, "/template/", faults::Kind::Cut, None);
    bench.restart().await;
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    assert_eq!(bench.seen(&card, "li.na")["description"], before);
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "zhao.min")["progress"], "Processing", "the repaint does not wait for it");
}

#[tokio::test]
async fn a_hostile_text_stays_text_and_within_its_budget() {
    let hostile = "# <b>x</b> [run](javascript:alert(1)) ${title} \u{202e}gnp\u{0} @all ".repeat(300);
    let bench = with_text(&hostile).await;
    bench.raise("hostile", &[]).await;
    let seen = bench.seen(&bench.card_in(GROUP), "zhao.min");
    let text = &seen["description"];
    assert!(text.starts_with("x run ${title} gnp"), "{text}");
    assert!(text.len() <= 900 && text.ends_with('…') && !text.contains(['\u{202e}', '\u{0}']), "{text}");
    assert!(!seen["more"].is_empty(), "it says that there is more");
}

#[tokio::test]
async fn a_group_without_cards_hears_how_its_incident_is() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    set(&bench, &[("card_template_id", "")]).await;
    bench.link("li.na").await;
    let incident = bench.raise("no cards **here**", &["li.na"]).await;
    let told = |bench: &Bench| bench.requests("/v1.0/robot/groupMessages/send");
    assert_eq!(told(&bench), 1);
    let to_people = bench.requests("/v1.0/robot/oToMessages");
    for act in [Act::Acknowledge, Act::comment("looking"), Act::Unacknowledge, Act::Acknowledge] {
        bench.advance(Duration::from_secs(5));
        bench.sim.flashduty.act_as(bench.member("li.na"), &incident, act).await.unwrap();
        bench.run_due().await;
    }
    assert_eq!(told(&bench), 1, "what changes within a minute is told together");
    bench.advance(Duration::from_secs(60));
    bench.run_due().await;
    let last = |bench: &Bench| {
        let place = Place::Chat(bench.conversation(GROUP));
        format!("{:?}", bench.sim.dingtalk.messages(&place).last())
    };
    assert_eq!(told(&bench), 2);
    assert!(last(&bench).contains("李娜") && last(&bench).contains(&incident), "{}", last(&bench));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::comment("only words")).await.unwrap();
    bench.advance(Duration::from_secs(90));
    bench.run_due().await;
    assert_eq!(told(&bench), 2, "a comment is no state");
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::resolve()).await.unwrap();
    bench.run_due().await;
    assert_eq!(told(&bench), 3, "closed, told although the incident is over");
    assert_eq!(bench.requests("/v1.0/robot/oToMessages"), to_people, "people are not told one by one");
    let mut tx = bench.app.state.store.read().await.unwrap();
    let sent = store::delivery::of_incident(&mut tx, KEY, &incident).await.unwrap();
    let reasons: Vec<_> = sent.iter().filter(|one| one.is_of_state()).map(|one| one.reason.as_str()).collect();
    assert_eq!(reasons, ["state 1", "state 2"]);
}

#[tokio::test]
async fn what_a_group_without_cards_hears_is_for_its_subscription_to_say() {
    use server::model::subscription::{Repaint, Rule};
    for (repaint, expected) in [(Repaint::None, 1), (Repaint::State, 2)] {
        let bench = Bench::start().await;
        let chat = bench.install_cool_app(GROUP).await;
        bench.subscribe_by(&chat, Rule { repaint, ..Rule::default() }).await;
        set(&bench, &[("card_template_id", "")]).await;
        let incident = bench.raise("quiet", &["li.na"]).await;
        bench.advance(Duration::from_secs(90));
        bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::Acknowledge).await.unwrap();
        bench.run_due().await;
        assert_eq!(bench.requests("/v1.0/robot/groupMessages/send"), expected, "{repaint:?}");
    }
}

#[tokio::test]
async fn a_group_that_is_gone_is_not_told_at_each_change_and_a_group_with_cards_hears_nothing_beside_them() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let incident = bench.raise("with a card", &["li.na"]).await;
    bench.advance(Duration::from_secs(90));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::Acknowledge).await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.requests("/v1.0/robot/groupMessages/send"), 0);
    set(&bench, &[("card_template_id", "")]).await;
    let other = bench.raise("by message", &["li.na"]).await;
    bench.sim.dingtalk.uninstall_cool_app(&bench.conversation(GROUP), "li.na").await.unwrap();
    bench.run_due().await;
    bench.advance(Duration::from_secs(90));
    for act in [Act::Acknowledge, Act::Unacknowledge, Act::Acknowledge] {
        bench.sim.flashduty.act_as(bench.member("li.na"), &other, act).await.unwrap();
        bench.run_due().await;
        bench.advance(Duration::from_secs(5));
    }
    let mut tx = bench.app.state.store.read().await.unwrap();
    let sent = store::delivery::of_incident(&mut tx, KEY, &other).await.unwrap();
    let states: Vec<_> = sent.iter().filter(|one| one.is_of_state()).map(|one| one.outcome.name()).collect();
    assert_eq!(states, ["not installed"]);
}
