//! Everybody can use every page in every state: by a screen reader, by the keyboard, in the light and in the dark.

use end2end::audit::audit;
use end2end::device::{PC, PHONE};
use end2end::tour::Tour;
use end2end::{Page, Stage};
use std::sync::Mutex;

told!(chinese: on_phone = PHONE.live());
told!(english: on_pc = PC.live());

async fn chinese(stage: &Stage, page: &Page) {
    all_pages(stage, page, "zh-CN").await;
}

async fn english(stage: &Stage, page: &Page) {
    all_pages(stage, page, "en-US").await;
}

async fn all_pages(stage: &Stage, page: &Page, language: &str) {
    let found = Mutex::new(Vec::new());
    let look = async |page: &Page, name: &str| {
        let said = audit(page).await;
        found.lock().unwrap().extend(said.into_iter().map(|one| format!("{name}: {one}")));
    };
    Tour { stage, page, language, look }.all().await;
    let found = found.into_inner().unwrap();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
