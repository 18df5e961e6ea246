use super::*;
use server::model::quota::Meter;
use server::model::throttle::{Moment, Span, Steady, Window};
use server::store::meter::{self, Place, Reading};
use server::store::throttle;
use tokio::task::JoinSet;

const MONTH: i64 = 202_609;

fn place(meter: Meter) -> Place<'static> {
    Place { corp_id: "ding1", meter, month: MONTH }
}

#[tokio::test]
async fn a_month_is_spent_to_its_ceiling_and_no_further() {
    on_both(async |database| {
        let store = database.open().await;
        let mut callers = JoinSet::new();
        for _ in 0..40 {
            let store = store.clone();
            callers.spawn(async move {
                let mut tx = store.begin().await.unwrap();
                let spent = meter::spend(&mut tx, place(Meter::Api), 25, 30).await.unwrap();
                tx.commit().await.unwrap();
                spent.is_some()
            });
        }
        let spent = callers.join_all().await.into_iter().filter(|spent| *spent).count();
        assert_eq!(spent, 25);
        let mut tx = store.read().await.unwrap();
        let reading = meter::read(&mut tx, place(Meter::Api)).await.unwrap();
        assert_eq!(reading, Reading { used: 25, spent_at_limit: None, warned: 0 });
        assert_eq!(meter::read(&mut tx, place(Meter::Push)).await.unwrap().used, 0);
        drop(tx);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn dingtalks_word_holds_until_the_limit_is_another() {
    in_both(async |tx| {
        let api = place(Meter::Api);
        assert_eq!(meter::spend(tx, api, 100, 100).await.unwrap().unwrap().used, 1);
        meter::spent(tx, api, 100).await.unwrap();
        assert_eq!(meter::spend(tx, api, 1_000, 100).await.unwrap(), None, "whatever the ceiling");
        assert_eq!(meter::spend(tx, api, 100, 50).await.unwrap(), None, "used is at the limit");
        assert_eq!(meter::spend(tx, api, 200, 200).await.unwrap().unwrap().used, 101);
        let next = Place { month: MONTH + 1, ..api };
        assert_eq!(meter::spend(tx, next, 100, 100).await.unwrap().unwrap().used, 1);
        meter::sweep(tx, MONTH + 1).await.unwrap();
        assert_eq!(meter::read(tx, api).await.unwrap().used, 0);
        assert_eq!(meter::read(tx, next).await.unwrap().used, 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_spent_is_known_by_day_and_route() {
    in_both(async |tx| {
        let push = place(Meter::Push);
        for (day, route, count) in [(1, "a", 3), (1, "b", 1), (2, "b", 5), (2, "b", -1)] {
            meter::note(tx, push, day, route, count).await.unwrap();
        }
        assert_eq!(meter::by_day(tx, push).await.unwrap(), [(1, 4), (2, 4)]);
        assert_eq!(meter::by_route(tx, push).await.unwrap(), [("b".to_owned(), 5), ("a".to_owned(), 3)]);
        assert_eq!(meter::add(tx, push, 7).await.unwrap().unwrap().used, 7);
        assert_eq!(meter::add(tx, push, -9).await.unwrap().unwrap().used, 0, "never below nothing");
        assert!(meter::warn(tx, push, 50).await.unwrap());
        assert!(!meter::warn(tx, push, 50).await.unwrap(), "once");
        assert!(meter::warn(tx, push, 80).await.unwrap());
        assert_eq!(meter::read(tx, push).await.unwrap().warned, 80);
    })
    .await;
}

#[tokio::test]
async fn a_window_and_a_ban_are_kept() {
    in_both(async |tx| {
        let mut window = throttle::lock(tx, "app", "/api", Span::Second).await.unwrap();
        assert_eq!(window, Window::default());
        let moment = Moment { now: NOW, steady: Duration::from_secs(5) };
        assert!(window.take("a-1", 2, moment, &mut Steady::new(moment)));
        window.refused(Duration::from_secs(1), NOW);
        throttle::put(tx, "app", "/api", &window).await.unwrap();
        assert_eq!(throttle::lock(tx, "app", "/api", Span::Second).await.unwrap(), window);
        assert_eq!(throttle::lock(tx, "app", "/other", Span::Second).await.unwrap(), Window::default());
        assert_eq!(throttle::banned_until(tx, "api").await.unwrap(), None);
        for until in [NOW, Millis(NOW.0 + 5)] {
            throttle::ban(tx, "api", until).await.unwrap();
            assert_eq!(throttle::banned_until(tx, "api").await.unwrap(), Some(until));
        }
        assert_eq!(throttle::banned_until(tx, "oapi").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn tasks_that_were_held_count_no_attempt_and_can_be_hastened() {
    use server::model::task::TaskKind;
    use server::store::task;
    in_both(async |tx| {
        let later = Millis(NOW.0 + 1_000_000);
        let deliver = TaskKind::Deliver { delivery: "d".into() };
        for key in ["alpha", "beta"] {
            task::add(tx, key, &deliver, NOW, NOW).await.unwrap();
        }
        task::add(tx, "alpha", &TaskKind::Reconcile, later, NOW).await.unwrap();
        for one in task::lease(tx, NOW, later, 9).await.unwrap() {
            task::hold(tx, &one, later).await.unwrap();
        }
        assert!(task::lease(tx, NOW, later, 9).await.unwrap().is_empty());
        task::hasten(tx, "alpha", NOW).await.unwrap();
        let due = task::lease(tx, NOW, later, 9).await.unwrap();
        let due: Vec<_> = due.iter().map(|one| (one.integration.as_str(), &one.kind, one.attempts)).collect();
        assert_eq!(due, [("alpha", &deliver, 1)], "neither another's nor what waits for its own time");
    })
    .await;
}
