use super::peer::{Peer, Say};
use crate::*;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The only request heard: method, path, body.
fn only(peer: &Peer) -> (String, String, Value) {
    let heard = peer.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    let heard = heard.into_iter().next().unwrap();
    let expected =
        if heard.path.starts_with("/topapi") { (None, Some("access_token=token-1")) } else { (Some("token-1"), None) };
    assert_eq!((heard.token.as_deref(), heard.query.as_deref()), expected, "the token is where the host reads it");
    (heard.method.to_string(), heard.path, heard.body)
}

fn expect(method: &str, path: &str, body: Value) -> (String, String, Value) {
    (method.into(), path.into(), body)
}

#[tokio::test]
async fn the_check_asks_for_a_token_each_time() {
    let peer = Peer::saying(200, json!({})).await;
    let client = peer.client();
    client.check_token().await.unwrap();
    client.check_token().await.unwrap();
    let requests = peer.token_requests();
    assert_eq!(requests.len(), 2);
    let heard = &requests[0];
    assert_eq!((heard.method.as_str(), heard.path.as_str()), ("POST", "/v1.0/oauth2/accessToken"));
    assert_eq!((heard.token.as_deref(), heard.query.as_deref()), (None, None));
    assert_eq!(heard.body, json!({ "appKey": "dingclient", "appSecret": "secret" }));
}

#[tokio::test]
async fn people_are_looked_up() {
    let peer = Peer::saying(
        200,
        json!({"errcode":0,"errmsg":"ok","request_id":"r","result":{"userid":"userid123","unionid":"gliiW","device_id":"12dm","sys":true,"sys_level":1,"name":"Zhang San"}}),
    )
    .await;
    let user = peer.client().user_by_code("c0de").await.unwrap();
    let expected =
        CodeUser { user_id: "userid123".into(), union_id: Some("gliiW".into()), name: Some("Zhang San".into()) };
    assert_eq!(user, expected);
    assert_eq!(only(&peer), expect("POST", "/topapi/v2/user/getuserinfo", json!({ "code": "c0de" })));

    let peer = Peer::saying(
        200,
        json!({"errcode":"0","result":{"userid":123,"unionid":"u","name":"Li","avatar":"","active":"false","dept_id_list":[1]}}),
    )
    .await;
    let expected = UserDetails {
        user_id: "123".into(),
        union_id: Some("u".into()),
        name: Some("Li".into()),
        avatar: None,
        mobile: None,
        active: false,
    };
    assert_eq!(peer.client().user("123").await.unwrap(), expected);
    assert_eq!(only(&peer), expect("POST", "/topapi/v2/user/get", json!({ "userid": "123" })));

    let peer = Peer::saying(200, json!({"errcode":60121,"errmsg":"找不到该用户","request_id":"r"})).await;
    let error = peer.client().user_id_by_mobile("138").await.unwrap_err();
    assert_eq!((error.class, error.code.as_str()), (ErrorClass::UnknownPerson, "60121"));
    assert_eq!(only(&peer), expect("POST", "/topapi/v2/user/getbymobile", json!({ "mobile": "138" })));
}

#[tokio::test]
async fn the_bot_speaks_in_a_group() {
    let peer = Peer::saying(200, json!({ "processQueryKey": "pqk==" })).await;
    let content = RobotContent::Markdown { title: "T".into(), text: "**X**".into() };
    let message = GroupMessage {
        open_conversation_id: "cid1".into(),
        robot_code: "robot".into(),
        cool_app_code: Some("COOLAPP-1".into()),
        content,
    };
    assert_eq!(peer.client().send_to_group(&message).await.unwrap(), "pqk==");
    let body = json!({
        "msgKey": "sampleMarkdown",
        "msgParam": r#"{"text":"**X**","title":"T"}"#,
        "openConversationId": "cid1",
        "robotCode": "robot",
        "coolAppCode": "COOLAPP-1",
    });
    assert_eq!(only(&peer), expect("POST", "/v1.0/robot/groupMessages/send", body));
}

#[tokio::test]
async fn the_bot_speaks_to_people() {
    let content = RobotContent::Text { content: "hi".into() };
    let people = |count: usize| (1..=count).map(|n| format!("u{n}")).collect::<Vec<_>>();
    let peer = Peer::saying(
        200,
        json!({ "processQueryKey": "k", "invalidStaffIdList": ["u1"], "flowControlledStaffIdList": null, "filteredStaffIdList": "u2" }),
    )
    .await;
    let sent = peer.client().send_to_people("robot", &people(3), &content).await.unwrap();
    let expected = PeopleSent {
        process_query_key: Some("k".into()),
        invalid: vec!["u1".into(), "u2".into()],
        flow_controlled: vec![],
    };
    assert_eq!(sent, expected);
    let body = json!({ "robotCode": "robot", "userIds": ["u1", "u2", "u3"], "msgKey": "sampleText", "msgParam": r#"{"content":"hi"}"# });
    assert_eq!(only(&peer), expect("POST", "/v1.0/robot/oToMessages/batchSend", body));

    for count in [0, 21] {
        let error = peer.client().send_to_people("robot", &people(count), &content).await.unwrap_err();
        assert_eq!(error.code, "local.people", "{count}");
    }
    let peer = Peer::saying(200, json!({ "invalidStaffIdList": ["u1"] })).await;
    assert_eq!(peer.client().send_to_people("robot", &people(1), &content).await.unwrap().process_query_key, None);
    let error = peer.client().send_to_people("robot", &people(2), &content).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Unclear);
}

#[tokio::test]
async fn a_card_callback_is_registered() {
    let peer =
        Peer::saying(200, json!({"success":true,"result":{"callbackUrl":"https://h/cards","apiSecret":"s"}})).await;
    let registered = peer.client().register_card_callback("key", "https://h/cards", Some("s"), true).await.unwrap();
    assert_eq!(registered.callback_url, "https://h/cards");
    assert_eq!(registered.api_secret.unwrap().expose_secret(), "s");
    let body =
        json!({ "callbackRouteKey": "key", "callbackUrl": "https://h/cards", "apiSecret": "s", "forceUpdate": true });
    assert_eq!(only(&peer), expect("POST", "/v1.0/card/callbacks/register", body));
}

fn card(space: CardSpace) -> NewCard {
    NewCard {
        out_track_id: "t1".into(),
        card_template_id: "x.schema".into(),
        callback_route_key: "key".into(),
        card_data: map(&[("status", "open")]),
        private_data: BTreeMap::from([("u1".to_owned(), map(&[("me", "1")]))]),
        space,
        robot_code: "robot".into(),
        last_message: LastMessage { zh: "故障".into(), en: "Incident".into() },
        at_user_ids: map(&[("u1", "Li")]),
    }
}

fn delivered(success: bool, error: &str) -> Value {
    json!({"success":true,"result":{"outTrackId":"t1","deliverResults":[{"spaceType":"IM_GROUP","spaceId":"cid","success":success,"carrierId":"car==","errorMsg":error}]}})
}

#[tokio::test]
async fn a_card_is_created_in_a_group() {
    let peer = Peer::saying(200, delivered(true, "text in a success")).await;
    let space = CardSpace::Group { open_conversation_id: "cidA+/==".into() };
    let shown = peer.client().create_and_deliver_card(&card(space)).await.unwrap();
    assert_eq!(shown, CardDelivered { out_track_id: "t1".into(), carrier_id: Some("car==".into()) });
    let body = json!({
        "cardTemplateId": "x.schema",
        "outTrackId": "t1",
        "callbackType": "HTTP",
        "callbackRouteKey": "key",
        "cardData": { "cardParamMap": { "status": "open" } },
        "privateData": { "u1": { "cardParamMap": { "me": "1" } } },
        "openSpaceId": "dtv1.card//IM_GROUP.cidA+/==",
        "userIdType": 1,
        "imGroupOpenSpaceModel": { "supportForward": false, "lastMessageI18n": { "ZH_CN": "故障", "EN_US": "Incident" } },
        "imGroupOpenDeliverModel": { "robotCode": "robot", "atUserIds": { "u1": "Li" } },
    });
    assert_eq!(only(&peer), expect("POST", "/v1.0/card/instances/createAndDeliver", body));
}

#[tokio::test]
async fn a_card_is_created_for_a_person() {
    let peer = Peer::saying(200, delivered(true, "")).await;
    let mut card = card(CardSpace::Person { user_id: "u1".into() });
    card.private_data.clear();
    peer.client().create_and_deliver_card(&card).await.unwrap();
    let (_, _, body) = only(&peer);
    assert_eq!(body["openSpaceId"], "dtv1.card//IM_ROBOT.u1");
    assert_eq!(body["imRobotOpenDeliverModel"], json!({ "spaceType": "IM_ROBOT", "robotCode": "robot" }));
    assert_eq!(body["imRobotOpenSpaceModel"]["supportForward"], json!(false));
    assert!(body.get("imGroupOpenDeliverModel").is_none() && body.get("privateData").is_none());
}

#[tokio::test]
async fn a_failed_delivery_inside_200_is_an_error() {
    let table = [
        (delivered(false, "robot.oto.notExist"), "no_session"),
        (delivered(false, "机器人不存在"), "refused"),
        (json!({"success":true,"result":{"outTrackId":"t1","deliverResults":[]}}), "unclear"),
        (json!({"success":true,"result":{"outTrackId":"t1"}}), "unclear"),
        (json!({"success":true}), "unclear"),
        (json!({"success":false,"code":"param.cardAlreadyExist"}), "card_exists"),
        (json!({"success":true,"result":{"deliverResults":[{"spaceId":"cid"}]}}), "unclear"),
    ];
    for (answer, class) in table {
        let shown = answer.to_string();
        let peer = Peer::saying(200, answer).await;
        let space = CardSpace::Group { open_conversation_id: "cid".into() };
        let error = peer.client().create_and_deliver_card(&card(space)).await.unwrap_err();
        assert_eq!(error.class.name(), class, "{shown}");
    }
}

#[tokio::test]
async fn a_card_is_delivered_again_and_updated() {
    let peer = Peer::saying(200, json!({"success":true,"result":[{"success":"true","carrierId":"c"}]})).await;
    let space = CardSpace::Group { open_conversation_id: "cid".into() };
    let shown = peer.client().deliver_card("t1", &space, "robot").await.unwrap();
    assert_eq!(shown.carrier_id.as_deref(), Some("c"));
    let body = json!({
        "outTrackId": "t1",
        "openSpaceId": "dtv1.card//IM_GROUP.cid",
        "userIdType": 1,
        "imGroupOpenDeliverModel": { "robotCode": "robot" },
    });
    assert_eq!(only(&peer), expect("POST", "/v1.0/card/instances/deliver", body));

    let peer = Peer::saying(200, json!({ "success": true, "result": true })).await;
    let update = CardUpdate {
        out_track_id: "t1".into(),
        card_data: map(&[("status", "closed")]),
        private_data: BTreeMap::new(),
        by_key: true,
    };
    peer.client().update_card(&update).await.unwrap();
    let body = json!({
        "outTrackId": "t1",
        "cardData": { "cardParamMap": { "status": "closed" } },
        "cardUpdateOptions": { "updateCardDataByKey": true, "updatePrivateDataByKey": true },
        "userIdType": 1,
    });
    assert_eq!(only(&peer), expect("PUT", "/v1.0/card/instances", body));

    let peer = Peer::saying(200, json!({ "success": true, "result": false })).await;
    assert!(peer.client().update_card(&update).await.is_err());
}

#[tokio::test]
async fn what_the_platform_would_refuse_is_not_sent() {
    let peer = Peer::saying(200, delivered(true, "")).await;
    let client = peer.client();
    let space = CardSpace::Group { open_conversation_id: "cid".into() };
    let mut long = card(space.clone());
    long.out_track_id = "t".repeat(101);
    assert_eq!(client.create_and_deliver_card(&long).await.unwrap_err().code, "local.outTrackId");
    let mut crowd = card(space);
    crowd.private_data = (0..21).map(|n| (format!("u{n}"), map(&[("me", "1")]))).collect();
    assert_eq!(client.create_and_deliver_card(&crowd).await.unwrap_err().code, "local.people");
    assert!(peer.heard().is_empty());
}

#[tokio::test]
async fn groups_are_read() {
    let peer = Peer::saying(
        200,
        json!({"success":true,"openConversationId":"cid","templateId":null,"title":"值班群","ownerUserId":"o","icon":"@x","groupUrl":"https://g","status":"2"}),
    )
    .await;
    let expected = GroupInfo {
        title: Some("值班群".into()),
        owner_user_id: Some("o".into()),
        status: GroupStatus::Disbanded,
        template_id: None,
        group_url: Some("https://g".into()),
    };
    assert_eq!(peer.client().group_info("cid", Some("COOL")).await.unwrap(), expected);
    let body = json!({ "openConversationId": "cid", "coolAppCode": "COOL" });
    assert_eq!(only(&peer), expect("POST", "/v1.0/im/sceneGroups/query", body));

    let peer = Peer::saying(400, json!({ "code": "coolAppUninstalled", "requestid": "R", "message": "x" })).await;
    assert_eq!(peer.client().group_info("cid", None).await.unwrap_err().class, ErrorClass::NotInstalled);
    assert_eq!(only(&peer).2, json!({ "openConversationId": "cid" }));
}

#[tokio::test]
async fn members_are_read_page_by_page_and_never_in_a_circle() {
    let peer = Peer::new(|heard| {
        Say::Json(
            200,
            match heard.body["nextToken"].as_str() {
                None => json!({ "success": true, "memberUserIds": ["a", "b"], "hasMore": true, "nextToken": "p2" }),
                Some("p2") => json!({ "success": true, "memberUserIds": ["c"], "hasMore": "true", "nextToken": "p2" }),
                Some(_) => json!({ "success": true, "memberUserIds": null, "hasMore": false, "nextToken": "p4" }),
            },
        )
    })
    .await;
    let client = peer.client();
    let page = async |token: Option<&str>| client.group_members("cid", Some("COOL"), 5000, token).await.unwrap();
    assert_eq!(page(None).await, Members { user_ids: vec!["a".into(), "b".into()], next_token: Some("p2".into()) });
    assert_eq!(page(Some("p2")).await, Members { user_ids: vec!["c".into()], next_token: None });
    assert_eq!(page(Some("p3")).await, Members { user_ids: vec![], next_token: None });
    let body = json!({ "openConversationId": "cid", "coolAppCode": "COOL", "maxResults": 100 });
    assert_eq!(peer.heard()[0].body, body);
}
