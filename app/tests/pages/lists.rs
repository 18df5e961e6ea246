//! Phone homepage and PC homepage.

use crate::fake::{Fake, ID, detail, problem, triggered};
use crate::render::open;
use contract::ProblemCode;

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
