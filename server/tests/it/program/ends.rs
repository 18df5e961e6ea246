//! The process is asked to end: what it has answered is finished first. What a kill leaves behind is told in `kills`.

use super::stage::{GROUP, Stage};
use simulator::{Fault, Peer, faults};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn an_orderly_end_finishes_what_is_under_way() {
    let stage = Stage::start().await;
    stage.join(GROUP).await;
    stage.linked("li.na").await;
    let incident = stage.raise("pressed at the end", &["li.na"]).await;
    let card = stage.card(GROUP, "pressed at the end").await.out_track_id;
    let path = "/incident/ack".to_owned();
    stage.sim.faults.add(Fault {
        peer: Peer::Flashduty,
        path,
        kind: faults::Kind::Delay { ms: 1_200 },
        times: Some(1),
    });
    stage.click(&card, "li.na", "acknowledge").await.unwrap();
    let ended = stage.serving.terminate(Duration::from_secs(10)).await;
    assert_eq!(ended.expect("it ends in time").code(), Some(0), "{}", stage.program.log());
    assert_eq!(stage.sim.flashduty.effects(&incident, "acknowledge"), 1, "answered with “working”, so it is done");
}

#[tokio::test]
async fn a_visitor_who_never_finishes_does_not_hold_up_the_end() {
    let stage = Stage::start().await;
    let address = stage.program.base.trim_start_matches("http://").to_owned();
    let mut slow = tokio::net::TcpStream::connect(&address).await.unwrap();
    slow.write_all(b"POST /dingtalk/acmeduty/events HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{").await.unwrap();
    stage.browser().get("/live").await;
    let ended = stage.serving.terminate(Duration::from_millis(9_500)).await;
    assert_eq!(ended.expect("well before service managers kill").code(), Some(0));
}
