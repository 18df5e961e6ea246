use crate::fake::{Fake, ID, closed, processing, triggered};
use crate::render::{open, visit};
use app::place::Place;
use contract::incident::Action;

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
    let act = format!("action=\"/api/i/k1/incidents/{ID}/acknowledge\"");
    page.has(&act).has("name=\"csrf\" value=\"csrf-token-1\"").has("name=\"back\" value=\"home\"");
    assert_eq!(page.count("data-act=\"acknowledge\""), 1, "only the incident that can be acknowledged has the button");
}
