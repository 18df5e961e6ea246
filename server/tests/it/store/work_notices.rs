use super::*;
use server::model::delivery::{Delivery, Outcome, Target};
use server::model::work_notice::{Batch, BatchState, Content, Kind, Person, WorkNotice};
use server::store::work_notice_day::Sending;
use server::store::{delivery, work_notice, work_notice_batch, work_notice_day, work_notice_person};

fn notice(id: &str) -> WorkNotice {
    let content = Content { kind: Kind::Oa, title: "标题".into(), status: "开".into(), ..Content::default() };
    WorkNotice {
        id: id.into(),
        integration: "alpha".into(),
        incident_id: "i".into(),
        content,
        actor: "token ci".into(),
        created: NOW,
        recalled: None,
    }
}

fn batch(id: &str, state: BatchState) -> Batch {
    Batch {
        id: id.into(),
        notice_id: "n".into(),
        integration: "alpha".into(),
        incident_id: "i".into(),
        state,
        task_id: String::new(),
        bar: String::new(),
        attempts: 0,
        asked: 0,
        sent: None,
        created: NOW,
        updated: NOW,
        version: 1,
    }
}

fn person(delivery_id: &str, batch_id: &str, user_id: &str) -> Person {
    let (delivery_id, batch_id, user_id) = (delivery_id.into(), batch_id.into(), user_id.into());
    Person { delivery_id, notice_id: "n".into(), batch_id, user_id, sends: 0 }
}

/// One row in each table that belongs to an integration.
pub async fn fill(tx: &mut Tx, key: &str) {
    let (id, batch_id) = (format!("notice-{key}"), format!("batch-{key}"));
    work_notice::insert(tx, &WorkNotice { id: id.clone(), integration: key.into(), ..notice("n") }).await.unwrap();
    let new =
        Batch { id: batch_id.clone(), notice_id: id.clone(), integration: key.into(), ..batch("b", BatchState::Sent) };
    work_notice_batch::insert(tx, &new).await.unwrap();
    let somebody = Person { notice_id: id, ..person(&format!("delivery-{key}"), &batch_id, "li") };
    work_notice_person::insert(tx, &somebody).await.unwrap();
}

#[tokio::test]
async fn a_notice_comes_back_as_it_was_and_is_recalled_once() {
    in_both(async |tx| {
        work_notice::insert(tx, &notice("n")).await.unwrap();
        assert_eq!(work_notice::get(tx, "alpha", "n").await.unwrap(), Some(notice("n")));
        assert_eq!(work_notice::get(tx, "beta", "n").await.unwrap(), None);
        assert!(!work_notice::recall(tx, "beta", "n", Millis(7)).await.unwrap());
        assert!(work_notice::recall(tx, "alpha", "n", Millis(7)).await.unwrap());
        assert!(!work_notice::recall(tx, "alpha", "n", Millis(8)).await.unwrap());
        let recalled = work_notice::get(tx, "alpha", "n").await.unwrap().unwrap();
        assert_eq!(recalled.recalled, Some(Millis(7)));
    })
    .await;
}

#[tokio::test]
async fn notices_are_listed_newest_first() {
    in_both(async |tx| {
        for (id, created) in [("a", 1), ("b", 2), ("c", 2), ("d", 3)] {
            work_notice::insert(tx, &WorkNotice { created: Millis(created), ..notice(id) }).await.unwrap();
        }
        for (after, limit, expected) in [
            (None, 9, "dcba"),
            (None, 2, "dc"),
            (Some((Millis(2), "c".to_owned())), 9, "ba"),
            (Some((Millis(1), "a".to_owned())), 9, ""),
        ] {
            let found = work_notice::list(tx, "alpha", after, limit).await.unwrap();
            assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<String>(), expected);
        }
        assert!(work_notice::list(tx, "beta", None, 9).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_changed_by_whoever_saw_it_last() {
    in_both(async |tx| {
        let mut first = batch("b", BatchState::Waiting);
        work_notice_batch::insert(tx, &first).await.unwrap();
        assert_eq!(work_notice_batch::get(tx, "b").await.unwrap().as_ref(), Some(&first));
        assert_eq!(work_notice_batch::get(tx, "x").await.unwrap(), None);
        (first.state, first.task_id, first.bar) = (BatchState::Sent, "7".into(), "F2510C 开".into());
        (first.attempts, first.asked, first.sent, first.updated) = (1, 2, Some(NOW), Millis(NOW.0 + 1));
        assert!(work_notice_batch::update(tx, &first).await.unwrap());
        assert!(!work_notice_batch::update(tx, &first).await.unwrap());
        first.version = 2;
        assert_eq!(work_notice_batch::of_notice(tx, "n").await.unwrap(), [first.clone()]);
        assert!(work_notice_batch::of_notice(tx, "m").await.unwrap().is_empty());

        for (id, state, bar, sent) in [
            ("c", BatchState::Sent, "x", Some(Millis(5))),
            ("d", BatchState::Recalled, "x", Some(NOW)),
            ("e", BatchState::Sent, "", Some(NOW)),
        ] {
            let other = Batch { bar: bar.into(), sent, ..batch(id, state) };
            work_notice_batch::insert(tx, &other).await.unwrap();
        }
        let since = |at| (at, "i");
        for ((at, incident), expected) in [(since(Millis(5)), 1), (since(Millis(4)), 2), ((Millis(4), "j"), 0)] {
            let found = work_notice_batch::with_bar(tx, "alpha", incident, at).await.unwrap();
            assert_eq!(found.len(), expected, "{at:?} {incident}");
        }
    })
    .await;
}

#[tokio::test]
async fn people_move_between_batches_with_their_deliveries() {
    in_both(async |tx| {
        for (id, user_id, outcome) in
            [("1", "li", Outcome::Read), ("2", "wang", Outcome::Accepted), ("3", "wu", Outcome::Accepted)]
        {
            let new = super::deliveries::delivery_of(id, "alpha", "i", Target::Person(user_id.into()));
            delivery::insert(tx, &Delivery { outcome, ..new }).await.unwrap();
            work_notice_person::insert(tx, &person(id, "b", user_id)).await.unwrap();
        }
        work_notice_person::count_send(tx, "b").await.unwrap();
        work_notice_person::move_to(tx, "2", "c").await.unwrap();
        work_notice_person::move_to(tx, "3", "").await.unwrap();
        let sent = |one: Person| Person { sends: 1, ..one };
        assert_eq!(work_notice_person::get(tx, "2").await.unwrap(), Some(sent(person("2", "c", "wang"))));
        assert_eq!(work_notice_person::get(tx, "9").await.unwrap(), None);
        assert_eq!(work_notice_person::of_batch(tx, "b").await.unwrap(), [sent(person("1", "b", "li"))]);
        assert_eq!(work_notice_person::of_notice(tx, "n").await.unwrap().len(), 3);
        let ids = |found: Vec<Delivery>| found.iter().map(|one| one.id.as_str()).collect::<String>();
        assert_eq!(ids(delivery::of_work_notice_batch(tx, "c").await.unwrap()), "2");
        assert_eq!(ids(delivery::of_work_notice(tx, "n").await.unwrap()), "123");
        let outcomes = delivery::outcomes_of_work_notice(tx, "n").await.unwrap();
        assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), [("accepted".to_owned(), 2), ("read".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test]
async fn what_a_day_counts() {
    in_both(async |tx| {
        for (id, batch_id, user_id) in [("1", "b", "li"), ("2", "b", "wang"), ("3", "c", "li"), ("4", "all", "")] {
            work_notice_person::insert(tx, &person(id, batch_id, user_id)).await.unwrap();
        }
        work_notice_day::hold(tx, "app").await.unwrap();
        work_notice_day::hold(tx, "app").await.unwrap();
        let sending = |batch_id, hash| Sending { app: "app", day: 9, hash, batch_id };
        assert!(!work_notice_day::is_repeated(tx, sending("b", "h")).await.unwrap());
        work_notice_day::add(tx, sending("b", "h"), Millis(100)).await.unwrap();
        work_notice_day::add(tx, sending("c", "g"), Millis(200)).await.unwrap();
        work_notice_day::add(tx, sending("c", "g"), Millis(200)).await.unwrap();
        for (one, expected) in [
            (sending("b", "h"), true),
            (sending("c", "h"), true),
            (sending("b", "g"), true),
            (sending("c", "f"), false),
            (sending("all", "g"), true),
            (Sending { day: 10, ..sending("b", "h") }, false),
            (Sending { app: "other", ..sending("b", "h") }, false),
        ] {
            assert_eq!(work_notice_day::is_repeated(tx, one).await.unwrap(), expected, "{one:?}");
        }
        let had = work_notice_day::had(tx, "app", 9, "b").await.unwrap();
        assert_eq!(had.into_iter().collect::<Vec<_>>(), [("li".to_owned(), 2), ("wang".to_owned(), 1)]);
        assert!(work_notice_day::had(tx, "app", 9, "all").await.unwrap().is_empty());
        work_notice_day::add(tx, sending("all", "a"), Millis(300)).await.unwrap();
        assert_eq!(work_notice_day::had(tx, "app", 9, "all").await.unwrap()[""], 1);
        assert_eq!(
            work_notice_day::had(tx, "app", 9, "b").await.unwrap()["wang"],
            2,
            "those to everybody count for each"
        );
        for (since, expected) in [(0, 4), (100, 2), (299, 1), (300, 0)] {
            assert_eq!(work_notice_day::reached_since(tx, "app", Millis(since)).await.unwrap(), expected, "{since}");
        }
        work_notice_day::give_back(tx, "b", Millis(99)).await.unwrap();
        assert_eq!(work_notice_day::reached_since(tx, "app", Millis(0)).await.unwrap(), 4);
        work_notice_day::give_back(tx, "b", Millis(100)).await.unwrap();
        assert_eq!(work_notice_day::reached_since(tx, "app", Millis(0)).await.unwrap(), 2);
        work_notice_day::sweep(tx, Millis(300)).await.unwrap();
        assert_eq!(work_notice_day::reached_since(tx, "app", Millis(0)).await.unwrap(), 1);
    })
    .await;
}
