//! Who may use the console, as what, and how that ends.

use crate::bench::{Bench, Browser, KEY};
use crate::console_people::administrator;
use contract::paths;
use server::flow::access::{self, Role};
use server::flow::console::people;
use simulator::flashduty::Role as MemberRole;
use std::time::Duration;

fn path(template: &str) -> String {
    paths::fill(template, &[KEY])
}

async fn observer(bench: &Bench) -> Browser {
    let link = access::console_link_as(&bench.app.state, Role::Observer, "story").await.unwrap();
    let browser = bench.browser();
    let entered = browser.form(paths::CONSOLE_ENTER, &[("code", link.rsplit('=').next().unwrap())]).await;
    assert_eq!(entered.status, 303, "{}", entered.body);
    browser
}

async fn grant(bench: &Bench, user_id: &str, role: Option<Role>) {
    people::grant(&bench.app.state, KEY, bench.member(user_id), role, "story").await.unwrap();
}

async fn enter(browser: &Browser) -> crate::bench::Answer {
    browser.form(&path(paths::API_CONSOLE), &[]).await
}

#[tokio::test]
async fn an_observer_sees_everything_but_secrets_and_changes_nothing() {
    let bench = Bench::start().await;
    bench.link("li.na").await;
    let (administrator, observer) = (administrator(&bench).await, observer(&bench).await);
    let overview = path(paths::CONSOLE_INTEGRATION);
    administrator.form(&path(paths::CONSOLE_CHECKS), &[]).await;
    let secrets = bench.addresses().await;
    let (full, partial) = (administrator.get(&overview).await.body, observer.get(&overview).await.body);
    assert!(full.contains(&secrets.flashduty_webhook) && full.contains(&secrets.flashduty_webhook_header.value));
    for secret in [&secrets.flashduty_webhook, &secrets.card_callback, &secrets.flashduty_webhook_header.value] {
        assert!(!partial.contains(secret.as_str()), "{partial}");
    }
    assert!(partial.contains("data-observer") && !partial.contains("/checks\""), "{partial}");
    let people = observer.get(&format!("/console/{KEY}/people?about={}", bench.member("li.na"))).await.body;
    assert!(people.contains("data-about") && !people.contains("/people/unlink") && !people.contains("/people/look"));
    let member = bench.member("li.na").to_string();
    for (address, fields) in [
        (paths::CONSOLE_CHECKS, vec![]),
        (paths::CONSOLE_PEOPLE_LOOK, vec![]),
        (paths::CONSOLE_PEOPLE_UNLINK, vec![("member_id", member.as_str())]),
        (paths::CONSOLE_PEOPLE_GRANT, vec![("member_id", member.as_str()), ("role", "administrator")]),
    ] {
        let refused = observer.form(&path(address), &fields).await;
        assert_eq!((refused.status, refused.problem().as_str()), (403, "role-too-low"), "{address}");
    }
    let left = observer.form(paths::CONSOLE_LEAVE, &[]).await;
    assert_eq!(left.status, 303, "whoever is there may go");
    assert_eq!(observer.get(&overview).await.status, 401);
}

#[tokio::test]
async fn flashdutys_administrators_come_in_by_their_own_session_and_others_do_not() {
    let bench = Bench::start().await;
    bench.sim.flashduty.set_role(bench.member("wang.fang"), MemberRole::Admin);
    let wang = bench.link("wang.fang").await;
    let li = bench.link("li.na").await;
    assert!(wang.get(&path(paths::HOME)).await.body.contains("data-console"), "the menu has the way");
    assert!(!li.get(&path(paths::HOME)).await.body.contains("data-console"));
    let entered = enter(&wang).await;
    assert_eq!(entered.location, Some(path(paths::CONSOLE_INTEGRATION)), "{}", entered.body);
    assert_eq!(wang.get(&path(paths::CONSOLE_INTEGRATION)).await.status, 200);
    let refused = enter(&li).await;
    assert_eq!((refused.status, refused.problem().as_str()), (403, "role-too-low"));
    assert_eq!(li.get(paths::CONSOLE).await.status, 401);
    let stranger = enter(&bench.browser()).await;
    assert_eq!((stranger.status, stranger.problem().as_str()), (401, "not-signed-in"));
}

#[tokio::test]
async fn who_was_let_in_is_out_the_moment_it_is_taken_back() {
    let bench = Bench::start().await;
    let li = bench.link("li.na").await;
    grant(&bench, "li.na", Some(Role::Administrator)).await;
    assert_eq!(enter(&li).await.status, 303);
    assert_eq!(li.form(&path(paths::CONSOLE_CHECKS), &[]).await.status, 303);
    grant(&bench, "li.na", Some(Role::Observer)).await;
    assert_eq!(li.form(&path(paths::CONSOLE_CHECKS), &[]).await.problem(), "role-too-low");
    assert_eq!(li.get(&path(paths::CONSOLE_INTEGRATION)).await.status, 200);
    grant(&bench, "li.na", None).await;
    let out = li.get(&path(paths::CONSOLE_INTEGRATION)).await;
    assert_eq!(out.status, 403);
    assert!(out.body.contains("data-problem=\"role-too-low\""), "{}", out.body);
    assert!(out.body.contains("控制台权限已被取消") || out.body.contains("may not use the console any more"));
    assert_eq!(li.get(&path(paths::CONSOLE_INTEGRATION)).await.status, 401, "the session is over");
    assert_eq!(li.get(&path(paths::API_ME)).await.status, 200, "not the one of the app");
}

#[tokio::test]
async fn who_is_no_administrator_at_flashduty_any_more_is_out_within_five_minutes() {
    let bench = Bench::start().await;
    bench.sim.flashduty.set_role(bench.member("wang.fang"), MemberRole::Admin);
    let wang = bench.link("wang.fang").await;
    assert_eq!(enter(&wang).await.status, 303);
    bench.sim.flashduty.set_role(bench.member("wang.fang"), MemberRole::Responder);
    bench.advance(Duration::from_secs(301));
    assert_eq!(wang.get(&path(paths::CONSOLE_INTEGRATION)).await.status, 403);
    assert_eq!(wang.get(&path(paths::CONSOLE_INTEGRATION)).await.status, 401);
}

#[tokio::test]
async fn a_person_sees_no_other_companys_integration_and_leaves_with_the_link() {
    let bench = Bench::start().await;
    let li = bench.link("li.na").await;
    grant(&bench, "li.na", Some(Role::Administrator)).await;
    enter(&li).await;
    assert_eq!(li.get("/console/otherkey1").await.status, 404);
    assert_eq!(li.form("/console/otherkey1/people/look", &[]).await.status, 404);
    let member = bench.member("li.na").to_string();
    let administrator = administrator(&bench).await;
    administrator.form(&path(paths::CONSOLE_PEOPLE_UNLINK), &[("member_id", &member)]).await;
    assert_eq!(li.get(&path(paths::CONSOLE_INTEGRATION)).await.status, 401);
}

#[tokio::test]
async fn another_site_cannot_make_an_administrator_act() {
    let bench = Bench::start().await;
    let browser = administrator(&bench).await;
    let address = format!("{}{}", bench.base, path(paths::CONSOLE_PEOPLE_LOOK));
    let request = browser.http().post(address).header("sec-fetch-site", "cross-site");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body("csrf=guess");
    let refused = browser.send(request).await;
    assert_eq!((refused.status, refused.problem().as_str()), (403, "cross-site"));
    assert!(bench.audited("directory-looked").await.is_empty());
}
