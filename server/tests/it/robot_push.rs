//! A robot of Flashduty's escalation rules speaks in a group: one card whoever asks for it, people called, nothing lost.

use crate::bench::verbs::GROUP;
use crate::bench::{Answer, Bench, KEY};
use serde_json::{Value, json};
use server::flow::chats;
use server::store;
use simulator::dingtalk::Place;
use simulator::flashduty::seed::PAYMENTS_RULE;
use simulator::flashduty::{Act, Raise, RobotTarget, Severity};
use simulator::{Fault, Peer, Push, faults};
use std::time::Duration;

const SEND: &str = "/v1.0/robot/groupMessages/send";
const CREATE: &str = "/v1.0/card/instances/createAndDeliver";

/// The address at which one speaks in a group, as the list of groups gives it.
pub async fn address(bench: &Bench, chat_id: &str) -> String {
    let mut tx = bench.app.state.store.read().await.unwrap();
    let integration = store::integration::by_key(&mut tx, KEY).await.unwrap().unwrap();
    let chat = store::chat::by_id(&mut tx, KEY, chat_id).await.unwrap().unwrap();
    chats::robot_push_url(&bench.app.state, &integration, &chat)
}

/// Flashduty's payments rule has the group as a robot target.
async fn with_robot(bench: &Bench) -> (String, String) {
    let chat = bench.install_cool_app(GROUP).await;
    let url = address(bench, &chat).await;
    let robot = RobotTarget { token: url.clone(), alias: "group".into(), ..RobotTarget::default() };
    assert!(bench.sim.flashduty.add_robot(PAYMENTS_RULE, 0, &robot));
    (chat, url)
}

/// Raises an incident for whom the rule says.
async fn fire(bench: &Bench, title: &str) -> String {
    let id = bench.sim.flashduty.raise(Raise { title: title.into(), ..Raise::default() }).await.unwrap();
    bench.run_due().await;
    id
}

async fn post(bench: &Bench, url: &str, body: Value) -> Answer {
    let answer = bench.browser().json(url, body).await;
    bench.run_due().await;
    answer
}

fn markdown(title: &str, text: &str, mobiles: &[&str]) -> Value {
    json!({"msgtype": "markdown", "markdown": {"title": title, "text": text},
        "at": {"atMobiles": mobiles, "isAtAll": false}})
}

/// Bodies of the requests that our server made to a path, for groups.
fn sent(bench: &Bench, path: &str) -> Vec<Value> {
    let entries = bench.sim.journal.entries().into_iter().filter(|entry| entry.path == path);
    let bodies = entries.map(|entry| serde_json::from_str::<Value>(&entry.request_body).unwrap());
    bodies.filter(|body| !body["openSpaceId"].as_str().unwrap_or_default().contains("IM_ROBOT")).collect()
}

/// What the bot said in groups.
fn said(bench: &Bench) -> Vec<Value> {
    sent(bench, SEND).iter().map(|body| serde_json::from_str(body["msgParam"].as_str().unwrap()).unwrap()).collect()
}

#[tokio::test]
async fn a_level_that_fires_brings_the_card_and_mentions_its_people_though_nothing_subscribed() {
    let bench = Bench::start().await;
    let (chat, _) = with_robot(&bench).await;
    let incident = fire(&bench, "支付失败").await;
    assert_eq!(bench.outcomes(&incident).await[&chat], "delivered");
    let card = bench.card_in(GROUP);
    assert!(bench.seen(&card, "zhao.min")["title"].ends_with("支付失败"));
    let cards = sent(&bench, CREATE);
    let at = &cards[0]["imGroupOpenDeliverModel"]["atUserIds"];
    assert_eq!((cards.len(), at), (1, &json!({"zhang.wei": "张伟", "li.na": "李娜"})), "found by their numbers");

    // The robot's updates repaint and say nothing.
    bench.advance(Duration::from_secs(5));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::Acknowledge).await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "zhao.min")["progress"], "Processing");
    assert_eq!((bench.card_in(GROUP), said(&bench).len()), (card, 0));
}

#[tokio::test]
async fn with_a_subscription_too_there_is_one_card_and_a_later_call_names_people() {
    let bench = Bench::start().await;
    let (chat, url) = with_robot(&bench).await;
    bench.subscribe_mentioning(&chat).await;
    bench.link("li.na").await;
    let incident = fire(&bench, "one card").await;
    let card = bench.card_in(GROUP);
    assert!(said(&bench).is_empty(), "the same firing");

    bench.advance(Duration::from_secs(120));
    let text = format!("[REFIRE] see https://c.example/incident/detail/{incident}?ack=1 @13800000002 @13899999999");
    let again = post(&bench, &url, markdown("INC one card", &text, &["13800000002", "13899999999"])).await;
    assert_eq!((again.status, again.json()), (200, json!({"errcode": 0, "errmsg": "ok"})));
    assert_eq!(bench.card_in(GROUP), card, "still one card");
    let said = said(&bench);
    assert_eq!(said.len(), 1);
    let words = said[0]["text"].as_str().unwrap();
    assert!(words.contains("@李娜") && words.contains("one card") && words.contains("dingtalk://"), "{words}");
    assert!(words.contains("138\\*\\*\\*\\*9999") && !words.contains("13899999999"), "{words}");

    // Sent twice by the network, it is one.
    post(&bench, &url, markdown("INC one card", &text, &["13800000002", "13899999999"])).await;
    assert_eq!(self::said(&bench).len(), 1);
}

#[tokio::test]
async fn a_responder_without_a_link_is_named_where_the_others_are_mentioned() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe_mentioning(&chat).await;
    bench.link("li.na").await;
    bench.raise("look here", &["li.na", "wang.fang"]).await;
    let card = sent(&bench, CREATE).remove(0);
    assert_eq!(card["imGroupOpenDeliverModel"]["atUserIds"], json!({"li.na": "李娜"}));
    let line = card["imGroupOpenSpaceModel"]["lastMessageI18n"]["ZH_CN"].as_str().unwrap();
    assert!(line.contains("请 王芳 关注"), "{line}");
}

#[tokio::test]
async fn what_is_about_no_incident_is_said_as_it_came_and_is_no_markup() {
    let bench = Bench::start().await;
    let (_, url) = with_robot(&bench).await;
    let text = "# 值班提醒\n[点我](https://evil.example) @13800000002 **now**";
    post(&bench, &url, markdown("值班 reminder", text, &["13800000002"])).await;
    let said = said(&bench);
    assert_eq!((said.len(), said[0]["title"].as_str()), (1, Some("值班 reminder")));
    let words = said[0]["text"].as_str().unwrap();
    assert!(words.contains("\\# 值班提醒") && words.contains("\\[点我\\]\\(https"), "{words}");
    assert!(words.contains("@李娜") && !words.contains("13800000002"), "{words}");
    assert!(bench.cards(&Place::Chat(bench.conversation(GROUP))).is_empty());
    let plain = json!({"msgtype": "text", "text": {"content": "drill at 3 pm"}});
    post(&bench, &url, plain).await;
    assert_eq!(self::said(&bench)[1]["text"], "drill at 3 pm");
}

#[tokio::test]
async fn the_incident_is_read_where_its_webhook_was_lost_and_found_by_number_where_no_link_is() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    let url = address(&bench, &chat).await;
    bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, None);
    let incident = bench.raise("unheard of", &["li.na"]).await;
    let link =
        format!("dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fc.example%2Fincident%2Fdetail%2F{incident}");
    let card = json!({"msgtype": "actionCard", "actionCard": {"title": "t", "text": "x", "singleURL": link}});
    post(&bench, &url, card).await;
    let shown = bench.seen(&bench.card_in(GROUP), "li.na");
    assert!(shown["title"].ends_with("unheard of") && shown["responders"].contains("李娜"), "{shown:?}");

    bench.sim.faults.clear();
    let second = bench.raise("by number", &["li.na"]).await;
    let num = second[18..].to_uppercase();
    post(&bench, &url, markdown(&format!("INC #{num} by number"), "no link", &[])).await;
    assert_eq!(bench.outcomes(&second).await[&chat], "delivered");
    assert!(said(&bench).is_empty());
}

#[tokio::test]
async fn while_flashduty_is_away_the_message_goes_out_all_the_same() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    let url = address(&bench, &chat).await;
    bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, None);
    let incident = bench.raise("away", &["li.na"]).await;
    let body = json!({"error": {"code": "InternalError", "message": "x"}});
    let kind = faults::Kind::Refuse { status: 500, body };
    bench.sim.faults.add(Fault { peer: Peer::Flashduty, path: "/incident/info".into(), kind, times: None });
    let text = format!("**away** https://c.example/incident/detail/{incident}");
    post(&bench, &url, markdown("INC away", &text, &[])).await;
    for _ in 0..4 {
        bench.advance(Duration::from_secs(5));
        bench.run_due().await;
    }
    assert_eq!(said(&bench).len(), 1);
    assert!(said(&bench)[0]["text"].as_str().unwrap().contains(&incident));
}

#[tokio::test]
async fn what_was_taken_survives_a_crash() {
    let mut bench = Bench::start().await;
    let (_, url) = with_robot(&bench).await;
    let body = json!({"msgtype": "text", "text": {"content": "kept"}});
    assert_eq!(bench.browser().json(&url, body).await.status, 200);
    bench.restart().await;
    bench.run_due().await;
    assert_eq!(said(&bench)[0]["content"], Value::Null);
    assert_eq!(said(&bench)[0]["text"], "kept");
}

#[tokio::test]
async fn the_door_refuses_in_words_that_a_sender_to_robots_understands() {
    let bench = Bench::start().await;
    let (chat, url) = with_robot(&bench).await;
    let other = bench.install_cool_app("故障通报 Incidents").await;
    let good = markdown("t", "x", &[]);
    let refused = async |url: &str, body: Value| {
        let answer = post(&bench, url, body).await;
        (answer.status, answer.json()["errcode"].as_i64().unwrap_or_default(), answer.problem())
    };
    let (begin, secret) = url.rsplit_once('/').unwrap();
    let wrong = format!("{begin}/{}", "0".repeat(secret.len()));
    let of_other = format!("{}/{secret}", address(&bench, &other).await.rsplit_once('/').unwrap().0);
    for (url, status, errcode, problem) in [
        (wrong.as_str(), 403, 400_101, "forged"),
        (&of_other, 403, 400_101, "forged"),
        (&url.replace(&chat, "nosuchchat"), 403, 400_101, "forged"),
        (&url.replace(KEY, "nosuchkey1"), 404, 400_101, "not-found"),
    ] {
        assert_eq!(refused(url, good.clone()).await, (status, errcode, problem.to_owned()), "{url}");
    }
    for body in [json!([]), json!({}), json!({"msgtype": "image"}), json!({"msgtype": "markdown", "markdown": null})] {
        assert_eq!(refused(&url, body.clone()).await, (400, 40_035, "bad-request".to_owned()), "{body}");
    }
    let large = markdown("t", &"x".repeat(70_000), &[]);
    assert_eq!(refused(&url, large).await, (413, 40_035, "too-large".to_owned()));
    assert_eq!(bench.browser().get(&url).await.problem(), "method-not-allowed");

    bench.sim.dingtalk.uninstall_cool_app(&bench.conversation(GROUP), "li.na").await.unwrap();
    bench.run_due().await;
    assert_eq!(refused(&url, good).await, (404, 400_013, "chat-unknown".to_owned()), "Flashduty takes another way");
    assert!(said(&bench).is_empty());
}

#[tokio::test]
async fn on_postgres_a_push_and_a_subscription_at_once_bring_one_card() {
    let Some(bench) = Bench::on_postgres().await else { return };
    let (chat, _) = with_robot(&bench).await;
    bench.subscribe(&chat).await;
    for n in 0..3 {
        let incident = fire(&bench, &format!("at once {n}")).await;
        assert_eq!(bench.outcomes(&incident).await[&chat], "delivered");
    }
    assert_eq!(bench.cards(&Place::Chat(bench.conversation(GROUP))).len(), 3);
}

#[tokio::test]
async fn in_a_storm_pushes_fold_into_the_counting_card_and_call_nobody() {
    let bench = Bench::start().await;
    let (chat, _) = with_robot(&bench).await;
    bench.cards_per_minute(3).await;
    let mut folded = 0;
    for n in 0..12 {
        let raise = Raise { title: format!("storm {n}"), severity: Severity::Warning, ..Raise::default() };
        let id = bench.sim.flashduty.raise(raise).await.unwrap();
        bench.run_due().await;
        folded += usize::from(bench.outcomes(&id).await[&chat] == "folded");
    }
    assert!((2..12).contains(&folded), "{folded} of 12");
    bench.advance(Duration::from_secs(30));
    bench.run_due().await;
    let cards = bench.cards(&Place::Chat(bench.conversation(GROUP)));
    assert_eq!((cards.len(), said(&bench).len()), (12 - folded + 1, 0));
}
