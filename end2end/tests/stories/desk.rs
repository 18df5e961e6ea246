//! The newcomer's tour at the demo's desk, by clicks alone: raise an incident, press its card, link once, see it change,
//! see it as somebody else.

use end2end::device::OUTSIDE;
use end2end::stage::GROUP;
use end2end::{Page, Stage};

told!(tour: in_one_go = OUTSIDE.live());

async fn tour(stage: &Stage, page: &Page) {
    stage.open_group().await;
    page.open(&stage.sim.desk_url()).await;
    step(page, 1).await;
    page.inside(".right iframe").click("[data-raise]").await;
    step(page, 2).await;

    let group = stage.sim.dingtalk.chat(GROUP).expect("the group").id;
    page.click(&format!("button[data-chat=\"{group}\"]")).await;
    page.click(".card [data-action=acknowledge]").await;
    step(page, 3).await;
    let incident = stage.sim.flashduty.incident_ids().pop().expect("an incident");
    assert_eq!(stage.effects(&incident, "acknowledge"), 0);

    page.click(".card .alert [data-open]").await;
    let web = page.inside(".web iframe");
    web.follow("[data-sign-in=oauth]").await;
    web.follow("[data-person=\"li.na\"]").await;
    web.follow("[name=decision][value=allow]").await;
    web.follow("[data-confirm-link]").await;
    web.see(".panel[data-progress=Processing]").await;
    assert_eq!(stage.effects(&incident, "acknowledge"), 1);
    step(page, 4).await;
    page.click(".webbar button:nth-of-type(2)").await;
    page.see(".card:not(:has([data-action=acknowledge]))").await;
    page.see_none(".card .alert").await;

    page.click(".who summary").await;
    page.follow("[name=person][value=\"zhang.wei\"]").await;
    // Others see that it is acknowledged where the button was.
    page.see(".card .quiet[data-action=acknowledge]").await;
    step(page, 5).await;
}

/// Waits until the tour asks for this step.
async fn step(page: &Page, number: usize) {
    page.see(&format!("body[data-step=\"{number}\"]")).await;
}
