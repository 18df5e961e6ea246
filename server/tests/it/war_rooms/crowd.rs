//! More people than one call takes.

use super::{ADD, press, ready};
use crate::bench::{Bench, KEY};
use server::model::task::TaskKind;
use server::model::war_room::{Presence, RoomPerson};
use server::store;
use simulator::seed::{CORP_ID, Person};

/// Most people DingTalk takes in a call.
const CALL: usize = 100;

fn hire(bench: &Bench, number: usize) -> String {
    let text = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let id = text(format!("crowd.{number}"));
    let mobile = text(format!("139{number:08}"));
    let person = Person { id, name: id, english_name: id, mobile, title: "engineer", in_flashduty: false };
    bench.sim.dingtalk.add_person(CORP_ID, person);
    id.to_owned()
}

/// Wants people in the room, as a press or a link of theirs does.
async fn want(bench: &Bench, user_ids: &[String]) {
    let state = &bench.app.state;
    let now = state.world.now();
    let mut tx = state.store.begin().await.unwrap();
    let rooms = store::war_room::list(&mut tx, KEY, None, None, 9).await.unwrap();
    let room_id = rooms[0].id.clone();
    for user_id in user_ids {
        let person = RoomPerson {
            room_id: room_id.clone(),
            person: format!("u:{user_id}"),
            user_id: Some(user_id.clone()),
            name: user_id.clone(),
            state: Presence::Wanted,
            reason: None,
            updated: now,
        };
        assert!(store::war_room_person::put(&mut tx, &person).await.unwrap());
    }
    store::task::add(&mut tx, KEY, &TaskKind::TendRoom { room: room_id }, now, now).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_crowd_is_invited_by_the_hundred_and_whoever_nobody_knows_keeps_no_one_out() {
    let (bench, _) = ready().await;
    press(&bench, "li.na").await;
    let before = bench.requests(ADD);
    let mut crowd: Vec<String> = (0..230).map(|number| hire(&bench, number)).collect();
    want(&bench, &crowd).await;
    bench.settle().await;
    let members = bench.room().members;
    assert!(crowd.iter().all(|user_id| members.contains(user_id)), "{} of {}", members.len(), crowd.len());
    assert_eq!(bench.requests(ADD) - before, crowd.len().div_ceil(CALL));

    // One who left without anybody hearing of it: halves find out who, and the others come in.
    crowd = (300..420).map(|number| hire(&bench, number)).collect();
    crowd[57] = "nobody.knows".to_owned();
    want(&bench, &crowd).await;
    bench.settle().await;
    let members = bench.room().members;
    let outside: Vec<&String> = crowd.iter().filter(|user_id| !members.contains(*user_id)).collect();
    assert_eq!(outside, ["nobody.knows"]);
    assert!(bench.said_in(&bench.room().id).iter().any(|said| said.contains("nobody.knows")));
}
