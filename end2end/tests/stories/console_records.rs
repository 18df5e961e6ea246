//! What the console keeps: what went out and why not, what it cost, war rooms, who did what.

use contract::paths;
use end2end::device::{OUTSIDE, PC, PHONE};
use end2end::stage::GROUP;
use end2end::{Page, Stage};
use server::flow::access;

told!(deliveries: deliveries_live = OUTSIDE.live(), deliveries_plain = OUTSIDE.plain(), deliveries_on_phone = PHONE.live());
told!(keeping: keeping_live = PC.live(), keeping_plain = OUTSIDE.plain(), keeping_on_phone = PHONE.plain());

async fn enter(stage: &Stage, page: &Page) {
    let link = access::console_link(&stage.app.state, "story").await.expect("a link");
    page.open(&link).await;
    page.follow("main button").await;
}

/// Somebody asks why nothing came: it is found, explained, and sent once the cause is gone.
async fn deliveries(stage: &Stage, page: &Page) {
    stage.open_group().await;
    let chat = stage.sim.dingtalk.chat(GROUP).expect("the group");
    stage.raise("db-3 has no disk left", &["alice"]).await;
    stage.card_in_group().await;
    enter(stage, page).await;
    page.open(&stage.page(paths::CONSOLE_SECTION, &["deliveries"])).await;
    page.see_text(".records", "db-3 has no disk left").await;
    page.see_text("[data-outcome='app not linked'] .hint", "Flashduty").await;
    page.click("details.filter summary").await;
    page.fill("input[name=q]", "db-3").await;
    page.follow("details.filter button[type=submit]").await;
    page.see_text(".records", GROUP).await;
    page.follow("[data-outcome=delivered] .row-text a").await;
    page.see_text("[data-shown]", "db-3 has no disk left").await;
    page.see_text("[data-attempt='1']", "1").await;
    page.see("[data-needs-force]").await;
    page.click("[data-needs-force] summary").await;
    page.follow("[data-resend]").await;
    page.see("p.notice").await;
    let before = stage.sim.dingtalk.chat(&chat.id).expect("the group").id;
    assert_eq!(before, chat.id);
}

/// Quota, war rooms and the audit log, each on one page.
async fn keeping(stage: &Stage, page: &Page) {
    enter(stage, page).await;
    page.open(&stage.page(paths::CONSOLE_SECTION, &["quota"])).await;
    page.see("[data-meter=api] svg").await;
    page.click("[data-chart=api-by-day] summary").await;
    page.see("[data-chart=api-by-day] table").await;
    page.click("input[name=no_repaints]").await;
    page.follow("[data-what-if] button[type=submit]").await;
    page.holds("document.querySelector('input[name=no_repaints]').checked").await;
    page.fill("input[name=quota_api_month]", "7000").await;
    page.follow("[data-figures] button[type=submit]").await;
    page.see("p.notice").await;
    page.see_text("[data-meter=api] .meter", "7,000").await;

    page.follow(".sections a[href$='/war-rooms']").await;
    page.see(".empty").await;
    page.follow(".sections a[href$='/audit']").await;
    page.see_text(".records", "integration-changed").await;
    page.follow("a[href*='verify=yes']").await;
    page.see("[data-verdict=holds]").await;
}
