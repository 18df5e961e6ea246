use super::*;
use contract::incident::Progress;
use server::model::card::Card;
use server::model::delivery::{Delivery, DeliveryState, Target};
use server::model::incident::{Incident, Mirror};
use server::model::task::TaskKind;
use server::store::{card, card_text, delivery, incident, link_message, retention, task};

const LATER: Millis = Millis(NOW.0 + 1);

async fn add_incident(tx: &mut Tx, id: &str, progress: Progress) {
    let incident = Incident { progress, ..Incident::empty(id) };
    let mirror = Mirror { integration: "alpha".into(), incident, event_at: NOW, version: 1 };
    incident::insert(tx, &mirror).await.unwrap();
    let shown = Card { out_track_id: format!("card-{id}"), ..incidents::card("alpha", id) };
    card::insert(tx, &shown).await.unwrap();
    let sent = deliveries::delivery_of(&format!("d-{id}"), "alpha", id, Target::Chat("ops".into()));
    delivery::insert(tx, &sent).await.unwrap();
    delivery::add_attempt(tx, &deliveries::attempt(&sent.id, 1)).await.unwrap();
    card_text::put(tx, "alpha", id, &texts::text(1, "x", "")).await.unwrap();
    link_message::put(tx, &texts::message(&sent.id, id, "Triggered", 1)).await.unwrap();
}

#[tokio::test]
async fn old_closed_incidents_go_with_all_that_was_sent_about_them() {
    in_both(async |tx| {
        add_incident(tx, "closed", Progress::Closed).await;
        add_incident(tx, "open", Progress::Processing).await;
        assert_eq!(retention::sweep_incidents(tx, NOW).await.unwrap(), 0, "not old enough");
        assert_eq!(retention::sweep_incidents(tx, LATER).await.unwrap(), 1);
        for (id, stays) in [("closed", false), ("open", true)] {
            assert_eq!(incident::get(tx, "alpha", id).await.unwrap().is_some(), stays, "{id}");
            assert_eq!(card::get(tx, &format!("card-{id}")).await.unwrap().is_some(), stays, "{id}");
            assert_eq!(delivery::get(tx, &format!("d-{id}")).await.unwrap().is_some(), stays, "{id}");
            assert_eq!(card_text::get(tx, "alpha", id).await.unwrap().is_some(), stays, "{id}");
            assert_eq!(link_message::of_incident(tx, "alpha", id).await.unwrap().len(), usize::from(stays), "{id}");
            assert_eq!(delivery::attempts(tx, &format!("d-{id}"), 9).await.unwrap().len(), usize::from(stays), "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn many_old_incidents_go_piece_by_piece() {
    in_both(async |tx| {
        for number in 0..=retention::INCIDENTS_MAX {
            add_incident(tx, &number.to_string(), Progress::Closed).await;
        }
        let most = usize::try_from(retention::INCIDENTS_MAX).unwrap();
        assert_eq!(retention::sweep_incidents(tx, LATER).await.unwrap(), most);
        assert_eq!(retention::sweep_incidents(tx, LATER).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn old_deliveries_without_an_incident_go_when_they_have_ended() {
    in_both(async |tx| {
        add_incident(tx, "open", Progress::Triggered).await;
        for (id, state) in [("ended", DeliveryState::Done), ("waits", DeliveryState::Waiting)] {
            let loose = deliveries::delivery_of(id, "alpha", id, Target::Chat("ops".into()));
            delivery::insert(tx, &Delivery { state, ..loose }).await.unwrap();
            delivery::add_attempt(tx, &deliveries::attempt(id, 1)).await.unwrap();
        }
        assert_eq!(retention::sweep_deliveries(tx, "beta", LATER).await.unwrap(), 0);
        assert_eq!(retention::sweep_deliveries(tx, "alpha", NOW).await.unwrap(), 0);
        assert_eq!(retention::sweep_deliveries(tx, "alpha", LATER).await.unwrap(), 1);
        assert_eq!(delivery::attempts(tx, "ended", 9).await.unwrap(), []);
        for (id, stays) in [("ended", false), ("waits", true), ("d-open", true)] {
            assert_eq!(delivery::get(tx, id).await.unwrap().is_some(), stays, "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn dead_tasks_go() {
    in_both(async |tx| {
        for incident in ["dead", "alive"] {
            let kind = TaskKind::Notify { incident: incident.to_owned() };
            task::add(tx, "alpha", &kind, NOW, NOW).await.unwrap();
        }
        let taken = task::lease(tx, NOW, LATER, 9).await.unwrap();
        let dead = taken.iter().find(|one| matches!(&one.kind, TaskKind::Notify { incident } if incident == "dead"));
        task::dead(tx, dead.unwrap(), "no use").await.unwrap();
        assert_eq!(retention::sweep_tasks(tx, NOW).await.unwrap(), 0);
        assert_eq!(retention::sweep_tasks(tx, LATER).await.unwrap(), 1);
        assert_eq!(
            (task::dead_count(tx).await.unwrap(), task::lease(tx, LATER, LATER, 9).await.unwrap().len()),
            (0, 1)
        );
    })
    .await;
}
