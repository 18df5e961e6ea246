//! A storm of incidents between a flood of webhooks and DingTalk's limits: `cargo bench -p server --bench storm`.
//!
//! 10,000 incidents in a minute to ten groups at 20 calls a second, on one SQLite; with a server that stands still for three
//! seconds, one whose clock is set, one that is killed and started again, two on one PostgreSQL, one of which is killed; and a calm time beside it.
//! `DINGDUTY_STORM_SECONDS` makes the minute shorter at the same rate, for a quick look; an argument names the one scenario
//! to run.

#[path = "../../tests/it/program/clock.rs"]
mod clock;
mod flood;
#[path = "../../tests/it/postgres.rs"]
mod postgres;
mod process;
mod seen;
mod stage;

use flood::{Fan, Sent};
use stage::{GROUPS, Stage};
use std::time::Duration;
use world::World;

const INCIDENTS_IN_A_MINUTE: f64 = 10_000.0;
/// How long what was sent may take to be shown after the last incident.
const SETTLING: Duration = Duration::from_secs(90);
/// Incidents of the calm time, one every four seconds: fewer than make a storm.
const CALM_INCIDENTS: usize = 5;

/// What happens in the middle of a storm.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Event {
    Nothing,
    StandsStill,
    ClockIsSet,
    IsKilled,
}

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let is_wanted = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
    runtime.block_on(async {
        if is_wanted("calm") {
            calm().await;
        }
        for (name, fan, event) in [
            ("one-group-each", Fan::OneEach, Event::Nothing),
            ("every-group", Fan::All, Event::Nothing),
            ("stands-still", Fan::All, Event::StandsStill),
            ("clock-is-set", Fan::All, Event::ClockIsSet),
            ("killed", Fan::All, Event::IsKilled),
        ] {
            if is_wanted(name) {
                storm(name, fan, event, None).await;
            }
        }
        for (name, event) in [("two-servers", Event::Nothing), ("two-servers-one-killed", Event::IsKilled)] {
            if is_wanted(name) {
                match postgres::database().await {
                    Some(url) => storm(name, Fan::All, event, Some(url)).await,
                    None => println!("{name}: no PostgreSQL here\n"),
                }
            }
        }
    });
}

/// A few incidents with time between them cost one call for each group.
async fn calm() {
    let stage = Stage::set_up(Fan::All, None).await;
    let sent = flood::send(&stage.doors, CALM_INCIDENTS, 0.25).await;
    let seen = settled(&stage, sent.len() * GROUPS, |seen| seen.totals().iter().sum()).await;
    let per_incident = seen.calls() as f64 / (sent.len() * GROUPS) as f64;
    println!("calm: {} incidents to {GROUPS} groups", sent.len());
    goal("calls per incident and group", per_incident, per_incident <= 1.1, "at most 1.1");
    println!();
}

async fn storm(name: &str, fan: Fan, event: Event, postgres_url: Option<String>) {
    let seconds = seconds();
    let per_second = INCIDENTS_IN_A_MINUTE / 60.0;
    let count = (per_second * seconds) as usize;
    let mut stage = Stage::set_up(fan, postgres_url).await;
    println!("{name}: {count} incidents in {seconds:.0} s to {GROUPS} groups, {} server(s)", stage.servers.len());
    let doors = stage.doors.clone();
    let (sent, ()) = tokio::join!(flood::send(&doors, count, per_second), happen(&mut stage, event, seconds / 2.0));
    let expected = if fan == Fan::All { count * GROUPS } else { count };
    let seen = settled(&stage, expected, |seen| seen.totals().iter().sum()).await;
    print(&stage, &seen, &sent, fan, seconds);
}

/// What goes wrong in the middle.
async fn happen(stage: &mut Stage, event: Event, after: f64) {
    rest(Duration::from_secs_f64(after)).await;
    let Some(server) = stage.servers.last_mut() else { return };
    match event {
        Event::Nothing => {}
        Event::StandsStill => {
            server.stand_still(true);
            rest(Duration::from_secs(3)).await;
            server.stand_still(false);
        }
        Event::ClockIsSet => {
            let clock = stage.clock.as_ref().expect("a C compiler, by which a clock is made that can be set");
            for seconds_ahead in [40, -40, 0] {
                clock.set(seconds_ahead);
                rest(Duration::from_secs(2)).await;
            }
        }
        Event::IsKilled => server.restart(),
    }
}

/// Waits until the groups have seen everything, or for so long as it may take.
async fn settled(stage: &Stage, expected: usize, shown: impl Fn(&seen::Seen) -> usize) -> seen::Seen {
    let world = World::system();
    let begin = world.now();
    loop {
        let seen = stage.seen();
        if shown(&seen) >= expected || world.now().since(begin) > SETTLING {
            return seen;
        }
        rest(Duration::from_millis(500)).await;
    }
}

fn print(stage: &Stage, seen: &seen::Seen, sent: &[Sent], fan: Fan, seconds: f64) {
    let last = sent.iter().map(|one| one.taken).max().unwrap_or_default();
    let first = sent.iter().map(|one| one.taken).min().unwrap_or_default();
    let dingtalk = &stage.simulator.dingtalk;
    let most = dingtalk.most_in_a_second();
    goal("calls of one API in any sliding second", most as f64, most <= 20, "at most 20");
    let refused: u64 = dingtalk.refused_by_limits().values().sum();
    goal("calls refused by a limit", refused as f64, refused == 0, "0");
    let wanted =
        |group: usize| sent.iter().filter(|one| fan == Fan::All || flood::group_of(one.number) == group).count();
    let totals: Vec<(usize, usize)> = seen.totals().into_iter().enumerate().map(|(n, has)| (wanted(n), has)).collect();
    let lost: usize = totals.iter().map(|(wanted, has)| wanted.saturating_sub(*has)).sum();
    goal("incidents missing in a group, over all groups", lost as f64, lost == 0, "0");
    let twice: usize = totals.iter().map(|(wanted, has)| has.saturating_sub(*wanted)).sum();
    goal("incidents shown twice", twice as f64, twice == 0, "0");
    let gap = seen.longest_gap(last);
    goal("longest time between two paintings of a digest, s", gap, gap <= 12.0, "at most 12");
    let wait = seen.longest_wait(sent, fan);
    println!("    from taken to counted on a card, longest            {wait:>9.2} s");
    let critical = seen.critical_waits(sent, 20);
    let longest = critical.last().copied().unwrap_or_default();
    goal(&format!("first {} Critical cards, longest, s", critical.len()), longest, longest <= 2.0, "at most 2");
    let (digest, all) = seen.most_in_a_minute();
    goal("calls for one group's digest in any minute", digest as f64, digest <= 6, "at most 6");
    goal("calls for one group in any minute, single cards too", all as f64, all <= 6, "at most 6");
    let minutes = (last.since(first).as_secs_f64() / 60.0).max(seconds / 60.0);
    println!(
        "    {} calls, {} of them single cards: {:.1} for each group and minute",
        seen.calls(),
        seen.singles(),
        seen.calls() as f64 / GROUPS as f64 / minutes
    );
    println!("    the flood took {:.1} s", last.since(first).as_secs_f64());
    for server in &stage.servers {
        let memory = server.memory_mib();
        goal("memory at most, MiB", memory, memory <= 100.0, "at most 100");
        println!("    CPU {:.1} s", server.cpu_seconds());
    }
    println!();
}

fn goal(what: &str, value: f64, reached: bool, wanted: &str) {
    let verdict = if reached { "" } else { "  MISSED" };
    println!("  {what:<52} {value:>9.2}  ({wanted}){verdict}");
}

#[expect(clippy::disallowed_methods, reason = "only benchmarks ask how long they may take")]
fn seconds() -> f64 {
    std::env::var("DINGDUTY_STORM_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60.0)
}

/// A moment for others.
#[expect(clippy::disallowed_methods, reason = "a benchmark waits by the machine's clock")]
pub async fn rest(rest: Duration) {
    tokio::time::sleep(rest).await;
}
