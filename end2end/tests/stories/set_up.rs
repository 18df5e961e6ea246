//! A fresh integration is set up by following the screen alone: what is pasted into DingTalk's and Flashduty's consoles is
//! read from the page.

use contract::paths;
use end2end::device::PC;
use end2end::person::{home, link};
use end2end::stage::{GROUP, KEY};
use end2end::{Page, Stage};
use serde_json::json;
use server::flow::access;
use simulator::dingtalk::AppPages;
use simulator::{flashduty, seed};
use std::time::Duration;

/// From the empty form to all green.
const MOST: Duration = Duration::from_secs(180);
/// Steps that are not proved, of those without which nothing works.
const OPEN: &str = "[data-check][data-required]:not([data-state=proved]):not([data-state=not-needed])";

told!(from_form_to_green: live = PC.live(), plain = PC.plain());

async fn from_form_to_green(stage: &Stage, page: &Page) {
    let link_in = access::console_link(&stage.app.state, "story").await.expect("a link");
    page.open(&link_in).await;
    page.follow("main button").await;
    start_anew(stage, page).await;
    let began = stage.app.state.world.now();
    page.follow("[data-add]").await;
    refused_and_corrected(page).await;
    page.see("[data-check=event-subscription][data-state=unproved]").await;
    let overview = page.address().await;
    if !page.way().scripts {
        page.open(&format!("{overview}?watch=yes")).await;
    }

    paste(stage, page).await;
    for check in ["event-subscription", "token", "corp-id", "flashduty-key"] {
        page.see(&format!("[data-check={check}][data-state=proved]")).await;
    }
    let chat = stage.sim.dingtalk.chat(GROUP).expect("the group");
    stage.sim.dingtalk.install_cool_app(&chat.id, &chat.owner).await.expect("installed");
    page.see("[data-check=cool-app][data-state=proved]").await;
    page.see("[data-check=event-install][data-state=proved]").await;

    link(stage, page, "li.na", &home(stage)).await;
    stage.raise("the first incident", &["li.na"]).await;
    page.open(&overview).await;
    if !page.way().scripts {
        page.open(&format!("{overview}?watch=yes")).await;
    }
    page.see("[data-check=webhook][data-state=proved]").await;
    page.see("[data-check=bot][data-state=proved]").await;
    page.open(&overview).await;
    page.follow("[data-look]").await;
    page.see_none(OPEN).await;
    let took = stage.app.state.world.now().since(began);
    assert!(took < MOST, "{took:?}");
}

/// The stage's own integration goes, by the screen too.
async fn start_anew(stage: &Stage, page: &Page) {
    page.open(&stage.page(paths::CONSOLE_SETTINGS, &[])).await;
    page.click("details:has([data-remove]) summary").await;
    page.fill("details:has([data-remove]) [name=name]", "演示公司 Demo company").await;
    page.follow("[data-remove]").await;
}

/// A wrong key is said beside its field, and nothing of what was typed is lost.
async fn refused_and_corrected(page: &Page) {
    for (field, value) in [
        ("name", "Fresh company"),
        ("corp_id", seed::CORP_ID),
        ("agent_id", seed::AGENT_ID),
        ("client_id", seed::CLIENT_ID),
        ("client_secret", seed::CLIENT_SECRET),
        ("aes_key", &seed::AES_KEY[..42]),
        ("token", seed::TOKEN),
        ("flashduty_app_key", flashduty::seed::SERVICE_APP_KEY),
        ("card_template_id", seed::CARD_TEMPLATE_ID),
    ] {
        page.fill(&format!(".settings [name={field}]"), value).await;
    }
    page.click(".settings details:has([name=key]) summary").await;
    page.fill(".settings [name=key]", KEY).await;
    page.expect_fault("the server responded with a status of 422");
    page.follow("[data-save]").await;
    page.see(".field:has([name=aes_key]) [data-mistake]").await;
    let typed = page.value("document.querySelector('.settings [name=client_secret]').value").await;
    assert_eq!(typed, seed::CLIENT_SECRET);
    page.fill(".settings [name=aes_key]", seed::AES_KEY).await;
    page.follow("[data-save]").await;
}

/// What the checklist shows goes to the two consoles, and nothing else.
async fn paste(stage: &Stage, page: &Page) {
    let shown = async |check: &str, place: usize| {
        let selector = json!(format!("[data-check={check}] input"));
        page.value(&format!("document.querySelectorAll({selector})[{place}].value")).await
    };
    if page.way().scripts {
        let line = "[data-check=event-subscription]";
        page.click(&format!("{line} [data-copy]")).await;
        let copied = page.attribute(&format!("{line} [data-copy]"), "data-copy").await;
        page.see_text(&format!("{line} [data-copy]"), &copied).await;
    }
    let address = shown("event-subscription", 0).await;
    let pages = AppPages {
        homepage: shown("homepage", 0).await,
        pc_homepage: shown("homepage", 1).await,
        cool_app: shown("cool-app", 0).await,
    };
    let (webhook, header) =
        (shown("webhook", 0).await, (shown("webhook-header", 0).await, shown("webhook-header", 1).await));
    stage.sim.dingtalk.save_callback(&address).await.expect("the check is answered");
    stage.sim.dingtalk.set_pages(pages);
    stage.sim.flashduty.set_webhook(&webhook, &[(&header.0, &header.1)]);
}
