//! An engine that cannot run the pages' WebAssembly: everything works by plain forms.

use contract::paths;
use end2end::device::OLD_PHONE;
use end2end::person::{home, link};
use end2end::{Page, Stage};

told!(plain_forms: chrome_69 = OLD_PHONE.live());

async fn plain_forms(stage: &Stage, page: &Page) {
    // The engine says that it cannot; nothing else may go wrong.
    page.expect_fault("WebAssembly");
    let incident = stage.raise("seen by an old phone", &["li.na"]).await;
    link(stage, page, "li.na", &home(stage)).await;
    let row = |progress: &str| format!(".row[data-incident=\"{incident}\"][data-progress={progress}]");
    page.act(&format!("{} [data-act=acknowledge]", row("Triggered")), &row("Processing")).await;
    page.open(&stage.page(paths::INCIDENT, &[&incident])).await;
    page.fill("form[action$=\"/comment\"] textarea", "from an old phone").await;
    page.act("[data-act=comment]", ".timeline .said").await;
    page.act("[data-act=close]", ".panel[data-progress=Closed]").await;
    assert_eq!((stage.effects(&incident, "acknowledge"), stage.effects(&incident, "resolve")), (1, 1));
    assert_eq!(page.attribute("html", "data-hydrated").await, "", "it never became live");
    page.holds("!document.documentElement.hasAttribute('data-hydrated')").await;
}
