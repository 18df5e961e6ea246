//! Language and appearance: by the client, unless somebody chose.

use end2end::device::{PC, PHONE};
use end2end::person::{home, link};
use end2end::{Page, Stage};

told!(choose: on_phone = PHONE.live(), on_phone_plain = PHONE.plain(), on_pc = PC.live(), on_pc_plain = PC.plain());

async fn choose(stage: &Stage, page: &Page) {
    stage.raise("one to look at", &["li.na"]).await;
    link(stage, page, "li.na", &home(stage)).await;
    page.see_text("[data-act=acknowledge]", "认领").await;
    press(page, "language", "en-US").await;
    page.see_text("[data-act=acknowledge]", "Acknowledge").await;
    assert_eq!(page.attribute("html", "lang").await, "en-US");

    let light = colour(page).await;
    press(page, "theme", "dark").await;
    let dark = colour(page).await;
    assert_ne!(light, dark);
    page.open(&home(stage)).await;
    assert_eq!((colour(page).await, page.attribute("html", "lang").await), (dark.clone(), "en-US".to_owned()));

    page.set_scheme("dark").await;
    press(page, "theme", "light").await;
    assert_eq!(colour(page).await, light, "a choice is above the system's");
    press(page, "language", "zh-CN").await;
    page.see_text("[data-act=acknowledge]", "认领").await;
}

async fn press(page: &Page, name: &str, value: &str) {
    page.click(".menu summary").await;
    page.follow(&format!(".menu [name={name}][value=\"{value}\"]")).await;
}

async fn colour(page: &Page) -> String {
    page.value("getComputedStyle(document.querySelector('.row')).backgroundColor").await
}
