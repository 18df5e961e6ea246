//! The homepage: what needs me is there in one paint, and is done where it stands.

use end2end::device::{PC, PHONE};
use end2end::person::{home, link};
use end2end::{Page, Stage};
use simulator::flashduty::Act;

told!(acknowledge_in_the_list: on_phone = PHONE.live(), on_phone_plain = PHONE.plain(), on_pc = PC.live(),
    on_pc_plain = PC.plain());
told!(narrowed_and_searched: narrowed = PHONE.live(), narrowed_plain = PHONE.plain());
told!(on_call_now_and_next: on_call = PHONE.live(), on_call_on_pc_plain = PC.plain());
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

    page.follow(".tabs a:nth-child(2)").await;
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

async fn narrowed_and_searched(stage: &Stage, page: &Page) {
    let disk = stage.raise("zz disk is full", &["li.na"]).await;
    let queue = stage.raise("zz queue is late", &["li.na"]).await;
    link(stage, page, "li.na", &home(stage)).await;
    page.click(".filter summary").await;
    page.fill(".filter [name=q]", "zz disk").await;
    page.follow(".filter button").await;
    page.see(&row(&disk, "Triggered")).await;
    page.see_none(&row(&queue, "Triggered")).await;
    // An act comes back to the same list.
    page.act(&format!("{} [data-act=acknowledge]", row(&disk, "Triggered")), &row(&disk, "Processing")).await;
    page.see_none(&row(&queue, "Triggered")).await;
    let undo = if page.way().hydrates() { ".row [data-act=unacknowledge]" } else { "[data-undo=unacknowledge]" };
    page.act(undo, &row(&disk, "Triggered")).await;
    assert_eq!(stage.effects(&disk, "unacknowledge"), 1);
    page.follow(".filter .chips a").await;
    page.see(&row(&queue, "Triggered")).await;
}

async fn on_call_now_and_next(stage: &Stage, page: &Page) {
    link(stage, page, "li.na", &home(stage)).await;
    page.follow(".tabs a:last-child").await;
    page.see_text(".on-call h2", "支付值班").await;
    page.see(".shifts li").await;
    page.see_text(".turns", "接班").await;
}
