//! The page behind a group's quick entry.

use end2end::device::{PC, PHONE};
use end2end::person::link;
use end2end::stage::GROUP;
use end2end::{Page, Stage};

told!(member: member_on_phone = PHONE.live(), member_on_phone_plain = PHONE.plain(), member_on_pc = PC.live(),
    member_on_pc_plain = PC.plain());
told!(stranger: stranger_on_phone = PHONE.live(), stranger_on_phone_plain = PHONE.plain());

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

/// The address as DingTalk fills it in.
fn quick_entry(stage: &Stage) -> String {
    stage.sim.dingtalk.quick_entry_url(GROUP).expect("the cool app is there")
}
