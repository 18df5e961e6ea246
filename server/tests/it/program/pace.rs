//! DingTalk's second is kept whatever happens to the process: it stands still, its clock is set, it is killed, there are
//! two. Counted by DingTalk, in every sliding second, as calls arrive.

use super::child::{Program, Serving, pause, until};
use super::clock::SetClock;
use super::stage::{GROUP, KEY, Stage, platforms};
use crate::postgres;
use futures::future::join_all;
use simulator::dingtalk::Limits;
use std::collections::BTreeMap;
use std::time::Duration;

const PER_SECOND: usize = 8;
/// So many that all of it happens while they wait.
const INCIDENTS: usize = 90;
const STALL: Duration = Duration::from_secs(3);
/// After its end everything wants to go at once; what naive senders burst with is seen within a moment.
const BETWEEN: Duration = Duration::from_millis(1_200);
const PATIENCE: Duration = Duration::from_secs(90);

impl Stage {
    /// Both sides know of so few calls a second; from here on DingTalk counts.
    async fn few_calls_a_second(&self) {
        let limits = Limits { calls_per_month: 1_000_000, pushes_per_month: 1_000_000, calls_per_second: PER_SECOND };
        self.sim.dingtalk.set_limits(limits);
        let set = self.program.run(&["integration", "set", "--key", KEY, &format!("quota_qps={PER_SECOND}")]).await;
        assert_eq!(set.code, Some(0), "{set:?}");
        // Every process knows a second later.
        pause(BETWEEN).await;
        self.sim.dingtalk.forget_traffic();
    }

    async fn many_incidents(&self) -> Vec<String> {
        let titles: Vec<_> = (0..INCIDENTS).map(|number| format!("paced {number}.")).collect();
        join_all(titles.iter().map(|title| self.raise(title, &[]))).await;
        titles
    }

    /// Everything arrived once, never too fast, and nothing had to be refused.
    async fn arrived_in_order(&self, titles: &[String]) {
        let shown = || {
            let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
            for card in self.cards(GROUP) {
                let title = titles.iter().find(|title| card.public["title"].contains(title.as_str()));
                *shown.entry(title.map_or("another", String::as_str)).or_default() += 1;
            }
            shown
        };
        until("every incident is shown", PATIENCE, async || (shown().len() >= INCIDENTS).then_some(())).await;
        assert!(shown().len() == INCIDENTS && shown().values().all(|times| *times == 1), "{:?}", shown());
        let dingtalk = &self.sim.dingtalk;
        assert_eq!(dingtalk.refused_by_limits(), BTreeMap::new());
        let most = dingtalk.most_in_a_second();
        println!("{INCIDENTS} incidents: {most} calls at most in a sliding second");
        assert!(most <= PER_SECOND, "{most} calls in a second: {:#?}", dingtalk.traffic());
        assert!(!self.program.log().contains("panicked"), "{}", self.program.log());
    }

    fn waits(&self) -> bool {
        self.cards(GROUP).len() < INCIDENTS
    }
}

async fn stands_still(serving: &Serving) {
    serving.stand_still(true).await;
    pause(STALL).await;
    serving.stand_still(false).await;
    pause(BETWEEN).await;
}

#[tokio::test]
async fn a_process_that_stands_still_whose_clock_is_set_and_that_is_killed() {
    let sim = platforms().await;
    let mut program = Program::between(&sim);
    let clock = SetClock::new(&program.folder);
    for (name, value) in clock.iter().flat_map(SetClock::settings) {
        program = program.with(name, &value);
    }
    let mut stage = Stage::set_up(sim, program).await;
    stage.join(GROUP).await;
    stage.few_calls_a_second().await;
    let titles = stage.many_incidents().await;
    pause(BETWEEN).await;
    stands_still(&stage.serving).await;
    for seconds_ahead in [40, -40] {
        if let Some(clock) = &clock {
            clock.set(seconds_ahead);
            pause(BETWEEN).await;
        }
    }
    assert!(stage.waits(), "too few incidents for all of that");
    stage.serving.kill().await;
    stage.serving = stage.program.serve().await;
    stage.arrived_in_order(&titles).await;
}

#[tokio::test]
async fn two_processes_of_which_one_stands_still() {
    let Some(url) = postgres::database().await else { return };
    let sim = platforms().await;
    let program = Program::between(&sim).with("DINGDUTY_DATABASE_URL", &url);
    let stage = Stage::set_up(sim, program).await;
    let copy = stage.program.copy();
    let other = copy.serve().await;
    stage.join(GROUP).await;
    stage.few_calls_a_second().await;
    let titles = stage.many_incidents().await;
    pause(BETWEEN).await;
    stands_still(&other).await;
    stands_still(&stage.serving).await;
    assert!(stage.waits(), "too few incidents for all of that");
    stage.arrived_in_order(&titles).await;
}
