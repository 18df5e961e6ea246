//! The console's lists: what went out and why not, and sending it anew.

use crate::bench::verbs::GROUP;
use crate::bench::{Answer, Bench, Browser, KEY};
use contract::paths;
use server::flow;
use simulator::dingtalk::Place;

/// A browser that is signed in to the console.
pub async fn administrator(bench: &Bench) -> Browser {
    let link = flow::access::console_link(&bench.app.state, "story").await.unwrap();
    let code = link.split_once("code=").unwrap().1.to_owned();
    let browser = bench.browser();
    assert_eq!(browser.form(paths::CONSOLE_ENTER, &[("code", code.as_str())]).await.status, 303);
    browser
}

/// A page of the console below the integration.
pub async fn page(browser: &Browser, rest: &str) -> Answer {
    let answer = browser.get(&format!("/console/{KEY}/{rest}")).await;
    assert!(answer.body.starts_with("<!DOCTYPE html>"), "{rest}: {answer:?}");
    answer
}

/// What stands behind the first `name="` of a page.
pub fn value(page: &str, name: &str) -> String {
    let rest = page.split_once(&format!("{name}=\"")).unwrap_or_else(|| panic!("no {name} in {page}")).1;
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn whoever_got_nothing_is_told_why_and_gets_it_once_the_cause_is_gone() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.sim.dingtalk.uninstall_cool_app(&bench.conversation(GROUP), "zhang.wei").await.unwrap();
    bench.run_due().await;
    bench.raise("nobody home", &[]).await;
    let browser = administrator(&bench).await;

    let overview = browser.get(&format!("/console/{KEY}")).await.body;
    assert!(overview.contains(&format!("/console/{KEY}/deliveries?state=failed")), "{overview}");
    let list = page(&browser, &format!("deliveries?state=failed&group={chat}&q=nobody")).await.body;
    assert!(list.contains("nobody home") && list.contains(GROUP), "{list}");
    assert!(!page(&browser, "deliveries?state=failed&q=somebody").await.body.contains("data-delivery"));
    let id = value(&list, "data-delivery");
    let one = page(&browser, &format!("deliveries/{id}")).await;
    assert_eq!(one.status, 200);
    assert!(
        one.body.contains("data-attempt=\"1\"") && one.body.contains("data-outcome=\"not installed\""),
        "{}",
        one.body
    );
    assert!(one.body.contains("data-resend") && !one.body.contains("data-needs-force"));

    bench.install_cool_app(GROUP).await;
    let asked = browser.form(&format!("/console/{KEY}/deliveries/{id}/resend"), &[("force", "no")]).await;
    assert_eq!((asked.status, asked.parameter("sent").as_deref()), (303, Some("1")), "{asked:?}");
    bench.run_due().await;
    bench.card_in(GROUP);

    // It is there now: another one is only sent to whoever has read what that means.
    let one = page(&browser, &format!("deliveries/{id}")).await.body;
    assert!(one.contains("data-needs-force") && one.contains("data-shown"), "{one}");
    let refused = browser.form(&format!("/console/{KEY}/deliveries/{id}/resend"), &[]).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    let forced = browser.form(&format!("/console/{KEY}/deliveries/{id}/resend"), &[("force", "yes")]).await;
    assert_eq!(forced.status, 303);
    bench.run_due().await;
    assert_eq!(bench.cards(&Place::Chat(bench.conversation(GROUP))).len(), 2);
}

#[tokio::test]
async fn all_that_failed_alike_are_counted_and_sent_together() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.sim.dingtalk.uninstall_cool_app(&bench.conversation(GROUP), "zhang.wei").await.unwrap();
    bench.run_due().await;
    bench.raise("one", &[]).await;
    bench.raise("two", &[]).await;
    bench.install_cool_app(GROUP).await;
    let browser = administrator(&bench).await;
    let kind = "deliveries?outcome=not+installed&state=failed";
    assert!(page(&browser, kind).await.body.contains("data-all-again"));
    let asked = page(&browser, &format!("{kind}&again=yes")).await.body;
    let (outcome, since_ms) = (value(&asked, "data-again"), "0");
    assert!(asked.contains("确认重新发送 2 条") || asked.contains("Yes, send 2 again"), "{asked}");
    let all = format!("/console/{KEY}/deliveries/resend");
    let sent = browser.form(&all, &[("outcome", outcome.as_str()), ("since_ms", since_ms)]).await;
    assert_eq!((sent.status, sent.parameter("sent").as_deref()), (303, Some("2")), "{sent:?}");
    assert_eq!(sent.parameter("left").as_deref(), Some("0"));
    bench.advance(std::time::Duration::from_secs(5));
    bench.run_due().await;
    assert_eq!(bench.cards(&Place::Chat(bench.conversation(GROUP))).len(), 2);
    let none = page(&browser, kind).await.body;
    assert!(!none.contains("data-all-again") && !none.contains("data-delivery"), "{none}");
}

#[tokio::test]
async fn what_makes_no_sense_is_said_and_strangers_see_and_do_nothing() {
    let bench = Bench::start().await;
    let browser = administrator(&bench).await;
    let long = "x".repeat(4_000);
    for bad in [
        "deliveries?outcome=nonsense",
        "deliveries?state=1",
        "deliveries?since=yesterday",
        "deliveries?until=2026-02-30T00:00",
        "deliveries?after=%27--",
    ] {
        let answer = page(&browser, bad).await;
        assert!(answer.status == 200 && answer.body.contains("data-misread"), "{bad}");
    }
    for strange in [
        format!("deliveries?q={long}"),
        "deliveries?person=%00&group=%F0%9F%98%80&incident=%25%27".to_owned(),
        "deliveries?q=%25_!%5C&after=9223372036854775807-a".to_owned(),
        "deliveries?since=-9999-01-01&sent=99999999999999999999&again=yes".to_owned(),
    ] {
        assert_eq!(page(&browser, &strange).await.status, 200, "{strange:.60}");
    }
    for (path, status) in [("deliveries/nosuch", 404), ("deliveries/%27%3B--", 404)] {
        assert_eq!(page(&browser, path).await.status, status, "{path}");
    }
    let all = format!("/console/{KEY}/deliveries/resend");
    for fields in [
        vec![],
        vec![("outcome", "nonsense")],
        vec![("outcome", "busy"), ("since_ms", "x")],
        vec![("outcome", "busy"), ("after", "x")],
    ] {
        let refused = browser.form(&all, &fields).await;
        assert!((400..500).contains(&refused.status), "{fields:?}: {refused:?}");
    }
    let one = format!("/console/{KEY}/deliveries/nosuch/resend");
    assert_eq!(browser.form(&one, &[]).await.status, 404);
    let stranger = bench.browser();
    for path in [&all, &one] {
        let answer = stranger.form(path, &[("outcome", "busy"), ("force", "yes")]).await;
        assert_eq!((answer.status, answer.location.as_deref()), (303, Some(paths::CONSOLE)), "{path}");
    }
    assert_eq!(stranger.get(&format!("/console/{KEY}/deliveries")).await.status, 401);
    assert_eq!(browser.get("/console/nosuchkey/deliveries").await.status, 404);
    let elsewhere = browser.http().post(format!("{}{all}", bench.base)).header("sec-fetch-site", "cross-site");
    let elsewhere = browser.send(elsewhere.form(&[("outcome", "busy")])).await;
    assert_eq!(elsewhere.status, 403, "{elsewhere:?}");
}
