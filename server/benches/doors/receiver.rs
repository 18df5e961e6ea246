//! The event receiver: durable, without storing, and with everything downstream hanging.

use crate::child::{self, Server};
use crate::load::{self, Measured};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Of};
use axum::middleware::from_fn_with_state;
use axum::routing::post;
use contract::paths;
use dingtalk::callback::{self, AesKey, Keys};
use server::application::Application;
use server::config::Config;
use server::state::State;
use server::{flow, http};
use simulator::{Fault, Options, Peer, Simulator, faults, seed};
use std::time::Duration;
use world::World;

/// The argument that makes this program the receiver that stores nothing.
pub const BASELINE: &str = "baseline-receiver";

const EVENTS: usize = 20_000;
/// The more come at once, the more share a wait for the disk.
const CONNECTIONS: [usize; 2] = [32, 256];
const OPEN_LOOP_PER_SECOND: u32 = 300;
const OPEN_LOOP_EVENTS: usize = 1_500;

/// Runs the comparisons and prints them.
pub async fn run() {
    let directory = std::env::temp_dir().join(format!("dingduty-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let options = Options { world: World::system(), dingtalk_port: 0, flashduty_port: 0, seed: true, tick: true };
    let simulator = Simulator::start(options).await.unwrap();
    let (dingtalk, flashduty, port) = (simulator.dingtalk_url(), simulator.flashduty_url(), child::free_port());
    let _ = child::add_integration(&directory, port, &dingtalk, &flashduty);
    let durable = Server::start(child::dingduty(&directory, port, &dingtalk, &flashduty).arg("serve"));
    let (aside, port) = (directory.join("without"), child::free_port());
    std::fs::create_dir_all(&aside).unwrap();
    let _ = child::add_integration(&aside, port, &dingtalk, &flashduty);
    let itself = std::env::current_exe().unwrap();
    let baseline = Server::start(child::program(&itself, &aside, port, &dingtalk, &flashduty).arg(BASELINE));

    for connections in CONNECTIONS {
        compare(&baseline, &durable, connections).await;
    }

    println!("receiver, open loop at {OPEN_LOOP_PER_SECOND}/s:");
    let calm = load::open_loop(&durable.address, events(OPEN_LOOP_EVENTS), OPEN_LOOP_PER_SECOND, 8).await;
    print("platforms at rest", &calm, None);
    for peer in [Peer::DingTalk, Peer::Flashduty] {
        let kind = faults::Kind::Delay { ms: 30_000 };
        simulator.faults.add(Fault { peer, path: "/".to_owned(), kind, times: None });
    }
    let hanging = load::open_loop(&durable.address, events(OPEN_LOOP_EVENTS), OPEN_LOOP_PER_SECOND, 8).await;
    print("both platforms hang for 30 s", &hanging, None);
    println!(
        "  p99 hanging / at rest: {:.2} (goal: about 1)\n",
        hanging.quantile(0.99).as_secs_f64() / calm.quantile(0.99).as_secs_f64()
    );
    drop((durable, baseline));
    let _ = std::fs::remove_dir_all(directory);
}

/// A flood at both by turns, three times; the middle of each figure counts.
async fn compare(baseline: &Server, durable: &Server, connections: usize) {
    println!("receiver, {EVENTS} events over {connections} connections (events/s, CPU µs/event, p50, p99):");
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for round in 1..=3 {
        without.push(flood(&format!("round {round}, without storing"), baseline, connections).await);
        with.push(flood(&format!("round {round}, durable (SQLite, FULL, group commit)"), durable, connections).await);
        // What it took is worked off, so that the next row is not measured beside it.
        println!("  applied afterwards within {:.1?}", durable.drained().await);
    }
    let median = |rows: &[(f64, f64)], value: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = rows.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let throughput = median(&with, |row| row.0) / median(&without, |row| row.0);
    let cpu = median(&with, |row| row.1) / median(&without, |row| row.1);
    println!("  throughput durable / without storing: {throughput:.2} (goal: at least 0.40)");
    println!("  CPU per event durable / without storing: {cpu:.2} (goal: at most 2.5)\n");
}

/// Returns events a second and CPU microseconds an event.
async fn flood(name: &str, server: &Server, connections: usize) -> (f64, f64) {
    let before = server.cpu();
    let measured = load::closed_loop(&server.address, events(EVENTS), connections).await;
    let cpu = (server.cpu() - before).as_secs_f64() * 1e6 / EVENTS as f64;
    print(name, &measured, Some(cpu));
    (measured.per_second, cpu)
}

fn print(name: &str, measured: &Measured, cpu: Option<f64>) {
    let cpu = cpu.map(|cpu| format!(" {cpu:>6.1} µs")).unwrap_or_default();
    println!(
        "  {name:<48} {:>8.0}/s{cpu} {:>9.2?} {:>9.2?}{}",
        measured.per_second,
        measured.quantile(0.5),
        measured.quantile(0.99),
        if measured.refused > 0 { format!("  {} refused!", measured.refused) } else { String::new() },
    );
}

/// Distinct, freshly signed pushes of a rename, as DingTalk sends them.
fn events(count: usize) -> Vec<Vec<u8>> {
    let (world, keys) = (World::system(), keys());
    (0..count)
        .map(|number| {
            let now = world.now();
            let event = serde_json::json!({
                "EventType": "chat_update_title", "EventTime": now.0, "CorpId": seed::CORP_ID, "BizId": number.to_string(),
                "eventId": world.id(), "timeStamp": now.0, "chatId": "chat676e50a07", "operator": "user456",
                "title": "值班群", "openConversationId": "cidbenchmark==",
            });
            let random: [u8; 16] = world.bytes();
            let sealed =
                callback::seal(&keys, seed::CLIENT_ID, &event.to_string(), now, &world.text(16), random);
            let path = format!(
                "/dingtalk/benchbench/events?msg_signature={}&timestamp={}&nonce={}",
                sealed.msg_signature, sealed.time_stamp, sealed.nonce
            );
            load::post(&path, &serde_json::json!({ "encrypt": sealed.encrypt }).to_string())
        })
        .collect()
}

fn keys() -> Keys {
    Keys {
        token: seed::TOKEN.into(),
        aes_key: AesKey::parse(seed::AES_KEY).unwrap(),
        owners: vec![seed::CLIENT_ID.to_owned()],
    }
}

/// The receiver as it is, gate, checks and answer, storing nothing.
#[tokio::main]
pub async fn serve_baseline() {
    let state = Application::build(Config::read(None).unwrap(), World::system()).await.unwrap().state;
    let routes = axum::Router::new()
        .route(paths::DINGTALK_EVENTS, post(receive))
        .route_layer(from_fn_with_state(state.clone(), http::free_when_genuine));
    let listener = http::listen::bind(state.config.listen).unwrap();
    println!("listens on {}", listener.local_addr().unwrap());
    let crowd = http::crowd::Crowd::new(state.config.connections_per_address, state.config.trusted_proxies.clone());
    http::listen::serve(listener, http::guarded(routes, state), crowd, std::future::pending()).await;
}

async fn receive(
    Of(state): Of<State>,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Json<callback::Reply> {
    let query = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect::<Vec<_>>();
    let pushed = flow::events::open(&state, &key, &query, &body).await;
    Json(flow::events::success(&state, &pushed.unwrap_or_else(|_| panic!("a genuine event was refused"))))
}

/// A moment for what was started to come to rest.
#[expect(clippy::disallowed_methods, reason = "a benchmark waits")]
pub async fn rest(duration: Duration) {
    tokio::time::sleep(duration).await;
}
