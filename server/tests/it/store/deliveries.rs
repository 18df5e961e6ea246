use super::*;
use server::model::delivery::{Attempt, Delivery, DeliveryState, Outcome, Target};
use server::store::delivery::{self, Wanted};
use std::time::Duration;

pub fn delivery_of(id: &str, integration: &str, incident_id: &str, target: Target) -> Delivery {
    Delivery {
        target_name: "运维".into(),
        text: "[Critical] CPU".into(),
        version: 1,
        ..Delivery::new(id.into(), (integration, incident_id), target, "incident", NOW)
    }
}

pub fn attempt(delivery_id: &str, number: i64) -> Attempt {
    Attempt {
        delivery_id: delivery_id.into(),
        number,
        outcome: Outcome::Unreachable,
        code: "500".into(),
        message: "nul \0".replace('\0', "\u{fffd}"),
        request_id: "r".into(),
        text: "### CPU".into(),
        cost: 1,
        took: Duration::from_millis(12),
        at: NOW,
    }
}

#[tokio::test]
async fn a_target_is_told_once_of_an_incident_for_one_reason() {
    in_both(async |tx| {
        let first = delivery_of("1", "alpha", "i", Target::Chat("ops".into()));
        assert!(delivery::insert(tx, &first).await.unwrap());
        for (same, expected) in [
            (Delivery { id: "2".into(), ..first.clone() }, false),
            (Delivery { reason: "escalation".into(), ..first.clone() }, false),
            (Delivery { id: "3".into(), reason: "escalation".into(), ..first.clone() }, true),
            (Delivery { id: "4".into(), target: Target::Person("ops".into()), ..first.clone() }, true),
            (Delivery { id: "5".into(), target: Target::Member(-7), ..first.clone() }, true),
            (Delivery { id: "6".into(), incident_id: "j".into(), ..first.clone() }, true),
            (Delivery { id: "7".into(), integration: "beta".into(), ..first.clone() }, true),
        ] {
            assert_eq!(delivery::insert(tx, &same).await.unwrap(), expected, "{same:?}");
        }
        assert_eq!(delivery::get(tx, "1").await.unwrap().as_ref(), Some(&first));
        assert_eq!(delivery::get(tx, "5").await.unwrap().unwrap().target, Target::Member(-7));
        assert_eq!(delivery::get(tx, "2").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_delivery_keeps_its_last_attempt_and_the_list_of_all() {
    in_both(async |tx| {
        let mut first = delivery_of("1", "alpha", "i", Target::Chat("ops".into()));
        delivery::insert(tx, &first).await.unwrap();
        delivery::add_attempt(tx, &attempt("1", 2)).await.unwrap();
        delivery::add_attempt(tx, &Attempt { message: "nul \0".into(), ..attempt("1", 1) }).await.unwrap();
        assert_eq!(delivery::attempts(tx, "1", 9).await.unwrap(), [attempt("1", 2), attempt("1", 1)]);
        assert_eq!(delivery::attempts(tx, "1", 1).await.unwrap(), [attempt("1", 2)]);

        first.state = DeliveryState::Failed;
        first.outcome = Outcome::Unreachable;
        (first.code, first.message, first.request_id) = ("500".into(), "m".into(), "r".into());
        (first.attempts, first.cost, first.next, first.updated) = (1, 2, None, Millis(NOW.0 + 1));
        (first.target_name, first.text) = ("n".into(), "t".into());
        (first.tries, first.asked, first.copies) = (3, Some(Millis(NOW.0 + 2)), 4);
        (first.repeatable, first.may_be_there) = (false, true);
        assert!(delivery::update(tx, &first).await.unwrap());
        assert!(!delivery::update(tx, &first).await.unwrap());
        assert_eq!(delivery::get(tx, "1").await.unwrap(), Some(Delivery { version: 2, ..first }));
    })
    .await;
}

#[tokio::test]
async fn the_same_attempt_is_not_written_twice() {
    on_both(async |database| {
        let store = database.open().await;
        let mut tx = store.begin().await.unwrap();
        let attempt = attempt("1", 1);
        delivery::add_attempt(&mut tx, &attempt).await.unwrap();
        assert!(matches!(delivery::add_attempt(&mut tx, &attempt).await, Err(StoreError::Taken)));
    })
    .await;
}

#[tokio::test]
async fn deliveries_are_listed_by_page_outcome_and_incident() {
    in_both(async |tx| {
        for number in 0..6_i64 {
            let incident_id = if number < 3 { "i" } else { "j" };
            let outcome = if number % 2 == 0 { Outcome::Delivered } else { Outcome::NotInstalled };
            let new = delivery_of(&number.to_string(), "alpha", incident_id, Target::Member(number));
            let new = Delivery { outcome, created: Millis(number / 2), ..new };
            delivery::insert(tx, &new).await.unwrap();
        }
        let gone = Some(Outcome::NotInstalled);
        let middle = || Some((Millis(1), "3".to_owned()));
        for (outcome, incident_id, after, limit, expected) in [
            (None, None, None, 9, "543210"),
            (None, None, None, 3, "543"),
            (None, None, middle(), 9, "210"),
            (gone, None, None, 9, "531"),
            (gone, None, middle(), 9, "1"),
            (None, Some("i"), None, 9, "210"),
            (None, Some("j"), middle(), 9, ""),
            (gone, Some("i"), None, 9, "1"),
            (Some(Outcome::Fault), None, None, 9, ""),
        ] {
            let case = format!("{outcome:?} {incident_id:?} {after:?} {limit}");
            let wanted = Wanted { outcome, incident_id: incident_id.map(str::to_owned), ..Wanted::default() };
            assert_eq!(ids(delivery::list(tx, "alpha", &wanted, after, limit).await.unwrap()), expected, "{case}");
        }
        assert_eq!(ids(delivery::of_incident(tx, "alpha", "i").await.unwrap()), "012");
        assert_eq!(ids(delivery::list(tx, "beta", &Wanted::default(), None, 9).await.unwrap()), "");
    })
    .await;
}

#[tokio::test]
async fn deliveries_are_found_by_whatever_is_known_of_them() {
    in_both(async |tx| {
        let targets = [Target::Chat("ops".into()), Target::Person("li.na".into()), Target::Member(7)];
        for (number, target) in (1_i64..).zip(targets) {
            let mut new = delivery_of(&number.to_string(), "alpha", "i", target);
            (new.created, new.code) = (Millis(number * 10), format!("Code_{number}%"));
            new.state = if number == 1 { DeliveryState::Failed } else { DeliveryState::Waiting };
            delivery::insert(tx, &new).await.unwrap();
        }
        let text = |text: &str| Some(text.to_owned());
        for (wanted, expected) in [
            (Wanted { state: Some(DeliveryState::Failed), ..Wanted::default() }, "1"),
            (Wanted { chat_id: text("ops"), ..Wanted::default() }, "1"),
            (Wanted { chat_id: text("li.na"), ..Wanted::default() }, ""),
            (Wanted { person: text("li.na"), ..Wanted::default() }, "2"),
            (Wanted { person: text("7"), ..Wanted::default() }, "3"),
            (Wanted { query: text("[CRITICAL] cpu"), ..Wanted::default() }, "321"),
            (Wanted { query: text("运维"), ..Wanted::default() }, "321"),
            (Wanted { query: text("code_2%"), ..Wanted::default() }, "2"),
            (Wanted { query: text("code%2"), ..Wanted::default() }, ""),
            (Wanted { query: text("LI.NA"), ..Wanted::default() }, "2"),
            (Wanted { since: Some(Millis(20)), ..Wanted::default() }, "32"),
            (Wanted { until: Some(Millis(20)), ..Wanted::default() }, "1"),
            (Wanted { since: Some(Millis(20)), state: Some(DeliveryState::Failed), ..Wanted::default() }, ""),
            (
                Wanted {
                    outcome: Some(Outcome::Waiting),
                    incident_id: text("i"),
                    until: Some(Millis(30)),
                    query: text("cpu"),
                    ..Wanted::default()
                },
                "21",
            ),
        ] {
            let found = delivery::list(tx, "alpha", &wanted, None, 9).await.unwrap();
            assert_eq!(ids(found), expected, "{wanted:?}");
        }
        let third = delivery::get(tx, "3").await.unwrap().unwrap();
        delivery::update(tx, &Delivery { message: "Too Fast".into(), ..third }).await.unwrap();
        let wanted = Wanted { query: text("too fast"), ..Wanted::default() };
        assert_eq!(ids(delivery::list(tx, "alpha", &wanted, None, 9).await.unwrap()), "3", "the last attempt's words");
    })
    .await;
}

#[tokio::test]
async fn a_delivery_goes_to_whoever_linked_unless_they_have_one() {
    in_both(async |tx| {
        let member = delivery_of("1", "alpha", "i", Target::Member(7));
        delivery::insert(tx, &member).await.unwrap();
        delivery::insert(tx, &delivery_of("2", "alpha", "i", Target::Person("wang".into()))).await.unwrap();
        assert!(!delivery::retarget(tx, &member, &Target::Person("wang".into())).await.unwrap());
        let (li, other) = (Target::Person("li".into()), Target::Person("zhao".into()));
        assert!(delivery::retarget(tx, &member, &li).await.unwrap());
        assert!(!delivery::retarget(tx, &member, &other).await.unwrap(), "somebody was faster");
        let expected = Delivery { target: li, version: member.version + 1, ..member };
        assert_eq!(delivery::get(tx, "1").await.unwrap(), Some(expected));
    })
    .await;
}

fn ids(found: Vec<Delivery>) -> String {
    found.iter().map(|one| one.id.as_str()).collect()
}

#[tokio::test]
async fn the_newest_test_of_a_group_is_found() {
    in_both(async |tx| {
        assert_eq!(delivery::last_test(tx, "alpha", "ops").await.unwrap(), None);
        for (id, chat, created) in [("1", "ops", 5), ("2", "ops", 9), ("3", "pay", 11)] {
            let test = Delivery {
                reason: Delivery::reason_of_test(id),
                created: Millis(created),
                ..delivery_of(id, "alpha", "", Target::Chat(chat.into()))
            };
            assert!(test.is_test() && delivery::insert(tx, &test).await.unwrap());
        }
        let said =
            Delivery { reason: "robot message 1".into(), ..delivery_of("4", "alpha", "", Target::Chat("ops".into())) };
        delivery::insert(tx, &said).await.unwrap();
        assert_eq!(delivery::last_test(tx, "alpha", "ops").await.unwrap().unwrap().id, "2");
        assert_eq!(delivery::last_test(tx, "beta", "ops").await.unwrap(), None);
    })
    .await;
}
