//! An incident comes up, somebody who is not linked presses its card, links once, and the act is carried out.

use contract::paths;
use end2end::device::{PC, PHONE};
use end2end::person::{arrive, prove_by_key};
use end2end::{Page, Stage};
use url::Url;

const TITLE: &str = "支付 checkout is slow";

told!(link_by_key: by_key_on_phone = PHONE.live(), by_key_on_phone_plain = PHONE.plain(), by_key_on_pc = PC.live(),
    by_key_on_pc_plain = PC.plain());
told!(link_by_sign_in: by_sign_in_on_phone = PHONE.live(), by_sign_in_on_phone_plain = PHONE.plain(),
    by_sign_in_on_pc = PC.live(), by_sign_in_on_pc_plain = PC.plain());

async fn link_by_key(stage: &Stage, page: &Page) {
    let (incident, card, address) = pressed_unlinked(stage).await;
    arrive(stage, page, "li.na", &address).await;
    page.see_text(".pending", TITLE).await;
    prove_by_key(stage, page, "li.na").await;
    confirm(stage, page, &incident, &card).await;
}

async fn link_by_sign_in(stage: &Stage, page: &Page) {
    let (incident, card, address) = pressed_unlinked(stage).await;
    arrive(stage, page, "li.na", &address).await;
    page.follow("[data-sign-in=oauth]").await;
    assert!(page.address().await.starts_with(&stage.sim.flashduty_url()), "Flashduty's own page");
    page.follow("[data-person=\"li.na\"]").await;
    page.follow("[name=decision][value=allow]").await;
    confirm(stage, page, &incident, &card).await;
}

/// An incident's card in the group, pressed by Li Na, who is not linked; the address her copy then offers.
async fn pressed_unlinked(stage: &Stage) -> (String, String, String) {
    stage.open_group().await;
    let incident = stage.raise(TITLE, &["li.na"]).await;
    let card = stage.card_in_group().await;
    stage.press(&card, "li.na", "acknowledge").await;
    let seen = stage.seen(&card, "li.na");
    assert_eq!(seen["progress"], "Triggered", "nothing happened yet");
    assert_eq!(stage.effects(&incident, "acknowledge"), 0);
    let notice = Url::parse(&seen["notice_url"]).expect("a link");
    assert_eq!((notice.scheme(), notice.path()), ("dingtalk", "/page/link"), "{notice}");
    let address = notice.query_pairs().find(|(name, _)| name == "url").expect("an address").1.into_owned();
    (incident, card, address)
}

/// Both names are shown; after the confirmation the act is carried out and the card changes for everybody.
async fn confirm(stage: &Stage, page: &Page, incident: &str, card: &str) {
    page.see_text(".both", "李娜").await;
    page.see_text(".both", "张江科技").await;
    page.follow("[data-confirm-link]").await;
    assert!(page.address().await.starts_with(&stage.page(paths::INCIDENT, &[incident])), "{}", page.address().await);
    page.see(&format!("[data-incident=\"{incident}\"][data-progress=Processing]")).await;
    page.see_none("[data-problem]").await;
    assert_eq!(stage.effects(incident, "acknowledge"), 1);
    stage.card_says(card, "zhao.min", "progress", "Processing").await;
    stage.card_says(card, "li.na", "notice", "").await;
}
