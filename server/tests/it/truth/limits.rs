//! Flashduty's limits and moods while the mirror is compared.

use super::{MINUTE, compared, last_run, mirror, with_group};
use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use contract::incident::Progress;
use server::{flow, store};
use simulator::faults::Kind;
use simulator::flashduty::{Act, Limits, Raise};
use simulator::{Fault, Peer, Push, Weather};
use std::time::Duration;

/// Calls of the server to Flashduty so far.
fn calls(bench: &Bench) -> usize {
    bench.sim.journal.count(|entry| entry.peer == Peer::Flashduty)
}

#[tokio::test]
async fn who_is_told_to_slow_down_waits_as_told_and_then_heals() {
    let bench = with_group().await;
    compared(&bench).await;
    let incident = bench.raise("limited", &["li.na"]).await;
    bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, None);
    bench.act("li.na", &incident, Act::resolve()).await;
    bench.sim.flashduty.change_settings(|settings| settings.rate_limit_headers = true);
    bench.sim.flashduty.set_rate_limits(Limits { per_second: 1, per_minute: 1 });
    compared(&bench).await;
    let run = last_run(&bench).await;
    assert_eq!((run.failures, run.failure.as_deref()), (1, Some("RequestTooFrequently")));
    let before = calls(&bench);
    bench.advance(Duration::from_secs(40));
    bench.run_due().await;
    assert_eq!(calls(&bench), before, "at least a minute of silence");
    bench.sim.flashduty.set_rate_limits(Limits { per_second: 50, per_minute: 1_000 });
    bench.advance(MINUTE);
    bench.run_due().await;
    assert_eq!(mirror(&bench, &incident).await.progress, Progress::Closed);
    assert_eq!(last_run(&bench).await.failures, 0);
}

#[tokio::test]
async fn a_run_keeps_below_one_seconds_limit_and_goes_on_later() {
    let bench = with_group().await;
    compared(&bench).await;
    bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, None);
    let mut ids = Vec::new();
    for number in 0..150 {
        let title = format!("incident {number}");
        ids.push(bench.sim.flashduty.raise(Raise { title, ..Raise::default() }).await.unwrap());
    }
    compared(&bench).await;
    // Each id that is gone spoils the answer, so that halves have to be asked for.
    bench.sim.flashduty.change_settings(|settings| settings.unknown_ids_refused = true);
    for id in ids.iter().step_by(5) {
        assert!(bench.sim.flashduty.remove(id));
    }
    for _ in 0..40 {
        let before = calls(&bench);
        bench.advance(Duration::from_secs(30));
        bench.run_due().await;
        let spent = calls(&bench) - before;
        assert!(spent <= 45, "{spent} calls at once");
    }
    for id in ids.iter().step_by(5) {
        assert_eq!(mirror(&bench, id).await.progress, Progress::Closed, "gone in the end");
    }
}

#[tokio::test]
async fn several_integrations_do_not_compare_at_once() {
    let bench = with_group().await;
    for number in 0..4 {
        let form = serde_json::json!({
            "key": format!("another{number}"), "name": "Another", "corp_id": simulator::seed::CORP_ID,
            "agent_id": simulator::seed::AGENT_ID, "client_id": simulator::seed::CLIENT_ID,
            "client_secret": simulator::seed::CLIENT_SECRET, "aes_key": simulator::seed::AES_KEY,
            "token": simulator::seed::TOKEN, "flashduty_app_key": simulator::flashduty::seed::SERVICE_APP_KEY,
        });
        let form = flow::set_up::Form::from_json(&form.to_string()).unwrap();
        flow::set_up::add(&bench.app.state, form, "bench").await.unwrap();
    }
    bench.run_due().await;
    server::work::sweep::sweep(&bench.app.state).await.unwrap();
    let lists = || bench.requests("/incident/list");
    let mut most = 0;
    for _ in 0..60 {
        let before = lists();
        server::work::run_due(&bench.app.state).await.unwrap();
        most = most.max(lists() - before);
        bench.advance(Duration::from_secs(1));
    }
    assert_eq!((most, lists()), (1, 5), "one after the other, and all of them");
}

#[tokio::test]
async fn pages_nothing_halves_and_wrong_types_are_recorded_and_lose_nothing() {
    let refuse = |body: serde_json::Value| Kind::Refuse { status: 200, body };
    let garbage = [
        Kind::Html,
        Kind::Cut,
        Kind::HalfBody,
        Kind::Forget,
        Kind::Nothing,
        refuse(serde_json::json!("")),
        refuse(serde_json::json!("{\"data\":{\"items\":[")),
        refuse(serde_json::json!({"data": []})),
        refuse(serde_json::json!({"data": {"items": {"a": 1}, "has_next_page": "yes", "total": "many"}})),
        refuse(serde_json::json!({"data": {"items": [{"incident_id": {}, "progress": 7, "updated_at": "soon"}]}})),
        refuse(serde_json::json!({"data": null})),
        Kind::Refuse { status: 500, body: serde_json::json!("<html>") },
    ];
    for (number, kind) in garbage.into_iter().enumerate() {
        let bench = with_group().await;
        let incident = bench.raise("between garbage", &["li.na"]).await;
        compared(&bench).await;
        bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, None);
        bench.act("li.na", &incident, Act::Acknowledge).await;
        let path = "/".to_owned();
        bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind: kind.clone(), times: None });
        for _ in 0..4 {
            compared(&bench).await;
        }
        let one = mirror(&bench, &incident).await;
        assert_eq!((one.title.as_str(), one.progress), ("between garbage", Progress::Triggered), "{number} {kind:?}");
        assert!(last_run(&bench).await.failures > 0, "{number} {kind:?} is recorded");
        bench.sim.faults.clear();
        compared(&bench).await;
        assert_eq!(bench.seen(&bench.card_in(GROUP), "bob")["progress"], "Processing", "{number} {kind:?}");
    }
}

#[tokio::test]
async fn texts_for_numbers_and_objects_for_lists_end_nothing() {
    let bench = with_group().await;
    let incident = bench.raise("wrong types", &["li.na"]).await;
    compared(&bench).await;
    bench.sim.faults.add_push(Peer::Flashduty, Push::Lose, None);
    bench.act("li.na", &incident, Act::Acknowledge).await;
    let path = "/".to_owned();
    bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind: Kind::WrongTypes, times: None });
    compared(&bench).await;
    let one = mirror(&bench, &incident).await;
    assert_ne!(one.progress, Progress::Closed, "lists that are none do not mean that all is over");
    assert_eq!(one.fate, server::model::incident::Fate::Live);
    bench.sim.faults.clear();
    compared(&bench).await;
    assert_eq!(mirror(&bench, &incident).await.progress, Progress::Processing);
}

#[tokio::test]
async fn in_bad_weather_everything_comes_right_in_the_end() {
    for seed in 0..3 {
        let bench = with_group().await;
        let weather = Weather {
            seed,
            refuse: 15,
            html: 5,
            cut: 5,
            half_body: 5,
            forget: 5,
            duplicate: 15,
            reorder: 15,
            lose: 25,
            late: 15,
            late_ms: 45_000,
            ..Weather::default()
        };
        bench.sim.faults.set_weather(Peer::Flashduty, weather);
        let mut ids = Vec::new();
        for number in 0..12 {
            let title = format!("storm {number}");
            ids.push(bench.sim.flashduty.raise(Raise { title, ..Raise::default() }).await.unwrap());
            bench.advance(Duration::from_secs(25));
            let act = if number % 3 == 0 { Act::resolve() } else { Act::Acknowledge };
            // What is closed already refuses; that is no matter here.
            let _ = bench.sim.flashduty.act_as(bench.member("li.na"), &ids[number / 2], act).await;
            bench.run_due().await;
        }
        bench.sim.faults.set_weather(Peer::Flashduty, Weather::default());
        bench.advance(2 * MINUTE);
        bench.run_due().await;
        for _ in 0..3 {
            compared(&bench).await;
        }
        for id in &ids {
            let truth = bench.sim.flashduty.incident(id).unwrap();
            let one = mirror(&bench, id).await;
            assert_eq!(one.progress.name(), truth["progress"].as_str().unwrap(), "seed {seed}");
        }
        let mut tx = bench.app.state.store.read().await.unwrap();
        assert_eq!(store::task::dead_count(&mut tx).await.unwrap(), 0, "seed {seed} of {KEY}");
    }
}
