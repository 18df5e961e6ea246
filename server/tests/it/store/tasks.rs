use super::*;
use server::model::task::{Task, TaskKind};
use server::store::task;

const UNTIL: Millis = Millis(1_000);

fn repaint() -> TaskKind {
    TaskKind::Repaint { incident: "i".into() }
}

async fn add(tx: &mut Tx, due: i64) {
    task::add(tx, "alpha", &repaint(), Millis(due), Millis(0)).await.unwrap();
}

/// The tasks that can be taken at a time, taken until 1000.
async fn lease(tx: &mut Tx, now: i64) -> Vec<Task> {
    task::lease(tx, Millis(now), UNTIL, 9).await.unwrap()
}

async fn take(tx: &mut Tx, now: i64) -> Task {
    let mut tasks = lease(tx, now).await;
    assert_eq!(tasks.len(), 1, "at {now}");
    tasks.remove(0)
}

async fn next_due(tx: &mut Tx) -> Option<i64> {
    task::next_due(tx).await.unwrap().map(|at| at.0)
}

#[tokio::test]
async fn a_task_asked_for_twice_waits_once_for_the_earlier_time() {
    in_both(async |tx| {
        assert_eq!(next_due(tx).await, None);
        add(tx, 50).await;
        add(tx, 30).await;
        add(tx, 90).await;
        assert!(!task::add_if_absent(tx, "alpha", &repaint(), Millis(1), Millis(0)).await.unwrap());
        assert!(task::add_if_absent(tx, "beta", &repaint(), Millis(40), Millis(0)).await.unwrap());
        assert_eq!(next_due(tx).await, Some(30));
        assert_eq!(lease(tx, 29).await, []);
        assert_eq!(task::waiting(tx, Millis(30)).await.unwrap(), 1);
        let tasks = lease(tx, 45).await;
        assert_eq!(tasks.iter().map(|one| one.integration.as_str()).collect::<Vec<_>>(), ["alpha", "beta"]);
        assert_eq!((&tasks[0].kind, tasks[0].attempts, tasks[0].due), (&repaint(), 1, Millis(30)));
        assert_eq!(task::waiting(tx, Millis(45)).await.unwrap(), 0, "somebody has them");
        for one in tasks {
            task::done(tx, &one).await.unwrap();
        }
        assert_eq!(next_due(tx).await, None);
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_for_while_it_runs_is_not_lost() {
    in_both(async |tx| {
        add(tx, 10).await;
        let running = take(tx, 10).await;
        add(tx, 5_000).await;
        add(tx, 4_000).await;
        add(tx, 6_000).await;
        task::done(tx, &running).await.unwrap();
        assert_eq!(next_due(tx).await, Some(4_000), "not at once: a task that asks for itself must not spin");
        assert_eq!(lease(tx, 3_999).await, []);
        let running = take(tx, 4_000).await;
        assert_eq!(running.attempts, 1, "a new run counts anew");
        task::done(tx, &running).await.unwrap();
        assert_eq!(next_due(tx).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_ran_out_goes_to_another_and_its_loser_changes_nothing() {
    in_both(async |tx| {
        add(tx, 10).await;
        let slow = take(tx, 10).await;
        add(tx, 7_000).await;
        assert_eq!(next_due(tx).await, Some(1_000));
        assert_eq!(lease(tx, 999).await, []);
        let other = task::lease(tx, Millis(1_000), Millis(2_000), 9).await.unwrap().remove(0);
        assert_eq!(other.attempts, 2);
        task::done(tx, &slow).await.unwrap();
        task::again(tx, &slow, Millis(1)).await.unwrap();
        task::dead(tx, &slow, "slow").await.unwrap();
        assert_eq!(next_due(tx).await, Some(2_000), "still the other's");
        task::done(tx, &other).await.unwrap();
        assert_eq!(next_due(tx).await, Some(7_000), "what was asked for during the first lease is kept");
        assert_eq!(task::dead_count(tx).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn again_waits_for_the_earlier_of_both_times_and_forgets_neither() {
    in_both(async |tx| {
        add(tx, 10).await;
        let running = take(tx, 10).await;
        add(tx, 300).await;
        task::again(tx, &running, Millis(100)).await.unwrap();
        assert_eq!(next_due(tx).await, Some(100));
        let running = take(tx, 100).await;
        assert_eq!(running.attempts, 2);
        task::done(tx, &running).await.unwrap();
        assert_eq!(next_due(tx).await, Some(300));
        let running = take(tx, 300).await;
        add(tx, 400).await;
        task::again(tx, &running, Millis(500)).await.unwrap();
        assert_eq!(next_due(tx).await, Some(400));
        let running = take(tx, 400).await;
        task::again(tx, &running, Millis(600)).await.unwrap();
        assert_eq!(next_due(tx).await, Some(600));
        let running = take(tx, 600).await;
        task::done(tx, &running).await.unwrap();
        assert_eq!(next_due(tx).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_dead_task_rests_until_it_is_asked_for() {
    in_both(async |tx| {
        add(tx, 10).await;
        let running = take(tx, 10).await;
        task::dead(tx, &running, "no permission").await.unwrap();
        assert_eq!((task::dead_count(tx).await.unwrap(), next_due(tx).await), (1, None));
        assert_eq!(lease(tx, 99).await, []);
        assert_eq!(task::waiting(tx, Millis(99)).await.unwrap(), 0);
        assert!(!task::add_if_absent(tx, "alpha", &repaint(), Millis(1), Millis(0)).await.unwrap());
        assert_eq!(next_due(tx).await, None);
        add(tx, 200).await;
        assert_eq!((task::dead_count(tx).await.unwrap(), next_due(tx).await), (0, Some(200)));
        let running = take(tx, 200).await;
        assert_eq!(running.attempts, 1);
        add(tx, 700).await;
        task::dead(tx, &running, "no permission").await.unwrap();
        assert_eq!((task::dead_count(tx).await.unwrap(), next_due(tx).await), (0, Some(700)));
        assert!(task::remove(tx, &repaint().dedup("alpha")).await.unwrap());
        assert!(!task::remove(tx, &repaint().dedup("alpha")).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_task_of_a_newer_release_does_not_stop_the_others() {
    on_both(async |database| {
        let store = database.open().await;
        let mut tx = store.begin().await.unwrap();
        add(&mut tx, 10).await;
        tx.commit().await.unwrap();
        assert_eq!(database.raw("UPDATE task SET kind = '{\"do\":\"fly\"}', dedup = 'fly'").await, 1);
        let mut tx = store.begin().await.unwrap();
        add(&mut tx, 10).await;
        assert_eq!(take(&mut tx, 10).await.kind, repaint());
        assert_eq!(task::dead_count(&mut tx).await.unwrap(), 1);
    })
    .await;
}
