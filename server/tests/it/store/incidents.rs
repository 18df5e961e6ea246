use super::*;
use contract::incident::Progress;
use server::model::card::{Card, Given, Notice, Noticed};
use server::model::delivery::Target;
use server::model::incident::{Incident, Mirror};
use server::store::{card, incident, reconcile};
use std::collections::BTreeMap;

pub fn card(integration: &str, incident_id: &str) -> Card {
    Card {
        out_track_id: "card".into(),
        integration: integration.into(),
        incident_id: incident_id.into(),
        target: Target::Chat("ops".into()),
        delivered: false,
        shown: BTreeMap::from([("title".to_owned(), "标题".to_owned())]),
        given: BTreeMap::from([("li".to_owned(), Given::of(&BTreeMap::from([("you".to_owned(), "处理".to_owned())])))]),
        noticed: vec![Noticed { user_id: "li".into(), notice: Notice::default(), stays: true, is_new: false }],
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
async fn runs_of_a_comparison_are_kept_and_end_with_their_integration() {
    in_both(async |tx| {
        assert_eq!(reconcile::get(tx, "alpha").await.unwrap(), None);
        let first = reconcile::Run { history: None, failures: 2, failure: Some("TimeOut".into()), ran: NOW };
        reconcile::put(tx, "alpha", &first).await.unwrap();
        assert_eq!(reconcile::get(tx, "alpha").await.unwrap(), Some(first));
        let second = reconcile::Run { history: Some(Millis(5)), failures: 0, failure: None, ran: Millis(9) };
        reconcile::put(tx, "alpha", &second).await.unwrap();
        assert_eq!(reconcile::get(tx, "alpha").await.unwrap(), Some(second));
        assert_eq!(reconcile::get(tx, "beta").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_incident_knows_when_it_was_written() {
    in_both(async |tx| {
        assert_eq!(incident::written(tx, "alpha", "1").await.unwrap(), None);
        incident::insert(tx, &mirror("1", Progress::Triggered, 5)).await.unwrap();
        assert_eq!(incident::written(tx, "alpha", "1").await.unwrap(), Some(NOW));
    })
    .await;
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
async fn changes_are_found_by_when_they_were_written() {
    in_both(async |tx| {
        for id in ["1", "2"] {
            incident::insert(tx, &mirror(id, Progress::Triggered, 5)).await.unwrap();
        }
        let change = |id: &str, version| incident::Change { id: id.into(), version, written: NOW };
        let all = incident::changed_since(tx, "alpha", NOW, 10).await.unwrap();
        assert_eq!(all, [change("1", 1), change("2", 1)]);
        assert!(incident::update(tx, &mirror("2", Progress::Closed, 6)).await.unwrap());
        assert_eq!(incident::changed_since(tx, "alpha", NOW, 10).await.unwrap()[1], change("2", 2));
        assert_eq!(incident::changed_since(tx, "alpha", NOW, 1).await.unwrap().len(), 1);
        assert!(incident::changed_since(tx, "alpha", Millis(NOW.0 + 1), 10).await.unwrap().is_empty());
        assert!(incident::changed_since(tx, "beta", NOW, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_was_last_heard_of_comes_first() {
    in_both(async |tx| {
        for (id, progress) in [("1", Progress::Triggered), ("2", Progress::Closed), ("3", Progress::Triggered)] {
            assert!(incident::insert(tx, &mirror(id, progress, 5)).await.unwrap());
        }
        let newest = incident::newest(tx, "alpha", 2).await.unwrap();
        assert_eq!(newest.iter().map(|one| one.incident.id.as_str()).collect::<Vec<_>>(), ["3", "2"]);
        assert!(incident::newest(tx, "beta", 9).await.unwrap().is_empty());
    })
    .await;
}
