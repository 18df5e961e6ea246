//! Events get lost; groups heal by being read, dead ones are shown with what to do, and subscriptions move on.

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use contract::chat::ChatState;
use contract::paths;
use serde_json::{Value, json};
use server::flow::failed_pushes;
use server::model::subscription::{Repaint, Rule};
use server::work;
use simulator::flashduty::Act;
use simulator::{Fault, Peer, Push, faults};
use std::time::Duration;

const OTHER: &str = "故障通报 Incidents";
const DAY: Duration = Duration::from_secs(24 * 3600);
const QUERY: &str = "/v1.0/im/sceneGroups/query";
const MEMBERS: &str = "/v1.0/im/sceneGroups/members/batchQuery";
const FAILED_LIST: &str = "/call_back/get_call_back_failed_result";

async fn api(bench: &Bench, method: &str, path: &str, body: Value) -> (u16, Value) {
    let browser = bench.browser();
    let url = format!("{}/api/integrations/{KEY}/{path}", bench.base);
    let token = bench.token("administrator").await;
    let request = browser.http().request(method.parse().unwrap(), url).bearer_auth(token);
    let request = if method == "GET" { request } else { request.json(&body) };
    let answer = browser.send(request).await;
    (answer.status, answer.json())
}

async fn chat_item(bench: &Bench, chat_id: &str) -> Value {
    let (_, chats) = api(bench, "GET", "chats", Value::Null).await;
    let items = chats["items"].as_array().unwrap().clone();
    items.into_iter().find(|item| item["chat_id"] == chat_id).expect("the chat is listed")
}

#[tokio::test]
async fn what_dingtalk_could_not_push_during_an_outage_is_read_at_the_next_start() {
    let mut bench = Bench::start().await;
    bench.link("li.na").await;
    let conversation = bench.conversation(GROUP);
    bench.install_cool_app(OTHER).await;
    let other = bench.conversation(OTHER);
    // The server is away for longer than DingTalk's two repetitions.
    bench.stop().await;
    bench.sim.dingtalk.install_cool_app(&conversation, "zhang.wei").await.unwrap();
    let owner = bench.sim.dingtalk.chat(&other).unwrap().owner;
    bench.sim.dingtalk.rename_chat(&other, "renamed meanwhile", &owner).await.unwrap();
    bench.sim.dingtalk.leave_org("li.na").await.unwrap();
    for seconds in [10, 30] {
        bench.advance(Duration::from_secs(seconds));
        bench.sim.run_due().await;
    }
    assert_eq!(bench.sim.dingtalk.pushes_waiting(), 0, "DingTalk has given up");
    bench.restart().await;
    failed_pushes::look_soon(&bench.app.state).await.unwrap();
    bench.run_due().await;
    assert!(bench.chat(&conversation).await.is_none(), "not on the list yet");
    bench.advance(Duration::from_secs(400));
    bench.run_due().await;
    let chat = bench.chat(&conversation).await.expect("the install is known");
    assert_eq!((chat.state, chat.title.as_str()), (ChatState::Installed, GROUP));
    assert_eq!(bench.chat(&other).await.unwrap().title, "renamed meanwhile");
    let browser = bench.browser();
    let arrived = bench.arrive(&browser, "wang.fang", None).await;
    assert_eq!(arrived.status, 303);
    let (_, links) = api(&bench, "GET", "links", Value::Null).await;
    assert_eq!(links["items"], json!([]), "who left is unlinked");
    assert_eq!(bench.requests(FAILED_LIST), 2, "at the start and once more");
}

#[tokio::test]
async fn a_lost_answer_of_the_failed_list_makes_every_group_suspect() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    let conversation = bench.conversation(GROUP);
    bench.sim.faults.add_push(Peer::DingTalk, Push::Lose, Some(1));
    bench.sim.dingtalk.uninstall_cool_app(&conversation, "li.na").await.unwrap();
    let path = FAILED_LIST.to_owned();
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path, kind: faults::Kind::Forget, times: Some(1) });
    failed_pushes::look_soon(&bench.app.state).await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.chat(&conversation).await.unwrap().state, ChatState::Uninstalled);
}

#[tokio::test]
async fn groups_are_read_in_their_turn_and_lost_events_heal_without_wasting_calls() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    let conversation = bench.conversation(GROUP);
    bench.sim.faults.add_push(Peer::DingTalk, Push::Lose, None);
    bench.sim.dingtalk.rename_chat(&conversation, "new name", "li.na").await.unwrap();
    let before = bench.requests(QUERY);
    for _ in 0..12 {
        bench.advance(Duration::from_secs(3600));
        work::sweep::sweep(&bench.app.state).await.unwrap();
        bench.run_due().await;
    }
    assert_eq!(bench.requests(QUERY), before, "it was read less than a day ago");
    bench.advance(DAY);
    bench.run_due().await;
    assert_eq!(bench.chat(&conversation).await.unwrap().title, "new name");
    assert_eq!(bench.requests(QUERY), before + 1);

    bench.sim.dingtalk.uninstall_cool_app(&conversation, "li.na").await.unwrap();
    bench.advance(DAY + Duration::from_secs(3600));
    bench.run_due().await;
    assert_eq!(bench.chat(&conversation).await.unwrap().state, ChatState::Uninstalled);
    let health = chat_item(&bench, &chat).await["health"].clone();
    assert_eq!(health["last_read_ms"], bench.sim.world.now().0 - 1_040, "{health}");

    // An install that was lost is found too, though seldom looked for.
    bench.sim.dingtalk.install_cool_app(&conversation, "li.na").await.unwrap();
    bench.advance(DAY * 8);
    bench.run_due().await;
    assert_eq!(bench.chat(&conversation).await.unwrap().state, ChatState::Installed);
}

#[tokio::test]
async fn a_refused_delivery_has_its_group_looked_at_and_its_subscription_moves_to_another_group() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    let other = bench.install_cool_app(OTHER).await;
    bench.subscribe(&chat).await;
    bench.raise("first", &["li.na"]).await;
    let fine = chat_item(&bench, &chat).await;
    assert_eq!((fine["state"].as_str(), fine["dead_subscriptions"].as_array().unwrap().len()), (Some("installed"), 0));
    assert_eq!((fine["health"]["last_refused"].is_null(), fine["health"]["last_delivered_ms"].is_i64()), (true, true));

    // Nobody tells that the app is gone; the next card finds out.
    bench.sim.faults.add_push(Peer::DingTalk, Push::Lose, Some(1));
    bench.sim.dingtalk.uninstall_cool_app(&bench.conversation(GROUP), "li.na").await.unwrap();
    bench.advance(Duration::from_secs(5));
    let incident = bench.raise("second", &["li.na"]).await;
    assert_eq!(bench.outcomes(&incident).await[&chat], "refused");
    let dead = chat_item(&bench, &chat).await;
    assert_eq!(dead["state"], "uninstalled");
    assert_eq!(dead["health"]["last_refused"]["outcome"], "refused");
    assert!(!dead["health"]["last_refused"]["remedy"].as_str().unwrap().is_empty());
    let replace = dead["dead_subscriptions"][0]["replace"].as_str().expect("a way out");
    let (_, listed) = api(&bench, "GET", "subscriptions?state=dead", Value::Null).await;
    assert_eq!(
        (listed["items"].as_array().unwrap().len(), &listed["items"][0]["chat_state"]),
        (1, &json!("uninstalled"))
    );

    let path = replace.split_once(&format!("{KEY}/")).unwrap().1;
    for (body, status) in [
        (json!({ "chat_id": "unknown" }), 400),
        (json!({ "chat_id": chat }), 400),
        (json!({ "chat_id": other, "mention": true }), 400),
        (json!({}), 400),
        (json!({ "chat_id": other }), 200),
    ] {
        assert_eq!(api(&bench, "POST", path, body.clone()).await.0, status, "{body}");
    }
    assert_eq!(api(&bench, "POST", "subscriptions/nothing/replace", json!({ "chat_id": other })).await.0, 404);
    let (_, audit) = api(&bench, "GET", "audit?limit=1", Value::Null).await;
    assert_eq!(audit["items"][0]["act"], "subscription-replaced");
    assert_eq!(audit["items"][0]["detail"]["chat_id"], json!({ "before": chat, "after": other }));
    bench.advance(Duration::from_secs(5));
    let incident = bench.raise("third", &["li.na"]).await;
    let outcomes = bench.outcomes(&incident).await;
    assert_eq!((outcomes.get(&other), outcomes.get(&chat)), (Some(&"delivered"), None));
}

#[tokio::test]
async fn the_list_is_searched_in_any_case_and_read_in_pages() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    bench.install_cool_app(OTHER).await;
    let (_, found) = api(&bench, "GET", "chats?query=PAYMENTS%20on", Value::Null).await;
    assert_eq!((found["items"].as_array().unwrap().len(), &found["items"][0]["title"]), (1, &json!(GROUP)));
    let (_, first) = api(&bench, "GET", "chats?limit=1", Value::Null).await;
    let next = first["next"].as_str().expect("there is more");
    let (_, rest) = api(&bench, "GET", &format!("chats?limit=1&after={next}"), Value::Null).await;
    let titles = [&first["items"][0]["title"], &rest["items"][0]["title"]].map(|title| title.as_str().unwrap());
    assert!(titles.contains(&GROUP) && titles.contains(&OTHER) && rest["next"].is_null(), "{titles:?}");
    // Whoever may only look gets no address at which one may speak.
    let browser = bench.browser();
    let url = format!("{}/api/integrations/{KEY}/chats", bench.base);
    let token = bench.token("observer").await;
    let seen = browser.send(browser.http().get(url).bearer_auth(token)).await.json();
    assert_eq!(
        (&seen["items"][0]["robot_push_url"], first["items"][0]["robot_push_url"].is_string()),
        (&Value::Null, true)
    );
}

#[tokio::test]
async fn a_subscription_says_which_changes_its_cards_follow() {
    let bench = Bench::start().await;
    let all = [GROUP, OTHER];
    for (title, repaint) in all.into_iter().zip([Repaint::State, Repaint::None]) {
        let chat = bench.install_cool_app(title).await;
        bench.subscribe_by(&chat, Rule { repaint, ..Rule::default() }).await;
    }
    let incident = bench.raise("follow me", &["li.na"]).await;
    let [by_state, never] = [bench.card_in(all[0]), bench.card_in(all[1])];
    let updates = bench.requests("/v1.0/card/instances");
    let li = bench.member("li.na");
    bench.advance(Duration::from_secs(5));
    bench.sim.flashduty.act_as(li, &incident, Act::comment("looking")).await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.requests("/v1.0/card/instances"), updates, "a comment changes no state");
    bench.advance(Duration::from_secs(5));
    bench.sim.flashduty.act_as(li, &incident, Act::Acknowledge).await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.seen(&by_state, "zhao.min")["progress"], "Processing");
    assert_eq!(bench.seen(&never, "zhao.min")["progress"], "Triggered");
    // The one that stays as it came still tells the truth to who presses.
    bench.link("li.na").await;
    bench.click(&never, "li.na", "acknowledge").await.unwrap();
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 1);
}

#[tokio::test]
async fn members_are_read_once_for_all_who_look_and_changes_are_heard_of() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(OTHER).await;
    bench.subscribe(&chat).await;
    let cid = bench.conversation(OTHER);
    let page = format!("{}?cid={}", paths::fill(paths::COOL_APP, &[KEY]), paths::encode(&cid));
    let people = [bench.link("li.na").await, bench.link("wang.fang").await, bench.link("zhang.wei").await];
    let before = bench.requests(MEMBERS);
    for browser in &people {
        assert_eq!(browser.get(&page).await.status, 200);
    }
    assert_eq!(bench.requests(MEMBERS), before + 1);
    let shown = people[0].get(&page).await.body;
    assert!(shown.contains("9 位成员"), "{shown}");
    assert_eq!(chat_item(&bench, &chat).await["health"]["members"], 9);

    bench.sim.dingtalk.change_members(&cid, &["li.na"], false, "alice").await.unwrap();
    bench.run_due().await;
    let refused = people[0].get(&page).await;
    assert!(refused.status == 403 && refused.body.contains("data-problem=\"not-in-chat\""), "at once");
    let home = format!("href=\"{}\"", paths::fill(paths::HOME, &[KEY]));
    assert!(
        refused.body.contains(&home) && !refused.body.contains(OTHER),
        "a way to the own incidents: {}",
        refused.body
    );

    // Nobody told that the app is gone; looking finds out.
    bench.sim.faults.add_push(Peer::DingTalk, Push::Lose, Some(1));
    bench.sim.dingtalk.uninstall_cool_app(&cid, "alice").await.unwrap();
    bench.advance(Duration::from_secs(600));
    let gone = people[1].get(&page).await;
    assert!(gone.body.contains("data-problem=\"chat-unknown\""), "{}", gone.body);
    bench.run_due().await;
    assert_eq!(bench.chat(&cid).await.unwrap().state, ChatState::Uninstalled);
}
