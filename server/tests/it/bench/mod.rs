//! The bench: one running server, both simulated platforms, one clock, and the verbs stories are told in.

mod browser;
pub mod verbs;

pub use browser::{Answer, Browser};

use server::application::Application;
use server::config::Config;
use server::{flow, work};
use simulator::dingtalk::AppPages;
use simulator::{Options, Simulator, seed};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use world::{ManualClock, Millis, SeededChance, World};

/// When every story begins: 2026-09-21 14:13:20 UTC, 22:13:20 in Shanghai.
pub const BEGIN: Millis = Millis(1_790_000_000_000);
/// The integration of every story.
pub const KEY: &str = "benchbench";

/// A server between two simulated platforms.
pub struct Bench {
    pub sim: Simulator,
    pub clock: Arc<ManualClock>,
    pub app: Application,
    /// Where the server listens, without a slash at the end.
    pub base: String,
    serving: JoinHandle<()>,
    directory: PathBuf,
    database_url: String,
}

impl Bench {
    /// A bench on a new SQLite file, with the integration set up and both platforms told.
    pub async fn start() -> Self {
        Self::with_seed(1).await
    }

    /// The same with other chance.
    pub async fn with_seed(chance: u64) -> Self {
        let directory = std::env::temp_dir().join(format!("dingduty-bench-{}-{}", std::process::id(), next()));
        std::fs::create_dir_all(&directory).unwrap();
        let database_url = format!("sqlite://{}", directory.join("bench.db").display());
        Self::on(database_url, directory, chance).await
    }

    /// The same on a new PostgreSQL database; none where there is no PostgreSQL.
    pub async fn on_postgres() -> Option<Self> {
        Self::on_postgres_with_seed(1).await
    }

    /// The same with other chance.
    pub async fn on_postgres_with_seed(chance: u64) -> Option<Self> {
        let url = crate::postgres::database().await?;
        let directory = std::env::temp_dir().join(format!("dingduty-bench-{}-{}", std::process::id(), next()));
        std::fs::create_dir_all(&directory).unwrap();
        Some(Self::on(url, directory, chance).await)
    }

    async fn on(database_url: String, directory: PathBuf, chance: u64) -> Self {
        let clock = Arc::new(ManualClock::at(BEGIN));
        let world = World::new(clock.clone(), Arc::new(SeededChance::new(chance)));
        let options = Options { world: world.clone(), dingtalk_port: 0, flashduty_port: 0, seed: true, tick: false };
        let sim = Simulator::start(options).await.unwrap();
        let (app, base, serving) = serve(&sim, &database_url, world).await;
        let bench = Self { sim, clock, app, base, serving, directory, database_url };
        bench.set_up().await;
        bench
    }

    /// Adds the simulator's app as an integration and tells both platforms our addresses.
    async fn set_up(&self) {
        let form = serde_json::json!({
            "key": KEY, "name": "Bench", "corp_id": seed::CORP_ID, "agent_id": seed::AGENT_ID,
            "client_id": seed::CLIENT_ID, "client_secret": seed::CLIENT_SECRET, "aes_key": seed::AES_KEY,
            "token": seed::TOKEN, "card_template_id": seed::CARD_TEMPLATE_ID,
            "flashduty_app_key": simulator::flashduty::seed::SERVICE_APP_KEY,
            // Time stands still while a story raises incidents; storms have stories of their own.
            "storm_cards_per_minute": 10_000,
        });
        let form = flow::set_up::Form::from_json(&form.to_string()).unwrap();
        let integration = flow::set_up::add(&self.app.state, form, "bench").await.unwrap();
        let addresses = flow::set_up::addresses(&self.app.state.config, &integration);
        self.sim.dingtalk.save_callback(&addresses.event_subscription).await.unwrap();
        let header = &addresses.flashduty_webhook_header;
        self.sim.flashduty.set_webhook(&addresses.flashduty_webhook, &[(&header.name, &header.value)]);
        self.sim.dingtalk.set_pages(AppPages {
            homepage: addresses.application_homepage,
            pc_homepage: addresses.pc_homepage,
            cool_app: addresses.cool_app_web,
        });
        self.run_due().await;
    }

    /// Moves the clock.
    pub fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
    }

    /// Does everything that is due, on both sides, until nothing is; the clock moves on by the moments that repaints wait.
    pub async fn run_due(&self) {
        for _ in 0..4 {
            self.quiet().await;
            self.advance(Duration::from_millis(260));
        }
        self.quiet().await;
    }

    async fn quiet(&self) {
        for _ in 0..20 {
            self.sim.run_due().await;
            if work::run_due(&self.app.state).await.unwrap() == 0 {
                return;
            }
        }
        panic!("work never ends");
    }

    /// Another process on the same database, at the address that comes back. Its worker rests.
    pub async fn second(&self) -> (Application, String, JoinHandle<()>) {
        serve(&self.sim, &self.database_url, self.app.state.world.clone()).await
    }

    /// Stops the server as a crash would: nobody reaches it until it is started again.
    pub async fn stop(&mut self) {
        self.serving.abort();
        let _ = (&mut self.serving).await;
    }

    /// Stops the server as a crash would and starts it again on the same database.
    pub async fn restart(&mut self) {
        self.serving.abort();
        let port = self.base.rsplit(':').next().unwrap().parse().unwrap();
        let world = self.app.state.world.clone();
        self.app.state.store.close().await;
        let (app, base, serving) = serve_on(port, &self.sim, &self.database_url, world).await;
        (self.app, self.base, self.serving) = (app, base, serving);
    }
}

/// The server ends with the story, and its files with it.
impl Drop for Bench {
    fn drop(&mut self) {
        self.serving.abort();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

async fn serve(sim: &Simulator, database_url: &str, world: World) -> (Application, String, JoinHandle<()>) {
    serve_on(0, sim, database_url, world).await
}

#[expect(clippy::disallowed_methods, reason = "the server runs beside the story")]
async fn serve_on(
    port: u16,
    sim: &Simulator,
    database_url: &str,
    world: World,
) -> (Application, String, JoinHandle<()>) {
    let listener = listen(port).await;
    let base = format!("http://{}", listener.local_addr().unwrap());
    let settings = HashMap::from([
        ("DINGDUTY_LISTEN", base.trim_start_matches("http://").to_owned()),
        ("DINGDUTY_PUBLIC_URL", base.clone()),
        ("DINGDUTY_DATABASE_URL", database_url.to_owned()),
        ("DINGDUTY_SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
        ("DINGDUTY_DINGTALK_API_URL", sim.dingtalk_url()),
        ("DINGDUTY_DINGTALK_OAPI_URL", sim.dingtalk_url()),
        ("DINGDUTY_DINGTALK_LOGIN_URL", sim.dingtalk_url()),
        ("DINGDUTY_DINGTALK_JSAPI_URL", sim.jsapi_url()),
        ("DINGDUTY_FLASHDUTY_API_URL", sim.flashduty_url()),
    ]);
    let config = Config::load(None, |name| settings.get(name).cloned()).unwrap();
    let app = Application::build(config, world).await.unwrap();
    let serving = app.clone();
    let serving = tokio::spawn(async move { serving.serve(listener, std::future::pending()).await });
    (app, base, serving)
}

/// The former server may need a moment to let go of its port.
#[expect(clippy::disallowed_methods, reason = "waits for the operating system")]
async fn listen(port: u16) -> TcpListener {
    for _ in 0..100 {
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await {
            return listener;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("port {port} stays taken");
}

fn next() -> usize {
    static NUMBER: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}
