//! What is around every page: language, theme, menu, notice, scripts.

use crate::fake::{Fake, ID};
use crate::render::{open, open_as, visit};
use app::notice::Notice;
use app::theme::Theme;
use app::visit::{Client, Visit};
use contract::console::Section;
use contract::incident::Action;
use contract::{Language, ProblemCode, paths};

#[test]
fn the_routes_are_the_contracts() {
    let mut routes: Vec<String> =
        leptos_axum::generate_route_list(app::App).iter().map(|route| route.path().to_owned()).collect();
    let mut expected = vec![
        paths::HOME,
        paths::PC_HOME,
        paths::COOL_APP,
        paths::INCIDENT,
        paths::INCIDENT_ACT,
        paths::WAR_ROOM,
        paths::CREATE,
        paths::SIGN_IN,
        paths::ACCOUNT,
        paths::BULK,
        paths::CONSOLE,
        paths::CONSOLE_INTEGRATION,
        paths::CONSOLE_DELIVERY,
        paths::CONSOLE_GROUP,
        paths::CONSOLE_NEW,
    ];
    // the console's pages about one integration, but the overview, which has no name
    let sections: Vec<String> = Section::ALL.map(Section::name).map(|name| format!("/console/{{key}}/{name}")).into();
    expected.extend(sections.iter().map(String::as_str).filter(|path| !path.ends_with('/')));
    routes.sort();
    expected.sort_unstable();
    assert_eq!(routes, expected);
}

#[test]
fn language_and_theme_are_the_visitors() {
    let dark = Some(Client { pc: false, dark: Some(true) });
    let zh = Visit { language: Language::Zh, theme: Theme::Dark, inside: dark, ..visit() };
    let page = open_as("/i/k1", Fake::default(), zh);
    page.has("<html lang=\"zh-CN\" data-theme=\"dark\" data-dingtalk-theme=\"dark\"").has("认领").has("12 分钟前");
    let page = open("/i/k1", Fake::default());
    page.has("<html lang=\"en-US\">").has("Acknowledge");
    let text = page.text();
    let known =
        ["简体中文", "李雷", "韩梅梅", "支付网关 5xx 比例超过 5%，影响下单与退款，请值班同学尽快处理并同步进展"];
    let rest = known.iter().fold(text, |text, name| text.replace(name, "")).replace('李', "");
    let chinese: String = rest.chars().filter(|one| ('\u{4e00}'..='\u{9fff}').contains(one)).collect();
    assert_eq!(chinese, "", "Chinese words on the English page");
}

#[test]
fn the_menu_works_without_scripts_and_comes_back() {
    let page = open(&format!("/i/k1/pc?tab=open&id={ID}"), Fake::default());
    page.has("action=\"/api/preferences\"")
        .has(&format!("name=\"back\" value=\"pc:open:1:{ID}\""))
        .has("name=\"key\" value=\"k1\"")
        .has("name=\"language\" value=\"zh-CN\"")
        .has("name=\"theme\" value=\"dark\"")
        .has("href=\"/i/k1/account\"")
        .has("data-act=\"switch-account\"");
}

#[test]
fn notices_are_our_own_words() {
    let with = |notice| open_as("/i/k1", Fake::default(), Visit { notice: Some(notice), ..visit() });
    with(Notice::Done(Action::Snooze)).has("<p role=\"status\" class=\"notice\">Snoozed</p>");
    with(Notice::Already(Action::Close)).has("Somebody had done that already");
    let page = with(Notice::Problem { code: ProblemCode::AlreadyClosed, id: "r-2".into() });
    assert_eq!(page.status, 200, "the act failed, the page did not");
    page.has("data-problem=\"already-closed\"").has("Id r-2");
}

#[test]
fn scripts_stand_last_and_carry_the_nonce() {
    let page = open("/i/k1", Fake::default());
    let (before, after) = page.html.split_once("<script type=\"module\"").expect("a module script");
    assert!(before.contains("</main>") && !before.contains("<script"), "nothing before the page itself");
    assert!(!before.contains("preload"), "the module must not compete with the first paint");
    assert!(after.contains("\"/assets/app.js\"") && after.contains("\"/assets/app.wasm\""));
    assert_eq!(page.count("<script"), page.count("<script nonce=") + page.count("<script type=\"module\" nonce="));
    page.has("<style nonce=").has_not(" style=\"").has_not(" onclick");
}

#[test]
fn a_demo_says_that_it_is_one() {
    open_as("/i/k1", Fake::default(), Visit { demo: true, ..visit() }).has("DingTalk and Flashduty are simulated");
    open("/i/k1", Fake::default()).has_not("simulated");
}

#[test]
fn the_title_names_page_and_integration() {
    open("/i/k1", Fake::default()).has("<title>Incidents · Flashcat</title>");
    open(&format!("/i/k1/incidents/{ID}"), Fake::default())
        .has("<title>#0E83EE CPU usage high - web-server-01 · Flashcat</title>");
}
