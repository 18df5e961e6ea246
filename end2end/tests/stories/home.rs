//! The homepage: what needs me is there in one paint, and is done where it stands.

use end2end::device::{PC, PHONE};
use end2end::person::{home, link};
use end2end::{Page, Stage};
use simulator::flashduty::Act;

told!(acknowledge_in_the_list: on_phone = PHONE.live(), on_phone_plain = PHONE.plain(), on_pc = PC.live(),
    on_pc_plain = PC.plain());
told!(nothing_to_do: empty = PHONE.live(), empty_plain = PHONE.plain());

async fn acknowledge_in_the_list(stage: &Stage, page: &Page) {
    let mine = stage.raise("payments queue is full", &["li.na"]).await;
    let other = stage.raise("search index is late", &["wang.fang"]).await;
    link(stage, page, "li.na", &home(stage)).await;

    page.step("come back later".to_owned());
    page.open(&home(stage)).await;
    page.see_text(&row(&mine, "Triggered"), "payments queue is full").await;
    page.see_none(&format!("[data-incident=\"{other}\"]")).await;
    page.act(&format!("{} [data-act=acknowledge]", row(&mine, "Triggered")), &row(&mine, "Processing")).await;
    page.see_none(&format!("{} [data-act=acknowledge]", row(&mine, "Processing"))).await;
    assert_eq!(stage.effects(&mine, "acknowledge"), 1);

    page.follow(".tabs a:not([aria-current])").await;
    page.see(&row(&other, "Triggered")).await;
    page.see(&row(&mine, "Processing")).await;
    page.follow(&format!("{} a", row(&other, "Triggered"))).await;
    page.see_text("h1", "search index is late").await;
    page.follow(".way-back").await;
    page.see(".rows").await;
}

async fn nothing_to_do(stage: &Stage, page: &Page) {
    for incident in stage.sim.flashduty.incident_ids() {
        let done = stage.sim.flashduty.act_as(stage.member("zhang.wei"), &incident, Act::resolve()).await;
        done.expect("closed");
    }
    link(stage, page, "alice", &home(stage)).await;
    page.see(".empty .empty-title").await;
    assert_eq!(page.text(".rows").await, "");
}

/// A row in a state.
fn row(incident: &str, progress: &str) -> String {
    format!(".row[data-incident=\"{incident}\"][data-progress={progress}]")
}
