//! The administrator's console, by the one-time link.

use end2end::device::{OUTSIDE, PHONE};
use end2end::stage::GROUP;
use end2end::{Page, Stage};
use server::flow::access;

told!(enter_once: live = OUTSIDE.live(), plain = OUTSIDE.plain(), on_phone = PHONE.live());

async fn enter_once(stage: &Stage, page: &Page) {
    stage.open_group().await;
    page.expect_fault("the server responded with a status of 401");
    page.expect_fault("the server responded with a status of 410");
    let console = format!("{}/console", stage.base);
    page.open(&console).await;
    page.see("[data-problem=not-signed-in]").await;

    let link = access::console_link(&stage.app.state, "story").await.expect("a link");
    page.open(&link).await;
    page.follow("main button").await;
    assert_eq!(page.address().await, console);
    page.follow(".integration h2 a").await;
    page.see_text(".console-title", "Demo company").await;
    page.see_text(".lines", GROUP).await;

    page.forget_everything().await;
    page.open(&link).await;
    page.follow("main button").await;
    page.see("[data-problem=console-link-expired]").await;
    page.open(&console).await;
    page.see("[data-problem=not-signed-in]").await;
}
