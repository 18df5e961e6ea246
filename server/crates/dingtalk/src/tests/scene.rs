use super::peer::{Peer, Say};
use crate::*;
use serde_json::json;
use std::collections::BTreeMap;
use world::Millis;

fn new() -> NewSceneGroup {
    NewSceneGroup {
        title: "#A1 war room".into(),
        template_id: "t1".into(),
        owner_user_id: "li".into(),
        user_ids: vec!["li".into(), "wang".into()],
        uuid: "wr-1".into(),
    }
}

#[tokio::test]
async fn a_group_is_made_in_snake_case() {
    let peer = Peer::saying(200, json!({ "open_conversation_id": "cid1==", "chat_id": "chat1" })).await;
    let made = peer.client().create_scene_group(&new()).await.unwrap();
    assert_eq!(made, SceneGroup { open_conversation_id: "cid1==".into(), chat_id: Some("chat1".into()) });
    let heard = &peer.heard()[0];
    assert_eq!(heard.path, "/v1.0/im/sceneGroup/create");
    let body = json!({
        "title": "#A1 war room", "template_id": "t1", "owner_user_id": "li", "user_ids": ["li", "wang"],
        "uuid": "wr-1", "management_options": { "show_history_type": 1 },
    });
    assert_eq!(heard.body, body);
}

#[tokio::test]
async fn an_answer_without_the_group_leaves_it_open_whether_there_is_one() {
    let peer = Peer::saying(200, json!({ "chat_id": "chat1" })).await;
    assert_eq!(peer.client().create_scene_group(&new()).await.unwrap_err().class, ErrorClass::Unclear);
}

#[tokio::test]
async fn what_would_be_refused_is_not_sent() {
    let peer = Peer::saying(200, json!({ "success": true })).await;
    let client = peer.client();
    let long = NewSceneGroup { title: "x".repeat(31), ..new() };
    assert_eq!(client.create_scene_group(&long).await.unwrap_err().code, "local.title");
    let uuid = NewSceneGroup { uuid: "x".repeat(65), ..new() };
    assert_eq!(client.create_scene_group(&uuid).await.unwrap_err().code, "local.uuid");
    let many: Vec<String> = (0..101).map(|n| format!("u{n}")).collect();
    assert_eq!(client.add_scene_members("cid", &many).await.unwrap_err().code, "local.people");
    assert_eq!(client.add_scene_members("cid", &[]).await.unwrap_err().code, "local.people");
    assert_eq!(client.rename_scene_group("cid", "").await.unwrap_err().code, "local.title");
    assert!(peer.heard().is_empty());
}

#[tokio::test]
async fn members_titles_ends_and_words() {
    let peer = Peer::new(|heard| match heard.path.as_str() {
        "/topapi/im/chat/scencegroup/message/send_v2" => {
            Say::Json(200, json!({ "errcode": 0, "success": true, "open_msg_id": "m1" }))
        }
        _ => Say::Json(200, json!({ "success": true })),
    })
    .await;
    let client = peer.client();
    client.add_scene_members("cid", &["li".into()]).await.unwrap();
    client.rename_scene_group("cid", "T").await.unwrap();
    client.disband_scene_group("cid").await.unwrap();
    let markdown = RobotContent::Markdown { title: "T".into(), text: "X".into() };
    assert_eq!(client.send_to_scene_group("cid", "bot", &markdown).await.unwrap().as_deref(), Some("m1"));
    let buttons = vec![("B".to_owned(), "https://e.com".to_owned())];
    let card = RobotContent::ActionCard { title: "T".into(), text: "X".into(), buttons };
    client.send_to_scene_group("cid", "bot", &card).await.unwrap();
    let heard = peer.heard();
    let bodies: Vec<_> = heard.iter().map(|heard| heard.body.clone()).collect();
    assert_eq!(bodies[0], json!({ "open_conversation_id": "cid", "user_ids": ["li"] }));
    assert_eq!(bodies[1], json!({ "open_conversation_id": "cid", "title": "T" }));
    assert_eq!(bodies[2], json!({ "openConversationId": "cid" }));
    assert_eq!(bodies[3]["msg_param_map"], json!({ "title": "T", "markdown_content": "X" }).to_string());
    assert_eq!(bodies[4]["msg_template_id"], "inner_app_template_action_card");
    assert!(heard[3].token.is_none() && heard[3].query.is_some(), "the old host reads the token in the query");
}

fn room(top_until: Option<Millis>) -> NewCard {
    NewCard {
        out_track_id: "dd-1".into(),
        card_template_id: "t".into(),
        callback_route_key: "r".into(),
        card_data: BTreeMap::from([("title".to_owned(), "T".to_owned())]),
        private_data: BTreeMap::new(),
        space: CardSpace::Room { open_conversation_id: "cid".into(), top_until },
        robot_code: "bot".into(),
        last_message: LastMessage::default(),
        at_user_ids: BTreeMap::new(),
    }
}

#[tokio::test]
async fn a_card_goes_into_a_room_and_to_its_top_by_one_call() {
    let result = |space: &str, success: bool| json!({ "spaceType": space, "success": success, "errorMsg": "no" });
    for (chat, top, delivered) in [(true, true, true), (true, false, true), (false, true, false)] {
        let results = json!([result("ONE_BOX", top), result("IM_GROUP", chat)]);
        let answer = json!({ "success": true, "result": { "outTrackId": "dd-1", "deliverResults": results } });
        let peer = Peer::saying(200, answer).await;
        let sent = peer.client().create_and_deliver_card(&room(Some(Millis(5)))).await;
        assert_eq!(sent.is_ok(), delivered, "only the group itself counts");
        assert!(sent.err().is_none_or(|error| error.by_space));
        let body = &peer.heard()[0].body;
        assert_eq!(body["openSpaceId"], "dtv1.card//IM_GROUP.cid;ONE_BOX.cid");
        assert_eq!(body["topOpenDeliverModel"], json!({ "spaceType": "ONE_BOX", "expiredTimeMillis": 5 }));
        assert_eq!(body["imGroupOpenDeliverModel"]["robotCode"], "bot");
    }
}
