//! The program is away for longer than DingTalk's two repetitions: what it missed it learns at its next start.

use super::child::{Program, until};
use super::stage::{GROUP, SOON, Stage};
use simulator::dingtalk::PushResult;
use simulator::{Options, Simulator};
use std::sync::Arc;
use std::time::Duration;
use world::{ManualClock, SeededChance, World};

#[tokio::test]
async fn what_dingtalk_could_not_push_while_the_program_was_away_is_known_after_its_next_start() {
    // DingTalk's clock is moved by hand: its list of failed pushes is late by minutes.
    let clock = Arc::new(ManualClock::at(World::system().now()));
    let world = World::new(clock.clone(), Arc::new(SeededChance::new(1)));
    let options = Options { world, dingtalk_port: 0, flashduty_port: 0, seed: true, tick: false };
    let sim = Simulator::start(options).await.unwrap();
    let program = Program::between(&sim);
    let mut stage = Stage::set_up(sim, program).await;
    stage.serving.kill().await;

    let owner = stage.sim.dingtalk.chat(GROUP).unwrap().owner;
    let installed = stage.sim.dingtalk.install_cool_app(GROUP, &owner).await.unwrap();
    assert!(matches!(installed, PushResult::Failed(_)), "{installed:?}");
    for seconds in [10, 30, 400] {
        clock.advance(Duration::from_secs(seconds));
        stage.sim.run_due().await;
    }
    assert_eq!(stage.sim.dingtalk.pushes_waiting(), 0, "DingTalk has given up");

    stage.serving = stage.program.serve().await;
    until("the group that was installed meanwhile", SOON, async || {
        let chats = stage.items("chats").await;
        chats.into_iter().find(|chat| chat["title"] == GROUP && chat["state"] == "installed")
    })
    .await;
    assert!(!stage.program.log().contains("panicked"), "{}", stage.program.log());
}
