use super::*;
use server::model::chat::{Change, Chat};
use server::model::check::{Check, CheckState, Finding, Reason, Run};
use server::model::delivery::{Delivery, DeliveryState, Outcome, Target};
use server::model::task::TaskKind;
use server::store::{chat, chat_health, check_run, delivery, evidence, health, integration, link, task};

#[tokio::test]
async fn evidence_keeps_the_newest_time_and_goes_with_its_integration() {
    in_both(async |tx| {
        integration::insert(tx, &super::integration("alpha")).await.unwrap();
        for at in [5, 9, 7] {
            evidence::put(tx, "alpha", "event:x", Millis(at)).await.unwrap();
        }
        evidence::put(tx, "", "backup", Millis(1)).await.unwrap();
        let known = evidence::all(tx, "alpha").await.unwrap();
        assert_eq!(known.into_iter().collect::<Vec<_>>(), [("event:x".to_owned(), Millis(9))]);
        evidence::remove(tx, "alpha", "event:x").await.unwrap();
        evidence::remove(tx, "other", "backup").await.unwrap();
        assert!(evidence::all(tx, "alpha").await.unwrap().is_empty());
        evidence::put(tx, "alpha", "event:x", Millis(3)).await.unwrap();

        let found = Finding::new(Check::Token, CheckState::Proved, Reason::Answered, NOW);
        for findings in [vec![], vec![found]] {
            let run = Run { findings, ran: NOW };
            check_run::put(tx, "alpha", &run, NOW).await.unwrap();
            assert_eq!(check_run::get(tx, "alpha").await.unwrap(), Some(run));
        }
        assert!(integration::remove(tx, "alpha").await.unwrap());
        assert!(evidence::all(tx, "alpha").await.unwrap().is_empty());
        assert_eq!(check_run::get(tx, "alpha").await.unwrap(), None);
        assert_eq!(evidence::all(tx, "").await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn figures_of_an_integration() {
    in_both(async |tx| {
        assert_eq!(health::installed_chats(tx, "alpha").await.unwrap(), 0);
        assert_eq!(health::last_link(tx, "alpha").await.unwrap(), None);
        assert_eq!(health::last_read(tx, "alpha").await.unwrap(), None);
        assert_eq!(health::oldest_input(tx).await.unwrap(), None);
        let group = {
            let mut group = Chat::unknown("ops".into(), "alpha", "cid1", "robot".into(), NOW);
            group.apply(Change::Installed { robot_code: None, cool_app_code: None }, NOW);
            group
        };
        chat::insert(tx, &group).await.unwrap();
        chat_health::read(tx, "alpha", "ops", Millis(7)).await.unwrap();
        assert_eq!(health::installed_chats(tx, "alpha").await.unwrap(), 1);
        assert_eq!(health::last_read(tx, "alpha").await.unwrap(), Some(Millis(7)));
        link::put(tx, &people::link("l", "alpha", "li", 7)).await.unwrap();
        assert_eq!(health::links(tx, "alpha", "linked").await.unwrap(), 1);
        assert_eq!(health::links(tx, "alpha", "broken").await.unwrap(), 0);
        assert!(health::last_link(tx, "alpha").await.unwrap().is_some());

        let failed = Delivery {
            state: DeliveryState::Failed,
            outcome: Outcome::OutOfRange,
            ..deliveries::delivery_of("d", "alpha", "i", Target::Person("li".into()))
        };
        delivery::insert(tx, &failed).await.unwrap();
        let name = Outcome::OutOfRange.name();
        assert_eq!(health::newest_of(tx, "alpha", name).await.unwrap(), Some(failed.updated));
        assert_eq!(health::count_of(tx, "alpha", name, failed.created).await.unwrap(), 1);
        assert_eq!(health::count_of(tx, "alpha", name, Millis(failed.created.0 + 1)).await.unwrap(), 0);

        let kind = TaskKind::Notify { incident: "dead".to_owned() };
        task::add(tx, "alpha", &kind, NOW, NOW).await.unwrap();
        assert_eq!(health::dead_tasks(tx, "alpha").await.unwrap(), 0);
        let taken = task::lease(tx, NOW, Millis(NOW.0 + 1), 9).await.unwrap();
        task::dead(tx, &taken[0], "no use").await.unwrap();
        assert_eq!(health::dead_tasks(tx, "alpha").await.unwrap(), 1);
    })
    .await;
}
