//! The page behind a group's quick entry.

use end2end::device::{PC, PHONE};
use end2end::person::link;
use end2end::stage::{GROUP, eventually};
use end2end::{Page, Stage};
use simulator::dingtalk::Place;

told!(member: member_on_phone = PHONE.live(), member_on_phone_plain = PHONE.plain(), member_on_pc = PC.live(),
    member_on_pc_plain = PC.plain());
told!(stranger: stranger_on_phone = PHONE.live(), stranger_on_phone_plain = PHONE.plain());

told!(owner: owner_on_phone = PHONE.live(), owner_on_phone_plain = PHONE.plain(), owner_on_pc = PC.live());

async fn member(stage: &Stage, page: &Page) {
    stage.open_group().await;
    let incident = stage.raise("seen in the group", &["zhang.wei"]).await;
    stage.card_in_group().await;
    link(stage, page, "li.na", &quick_entry(stage)).await;
    page.see_text("h1", GROUP).await;
    let row = |progress: &str| format!(".row[data-incident=\"{incident}\"][data-progress={progress}]");
    page.act(&format!("{} [data-act=acknowledge]", row("Triggered")), &row("Processing")).await;
    page.follow(&format!("{} a", row("Processing"))).await;
    page.see_text("h1", "seen in the group").await;
    page.follow(".way-back").await;
    page.see_text("h1", GROUP).await;
}

async fn stranger(stage: &Stage, page: &Page) {
    stage.open_group().await;
    let incident = stage.raise("not for strangers", &["zhang.wei"]).await;
    stage.card_in_group().await;
    page.expect_fault("the server responded with a status of 403");
    link(stage, page, "wang.fang", &quick_entry(stage)).await;
    page.see("[data-problem=not-in-chat]").await;
    page.see_none(&format!("[data-incident=\"{incident}\"]")).await;
    assert!(!page.text("body").await.contains("Payments on-call"), "the group's name is its members'");
}

/// Whose group it is changes what is sent there, sees it beforehand, and lets the bot prove that it arrives.
async fn owner(stage: &Stage, page: &Page) {
    stage.open_group().await;
    let owner = stage.sim.dingtalk.chat(GROUP).expect("the group").owner;
    stage.raise("seen beforehand", &["zhang.wei"]).await;
    stage.card_in_group().await;
    link(stage, page, &owner, &quick_entry(stage)).await;
    page.follow("[data-add-subscription]").await;
    page.click("[name=channel]").await;
    page.fill("[name=labels]", "half").await;
    page.expect_fault("the server responded with a status of 400");
    page.follow("[data-group-act=save]").await;
    page.see("[data-problem=invalid-field]").await;
    page.holds("document.querySelector('[name=channel]').checked").await;
    page.fill("[name=labels]", "service=checkout").await;
    page.follow("[data-group-act=preview]").await;
    page.see("[data-preview]").await;
    page.follow("[data-group-act=save]").await;
    page.see_text("[data-sent]", "service = checkout").await;
    page.follow("[data-group-act=test]").await;
    page.see("[data-test]").await;
    let said =
        || stage.sim.dingtalk.messages(&Place::Chat(stage.sim.dingtalk.chat(GROUP).expect("the group").id)).len();
    eventually("the test and the card are in the group", async || (said() >= 2).then_some(())).await;
    page.open(&quick_entry(stage)).await;
    page.see("[data-test=delivered]").await;
}

/// The address as DingTalk fills it in.
fn quick_entry(stage: &Stage) -> String {
    stage.sim.dingtalk.quick_entry_url(GROUP).expect("the cool app is there")
}
