use super::peer::{Heard, Open, Peer, Say, app, platform};
use crate::{Client, GroupMessage, RobotContent};
use serde_json::json;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;
use world::ManualClock;

async fn reads(client: &Client) -> &'static str {
    client.group_info("cid", None).await.map_or_else(|error| error.class.name(), |_| "ok")
}

async fn writes(client: &Client) -> &'static str {
    let message = GroupMessage {
        open_conversation_id: "cid".into(),
        robot_code: "robot".into(),
        cool_app_code: None,
        content: RobotContent::Text { content: "hello".into() },
    };
    client.send_to_group(&message).await.map_or_else(|error| error.class.name(), |_| "ok")
}

#[tokio::test]
async fn strange_answers_have_their_class() {
    type Script = fn(&Heard) -> Say;
    let table: [(&str, Script, &str, &str); 10] = [
        ("a page", |_| Say::Text(200, "<!DOCTYPE html><html>no</html>".into()), "banned", "banned"),
        (
            "a ban",
            |_| Say::Text(403, r#"{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"u"}"#.into()),
            "banned",
            "banned",
        ),
        ("a gateway's page", |_| Say::Text(502, "<html>bad gateway</html>".into()), "busy", "unclear"),
        ("half a body", |_| Say::Text(200, r#"{"processQueryKey":"abc"#.into()), "busy", "unclear"),
        ("an empty body", |_| Say::Text(200, String::new()), "busy", "unclear"),
        ("a huge body", |_| Say::Text(200, format!("\"{}\"", "x".repeat(2 << 20))), "busy", "unclear"),
        ("a deep body", |_| Say::Text(200, "[".repeat(100_000)), "busy", "unclear"),
        ("no answer", |_| Say::Nothing, "unclear", "unclear"),
        ("a redirect", |_| Say::Redirect("http://127.0.0.1:1/elsewhere".into()), "refused", "refused"),
        ("busy", |_| Say::Json(500, json!({ "code": "system.busy" })), "busy", "busy"),
    ];
    for (name, script, read, written) in table {
        let peer = Peer::new(script).await;
        let client = peer.client();
        assert_eq!((reads(&client).await, writes(&client).await), (read, written), "{name}");
        assert_eq!(peer.heard().len(), 2, "{name}: nothing is repeated, nothing is followed");
    }
}

#[tokio::test]
async fn a_yes_without_the_thing_asked_for_is_unclear_where_it_matters() {
    let peer = Peer::saying(200, json!({ "processQueryKey": null })).await;
    assert_eq!(writes(&peer.client()).await, "unclear");
    let peer = Peer::saying(200, json!({ "errcode": 0, "result": [] })).await;
    assert_eq!(peer.client().user("u1").await.unwrap_err().class.name(), "refused");
}

/// A server that takes one connection for the token, then treats the next as `cut` says.
#[expect(clippy::disallowed_methods, reason = "the peer runs beside the test")]
async fn cutting_peer(cut: &'static [u8]) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        let mut token_given = false;
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let token = b"HTTP/1.1 200 OK\r\ncontent-length: 35\r\nconnection: close\r\n\r\n{\"accessToken\":\"t\",\"expireIn\":7200}";
            stream.write_all(if token_given { cut } else { token }).await.unwrap();
            token_given = true;
        }
    });
    base
}

#[tokio::test]
async fn a_cut_connection_leaves_a_message_unclear() {
    let cuts: [&'static [u8]; 4] = [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"processQueryKey\":",
        b"garbage\r\n\r\n",
    ];
    for cut in cuts {
        let base = cutting_peer(cut).await;
        let client = platform(&base, Arc::new(ManualClock::at(super::peer::START))).app(app("secret"), Arc::new(Open));
        assert_eq!(writes(&client).await, "unclear", "{:?}", String::from_utf8_lossy(cut));
    }
}

#[tokio::test]
async fn a_closed_port_is_unreachable_and_names_no_secret() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let client = platform(&base, Arc::new(ManualClock::at(super::peer::START))).app(app("s3cret"), Arc::new(Open));
    let error = client.user("u1").await.unwrap_err();
    assert_eq!(error.class.name(), "unreachable");
    assert!(!format!("{error:?} {error} {:?}", client.app()).contains("s3cret"));
}
