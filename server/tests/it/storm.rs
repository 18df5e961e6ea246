//! A long random story from a seed: events twice and out of order, clicks by many and by strangers, troubles of both
//! platforms, bans, restarts, a month that runs out of calls or pushes and ends; on SQLite or PostgreSQL. All the while
//! and afterwards invariants hold. A failing seed is printed; run it again with `DINGDUTY_STORM_SEEDS=<seed>`, or many
//! with `DINGDUTY_STORM_SEEDS=1-200`.

mod acts;
mod quota;
mod troubles;
mod truth;
mod watch;

use crate::bench::{Bench, Browser};
use futures::FutureExt;
use quota::Spending;
use server::model::quota::Month;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use watch::Watch;

const STEPS: usize = 1_000;
/// Employees who link.
const PEOPLE: [&str; 4] = ["li.na", "zhang.wei", "wang.fang", "alice"];
/// Employees who never do: one whom Flashduty knows, one whom it does not.
const STRANGERS: [&str; 2] = ["liu.yang", "bob"];
/// Seeds of every run; one found failing is added here. 1 (on PostgreSQL) and 5 run out of calls and of pushes.
const SEEDS: [u64; 3] = [1, 5, 249];

#[tokio::test]
async fn whatever_happens_the_truth_comes_out() {
    let mut failed = Vec::new();
    for seed in seeds() {
        println!("storm seed {seed}");
        if AssertUnwindSafe(story(seed)).catch_unwind().await.is_err() {
            println!("storm seed {seed} FAILED");
            failed.push(seed);
        }
    }
    assert!(failed.is_empty(), "these seeds failed: {failed:?}");
}

/// Those asked for, as a number or two with a `-` between, else the few of every run.
#[expect(clippy::disallowed_methods, reason = "seeds are run by hand, too")]
fn seeds() -> Vec<u64> {
    let Ok(asked) = std::env::var("DINGDUTY_STORM_SEEDS") else { return SEEDS.to_vec() };
    let number = |text: &str| text.trim().parse::<u64>().expect("a seed is a number");
    match asked.split_once('-') {
        Some((first, last)) => (number(first)..=number(last)).collect(),
        None => vec![number(&asked)],
    }
}

async fn story(seed: u64) {
    let watch = Watch::begin();
    let mut storm = Storm::begin(seed, watch).await;
    // So that the month ends somewhere in the story, after its calls have run out or before.
    let turn = 300 + storm.roll(400);
    for step in 0..STEPS {
        if step == turn {
            storm.to_the_end_of_the_month();
        }
        storm.step().await;
        storm.spending.check(&storm.bench);
    }
    let Spending { bans, bans_not_heard, months, months_spent, pushes_spent, .. } = &storm.spending;
    println!(
        "storm seed {seed} on {}: {} incidents, {} restarts, {bans} bans ({bans_not_heard} answers of one cut), {} months, \
         of which {} ran out of calls and {} of pushes",
        storm.database,
        storm.incidents.len(),
        storm.restarts,
        months.len(),
        months_spent.len(),
        pushes_spent.len(),
    );
    assert_eq!(months.len(), 2, "the story ran over the end of a month");
    storm.calm().await;
    storm.check().await;
}

struct Storm {
    bench: Bench,
    database: &'static str,
    /// The same chance as the seed's, so that a story repeats itself.
    dice: Dice,
    incidents: Vec<String>,
    /// Groups of which an event was never pushed, because the month's pushes were used up.
    untold: BTreeSet<String>,
    /// Of somebody who is linked.
    browser: Browser,
    spending: Spending,
    restarts: usize,
    watch: Watch,
}

struct Dice(u64);

impl Dice {
    /// A number below `sides` (xorshift).
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }
}

impl Storm {
    async fn begin(seed: u64, mut watch: Watch) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let calls = match dice.roll(3) {
            0 => 30 + dice.roll(90),
            _ => 150 + dice.roll(700),
        };
        let pushes = (dice.roll(3) == 0).then(|| 3 + dice.roll(40));
        let postgres = if dice.roll(4) == 0 { Bench::on_postgres_with_seed(seed).await } else { None };
        let database = if postgres.is_some() { "PostgreSQL" } else { "SQLite" };
        let bench = match postgres {
            Some(bench) => bench,
            None => Bench::with_seed(seed).await,
        };
        let mut browsers = Vec::new();
        for person in PEOPLE {
            browsers.push(bench.link(person).await);
        }
        watch.learn(&bench).await;
        let count = |number: usize| u64::try_from(number).unwrap();
        Self {
            spending: Spending::begin(&bench, count(calls), pushes.map(count)).await,
            bench,
            database,
            dice,
            incidents: Vec::new(),
            untold: BTreeSet::new(),
            restarts: 0,
            browser: browsers.swap_remove(0),
            watch,
        }
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.dice.roll(sides)
    }

    async fn step(&mut self) {
        self.bench.advance(Duration::from_millis(400));
        match self.roll(24) {
            0..=2 => self.group_event().await,
            3..=5 => self.raise().await,
            6..=9 => self.click().await,
            10..=12 => self.act_at_flashduty().await,
            13 => self.trouble_of_pushes(),
            14 => self.trouble_of_calls(),
            15 => self.trouble_of_clicks(),
            16 => self.bench.sim.faults.clear(),
            17 => self.bench.advance(Duration::from_secs(90)),
            18 => self.somebody_else_knocks().await,
            19 if self.roll(3) == 0 => self.look_around().await,
            20 if self.roll(4) == 0 => self.restart().await,
            21 if self.roll(8) == 0 => self.spending.ban(&self.bench),
            22 if self.roll(6) == 0 => self.bench.sim.dingtalk.expire_tokens(),
            _ => self.bench.run_due().await,
        }
    }

    async fn restart(&mut self) {
        self.restarts += 1;
        self.bench.restart().await;
        self.spending.forget_ban();
    }

    /// The clock goes on to the last half minute of DingTalk's month.
    fn to_the_end_of_the_month(&self) {
        let now = self.bench.app.state.world.now();
        self.bench.advance(Month::of(now).end.since(now).saturating_sub(Duration::from_secs(30)));
    }

    /// The troubles end; everything has time to come right.
    async fn calm(&mut self) {
        self.bench.sim.faults.clear();
        self.spending.relax(&self.bench).await;
        self.bench.acts_end().await;
        self.bench.reconcile().await;
        for _ in 0..10 {
            self.bench.advance(Duration::from_secs(400));
            self.bench.run_due().await;
        }
        if !self.untold.is_empty() {
            self.every_group_is_read().await;
        }
        self.look_around().await;
    }

    /// What DingTalk did not push is found by reading each group in its turn: one that the app was removed from once in a
    /// week, the others every day.
    async fn every_group_is_read(&mut self) {
        for _ in 0..8 * 24 {
            self.bench.advance(Duration::from_secs(3_600));
            self.bench.run_due().await;
        }
    }
}
