//! Health of groups, robot pushes, mentions, notes, and one card of an incident in a group.

use super::*;
use contract::chat::ChatState;
use server::model::chat::{Chat, Health};
use server::model::delivery::{Delivery, DeliveryState, Outcome, Target};
use server::model::mention::{Mention, Note};
use server::store::robot_push::RobotPush;
use server::store::{chat, chat_health, delivery, mention, note, robot_push};

fn later(seconds: i64) -> Millis {
    Millis(NOW.0 + seconds * 1000)
}

fn to_chat(id: &str, incident: &str, reason: &str, state: DeliveryState, outcome: Outcome, at: Millis) -> Delivery {
    let mut delivery = Delivery::new(id.into(), ("alpha", incident), Target::Chat("ops".into()), reason, NOW);
    (delivery.state, delivery.outcome, delivery.updated) = (state, outcome, at);
    delivery
}

#[tokio::test]
async fn health_keeps_the_newest_of_each() {
    in_both(async |tx| {
        assert_eq!(chat_health::get(tx, "ops").await.unwrap(), Health::default());
        for seconds in [1, 2] {
            chat_health::event(tx, "alpha", "ops", later(seconds)).await.unwrap();
            chat_health::read(tx, "alpha", "ops", later(10 + seconds)).await.unwrap();
            chat_health::pushed(tx, "alpha", "ops", later(20 + seconds)).await.unwrap();
            chat_health::members(tx, "alpha", "ops", seconds).await.unwrap();
        }
        let health = Health { event: Some(later(2)), read: Some(later(12)), pushed: Some(later(22)), members: Some(2) };
        assert_eq!(chat_health::get(tx, "ops").await.unwrap(), health);
        assert_eq!(chat_health::get(tx, "pay").await.unwrap(), Health::default());
    })
    .await;
}

#[tokio::test]
async fn whose_turn_it_is_to_be_read() {
    in_both(async |tx| {
        for (id, state) in [
            ("a", ChatState::Installed),
            ("b", ChatState::Installed),
            ("c", ChatState::Uninstalled),
            ("d", ChatState::Disbanded),
            ("e", ChatState::Installed),
        ] {
            let chat = Chat::unknown(id.into(), "alpha", &format!("cid-{id}"), "s".into(), NOW);
            chat::insert(tx, &Chat { state, ..chat }).await.unwrap();
        }
        chat_health::read(tx, "alpha", "a", later(5)).await.unwrap();
        chat_health::read(tx, "alpha", "b", later(60)).await.unwrap();
        let turn = async |tx: &mut Tx, read, removed, limit| {
            chat::unread_since(tx, "alpha", read, removed, limit).await.unwrap().join("")
        };
        assert_eq!(turn(tx, later(30), NOW, 9).await, "ea");
        assert_eq!(turn(tx, later(90), later(1), 9).await, "ceab");
        assert_eq!(turn(tx, later(90), later(1), 2).await, "ce");
        assert_eq!(chat::unread_since(tx, "beta", later(90), later(90), 9).await.unwrap(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn one_card_of_an_incident_in_a_group_and_what_last_happened_there() {
    in_both(async |tx| {
        use DeliveryState::{Done, Failed, Waiting};
        let gone = Outcome::ChatGone;
        assert!(
            delivery::insert(tx, &to_chat("1", "i1", "incident", Done, Outcome::Delivered, later(1))).await.unwrap()
        );
        let second = to_chat("2", "i1", "robot push", Waiting, Outcome::Waiting, later(2));
        assert!(!delivery::insert(tx, &second).await.unwrap(), "the card is there");
        assert!(delivery::insert(tx, &Delivery { target: Target::Person("ops".into()), ..second }).await.unwrap());
        assert!(delivery::insert(tx, &to_chat("3", "i2", "robot push", Failed, gone, later(3))).await.unwrap());
        assert!(!delivery::insert(tx, &to_chat("4", "i2", "incident", Waiting, Outcome::Waiting, NOW)).await.unwrap());
        for id in ["5", "6"] {
            let note = to_chat(id, "i1", &format!("mention {id}"), Done, Outcome::Delivered, later(4));
            assert!(delivery::insert(tx, &note).await.unwrap(), "notes are no cards");
        }
        assert_eq!(delivery::last_arrived(tx, "alpha", "ops").await.unwrap(), Some(later(4)));
        assert_eq!(delivery::last_arrived(tx, "alpha", "pay").await.unwrap(), None);
        let failed = delivery::last_failed(tx, "alpha", "ops").await.unwrap().unwrap();
        assert_eq!((failed.id.as_str(), failed.outcome), ("3", gone));
        assert_eq!(delivery::last_failed(tx, "beta", "ops").await.unwrap(), None);
        let card = delivery::card_in_chat(tx, "alpha", "i1", "ops").await.unwrap().unwrap();
        assert_eq!(card.id, "1");
        assert_eq!(delivery::card_in_chat(tx, "alpha", "i3", "ops").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn pushes_mentions_and_notes_are_kept_until_they_are_used() {
    in_both(async |tx| {
        let push = RobotPush {
            id: "p".into(),
            integration: "alpha".into(),
            chat_id: "ops".into(),
            body: "{}".into(),
            created: NOW,
        };
        assert!(robot_push::insert(tx, &push).await.unwrap());
        assert!(!robot_push::insert(tx, &push).await.unwrap());
        assert_eq!(robot_push::get(tx, "p").await.unwrap(), Some(push));
        assert!(robot_push::delete(tx, "p").await.unwrap());
        assert!(!robot_push::delete(tx, "p").await.unwrap());
        assert_eq!(robot_push::get(tx, "p").await.unwrap(), None);

        let li = Mention { person: "li".into(), name: "李娜".into(), linked: true, number: None, at: NOW };
        let bob = Mention { person: "Bob".into(), name: "Bob".into(), linked: false, number: None, at: later(9) };
        for one in [&li, &bob, &bob] {
            mention::put(tx, "alpha", "i1", "ops", one).await.unwrap();
        }
        let again = Mention { name: "Li".into(), at: later(1), ..li };
        mention::put(tx, "alpha", "i1", "ops", &again).await.unwrap();
        assert_eq!(mention::of_card(tx, "alpha", "i1", "ops").await.unwrap(), [bob.clone(), again]);
        assert_eq!(mention::of_card(tx, "alpha", "i1", "pay").await.unwrap(), []);
        assert_eq!(mention::sweep(tx, later(2)).await.unwrap(), 1);
        assert_eq!(mention::of_card(tx, "alpha", "i1", "ops").await.unwrap(), [bob]);

        let words = Note { title: "支付".into(), text: "a\0b".into() };
        note::insert(tx, "d1", &words, NOW).await.unwrap();
        assert!(note::insert(tx, "d2", &words, later(5)).await.is_ok());
        assert_eq!(note::get(tx, "d1").await.unwrap().unwrap().text, "a\u{fffd}b");
        assert_eq!(note::get(tx, "d3").await.unwrap(), None);
        assert_eq!(note::sweep(tx, later(1)).await.unwrap(), 1);
        assert_eq!(note::get(tx, "d1").await.unwrap(), None);
    })
    .await;
}
