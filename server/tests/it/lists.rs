//! Lists and who is on call, as the homepage asks for them.

use crate::bench::{Answer, Bench, Browser, KEY};
use contract::paths;
use simulator::flashduty::{Act, Raise, Severity, seed};
use simulator::{Fault, Peer, faults};

async fn list(browser: &Browser, parameters: &str) -> Vec<String> {
    let answer = browser.get(&format!("{}?{parameters}", paths::fill(paths::API_INCIDENTS, &[KEY]))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let titles = answer.json()["items"].as_array().unwrap().clone();
    titles.iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
}

async fn raise(bench: &Bench, title: &str, severity: Severity, channel_id: i64) -> String {
    let responder_ids = vec![bench.member("li.na")];
    let raise = Raise { title: title.to_owned(), severity, channel_id, responder_ids, ..Raise::default() };
    let id = bench.sim.flashduty.raise(raise).await.unwrap();
    bench.run_due().await;
    id
}

#[tokio::test]
async fn filters_narrow_a_list_and_nonsense_does_not() {
    let bench = Bench::start().await;
    let li = bench.link("li.na").await;
    raise(&bench, "zz disk is full", Severity::Critical, seed::PAYMENTS).await;
    raise(&bench, "zz cache is cold", Severity::Info, seed::PLATFORM).await;
    let taken = raise(&bench, "zz queue is full", Severity::Info, seed::PAYMENTS).await;
    bench.sim.flashduty.act_as(bench.member("li.na"), &taken, Act::Acknowledge).await.unwrap();
    for (filter, expected) in [
        ("", vec!["zz queue is full", "zz cache is cold", "zz disk is full"]),
        ("severity=Critical", vec!["zz disk is full"]),
        ("progress=Processing", vec!["zz queue is full"]),
        (&format!("channel={}", seed::PLATFORM), vec!["zz cache is cold"]),
        ("q=full", vec!["zz queue is full", "zz disk is full"]),
        ("q=full&severity=Info&progress=Triggered", vec![]),
        (
            "severity=Bad&progress=Closed&channel=x&page=0",
            vec!["zz queue is full", "zz cache is cold", "zz disk is full"],
        ),
    ] {
        let mut found = list(&li, filter).await;
        found.retain(|title| title.starts_with("zz "));
        let mut expected = expected;
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{filter}");
    }
    let page = li.get(&format!("{}?q=%3Cb%3E&severity=Critical", paths::fill(paths::HOME, &[KEY]))).await;
    assert!(page.status == 200 && !page.body.contains("value=\"<b>\""), "{}", page.body);
    assert!(page.body.contains("支付 Payments"), "channels to choose from");
}

#[tokio::test]
async fn who_is_on_call_is_told_with_ones_own_shifts() {
    let bench = Bench::start().await;
    let path = paths::fill(paths::API_ON_CALL, &[KEY]);
    assert_eq!(bench.browser().get(&path).await.status, 401);
    let mut on_now = 0;
    for user in ["zhang.wei", "li.na", "wang.fang"] {
        let browser = bench.link(user).await;
        let shown: Answer = browser.get(&path).await;
        let shown = shown.json();
        let schedule = &shown["schedules"][0];
        assert_eq!(schedule["name"], "支付值班 Payments on call");
        assert_eq!(schedule["own"], true, "{user} is in it");
        let shifts = shown["shifts"].as_array().unwrap();
        assert_eq!(shifts.len(), 10, "{user}: {shifts:?}");
        assert!(shifts.windows(2).all(|pair| pair[0]["end_ms"].as_i64() <= pair[1]["start_ms"].as_i64()));
        on_now += usize::from(schedule["now"]["me"] == true);
        assert_eq!(schedule["now"]["me"] == true, shifts[0]["start_ms"].as_i64() <= shown["as_of_ms"].as_i64());
    }
    assert_eq!(on_now, 1, "one of them is on call now");
    let stranger = bench.link("chen.jie").await;
    let shown = stranger.get(&path).await.json();
    assert_eq!((&shown["schedules"][0]["own"], shown["shifts"].as_array().unwrap().len()), (&false.into(), 0));
    let page = stranger.get(&format!("{}?tab=on-call", paths::fill(paths::HOME, &[KEY]))).await;
    assert!(page.body.contains("支付值班 Payments on call"), "{}", page.body);
}

#[tokio::test]
async fn while_flashduty_is_down_ones_own_are_shown_from_the_mirror_and_of_others_only_what_was_shown_before() {
    let bench = Bench::start().await;
    let (li, wang) = (bench.link("li.na").await, bench.link("wang.fang").await);
    raise(&bench, "zz disk is full", Severity::Critical, seed::PAYMENTS).await;
    let home = paths::fill(paths::HOME, &[KEY]);
    let mine = li.get(&home).await;
    assert!(mine.body.contains("zz disk is full") && !mine.body.contains("data-stale"), "{}", mine.body);
    bench.sim.faults.add(Fault {
        peer: Peer::Flashduty,
        path: "/incident/list".to_owned(),
        kind: faults::Kind::Cut,
        times: None,
    });
    let mine = li.get(&home).await;
    assert!(mine.status == 200 && mine.body.contains("zz disk is full"), "{}", mine.body);
    assert!(mine.body.contains("data-stale") && mine.body.contains("暂时无法连接 Flashduty"), "{}", mine.body);
    // Wang was never shown anything of the channel, and nothing known is not the same as nothing there.
    let open = wang.get(&format!("{home}?tab=open&q=zz")).await;
    assert_eq!(open.status, 502);
    assert!(open.body.contains("data-problem=\"flashduty-down\"") && !open.body.contains("zz disk"), "{}", open.body);
    bench.sim.faults.clear();
    let mine = li.get(&home).await;
    assert!(!mine.body.contains("data-stale"), "{}", mine.body);
}
