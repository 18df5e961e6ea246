//! Many incidents at once, and a new one: with scripts and without.

use contract::paths;
use end2end::device::{PC, PHONE};
use end2end::person::{home, link};
use end2end::{Page, Stage};
use simulator::flashduty::seed::{PAYMENTS, WANG_FANG};

told!(chosen: chosen_on_phone = PHONE.live(), chosen_on_phone_plain = PHONE.plain(), chosen_on_pc = PC.live());
told!(created: created_on_phone = PHONE.live(), created_on_phone_plain = PHONE.plain(), created_on_pc = PC.live());
told!(form_asked: form_on_phone = PHONE.live(), form_on_pc_plain = PC.plain());
told!(keys: keys_on_pc = PC.live());
told!(said_once: said_once_on_phone = PHONE.live());

async fn chosen(stage: &Stage, page: &Page) {
    let mut ids = Vec::new();
    for title in ["db-1 is full", "db-2 is full", "db-3 is full"] {
        ids.push(stage.raise(title, &["wang.fang"]).await);
    }
    link(stage, page, "wang.fang", &start(stage, page)).await;
    page.follow("[data-choose]").await;
    for id in &ids[..2] {
        page.click(&format!(".pick:has([value=\"{id}\"])")).await;
    }
    page.follow("[data-act=close]").await;
    page.see_text("main", "将处理 2 个故障").await;
    assert_eq!(stage.effects(&ids[0], "resolve"), 0, "nothing is done before it is confirmed");
    page.fill("[name=resolution]", "disks replaced").await;
    page.follow("[data-act=close]").await;
    page.see_text("[role=status]", "已关闭 2 个").await;
    for (id, effects) in ids.iter().zip([1, 1, 0]) {
        assert_eq!(stage.effects(id, "resolve"), effects);
    }
    page.follow("[data-act=reopen]").await;
    page.see_text("[role=status]", "已重新打开 2 个").await;
    page.follow(".way-back").await;
    page.see_text(".rows", "db-1 is full").await;
}

async fn created(stage: &Stage, page: &Page) {
    link(stage, page, "li.na", &start(stage, page)).await;
    page.follow("[data-create]").await;
    page.fill("[name=title]", "Checkout is down").await;
    page.click(".radio:has([value=Critical])").await;
    let choose = format!("document.querySelector('[name=channel]').value = '{PAYMENTS}', 0");
    page.value(&choose).await;
    page.follow("button[value=channel]").await;
    page.see_text(".who", "默认分派 Default").await;
    page.holds("document.querySelector('[name=title]').value === 'Checkout is down'").await;
    page.click("label[for=to-people]").await;
    page.click(&format!(".pick:has([value=\"{WANG_FANG}\"])")).await;
    page.follow("[data-act=create]").await;
    page.see_text(".panel", "Checkout is down").await;
    page.see_text(".people", "王芳").await;
    page.see_text(".notice", "故障已创建").await;
}

async fn form_asked(stage: &Stage, page: &Page) {
    let incident = stage.raise("db-3 has no disk left", &["li.na"]).await;
    link(stage, page, "li.na", &stage.page(paths::INCIDENT, &[&incident])).await;
    stage.sim.flashduty.require_form(true);
    if page.way().scripts {
        page.expect_fault("the server responded with a status of 409");
        page.click("[data-act=close]").await;
        page.follow(".problem a[data-form]").await;
    } else {
        page.follow("a[href$=\"/close\"]").await;
    }
    page.fill("[name=resolution]", "disk replaced").await;
    page.value("document.querySelector('[name=\"field.cause\"]').value = '变更 Change', 0").await;
    page.follow("[data-act=close]").await;
    page.see_text("main", "disk replaced").await;
    assert_eq!(stage.effects(&incident, "resolve"), 1);
}

/// Keys move between rows, act, and show their help; nothing while somebody types.
async fn keys(stage: &Stage, page: &Page) {
    let raised = [stage.raise("db-1 is full", &["wang.fang"]).await, stage.raise("db-2 is full", &["wang.fang"]).await];
    link(stage, page, "wang.fang", &stage.page(paths::PC_HOME, &[])).await;
    for incident in &raised {
        page.see(&format!(".row[data-incident=\"{incident}\"]")).await;
    }
    page.settled().await;
    let newest = page.value("document.querySelector('.row').dataset.incident").await;
    assert!(raised.contains(&newest), "{newest}");
    press(page, "j", "document.body").await;
    let focused = format!("document.activeElement.closest('.row').dataset.incident === '{newest}'");
    page.holds(&focused).await;
    press(page, "j", "document.activeElement").await;
    page.holds(&format!("!({focused})")).await;
    press(page, "k", "document.activeElement").await;
    page.holds(&focused).await;
    press(page, "a", "document.activeElement").await;
    page.see(&format!(".row[data-incident=\"{newest}\"][data-progress=Processing]")).await;
    assert_eq!(stage.effects(&newest, "acknowledge"), 1);
    press(page, "?", "document.body").await;
    page.holds("document.querySelector('#keys').open").await;
    press(page, "/", "document.body").await;
    page.holds("document.activeElement.name === 'q'").await;
    press(page, "?", "document.activeElement").await;
    page.holds("document.querySelector('#keys').open").await;
}

async fn press(page: &Page, key: &str, on: &str) {
    page.step(format!("press {key}"));
    let event = format!("new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, cancelable: true }})");
    page.value(&format!("{on}.dispatchEvent({event}), 0")).await;
}

/// What a form had to say is not said again when the page is read anew.
async fn said_once(stage: &Stage, page: &Page) {
    link(stage, page, "li.na", &home(stage)).await;
    page.open(&format!("{}?tab=open&done=comment", home(stage))).await;
    page.see(".notice").await;
    page.holds("location.search === '?tab=open'").await;
    page.open(&page.address().await).await;
    page.see_none(".notice").await;
}

/// The homepage of the page's own client.
fn start(stage: &Stage, page: &Page) -> String {
    if page.way().device.mobile { home(stage) } else { stage.page(paths::PC_HOME, &[]) }
}
