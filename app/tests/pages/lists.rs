//! Phone homepage and PC homepage.

use crate::fake::{Fake, ID, NOW_MS, detail, problem, triggered};
use crate::render::{open, open_as, visit};
use app::notice::Notice;
use app::visit::Visit;
use contract::ProblemCode;
use contract::incident::Action;
use contract::on_call::{OnCallPage, ScheduleView, Shift, Turn};

#[test]
fn home_shows_what_needs_me_and_lets_me_acknowledge_it_without_scripts() {
    let page = open("/i/k1", Fake::default());
    assert_eq!(page.status, 200);
    page.has(&format!("data-incident=\"{ID}\""))
        .has("data-progress=\"Triggered\"")
        .has("data-progress=\"Processing\"")
        .has("data-progress=\"Closed\"")
        .has("#0E83EE")
        .has("CPU usage high - web-server-01")
        .has("Ops Channel")
        .has("12 min ago")
        .has("title=\"2026-04-11 20:44\"")
        .has("Snoozed until 22:26")
        .has("As of 20:56");
    page.has(&format!("action=\"/api/i/k1/incidents/{ID}/acknowledge\""))
        .has("name=\"csrf\" value=\"csrf-token-1\"")
        .has("name=\"back\" value=\"home\"");
    assert_eq!(page.count("data-act=\"acknowledge\""), 1, "only what can be acknowledged has the button");
}

#[test]
fn rows_carry_no_more_than_they_show() {
    open("/i/k1", Fake::default()).has_not("cpu.usage").has_not("cpu_usage_high");
}

#[test]
fn tabs_and_pages_are_addresses() {
    let page = open("/i/k1?tab=open&page=2", Fake { has_next: true, ..Fake::default() });
    page.has("href=\"/i/k1?tab=open\" aria-current=\"page\"")
        .has("href=\"/i/k1?tab=open&amp;page=3\"")
        .has("href=\"/i/k1\"")
        .has("value=\"home:open:2\"")
        .has("Page 2");
    for odd in ["/i/k1?tab=%00&page=-1", "/i/k1?page=99999999999999999999", "/i/k1?page=0&tab=open&tab=mine"] {
        let page = open(odd, Fake::default());
        assert_eq!(page.status, 200, "{odd}");
        page.has("data-incident");
    }
}

#[test]
fn an_empty_list_says_so() {
    let nothing = || Fake { incidents: vec![], ..Fake::default() };
    open("/i/k1", nothing()).has("Nothing needs you").has_not("data-incident");
    open("/i/k1?tab=open", nothing()).has("No open incidents");
    open("/i/k1?page=4", nothing()).has("This page is empty").has("href=\"/i/k1?page=3\"");
}

#[test]
fn pc_home_shows_list_and_detail_side_by_side() {
    let page = open(&format!("/i/k1/pc?id={ID}"), Fake::default());
    assert_eq!(page.count(&format!("<article data-incident=\"{ID}\"")), 2, "its row and its detail\n{}", page.html);
    page.has("aria-current=\"true\"").has("Timeline").has(&format!("value=\"pc:mine:1:{ID}\"")).has("Back to the list");
    open("/i/k1/pc", Fake::default()).has(&format!("href=\"/i/k1/pc?id={ID}\"")).has("Choose an incident on the left");
}

#[test]
fn an_incident_that_cannot_be_read_leaves_the_list_in_place() {
    let fake = Fake { incident: Err(problem(ProblemCode::IncidentGone)), ..Fake::default() };
    let page = open("/i/k1/pc?id=gone", fake);
    assert_eq!(page.status, 200);
    page.has("data-problem=\"incident-gone\"").has(&format!("data-incident=\"{ID}\""));
}

#[test]
fn a_row_without_responders_or_channel_has_words_for_that() {
    let mut bare = triggered();
    bare.responders.clear();
    bare.channel.clear();
    bare.title = "  ".into();
    bare.last_act = None;
    bare.actions.clear();
    let page = open("/i/k1", Fake { incidents: vec![bare.clone()], ..Fake::default() });
    page.has("Nobody assigned").has("No channel").has("(no title)").has_not("data-act=\"acknowledge\"");
    let page = open("/i/k1/incidents/x", Fake { incident: Ok(detail(bare)), ..Fake::default() });
    page.has("Nobody assigned").has("(no title)").has_not("class=\"bar\"");
}

#[test]
fn a_filter_is_a_form_and_an_address() {
    let page = open("/i/k1?tab=open&severity=Critical&channel=7&q=disk+full", Fake::default());
    page.has("Filter (3)").has("value=\"disk full\"").has("<option value=\"Critical\" selected>");
    page.has("name=\"tab\" value=\"open\"").has("Ops Channel").has("href=\"/i/k1?tab=open\"");
    page.has("value=\"home:open?severity=Critical&amp;channel=7&amp;q=disk%20full\"");
    let nothing = Fake { incidents: vec![], ..Fake::default() };
    open("/i/k1?q=x", nothing).has("No incident fits").has_not("Nothing needs you");
    open("/i/k1", Fake::default()).has(">Filter</summary>").has_not("Clear");
}

#[test]
fn who_is_on_call_stands_beside_ones_own_shifts() {
    let on_call = OnCallPage {
        shifts: vec![Shift { schedule: "Night".into(), start_ms: NOW_MS - 60_000, end_ms: NOW_MS + 3 * 3_600_000 }],
        schedules: vec![ScheduleView {
            name: "<Payments>".into(),
            own: true,
            now: Some(Turn { people: vec!["Li Na".into()], me: true, start_ms: None, end_ms: Some(NOW_MS + 60_000) }),
            next: None,
        }],
        cut: false,
        as_of_ms: NOW_MS,
    };
    let fake = || Fake { on_call: on_call.clone(), ..Fake::default() };
    for address in ["/i/k1?tab=on-call", "/i/k1/pc?tab=on-call&id=x"] {
        let page = open(address, fake());
        page.has("aria-current=\"page\" class=\"tab\">On call</a>").has("3 h 0 min left").has("on call now");
        page.has("&lt;Payments&gt;").has("Li Na").has("Nobody").has_not("data-incident");
    }
    open("/i/k1?tab=on-call", Fake::default()).has("You have no shift").has("There is no schedule");
}

#[test]
fn what_was_done_can_be_taken_back() {
    let with = |notice| open_as("/i/k1?tab=open", Fake::default(), Visit { notice: Some(notice), ..visit() });
    let page = with(Notice::DoneTo { action: Action::Close, id: ID.into() });
    page.has("data-undo=\"reopen\"").has(&format!("action=\"/api/i/k1/incidents/{ID}/reopen\"")).has("name=\"text\"");
    with(Notice::Done(Action::Comment)).has_not("data-undo");
}
