//! How long an administrator waits for each page of the console: `cargo bench -p server --bench console`.
//!
//! 10,000 people, 2,000 groups with their subscriptions and war rooms, 1,000,000 deliveries and 100,000 lines of the audit log, on SQLite and PostgreSQL. Prints
//! the middle and the 95th percentile of the first page of every section, of searches, and of a page far back.
//! `DINGDUTY_CONSOLE_DELIVERIES` makes the database smaller, for a quick look.

#[path = "../../tests/it/postgres.rs"]
mod postgres;
mod seed;

use contract::console::Section;
use contract::paths;
use server::application::Application;
use server::config::Config;
use server::flow::{access, set_up};
use std::collections::HashMap;
use std::time::Duration;
use tokio::net::TcpListener;
use world::World;

pub const KEY: &str = "benchbench";
/// Times each page is opened.
const ROUNDS: usize = 60;
/// Pages opened before anything is measured.
const WARM: usize = 3;
/// Between two pages, so that the limit of requests is not what is measured.
const APART: Duration = Duration::from_millis(60);
/// The goal of a first page at the 95th percentile.
const GOAL: Duration = Duration::from_millis(100);

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    sqlx::any::install_default_drivers();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::system();
        let directory = std::env::temp_dir().join(format!("dingduty-console-{}-{}", std::process::id(), world.id()));
        std::fs::create_dir_all(&directory).unwrap();
        measure("SQLite", format!("sqlite://{}", directory.join("bench.db").display())).await;
        let _ = std::fs::remove_dir_all(&directory);
        match postgres::database().await {
            Some(url) => measure("PostgreSQL", url).await,
            None => println!("no PostgreSQL here"),
        }
    });
}

async fn measure(name: &str, database_url: String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let application = Application::build(config(&base, &database_url), World::system()).await.unwrap();
    add_integration(&application).await;
    let world = application.state.world.clone();
    let began = world.monotonic();
    let size = seed::fill(&database_url, world.now().0).await;
    println!("{name}: {size} deliveries made in {:.0} s", (world.monotonic() - began).as_secs_f64());
    let link = access::console_link(&application.state, "bench").await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = application.clone().serve(listener, async move {
        let _ = stopped.await;
    });
    let asking = async {
        let browser = Browser::enter(&base, &link).await;
        let sections = Section::ALL.map(|section| (section.name(), String::new()));
        let searches = [
            ("failed", "deliveries?state=failed"),
            ("one outcome", "deliveries?outcome=app+not+linked"),
            ("outcome and state", "deliveries?outcome=delivered&state=failed"),
            ("one group", "deliveries?group=chat7"),
            ("one person", "deliveries?person=user7"),
            ("words, found", "deliveries?q=title"),
            ("words, not found", "deliveries?q=nothingofthekind"),
            ("far back", "deliveries?after=1000-zzz"),
            ("send all again", "deliveries?outcome=app+not+linked&state=failed&again=yes"),
            ("people by name", "people?q=member+99"),
            ("people, nobody", "people?q=nobodyofthename"),
            ("people not linked", "people?state=unlinked"),
            ("people far back", "people?page=190"),
            ("groups by name", "groups?q=group+199"),
            ("one act", "audit?act=link-removed"),
            ("one act of one", "audit?actor=actor3&act=nothing"),
        ];
        let searches = searches.map(|(what, rest)| (what, rest.to_owned()));
        for (what, rest) in sections.into_iter().chain(searches) {
            let rest = if rest.is_empty() { what.to_owned() } else { rest };
            let address = format!("{base}/console/{KEY}/{rest}");
            let what = if what.is_empty() { "overview" } else { what };
            report(what, browser.open(&world, address.trim_end_matches('/')).await);
        }
        let _ = stop.send(());
    };
    tokio::join!(serving, asking);
    application.state.store.close().await;
    println!();
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |hundredths: usize| times[(times.len() * hundredths / 100).min(times.len() - 1)];
    let mark = if at(95) > GOAL { "  over the goal" } else { "" };
    println!("  {what:20} p50 {:>6.1} ms   p95 {:>6.1} ms{mark}", ms(at(50)), ms(at(95)));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// A browser that is signed in to the console.
struct Browser {
    http: reqwest::Client,
    cookie: String,
}

impl Browser {
    #[expect(clippy::disallowed_methods, reason = "the benchmark is no platform client")]
    async fn enter(base: &str, link: &str) -> Self {
        let redirect = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(redirect).build().unwrap();
        let code = link.split_once("code=").unwrap().1.to_owned();
        let form = http.post(format!("{base}{}", paths::CONSOLE_ENTER)).header("sec-fetch-site", "same-origin");
        let form = form.header("content-type", "application/x-www-form-urlencoded").body(format!("code={code}"));
        let answer = form.send().await.unwrap();
        let cookies = answer.headers().get_all("set-cookie").iter();
        let cookies: Vec<&str> = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap()).collect();
        let cookie = cookies.join("; ");
        assert!(!cookie.is_empty(), "{}", answer.status());
        Self { http, cookie }
    }

    /// How long a page took each time.
    #[expect(clippy::disallowed_methods, reason = "a benchmark waits on a real clock")]
    async fn open(&self, world: &World, address: &str) -> Vec<Duration> {
        let mut times = Vec::new();
        while times.len() < ROUNDS + WARM {
            let began = world.monotonic();
            let answer = self.http.get(address).header("cookie", &self.cookie).send().await.unwrap();
            let status = answer.status();
            let body = answer.bytes().await.unwrap();
            assert!(status.is_success(), "{address}: {status} {}", String::from_utf8_lossy(&body));
            times.push(world.monotonic() - began);
            tokio::time::sleep(APART).await;
        }
        times.split_off(WARM)
    }
}

async fn add_integration(application: &Application) {
    let form = serde_json::json!({
        "key": KEY, "name": "Bench", "corp_id": "dingbench01", "agent_id": "1", "client_id": "client",
        "client_secret": "secret", "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "token": "token123",
        "card_template_id": "card.schema", "flashduty_app_key": "key",
    });
    let form = set_up::Form::from_json(&form.to_string()).unwrap();
    set_up::add(&application.state, form, "bench").await.unwrap();
}

fn config(base: &str, database_url: &str) -> Config {
    // No platform is asked: nothing of this is on a page's way.
    let nowhere = "http://127.0.0.1:9".to_owned();
    let settings = HashMap::from([
        ("DINGDUTY_LISTEN", base.trim_start_matches("http://").to_owned()),
        ("DINGDUTY_PUBLIC_URL", base.to_owned()),
        ("DINGDUTY_DATABASE_URL", database_url.to_owned()),
        ("DINGDUTY_SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
        ("DINGDUTY_DINGTALK_API_URL", nowhere.clone()),
        ("DINGDUTY_DINGTALK_OAPI_URL", nowhere.clone()),
        ("DINGDUTY_DINGTALK_LOGIN_URL", nowhere.clone()),
        ("DINGDUTY_DINGTALK_JSAPI_URL", nowhere.clone()),
        ("DINGDUTY_FLASHDUTY_API_URL", nowhere),
    ]);
    Config::load(None, |name| settings.get(name).cloned()).unwrap()
}
