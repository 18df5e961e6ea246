//! Arriving, linking, own account.

use crate::fake::{Fake, ID, pending};
use crate::render::{open, open_as, visit};
use app::notice::Notice;
use app::visit::Visit;
use contract::ProblemCode;
use contract::person::{SignIn, SignInWay};

fn choose(ways: &[SignInWay]) -> Fake {
    let step = SignIn::Choose { dingtalk_name: "韩梅梅".into(), ways: ways.to_vec(), act: Some(pending()) };
    Fake { sign_in: Ok(step), ..Fake::stranger() }
}

fn confirm(taken_from: Option<&str>) -> Fake {
    let step = SignIn::Confirm {
        dingtalk_name: "韩梅梅".into(),
        flashduty_name: "Han Meimei".into(),
        account_name: "Flashcat".into(),
        act: Some(pending()),
        taken_from: taken_from.map(Into::into),
    };
    Fake { sign_in: Ok(step), ..Fake::stranger() }
}

#[test]
fn a_stranger_is_asked_for_by_the_page_they_wanted() {
    for (address, goal) in [
        ("/i/k1".to_owned(), "home".to_owned()),
        ("/i/k1?tab=open".into(), "home:open".into()),
        ("/i/k1/pc".into(), "pc".into()),
        ("/i/k1/cool-app?corpid=ding123&cid=cidA%2Fb%3D".into(), "cool-app:cidA/b=".into()),
        (format!("/i/k1/incidents/{ID}"), format!("incident:{ID}")),
        ("/i/k1/sign-in".into(), "sign-in".into()),
        ("/i/k1/account".into(), "account".into()),
    ] {
        let page = open(&address, Fake::stranger());
        assert_eq!(page.status, 200, "{address}");
        page.has("action=\"/api/i/k1/session\"")
            .has(&format!("name=\"goal\" value=\"{goal}\""))
            .has("name=\"code\"")
            .has("name=\"csrf\" value=\"csrf-token-1\"")
            .has("src=\"/assets/arrive.js\"")
            .has("data-corp=\"ding123\"")
            .has("data-client=\"dingclient\"")
            .has("data-jsapi=\"https://g.example.com/jsapi.js\"")
            .has("<noscript>")
            .has_not("data-refused")
            .has_not("data-incident");
    }
}

#[test]
fn only_the_arrival_names_dingtalks_script() {
    for address in ["/i/k1", "/i/k1/account", "/console"] {
        open(address, Fake::default()).has_not("jsapi.js").has_not("arrive.js");
    }
}

#[test]
fn a_refused_arrival_waits_for_a_press() {
    let refused = Notice::Problem { code: ProblemCode::CodeRefused, id: "r-9".into() };
    let page = open_as("/i/k1", Fake::stranger(), Visit { notice: Some(refused), ..visit() });
    page.has("data-refused=\"\"").has("data-problem=\"code-refused\"").has("data-retry").has("Id r-9");
}

#[test]
fn whoever_unlinked_reads_so_and_is_not_led_to_link_again() {
    let unlinked = Visit { notice: Some(Notice::Unlinked), ..visit() };
    let page = open_as("/i/k1", Fake::stranger(), unlinked);
    page.has("role=\"status\"").has("href=\"/i/k1\"").has_not("arrive.js").has_not("id=\"arrive\"");
}

#[test]
fn ways_that_are_offered_are_drawn_and_no_others() {
    let page = open("/i/k1/sign-in", choose(&[SignInWay::Oauth, SignInWay::AppKey]));
    page.has("data-sign-in=\"oauth\"")
        .has("action=\"/api/i/k1/link/oauth\"")
        .has("data-sign-in=\"app-key\"")
        .has("action=\"/api/i/k1/link/app-key\"")
        .has("name=\"app_key\" data-field=\"app-key\" autocomplete=\"off\"")
        .has("Hello 韩梅梅")
        .has("After this, #0E83EE is acknowledged for you");
    open("/i/k1/sign-in", choose(&[SignInWay::AppKey])).has_not("data-sign-in=\"oauth\"").has("data-field=\"app-key\"");
    open("/i/k1/sign-in", choose(&[])).has_not("data-sign-in").has("Ask an administrator");
}

#[test]
fn both_names_are_shown_before_confirming() {
    let page = open("/i/k1/sign-in", confirm(None));
    page.has("韩梅梅")
        .has("Han Meimei")
        .has("Flashcat")
        .has("data-confirm-link")
        .has("action=\"/api/i/k1/link/confirm\"");
    page.has("After this, #0E83EE is acknowledged for you").has_not("take_over");
    page.has("data-act=\"switch-account\"");
}

#[test]
fn taking_a_link_over_needs_a_second_confirmation() {
    let page = open("/i/k1/sign-in", confirm(Some("李雷")));
    page.has("This member is linked to 李雷 now").has("name=\"take_over\" value=\"yes\" required");
}

#[test]
fn account_shows_the_link_and_ends_it() {
    let page = open("/i/k1/account", Fake::default());
    page.has("李雷").has("Li Lei").has("Flashcat").has("sign-in at Flashduty").has("3 d ago");
    page.has("action=\"/api/i/k1/link/unlink\"").has("action=\"/api/i/k1/link/switch\"");
    for act in ["switch-account", "unlink"] {
        assert_eq!(page.count(&format!("data-act=\"{act}\"")), 1, "{act}");
    }
    let linked = Visit { notice: Some(Notice::Linked), ..visit() };
    open_as("/i/k1/account", Fake::default(), linked).has("Linked. You will not be asked again");
}
