//! Two programs on one database share one second, measured where it counts: at DingTalk.

use crate::postgres;
use dingtalk::{AppCredentials, Call, Client, Endpoints, ErrorClass, Why};
use server::flow::quota::Pilot;
use server::model::integration::Integration;
use server::model::quota::Priority;
use server::model::throttle::{Span, Turn};
use server::store::{SealingKeys, Store, throttle};
use simulator::{Options, Peer, Simulator, seed};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use world::{Clock, ManualClock, Millis, SystemChance, SystemClock, World};

const PER_SECOND: usize = 20;
const PATH: &str = "/v1.0/im/sceneGroups/query";
const KEY: &str = "a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U=";

/// The machine's clock, as an operator has set it.
#[derive(Default)]
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Millis {
        Millis(SystemClock.now().0 + self.0.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        SystemClock.monotonic()
    }
}

struct Program {
    store: Store,
    client: Client,
}

impl Program {
    async fn start(sim: &Simulator, url: &str, clock: Arc<SetClock>) -> Self {
        let world = World::new(clock, Arc::new(SystemChance));
        let store = Store::open(url, SealingKeys::parse(KEY).unwrap(), world.clone()).await.unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base: url::Url = sim.dingtalk_url().parse().unwrap();
        let platform = dingtalk::Platform::new(Endpoints { api: base.clone(), oapi: base }, world.clone()).unwrap();
        let app = AppCredentials {
            corp_id: seed::CORP_ID.into(),
            agent_id: seed::AGENT_ID.into(),
            client_id: seed::CLIENT_ID.into(),
            client_secret: seed::CLIENT_SECRET.to_owned().into(),
            former_secret: None,
        };
        let gate = Pilot::start(store.clone(), world).gate(&integration(), Priority::Page);
        Self { store, client: platform.app(app, gate) }
    }

    /// So many calls at once; each waits as it is told and comes again.
    #[expect(clippy::disallowed_methods, reason = "many callers at once, who wait")]
    fn call(&self, calls: usize, tasks: &mut JoinSet<()>) {
        for _ in 0..calls {
            let client = self.client.clone();
            tasks.spawn(async move {
                while let Err(error) = client.group_info("no such group", None).await {
                    let ErrorClass::Held(held) = error.class else {
                        assert_eq!(error.class, ErrorClass::ChatGone, "the call was made and answered: {error}");
                        return;
                    };
                    assert_eq!(held.why, Why::Second);
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            });
        }
    }
}

fn integration() -> Integration {
    let mut integration = crate::store::integration("throttled");
    integration.settings.corp_id = seed::CORP_ID.into();
    integration.settings.client_id = seed::CLIENT_ID.into();
    integration.settings.quota.qps = Some(i64::try_from(PER_SECOND).unwrap());
    integration
}

/// When DingTalk heard the calls, and that it refused none.
fn heard(sim: &Simulator) -> Vec<i64> {
    let entries = sim.journal.entries();
    let calls = entries.iter().filter(|entry| entry.peer == Peer::DingTalk && entry.path == PATH);
    let mut times: Vec<i64> = calls
        .inspect(|entry| assert!(!entry.response_body.contains("QpsLimit"), "refused: {}", entry.response_body))
        .map(|entry| entry.at.0)
        .collect();
    times.sort_unstable();
    times
}

fn most_in_a_second(times: &[i64]) -> usize {
    (0..times.len()).map(|end| times[..=end].iter().filter(|at| **at > times[end] - 1_000).count()).max().unwrap_or(0)
}

#[expect(clippy::disallowed_methods, reason = "real seconds are what is measured")]
async fn never_too_many(url: &str) {
    let options = Options { world: World::system(), dingtalk_port: 0, flashduty_port: 0, seed: true, tick: false };
    let sim = Simulator::start(options).await.unwrap();
    let clock = Arc::new(SetClock::default());
    let one = Program::start(&sim, url, clock.clone()).await;
    let two = Program::start(&sim, url, clock.clone()).await;
    let mut tasks = JoinSet::new();
    one.call(60, &mut tasks);
    two.call(40, &mut tasks);

    tokio::time::sleep(Duration::from_millis(1_500)).await;
    // Everything stands still, then all want to go at once.
    std::thread::sleep(Duration::from_secs(3));
    tokio::time::sleep(Duration::from_millis(300)).await;
    clock.0.store(30_000, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(700)).await;
    clock.0.store(-30_000, Ordering::SeqCst);
    // A third begins while the others are at it, as after a restart.
    let three = Program::start(&sim, url, clock).await;
    three.call(20, &mut tasks);
    let begun = SystemClock.monotonic();
    tasks.join_all().await;
    let took = SystemClock.monotonic() - begun;

    let times = heard(&sim);
    assert_eq!(times.len(), 120, "each call was made once");
    assert!(most_in_a_second(&times) <= PER_SECOND, "{} in a second", most_in_a_second(&times));
    assert!(took < Duration::from_secs(20), "the rest took {took:?}");
    for program in [one, two, three] {
        program.store.close().await;
    }
}

#[tokio::test]
async fn two_programs_on_sqlite_never_call_too_often() {
    let folder = std::env::temp_dir().join(format!("dingduty-second-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    never_too_many(&format!("sqlite:{}", folder.join("second.db").display())).await;
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn two_programs_on_postgresql_never_call_too_often() {
    let Some(url) = postgres::database().await else { return };
    never_too_many(&url).await;
}

/// Whoever had to wait for the database decides by the moment at which it came to its turn. By the one before, the turns
/// that others took meanwhile would be in the future and be cut short.
async fn waiting_for_the_database_cuts_no_turn_short(url: &str) {
    const ADMITTED: Call = Call::GROUP_INFO;
    let clock = Arc::new(ManualClock::at(Millis(1_790_000_000_000)));
    let world = World::new(clock.clone(), Arc::new(SystemChance));
    let store = Store::open(url, SealingKeys::parse(KEY).unwrap(), world.clone()).await.unwrap();
    let gate = Pilot::start(store.clone(), world.clone()).gate(&integration(), Priority::Page);
    // Long enough to trust the clock.
    clock.advance(Duration::from_secs(20));

    let mut tx = store.begin().await.unwrap();
    let mut window = throttle::lock(&mut tx, seed::CLIENT_ID, ADMITTED.path, Span::Second).await.unwrap();
    let waits = gate.clone();
    let asked = futures::future::join(async move { waits.admit(&ADMITTED, None).await.map(drop) }, async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_millis(800));
        let until = world.now().plus(Span::Second.behind());
        window.turns = (0..PER_SECOND).map(|n| Turn { id: format!("other-{n}"), until, under_way: false }).collect();
        throttle::put(&mut tx, seed::CLIENT_ID, ADMITTED.path, &window).await.unwrap();
        tx.commit().await.unwrap();
    });
    let (answer, ()) = asked.await;
    assert_eq!(answer.map_err(|held| held.why), Err(Why::Second), "the others are just behind");
    for (passed_ms, free) in [(300, false), (749, false), (1, true)] {
        clock.advance(Duration::from_millis(passed_ms));
        let answer = gate.admit(&ADMITTED, None).await;
        assert_eq!(answer.is_ok(), free, "{passed_ms} ms later");
    }
    store.close().await;
}

#[tokio::test]
async fn waiting_for_sqlite_cuts_no_turn_short() {
    let folder = std::env::temp_dir().join(format!("dingduty-turns-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    waiting_for_the_database_cuts_no_turn_short(&format!("sqlite:{}", folder.join("turns.db").display())).await;
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn waiting_for_postgresql_cuts_no_turn_short() {
    let Some(url) = postgres::database().await else { return };
    waiting_for_the_database_cuts_no_turn_short(&url).await;
}
