//! DingTalk's limits of a day and a minute, obeyed before sending.

use super::*;

#[tokio::test]
async fn the_same_text_on_the_same_day_arrives_because_it_is_another_one() {
    let bench = Bench::start().await;
    for _ in 0..4 {
        let id = bench.notice(text(&["li.na"], "hello")).await;
        bench.followed().await;
        assert_eq!(bench.fates(&id).await["li.na"], "delivered");
    }
    let notices = bench.sim.dingtalk.work_notices("li.na");
    let texts: Vec<&str> = notices.iter().map(|one| one.msg["text"]["content"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), 4);
    assert_eq!(texts[0], "hello");
    assert!(texts[1..].iter().all(|text| text.starts_with("hello\n22:1")), "{texts:?}");
    bench.notice(text(&["wang.fang"], "hello")).await;
    assert_eq!(bench.notice_of("wang.fang")["text"]["content"], "hello", "nobody else's day counts");
    bench.advance(Duration::from_secs(24 * 3600));
    bench.notice(text(&["li.na"], "hello")).await;
    let last = bench.sim.dingtalk.work_notices("li.na").pop().unwrap();
    assert_eq!(last.msg["text"]["content"], "hello", "another day");
}

#[tokio::test]
async fn a_day_holds_500_for_a_person_and_three_to_everybody() {
    let bench = Bench::start().await;
    for number in 0..4 {
        let id = bench.notice(json!({"to_all": true, "kind": "text", "text": format!("all {number}")})).await;
        bench.followed().await;
        let expected = if number < 3 { "delivered" } else { "limit of the day" };
        assert_eq!(bench.fates(&id).await[""], expected, "{number}");
    }
    assert_eq!(bench.requests(SEND), 3, "what would be withheld is not sent");
    assert_eq!(bench.sim.dingtalk.work_notices("li.na").len(), 3);
    bench.advance(Duration::from_secs(2 * 3600));
    bench.run_due().await;
    assert_eq!(bench.sim.dingtalk.work_notices("li.na").len(), 4, "sent after midnight");

    for number in 0..499 {
        bench.ask(&["wang.fang".to_owned()], &format!("n {number}")).await;
    }
    bench.a_while().await;
    let id = bench.notice(text(&["wang.fang", "zhao.min"], "the last")).await;
    bench.followed().await;
    let fates = bench.fates(&id).await;
    assert_eq!((fates["wang.fang"].as_str(), fates["zhao.min"].as_str()), ("limit of the day", "delivered"));
    bench.advance(Duration::from_secs(24 * 3600));
    bench.a_while().await;
    assert_eq!(bench.fates(&id).await["wang.fang"], "delivered", "sent the next day");
}

#[tokio::test]
async fn no_more_than_5000_people_are_reached_in_a_minute() {
    let bench = Bench::start().await;
    let crowd = |from: usize, count: usize| (from..from + count).map(|n| format!("nobody{n}")).collect::<Vec<_>>();
    for (from, count, calls) in [(0, 4_950, 50), (5_000, 120, 51)] {
        let body = json!({"user_ids": crowd(from, count), "kind": "text", "text": "x"});
        assert_eq!(bench.post("", body).await.status, 202);
        for _ in 0..12 {
            bench.quiet_at_once().await;
            bench.advance(Duration::from_secs(1));
        }
        assert_eq!(bench.requests(SEND), calls, "the batch of 100 does not fit into this minute any more");
    }
    for _ in 0..12 {
        bench.advance(Duration::from_secs(5));
        bench.quiet_at_once().await;
    }
    assert_eq!(bench.requests(SEND), 52);
}

#[tokio::test]
async fn a_text_that_dingtalk_knows_already_is_varied_and_sent_again() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.forbid_work_notices("li.na", Some(143_106));
    let id = bench.notice(text(&["li.na"], "known from elsewhere")).await;
    bench.sim.dingtalk.forbid_work_notices("li.na", None);
    bench.followed().await;
    bench.followed().await;
    assert_eq!(bench.fates(&id).await["li.na"], "delivered");
    let sent = bench.notice_of("li.na")["text"]["content"].as_str().unwrap().to_owned();
    assert!(sent.starts_with("known from elsewhere\n22:1"), "{sent}");
    assert_eq!(bench.requests(SEND), 2);
}
