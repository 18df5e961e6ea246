//! What was answered survives the end of the process, on both databases.

use crate::bench::Bench;
use crate::bench::verbs::GROUP;
use contract::paths;
use simulator::flashduty::Raise;

/// Input that was answered but not worked off when the process ended.
async fn nothing_is_lost(mut bench: Bench) {
    let browser = bench.link("li.na").await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let conversation = bench.conversation(GROUP);
    bench.sim.dingtalk.rename_chat(&conversation, "renamed before the end", "zhang.wei").await.unwrap();
    let raise = Raise { title: "raised before the end".to_owned(), ..Raise::default() };
    let incident = bench.sim.flashduty.raise(raise).await.unwrap();
    assert!(bench.outcomes(&incident).await.is_empty(), "nothing was worked off yet");

    bench.restart().await;
    bench.run_due().await;
    assert_eq!(bench.chat(&conversation).await.unwrap().title, "renamed before the end");
    assert_eq!(bench.outcomes(&incident).await[&chat], "delivered");
    let card = bench.card_in("renamed before the end");
    bench.click(&card, "li.na", "acknowledge").await.unwrap();
    assert_eq!(bench.sim.flashduty.effects(&incident, "acknowledge"), 1);
    let me = browser.get(&paths::fill(paths::API_ME, &[crate::bench::KEY])).await;
    assert_eq!(me.status, 200, "still signed in: {}", me.body);
}

#[tokio::test]
async fn nothing_is_lost_on_sqlite() {
    nothing_is_lost(Bench::start().await).await;
}

#[tokio::test]
async fn nothing_is_lost_on_postgresql() {
    if let Some(bench) = Bench::on_postgres().await {
        nothing_is_lost(bench).await;
    }
}
