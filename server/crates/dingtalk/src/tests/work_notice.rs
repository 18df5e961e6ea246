use super::peer::{Open, Peer, Say};
use crate::*;
use serde_json::{Value, json};
use std::sync::Arc;

const AT: &str = "/topapi/message/corpconversation/";

fn text(content: &str) -> WorkNoticeContent {
    WorkNoticeContent::Text { content: content.into() }
}

fn people(count: usize) -> NoticeAudience {
    NoticeAudience::People((1..=count).map(|n| format!("u{n}")).collect())
}

fn with_bar() -> WorkNoticeContent {
    let status = Some(StatusBar { text: "待处理".into(), rgb: 0xF2_510C });
    WorkNoticeContent::Oa(Box::new(OaContent { status, title: "T".into(), ..OaContent::default() }))
}

fn only(peer: &Peer) -> (String, Value) {
    let heard = peer.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert_eq!((heard[0].query.as_deref(), heard[0].token.as_deref()), (Some("access_token=token-1"), None));
    (heard[0].path.trim_start_matches(AT).to_owned(), heard[0].body.clone())
}

#[tokio::test]
async fn a_notice_is_sent_to_people_or_to_everybody() {
    let peer = Peer::saying(200, json!({"errcode":0,"task_id":256_271_667_526_i64,"request_id":"r"})).await;
    let task_id = peer.client().send_work_notice(&people(2), &text("hi")).await.unwrap();
    assert_eq!(task_id, "256271667526");
    let msg = json!({ "msgtype": "text", "text": { "content": "hi" } });
    let body = json!({ "agent_id": 42, "userid_list": "u1,u2", "msg": msg });
    assert_eq!(only(&peer), ("asyncsend_v2".into(), body));

    let peer = Peer::saying(200, json!({"errcode":"0","task_id":"7"})).await;
    assert_eq!(peer.client().send_work_notice(&NoticeAudience::Everybody, &text("hi")).await.unwrap(), "7");
    assert_eq!(only(&peer).1, json!({ "agent_id": 42, "to_all_user": true, "msg": msg }));
}

#[tokio::test]
async fn what_the_platform_would_refuse_or_drop_is_not_sent() {
    let peer = Peer::saying(200, json!({"errcode":0,"task_id":1})).await;
    let client = peer.client();
    for (audience, content, code) in [
        (people(0), text("hi"), "local.people"),
        (people(101), text("hi"), "local.people"),
        (people(6), with_bar(), "local.people"),
        (NoticeAudience::Everybody, with_bar(), "local.people"),
        (NoticeAudience::People(vec!["a,b".into()]), text("hi"), "local.userId"),
        (people(1), text(&"x".repeat(NOTICE_BYTES_MAX)), "local.tooLong"),
    ] {
        assert_eq!(client.send_work_notice(&audience, &content).await.unwrap_err().code, code);
    }
    for task_id in ["", "x", "-1", "1 2"] {
        assert_eq!(client.work_notice_result(task_id).await.unwrap_err().code, "local.taskId", "{task_id}");
    }
    assert!(peer.heard().is_empty());
    client.send_work_notice(&people(5), &with_bar()).await.unwrap();
    client.send_work_notice(&people(100), &text("hi")).await.unwrap();
    assert_eq!(peer.heard().len(), 2);
}

#[tokio::test]
async fn what_was_sent_is_followed_changed_and_taken_back() {
    let peer = Peer::new(|heard| {
        Say::Json(
            200,
            match heard.path.rsplit('/').next() {
                Some("getsendprogress") => json!({"errcode":0,"progress":{"progress_in_percent":100,"status":2}}),
                Some("getsendresult") => json!({"errcode":0,"send_result":{"read_user_id_list":["u1"]}}),
                _ => json!({"errcode":0,"errmsg":"ok"}),
            },
        )
    })
    .await;
    let client = peer.client();
    assert_eq!(client.work_notice_progress("9").await.unwrap(), NoticeProgress { percent: 100, done: true });
    assert_eq!(client.work_notice_result("9").await.unwrap().read, ["u1"]);
    client.update_work_notice("9", &StatusBar { text: "已关闭".into(), rgb: 0xBB55 }).await.unwrap();
    client.recall_work_notice("9").await.unwrap();
    let heard: Vec<_> = peer.heard().into_iter().map(|one| (one.path[AT.len()..].to_owned(), one.body)).collect();
    let expected = [
        ("getsendprogress", json!({ "agent_id": 42, "task_id": 9 })),
        ("getsendresult", json!({ "agent_id": 42, "task_id": 9 })),
        (
            "status_bar/update",
            json!({ "agent_id": 42, "task_id": 9, "status_value": "已关闭", "status_bg": "0xFF00BB55" }),
        ),
        ("recall", json!({ "agent_id": 42, "msg_task_id": 9 })),
    ];
    assert_eq!(heard, expected.map(|(path, body)| (path.to_owned(), body)));
}

#[tokio::test]
async fn answers_of_a_wrong_shape_are_errors_of_the_right_class() {
    for (answer, sent, asked) in [
        (json!({"errcode":0}), "unclear", "refused"),
        (json!({"errcode":0,"task_id":{},"send_result":7}), "unclear", "refused"),
        (json!([1]), "unclear", "busy"),
        (json!({"errcode":41052}), "refused", "refused"),
        (json!({"errcode":143_103}), "throttled", "throttled"),
        (json!({"errcode":88,"sub_code":"90018"}), "throttled", "throttled"),
        (json!({"errcode":33012}), "unknown_person", "unknown_person"),
    ] {
        let peer = Peer::saying(200, answer.clone()).await;
        let client = peer.client();
        let error = client.send_work_notice(&people(1), &text("hi")).await.unwrap_err();
        assert_eq!(error.class.name(), sent, "{answer}");
        assert_eq!(client.work_notice_result("9").await.unwrap_err().class.name(), asked, "{answer}");
    }
}

#[tokio::test]
async fn an_agent_id_that_is_no_number_is_said_so() {
    let peer = Peer::saying(200, json!({"errcode":0,"task_id":1})).await;
    let app = AppCredentials { agent_id: "agent".into(), ..peer.client().app().clone() };
    let error = peer.platform().app(app, Arc::new(Open)).send_work_notice(&people(1), &text("hi")).await.unwrap_err();
    assert_eq!((error.class, error.code.as_str()), (ErrorClass::CredentialsRefused, "40056"));
    assert!(peer.heard().is_empty());
}
