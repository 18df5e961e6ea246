//! What stands in the way of a page, and what people can do about it.

use crate::fake::{Fake, problem};
use crate::render::{open, open_as, visit};
use app::visit::Visit;
use contract::{Language, ProblemCode};

#[test]
fn every_problem_has_its_sentence_its_remedy_its_id_and_its_status() {
    for &code in ProblemCode::ALL.iter().filter(|code| **code != ProblemCode::NotSignedIn) {
        let page = open("/i/k1", Fake { list: Err(problem(code)), ..Fake::default() });
        assert_eq!(page.status, code.status(), "{code:?}");
        let problem = problem(code);
        page.has(&format!("data-problem=\"{}\"", code.name())).has("Id r-7f3a");
        let text = page.text();
        for sentence in [problem.message, problem.remedy] {
            assert!(text.replace("&#x27;", "'").contains(&sentence), "{code:?}: {sentence}\n{text}");
        }
    }
}

#[test]
fn a_link_that_is_missing_or_broken_leads_to_linking() {
    for code in [ProblemCode::NotLinked, ProblemCode::LinkBroken, ProblemCode::LinkExpired] {
        open("/i/k1/pc", Fake { me: Err(problem(code)), ..Fake::default() })
            .has("href=\"/i/k1/sign-in\" class=\"button primary\"");
    }
    open("/i/k1", Fake { list: Err(problem(ProblemCode::NoLicense)), ..Fake::default() })
        .has_not("href=\"/i/k1/sign-in\" class=\"button primary\"");
}

#[test]
fn a_session_that_ends_between_two_calls_arrives_again() {
    open("/i/k1", Fake { list: Err(problem(ProblemCode::NotSignedIn)), ..Fake::default() }).has("id=\"arrive\"");
}

#[test]
fn console_is_entered_by_a_link_not_by_dingtalk() {
    let page = open("/console", Fake { console: Err(problem(ProblemCode::NotSignedIn)), ..Fake::default() });
    assert_eq!(page.status, 401);
    page.has("dingduty console-link").has("data-problem=\"not-signed-in\"").has_not("arrive.js");
}

#[test]
fn unknown_addresses_are_told_so_in_the_readers_language() {
    let page = open_as("/i/k1/nowhere", Fake::default(), Visit { language: Language::Zh, ..visit() });
    assert_eq!(page.status, 404);
    page.has("data-problem=\"not-found\"").has("没有这个页面或对象").has("lang=\"zh-CN\"");
    let page = open_as("/nowhere", Fake::default(), Visit::default());
    assert_eq!(page.status, 404);
    page.has_not("/i//");
}
