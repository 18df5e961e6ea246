//! Pages as people use them: with forms alone, in their language, as themselves, and never as somebody else.

use crate::bench::verbs::GROUP;
use crate::bench::{Answer, Bench, Browser, KEY};
use contract::paths;
use server::model::session::LIFETIME;
use std::time::Duration;

fn path(template: &str) -> String {
    paths::fill(template, &[KEY])
}

/// The value of a hidden field on a page.
fn field(page: &Answer, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.body.split_once(&start).unwrap_or_else(|| panic!("no field {name}: {}", page.body)).1;
    rest.split('"').next().unwrap().to_owned()
}

/// Submits a form as an engine does that says nothing of where it comes from.
async fn submit(browser: &Browser, bench: &Bench, path: &str, fields: &[(&str, &str)]) -> Answer {
    browser.send(browser.http().post(format!("{}{path}", bench.base)).form(fields)).await
}

#[tokio::test]
async fn forms_alone_are_enough_from_arrival_to_act() {
    let bench = Bench::start().await;
    let incident = bench.raise("disk full", &["li.na"]).await;
    let browser = bench.browser();
    let home = browser.get(&path(paths::HOME)).await;
    let (token, goal) = (field(&home, "csrf"), field(&home, "goal"));
    let code = bench.sim.dingtalk.login_code("li.na").unwrap();
    let fields = [("csrf", token.as_str()), ("goal", &goal), ("code", &code)];
    let arrived = submit(&browser, &bench, &path(paths::API_SESSION), &fields).await;
    // From here on no form names the attempt: the browser keeps it.
    let page = browser.get(arrived.location.as_deref().unwrap()).await;
    let (token, key) = (field(&page, "csrf"), bench.sim.flashduty.key_of(bench.member("li.na")).unwrap());
    let fields = [("csrf", token.as_str()), ("app_key", &key)];
    let proved = submit(&browser, &bench, &path(paths::API_LINK_APP_KEY), &fields).await;
    let page = browser.get(proved.location.as_deref().unwrap()).await;
    let token = field(&page, "csrf");
    let linked = submit(&browser, &bench, &path(paths::API_LINK_CONFIRM), &[("csrf", &token)]).await;
    assert_eq!(linked.location, Some(format!("{}?done=linked", path(paths::HOME))));

    let list = browser.get(linked.location.as_deref().unwrap()).await;
    assert!(list.body.contains("disk full"), "{}", list.body);
    let act = |name: &str| paths::fill(paths::API_ACT, &[KEY, &incident, name]);
    let token = field(&list, "csrf");
    let fields = [("csrf", token.as_str()), ("back", "pc:open")];
    let done = submit(&browser, &bench, &act("acknowledge"), &fields).await;
    let noted = format!("{}?tab=open&done=acknowledge&on={incident}", path(paths::PC_HOME));
    assert_eq!(done.location, Some(noted));
    let again = submit(&browser, &bench, &act("acknowledge"), &fields).await;
    assert_eq!(again.parameter("already").as_deref(), Some("acknowledge"), "{again:?}");
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 1);

    let comment = [("csrf", token.as_str()), ("back", "incident:x"), ("text", "looking <b>now</b>")];
    submit(&browser, &bench, &act("comment"), &comment).await;
    let empty = submit(&browser, &bench, &act("comment"), &[("csrf", &token)]).await;
    assert_eq!((empty.status, empty.body.contains("data-problem=\"invalid-field\"")), (400, true), "{}", empty.body);
    let detail = browser.get(&paths::fill(paths::INCIDENT, &[KEY, &incident])).await;
    assert!(detail.body.contains("looking &lt;b&gt;now") && detail.body.contains("李娜"), "{}", detail.body);
}

#[tokio::test]
async fn a_token_of_another_browser_opens_nothing() {
    let bench = Bench::start().await;
    let browser = bench.link("li.na").await;
    let stranger = bench.browser().get(&path(paths::HOME)).await;
    let token = field(&stranger, "csrf");
    let refused = submit(&browser, &bench, &path(paths::API_LINK_UNLINK), &[("csrf", &token)]).await;
    assert_eq!(refused.problem(), "cross-site");
    let own = field(&browser.get(&path(paths::HOME)).await, "csrf");
    let unlinked = submit(&browser, &bench, &path(paths::API_LINK_UNLINK), &[("csrf", &own)]).await;
    assert_eq!(unlinked.parameter("done").as_deref(), Some("unlinked"));
}

#[tokio::test]
async fn switching_keeps_the_old_link_until_the_new_one_is_confirmed() {
    let bench = Bench::start().await;
    let browser = bench.link("li.na").await;
    let switched = browser.form(&path(paths::API_LINK_SWITCH), &[]).await;
    let attempt = switched.parameter("attempt").unwrap();
    let page = browser.get(switched.location.as_deref().unwrap()).await;
    assert!(page.body.contains("data-sign-in=\"app-key\""), "{}", page.body);
    let me = |answer: Answer| answer.json()["flashduty_name"].as_str().unwrap_or_default().to_owned();
    let before = me(browser.get(&path(paths::API_ME)).await);
    assert!(!before.is_empty(), "the old link still works");

    let key = bench.sim.flashduty.key_of(bench.member("wang.fang")).unwrap();
    browser.form(&path(paths::API_LINK_APP_KEY), &[("attempt", &attempt), ("app_key", &key)]).await;
    // Not that one after all: the proof is forgotten, the person is not.
    let again = browser.form(&path(paths::API_LINK_SWITCH), &[]).await;
    let page = browser.get(again.location.as_deref().unwrap()).await;
    assert!(page.body.contains("data-sign-in=\"app-key\"") && !page.body.contains("data-confirm-link"));
    let attempt = again.parameter("attempt").unwrap();
    browser.form(&path(paths::API_LINK_APP_KEY), &[("attempt", &attempt), ("app_key", &key)]).await;
    browser.form(&path(paths::API_LINK_CONFIRM), &[("attempt", &attempt)]).await;
    let after = browser.get(&path(paths::API_ME)).await.json();
    assert_eq!(after["dingtalk_name"], "李娜");
    assert_ne!(after["flashduty_name"], before.as_str());
}

#[tokio::test]
async fn a_broken_link_is_mended_from_the_page_that_says_so() {
    let bench = Bench::start().await;
    let browser = bench.link("li.na").await;
    let key = bench.sim.flashduty.key_of(bench.member("li.na")).unwrap();
    bench.sim.flashduty.revoke_key(&key);
    let home = browser.get(&path(paths::HOME)).await;
    assert_eq!(home.status, 403);
    assert!(home.body.contains(&format!("href=\"{}\"", path(paths::SIGN_IN))), "{}", home.body);
    let begun = browser.get(&path(paths::SIGN_IN)).await;
    assert!(begun.parameter("attempt").is_some(), "{begun:?}");
    let page = browser.get(begun.location.as_deref().unwrap()).await;
    assert!(page.body.contains("data-sign-in=\"app-key\"") && page.body.contains("李娜"));
}

#[tokio::test]
async fn whoever_is_signed_in_has_nothing_to_do_at_the_sign_in_page() {
    let bench = Bench::start().await;
    let browser = bench.link("li.na").await;
    let answer = browser.get(&format!("{}?problem=link-expired", path(paths::SIGN_IN))).await;
    assert_eq!(answer.location, Some(format!("{}?problem=link-expired&problem_id=", path(paths::HOME))));
}

#[tokio::test]
async fn another_person_in_the_same_browser_ends_the_session() {
    let bench = Bench::start().await;
    let browser = bench.link("li.na").await;
    let arrived = bench.arrive(&browser, "wang.fang", None).await;
    assert!(arrived.parameter("attempt").is_some(), "{arrived:?}");
    assert_eq!(browser.get(&path(paths::API_ME)).await.problem(), "not-signed-in");
}

#[tokio::test]
async fn a_session_lasts_as_long_as_it_is_used() {
    let bench = Bench::start().await;
    let browser = bench.link("li.na").await;
    for _ in 0..3 {
        bench.advance(LIFETIME - Duration::from_secs(60));
        assert!(browser.get(&path(paths::HOME)).await.headers.contains_key("set-cookie"), "kept longer");
    }
    bench.advance(LIFETIME + Duration::from_secs(60));
    assert_eq!(browser.get(&path(paths::API_ME)).await.problem(), "not-signed-in");
}

#[tokio::test]
async fn language_and_theme_are_chosen_and_remembered() {
    let bench = Bench::start().await;
    let browser = bench.browser();
    assert!(browser.get(&path(paths::HOME)).await.body.contains("lang=\"zh-CN\""));
    assert!(browser.get(&format!("{}?lang=en", path(paths::HOME))).await.body.contains("lang=\"en-US\""));
    let fields = [("key", KEY), ("back", "home:open"), ("language", "en-US")];
    let back = browser.form(paths::API_PREFERENCES, &fields).await;
    assert_eq!(back.location, Some(format!("{}?tab=open", path(paths::HOME))));
    browser.form(paths::API_PREFERENCES, &[("key", KEY), ("theme", "dark")]).await;
    let page = browser.get(&path(paths::HOME)).await;
    assert!(page.body.contains("lang=\"en-US\"") && page.body.contains("data-theme=\"dark\""));
    let away = browser.form(paths::API_PREFERENCES, &[("key", "//evil"), ("back", "https://evil.example")]).await;
    assert_eq!(away.location.as_deref(), Some(paths::CONSOLE));
}

#[tokio::test]
async fn a_console_link_works_once_and_not_by_being_looked_at() {
    let bench = Bench::start().await;
    let link = server::flow::access::console_link(&bench.app.state, "story").await.unwrap();
    let link = link.split_once("/console").map(|(_, rest)| format!("/console{rest}")).unwrap();
    let browser = bench.browser();
    assert_eq!(browser.get(paths::CONSOLE).await.status, 401);
    bench.browser().get(&link).await;
    let page = browser.get(&link).await;
    let (token, code) = (field(&page, "csrf"), field(&page, "code"));
    let entered = submit(&browser, &bench, paths::CONSOLE_ENTER, &[("csrf", &token), ("code", &code)]).await;
    assert_eq!(entered.location.as_deref(), Some(paths::CONSOLE));
    assert!(browser.get(paths::CONSOLE).await.body.contains(&format!("href=\"/console/{KEY}\"")));
    let console = browser.get(&paths::fill(paths::CONSOLE_INTEGRATION, &[KEY])).await;
    assert_eq!(console.status, 200);
    assert!(console.body.contains(&format!("/dingtalk/{KEY}/events")), "{}", console.body);
    let again = bench.browser().form(paths::CONSOLE_ENTER, &[("code", &code)]).await;
    assert_eq!((again.status, again.problem().as_str()), (410, "console-link-expired"));
    assert_eq!(bench.browser().get(paths::CONSOLE).await.status, 401);
}

#[tokio::test]
async fn a_group_shows_itself_to_its_members_and_by_their_own_permission() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.raise("for the group", &["li.na"]).await;
    let cid = bench.conversation(GROUP);
    let page = |query: &str| format!("{}?{query}", path(paths::COOL_APP));
    let members = bench.sim.dingtalk.chat(&cid).unwrap().members;
    let member = ["zhang.wei", "li.na"].into_iter().find(|one| members.iter().any(|known| known == one)).unwrap();
    let browser = bench.link(member).await;
    let shown = browser.get(&page(&format!("corpid=$CORPID$&cid={}", paths::encode(&cid)))).await;
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("for the group") && shown.body.contains(GROUP), "{}", shown.body);
    // A plus that was not encoded arrives as a blank.
    let blank = browser.get(&page(&format!("cid={}", paths::encode(&cid.replace('+', " "))))).await;
    assert_eq!(blank.status, 200);
    for query in ["cid=$ENCCID$", "cid=cidUnknown", ""] {
        assert!(browser.get(&page(query)).await.body.contains("data-problem=\"chat-unknown\""), "{query}");
    }
    let foreign = browser.get(&page(&format!("corpid=dingother&cid={}", paths::encode(&cid)))).await;
    assert!(foreign.body.contains("data-problem=\"chat-unknown\"") && !foreign.body.contains("for the group"));

    let outsider = ["wang.fang", "bob", "zhao.min"].into_iter().find(|one| !members.iter().any(|known| known == one));
    let outsider = bench.link(outsider.unwrap()).await;
    let refused = outsider.get(&page(&format!("cid={}", paths::encode(&cid)))).await;
    assert!(refused.body.contains("data-problem=\"not-in-chat\""), "{}", refused.body);
    assert!(!refused.body.contains(GROUP) && !refused.body.contains("for the group"));
}

#[tokio::test]
async fn the_way_back_after_linking_is_no_dead_end() {
    let bench = Bench::start().await;
    let browser = bench.browser();
    let arrived = bench.arrive(&browser, "li.na", None).await;
    let sign_in = arrived.location.clone().unwrap();
    bench.link_with(&browser, "li.na", &arrived.parameter("attempt").unwrap()).await;
    let back = browser.get(&sign_in).await;
    assert_eq!(back.location, Some(contract::paths::fill(contract::paths::HOME, &[crate::bench::KEY])), "{back:?}");
    let stranger = bench.browser().get(&sign_in).await;
    assert_eq!(stranger.location, None, "nobody else is let in by it");
}
