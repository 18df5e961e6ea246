//! Every call of the client, answered by what is no answer: a page, nothing, half a body, values of wrong types. Each
//! becomes an error with a class, by which its caller decides whether it may be repeated.

use super::peer::{Peer, Say};
use crate::*;
use std::collections::BTreeSet;
use std::pin::Pin;

type Asked<'a> = Pin<Box<dyn Future<Output = Result<(), DingTalkError>> + Send + 'a>>;

/// Name, whether it changes something, and the call.
fn calls(client: &Client) -> Vec<(&'static str, bool, Asked<'_>)> {
    fn done<'a, T>(call: impl Future<Output = Result<T, DingTalkError>> + Send + 'a) -> Asked<'a> {
        Box::pin(async move { call.await.map(|_| ()) })
    }
    let message = || RobotContent::Text { content: "x".into() };
    vec![
        ("user_by_code", true, done(client.user_by_code("c"))),
        ("user", false, done(client.user("u"))),
        ("user_id_by_mobile", false, done(client.user_id_by_mobile("13800000000"))),
        ("group_info", false, done(client.group_info("cid", Some("code")))),
        ("group_members", false, done(client.group_members("cid", None, 10, None))),
        ("take_failed_events", true, done(client.take_failed_events())),
        ("register_card_callback", true, done(client.register_card_callback("r", "https://h", None, true))),
        ("create_and_deliver_card", true, done(async { client.create_and_deliver_card(&card()).await })),
        ("deliver_card", true, done(async { client.deliver_card("t", &card().space, "r").await })),
        ("update_card", true, done(async { client.update_card(&update()).await })),
        ("send_to_group", true, done(async move { client.send_to_group(&to_group(message())).await })),
        ("send_to_people", true, done(async move { client.send_to_people("r", &["u".to_owned()], &message()).await })),
        ("send_work_notice", true, done(async { client.send_work_notice(&people(), &notice()).await })),
        ("work_notice_progress", false, done(client.work_notice_progress("1"))),
        ("work_notice_result", false, done(client.work_notice_result("1"))),
        (
            "update_work_notice",
            true,
            done(async { client.update_work_notice("1", &StatusBar { text: "x".into(), rgb: 1 }).await }),
        ),
        ("recall_work_notice", true, done(client.recall_work_notice("1"))),
        ("belongs_to_corp", false, done(client.belongs_to_corp())),
        ("user_by_web_code", true, done(client.user_by_web_code("c"))),
        ("create_scene_group", true, done(async { client.create_scene_group(&room()).await })),
        ("rename_scene_group", true, done(client.rename_scene_group("c", "x"))),
        ("add_scene_members", true, done(async { client.add_scene_members("c", &["u".to_owned()]).await })),
        ("disband_scene_group", true, done(client.disband_scene_group("c"))),
        ("send_to_scene_group", true, done(async move { client.send_to_scene_group("c", "r", &message()).await })),
    ]
}

fn room() -> NewSceneGroup {
    NewSceneGroup {
        title: "x".into(),
        template_id: "t".into(),
        owner_user_id: "u".into(),
        user_ids: vec!["u".into()],
        uuid: "n".into(),
    }
}

fn card() -> NewCard {
    NewCard {
        out_track_id: "t".into(),
        card_template_id: "x.schema".into(),
        callback_route_key: "r".into(),
        card_data: [("title".to_owned(), "x".to_owned())].into(),
        private_data: [].into(),
        space: CardSpace::Person { user_id: "u".into() },
        robot_code: "r".into(),
        last_message: LastMessage::default(),
        at_user_ids: [].into(),
    }
}

fn update() -> CardUpdate {
    let (out_track_id, card_data, private_data) = ("t".into(), card().card_data, [].into());
    CardUpdate { out_track_id, card_data, private_data, by_key: true }
}

fn to_group(content: RobotContent) -> GroupMessage {
    GroupMessage { open_conversation_id: "c".into(), robot_code: "r".into(), cool_app_code: None, content }
}

fn people() -> NoticeAudience {
    NoticeAudience::People(vec!["u".into()])
}

fn notice() -> WorkNoticeContent {
    WorkNoticeContent::Text { content: "x".into() }
}

/// What is said, and its class where the call reads and where it changes something.
const NO_ANSWERS: [(&str, &str, &str); 6] = [
    ("<!DOCTYPE html><html>no</html>", "banned", "banned"),
    ("", "busy", "unclear"),
    (r#"{"errcode":0,"result":{"task"#, "busy", "unclear"),
    ("[]", "busy", "unclear"),
    ("null", "busy", "unclear"),
    ("\"ok\"", "busy", "unclear"),
];

#[tokio::test]
async fn what_is_no_answer_has_a_class_in_every_call() {
    for (said, read, changed) in NO_ANSWERS {
        let peer = Peer::new(move |_| Say::Text(200, said.to_owned())).await;
        let client = peer.client();
        for (name, changes, call) in calls(&client) {
            let error = call.await.expect_err(name);
            let expected = if changes { changed } else { read };
            assert_eq!(error.class.name(), expected, "{name}: {said:?}");
            assert!(!error.code.is_empty() && error.message.chars().count() <= 300, "{name}: {error:?}");
        }
        let paths: BTreeSet<String> =
            peer.heard().into_iter().map(|heard| format!("{} {}", heard.method, heard.path)).collect();
        assert_eq!(paths.len(), calls(&client).len(), "each is another call, and was made: {paths:?}");
        assert_eq!(peer.heard().len(), paths.len(), "none was repeated");
    }
}

/// A token that is none: nobody speaks with it.
#[tokio::test]
async fn what_is_no_token_has_a_class() {
    for (said, read, _) in NO_ANSWERS {
        let peer = Peer::scripted_tokens(move |_| Say::Text(200, said.to_owned())).await;
        let client = peer.client();
        assert_eq!(client.check_token().await.unwrap_err().class.name(), read, "{said:?}");
        assert_eq!(client.user("u").await.unwrap_err().class.name(), read, "{said:?}");
        assert!(peer.heard().is_empty(), "{said:?} was used as a token");
    }
}

/// The three calls of a sign-in by DingTalk's page, and what they answer.
const WEB_SIGN_IN: [(&str, &str); 3] = [
    ("/oauth2/userAccessToken", r#"{"accessToken":"person"}"#),
    ("/contact/users/me", r#"{"unionId":"n","nick":"N"}"#),
    ("/user/getbyunionid", r#"{"errcode":0,"result":{"userid":"u"}}"#),
];

/// Any of the three may be the one that is not answered.
#[tokio::test]
async fn each_step_of_a_web_sign_in_may_be_no_answer() {
    let answer = |path: &str| WEB_SIGN_IN.iter().find(|(step, _)| path.ends_with(step)).map_or("", |(_, said)| *said);
    for (place, (broken, _)) in WEB_SIGN_IN.into_iter().enumerate() {
        for (said, read, changed) in NO_ANSWERS {
            let peer = Peer::new(move |heard| {
                let said = if heard.path.ends_with(broken) { said } else { answer(&heard.path) };
                Say::Text(200, said.to_owned())
            })
            .await;
            let error = peer.client().user_by_web_code("c").await.unwrap_err();
            assert_eq!(error.class.name(), if place == 0 { changed } else { read }, "{broken} {said:?}");
            assert_eq!(peer.heard().len(), place + 1, "{broken} {said:?}");
        }
    }
    let peer = Peer::new(move |heard| Say::Text(200, answer(&heard.path).to_owned())).await;
    assert_eq!(peer.client().user_by_web_code("c").await.unwrap().user_id, "u");
}

/// Whatever stands where something else is expected: it is read as far as it makes sense, or refused with a class.
#[tokio::test]
async fn values_of_wrong_types_are_read_or_refused_by_every_call() {
    let odd =
        ["null", "[]", "{}", "-1", "1e300", "true", "\"\"", "\"x\"", "[[null]]", r#"[{"userId":[]}]"#, r#"{"a":{}}"#];
    for (outer, inner) in odd.iter().flat_map(|outer| odd.iter().map(move |inner| (*outer, *inner))) {
        let said = format!(
            r#"{{"errcode":{inner},"success":{inner},"result":{outer},"task_id":{inner},"userid":{outer},"title":{inner},
            "processQueryKey":{outer},"progress":{inner},"send_result":{outer},"failed_list":{inner},"has_more":{inner},
            "deliverResults":{outer},"invalidStaffIdList":{inner},"memberUserIds":{outer},"nextToken":{inner},"status":{inner},
            "accessToken":{inner},"unionId":{inner},"open_conversation_id":{outer},"chat_id":{inner},"open_msg_id":{outer}}}"#
        );
        let peer = Peer::new(move |_| Say::Text(200, said.clone())).await;
        let client = peer.client();
        for (name, _, call) in calls(&client) {
            if let Err(error) = call.await {
                assert!(!error.class.name().is_empty() && !error.code.is_empty(), "{name}: {outer} {inner}");
            }
        }
    }
}
