use super::receiver::{Manner, Receiver};
use super::{Bench, read};
use crate::dingtalk::{Limits, PushResult, Spelling, Switches};
use crate::seed::{self, CLIENT_ID, COOL_APP_CODE, CORP_ID};
use crate::{Peer, Push};
use serde_json::{Value, json};
use std::time::Duration;

const SECONDS: fn(u64) -> Duration = Duration::from_secs;

/// A bench and a product whose URL has been saved.
async fn connected() -> (Bench, Receiver) {
    let (bench, receiver) = (Bench::start().await, Receiver::start().await);
    bench.sim.dingtalk.save_callback(&format!("{}/events", receiver.url)).await.unwrap();
    assert_eq!(receiver.events(), [json!({ "EventType": "check_url" })]);
    receiver.queries();
    (bench, receiver)
}

async fn failed_list(bench: &Bench) -> Value {
    let path = "call_back/get_call_back_failed_result";
    let url = format!("{}/{path}?access_token={}", bench.sim.dingtalk_url(), bench.token);
    let (_, answer) = read(bench.http.get(url).send().await.unwrap()).await;
    assert_eq!(answer["errcode"], 0);
    answer["failed_list"].clone()
}

#[tokio::test]
async fn saving_the_url_fails_unless_the_answer_is_right() {
    let (bench, receiver) = (Bench::start().await, Receiver::start().await);
    let url = format!("{}/events?kept=1", receiver.url);
    let cases = [
        (Manner::PlainSuccess, "400052"),
        (Manner::Status(400), "400052: http statusCode is:400"),
        (Manner::Status(201), "400052: http statusCode is:201"),
        (Manner::OtherText, "400052"),
        (Manner::OtherOwner, "400052"),
        (Manner::BadSignature, "400052"),
        (Manner::NumberAsTime, "400052"),
        (Manner::Redirected, "400052: http statusCode is:307"),
        (Manner::Slow, "400054"),
    ];
    for (manner, code) in cases {
        receiver.manners([manner]);
        let why = bench.sim.dingtalk.save_callback(&url).await.unwrap_err();
        assert!(why.starts_with(code), "{manner:?}: {why}");
        assert_eq!(bench.sim.dingtalk.push_event("x", json!({})).await, PushResult::NoCallback);
    }
    let nowhere = bench.sim.dingtalk.save_callback("http://127.0.0.1:9/").await.unwrap_err();
    assert!(nowhere.starts_with("400051"), "{nowhere}");
    bench.sim.dingtalk.save_callback(&url).await.unwrap();
    let query = receiver.queries().pop().unwrap();
    assert_eq!((query["kept"].as_str(), &query["signature"]), ("1", &query["msg_signature"]));
}

#[tokio::test]
async fn installing_renaming_and_leaving_are_told() {
    let (bench, receiver) = connected().await;
    let chat_id = bench.installed_chat().await;
    let event = receiver.events().pop().unwrap();
    for (name, value) in [
        ("EventType", "im_cool_app_install"),
        ("CorpId", CORP_ID),
        ("coolAppCode", COOL_APP_CODE),
        ("openConversationCorpId", CORP_ID),
        ("robotCode", CLIENT_ID),
        ("openConversationId", &chat_id),
        ("operator", seed::GROUPS[0].owner),
    ] {
        assert_eq!(event[name], value);
    }
    assert!(event["operateTime"].is_string() && event["EventTime"].is_i64() && event["eventId"].is_string());
    assert!(event.get("title").is_none());
    let dingtalk = &bench.sim.dingtalk;
    dingtalk.rename_chat(&chat_id, "新", "li.na").await.unwrap();
    dingtalk.change_members(&chat_id, &["bob"], true, "li.na").await.unwrap();
    dingtalk.change_members(&chat_id, &["bob"], false, "li.na").await.unwrap();
    dingtalk.change_owner(&chat_id, "alice").await.unwrap();
    dingtalk.leave_org("zhao.min").await.unwrap();
    dingtalk.disband_chat(&chat_id, "alice").await.unwrap();
    let told: Vec<Value> = receiver.events();
    let kinds: Vec<&str> = told.iter().map(|event| event["EventType"].as_str().unwrap()).collect();
    let expected = [
        "chat_update_title",
        "chat_add_member",
        "chat_remove_member",
        "chat_update_owner",
        "user_leave_org",
        "chat_disband",
    ];
    assert_eq!(kinds, expected);
    assert_eq!((&told[0]["title"], &told[1]["userId"]), (&json!("新"), &json!(["bob"])));
    assert_eq!((&told[3]["owner"], told[3].get("chatId")), (&json!("alice"), None));
    // A group without the app is no business of the app.
    assert_eq!(dingtalk.rename_chat("平台组", "x", "wu.hao").await, Ok(PushResult::NoCallback));
    assert!(receiver.events().is_empty());
}

#[tokio::test]
async fn a_failed_push_is_repeated_after_10_and_30_seconds_and_then_listed() {
    let (bench, receiver) = connected().await;
    receiver.manners([Manner::Status(500); 3]);
    let result = bench.sim.dingtalk.push_event("chat_update_title", json!({ "title": "t" })).await;
    assert_eq!(result, PushResult::Failed("400052: http statusCode is:500".into()));
    let tries = async |advance: u64| {
        bench.clock.advance(SECONDS(advance));
        bench.sim.run_due().await;
        receiver.events().len()
    };
    assert_eq!(receiver.events().len(), 1);
    assert_eq!((tries(9).await, tries(1).await), (0, 1));
    assert_eq!((tries(29).await, tries(1).await), (0, 1));
    assert_eq!((tries(1000).await, bench.sim.dingtalk.pushes_waiting()), (0, 0));
    let list = failed_list(&bench).await;
    assert_eq!(list[0]["call_back_tag"], "chat_update_title");
    assert_eq!(list[0]["callbackData"]["title"], "t");
    assert_eq!(failed_list(&bench).await, json!([]), "reading removes");
}

#[tokio::test]
async fn the_failed_list_shows_an_event_three_minutes_after_the_last_try() {
    let (bench, receiver) = connected().await;
    receiver.manners([Manner::PlainSuccess; 3]);
    bench.sim.dingtalk.leave_org("bob").await.unwrap();
    for wait in [10, 30, 170] {
        bench.clock.advance(SECONDS(wait));
        bench.sim.run_due().await;
    }
    assert_eq!(failed_list(&bench).await, json!([]));
    bench.clock.advance(SECONDS(10));
    assert_eq!(failed_list(&bench).await[0]["user_leave_org"]["userid"], json!(["bob"]));
}

#[tokio::test]
async fn a_late_answer_is_a_failed_push_and_a_right_one_ends_it() {
    let (bench, receiver) = connected().await;
    receiver.manners([Manner::Slow]);
    let result = bench.sim.dingtalk.push_event("chat_disband", json!({})).await;
    assert_eq!(result, PushResult::Failed("400054: no answer in 2500 ms".into()));
    let first = receiver.events().pop().unwrap();
    bench.clock.advance(SECONDS(10));
    bench.sim.run_due().await;
    assert_eq!(receiver.events(), [first], "the same event again, with the same id");
    assert_eq!(bench.sim.dingtalk.pushes_waiting(), 0);
    assert_eq!(bench.sim.journal.count(|entry| entry.peer == Peer::Outgoing && entry.status == 0), 1);
}

#[tokio::test]
async fn spelling_event_id_and_owner_can_be_switched() {
    let (bench, receiver) = connected().await;
    let set = |switches: Switches| bench.sim.dingtalk.set_switches(switches);
    let push = async || {
        bench.sim.dingtalk.push_event("chat_update_title", json!({ "title": "t", "timeStamp": 5 })).await;
        receiver.events().pop().unwrap()
    };
    set(Switches { spelling: Spelling::Pascal, omit_event_id: true, ..Switches::default() });
    let expected = json!({ "EventType": "chat_update_title", "CorpId": CORP_ID, "Title": "t", "TimeStamp": "5" });
    assert_eq!(push().await, expected);
    receiver.owner(CORP_ID);
    set(Switches { spelling: Spelling::Lower, owner_is_corp_id: true, ..Switches::default() });
    let event = push().await;
    assert_eq!((&event["eventtype"], &event["title"]), (&json!("chat_update_title"), &json!("t")));
    assert!(event["eventid"].is_string());
}

#[tokio::test]
async fn pushes_can_be_doubled_lost_late_and_out_of_order() {
    let (bench, receiver) = connected().await;
    let faults = &bench.sim.faults;
    let push = async |title: &str| bench.sim.dingtalk.push_event("chat_update_title", json!({ "title": title })).await;
    let titles =
        || receiver.events().iter().map(|event| event["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    faults.add_push(Peer::DingTalk, Push::Duplicate, Some(1));
    assert_eq!(push("a").await, PushResult::Delivered);
    assert_eq!(titles(), ["a", "a"]);
    faults.add_push(Peer::DingTalk, Push::Lose, Some(1));
    assert_eq!(push("b").await, PushResult::Held);
    faults.add_push(Peer::DingTalk, Push::Reorder, Some(1));
    assert_eq!(push("c").await, PushResult::Held);
    push("d").await;
    assert_eq!(titles(), ["d", "c"]);
    faults.add_push(Peer::DingTalk, Push::Late { ms: 5000 }, Some(1));
    push("e").await;
    bench.sim.run_due().await;
    assert!(titles().is_empty());
    bench.clock.advance(SECONDS(5));
    bench.sim.run_due().await;
    assert_eq!(titles(), ["e"]);
}

#[tokio::test]
async fn used_up_pushes_stop_silently_and_people_events_are_free() {
    let (bench, receiver) = connected().await;
    bench.sim.dingtalk.set_limits(Limits { calls_per_month: 9, pushes_per_month: 1, calls_per_second: 20 });
    bench.installed_chat().await;
    let chat = seed::GROUPS[0].title;
    assert_eq!(bench.sim.dingtalk.rename_chat(chat, "x", "li.na").await, Ok(PushResult::QuotaSpent));
    assert_eq!(bench.sim.dingtalk.leave_org("bob").await, Ok(PushResult::Delivered));
    assert_eq!(receiver.events().len(), 2);
    assert_eq!(bench.sim.dingtalk.pushes_waiting(), 0);
}
