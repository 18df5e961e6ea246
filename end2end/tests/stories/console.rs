//! The administrator's console, by the one-time link.

use end2end::device::{OUTSIDE, PHONE};
use end2end::stage::{GROUP, KEY};
use end2end::{Page, Stage};
use server::flow::access;
use server::model::subscription::Rule;
use server::store;

told!(enter_once: live = OUTSIDE.live(), plain = OUTSIDE.plain(), on_phone = PHONE.live());

told!(group: group_live = OUTSIDE.live(), group_plain = OUTSIDE.plain(), group_on_phone = PHONE.live());

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
    page.follow(".sections a[href$=\"/groups\"]").await;
    page.see_text(".lines", GROUP).await;

    page.forget_everything().await;
    page.open(&link).await;
    page.follow("main button").await;
    page.see("[data-problem=console-link-expired]").await;
    page.open(&console).await;
    page.see("[data-problem=not-signed-in]").await;
}

/// A group is found, something is sent to it, changed by two at once, tried out, and removed.
async fn group(stage: &Stage, page: &Page) {
    stage.open_group().await;
    stage.raise("seen beforehand", &["zhang.wei"]).await;
    stage.card_in_group().await;
    let link = access::console_link(&stage.app.state, "story").await.expect("a link");
    page.open(&link).await;
    page.follow("main button").await;
    page.follow(".integration h2 a").await;
    page.follow(".sections a[href$=\"/groups\"]").await;
    page.fill(".find [name=q]", "payments").await;
    page.follow(".find button").await;
    page.follow("[data-group] a").await;
    page.see_text(".group-title", GROUP).await;
    page.follow("[data-add-subscription]").await;
    page.click("[name=severity][value=Critical]").await;
    page.fill("[name=labels]", "service=checkout").await;
    page.follow("[data-group-act=preview]").await;
    page.see("[data-preview]").await;
    page.follow("[data-group-act=save]").await;
    page.see_text("main", "service = checkout").await;

    page.follow("[data-subscription]:last-child .links > a").await;
    let chat = stage.sim.dingtalk.chat(GROUP).expect("the group").id;
    let mut tx = stage.app.state.store.begin().await.expect("the database");
    let chat = store::chat::by_conversation(&mut tx, KEY, &chat).await.expect("the database").expect("the group");
    let all = store::subscription::of_chat(&mut tx, KEY, &chat.id).await.expect("the database");
    let mine = all.last().expect("a subscription");
    let others = Rule { mention: true, ..mine.rule.clone() };
    assert!(store::subscription::set_rule(&mut tx, mine, &others).await.expect("the database"));
    tx.commit().await.expect("the database");
    page.fill("[name=labels]", "service=mine").await;
    page.expect_fault("the server responded with a status of 409");
    page.follow("[data-group-act=save]").await;
    page.see("[data-problem=changed-meanwhile]").await;
    page.follow("[data-group-act=save]").await;
    page.see_text("main", "service = mine").await;

    page.follow("[data-group-act=test]").await;
    page.see("[data-test]").await;
    page.click("[data-subscription]:last-child summary").await;
    page.follow("[data-subscription]:last-child [data-group-act=remove]").await;
    page.see_none("[data-subscription]:nth-child(2)").await;
}
