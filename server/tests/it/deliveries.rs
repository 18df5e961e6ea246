//! What went out, why not, and sending it anew.

use crate::bench::verbs::GROUP;
use crate::bench::{Answer, Bench, KEY};
use serde_json::{Value, json};
use simulator::dingtalk::Place;
use simulator::flashduty::{Act, Raise, Severity};
use simulator::{Fault, Peer, faults};
use std::time::Duration;

const CREATE: &str = "/v1.0/card/instances/createAndDeliver";

impl Bench {
    /// Calls the automation API below the integration.
    async fn api(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let url = format!("{}/api/integrations/{KEY}/{path}", self.base);
        let browser = self.browser();
        let request = browser.http().request(method.parse().unwrap(), url).bearer_auth(token);
        browser.send(body.into_iter().fold(request, |request, body| request.json(&body))).await
    }

    /// The delivery of an incident to the group, or else to the first responder.
    async fn sent_about(&self, token: &str, incident: &str) -> Value {
        let listed = self.api(token, "GET", &format!("deliveries?incident={incident}"), None).await.json();
        let items = listed["items"].as_array().unwrap();
        let in_group = items.iter().find(|one| one["target"]["kind"] == "chat");
        in_group.or_else(|| items.first()).unwrap_or_else(|| panic!("{listed}")).clone()
    }

    fn cards_in_group(&self) -> Vec<String> {
        self.cards(&Place::Chat(self.conversation(GROUP)))
    }

    fn refuse(&self, status: u16, code: &str, times: u32) {
        let kind = faults::Kind::Refuse { status, body: json!({ "code": code, "requestid": "R-1", "message": "no" }) };
        self.sim.faults.add(Fault { peer: Peer::DingTalk, path: CREATE.to_owned(), kind, times: Some(times) });
    }
}

async fn subscribed() -> (Bench, String) {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let token = bench.token("administrator").await;
    (bench, token)
}

fn path(delivery: &Value, rest: &str) -> String {
    format!("deliveries/{}{rest}", delivery["id"].as_str().unwrap())
}

#[tokio::test]
async fn each_attempt_tells_what_was_sent_what_came_back_and_what_it_cost() {
    let (bench, token) = subscribed().await;
    bench.refuse(403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", 1);
    bench.refuse(503, "ServiceUnavailable", 1);
    let incident = bench.sim.flashduty.raise(Raise { title: "told".to_owned(), ..Raise::default() }).await.unwrap();
    bench.sim.run_due().await;
    server::work::run_due(&bench.app.state).await.unwrap();
    let waiting = bench.sent_about(&token, &incident).await;
    assert_eq!((&waiting["state"], &waiting["outcome"]), (&json!("waiting"), &json!("throttled")));
    assert!(waiting["waits"]["until_ms"].as_i64() > Some(bench.app.state.world.now().0), "{waiting}");

    bench.advance(Duration::from_secs(60));
    bench.run_due().await;
    bench.advance(Duration::from_secs(60));
    bench.run_due().await;
    let shown = bench.api(&token, "GET", &path(&waiting, ""), None).await.json();
    assert_eq!((&shown["outcome"], &shown["cost"], &shown["waits"]), (&json!("delivered"), &json!(2), &Value::Null));
    let attempts = shown["history"].as_array().unwrap();
    let told = |key: &str| attempts.iter().map(|attempt| attempt[key].clone()).collect::<Vec<_>>();
    assert_eq!(told("outcome"), ["delivered", "platform busy", "throttled"], "newest first");
    assert_eq!(told("cost"), [1, 1, 0], "what was refused for its speed is not counted");
    assert_eq!(told("request_id")[1..], ["R-1", "R-1"]);
    assert!(told("text").iter().all(|text| text.as_str().unwrap().contains("told")), "{attempts:?}");
    let unknown = bench.api(&token, "GET", "deliveries/nosuch", None).await;
    assert_eq!((unknown.status, unknown.problem().as_str()), (404, "not-found"));
}

#[tokio::test]
async fn what_failed_is_sent_when_its_cause_is_gone() {
    let (bench, token) = subscribed().await;
    bench.sim.dingtalk.uninstall_cool_app(&bench.conversation(GROUP), "zhang.wei").await.unwrap();
    bench.run_due().await;
    let incident = bench.raise("nobody home", &[]).await;
    let failed = bench.sent_about(&token, &incident).await;
    assert_eq!((&failed["state"], &failed["curer"]), (&json!("failed"), &json!("group-owner")));

    bench.install_cool_app(GROUP).await;
    let observer = bench.token("observer").await;
    let refused = bench.api(&observer, "POST", &path(&failed, "/resend"), None).await;
    assert_eq!((refused.status, refused.problem().as_str()), (403, "role-too-low"));
    assert_eq!(bench.api(&token, "POST", "deliveries/nosuch/resend", None).await.status, 404);
    let asked = bench.api(&token, "POST", &path(&failed, "/resend"), None).await;
    assert_eq!((asked.status, &asked.json()["state"]), (202, &json!("waiting")), "{asked:?}");
    let again = bench.api(&token, "POST", &path(&failed, "/resend"), None).await;
    assert_eq!((again.status, again.problem().as_str()), (409, "still-waiting"));
    bench.run_due().await;
    assert_eq!(bench.sent_about(&token, &incident).await["outcome"], "delivered");
    bench.card_in(GROUP);
    let audit = bench.api(&token, "GET", "audit", None).await.json();
    assert_eq!(
        (&audit["items"][0]["act"], &audit["items"][0]["actor"]),
        (&json!("delivery-resent"), &json!("token bench"))
    );
}

#[tokio::test]
async fn what_was_delivered_is_sent_once_more_only_if_that_is_wanted_and_both_follow() {
    let (bench, token) = subscribed().await;
    bench.link("li.na").await;
    let incident = bench.raise("once more", &[]).await;
    let delivered = bench.sent_about(&token, &incident).await;
    let refused = bench.api(&token, "POST", &path(&delivered, "/resend"), None).await;
    assert_eq!((refused.status, refused.problem().as_str()), (409, "needs-force"));
    assert_eq!(bench.cards_in_group().len(), 1);
    let forced = bench.api(&token, "POST", &path(&delivered, "/resend"), Some(json!({ "force": true }))).await;
    assert_eq!(forced.status, 202, "{forced:?}");
    bench.run_due().await;
    let cards = bench.cards_in_group();
    assert_eq!(cards.len(), 2);
    bench.click(&cards[1], "li.na", "close").await.unwrap();
    bench.acts_end().await;
    bench.run_due().await;
    for card in &cards {
        assert_eq!(bench.seen(card, "zhao.min")["progress"], "Closed");
    }
    let over = bench.api(&token, "POST", &path(&delivered, "/resend"), None).await;
    assert_eq!((over.status, over.problem().as_str()), (409, "needs-force"));
}

#[tokio::test]
async fn all_of_a_kind_are_sent_anew_and_the_rest_is_left_alone() {
    let (bench, token) = subscribed().await;
    bench.refuse(400, "param.templateNotExist", 3);
    for number in 0..3 {
        bench.raise(&format!("template {number}"), &[]).await;
    }
    bench.refuse(400, "param.contentUnsafe", 1);
    let other = bench.raise("unsafe", &[]).await;
    assert_eq!(bench.cards_in_group().len(), 0);
    let all = json!({ "outcome": "card template unusable", "since": 0 });
    let answer = bench.api(&token, "POST", "deliveries/resend", Some(all.clone())).await;
    assert_eq!((answer.status, answer.json()), (202, json!({"resent": 3, "refused": 0, "next": null})));
    bench.advance(Duration::from_secs(2));
    bench.run_due().await;
    assert_eq!(bench.cards_in_group().len(), 3);
    assert_eq!(bench.sent_about(&token, &other).await["outcome"], "content refused");
    let nothing = bench.api(&token, "POST", "deliveries/resend", Some(all)).await;
    assert_eq!(nothing.json()["resent"], 0);
    for wrong in [
        json!({}),
        json!({"outcome": "unclear"}),
        json!({"outcome": "no such", "since": 0}),
        json!({"outcome": "unclear", "since": 0, "force": true}),
        json!({"outcome": "unclear", "since": 0, "after": "x"}),
    ] {
        assert_eq!(bench.api(&token, "POST", "deliveries/resend", Some(wrong.clone())).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn nobody_is_called_for_an_incident_that_is_over() {
    let (bench, token) = subscribed().await;
    bench.refuse(503, "ServiceUnavailable", 20);
    let incident = bench.raise("came and went", &[]).await;
    assert_eq!(bench.sent_about(&token, &incident).await["outcome"], "platform busy");
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::resolve()).await.unwrap();
    bench.run_due().await;
    bench.sim.faults.clear();
    bench.advance(Duration::from_secs(600));
    bench.run_due().await;
    let cancelled = bench.sent_about(&token, &incident).await;
    assert_eq!((&cancelled["state"], &cancelled["outcome"]), (&json!("done"), &json!("cancelled")));
    assert_eq!(bench.cards_in_group().len(), 0);
    let wanted = bench.api(&token, "POST", &path(&cancelled, "/resend"), Some(json!({ "force": true }))).await;
    assert_eq!(wanted.status, 202, "{wanted:?}");
    bench.run_due().await;
    assert_eq!(bench.cards_in_group().len(), 1, "somebody wanted it all the same");
}

#[tokio::test]
async fn who_has_linked_since_gets_what_they_missed() {
    let bench = Bench::start().await;
    let token = bench.token("administrator").await;
    let incident = bench.raise("for li", &["li.na"]).await;
    let missed = bench.sent_about(&token, &incident).await;
    assert_eq!((&missed["outcome"], &missed["target"]["kind"]), (&json!("app not linked"), &json!("member")));
    let refused = bench.api(&token, "POST", &path(&missed, "/resend"), None).await;
    assert_eq!((refused.status, refused.problem().as_str()), (409, "cannot-resend"));
    bench.link("li.na").await;
    let asked = bench.api(&token, "POST", &path(&missed, "/resend"), None).await;
    assert_eq!((asked.status, &asked.json()["target"]["id"]), (202, &json!("li.na")));
    bench.run_due().await;
    bench.card_of("li.na");
}

#[tokio::test]
async fn a_card_that_may_be_there_is_called_unclear_when_given_up_and_follows_its_incident() {
    let (bench, token) = subscribed().await;
    let fault = |kind, times| Fault { peer: Peer::DingTalk, path: CREATE.to_owned(), kind, times: Some(times) };
    bench.sim.faults.add(fault(faults::Kind::Forget, 1));
    bench.refuse(503, "ServiceUnavailable", 20);
    let incident = bench.raise("there after all", &[]).await;
    for _ in 0..12 {
        bench.advance(Duration::from_secs(700));
        bench.run_due().await;
    }
    let given_up = bench.sent_about(&token, &incident).await;
    assert_eq!((&given_up["state"], &given_up["outcome"]), (&json!("failed"), &json!("unclear")));
    assert_eq!(given_up["curer"], "administrator");
    let card = bench.card_in(GROUP);
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::resolve()).await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.seen(&card, "zhao.min")["progress"], "Closed");
    let filters = format!("state=failed&outcome=unclear&query=AFTER%20all&since={}", crate::bench::BEGIN.0);
    let listed = bench.api(&token, "GET", &format!("deliveries?{filters}"), None).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    for wrong in ["state=dead", "since=yesterday", "outcome=lost"] {
        assert_eq!(bench.api(&token, "GET", &format!("deliveries?{wrong}"), None).await.status, 400, "{wrong}");
    }
}

/// Deliveries of the integration with this outcome.
async fn with_outcome(bench: &Bench, token: &str, outcome: &str) -> Vec<Value> {
    let query = format!("deliveries?outcome={}", outcome.replace(' ', "%20"));
    bench.api(token, "GET", &query, None).await.json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_work_notice_is_sent_anew_to_one_and_to_all_it_failed_for() {
    const SEND: &str = "/topapi/message/corpconversation/asyncsend_v2";
    let (bench, token) = subscribed().await;
    let refused =
        faults::Kind::Refuse { status: 200, body: json!({"errcode": 40078, "errmsg": "no", "request_id": "R"}) };
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path: SEND.to_owned(), kind: refused, times: None });
    let asked = json!({"user_ids": ["li.na", "zhao.min", "zhang.wei"], "kind": "text", "text": "tonight"});
    let notice = bench.api(&token, "POST", "work-notices", Some(asked)).await;
    assert_eq!(notice.status, 202, "{notice:?}");
    bench.run_due().await;
    bench.sim.faults.clear();
    let listed = bench.api(&token, "GET", "deliveries?state=failed", None).await.json();
    let failed = listed["items"].as_array().unwrap().clone();
    assert_eq!(failed.len(), 3, "{listed}");
    let calls = bench.requests(SEND);
    let one = bench.api(&token, "POST", &path(&failed[0], "/resend"), None).await;
    assert_eq!(one.status, 202, "{one:?}");
    bench.run_due().await;
    assert_eq!(bench.requests(SEND), calls + 1);
    let rest = json!({"outcome": failed[0]["outcome"], "since": crate::bench::BEGIN.0});
    let all = bench.api(&token, "POST", "deliveries/resend", Some(rest)).await;
    assert_eq!((all.status, &all.json()["resent"], &all.json()["refused"]), (202, &json!(2), &json!(0)));
    bench.run_due().await;
    assert_eq!(bench.requests(SEND), calls + 2, "the others share one call");
    for user_id in ["li.na", "zhao.min", "zhang.wei"] {
        assert_eq!(bench.sim.dingtalk.messages(&Place::Work(user_id.into())).len(), 1, "{user_id}");
    }
    bench.advance(Duration::from_secs(300));
    bench.run_due().await;
    let again = bench.api(&token, "POST", &path(&failed[0], "/resend"), None).await;
    assert_eq!((again.status, again.problem().as_str()), (409, "needs-force"), "it has arrived");
    let forced = bench.api(&token, "POST", &path(&failed[0], "/resend"), Some(json!({"force": true}))).await;
    assert_eq!(forced.status, 202, "{forced:?}");
    bench.run_due().await;
    let id = notice.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.api(&token, "POST", &format!("work-notices/{id}/recall"), None).await.status, 202);
    bench.run_due().await;
    let recalled = bench.api(&token, "POST", &path(&failed[0], "/resend"), Some(json!({"force": true}))).await;
    assert_eq!((recalled.status, recalled.problem().as_str()), (409, "cannot-resend"), "taken back");
}

#[tokio::test]
async fn a_digest_and_the_bots_own_words_are_sent_anew() {
    let (bench, token) = subscribed().await;
    bench.cards_per_minute(1).await;
    bench.refuse(400, "param.templateNotExist", 20);
    for number in 0..4 {
        bench
            .sim
            .flashduty
            .raise(Raise { title: format!("storm {number}"), severity: Severity::Warning, ..Raise::default() })
            .await
            .unwrap();
    }
    bench.run_due().await;
    bench.sim.faults.clear();
    let failed = with_outcome(&bench, &token, "card template unusable").await;
    let digest = failed.iter().find(|one| one["reason"] == "digest").unwrap_or_else(|| panic!("{failed:?}"));
    assert_eq!(bench.api(&token, "POST", &path(digest, "/resend"), None).await.status, 202);
    bench.run_due().await;
    assert_eq!(bench.cards_in_group().len(), 1, "the counting card");

    let chat = bench.chat(&bench.conversation(GROUP)).await.unwrap().id;
    let url = crate::robot_push::address(&bench, &chat).await;
    let body = json!({"errcode": 1, "code": "robot.not.exist", "message": "no", "requestid": "R"});
    let path_of_words = "/v1.0/robot/groupMessages/send".to_owned();
    let kind = faults::Kind::Refuse { status: 400, body };
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path: path_of_words.clone(), kind, times: Some(1) });
    let words = json!({"msgtype": "markdown", "markdown": {"title": "t", "text": "disk of no incident"}});
    bench.browser().json(&url, words).await;
    bench.run_due().await;
    let listed = bench.api(&token, "GET", "deliveries?state=failed", None).await.json();
    let note = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["reason"].as_str().unwrap().starts_with("robot message"));
    let note = note.unwrap_or_else(|| panic!("{listed}"));
    assert_eq!(bench.api(&token, "POST", &path(note, "/resend"), None).await.status, 202);
    bench.run_due().await;
    assert_eq!(bench.requests(&path_of_words), 2);
    let said = format!("{:?}", bench.sim.dingtalk.messages(&Place::Chat(bench.conversation(GROUP))));
    assert!(said.contains("disk of no incident"), "{said}");
}
