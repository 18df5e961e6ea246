//! Outside of DingTalk nobody can be recognised: the page says so.

use contract::paths;
use end2end::device::{OUTSIDE, PHONE};
use end2end::person::home;
use end2end::{Page, Stage};

told!(notice: live = OUTSIDE.live());
told!(notice_without_scripts: plain = OUTSIDE.plain());
told!(lost: lost_page = PHONE.live(), lost_page_plain = OUTSIDE.plain());

async fn notice(stage: &Stage, page: &Page) {
    page.open(&home(stage)).await;
    page.see("#arrive-outside").await;
    page.see_none("#arrive-wait, #arrive-failed, .rows").await;
}

async fn notice_without_scripts(stage: &Stage, page: &Page) {
    page.open(&home(stage)).await;
    page.see("noscript .notice").await;
    page.see_none("#arrive-wait, #arrive-failed, .rows").await;
}

/// A page that does not exist has the product's look all the same.
async fn lost(stage: &Stage, page: &Page) {
    page.expect_fault("the server responded with a status of 404");
    for address in
        [format!("{}/nowhere", home(stage)), format!("{}{}", stage.base, paths::fill(paths::HOME, &["nobodyshere"]))]
    {
        page.open(&address).await;
        page.see("[data-problem=not-found]").await;
        page.holds("getComputedStyle(document.querySelector('.problem')).borderRadius !== '0px'").await;
    }
}
