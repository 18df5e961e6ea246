//! The same pages outside of DingTalk's clients, by DingTalk's own sign-in page.

use crate::bench::{Answer, Bench, Browser, KEY};
use contract::paths;

fn path(template: &str) -> String {
    paths::fill(template, &[KEY])
}

/// A bench whose way back is registered in DingTalk's console.
async fn registered() -> Bench {
    let bench = Bench::start().await;
    let back = format!("{}{}", bench.base, path(paths::API_LOGIN_RETURN));
    bench.sim.dingtalk.set_redirect_urls(&[&back]);
    bench
}

/// Leaves for DingTalk's page and chooses a person there. Answers the way back.
async fn choose(browser: &Browser, goal: &str, person: &str) -> String {
    let left = browser.form(&path(paths::API_LOGIN), &[("goal", goal)]).await;
    let page = left.location.expect("DingTalk's page");
    let shown = browser.get(&page).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    let decide = page.replace("/oauth2/auth?", "/oauth2/decide?");
    browser.get(&format!("{decide}&person={person}")).await.location.expect("a way back")
}

async fn come_back(browser: &Browser, back: &str) -> Answer {
    browser.get(back).await
}

#[tokio::test]
async fn somebody_linked_comes_to_the_page_they_wanted() {
    let bench = registered().await;
    bench.link("li.na").await;
    let incident = bench.raise("disk full", &["li.na"]).await;
    let browser = bench.browser();
    let page = paths::fill(paths::INCIDENT, &[KEY, &incident]);
    let first = browser.get(&page).await;
    assert!(first.body.contains("data-login"), "{}", first.body);
    let back = choose(&browser, &format!("incident:{incident}"), "li.na").await;
    let arrived = come_back(&browser, &back).await;
    assert_eq!(arrived.location.as_deref(), Some(page.as_str()), "{arrived:?}");
    assert!(browser.get(&page).await.body.contains("data-incident"));
    let again = come_back(&browser, &back).await;
    assert_eq!(again.parameter("problem").as_deref(), Some("code-refused"), "one use");
}

#[tokio::test]
async fn somebody_unlinked_links_and_others_browsers_get_nothing() {
    let bench = registered().await;
    let browser = bench.browser();
    let back = choose(&browser, "home", "li.na").await;
    // Whoever is given the link is not signed in by it.
    let stranger = come_back(&bench.browser(), &back).await;
    assert_eq!(stranger.parameter("problem").as_deref(), Some("code-refused"));
    let arrived = come_back(&browser, &back).await;
    let attempt = arrived.parameter("attempt").unwrap_or_else(|| panic!("{arrived:?}"));
    let confirmed = bench.link_with(&browser, "li.na", &attempt).await;
    assert_eq!(confirmed.parameter("done").as_deref(), Some("linked"), "{confirmed:?}");
    assert_eq!(browser.get(&path(paths::API_ME)).await.json()["dingtalk_name"], "李娜");
}

#[tokio::test]
async fn refusals_lead_back_and_no_login_free_code_is_taken() {
    let bench = registered().await;
    let browser = bench.browser();
    let cancelled = choose(&browser, "home", "").await;
    assert_eq!(come_back(&browser, &cancelled).await.parameter("problem").as_deref(), Some("code-refused"));
    let back = choose(&browser, "pc", "li.na").await;
    let (before, after) = back.split_once("&authCode=").unwrap();
    let code = bench.sim.dingtalk.login_code("li.na").unwrap();
    let state = after.split_once("&state=").unwrap().1;
    let forged = format!("{}?code={code}&state={state}", before.split('?').next().unwrap());
    let refused = come_back(&browser, &forged).await;
    assert_eq!(refused.parameter("problem").as_deref(), Some("code-refused"), "{refused:?}");
    for nonsense in ["", "?state=x", "?code=x&state=.https://evil.example/", "?code=x&state=a.console"] {
        let answer = browser.get(&format!("{}{nonsense}", path(paths::API_LOGIN_RETURN))).await;
        assert!(answer.location.as_ref().is_some_and(|to| to.starts_with("/i/")), "{nonsense}: {answer:?}");
    }
}
