//! The console's page of people, as its administrator uses it.

use crate::bench::verbs::GROUP;
use crate::bench::{Answer, Bench, Browser, KEY};
use contract::paths;
use std::time::Duration;

fn path(template: &str) -> String {
    paths::fill(template, &[KEY])
}

/// A browser that used a one-time link.
pub async fn administrator(bench: &Bench) -> Browser {
    let link = server::flow::access::console_link(&bench.app.state, "story").await.unwrap();
    let code = link.rsplit('=').next().unwrap().to_owned();
    let browser = bench.browser();
    let entered = browser.form(paths::CONSOLE_ENTER, &[("code", &code)]).await;
    assert_eq!(entered.status, 303, "{}", entered.body);
    browser
}

async fn people(browser: &Browser, search: &str) -> Answer {
    let page = browser.get(&format!("/console/{KEY}/people{search}")).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page
}

/// Who did what, as the audit log has it.
async fn actors(bench: &Bench, act: &str) -> Vec<String> {
    let mut tx = bench.app.state.store.read().await.unwrap();
    let entries = server::store::audit::list(&mut tx, KEY, None, 1_000).await.unwrap();
    entries.into_iter().filter(|entry| entry.act == act).map(|entry| entry.actor).collect()
}

/// The value of a hidden field.
fn field(page: &Answer, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.body.split_once(&start).unwrap_or_else(|| panic!("no field {name}: {}", page.body)).1;
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_administrator_links_everybody_with_three_presses_and_takes_it_back() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    let browser = administrator(&bench).await;
    let page = people(&browser, "").await;
    assert!(page.body.contains("李娜") || page.body.contains("Li"), "members are read for the page: {}", page.body);
    assert_eq!(browser.form(&path(paths::CONSOLE_PEOPLE_LOOK), &[]).await.status, 303);
    assert!(people(&browser, "").await.body.contains("data-look=\"looking\""));
    bench.run_due().await;
    let page = people(&browser, "").await;
    assert!(page.body.contains("data-look=\"shown\""), "{}", page.body);
    let run = field(&page, "run");
    let applied =
        browser.form(&path(paths::CONSOLE_PEOPLE_APPLY), &[("run", &run), ("back", "?state=directory")]).await;
    assert_eq!(applied.location, Some(format!("/console/{KEY}/people?state=directory")));
    bench.run_due().await;
    let page = people(&browser, "?state=directory").await;
    assert!(page.body.contains("data-look=\"applied\"") && page.body.contains("data-state=\"directory\""));
    let undone = browser.form(&path(paths::CONSOLE_PEOPLE_UNDO), &[("run", &run)]).await;
    assert_eq!(undone.status, 303, "{}", undone.body);
    bench.run_due().await;
    let page = people(&browser, "").await;
    assert!(page.body.contains("data-look=\"undone\"") && !page.body.contains("data-state=\"directory\""));
    assert_eq!(actors(&bench, "directory-applied").await, ["administrator"]);
}

#[tokio::test]
async fn who_cannot_act_is_reminded_once_a_day_with_a_way_into_the_app() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    let browser = administrator(&bench).await;
    bench.link("wang.fang").await;
    browser.form(&path(paths::CONSOLE_PEOPLE_LOOK), &[]).await;
    bench.run_due().await;
    let run = field(&people(&browser, "").await, "run");
    browser.form(&path(paths::CONSOLE_PEOPLE_APPLY), &[("run", &run)]).await;
    bench.run_due().await;
    let page = people(&browser, "").await;
    assert!(page.body.contains("action=\"/console/") && page.body.contains("/people/remind"), "{}", page.body);
    assert_eq!(browser.form(&path(paths::CONSOLE_PEOPLE_REMIND), &[]).await.status, 303);
    bench.run_due().await;
    let notices = bench.sim.dingtalk.work_notices("li.na");
    assert_eq!(notices.len(), 1, "{notices:?}");
    let url = notices[0].msg["action_card"]["single_url"].as_str().unwrap();
    assert!(url.starts_with("dingtalk://") && url.ends_with(&format!("%2Fi%2F{KEY}&pc_slide=true")), "{url}");
    assert!(bench.sim.dingtalk.work_notices("wang.fang").is_empty(), "who can act is left alone");
    browser.form(&path(paths::CONSOLE_PEOPLE_REMIND), &[]).await;
    bench.run_due().await;
    assert_eq!(bench.sim.dingtalk.work_notices("li.na").len(), 1, "once a day");
    bench.advance(Duration::from_secs(25 * 3600));
    // The console's session is over by then.
    let browser = administrator(&bench).await;
    browser.form(&path(paths::CONSOLE_PEOPLE_REMIND), &[]).await;
    bench.run_due().await;
    assert_eq!(bench.sim.dingtalk.work_notices("li.na").len(), 2);
}

#[tokio::test]
async fn an_administrator_ends_a_link_and_its_session() {
    let bench = Bench::start().await;
    let li = bench.link("li.na").await;
    let browser = administrator(&bench).await;
    let member = bench.member("li.na").to_string();
    let page = people(&browser, &format!("?about={member}")).await;
    assert!(page.body.contains(&format!("data-about=\"{member}\"")), "{}", page.body);
    let fields = [("member_id", member.as_str())];
    assert_eq!(browser.form(&path(paths::CONSOLE_PEOPLE_UNLINK), &fields).await.status, 303);
    assert_eq!(li.get(&path(paths::API_ME)).await.problem(), "not-signed-in");
    assert_eq!(actors(&bench, "unlinked").await, ["administrator"]);
    let again = browser.form(&path(paths::CONSOLE_PEOPLE_UNLINK), &fields).await;
    assert_eq!((again.status, again.problem().as_str()), (404, "not-found"));
    for (field, value) in [("member_id", "x"), ("other", "1")] {
        let refused = browser.form(&path(paths::CONSOLE_PEOPLE_UNLINK), &[(field, value)]).await;
        assert_eq!((refused.status, refused.problem().as_str()), (400, "invalid-field"));
    }
}

#[tokio::test]
async fn everybody_is_a_file_for_administrators_alone() {
    let bench = Bench::start().await;
    bench.link("li.na").await;
    let browser = administrator(&bench).await;
    people(&browser, "").await;
    let export = path(paths::CONSOLE_PEOPLE_EXPORT);
    let csv = browser.get(&format!("{export}?form=csv")).await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("attachment"));
    assert!(csv.body.contains("\"li.na\"") && csv.body.lines().count() > 3, "{}", csv.body);
    let lines = browser.get(&format!("{export}?form=lines")).await;
    let read: Vec<serde_json::Value> = lines.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(read.iter().any(|one| one["user_id"] == "li.na" && one["state"] == "linked"), "{}", lines.body);
    let stranger = bench.browser().get(&export).await;
    assert_eq!((stranger.status, stranger.location.as_deref()), (303, Some(paths::CONSOLE)));
}
