//! What an act asks before it is done, and what an incident's page shows besides its panel.

use crate::fake::{Fake, ID, problem};
use crate::render::{Page, open, open_as, visit};
use app::viewing::Refused;
use app::visit::Visit;
use contract::ProblemCode;
use contract::choice::{Alerts, IncidentMore};
use contract::incident::{ActRequest, Action};

fn ask(act: &str) -> Page {
    open(&format!("/i/k1/incidents/{ID}/{act}"), Fake::default())
}

fn incident(more: IncidentMore) -> Page {
    open(&format!("/i/k1/incidents/{ID}"), Fake { more, ..Fake::default() })
}

#[test]
fn people_are_offered_with_what_helps_to_choose() {
    let page = ask("add-responder");
    page.has(&format!("action=\"/api/i/k1/incidents/{ID}/add-responder\"")).has("data-act=\"add-responder\"");
    page.has("name=\"people\" value=\"5\"").has("On call: 支付值班").has("Acknowledged here in 30 days: 3");
    page.has("20:56 there").has("12:56 there").has("not linked: gets no card").has("has it already");
    page.has("There are more; search by name").has("&lt;i&gt;Alice").has_not("<i>Alice");
    assert_eq!(page.count("disabled"), 1, "who has it cannot be added\n{}", page.html);
    page.has(&format!("name=\"back\" value=\"incident:{ID}\""));
    let page = ask("reassign");
    page.has("data-act=\"reassign\"").has("instead of the present responders").has_not("disabled");
}

#[test]
fn somebody_is_found_by_name() {
    let page = open(&format!("/i/k1/incidents/{ID}/reassign?query=Wang"), Fake::default());
    page.has("value=\"Wang\"").has("value=\"5\"").has_not("name=\"people\" value=\"6\"").has("Show the best ones");
    let page = open(&format!("/i/k1/incidents/{ID}/reassign?query=%3Cb%3E"), Fake::default());
    page.has("No member's name contains “&lt;b&gt;”").has_not("data-act=\"reassign\"");
}

#[test]
fn a_level_says_whom_it_wakes_before_it_is_woken() {
    let page = ask("escalate");
    page.has("Wang Fang").has("by 支付值班").has("And: ops robot").has("This level calls nobody just now");
    page.has("Escalate to level 2").has("Escalate to level 3").has_not("Escalate to level 1");
    page.has("name=\"rule_id\" value=\"64abb8a687e7984845822139\"").has("name=\"level\" value=\"2\"");
    assert_eq!(page.count("data-act=\"escalate\""), 2);
}

#[test]
fn a_custom_action_is_confirmed_on_a_page_of_its_own() {
    let page = ask("custom-action");
    page.has("name=\"custom_action\" value=\"9\"").has("cannot be undone").has("重启 &lt;b&gt;web");
    let none = Fake { custom_actions: vec![], ..Fake::default() };
    let page = open(&format!("/i/k1/incidents/{ID}/custom-action"), none);
    page.has("There is no custom action").has_not("data-act=\"custom-action\"");
}

#[test]
fn other_words_in_the_address_are_no_act() {
    for act in ["snooze", "nonsense"] {
        assert_eq!(ask(act).status, 404, "{act}");
    }
}

#[test]
fn the_page_has_alerts_people_fields_links_and_pictures() {
    let page = incident(crate::beside::more());
    page.has("CPU over 95 %").has("recovered").has("Events: 17").has("· 17").has("?alerts=2#alerts");
    page.has("cause of app not linked").has("Open the app once").has("can be cured by: the responder").has(">A group<");
    page.has_not("cause of delivered").has("environment").has("Checkout fails for one customer in ten");
    page.has("href=\"https://wiki.example.com/cpu\"").has("rel=\"noopener noreferrer\"");
    page.has("alt=\"CPU over a day\"").has("Escalation rule “Default”, level 1").has("Open in Flashduty");
    let page = open(&format!("/i/k1/incidents/{ID}?alerts=2"), Fake::default());
    page.has("?alerts=1#alerts").has("?alerts=3#alerts").has("Page 2");
}

#[test]
fn what_is_missing_is_not_spoken_of_or_said_to_be_so() {
    let page = incident(IncidentMore { alerts: Some(Alerts::default()), ..IncidentMore::default() });
    page.has("No alerts").has("Nothing has been sent to anybody yet");
    page.has_not("Pictures").has_not("Impact").has_not("Fields").has_not("Open in Flashduty");
    incident(IncidentMore::default()).has("could not be read just now");
}

#[test]
fn a_refused_form_keeps_what_was_typed_and_says_exactly_why() {
    let told = |code, message: &str| problem(code).with_message(message);
    let refused = |action, request, problem| {
        let refused = Some(Refused { id: ID.into(), action, request, problem });
        open_as(&format!("/i/k1/incidents/{ID}"), Fake::default(), Visit { refused, ..visit() })
    };
    let request = ActRequest { text: Some("\nhalf </textarea><b>a</b> thought".into()), ..ActRequest::default() };
    let page = refused(Action::Comment, request, told(ProblemCode::InvalidField, "text: at most 1024 characters"));
    page.has("\n\nhalf &lt;/textarea>&lt;b>a&lt;/b> thought").has("text: at most 1024 characters");
    assert_eq!(page.count("data-problem"), 1, "beside the form and nowhere else\n{}", page.html);

    let request = ActRequest { root_cause: Some("a full disk".into()), ..ActRequest::default() };
    let page = refused(Action::Close, request, told(ProblemCode::FormNeeded, "custom_fields is required"));
    page.has("\na full disk</textarea>").has("custom_fields is required").has("data-problem=\"form-needed\"");
    assert!(page.html.contains("<details open class=\"card fold\">"), "{}", page.html);
}
