//! An incident given to others: whom it means is shown before anything happens.

use contract::paths;
use end2end::device::{PC, PHONE};
use end2end::person::link;
use end2end::{Page, Stage};
use simulator::flashduty::Raise;
use simulator::flashduty::seed::{ALICE, LI_NA, WANG_FANG};

told!(people: people_on_phone = PHONE.live(), people_on_phone_plain = PHONE.plain(), people_on_pc = PC.live());
told!(level: level_on_phone = PHONE.live(), level_on_pc_plain = PC.plain());
told!(page_tells: page_on_phone = PHONE.live(), page_on_pc_plain = PC.plain());
told!(typed_words: typed_words_plain = PHONE.plain());

async fn people(stage: &Stage, page: &Page) {
    let incident = stage.raise("db-3 has no disk left", &["li.na"]).await;
    link(stage, page, "li.na", &stage.page(paths::INCIDENT, &[&incident])).await;
    page.follow("a[data-act=add-responder]").await;
    page.see_text(".mark.on-call", "值班中").await;
    page.holds("document.querySelector('.pick:has(.on-call)') === document.querySelector('.pick')").await;
    page.fill("[name=query]", "alice").await;
    page.follow("form.search button").await;
    page.click(&pick(ALICE)).await;
    page.follow("button[data-act=add-responder]").await;
    page.see_text(".people", "Alice Brown").await;
    assert_eq!(responders(stage, &incident), [LI_NA, ALICE]);

    page.follow("a[data-act=reassign]").await;
    page.click(&pick(WANG_FANG)).await;
    page.follow("button[data-act=reassign]").await;
    page.see_text(".people", "王芳").await;
    page.see_text(".notice", "已重新分派").await;
    assert_eq!(responders(stage, &incident), [WANG_FANG]);
    for act in ["add-responder", "assign"] {
        assert_eq!(stage.effects(&incident, act), 1, "{act}");
    }
}

async fn level(stage: &Stage, page: &Page) {
    let incident = stage.sim.flashduty.raise(Raise::default()).await.expect("an incident");
    link(stage, page, "li.na", &stage.page(paths::INCIDENT, &[&incident])).await;
    page.follow("a[data-act=escalate]").await;
    page.see_text(".level-card:not(.current) .people", "王芳").await;
    page.see_text(".level-card.current .people", "张伟").await;
    assert_eq!(stage.effects(&incident, "assign"), 0, "nobody is woken by looking");
    page.follow("button[data-act=escalate]").await;
    page.see_text(".people", "王芳").await;
    assert_eq!(responders(stage, &incident), [WANG_FANG, ALICE]);
    page.follow("a[data-act=escalate]").await;
    page.see_none("button[data-act=escalate]").await;
}

/// The page says who was not reached, and why, and shows the alerts.
async fn page_tells(stage: &Stage, page: &Page) {
    let incident = stage.raise("db-3 has no disk left", &["li.na", "alice"]).await;
    link(stage, page, "li.na", &stage.page(paths::INCIDENT, &[&incident])).await;
    page.see_text("#alerts .alert-title", "db-3 has no disk left").await;
    page.see_text("#reached .failed", "Alice Brown").await;
    page.see_text("#reached .failed .cure", "打开本应用").await;
    page.see_text("#labels", "cn-hangzhou").await;
    page.follow("a[href$=\"/custom-action\"]").await;
    page.see_text("main", "没有可用的自定义操作").await;
}

/// Without scripts nothing that was typed is lost when Flashduty wants more.
async fn typed_words(stage: &Stage, page: &Page) {
    let incident = stage.raise("db-3 has no disk left", &["li.na"]).await;
    link(stage, page, "li.na", &stage.page(paths::INCIDENT, &[&incident])).await;
    stage.sim.flashduty.require_form(true);
    page.click("details:has([name=root_cause]) summary").await;
    page.fill("[name=root_cause]", "logs were never rotated").await;
    page.expect_fault("the server responded with a status of 409");
    page.follow("[data-act=close]").await;
    page.see_text("[data-problem=form-needed]", "custom_fields").await;
    page.holds("document.querySelector('[name=root_cause]').value === 'logs were never rotated'").await;
    page.see("[name=root_cause]").await;
    stage.sim.flashduty.require_form(false);
    page.follow("[data-act=close]").await;
    page.see_text(".prose", "logs were never rotated").await;
    assert_eq!(stage.effects(&incident, "resolve"), 1);
}

fn pick(member_id: i64) -> String {
    format!(".pick:has([value=\"{member_id}\"])")
}

fn responders(stage: &Stage, incident: &str) -> Vec<i64> {
    let incident = stage.sim.flashduty.incident(incident).expect("the incident");
    let responders = incident["responders"].as_array().cloned().unwrap_or_default();
    responders.iter().filter_map(|one| one["person_id"].as_i64()).collect()
}
