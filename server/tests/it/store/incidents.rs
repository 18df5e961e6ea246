use super::*;
use contract::incident::Progress;
use server::model::card::{Card, Notice, Noticed};
use server::model::delivery::{Attempt, Delivery, DeliveryState, Outcome, Target};
use server::model::incident::{Incident, Mirror};
use server::store::{card, delivery, incident};
use std::collections::BTreeMap;

pub fn card(integration: &str, incident_id: &str) -> Card {
    Card {
        out_track_id: "card".into(),
        integration: integration.into(),
        incident_id: incident_id.into(),
        target: Target::Chat("ops".into()),
        delivered: false,
        shown: BTreeMap::from([("title".to_owned(), "标题".to_owned())]),
        noticed: vec![Noticed { user_id: "li".into(), notice: Notice::default(), stays: true, is_new: false }],
        created: NOW,
        updated: NOW,
        version: 1,
    }
}

pub fn delivery(id: &str, integration: &str, incident_id: &str, target: Target) -> Delivery {
    Delivery {
        id: id.into(),
        integration: integration.into(),
        incident_id: incident_id.into(),
        target,
        target_name: "运维".into(),
        reason: "incident".into(),
        state: DeliveryState::Waiting,
        outcome: Outcome::Waiting,
        code: String::new(),
        message: String::new(),
        request_id: String::new(),
        text: "[Critical] CPU".into(),
        attempts: 0,
        cost: 0,
        next: Some(NOW),
        created: NOW,
        updated: NOW,
        version: 1,
    }
}

fn mirror(id: &str, progress: Progress, event_ms: i64) -> Mirror {
    let mut incident = Incident { progress, title: "nul \0".into(), ..Incident::empty(id) };
    incident.labels.insert("服务".into(), "支付".into());
    Mirror { integration: "alpha".into(), incident, event_at: Millis(event_ms), version: 1 }
}

#[tokio::test]
async fn an_incident_comes_back_as_it_was() {
    in_both(async |tx| {
        let mut first = mirror("1", Progress::Triggered, 5);
        assert!(incident::insert(tx, &first).await.unwrap());
        assert!(!incident::insert(tx, &first).await.unwrap());
        assert_eq!(incident::get(tx, "alpha", "1").await.unwrap().as_ref(), Some(&first));
        assert_eq!(incident::get(tx, "beta", "1").await.unwrap(), None);
        first.incident.progress = Progress::Closed;
        assert!(incident::update(tx, &first).await.unwrap());
        assert!(!incident::update(tx, &first).await.unwrap());
        assert_eq!(incident::get(tx, "alpha", "1").await.unwrap(), Some(Mirror { version: 2, ..first }));

        incident::insert(tx, &mirror("2", Progress::Processing, 6)).await.unwrap();
        incident::insert(tx, &mirror("3", Progress::Triggered, 7)).await.unwrap();
        let open = incident::open(tx, "alpha", 9).await.unwrap();
        assert_eq!(open.iter().map(|one| one.incident.id.as_str()).collect::<String>(), "32");
        assert_eq!(incident::open(tx, "alpha", 1).await.unwrap().len(), 1);
        assert_eq!(incident::open(tx, "beta", 9).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_card_is_changed_whatever_its_version() {
    in_both(async |tx| {
        assert!(card::insert(tx, &card("alpha", "1")).await.unwrap());
        for _ in 0..2 {
            assert!(card::change(tx, "card", |card| card.updated = Millis(card.updated.0 + 1)).await.unwrap());
        }
        let changed = card::get(tx, "card").await.unwrap().unwrap();
        assert_eq!((changed.updated, changed.version), (Millis(NOW.0 + 2), 3));
        assert!(!card::change(tx, "unknown", |_| {}).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn one_act_at_a_time() {
    in_both(async |tx| {
        incident::insert(tx, &mirror("1", Progress::Triggered, 5)).await.unwrap();
        assert!(incident::lease_act(tx, "alpha", "1", Millis(10), Millis(20)).await.unwrap());
        assert!(!incident::lease_act(tx, "alpha", "1", Millis(19), Millis(40)).await.unwrap());
        assert!(incident::update(tx, &mirror("1", Progress::Processing, 6)).await.unwrap(), "webhooks go on");
        assert!(!incident::lease_act(tx, "alpha", "1", Millis(19), Millis(40)).await.unwrap());
        assert!(incident::lease_act(tx, "alpha", "1", Millis(20), Millis(40)).await.unwrap(), "the lease has run out");
        incident::release_act(tx, "alpha", "1", Millis(20)).await.unwrap();
        assert!(!incident::lease_act(tx, "alpha", "1", Millis(21), Millis(50)).await.unwrap(), "its own was lost");
        incident::release_act(tx, "alpha", "1", Millis(40)).await.unwrap();
        assert!(incident::lease_act(tx, "alpha", "1", Millis(21), Millis(40)).await.unwrap());
        incident::take_back(tx).await.unwrap();
        assert!(incident::lease_act(tx, "alpha", "1", Millis(22), Millis(40)).await.unwrap(), "its holder is dead");
        assert!(!incident::lease_act(tx, "alpha", "unknown", Millis(21), Millis(40)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_card_comes_back_as_it_was() {
    in_both(async |tx| {
        let mut first = super::incidents::card("alpha", "i");
        assert!(card::insert(tx, &first).await.unwrap());
        assert!(!card::insert(tx, &first).await.unwrap());
        assert_eq!(card::get(tx, "card").await.unwrap().as_ref(), Some(&first));
        assert_eq!(card::get(tx, "other").await.unwrap(), None);
        first.delivered = true;
        first.shown.insert("state".into(), "closed".into());
        first.noticed.clear();
        assert!(card::update(tx, &first).await.unwrap());
        assert!(!card::update(tx, &first).await.unwrap());
        let other = Card { out_track_id: "a".into(), target: Target::Person("li".into()), ..first.clone() };
        card::insert(tx, &Card { created: Millis(NOW.0 + 1), ..other.clone() }).await.unwrap();
        let both = card::by_incident(tx, "alpha", "i").await.unwrap();
        assert_eq!(both, [Card { version: 2, ..first }, Card { created: Millis(NOW.0 + 1), ..other }]);
        assert_eq!(card::by_incident(tx, "alpha", "j").await.unwrap(), []);
        assert_eq!(card::by_incident(tx, "beta", "i").await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_target_is_told_once_of_an_incident_for_one_reason() {
    in_both(async |tx| {
        let first = super::incidents::delivery("1", "alpha", "i", Target::Chat("ops".into()));
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
        let mut first = super::incidents::delivery("1", "alpha", "i", Target::Chat("ops".into()));
        delivery::insert(tx, &first).await.unwrap();
        let attempt = |number| Attempt {
            delivery_id: "1".into(),
            number,
            outcome: Outcome::Unreachable,
            code: "500".into(),
            message: "nul \0".replace('\0', "\u{fffd}"),
            request_id: "r".into(),
            at: NOW,
        };
        delivery::add_attempt(tx, &attempt(2)).await.unwrap();
        delivery::add_attempt(tx, &Attempt { message: "nul \0".into(), ..attempt(1) }).await.unwrap();
        assert_eq!(delivery::attempts(tx, "1").await.unwrap(), [attempt(1), attempt(2)]);

        first.state = DeliveryState::Failed;
        first.outcome = Outcome::Unreachable;
        (first.code, first.message, first.request_id) = ("500".into(), "m".into(), "r".into());
        (first.attempts, first.cost, first.next, first.updated) = (1, 2, None, Millis(NOW.0 + 1));
        (first.target_name, first.text) = ("n".into(), "t".into());
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
        let (outcome, text) = (Outcome::Busy, String::new());
        let attempt = Attempt {
            delivery_id: "1".into(),
            number: 1,
            outcome,
            code: text.clone(),
            message: text.clone(),
            request_id: text,
            at: NOW,
        };
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
            let target = Target::Member(number);
            let outcome = if number % 2 == 0 { Outcome::Delivered } else { Outcome::NotInstalled };
            let new = super::incidents::delivery(&number.to_string(), "alpha", incident_id, target);
            let new = Delivery { outcome, created: Millis(number / 2), ..new };
            delivery::insert(tx, &new).await.unwrap();
        }
        let ids = |found: Vec<Delivery>| found.iter().map(|one| one.id.as_str()).collect::<String>();
        let gone = Some(Outcome::NotInstalled.name());
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
            (Some("no such outcome"), None, None, 9, ""),
        ] {
            let case = format!("{outcome:?} {incident_id:?} {after:?} {limit}");
            assert_eq!(
                ids(delivery::list(tx, "alpha", outcome, incident_id, after, limit).await.unwrap()),
                expected,
                "{case}"
            );
        }
        assert_eq!(ids(delivery::of_incident(tx, "alpha", "i").await.unwrap()), "012");
        assert_eq!(ids(delivery::list(tx, "beta", None, None, None, 9).await.unwrap()), "");
    })
    .await;
}
