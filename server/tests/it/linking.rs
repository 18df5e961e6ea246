//! Arrival and linking: once, then never again; bound to person, browser and ten minutes.

use crate::bench::{Bench, KEY};
use contract::paths;
use server::model::link::LinkState;
use server::{flow, store};
use std::time::Duration;

fn path(template: &str) -> String {
    paths::fill(template, &[KEY])
}

#[tokio::test]
async fn the_first_visit_links_and_every_later_one_just_works() {
    let bench = Bench::start().await;
    bench.raise("my incident", &["li.na"]).await;
    let browser = bench.link("li.na").await;
    let me = browser.get(&path(paths::API_ME)).await.json();
    assert_eq!(me["dingtalk_name"], "李娜");
    assert_eq!(me["proof"], "app-key");
    let home = browser.get(&path(paths::HOME)).await;
    assert_eq!(home.status, 200);
    assert!(home.body.contains("my incident"), "the first paint has the data");

    let another = bench.browser();
    let arrived = bench.arrive(&another, "li.na", None).await;
    assert_eq!(arrived.location.as_deref(), Some(path(paths::HOME).as_str()), "{arrived:?}");
    assert_eq!(another.get(&path(paths::API_ME)).await.status, 200);
}

#[tokio::test]
async fn both_names_are_shown_before_anything_is_linked() {
    let bench = Bench::start().await;
    let browser = bench.browser();
    let attempt = bench.arrive(&browser, "li.na", None).await.parameter("attempt").unwrap();
    let key = bench.sim.flashduty.key_of(bench.member("li.na")).unwrap();
    let proved = browser.form(&path(paths::API_LINK_APP_KEY), &[("attempt", &attempt), ("app_key", &key)]).await;
    let page = browser.get(proved.location.as_deref().unwrap()).await;
    assert!(page.body.contains("data-confirm-link"), "{}", page.body);
    assert!(page.body.contains("李娜") && page.body.contains("张江科技"));
    assert!(!page.body.contains(&key), "the key is never shown again");
    assert_eq!(browser.get(&path(paths::API_ME)).await.problem(), "not-signed-in");
}

#[tokio::test]
async fn a_forwarded_attempt_is_useless() {
    let bench = Bench::start().await;
    let browser = bench.browser();
    let attempt = bench.arrive(&browser, "li.na", None).await.parameter("attempt").unwrap();
    let key = bench.sim.flashduty.key_of(bench.member("wang.fang")).unwrap();
    let thief = bench.browser();
    let body = serde_json::json!({ "attempt": attempt, "app_key": key });
    let refused = thief.json(&path(paths::API_LINK_APP_KEY), body).await;
    assert_eq!((refused.status, refused.problem().as_str()), (410, "link-expired"));
    let arrived = bench.arrive(&thief, "wang.fang", Some(&attempt)).await;
    assert_ne!(arrived.parameter("attempt"), Some(attempt), "Wang gets an attempt of her own");
}

#[tokio::test]
async fn an_attempt_is_over_after_ten_minutes_and_after_one_use() {
    let bench = Bench::start().await;
    let browser = bench.browser();
    let attempt = bench.arrive(&browser, "li.na", None).await.parameter("attempt").unwrap();
    bench.link_with(&browser, "li.na", &attempt).await;
    let again = browser.json(&path(paths::API_LINK_CONFIRM), serde_json::json!({ "attempt": attempt })).await;
    assert_eq!(again.problem(), "link-expired");

    let late = bench.browser();
    let attempt = bench.arrive(&late, "wang.fang", None).await.parameter("attempt").unwrap();
    bench.advance(Duration::from_secs(601));
    let key = bench.sim.flashduty.key_of(bench.member("wang.fang")).unwrap();
    let body = serde_json::json!({ "attempt": attempt, "app_key": key });
    assert_eq!(late.json(&path(paths::API_LINK_APP_KEY), body).await.problem(), "link-expired");
}

#[tokio::test]
async fn keys_that_prove_nothing_are_refused_with_the_cure() {
    let bench = Bench::start().await;
    for (key, expected) in
        [("nonsense-key", "key-refused"), (simulator::flashduty::seed::OWNER_APP_KEY, "key-of-account")]
    {
        let browser = bench.browser();
        let attempt = bench.arrive(&browser, "li.na", None).await.parameter("attempt").unwrap();
        let body = serde_json::json!({ "attempt": attempt, "app_key": key });
        let refused = browser.json(&path(paths::API_LINK_APP_KEY), body).await;
        assert_eq!(refused.problem(), expected);
        assert!(!refused.body.contains(key));
    }
}

#[tokio::test]
async fn taking_over_a_link_needs_a_second_confirmation() {
    let bench = Bench::start().await;
    let li = bench.link("li.na").await;
    let browser = bench.browser();
    let attempt = bench.arrive(&browser, "zhao.min", None).await.parameter("attempt").unwrap();
    let key = bench.sim.flashduty.key_of(bench.member("li.na")).unwrap();
    browser.form(&path(paths::API_LINK_APP_KEY), &[("attempt", &attempt), ("app_key", &key)]).await;
    let refused = browser.json(&path(paths::API_LINK_CONFIRM), serde_json::json!({ "attempt": attempt })).await;
    assert_eq!(refused.problem(), "link-taken");
    assert_eq!(li.get(&path(paths::API_ME)).await.status, 200, "nothing happened yet");
    let fields = [("attempt", attempt.as_str()), ("take_over", "yes")];
    let confirmed = browser.form(&path(paths::API_LINK_CONFIRM), &fields).await;
    assert_eq!(confirmed.parameter("problem"), None, "{confirmed:?}");
    assert_eq!(browser.get(&path(paths::API_ME)).await.status, 200);
    assert_eq!(li.get(&path(paths::API_ME)).await.problem(), "not-signed-in");
}

#[tokio::test]
async fn unlinking_destroys_credential_and_session() {
    let bench = Bench::start().await;
    let browser = bench.link("li.na").await;
    browser.form(&path(paths::API_LINK_UNLINK), &[]).await;
    assert_eq!(browser.get(&path(paths::API_ME)).await.problem(), "not-signed-in");
    let arrived = bench.arrive(&browser, "li.na", None).await;
    assert!(arrived.parameter("attempt").is_some(), "asked to link again");
}

#[tokio::test]
async fn a_revoked_key_asks_to_sign_in_again() {
    let bench = Bench::start().await;
    let browser = bench.link("li.na").await;
    let key = bench.sim.flashduty.key_of(bench.member("li.na")).unwrap();
    bench.sim.flashduty.revoke_key(&key);
    let list = browser.get(&format!("{}?tab=mine", path(paths::API_INCIDENTS))).await;
    assert_eq!(list.problem(), "link-broken");
    let home = browser.get(&path(paths::HOME)).await;
    assert!(home.body.contains("data-problem=\"link-broken\""), "{}", home.body);
}

#[tokio::test]
async fn a_late_refusal_of_a_former_credential_breaks_nothing() {
    let bench = Bench::start().await;
    let state = &bench.app.state;
    let li = async || {
        let mut tx = state.store.read().await.unwrap();
        store::link::by_user(&mut tx, KEY, "li.na").await.unwrap().unwrap()
    };
    bench.link("li.na").await;
    let former = li().await;
    for _ in 0..2 {
        flow::link_end::broke(state, &former).await.unwrap();
    }
    assert_eq!(li().await.state, LinkState::Broken);
    bench.link("li.na").await;
    flow::link_end::broke(state, &former).await.unwrap();
    assert_eq!(li().await.state, LinkState::Linked);
    let audit = flow::automation::audit(state, KEY, None, 99).await.unwrap();
    assert_eq!(audit.iter().filter(|entry| entry.act == "link-broken").count(), 1, "told once");
}

#[tokio::test]
async fn sign_in_at_flashduty_by_oauth() {
    let bench = Bench::start().await;
    let browser = bench.browser();
    let attempt = bench.arrive(&browser, "li.na", None).await.parameter("attempt").unwrap();
    let left = browser.form(&path(paths::API_LINK_OAUTH), &[("attempt", &attempt)]).await;
    let authorize = left.location.clone().unwrap();
    assert!(authorize.starts_with(&bench.sim.flashduty_url()) && authorize.contains("code_challenge_method=S256"));
    let code = bench.authorize(&authorize, "li.na").await;

    let thief = bench.browser();
    let stolen = thief.get(&code).await;
    assert!(stolen.parameter("problem").is_some(), "another browser cannot finish it: {stolen:?}");
    let returned = browser.get(&code).await;
    let page = browser.get(returned.location.as_deref().unwrap()).await;
    assert!(page.body.contains("data-confirm-link"), "{returned:?}");
    browser.form(&path(paths::API_LINK_CONFIRM), &[("attempt", &attempt)]).await;
    assert_eq!(browser.get(&path(paths::API_ME)).await.json()["proof"], "oauth");

    bench.raise("after an hour", &["li.na"]).await;
    bench.advance(Duration::from_secs(3_700));
    let list = browser.get(&format!("{}?tab=mine", path(paths::API_INCIDENTS))).await;
    assert_eq!(list.status, 200, "the token was renewed: {}", list.body);
}

#[tokio::test]
async fn a_code_works_once_and_only_for_its_company() {
    let bench = Bench::start().await;
    let code = bench.sim.dingtalk.login_code("li.na").unwrap();
    let browser = bench.browser();
    let body = serde_json::json!({ "code": code });
    assert_eq!(browser.json(&path(paths::API_SESSION), body.clone()).await.status, 200);
    assert_eq!(bench.browser().json(&path(paths::API_SESSION), body).await.problem(), "code-refused");
    for code in ["", "x", "../../etc", &"9".repeat(5_000)] {
        let refused = bench.browser().json(&path(paths::API_SESSION), serde_json::json!({ "code": code })).await;
        assert!((400..500).contains(&refused.status), "{code}: {refused:?}");
    }
}

#[tokio::test]
async fn who_is_deleted_at_flashduty_is_unlinked_within_a_day_and_nobody_else() {
    for listed in [true, false] {
        let bench = Bench::start().await;
        bench.sim.flashduty.change_settings(|settings| settings.deleted_members_listed = listed);
        let gone = bench.link("li.na").await;
        let stays = bench.link("wang.fang").await;
        bench.sim.flashduty.delete_member(bench.member("li.na"));
        bench.reconcile().await;
        bench.advance(std::time::Duration::from_secs(25 * 3600));
        bench.reconcile().await;
        let me = contract::paths::fill(contract::paths::API_ME, &[crate::bench::KEY]);
        assert_eq!(gone.get(&me).await.problem(), "not-signed-in", "listed: {listed}");
        assert_eq!(stays.get(&me).await.status, 200, "listed: {listed}");
        assert_eq!(bench.audited("member-deleted").await.len(), 1);
    }
}
