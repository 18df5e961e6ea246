//! The homepage in DingTalk's PC client: list and detail side by side.

use contract::paths;
use end2end::device::PC;
use end2end::person::link;
use end2end::{Page, Stage};

told!(side_by_side: live = PC.live(), plain = PC.plain());

async fn side_by_side(stage: &Stage, page: &Page) {
    let first = stage.raise("first", &["li.na"]).await;
    let second = stage.raise("second", &["li.na"]).await;
    link(stage, page, "li.na", &stage.page(paths::PC_HOME, &[])).await;
    page.see(&row(&first, "Triggered")).await;
    page.follow(&format!("{} a", row(&second, "Triggered"))).await;
    page.see_text(".split-detail h1", "second").await;
    page.see(&row(&first, "Triggered")).await;

    page.act(".split-detail [data-act=acknowledge]", ".split-detail [data-progress=Processing]").await;
    page.see(&row(&second, "Processing")).await;
    page.see_text(".split-detail h1", "second").await;
    page.act(&format!("{} [data-act=acknowledge]", row(&first, "Triggered")), &row(&first, "Processing")).await;
    assert_eq!((stage.effects(&first, "acknowledge"), stage.effects(&second, "acknowledge")), (1, 1));

    let (list, detail) = (left(page, ".split-list").await, left(page, ".split-detail").await);
    assert!(list < detail, "side by side: {list} {detail}");
}

fn row(incident: &str, progress: &str) -> String {
    format!(".split-list .row[data-incident=\"{incident}\"][data-progress={progress}]")
}

async fn left(page: &Page, selector: &str) -> f64 {
    page.value(&format!("document.querySelector('{selector}').getBoundingClientRect().left")).await.parse().unwrap()
}
