//! A group's page and the console.

use crate::fake::{Fake, ID, chat, problem};
use crate::render::open;
use contract::ProblemCode;
use contract::chat::ChatPage;
use contract::console::{Console, IntegrationLine, IntegrationView};

#[test]
fn a_groups_page_shows_its_incidents_and_what_is_sent_to_it() {
    let page = open("/i/k1/cool-app?corpid=ding123&cid=cidA+b", Fake::default());
    page.has("线上故障应急群")
        .has(&format!("data-incident=\"{ID}\""))
        .has("Ops Channel · Critical, Warning · mentions responders")
        .has("robot pushes of Flashduty")
        .has("Members: 12")
        .has("name=\"back\" value=\"cool-app:cidA+b\"")
        .has(&format!("href=\"/i/k1/incidents/{ID}?from=cool-app%3AcidA%2Bb\""));
    let nothing = ChatPage { incidents: vec![], subscriptions: vec![], robot_push_ms: None, ..chat() };
    open("/i/k1/cool-app?cid=c", Fake { chat: Ok(nothing), ..Fake::default() })
        .has("No open incidents in this group")
        .has("nothing is sent to this group");
}

#[test]
fn without_a_group_there_is_nothing_to_show() {
    for address in ["/i/k1/cool-app", "/i/k1/cool-app?cid=$ENCCID$", "/i/k1/cool-app?cid=%24ENCCID%24"] {
        let page = open(address, Fake::default());
        assert_eq!(page.status, 404, "{address}");
        page.has("data-problem=\"chat-unknown\"").has_not("线上故障应急群");
    }
    let page = open("/i/k1/cool-app?cid=c", Fake { chat: Err(problem(ProblemCode::NotInChat)), ..Fake::default() });
    assert_eq!(page.status, 403);
    page.has("data-problem=\"not-in-chat\"").has_not("线上故障应急群").has("href=\"/i/k1\"").has("See my incidents");
}

#[test]
fn console_shows_addresses_evidence_groups_and_deliveries() {
    open("/console/k1", Fake::default())
        .has("aria-current=\"page\"")
        .has("value=\"https://duty.example.com/dingtalk/k1/events\"")
        .has("30 min ago")
        .has("not seen yet")
        .has("线上故障应急群")
        .has("Point its subscriptions at another group")
        .has("href=\"/console/k1/deliveries?state=failed\"")
        .has("Failed in the last 24 hours: 100 or more")
        .has("Waiting: 2");
}

#[test]
fn the_consoles_front_page_leads_to_each_integration() {
    let again = IntegrationLine { key: "k2".into(), name: "<b>Second</b>".into(), ..IntegrationLine::default() };
    let mut console = crate::fake::console();
    console.integrations.push(again);
    open("/console", Fake { console: Ok(console), ..Fake::default() })
        .has("href=\"/console/k1\"")
        .has("Steps to do: 4")
        .has("href=\"/console/k2\"")
        .has("&lt;b&gt;Second");
    open("/console/k1", Fake { overview: Err(problem(ProblemCode::NotFound)), ..Fake::default() })
        .has("data-problem=\"not-found\"");
}

#[test]
fn an_empty_console_says_what_to_type() {
    open("/console", Fake { console: Ok(Console::default()), ..Fake::default() }).has("dingduty integration add");
    open("/console/k1", Fake { overview: Ok(IntegrationView::default()), ..Fake::default() })
        .has("No group has installed the cool app yet")
        .has("Nothing failed in the last 24 hours");
}
