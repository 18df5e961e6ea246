//! Everything that can be done with one incident, on its own page.

use contract::paths;
use end2end::device::{PC, PHONE};
use end2end::person::link;
use end2end::{Page, Stage};
use serde_json::Value;
use simulator::faults::Kind;
use simulator::{Fault, Peer};

told!(every_act: on_phone = PHONE.live(), on_phone_plain = PHONE.plain(), on_pc = PC.live(), on_pc_plain = PC.plain());
told!(words_are_kept: words_on_phone = PHONE.live());
told!(late_answer: late_answer_on_phone = PHONE.live());
told!(refused: refusal = PHONE.live(), refusal_plain = PHONE.plain());

async fn every_act(stage: &Stage, page: &Page) {
    let incident = stage.raise("db-3 has no disk left", &["li.na"]).await;
    link(stage, page, "li.na", &stage.page(paths::INCIDENT, &[&incident])).await;
    page.see(&panel("Triggered")).await;
    page.act("[data-act=acknowledge]", &panel("Processing")).await;
    page.act("[data-act=unacknowledge]", &panel("Triggered")).await;

    page.fill("form[action$=\"/comment\"] textarea", "looking at it\n再看一下").await;
    page.act("[data-act=comment]", ".timeline .said").await;
    page.see_text(".timeline .said", "looking at it\n再看一下").await;

    page.act("form[action$=\"/snooze\"]:has([value=\"240\"]) [data-act=snooze]", "[data-act=wake]").await;
    assert_eq!(last(stage, &incident, "i_snooze")["minutes"], 240);
    page.act("[data-act=wake]", "[data-act=snooze]").await;
    page.see_none("[data-act=wake]").await;
    page.click("details:has([name=minutes][type=number]) summary").await;
    page.fill("[name=minutes][type=number]", "45").await;
    page.act("form:has([type=number]) [data-act=snooze]", "[data-act=wake]").await;
    assert_eq!(last(stage, &incident, "i_snooze")["minutes"], 45);

    page.click("details:has([name=root_cause]) summary").await;
    page.fill("[name=root_cause]", "logs were never rotated").await;
    page.fill("[name=resolution]", "rotated them").await;
    page.act("[data-act=close]", &panel("Closed")).await;
    page.see_text(".prose", "logs were never rotated").await;
    let now = stage.sim.flashduty.incident(&incident).expect("the incident");
    assert_eq!(
        (now["root_cause"].as_str(), now["resolution"].as_str()),
        (Some("logs were never rotated"), Some("rotated them"))
    );
    page.see_none("[data-act=close], [data-act=acknowledge]").await;

    page.fill("form[action$=\"/reopen\"] textarea", "it is full again").await;
    page.act("[data-act=reopen]", ".panel:not([data-progress=Closed])").await;
    page.see_text(".timeline .said", "it is full again").await;
    for act in ["acknowledge", "unacknowledge", "comment", "wake", "resolve", "reopen"] {
        assert_eq!(stage.effects(&incident, act), 1, "{act}");
    }
    page.see_none("[data-problem]").await;
}

/// What somebody is writing stays while something else is done with the incident.
async fn words_are_kept(stage: &Stage, page: &Page) {
    let incident = stage.raise("two things at once", &["li.na"]).await;
    link(stage, page, "li.na", &stage.page(paths::INCIDENT, &[&incident])).await;
    page.fill("form[action$=\"/comment\"] textarea", "half a thought").await;
    page.click("details:has([name=root_cause]) summary").await;
    page.fill("[name=root_cause]", "not yet known").await;
    page.act("[data-act=acknowledge]", &panel("Processing")).await;
    page.see_text(".timeline", "认领").await;
    page.holds("document.querySelector('form[action$=\"/comment\"] textarea').value === 'half a thought'").await;
    page.holds("document.querySelector('[name=root_cause]').value === 'not yet known'").await;
    page.see("[name=root_cause]").await;
}

/// What was read before an act and arrives after it does not undo what the page shows.
async fn late_answer(stage: &Stage, page: &Page) {
    let incident = stage.raise("slow to tell", &["li.na"]).await;
    link(stage, page, "li.na", &stage.page(paths::INCIDENT, &[&incident])).await;
    page.see(&panel("Triggered")).await;
    let path = "/incident/feed".to_owned();
    let kind = Kind::SlowAnswer { ms: 1_500 };
    stage.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind, times: Some(2) });
    page.act("[data-act=acknowledge]", &panel("Processing")).await;
    page.act("[data-act=unacknowledge]", &panel("Triggered")).await;
    // The engine asks for the second reading when the first has come, so between them the first would be seen.
    page.holds(&format!("({FIRST_READ})('/incidents/{incident}')")).await;
    assert_eq!(page.attribute(".panel", "data-progress").await, "Triggered");
    page.see_text(".timeline", "取消认领").await;
}

async fn refused(stage: &Stage, page: &Page) {
    let incident = stage.raise("closed to me", &["li.na"]).await;
    link(stage, page, "li.na", &stage.page(paths::INCIDENT, &[&incident])).await;
    stage.sim.flashduty.require_form(true);
    page.expect_fault("the server responded with a status of 409");
    page.act("[data-act=acknowledge]", "[data-problem=form-needed]").await;
    if page.way().scripts {
        page.see(&panel("Triggered")).await;
    }
    assert_eq!(stage.effects(&incident, "acknowledge"), 0);
}

/// Whether a first reading of the incident by script has ended, a moment ago.
const FIRST_READ: &str = "(path) => {
    const reads = performance.getEntriesByType('resource').filter((one) => one.name.endsWith(path));
    return reads.some((one) => one.responseEnd > 0 && performance.now() - one.responseEnd > 300);
}";

fn panel(progress: &str) -> String {
    format!(".panel[data-progress={progress}]")
}

/// What the last entry of a kind says in Flashduty's own timeline.
fn last(stage: &Stage, incident: &str, kind: &str) -> Value {
    let rows = stage.sim.flashduty.feed(incident);
    rows.iter().rev().find(|row| row["type"] == kind).map(|row| row["detail"].clone()).expect("an entry")
}
