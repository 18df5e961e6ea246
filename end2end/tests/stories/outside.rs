//! Outside of DingTalk nobody can be recognised: the page says so.

use end2end::device::OUTSIDE;
use end2end::person::home;
use end2end::{Page, Stage};

told!(notice: live = OUTSIDE.live());
told!(notice_without_scripts: plain = OUTSIDE.plain());

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
