//! PostgreSQL instead of SQLite, and several copies of the program on one database.

use super::child::{Program, until};
use super::stage::{GROUP, Stage, platforms};
use crate::bench::Browser;
use futures::future::join_all;
use std::collections::BTreeMap;
use std::time::Duration;

const INCIDENTS: usize = 40;

async fn on_postgres() -> Option<Stage> {
    let url = crate::postgres::database().await?;
    let sim = platforms().await;
    let program = Program::between(&sim).with("DINGDUTY_DATABASE_URL", &url);
    Some(Stage::set_up(sim, program).await)
}

#[tokio::test]
async fn the_main_job_on_postgresql() {
    let Some(stage) = on_postgres().await else { return };
    stage.main_job().await;
    assert!(!stage.program.folder.join("program.db").exists());
}

#[tokio::test]
async fn two_copies_share_the_work_and_send_each_card_once() {
    let Some(mut stage) = on_postgres().await else { return };
    let (browser, ..) = stage.main_job().await;
    let copy = stage.program.copy();
    let _second = copy.serve().await;

    // Whom one copy let in, the other knows.
    let home = browser.get(&format!("{}/i/{}", copy.base, super::stage::KEY)).await;
    assert!(home.status == 200 && !super::markup::values(&home, "data-act").is_empty(), "{}", home.body);

    let titles: Vec<_> = (0..INCIDENTS).map(|n| format!("shared {n}.")).collect();
    let raised = join_all(titles.iter().map(|title| stage.raise(title, &[]))).await;
    until("every incident has its card", Duration::from_secs(20), async || {
        (shown(&stage).len() >= INCIDENTS).then_some(())
    })
    .await;
    let delivered = until("every delivery has ended", Duration::from_secs(20), async || {
        let delivered = stage.items("deliveries?outcome=delivered&limit=200").await;
        (delivered.iter().filter(|one| raised.iter().any(|id| one["incident_id"] == **id)).count() >= INCIDENTS)
            .then_some(delivered)
    })
    .await;
    let shown = shown(&stage);
    assert_eq!(shown.len(), INCIDENTS);
    assert!(shown.values().all(|times| *times == 1), "{shown:?}");
    assert!(delivered.len() > INCIDENTS, "the first incident's, too");
    for base in [&stage.program.base, &copy.base] {
        let metrics = Browser::at(base).get("/metrics").await.body;
        assert!(metrics.contains("dingduty_delivery_attempts_total{"), "{base} did some of the work");
    }

    // One goes without a word, the other goes on.
    stage.serving.kill().await;
    let header = &stage.urls["flashduty_webhook_header"];
    let header = (header["name"].as_str().unwrap(), header["value"].as_str().unwrap());
    let webhook = stage.urls["flashduty_webhook"].as_str().unwrap().replace(&stage.program.base, &copy.base);
    stage.sim.flashduty.set_webhook(&webhook, &[header]);
    stage.raise("shared by one", &["li.na"]).await;
    stage.card(GROUP, "shared by one").await;
}

/// How often each of the shared incidents is shown in the group.
fn shown(stage: &Stage) -> BTreeMap<String, usize> {
    let mut shown = BTreeMap::new();
    for card in stage.cards(GROUP) {
        if let Some((_, title)) = card.public["title"].split_once("shared") {
            *shown.entry(title.to_owned()).or_default() += 1;
        }
    }
    shown
}
