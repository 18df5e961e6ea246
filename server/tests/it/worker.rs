//! The running worker, in real time.

use crate::bench::Bench;
use crate::bench::verbs::GROUP;
use server::model::task::TaskKind;
use server::{store, work};
use simulator::flashduty::Raise;
use simulator::{Fault, Peer, faults};
use std::time::Duration;

/// How long a call hangs in these stories: longer than anything else in them takes, even on a busy machine.
const HANG_MS: u64 = 8_000;

#[tokio::test]
async fn a_hanging_platform_call_keeps_nobody_else_waiting() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let path = "/v1.0/card/instances/createAndDeliver".to_owned();
    let kind = faults::Kind::Delay { ms: HANG_MS };
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path, kind, times: Some(1) });
    let worker = work::start(bench.app.state.clone());
    let raise = |title: &str| Raise { title: title.to_owned(), ..Raise::default() };
    let hanging = bench.sim.flashduty.raise(raise("its card hangs")).await.unwrap();
    bench.sim.run_due().await;
    until(async || bench.outcomes(&hanging).await.contains_key(&chat)).await;

    let other = bench.sim.flashduty.raise(raise("comes in meanwhile")).await.unwrap();
    bench.sim.run_due().await;
    until(async || bench.outcomes(&other).await.get(&chat) == Some(&"delivered")).await;
    assert_eq!(bench.outcomes(&hanging).await[&chat], "unclear", "it has not been answered yet");
    worker.stop().await;
    assert_eq!(bench.outcomes(&hanging).await[&chat], "delivered", "an orderly end waits for what is under way");
}

#[tokio::test]
async fn a_piece_that_takes_long_stays_with_whoever_has_it_and_goes_to_another_when_they_die() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let path = "/v1.0/card/instances/createAndDeliver".to_owned();
    let kind = faults::Kind::Delay { ms: HANG_MS };
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path, kind, times: Some(1) });
    let worker = work::start(bench.app.state.clone());
    let raise = Raise { title: "its card hangs".to_owned(), ..Raise::default() };
    let hanging = bench.sim.flashduty.raise(raise).await.unwrap();
    bench.sim.run_due().await;
    until(async || bench.outcomes(&hanging).await.contains_key(&chat)).await;
    for _ in 0..4 {
        bench.advance(Duration::from_secs(10));
        // The worker looks about twice a second.
        until_renewed(&bench).await;
        let mut tx = bench.app.state.store.begin().await.unwrap();
        let now = bench.app.state.world.now();
        let taken = store::task::lease(&mut tx, now, now, 99).await.unwrap();
        assert!(taken.iter().all(|task| !matches!(task.kind, TaskKind::Deliver { .. })), "{taken:?}");
    }
    drop(worker);
    assert_eq!(bench.outcomes(&hanging).await[&chat], "unclear");
}

/// Waits until every lease reaches beyond now.
async fn until_renewed(bench: &Bench) {
    until(async || {
        let mut tx = bench.app.state.store.read().await.unwrap();
        let next = store::task::next_due(&mut tx).await.unwrap();
        next.is_none_or(|at| at > bench.app.state.world.now())
    })
    .await;
}

/// Waits for something that the worker is to bring about.
#[expect(clippy::disallowed_methods, reason = "the worker runs beside the story, in real time")]
async fn until(come: impl AsyncFn() -> bool) {
    let patience = Duration::from_millis(HANG_MS * 3 / 4);
    let coming = async {
        while !come().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(patience, coming).await.expect("it has come about");
}
