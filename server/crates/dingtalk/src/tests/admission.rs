//! Nothing goes out without leave.

use super::peer::{Peer, Say, app};
use crate::{Admission, Call, DingTalkError, ErrorClass, Held, Permit, Why};
use serde_json::json;
use std::sync::{Arc, Mutex};
use world::Millis;

/// Admits the first `most` requests and writes down what it was asked and told.
#[derive(Clone)]
struct Door {
    most: usize,
    log: Arc<Mutex<Vec<String>>>,
}

const HELD: Held = Held { until: Millis(7), why: Why::Month };

impl Door {
    fn admitting(most: usize) -> Self {
        Self { most, log: Arc::default() }
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

#[async_trait::async_trait]
impl Admission for Door {
    async fn admit(&self, call: &Call, _: Option<&str>) -> Result<Box<dyn Permit>, Held> {
        let mut log = self.log.lock().unwrap();
        let asked = log.iter().filter(|line| line.starts_with("ask")).count();
        log.push(format!("ask {}", call.path));
        if asked < self.most { Ok(Box::new(self.clone())) } else { Err(HELD) }
    }
}

impl Permit for Door {
    fn answered(self: Box<Self>, answer: Result<(), &DingTalkError>) {
        let word = answer.map_or_else(|error| error.class.name(), |()| "ok");
        self.log.lock().unwrap().push(format!("told {word}"));
    }
}

#[tokio::test]
async fn each_request_is_asked_for_and_its_answer_told() {
    let peer = Peer::new(|heard| match heard.token.as_deref() {
        Some("token-2") => Say::Json(200, json!({ "success": true, "title": "ops" })),
        _ => Say::Json(400, json!({ "code": "InvalidAuthentication" })),
    })
    .await;
    let door = Door::admitting(9);
    let client = peer.platform().app(app("secret"), Arc::new(door.clone()));
    client.group_info("cid", None).await.unwrap();
    let (token, group) = (Call::TOKEN.path, Call::GROUP_INFO.path);
    let once = |path: &str, word: &str| [format!("ask {path}"), format!("told {word}")];
    let expected = [once(token, "ok"), once(group, "token_refused"), once(token, "ok"), once(group, "ok")];
    assert_eq!(door.log(), expected.concat(), "also the repeat after a refused token");
}

#[tokio::test]
async fn what_is_held_is_not_sent() {
    let peer = Peer::saying(200, json!({ "success": true, "title": "ops" })).await;
    for (most, tokens) in [(0, 0), (1, 1)] {
        let client = peer.platform().app(app("secret"), Arc::new(Door::admitting(most)));
        let error = client.group_info("cid", None).await.unwrap_err();
        assert_eq!((error.class, error.code.as_str()), (ErrorClass::Held(HELD), "local.held.month"));
        assert_eq!((peer.heard().len(), peer.tokens_asked()), (0, tokens));
    }
}
