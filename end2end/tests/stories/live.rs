//! What others do while somebody looks: it is on the page within two seconds, and disturbs nobody.

use contract::paths;
use end2end::device::{PC, PHONE};
use end2end::person::{home, link};
use end2end::{Page, Stage};
use simulator::flashduty::Act;
use std::time::Duration;

told!(seen_elsewhere: on_phone = PHONE.live(), on_pc = PC.live());
told!(after_a_cut: cut_on_phone = PHONE.live());
told!(into_an_empty_list: empty_on_phone = PHONE.live());
told!(by_refreshing: plain = PHONE.plain());

/// Within this time a change is seen.
const SOON: Duration = Duration::from_secs(2);

async fn seen_elsewhere(stage: &Stage, page: &Page) {
    let incident = stage.raise("queue is full", &["li.na", "wang.fang"]).await;
    link(stage, page, "li.na", &home(stage)).await;
    let other = page.of_another().await;
    link(stage, &other, "wang.fang", &stage.page(paths::INCIDENT, &[&incident])).await;
    other.fill("form[action$=\"/comment\"] textarea", "half a thought").await;
    let (list, detail) = (page.document().await, other.document().await);
    page.set_patience(SOON);
    other.set_patience(SOON);

    page.act(&format!("{} [data-act=acknowledge]", row(&incident, "Triggered")), &row(&incident, "Processing")).await;
    other.see("[data-live] .panel[data-progress=Processing]").await;
    other.see_text(".dock-said", "李娜").await;
    other.see_text(".timeline", "认领").await;
    other.holds("document.querySelector('form[action$=\"/comment\"] textarea').value === 'half a thought'").await;
    page.see_text(&format!("{} .ended", row(&incident, "Processing")), "已认领").await;

    let new = stage.raise("another one", &["li.na"]).await;
    page.see_text(&format!("[data-live] {}", row(&new, "Triggered")), "another one").await;
    page.act(&format!("{} [data-act=acknowledge]", row(&new, "Triggered")), &row(&new, "Processing")).await;
    assert_eq!(stage.effects(&new, "acknowledge"), 1);

    other.act("[data-act=close]", ".panel[data-progress=Closed]").await;
    page.see(&row(&incident, "Closed")).await;
    page.see_text(&row(&incident, "Closed"), "王芳").await;
    assert_eq!((page.document().await, other.document().await), (list, detail), "without reload");
    assert!(other.faults().is_empty(), "{:?}", other.faults());
    other.close().await;
}

async fn after_a_cut(stage: &Stage, page: &Page) {
    let incident = stage.raise("queue is full", &["li.na"]).await;
    link(stage, page, "li.na", &home(stage)).await;
    page.see(&row(&incident, "Triggered")).await;
    let document = page.document().await;
    // The network is gone; the browser says so in its own words.
    page.expect_fault("net::ERR_");
    stage.cut_connections().await;
    let acted = stage.sim.flashduty.act_as(stage.member("zhang.wei"), &incident, Act::Acknowledge).await;
    acted.expect("acknowledged");
    page.see(&row(&incident, "Processing")).await;
    let missed = stage.raise("raised meanwhile", &["li.na"]).await;
    page.see(&row(&missed, "Triggered")).await;
    assert_eq!(page.document().await, document, "without reload");
}

async fn into_an_empty_list(stage: &Stage, page: &Page) {
    link(stage, page, "liu.yang", &home(stage)).await;
    page.see(".empty").await;
    let incident = stage.raise("the first", &["liu.yang"]).await;
    page.see(&row(&incident, "Triggered")).await;
    page.see_none(".empty").await;
    page.follow(&format!("{} a", row(&incident, "Triggered"))).await;
    page.see_text("h1", "the first").await;
}

async fn by_refreshing(stage: &Stage, page: &Page) {
    let incident = stage.raise("queue is full", &["li.na"]).await;
    link(stage, page, "li.na", &home(stage)).await;
    page.see(&row(&incident, "Triggered")).await;
    let acted = stage.sim.flashduty.act_as(stage.member("zhang.wei"), &incident, Act::Acknowledge).await;
    acted.expect("acknowledged");
    page.follow(".as-of a").await;
    page.see(&row(&incident, "Processing")).await;
}

fn row(incident: &str, progress: &str) -> String {
    format!(".row[data-incident=\"{incident}\"][data-progress={progress}]")
}
