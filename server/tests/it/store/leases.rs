use super::*;
use server::model::task::TaskKind;
use server::store::inbox::{self, NewItem, Source};
use server::store::task;
use std::collections::HashSet;
use tokio::task::JoinSet;

const WORKERS: usize = 8;
const PIECES: usize = 500;

#[tokio::test]
async fn eight_workers_take_each_task_once() {
    on_both(async |database| {
        let store = database.open().await;
        let mut tx = store.begin().await.unwrap();
        for number in 0..PIECES {
            let kind = TaskKind::Notify { incident: number.to_string() };
            task::add(&mut tx, "alpha", &kind, NOW, NOW).await.unwrap();
        }
        tx.commit().await.unwrap();
        let taken = at_once(&store, async |tx| {
            let tasks = task::lease(tx, NOW, Millis(NOW.0 + 60_000), 7).await.unwrap();
            tasks.into_iter().map(|one| one.id).collect()
        });
        assert_once(taken.await);
    })
    .await;
}

#[tokio::test]
async fn eight_workers_take_each_item_once() {
    on_both(async |database| {
        let store = database.open().await;
        let mut puts = JoinSet::new();
        for number in 0..PIECES {
            let store = store.clone();
            let (integration, source) = ("alpha".to_owned(), Source::Webhook);
            let item = NewItem { integration, source, event_id: number.to_string(), body: "{}".into() };
            puts.spawn(async move { store.inbox().put(item).await.unwrap() });
        }
        puts.join_all().await;
        let taken = at_once(&store, async |tx| {
            let items = inbox::lease(tx, NOW, Millis(NOW.0 + 60_000), 7).await.unwrap();
            items.into_iter().map(|one| one.id).collect()
        });
        assert_once(taken.await);
    })
    .await;
}

#[tokio::test]
async fn what_the_dead_had_is_taken_back() {
    on_both(async |database| {
        let store = database.open().await;
        let item = NewItem {
            integration: "alpha".to_owned(),
            source: Source::Webhook,
            event_id: "one".to_owned(),
            body: "{}".to_owned(),
        };
        store.inbox().put(item).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        task::add(&mut tx, "alpha", &TaskKind::Introduce, NOW, NOW).await.unwrap();
        for expected in [1, 0] {
            assert_eq!(task::lease(&mut tx, NOW, Millis(NOW.0 + 60_000), 7).await.unwrap().len(), expected);
            assert_eq!(inbox::lease(&mut tx, NOW, Millis(NOW.0 + 60_000), 7).await.unwrap().len(), expected);
        }
        task::take_back(&mut tx).await.unwrap();
        inbox::take_back(&mut tx).await.unwrap();
        assert_eq!(task::lease(&mut tx, NOW, Millis(NOW.0 + 60_000), 7).await.unwrap().len(), 1);
        assert_eq!(inbox::lease(&mut tx, NOW, Millis(NOW.0 + 60_000), 7).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_lease_is_renewed_by_its_holder_alone() {
    on_both(async |database| {
        let store = database.open().await;
        let (integration, source) = ("alpha".to_owned(), Source::Webhook);
        store
            .inbox()
            .put(NewItem { integration, source, event_id: "one".to_owned(), body: "{}".to_owned() })
            .await
            .unwrap();
        let at = |seconds: i64| Millis(NOW.0 + seconds * 1_000);
        let mut tx = store.begin().await.unwrap();
        task::add(&mut tx, "alpha", &TaskKind::Introduce, NOW, NOW).await.unwrap();
        let task = task::lease(&mut tx, NOW, at(15), 7).await.unwrap().remove(0);
        let item = inbox::lease(&mut tx, NOW, at(15), 7).await.unwrap().remove(0);
        assert!(task::renew(&mut tx, &task.id, task.version, at(25)).await.unwrap());
        assert!(inbox::renew(&mut tx, &item.id, item.attempts, at(25)).await.unwrap());
        assert_eq!(task::lease(&mut tx, at(24), at(40), 7).await.unwrap(), []);
        assert_eq!(inbox::lease(&mut tx, at(24), at(40), 7).await.unwrap(), []);

        let taken = task::lease(&mut tx, at(25), at(40), 7).await.unwrap().remove(0);
        assert_eq!(inbox::lease(&mut tx, at(25), at(40), 7).await.unwrap().len(), 1);
        assert!(!task::renew(&mut tx, &task.id, task.version, at(99)).await.unwrap(), "somebody else has it");
        assert!(!inbox::renew(&mut tx, &item.id, item.attempts, at(99)).await.unwrap());
        task::again(&mut tx, &taken, at(50)).await.unwrap();
        inbox::done(&mut tx, &item.id, at(30)).await.unwrap();
        assert!(!task::renew(&mut tx, &taken.id, taken.version, at(99)).await.unwrap(), "it has ended");
        assert!(!inbox::renew(&mut tx, &item.id, item.attempts + 1, at(99)).await.unwrap());
        tx.commit().await.unwrap();
    })
    .await;
}

/// Eight workers that take until nothing is left.
async fn at_once(store: &Store, take: impl AsyncFn(&mut Tx) -> Vec<String>) -> Vec<String> {
    let worker = async || {
        let mut mine = Vec::new();
        loop {
            let mut tx = store.begin().await.unwrap();
            let taken = take(&mut tx).await;
            tx.commit().await.unwrap();
            if taken.is_empty() {
                // On PostgreSQL one that wanted the same rows as another comes back with nothing while some are left.
                let mut tx = store.read().await.unwrap();
                let left = task::waiting(&mut tx, NOW).await.unwrap();
                let next = task::next_due(&mut tx).await.unwrap();
                if left == 0 && next.is_none_or(|at| at > NOW) {
                    return mine;
                }
            }
            mine.extend(taken);
        }
    };
    let (a, b, c, d, e, f, g, h) =
        tokio::join!(worker(), worker(), worker(), worker(), worker(), worker(), worker(), worker());
    let all: [Vec<String>; WORKERS] = [a, b, c, d, e, f, g, h];
    assert!(all.iter().filter(|one| !one.is_empty()).count() > 1, "only one worker worked");
    all.concat()
}

fn assert_once(taken: Vec<String>) {
    assert_eq!(taken.len(), PIECES);
    assert_eq!(taken.into_iter().collect::<HashSet<_>>().len(), PIECES);
}
