//! Choosing many, a new incident, forms of the account, and the help for keys.

use crate::fake::{Fake, ID, bulk, fields, problem};
use crate::render::{open, open_as, visit};
use app::notice::Notice;
use app::visit::Visit;
use contract::ProblemCode;
use contract::bulk::BulkState;
use contract::incident::Action;

#[test]
fn a_list_becomes_boxes_and_back() {
    open("/i/k1", Fake::default()).has("href=\"/i/k1?select=yes\"").has("href=\"/i/k1/create\"");
    let page = open("/i/k1?tab=open&select=yes", Fake::default());
    page.has(&format!("<input type=\"checkbox\" name=\"id\" value=\"{ID}\""))
        .has("action=\"/i/k1/bulk/acknowledge\"")
        .has("formaction=\"/i/k1/bulk/close\"")
        .has("name=\"back\" value=\"home:open\"")
        .has("href=\"/i/k1?tab=open&amp;select=all\"")
        .has_not("checked")
        .has_not("<leptos-island");
    open("/i/k1/pc?select=all", Fake::default()).has("checked").has("href=\"/i/k1/pc?select=yes\"");
    open("/i/k1", Fake { incidents: vec![], ..Fake::default() }).has_not("data-choose").has("data-create");
}

#[test]
fn each_of_many_is_listed_before_and_afterwards() {
    let address = format!("/i/k1/bulk/close?id={ID}&id=69da451ef77b1b51f40e83ff&back=pc:open");
    let page = open(&address, Fake::default());
    page.has("Will be done for: 1")
        .has("Left out: 1")
        .has(&format!("name=\"ids\" value=\"{ID}\""))
        .has("name=\"resolution\"")
        .has("href=\"/i/k1/pc?tab=open\"");
    let hostile = open(&format!("/i/k1/bulk/close?id={ID}&back=https://evil.example"), Fake::default());
    hostile.has("href=\"/i/k1\"").has_not("evil");
    let mut ended =
        bulk(Action::Close, &[ID.to_owned(), "69da451ef77b1b51f40e83ff".into()], &Fake::default().incidents);
    ended.members[0].state = BulkState::Done;
    let page = open_as("/i/k1/bulk/close", Fake::default(), Visit { bulk: Some(ended), ..visit() });
    page.has("Closed: 1").has("Not done: 1").has("action=\"/api/i/k1/bulk/reopen\"");
    assert_eq!(open("/i/k1/bulk/snooze", Fake::default()).status, 404);
}

#[test]
fn a_new_incident_keeps_what_was_typed_and_says_what_is_wrong() {
    let page = open("/i/k1/create?on=pc&channel=5", Fake::default());
    page.has("name=\"token\" value=\"once\"")
        .has("name=\"drawn\" value=\"5\"")
        .has("value=\"64abb8a687e7984845822139\"")
        .has("Notifies at once: Li")
        .has("name=\"field.services\"")
        .has("&lt;cause&gt;")
        .has_not("<cause>");
    let typed =
        [("title", "a <b> & \"c\""), ("token", "kept"), ("severity", "Critical"), ("description", "x</textarea>")];
    let visit = Visit {
        typed: typed.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
        typed_many: [("field.services".to_owned(), vec!["b, c".to_owned()])].into(),
        faults: vec![("title".into(), "too short".into())],
        ..visit()
    };
    let page = open_as("/i/k1/create", Fake::default(), visit);
    page.has("value=\"kept\"")
        .has("value=\"a &lt;b&gt; &amp; &quot;c&quot;\"")
        .has("x&lt;/textarea>")
        .has("id=\"fault-title\"")
        .has("aria-invalid=\"true\"")
        .has("value=\"b, c\" checked")
        .has("value=\"Critical\" checked");
}

#[test]
fn a_form_that_is_demanded_is_asked_for() {
    let told = Visit { notice: Some(Notice::Told(problem(ProblemCode::FormNeeded))), ..visit() };
    let page = open_as(&format!("/i/k1/incidents/{ID}/close"), Fake::default(), told);
    page.has("data-problem=\"form-needed\"").has("name=\"root_cause\"").has("name=\"summary\"");
    for field in fields() {
        page.has(&format!("name=\"field.{}\"", field.name));
    }
    open(&format!("/i/k1/incidents/{ID}/acknowledge"), Fake::default()).has_not("name=\"root_cause\"");
    open(&format!("/i/k1/incidents/{ID}"), Fake::default()).has(&format!("href=\"/i/k1/incidents/{ID}/close\""));
    assert_eq!(open(&format!("/i/k1/incidents/{ID}/snooze"), Fake::default()).status, 404);
}

#[test]
fn keys_are_told_of_where_they_work() {
    open("/i/k1/pc", Fake::default()).has("id=\"keys\"").has("<noscript>");
    open("/i/k1", Fake::default()).has_not("id=\"keys\"").has("data-ago-1=\"# min ago\"");
}

#[test]
fn a_list_from_memory_says_so() {
    open("/i/k1", Fake { stale: true, ..Fake::default() }).has("data-stale").has("known at 20:56");
    open("/i/k1", Fake::default()).has_not("data-stale");
}
