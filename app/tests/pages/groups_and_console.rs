//! A group's page and the console.

use crate::fake::{Fake, ID, chat, group, group_form, problem};
use crate::render::open;
use contract::ProblemCode;
use contract::chat::{ChatPage, ChatState};
use contract::console::{Console, IntegrationLine, IntegrationView};
use contract::group::{GroupView, GroupsPage, RuleDesk, TestView};

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
        .has("nothing is sent to this group")
        .has("owner or an administrator can change");
}

#[test]
fn whoever_may_changes_what_is_sent_on_the_groups_own_page() {
    let mine = ChatPage { may_change: true, ..chat() };
    open("/i/k1/cool-app?cid=cidA", Fake { chat: Ok(mine.clone()), ..Fake::default() })
        .has("Ops &lt;night&gt;")
        .has("action=\"/api/i/k1/chat/test\"")
        .has("action=\"/api/i/k1/chat/remove\"")
        .has("name=\"cid\" value=\"cidA\"")
        .has("href=\"/i/k1/cool-app?cid=cidA&amp;edit=s1\"")
        .has_not("owner or an administrator can change");
    let open_form = ChatPage { desk: group_form().desk, ..mine };
    open("/i/k1/cool-app?cid=cidA&edit=s1", Fake { chat: Ok(open_form), ..Fake::default() })
        .has("formaction=\"/api/i/k1/chat/preview\"")
        .has(&format!("href=\"/i/k1/incidents/{ID}?from=cool-app%3AcidA\""))
        .has_not("action=\"/api/i/k1/chat/test\"");
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
fn console_shows_addresses_evidence_and_deliveries() {
    open("/console/k1", Fake::default())
        .has("aria-current=\"page\"")
        .has("value=\"https://duty.example.com/dingtalk/k1/events\"")
        .has("30 min ago")
        .has("not seen yet")
        .has("href=\"/console/k1/groups\"")
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
        .has("Nothing failed in the last 24 hours");
}

#[test]
fn groups_are_listed_with_how_they_do_and_searched_by_address() {
    open("/console/k1/groups?state=dead&after=5-c9", Fake::default())
        .has("href=\"/console/k1/groups/c1\"")
        .has("线上故障应急群")
        .has("All 41")
        .has("Need another target 1")
        .has("Subscriptions to be moved to another group: 2")
        .has("&lt;b&gt;Old")
        .has("Point its subscriptions at another group")
        .has("name=\"state\" value=\"dead\"")
        .has("href=\"/console/k1/groups?state=dead&amp;after=1775912219000-c2\"")
        .has("Back to the first page");
    open("/console/k1/groups?q=nowhere", Fake::default()).has("No group fits").has("value=\"nowhere\"");
    let none = GroupsPage::default();
    open("/console/k1/groups", Fake { groups: none, ..Fake::default() }).has("No group has installed the cool app yet");
}

#[test]
fn a_group_in_the_console_shows_what_is_sent_and_how_it_does() {
    open("/console/k1/groups/c1", Fake::default())
        .has("Ops &lt;Channel&gt; · Critical · env = prod · mentions responders · cards follow changes of state")
        .has("action=\"/console/k1/groups/c1/test\"")
        .has("action=\"/console/k1/groups/c1/remove\"")
        .has("href=\"/console/k1/groups/c1?edit=s1\"")
        .has("value=\"https://duty.example.com/flashduty/k1/robot/c1/secret\"")
        .has("30 min ago")
        .has_not("data-dead");
    let test = TestView { outcome: "delivered".into(), arrived: true, ..TestView::default() };
    let desk = RuleDesk { test: Some(test), ..RuleDesk::default() };
    open("/console/k1/groups/c1", Fake { group: GroupView { desk, ..group() }, ..Fake::default() })
        .has("data-test=\"delivered\"");
}

#[test]
fn a_form_stands_open_with_what_was_typed_and_what_it_would_have_brought() {
    open("/console/k1/groups/c1?edit=s1", Fake { group: group_form(), ..Fake::default() })
        .has("data-subscription-form=\"s1\"")
        .has("formaction=\"/console/k1/groups/c1/preview\"")
        .has("name=\"channels\"")
        .has("value=\"900\"")
        .has("env=&lt;/textarea>prod")
        .has("1 of the 200 newest incidents fit")
        .has("#0E83EE &lt;i&gt;CPU&lt;/i&gt; usage high")
        .has_not("action=\"/console/k1/groups/c1/test\"");
}

#[test]
fn a_dead_group_names_who_can_take_over() {
    let mut dead = group();
    dead.line.state = ChatState::Uninstalled;
    dead.replacements = Some(vec![("c7".into(), "<b>New</b>".into())]);
    open("/console/k1/groups/c1?find=", Fake { group: dead, ..Fake::default() })
        .has("data-dead")
        .has("action=\"/console/k1/groups/c1/move\"")
        .has("name=\"chat_id\" value=\"c7\"")
        .has("&lt;b&gt;New")
        .has_not("action=\"/console/k1/groups/c1/test\"");
}
