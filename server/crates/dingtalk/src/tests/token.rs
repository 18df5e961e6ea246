use super::peer::{Heard, Open, Peer, Say, app};
use crate::{Client, DingTalkError};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

const CALLERS: usize = 50;

fn group() -> Value {
    json!({ "success": true, "title": "ops" })
}

/// Accepts one token only, in the manner of the new host.
fn accepts(token: &'static str) -> impl Fn(&Heard) -> Say {
    move |heard| match heard.token.as_deref() == Some(token) {
        true => Say::Json(200, group()),
        false => Say::Json(400, json!({ "code": "InvalidAuthentication", "message": "不合法的access_token" })),
    }
}

async fn all_at_once(client: &Client) -> Vec<Result<(), DingTalkError>> {
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let client = client.clone();
        callers.spawn(async move { client.group_info("cid", None).await.map(drop) });
    }
    callers.join_all().await
}

#[tokio::test]
async fn fifty_callers_ask_for_one_token() {
    let peer = Peer::saying(200, group()).await;
    let results = all_at_once(&peer.client()).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((peer.tokens_asked(), peer.heard().len()), (1, CALLERS));
}

#[tokio::test]
async fn fifty_callers_share_one_refusal() {
    let refusal = json!({ "code": "invalidClientIdOrSecret", "requestid": "R", "message": "secret is wrong" });
    let peer = Peer::scripted_tokens(move |_| Say::Json(400, refusal.clone())).await;
    let client = peer.client();
    for result in all_at_once(&client).await {
        let error = result.unwrap_err();
        assert_eq!((error.class.name(), error.message.as_str()), ("credentials_refused", "… is wrong"));
    }
    assert_eq!(peer.tokens_asked(), 1);
    assert!(client.check_token().await.is_err());
    assert_eq!(peer.tokens_asked(), 2, "a later caller tries again");
}

#[tokio::test]
async fn a_token_is_renewed_ten_minutes_before_it_expires() {
    let peer = Peer::saying(200, group()).await;
    let client = peer.client();
    for (advance_s, tokens) in [(0, 1), (6599, 1), (1, 2), (6599, 2), (1, 3), (7200, 4)] {
        peer.clock.advance(Duration::from_secs(advance_s));
        client.group_info("cid", None).await.unwrap();
        assert_eq!(peer.tokens_asked(), tokens);
        assert_eq!(peer.heard().last().unwrap().token, Some(format!("token-{tokens}")));
    }
}

#[tokio::test]
async fn a_good_token_serves_while_its_renewal_fails() {
    let asked = AtomicUsize::new(0);
    let peer = Peer::scripted_tokens(move |heard| match heard.path.contains("oauth2") {
        true if asked.fetch_add(1, Ordering::SeqCst) == 0 => {
            Say::Json(200, json!({ "accessToken": "first", "expireIn": "7200" }))
        }
        true => Say::Json(503, json!({ "code": "ServiceUnavailable" })),
        false => Say::Json(200, group()),
    })
    .await;
    let client = peer.client();
    client.group_info("cid", None).await.unwrap();
    peer.clock.advance(Duration::from_secs(6600));
    client.group_info("cid", None).await.unwrap();
    client.group_info("cid", None).await.unwrap();
    assert_eq!(peer.tokens_asked(), 2, "no second try within half a minute");
    peer.clock.advance(Duration::from_secs(30));
    client.group_info("cid", None).await.unwrap();
    assert_eq!(peer.tokens_asked(), 3);
    peer.clock.advance(Duration::from_secs(600));
    assert_eq!(client.group_info("cid", None).await.unwrap_err().class.name(), "busy");
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_all() {
    let peer = Peer::new(accepts("token-2")).await;
    let client = peer.client();
    client.check_token().await.unwrap();
    let results = all_at_once(&client).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(peer.tokens_asked(), 2);
}

#[tokio::test]
async fn a_token_that_stays_refused_is_an_error_after_one_repetition() {
    let peer = Peer::new(accepts("none")).await;
    let error = peer.client().group_info("cid", None).await.unwrap_err();
    assert_eq!((error.class.name(), error.http_status), ("token_refused", Some(400)));
    assert_eq!((peer.tokens_asked(), peer.heard().len()), (2, 2));
}

#[tokio::test]
async fn the_old_host_refuses_a_token_in_its_own_way() {
    let peer = Peer::new(|heard| match heard.query.as_deref() {
        Some("access_token=token-2") => Say::Json(200, json!({ "errcode": 0, "result": { "userid": "u1" } })),
        _ => Say::Json(200, json!({ "errcode": 88, "sub_code": "42001", "sub_msg": "token-1 expired" })),
    })
    .await;
    assert_eq!(peer.client().user_id_by_mobile("13800000000").await.unwrap(), "u1");
    assert_eq!(peer.tokens_asked(), 2);
    assert!(peer.heard().iter().all(|heard| heard.token.is_none()));
}

#[tokio::test]
async fn tokens_are_kept_per_app_and_secret() {
    let peer = Peer::saying(200, group()).await;
    let platform = peer.platform();
    let call = async |secret: &str| platform.app(app(secret), Arc::new(Open)).group_info("cid", None).await.unwrap();
    call("one").await;
    call("one").await;
    assert_eq!(peer.tokens_asked(), 1, "clients of one app share the token");
    call("two").await;
    assert_eq!(peer.tokens_asked(), 2, "another secret proves itself");
    platform.forget_token("dingclient");
    call("two").await;
    assert_eq!(peer.tokens_asked(), 3);
}

#[tokio::test]
async fn a_caller_that_gives_up_does_not_block_the_others() {
    let asked = AtomicUsize::new(0);
    let peer = Peer::scripted_tokens(move |heard| match heard.path.contains("oauth2") {
        true if asked.fetch_add(1, Ordering::SeqCst) == 0 => Say::Nothing,
        true => Say::Json(200, json!({ "accessToken": "t", "expireIn": 7200 })),
        false => Say::Json(200, group()),
    })
    .await;
    let client = peer.client();
    let impatient = tokio::time::timeout(Duration::from_millis(100), client.group_info("cid", None)).await;
    assert!(impatient.is_err());
    client.group_info("cid", None).await.unwrap();
    assert_eq!(peer.tokens_asked(), 2);
}

#[tokio::test]
async fn an_unusable_token_is_an_error() {
    for body in [json!({}), json!({ "accessToken": "" }), json!({ "accessToken": {} }), json!([1])] {
        let shown = body.to_string();
        let peer = Peer::scripted_tokens(move |_| Say::Json(200, body.clone())).await;
        assert!(peer.client().check_token().await.is_err(), "{shown}");
    }
    let peer = Peer::scripted_tokens(|heard| match heard.path.contains("oauth2") {
        true => Say::Json(200, json!({ "accessToken": "a\nb", "expireIn": null })),
        false => Say::Json(200, group()),
    })
    .await;
    assert_eq!(peer.client().group_info("cid", None).await.unwrap_err().code, "answer.token");
}
