//! The own account: another Flashduty member, or none any more.

use contract::paths;
use end2end::device::{PC, PHONE};
use end2end::person::{arrive, link, prove_by_key};
use end2end::{Page, Stage};

told!(switch_and_unlink: on_phone = PHONE.live(), on_phone_plain = PHONE.plain(), on_pc = PC.live(),
    on_pc_plain = PC.plain());
told!(take_over: taken_over = PHONE.live(), taken_over_plain = PHONE.plain());

async fn switch_and_unlink(stage: &Stage, page: &Page) {
    let account = stage.page(paths::ACCOUNT, &[]);
    link(stage, page, "li.na", &account).await;
    page.see_text("dl.times", "李娜").await;

    page.follow("main [data-act=switch-account]").await;
    prove_by_key(stage, page, "wang.fang").await;
    page.see_text(".both", "王芳").await;
    page.follow("[data-confirm-link]").await;
    page.open(&account).await;
    page.see_text("dl.times", "王芳").await;

    page.click("details:has([data-act=unlink]) summary").await;
    page.follow("[data-act=unlink]").await;
    page.see("[role=status].notice").await;
    page.see_none("[data-problem], #arrive-wait").await;
    let again = page.value("document.querySelector('main a.button').href").await;
    arrive(stage, page, "li.na", &again).await;
    page.see("[data-field=app-key]").await;
}

async fn take_over(stage: &Stage, page: &Page) {
    let home = stage.page(paths::HOME, &[]);
    link(stage, page, "li.na", &home).await;
    // The page that is still open may ask once more, now as nobody.
    page.expect_fault("the server responded with a status of 401");
    page.forget_everything().await;

    arrive(stage, page, "zhao.min", &home).await;
    prove_by_key(stage, page, "li.na").await;
    page.see_text(".warning", "李娜").await;
    page.click(".warning [name=take_over]").await;
    page.follow("[data-confirm-link]").await;
    page.see_none("[data-problem]").await;
    page.open(&stage.page(paths::ACCOUNT, &[])).await;
    page.see_text("dl.times", "赵敏").await;
}
