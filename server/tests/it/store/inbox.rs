use super::*;
use server::store::inbox::{self, NewItem, Source};
use server::store::task;
use tokio::task::JoinSet;

fn item(event_id: &str) -> NewItem {
    let (integration, source) = ("alpha".to_owned(), Source::Event);
    NewItem { integration, source, event_id: event_id.into(), body: "{}".into() }
}

#[tokio::test]
async fn an_item_is_new_once() {
    on_both(async |database| {
        let store = database.open().await;
        for item in [
            item("1"),
            item("1"),
            NewItem { source: Source::Webhook, ..item("1") },
            NewItem { integration: "beta".into(), ..item("1") },
            item(&"x".repeat(200)),
            item(&"x".repeat(201)),
            item(&"x".repeat(201)),
            item(&"x".repeat(1_000_000)),
            NewItem { body: "nul \0".into(), ..item("nul \0") },
        ] {
            store.inbox().put(item).await.unwrap();
        }
        let mut tx = store.begin().await.unwrap();
        assert_eq!(inbox::unread(&mut tx).await.unwrap(), 7);
        let items = inbox::lease(&mut tx, NOW, Millis(NOW.0 + 10), 9).await.unwrap();
        assert_eq!(items.len(), 7);
        assert!(items.iter().all(|one| one.event_id.len() <= 200 && one.attempts == 1 && one.received == NOW));
        let nul = items.iter().find(|one| one.event_id.starts_with("nul")).unwrap();
        assert_eq!((nul.event_id.as_str(), nul.body.as_str()), ("nul \u{fffd}", "nul \u{fffd}"));
        assert!(items.iter().any(|one| one.source == Source::Webhook && one.integration == "alpha"));
    })
    .await;
}

#[tokio::test]
async fn what_two_programs_get_at_once_is_kept_once() {
    on_both(async |database| {
        let (one, two) = (database.open().await, database.open().await);
        let mut puts = JoinSet::new();
        for number in 0..200 {
            // The second program sees them the other way round: locks taken in that order would meet.
            for (store, number) in [(&one, number), (&two, 199 - number), (&one, number)] {
                let store = store.clone();
                puts.spawn(async move { store.inbox().put(item(&number.to_string())).await.unwrap() });
            }
        }
        puts.join_all().await;
        let mut tx = one.read().await.unwrap();
        assert_eq!(inbox::unread(&mut tx).await.unwrap(), 200);
    })
    .await;
}

#[tokio::test]
async fn an_item_is_worked_off_put_back_or_given_up() {
    on_both(async |database| {
        let store = database.open().await;
        for number in 0..3 {
            store.inbox().put(item(&number.to_string())).await.unwrap();
            database.clock.advance(Duration::from_millis(1));
        }
        let mut tx = store.begin().await.unwrap();
        let at = |ms: i64| Millis(NOW.0 + ms);
        assert_eq!(task::next_due(&mut tx).await.unwrap(), Some(NOW));
        let items = inbox::lease(&mut tx, at(9), at(100), 9).await.unwrap();
        assert_eq!(items.iter().map(|one| one.event_id.as_str()).collect::<Vec<_>>(), ["0", "1", "2"]);
        assert_eq!(inbox::lease(&mut tx, at(99), at(200), 9).await.unwrap(), []);
        assert_eq!(task::next_due(&mut tx).await.unwrap(), Some(at(100)));
        inbox::done(&mut tx, &items[0].id, at(10)).await.unwrap();
        inbox::again(&mut tx, &items[1].id, at(50), "busy").await.unwrap();
        inbox::dead(&mut tx, &items[2].id, at(20), "nonsense").await.unwrap();
        inbox::again(&mut tx, &items[2].id, at(30), "late").await.unwrap();
        assert_eq!(inbox::unread(&mut tx).await.unwrap(), 1);
        assert_eq!(task::next_due(&mut tx).await.unwrap(), Some(at(50)));
        let again = inbox::lease(&mut tx, at(50), at(100), 9).await.unwrap();
        assert_eq!((again.len(), again[0].id.as_str(), again[0].attempts), (1, items[1].id.as_str(), 2));
        inbox::done(&mut tx, &again[0].id, at(60)).await.unwrap();
        assert_eq!(inbox::sweep(&mut tx, at(20)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        for (again, unread) in [("2", 0), ("0", 1)] {
            store.inbox().put(item(again)).await.unwrap();
            let mut tx = store.read().await.unwrap();
            let text = "it is remembered that it was given up, until it is swept away";
            assert_eq!(inbox::unread(&mut tx).await.unwrap(), unread, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn too_much_at_once_is_refused_and_what_was_taken_is_kept_on_closing() {
    let database = Database::sqlite();
    let store = database.open().await;
    // Nothing can be written while somebody else does.
    let tx = store.begin().await.unwrap();
    let mut puts = JoinSet::new();
    for number in 0..6_000 {
        let store = store.clone();
        puts.spawn(async move { store.inbox().put(item(&number.to_string())).await });
    }
    let mut refused = 0;
    while refused < 6_000 - 4_096 - 256 {
        let result = puts.join_next().await.unwrap().unwrap();
        assert!(matches!(result, Err(StoreError::Full)), "{result:?}");
        refused += 1;
    }
    drop(tx);
    store.close().await;
    let kept = puts.join_all().await.into_iter().filter(|result| result.is_ok()).count();
    let late = store.inbox().put(item("late")).await;
    assert!(matches!(late, Err(StoreError::Database(_))), "{late:?}");
    let store = database.open().await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(inbox::unread(&mut tx).await.unwrap(), i64::try_from(kept).unwrap());
    assert!(kept >= 4_096, "{kept}");
}

#[tokio::test]
async fn bodies_that_wait_are_bounded_in_bytes() {
    let database = Database::sqlite();
    let store = database.open().await;
    let tx = store.begin().await.unwrap();
    let large = |id: &str| NewItem { body: "x".repeat(20 << 20), ..item(id) };
    let mut first = JoinSet::new();
    first.spawn({
        let (store, large) = (store.clone(), large("1"));
        async move { store.inbox().put(large).await.unwrap() }
    });
    tokio::task::yield_now().await;
    assert!(matches!(store.inbox().put(large("2")).await, Err(StoreError::Full)));
    drop(tx);
    first.join_all().await;
    store.inbox().put(large("2")).await.expect("room again");
}
