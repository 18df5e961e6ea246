//! What became of each notice, and troubles on the way.

use super::*;
use server::model::task::TaskKind;

#[tokio::test]
async fn what_became_of_each_is_found_out_and_failed_ones_are_sent_again() {
    let bench = Bench::start().await;
    let dingtalk = &bench.sim.dingtalk;
    dingtalk.forbid_work_notices("wang.fang", Some(143_105));
    dingtalk.forbid_work_notices("zhao.min", Some(143_199));
    dingtalk.fail_work_notices("zhang.wei", 1);
    dingtalk.fail_work_notices("chen.jie", 99);
    let id = bench.notice(text(&["li.na", "wang.fang", "zhao.min", "zhang.wei", "chen.jie", "gone"], "news")).await;
    assert!(bench.fates(&id).await.values().all(|fate| fate == "accepted"), "taken is not arrived");
    bench.followed().await;
    let fates = bench.fates(&id).await;
    let fate = |user_id: &str| fates[user_id].as_str();
    assert_eq!((fate("li.na"), fate("gone")), ("delivered", "unknown person"));
    assert_eq!((fate("wang.fang"), fate("zhao.min")), ("limit of the day", "withheld"));
    assert_eq!((fate("zhang.wei"), fate("chen.jie")), ("sending failed", "sending failed"));

    dingtalk.read_work_notices("li.na");
    for _ in 0..20 {
        bench.advance(Duration::from_secs(240));
        bench.run_due().await;
    }
    let fates = bench.fates(&id).await;
    assert_eq!((fates["li.na"].as_str(), fates["zhang.wei"].as_str()), ("read", "delivered"));
    assert_eq!(fates["chen.jie"], "sending failed");
    let notice = bench.read_notices(&format!("/{id}")).await;
    let person = |user_id: &str| {
        notice["people"].as_array().unwrap().iter().find(|one| one["user_id"] == user_id).unwrap().clone()
    };
    assert_eq!((person("chen.jie")["state"].as_str(), person("chen.jie")["sends"].as_i64()), (Some("failed"), Some(3)));
    assert_eq!(person("zhao.min")["code"], "143199");
    assert_eq!(dingtalk.work_notices("zhang.wei").len(), 1);
    let list = bench.read_notices("").await;
    assert_eq!(list["items"][0]["outcomes"]["read"], 1, "{list}");
}

#[tokio::test]
async fn troubles_are_waited_out_and_what_may_have_arrived_is_not_sent_again() {
    let bench = Bench::start().await;
    bench.fails(faults::Kind::Refuse { status: 200, body: json!({"errcode": 88, "sub_code": "90018"}) });
    bench.fails(faults::Kind::Refuse { status: 200, body: json!({"errcode": -1}) });
    let id = bench.notice(text(&["li.na"], "weather")).await;
    for _ in 0..6 {
        bench.advance(Duration::from_secs(60));
        bench.run_due().await;
    }
    assert_eq!(bench.fates(&id).await["li.na"], "delivered");
    assert_eq!(bench.notice_of("li.na")["text"]["content"], "weather", "what did not go out does not count");

    for kind in [faults::Kind::Cut, faults::Kind::Forget] {
        bench.fails(kind);
        let id = bench.notice(text(&["wang.fang"], "lost answer")).await;
        let calls = bench.requests(SEND);
        for _ in 0..6 {
            bench.advance(Duration::from_secs(600));
            bench.run_due().await;
        }
        assert_eq!(bench.fates(&id).await["wang.fang"], "unclear");
        assert_eq!(bench.requests(SEND), calls);
    }
}

#[tokio::test]
async fn one_unknown_person_spoils_it_for_nobody_else() {
    let bench = Bench::start().await;
    bench.fails(faults::Kind::Refuse { status: 200, body: json!({"errcode": 33012, "errmsg": "userid"}) });
    let id = bench.notice(text(&["li.na", "wang.fang", "gone"], "halves")).await;
    for _ in 0..4 {
        bench.followed().await;
    }
    let fates = bench.fates(&id).await;
    assert_eq!(fates["gone"], "unknown person");
    assert_eq!((fates["li.na"].as_str(), fates["wang.fang"].as_str()), ("delivered", "delivered"));
}

#[tokio::test]
async fn a_kill_while_sending_sends_nothing_twice() {
    let mut bench = Bench::start().await;
    let answer = bench.post("", text(&["li.na"], "killed")).await;
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    // As a process leaves it that dies between its intent and the answer.
    let mut tx = bench.app.state.store.begin().await.unwrap();
    let mut batch = store::work_notice_batch::of_notice(&mut tx, &id).await.unwrap().remove(0);
    batch.state = BatchState::Sending;
    assert!(store::work_notice_batch::update(&mut tx, &batch).await.unwrap());
    tx.commit().await.unwrap();
    bench.restart().await;
    bench.run_due().await;
    assert_eq!(bench.requests(SEND), 0);
    assert_eq!(bench.fates(&id).await["li.na"], "unclear");
}

#[tokio::test]
async fn results_of_a_wrong_shape_leave_the_fate_open() {
    let bench = Bench::start().await;
    for path in ["getsendprogress", "getsendresult"] {
        let path = format!("/topapi/message/corpconversation/{path}");
        for body in [json!("half an ans"), json!({"errcode": 0, "progress": 7, "send_result": []})] {
            let kind = faults::Kind::Refuse { status: 200, body };
            bench.sim.faults.add(Fault { peer: Peer::DingTalk, path: path.clone(), kind, times: Some(3) });
        }
    }
    let id = bench.notice(text(&["li.na"], "open fate")).await;
    for _ in 0..30 {
        bench.advance(Duration::from_secs(3600));
        bench.run_due().await;
    }
    assert_eq!(bench.fates(&id).await["li.na"], "accepted");
    let notice = bench.read_notices(&format!("/{id}")).await;
    assert_eq!(notice["people"][0]["state"], "done", "{notice}");
    assert_eq!(bench.requests(SEND), 1);
}

#[tokio::test]
async fn what_failed_is_sent_anew_when_somebody_asks_for_it() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.fail_work_notices("li.na", 3);
    let id = bench.notice(text(&["li.na", "wang.fang"], "asked for anew")).await;
    bench.a_while().await;
    for _ in 0..10 {
        bench.a_while().await;
    }
    assert_eq!(bench.fates(&id).await["li.na"], "sending failed");
    let state = &bench.app.state;
    let mut tx = state.store.begin().await.unwrap();
    let found = store::delivery::of_work_notice(&mut tx, &id).await.unwrap();
    let mut delivery = found.into_iter().find(|one| one.target.id() == "li.na").unwrap();
    assert_eq!(delivery.objection(None), None);
    let now = state.world.now();
    delivery.ask_anew(now, now, false);
    assert!(store::delivery::update(&mut tx, &delivery).await.unwrap());
    let kind = TaskKind::Deliver { delivery: delivery.id };
    store::task::add(&mut tx, KEY, &kind, now, now).await.unwrap();
    tx.commit().await.unwrap();
    bench.run_due().await;
    bench.followed().await;
    assert_eq!(bench.fates(&id).await["li.na"], "delivered");
    assert_eq!(bench.sim.dingtalk.work_notices("wang.fang").len(), 1);
}
