//! The console's page of people: everybody linked by a dry run and a press, and the way in for administrators at Flashduty.

use end2end::device::{OUTSIDE, PC, PHONE};
use end2end::person::{home, link};
use end2end::{Page, Stage};
use server::flow::access;

told!(link_everybody: live = OUTSIDE.live(), plain = OUTSIDE.plain(), on_phone = PHONE.plain());
told!(come_in_from_the_app: in_the_app = PHONE.live(), in_the_app_plain = PC.plain());

async fn link_everybody(stage: &Stage, page: &Page) {
    stage.open_group().await;
    let way_in = access::console_link(&stage.app.state, "story").await.expect("a link");
    page.open(&way_in).await;
    page.follow("main button").await;
    page.follow(".integration h2 a").await;
    page.follow(".sections a[href$=\"/people\"]").await;
    page.see("[data-member][data-state=unlinked]").await;
    page.follow("[data-one-click] .button.primary").await;
    // A dry run takes a moment; whoever waits looks again.
    for _ in 0..40 {
        if page.value("String(!!document.querySelector('[data-look=shown]'))").await == "true" {
            break;
        }
        page.follow("[data-one-click] a.button").await;
    }
    page.see("[data-row=new]").await;
    page.follow("[data-one-click] .button.primary").await;
    for _ in 0..40 {
        if page.value("String(!!document.querySelector('[data-look=applied]'))").await == "true" {
            break;
        }
        page.follow("[data-one-click] a.button").await;
    }
    page.see("[data-member][data-state=directory]").await;
    page.follow("[data-member][data-state=directory] a").await;
    page.follow("[data-about] .button.danger").await;
    page.see_none("[data-about]").await;
    page.follow(".sections a[href$=\"state=unlinked\"]").await;
    page.see("[data-member][data-state=unlinked]").await;
    page.see_none("[data-member][data-state=directory]").await;
}

async fn come_in_from_the_app(stage: &Stage, page: &Page) {
    link(stage, page, "zhang.wei", &home(stage)).await;
    page.click(".menu summary").await;
    page.follow(".menu [data-console] button").await;
    page.see(".console-title").await;
    page.click(".menu summary").await;
    page.expect_fault("the server responded with a status of 401");
    page.follow(".menu [data-console] button").await;
    page.see("[data-problem=not-signed-in]").await;
}
