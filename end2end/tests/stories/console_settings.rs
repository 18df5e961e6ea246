//! Settings and health in the console.

use contract::paths;
use end2end::device::{OUTSIDE, PHONE};
use end2end::{Page, Stage};
use server::flow::access;

told!(change: live = OUTSIDE.live(), plain = OUTSIDE.plain(), on_phone = PHONE.live());

async fn change(stage: &Stage, page: &Page) {
    let link = access::console_link(&stage.app.state, "story").await.expect("a link");
    page.open(&link).await;
    page.follow("main button").await;
    let settings = stage.page(paths::CONSOLE_SETTINGS, &[]);
    page.open(&settings).await;
    page.fill(".settings [name=token]", "newTokenOfToday").await;
    page.fill(".settings [name=name]", "Renamed company").await;
    page.follow("[data-save]").await;
    page.see_text(".console-title", "Renamed company").await;
    page.see("[data-former]").await;
    assert_eq!(
        page.value("document.querySelector('.settings [name=token]').value").await,
        "",
        "secrets are only written"
    );

    stage.sim.dingtalk.set_callback_keys(simulator::seed::AES_KEY, "newTokenOfToday");
    let events = stage.page(paths::DINGTALK_EVENTS, &[]);
    stage.sim.dingtalk.save_callback(&events).await.expect("the check is answered");
    page.open(&settings).await;
    page.see_none("[data-former]").await;

    page.open(&format!("{}/console/{}/health", stage.base, end2end::stage::KEY)).await;
    page.see("[data-health=event] time").await;
    page.see_text("[data-health=database]", "SQLite").await;
}
