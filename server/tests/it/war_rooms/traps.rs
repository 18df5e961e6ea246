//! Every trap of DingTalk's scene groups.

use super::{ADD, CARD, CREATE, press, ready, requests_with};
use crate::bench::{Bench, KEY};
use serde_json::Value;
use simulator::dingtalk::{Place, Switches};
use simulator::flashduty::Act;
use simulator::seed;
use std::time::Duration;

/// The rooms as other programs see them.
async fn listed(bench: &Bench) -> Vec<Value> {
    let token = bench.token("observer").await;
    let browser = bench.browser();
    let url = format!("{}/api/integrations/{KEY}/war-rooms", bench.base);
    let answer = browser.send(browser.http().get(url).bearer_auth(token).header("accept-language", "en")).await;
    answer.json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_unpublished_template_says_so_and_the_next_press_after_publishing_makes_the_room() {
    let (bench, _) = ready().await;
    bench.sim.dingtalk.publish_group_template(false);
    press(&bench, "li.na").await;
    assert!(bench.rooms().is_empty());
    let room = &listed(&bench).await[0];
    assert_eq!((room["state"].as_str(), room["generation"].as_i64()), (Some("failed"), Some(1)));
    assert!(room["problem"]["message"].as_str().unwrap().contains("not published"), "{room}");
    assert_eq!(bench.requests(CREATE), 1, "a refusal for good is not repeated");
    bench.sim.dingtalk.set_gray_list(&[seed::CORP_ID]);
    press(&bench, "zhang.wei").await;
    assert_eq!(bench.room().owner, "zhang.wei");
    assert_eq!(listed(&bench).await[0]["generation"], 1, "the same uuid");
}

#[tokio::test]
async fn an_owner_outside_the_visible_range_gives_way_to_another_responder() {
    let (bench, _) = ready().await;
    bench.sim.dingtalk.set_visible(Some(&["zhang.wei"]));
    press(&bench, "li.na").await;
    assert_eq!(bench.room().owner, "zhang.wei");
    assert!(bench.room().members.contains("li.na"));
}

#[tokio::test]
async fn nobody_in_the_visible_range_is_told_with_the_cure() {
    let (bench, _) = ready().await;
    bench.sim.dingtalk.set_visible(Some(&["bob"]));
    press(&bench, "li.na").await;
    assert!(bench.rooms().is_empty());
    let message = listed(&bench).await[0]["problem"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("visible range"), "{message}");
}

#[tokio::test]
async fn somebody_who_left_the_company_unnoticed_keeps_nobody_out() {
    let (bench, _) = ready().await;
    bench.sim.faults.add_push(simulator::Peer::DingTalk, simulator::Push::Lose, Some(1));
    bench.sim.dingtalk.leave_org("zhang.wei").await.unwrap();
    press(&bench, "li.na").await;
    assert_eq!(bench.room().members.iter().map(String::as_str).collect::<Vec<_>>(), ["li.na"]);
    let said = bench.said_in(&bench.room().id);
    assert!(said.len() == 1 && said[0].contains("张伟"), "{said:?}");
}

#[tokio::test]
async fn a_room_that_settles_slowly_gets_its_card_and_people_once_it_is_ready() {
    for code in ["400020", "permession.checkFailed"] {
        let (bench, incident) = ready().await;
        let unsettled_code = code.to_owned();
        let slow = Switches { scene_settles_ms: 9_000, unsettled_code, ..Switches::default() };
        bench.sim.dingtalk.set_switches(slow);
        bench.link("wang.fang").await;
        bench.click(&bench.card_of("li.na"), "li.na", "war-room").await.unwrap();
        bench.run_due().await;
        let added = Act::AddResponders { person_ids: vec![bench.member("wang.fang")] };
        bench.sim.flashduty.act_as(bench.member("li.na"), &incident, added).await.unwrap();
        for _ in 0..4 {
            bench.settle().await;
        }
        let room = bench.room();
        assert!(room.members.contains("wang.fang"), "{code}");
        assert_eq!(bench.sim.dingtalk.cards_in(&Place::Chat(room.id.clone())).len(), 1, "{code}");
        assert_eq!(requests_with(&bench, CREATE, "uuid"), 1);
        assert!(bench.requests(ADD) >= 1);
    }
}

#[tokio::test]
async fn where_nothing_may_be_at_the_top_the_card_is_in_the_room_all_the_same() {
    let (bench, _) = ready().await;
    bench.sim.dingtalk.set_switches(Switches { top_cards_refused: true, ..Switches::default() });
    press(&bench, "li.na").await;
    let room = bench.room();
    assert_eq!(bench.sim.dingtalk.cards_in(&Place::Chat(room.id.clone())).len(), 1);
    assert!(bench.sim.dingtalk.top_cards(&room.id).is_empty());
    assert_eq!(requests_with(&bench, CARD, &room.id), 1);
}

#[tokio::test]
async fn a_room_renamed_by_hand_keeps_its_name() {
    let (bench, incident) = ready().await;
    press(&bench, "li.na").await;
    let room = bench.room();
    bench.sim.dingtalk.rename_chat(&room.id, "数据库作战", "li.na").await.unwrap();
    bench.settle().await;
    bench.advance(Duration::from_secs(120));
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::Acknowledge).await.unwrap();
    bench.settle().await;
    assert_eq!(bench.room().title, "数据库作战");
    assert!(bench.chat(&room.id).await.is_none(), "a war room is no group of the cool app");
}

#[tokio::test]
async fn without_a_card_template_the_room_gets_a_message_with_a_button() {
    let (bench, _) = ready().await;
    let pairs = vec![("card_template_id".to_owned(), Some(String::new()))];
    server::flow::set_up::set(&bench.app.state, KEY, pairs, "bench").await.unwrap();
    press(&bench, "li.na").await;
    let room = bench.room();
    let messages = bench.sim.dingtalk.messages(&Place::Chat(room.id.clone()));
    let shown = serde_json::to_string(&messages[0].content).unwrap();
    assert!(shown.contains("sampleActionCard1") && shown.contains("pc_slide"), "{shown}");
}

#[tokio::test]
async fn nobody_to_own_it_is_told_and_nothing_is_asked_of_dingtalk() {
    let bench = Bench::start().await;
    bench.war_rooms().await;
    bench.link("alice").await;
    let incident = bench.raise("慢", &["chen.jie"]).await;
    let browser = bench.link("li.na").await;
    let path = contract::paths::fill(contract::paths::API_WAR_ROOM, &[KEY, &incident]);
    let asked = browser.form(&path, &[]).await;
    assert_eq!(asked.status, 303, "{asked:?}");
    bench.settle().await;
    assert_eq!((bench.rooms().len(), bench.requests(CREATE)), (0, 0));
    assert_eq!(listed(&bench).await[0]["problem"]["code"], "nobody");
}
