//! A click beside the call to Flashduty that it consists of.

use crate::child::{self, Server};
use crate::receiver::rest;
use simulator::dingtalk::Place;
use simulator::flashduty::{Limits, Raise};
use simulator::{Options, Simulator};
use std::time::{Duration, Instant};
use world::World;

const CLICKS: usize = 200;

/// Runs the comparison and prints it.
pub async fn run() {
    let directory = std::env::temp_dir().join(format!("dingduty-bench-clicks-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let options = Options { world: World::system(), dingtalk_port: 0, flashduty_port: 0, seed: true, tick: true };
    let simulator = Simulator::start(options).await.unwrap();
    simulator.flashduty.set_rate_limits(Limits { per_second: 100_000, per_minute: 1_000_000 });
    let (dingtalk, flashduty, port) = (simulator.dingtalk_url(), simulator.flashduty_url(), child::free_port());
    let added = child::add_integration(&directory, port, &dingtalk, &flashduty);
    let server = Server::start(child::dingduty(&directory, port, &dingtalk, &flashduty).arg("serve"));
    let urls = &added["urls"];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let header = &urls["flashduty_webhook_header"];
    let (name, value) = (text(&header["name"]), text(&header["value"]));
    simulator.flashduty.set_webhook(&text(&urls["flashduty_webhook"]), &[(&name, &value)]);
    let http = http();
    link(&http, &simulator, &server.address).await;
    let raise = Raise { responder_ids: vec![simulator.flashduty.member_id("li.na").unwrap()], ..Raise::default() };
    let incident = simulator.flashduty.raise(raise).await.unwrap();
    let card = card(&simulator).await;

    let (mut clicks, mut direct) = (Vec::new(), Vec::new());
    let key = simulator.flashduty.key_of(simulator.flashduty.member_id("li.na").unwrap()).unwrap();
    for number in 0..CLICKS {
        let action = if number % 2 == 0 { "snooze" } else { "wake" };
        let params = serde_json::json!({ "action": action, "minutes": "120" });
        clicks.push(timed(simulator.dingtalk.click(&card, "li.na", &[action], params)).await);
        direct.push(timed(one_call(&http, &flashduty, &key, &incident)).await);
    }
    clicks.sort_unstable();
    direct.sort_unstable();
    let at = |times: &[Duration], share: f64| times[(times.len() as f64 * share) as usize];
    println!("clicks, {CLICKS} one after the other (p50, p99):");
    println!("  click answered                    {:>9.2?} {:>9.2?}", at(&clicks, 0.5), at(&clicks, 0.99));
    println!("  one call to Flashduty by hand     {:>9.2?} {:>9.2?}", at(&direct, 0.5), at(&direct, 0.99));
    let extra = at(&clicks, 0.99).saturating_sub(at(&direct, 0.99));
    println!("  ours at p99: {extra:.2?} (goal: at most 30 ms)");
    drop(server);
    let _ = std::fs::remove_dir_all(directory);
}

/// Links an employee by an own key, as their browser would.
async fn link(http: &reqwest::Client, simulator: &Simulator, address: &str) {
    let mut cookies = Vec::new();
    let mut post = async |path: &str, fields: &[(&str, &str)]| {
        let request = http.post(format!("http://{address}/api/i/benchbench/{path}")).form(fields);
        let request = request.header("sec-fetch-site", "same-origin").header("cookie", cookies.join("; "));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 303, "{path}");
        for cookie in answer.headers().get_all("set-cookie") {
            cookies.push(cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
        }
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let code = simulator.dingtalk.login_code("li.na").unwrap();
    let location = post("session", &[("code", &code), ("goal", "home")]).await;
    let attempt = location.split_once("attempt=").unwrap().1.split('&').next().unwrap();
    let key = simulator.flashduty.key_of(simulator.flashduty.member_id("li.na").unwrap()).unwrap();
    post("link/app-key", &[("attempt", attempt), ("app_key", &key)]).await;
    post("link/confirm", &[("attempt", attempt)]).await;
}

async fn card(simulator: &Simulator) -> String {
    for _ in 0..100 {
        let cards = simulator.dingtalk.cards_in(&Place::Person("li.na".to_owned()));
        if let Some(card) = cards.first() {
            return card.out_track_id.clone();
        }
        rest(Duration::from_millis(100)).await;
    }
    panic!("no card arrived");
}

async fn one_call(http: &reqwest::Client, flashduty: &str, key: &str, incident: &str) {
    let url = format!("{flashduty}/incident/info?app_key={key}");
    http.post(url).json(&serde_json::json!({ "incident_id": incident })).send().await.unwrap().bytes().await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
async fn timed<T>(work: impl Future<Output = T>) -> Duration {
    let begin = Instant::now();
    work.await;
    begin.elapsed()
}

#[expect(clippy::disallowed_methods, reason = "the benchmark is no platform client")]
fn http() -> reqwest::Client {
    let redirects = reqwest::redirect::Policy::none();
    reqwest::Client::builder().redirect(redirects).no_proxy().build().unwrap()
}
