//! The state rules of section 4.1, as tables and short stories.

use super::super::seed::{ALICE, LI_NA, PAYMENTS, WANG_FANG, ZHANG_WEI};
use super::super::{Act, AssignTo, Code, Raise, Refusal};
use super::Bench;
use serde_json::json;

/// Who does what.
type Step = (i64, Act);

/// What it is about, what happens, how the last step ends, where the incident stands then.
type Case = (&'static str, Vec<Step>, Result<bool, Refusal>, &'static str);

/// The incident is raised for 李娜; `steps` happen; then state, own rows after `i_new` and `i_assign`.
async fn story(steps: &[Step]) -> (Bench, String, Vec<Result<bool, Refusal>>) {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    let mut outcomes = Vec::new();
    for (person_id, act) in steps {
        bench.advance(10);
        outcomes.push(bench.flashduty.act_as(*person_id, &id, act.clone()).await);
    }
    (bench, id, outcomes)
}

fn snooze(minutes: i64) -> Act {
    Act::Snooze { minutes }
}

fn reopen() -> Act {
    Act::Reopen { reason: "again".into() }
}

#[expect(clippy::too_many_lines, reason = "a table of acts and states")]
#[tokio::test]
async fn every_act_in_every_state() {
    let refused = || Err(Refusal::parameter("incident_ids"));
    let (done, idle) = (Ok(true), Ok(false));
    let table: Vec<Case> = vec![
        ("first ack", vec![(LI_NA, Act::Acknowledge)], done.clone(), "Processing"),
        ("ack by a non-responder", vec![(ALICE, Act::Acknowledge)], done.clone(), "Processing"),
        ("ack twice", vec![(LI_NA, Act::Acknowledge), (LI_NA, Act::Acknowledge)], idle.clone(), "Processing"),
        ("ack by another", vec![(LI_NA, Act::Acknowledge), (ALICE, Act::Acknowledge)], done.clone(), "Processing"),
        ("unack", vec![(LI_NA, Act::Acknowledge), (LI_NA, Act::Unacknowledge)], done.clone(), "Triggered"),
        ("unack without ack", vec![(LI_NA, Act::Unacknowledge)], idle.clone(), "Triggered"),
        (
            "unack of another's",
            vec![(LI_NA, Act::Acknowledge), (ALICE, Act::Unacknowledge)],
            idle.clone(),
            "Processing",
        ),
        (
            "unack while another's is left",
            vec![(LI_NA, Act::Acknowledge), (ALICE, Act::Acknowledge), (LI_NA, Act::Unacknowledge)],
            done.clone(),
            "Processing",
        ),
        ("snooze", vec![(LI_NA, snooze(5))], done.clone(), "Triggered"),
        ("snooze after ack", vec![(LI_NA, Act::Acknowledge), (LI_NA, snooze(5))], done.clone(), "Processing"),
        ("wake", vec![(LI_NA, snooze(5)), (ALICE, Act::Wake)], done.clone(), "Triggered"),
        ("wake when awake", vec![(ALICE, Act::Wake)], idle.clone(), "Triggered"),
        ("close", vec![(ALICE, Act::resolve())], done.clone(), "Closed"),
        ("close twice", vec![(ALICE, Act::resolve()), (LI_NA, Act::resolve())], idle.clone(), "Closed"),
        ("ack of closed", vec![(ALICE, Act::resolve()), (LI_NA, Act::Acknowledge)], refused(), "Closed"),
        ("unack of closed", vec![(ALICE, Act::resolve()), (LI_NA, Act::Unacknowledge)], refused(), "Closed"),
        ("snooze of closed", vec![(ALICE, Act::resolve()), (LI_NA, snooze(5))], refused(), "Closed"),
        ("wake of closed", vec![(ALICE, Act::resolve()), (LI_NA, Act::Wake)], refused(), "Closed"),
        ("comment on closed", vec![(ALICE, Act::resolve()), (LI_NA, Act::comment("x"))], done.clone(), "Closed"),
        (
            "reopen",
            vec![(ALICE, Act::Acknowledge), (ALICE, Act::resolve()), (LI_NA, reopen())],
            done.clone(),
            "Triggered",
        ),
        ("reopen of open", vec![(LI_NA, reopen())], refused(), "Triggered"),
        (
            "reassign of processing",
            vec![(LI_NA, Act::Acknowledge), (LI_NA, Act::Assign(AssignTo::people(&[ALICE])))],
            done.clone(),
            "Triggered",
        ),
        (
            "reassign keeping who acked",
            vec![(LI_NA, Act::Acknowledge), (LI_NA, Act::Assign(AssignTo::people(&[ALICE, LI_NA])))],
            done.clone(),
            "Processing",
        ),
        (
            "reassign of closed",
            vec![(LI_NA, Act::resolve()), (LI_NA, Act::Assign(AssignTo::people(&[ALICE])))],
            Err(Refusal::parameter("incident_id")),
            "Closed",
        ),
        (
            "assign to nobody known",
            vec![(LI_NA, Act::Assign(AssignTo::people(&[4711])))],
            Err(Code::ResourceNotFound.into()),
            "Triggered",
        ),
        ("add", vec![(LI_NA, Act::AddResponders { person_ids: vec![ALICE] })], done.clone(), "Triggered"),
        ("add who is there", vec![(LI_NA, Act::AddResponders { person_ids: vec![LI_NA] })], idle.clone(), "Triggered"),
    ];
    for (name, steps, last, progress) in table {
        let (bench, id, outcomes) = story(&steps).await;
        assert_eq!(outcomes.last(), Some(&last), "{name}");
        assert_eq!(bench.progress(&id), progress, "{name}");
        let effects = bench.flashduty.acts(&id).iter().filter(|act| act.changed).count();
        let own = bench.rows(&id).len() - 2 - bench.rows(&id).iter().filter(|row| *row == "i_reopen").count();
        assert_eq!(own, effects, "{name}: a row for each effect and for nothing else (a reopening also assigns)");
    }
}

#[tokio::test]
async fn times_and_people_are_kept() {
    let steps =
        [(LI_NA, Act::Acknowledge), (ALICE, Act::Acknowledge), (ALICE, snooze(30)), (ZHANG_WEI, Act::resolve())];
    let (bench, id, _) = story(&steps).await;
    let incident = bench.incident(&id);
    let start = incident["start_time"].as_i64().unwrap();
    assert_eq!(incident["ack_time"], start + 10);
    assert_eq!(
        incident["responders"][0],
        json!({"person_id": LI_NA, "assigned_at": start, "acknowledged_at": start + 10})
    );
    assert_eq!(
        incident["responders"][1],
        json!({"person_id": ALICE, "assigned_at": start + 20, "acknowledged_at": start + 20})
    );
    assert_eq!((&incident["close_time"], &incident["closer_id"]), (&json!(start + 40), &json!(ZHANG_WEI)));
    assert_eq!(incident["snoozed_before"], 0, "a closed incident is not snoozed");
    assert_eq!(incident["num"], id[18..].to_uppercase());
    let feed = bench.flashduty.feed(&id);
    let snoozed = feed.iter().find(|row| row["type"] == "i_snooze").unwrap();
    assert_eq!((&snoozed["detail"], &snoozed["creator_id"]), (&json!({"minutes": 30}), &json!(ALICE)));
    assert_eq!(snoozed["created_at"], (start + 30) * 1000, "the timeline counts in milliseconds");
    assert_eq!(feed[0]["creator_id"], 0, "raised by an alert, so by the system");
}

#[tokio::test]
async fn a_switch_makes_acts_on_closed_incidents_harmless() {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    bench.flashduty.act_as(ALICE, &id, Act::resolve()).await.unwrap();
    bench.flashduty.change_settings(|settings| settings.closed_acts_refused = false);
    let rows = bench.rows(&id);
    for act in [Act::Acknowledge, Act::Unacknowledge, snooze(5), Act::Wake] {
        assert_eq!(bench.flashduty.act_as(LI_NA, &id, act.clone()).await, Ok(false), "{}", act.name());
    }
    assert_eq!((bench.rows(&id), bench.progress(&id).as_str()), (rows, "Closed"));
}

#[tokio::test]
async fn the_end_of_a_snooze_triggers_and_notifies_again() {
    let (bench, id, _) = story(&[(LI_NA, Act::Acknowledge), (LI_NA, snooze(5))]).await;
    let notified = |bench: &Bench| bench.flashduty.feed(&id).iter().filter(|row| row["type"] == "i_notify").count();
    let before = notified(&bench);
    bench.advance(299);
    bench.flashduty.run_due().await;
    assert_eq!(bench.progress(&id), "Processing");
    bench.advance(1);
    bench.flashduty.run_due().await;
    let incident = bench.incident(&id);
    assert_eq!((&incident["progress"], &incident["snoozed_before"]), (&json!("Triggered"), &json!(0)));
    assert_eq!((&incident["ack_time"], &incident["responders"][0]["acknowledged_at"]), (&json!(0), &json!(0)));
    assert_eq!(notified(&bench), before + 1);
    assert!(!bench.rows(&id).contains(&"i_wake".to_owned()));
    bench.flashduty.change_settings(|settings| settings.wake_row_at_snooze_end = true);
    bench.flashduty.act_as(LI_NA, &id, snooze(1)).await.unwrap();
    bench.advance(60);
    assert_eq!(bench.progress(&id), "Triggered");
    assert_eq!(bench.rows(&id).last().map(String::as_str), Some("i_wake"));
}

#[tokio::test]
async fn levels_escalate_repeat_and_stop_when_acknowledged() {
    let bench = Bench::start().await;
    let raise = || Raise { channel_id: PAYMENTS, ..Raise::default() };
    let waiting = bench.flashduty.raise(raise()).await.unwrap();
    let taken = bench.flashduty.raise(raise()).await.unwrap();
    bench.flashduty.act_as(LI_NA, &taken, Act::Acknowledge).await.unwrap();
    bench.flashduty.state().rules[0].layers[0].max_times = 2;
    assert_eq!(bench.incident(&waiting)["assigned_to"]["layer_idx"], 0);
    bench.advance(29 * 60);
    let repeats = |bench: &Bench, id: &str| {
        let feed = bench.flashduty.feed(id);
        let to_people = |row: &&serde_json::Value| row["detail"]["by"] == "push";
        feed.iter().filter(to_people).filter(|row| row["detail"]["fire_type"] == "refire").count()
    };
    bench.flashduty.run_due().await;
    assert_eq!(repeats(&bench, &waiting), 1, "one late round, not all the missed ones at once");
    for _ in 0..3 {
        bench.advance(5);
        bench.flashduty.run_due().await;
    }
    bench.advance(60);
    bench.flashduty.run_due().await;
    let escalated = bench.incident(&waiting);
    assert_eq!(
        (&escalated["assigned_to"]["layer_idx"], &escalated["assigned_to"]["type"]),
        (&json!(1), &json!("escalate"))
    );
    let people: Vec<_> = escalated["responders"].as_array().unwrap().iter().map(|one| &one["person_id"]).collect();
    assert_eq!(people, [&json!(WANG_FANG), &json!(ALICE)]);
    assert_eq!(bench.incident(&taken)["assigned_to"]["layer_idx"], 0);
    assert_eq!(repeats(&bench, &taken), 0);
}
