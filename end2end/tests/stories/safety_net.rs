//! What must fail a story, does: otherwise the others would prove less than they seem to.

use end2end::device::OUTSIDE;
use end2end::person::home;
use end2end::{Page, Stage, tell};
use std::time::Duration;

#[test]
#[should_panic(expected = "thrown on purpose")]
fn an_error_of_a_script() {
    tell("safety_net::an_error_of_a_script", OUTSIDE.live(), async |stage: &Stage, page: &Page| {
        page.open(&home(stage)).await;
        page.value("setTimeout(() => { document.title = 'thrown'; throw new Error('thrown on purpose') }), 0").await;
        page.holds("document.title === 'thrown'").await;
    });
}

#[test]
#[should_panic(expected = "Content Security Policy")]
fn something_that_the_policy_refuses() {
    tell("safety_net::something_that_the_policy_refuses", OUTSIDE.live(), async |stage: &Stage, page: &Page| {
        page.open(&home(stage)).await;
        let add = "var one = document.createElement('script'); one.src = 'http://127.0.0.1:9/x.js'; \
                   one.onerror = () => { document.title = 'refused' }; document.head.appendChild(one), 0";
        page.value(add).await;
        page.holds("document.title === 'refused'").await;
    });
}

#[test]
#[should_panic(expected = "covered by")]
fn a_button_under_something_else() {
    tell("safety_net::a_button_under_something_else", OUTSIDE.live(), async |stage: &Stage, page: &Page| {
        page.open(&home(stage)).await;
        let cover = "document.body.insertAdjacentHTML('beforeend', '<dialog id=cover></dialog>'), \
                     document.querySelector('#cover').showModal(), 0";
        page.value(cover).await;
        page.set_patience(Duration::from_secs(1));
        page.click(".menu summary").await;
    });
}
