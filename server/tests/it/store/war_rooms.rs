//! War rooms and their people.

use super::*;
use server::model::war_room::{Missing, Posted, Presence, RoomPerson, RoomState, WarRoom};
use server::store::{war_room, war_room_person};
use std::collections::BTreeSet;

fn room(id: &str, incident: &str, generation: i64, at: i64) -> WarRoom {
    WarRoom::ask(id.into(), ("alpha", incident), generation, ("li.na", "李娜"), Millis(NOW.0 + at))
}

fn person(key: &str, user_id: Option<&str>, state: Presence, reason: Option<Missing>) -> RoomPerson {
    RoomPerson {
        room_id: "r1".into(),
        person: key.into(),
        user_id: user_id.map(Into::into),
        name: key.to_uppercase(),
        state,
        reason,
        updated: NOW,
    }
}

/// A room with somebody in it, for who counts rows.
pub async fn fill(tx: &mut Tx, key: &str) {
    let id = format!("room-{key}");
    let room = WarRoom::ask(id.clone(), (key, "i"), 1, ("li", "Li"), NOW);
    war_room::insert(tx, &room).await.unwrap();
    let somebody = RoomPerson { room_id: id, ..person("m:1", Some("li"), Presence::In, None) };
    war_room_person::put(tx, &somebody).await.unwrap();
}

#[tokio::test]
async fn one_room_of_a_generation_and_the_newest_counts() {
    in_both(async |tx| {
        let first = room("r1", "i", 1, 0);
        assert!(war_room::insert(tx, &first).await.unwrap());
        assert!(!war_room::insert(tx, &room("r2", "i", 1, 5)).await.unwrap(), "another clicker");
        assert!(war_room::insert(tx, &room("r3", "i", 2, 9)).await.unwrap());
        assert_eq!(war_room::by_id(tx, "r1").await.unwrap(), Some(first));
        assert_eq!(war_room::newest(tx, "alpha", "i").await.unwrap().unwrap().id, "r3");
        assert_eq!(war_room::newest(tx, "beta", "i").await.unwrap(), None);
        assert_eq!(war_room::by_id(tx, "x").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn changes_are_compared_and_set() {
    in_both(async |tx| {
        war_room::insert(tx, &room("r1", "i", 1, 0)).await.unwrap();
        let whole = |room: &mut WarRoom| {
            room.state = RoomState::Ending;
            room.open_conversation_id = Some("cid+/==".into());
            (room.title, room.titled_by_hand, room.titled) = ("#1 处理中".into(), true, Millis(5));
            (room.asked_by, room.asked_name, room.problem) = ("w".into(), "王".into(), "x".into());
            (room.link_posted, room.told) = (Posted::Unclear, Millis(6));
            room.missing_told = BTreeSet::from(["陈杰".to_owned()]);
            (room.made, room.ends, room.ended_by) = (Some(Millis(7)), Some(Millis(8)), "李".into());
            room.updated = Millis(9);
            true
        };
        let changed = war_room::change(tx, "r1", whole).await.unwrap().unwrap();
        assert_eq!(war_room::by_id(tx, "r1").await.unwrap(), Some(changed.clone()));
        let stale = WarRoom { version: 0, ..changed.clone() };
        assert!(!war_room::update(tx, &stale).await.unwrap());
        assert_eq!(war_room::change(tx, "r1", |_| false).await.unwrap(), None);
        assert_eq!(war_room::change(tx, "x", |_| true).await.unwrap(), None);
        assert_eq!(war_room::by_conversation(tx, "alpha", "cid+/==").await.unwrap(), Some(changed));
        assert_eq!(war_room::by_conversation(tx, "beta", "cid+/==").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn rooms_are_listed_newest_first() {
    in_both(async |tx| {
        for (id, incident, at) in [("a", "i", 0), ("b", "j", 5), ("c", "k", 5), ("d", "l", 9)] {
            war_room::insert(tx, &room(id, incident, 1, at)).await.unwrap();
        }
        war_room::change(tx, "d", |room| {
            room.state = RoomState::Gone;
            true
        })
        .await
        .unwrap();
        let ids = async |tx: &mut Tx, state, after: Option<(i64, &str)>, limit| {
            let after = after.map(|(at, id)| (Millis(NOW.0 + at), id.to_owned()));
            let rooms = war_room::list(tx, "alpha", state, after, limit).await.unwrap();
            rooms.into_iter().map(|room| room.id).collect::<String>()
        };
        assert_eq!(ids(tx, None, None, 9).await, "dcba");
        assert_eq!(ids(tx, None, Some((9, "d")), 2).await, "cb");
        assert_eq!(ids(tx, None, Some((5, "c")), 9).await, "ba");
        assert_eq!(ids(tx, Some(RoomState::Gone), None, 9).await, "d");
        assert!(war_room::list(tx, "beta", None, None, 9).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn people_come_and_go() {
    in_both(async |tx| {
        war_room::insert(tx, &room("r1", "i", 1, 0)).await.unwrap();
        let missing = person("m:7", None, Presence::Missing, Some(Missing::NotLinked));
        assert!(war_room_person::put(tx, &missing).await.unwrap());
        assert_eq!(war_room_person::of_room(tx, "r1").await.unwrap(), [missing]);
        let live = |room: &mut WarRoom| {
            room.state = RoomState::Open;
            true
        };
        assert!(war_room::missing(tx, "alpha", "m:7").await.unwrap().is_empty(), "not before it is there");
        war_room::change(tx, "r1", live).await.unwrap();
        assert_eq!(war_room::missing(tx, "alpha", "m:7").await.unwrap(), ["r1"]);
        let wanted = person("m:7", Some("li"), Presence::Wanted, None);
        assert!(war_room_person::put(tx, &wanted).await.unwrap());
        assert!(war_room::missing(tx, "alpha", "m:7").await.unwrap().is_empty());
        war_room_person::enter(tx, &wanted).await.unwrap();
        war_room_person::enter(tx, &person("u:bob", Some("bob"), Presence::In, None)).await.unwrap();
        assert!(!war_room_person::put(tx, &wanted).await.unwrap(), "who is in stays in");
        let states = async |tx: &mut Tx| {
            let people = war_room_person::of_room(tx, "r1").await.unwrap();
            people.into_iter().map(|one| one.state.name()).collect::<Vec<_>>()
        };
        assert_eq!(states(tx).await, ["in", "in"]);
        assert_eq!(war_room_person::moved(tx, "r1", "li", false, NOW).await.unwrap(), 1);
        assert_eq!(war_room_person::moved(tx, "r1", "nobody", false, NOW).await.unwrap(), 0);
        assert_eq!(states(tx).await, ["out", "in"]);
        assert!(!war_room_person::put(tx, &wanted).await.unwrap(), "who left is not invited again");
        assert_eq!(war_room_person::moved(tx, "r1", "li", true, NOW).await.unwrap(), 1);
        assert_eq!(states(tx).await, ["in", "in"]);
    })
    .await;
}
