//! Work notices: to responders, with a status bar that follows the incident, and for other programs; DingTalk's limits
//! obeyed before sending; what it withholds or fails found out afterwards.

mod limits;
mod results;

use crate::bench::{Answer, Bench, KEY};
use serde_json::{Value, json};
use server::flow::work_notice::queue::{self, Asked, Audience};
use server::model::work_notice::{BatchState, Content, Kind};
use server::{flow, store};
use simulator::dingtalk::Place;
use simulator::flashduty::{Act, Raise, Severity};
use simulator::{Fault, Peer, faults};
use std::collections::BTreeMap;
use std::time::Duration;

const SEND: &str = "/topapi/message/corpconversation/asyncsend_v2";
const BAR: &str = "/topapi/message/corpconversation/status_bar/update";

impl Bench {
    /// A bench whose responders are reached so.
    async fn with_person_channel(channel: &str) -> Self {
        let bench = Self::start().await;
        let pair = ("person_channel".to_owned(), Some(channel.to_owned()));
        flow::set_up::set(&bench.app.state, KEY, vec![pair], "bench").await.unwrap();
        bench.run_due().await;
        bench
    }

    /// Lets time pass until what was sent has been followed once.
    async fn followed(&self) {
        self.advance(Duration::from_secs(6));
        self.run_due().await;
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let token = self.token("administrator").await;
        let url = format!("{}/api/integrations/{KEY}/work-notices{path}", self.base);
        let browser = self.browser();
        browser.send(browser.http().post(url).bearer_auth(token).json(&body)).await
    }

    /// Sends a notice as another program does; gives its id.
    async fn notice(&self, body: Value) -> String {
        let answer = self.post("", body).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        self.run_due().await;
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn read_notices(&self, path: &str) -> Value {
        let token = self.token("observer").await;
        let url = format!("{}/api/integrations/{KEY}/work-notices{path}", self.base);
        let browser = self.browser();
        browser.send(browser.http().get(url).bearer_auth(token)).await.json()
    }

    /// Outcomes of a notice by person.
    async fn fates(&self, id: &str) -> BTreeMap<String, String> {
        let notice = self.read_notices(&format!("/{id}")).await;
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        notice["people"].as_array().unwrap().iter().map(|one| (text(one, "user_id"), text(one, "outcome"))).collect()
    }

    /// State and outcome of an incident's deliveries to a person, by reason.
    async fn by_reason(&self, incident: &str, user_id: &str) -> BTreeMap<String, (&'static str, &'static str)> {
        let mut tx = self.app.state.store.read().await.unwrap();
        let found = store::delivery::of_incident(&mut tx, KEY, incident).await.unwrap();
        let own = found.into_iter().filter(|one| one.target.id() == user_id);
        own.map(|one| (one.reason, (one.state.name(), one.outcome.name()))).collect()
    }

    /// What the only work notice of a person says.
    fn notice_of(&self, user_id: &str) -> Value {
        let notices = self.sim.dingtalk.work_notices(user_id);
        assert_eq!(notices.len(), 1, "{notices:?}");
        notices.into_iter().next().unwrap().msg
    }

    /// Asks for a text without going through the door, which slows down who knocks so often.
    async fn ask(&self, user_ids: &[String], text: &str) {
        let content = Content { kind: Kind::Text, text: text.to_owned(), ..Content::default() };
        let asked = Asked { audience: Audience::People(user_ids.to_vec()), content };
        queue::ask(&self.app.state, KEY, asked, "bench").await.unwrap();
    }

    /// Lets two minutes pass: more calls than a second takes.
    async fn a_while(&self) {
        for _ in 0..60 {
            self.advance(Duration::from_secs(2));
            self.quiet_at_once().await;
        }
    }

    /// What is due now, without letting the clock move on.
    async fn quiet_at_once(&self) {
        while server::work::run_due(&self.app.state).await.unwrap() > 0 {}
    }

    fn fails(&self, kind: faults::Kind) {
        self.sim.faults.add(Fault { peer: Peer::DingTalk, path: SEND.to_owned(), kind, times: Some(1) });
    }
}

fn text(user_ids: &[&str], text: &str) -> Value {
    json!({"user_ids": user_ids, "kind": "text", "text": text})
}

#[tokio::test]
async fn responders_are_reached_as_the_integration_says() {
    for (channel, cards, notices) in [("bot", 1, 0), ("work_notice", 0, 1), ("both", 1, 1)] {
        let bench = Bench::with_person_channel(channel).await;
        bench.link("li.na").await;
        let incident = bench.raise("支付成功率下降", &["li.na", "wang.fang"]).await;
        assert_eq!(bench.cards(&Place::Person("li.na".into())).len(), cards, "{channel}");
        assert_eq!(bench.sim.dingtalk.work_notices("li.na").len(), notices, "{channel}");
        assert_eq!(bench.outcomes(&incident).await[&bench.member("wang.fang").to_string()], "app not linked");
        bench.followed().await;
        let reasons = bench.by_reason(&incident, "li.na").await;
        assert!(reasons.values().all(|end| *end == ("done", "delivered")), "{channel}: {reasons:?}");
        assert_eq!(reasons.len(), cards + notices);
        bench.reconcile().await;
        assert_eq!(bench.requests(SEND), notices, "heard of again, not sent again");
    }
}

#[tokio::test]
async fn the_status_bar_follows_the_incident() {
    let bench = Bench::with_person_channel("work_notice").await;
    for user_id in ["li.na", "wang.fang"] {
        bench.link(user_id).await;
    }
    let incident = bench.raise("disk * full", &["li.na", "wang.fang"]).await;
    let sent = bench.notice_of("li.na");
    assert_eq!(sent["msgtype"], "oa");
    assert!(sent["oa"]["body"]["title"].as_str().unwrap().ends_with("disk * full"), "{sent}");
    assert!(sent["oa"]["message_url"].as_str().unwrap().contains(&incident), "{sent}");
    assert_eq!(bench.requests(SEND), 1, "one call for both");
    let bar = |user_id: &str| bench.notice_of(user_id)["oa"]["status_bar"].clone();
    let begun = bar("li.na");
    assert_eq!(begun["status_value"], "待处理");

    bench.advance(Duration::from_secs(60));
    let li = bench.member("li.na");
    bench.sim.flashduty.act_as(li, &incident, Act::Acknowledge).await.unwrap();
    bench.run_due().await;
    assert_eq!(bar("wang.fang")["status_value"], "处理中 · 李娜");
    assert_ne!(bar("wang.fang")["status_bg"], begun["status_bg"]);
    let updates = bench.requests(BAR);
    bench.reconcile().await;
    assert_eq!(bench.requests(BAR), updates, "a bar that shows the truth costs no call");

    bench.advance(Duration::from_secs(60));
    bench.sim.flashduty.act_as(li, &incident, Act::resolve()).await.unwrap();
    bench.run_due().await;
    assert_eq!(bar("li.na")["status_value"], "已关闭");
}

#[tokio::test]
async fn a_bar_that_changes_while_the_notice_is_under_way_is_changed_afterwards() {
    let bench = Bench::with_person_channel("work_notice").await;
    bench.link("li.na").await;
    let mut switches = bench.sim.dingtalk.switches();
    switches.work_notice_ms = 30_000;
    bench.sim.dingtalk.set_switches(switches);
    let incident = bench.raise("slow", &["li.na"]).await;
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, Act::Acknowledge).await.unwrap();
    bench.run_due().await;
    let bar = || bench.notice_of("li.na")["oa"]["status_bar"]["status_value"].clone();
    assert_eq!(bar(), "待处理", "DingTalk is not done with the notice");
    for _ in 0..8 {
        bench.advance(Duration::from_secs(20));
        bench.run_due().await;
    }
    assert_eq!(bar(), "处理中 · 李娜");
}

#[tokio::test]
async fn many_responders_get_a_button_instead_of_a_bar() {
    let bench = Bench::with_person_channel("work_notice").await;
    let names = ["zhang.wei", "li.na", "wang.fang", "chen.jie", "liu.yang", "alice"];
    for user_id in names {
        bench.link(user_id).await;
    }
    bench.raise("# all *hands*", &names).await;
    let sent = bench.notice_of(names[0]);
    assert_eq!(sent["msgtype"], "action_card");
    let card = &sent["action_card"];
    assert!(card["markdown"].as_str().unwrap().contains(r"\# all \*hands\*"), "{card}");
    assert!(card["single_url"].as_str().unwrap().starts_with("dingtalk://"), "{card}");
    assert_eq!(bench.requests(SEND), 1);
}

#[tokio::test]
async fn a_notice_is_taken_back() {
    let bench = Bench::start().await;
    let id = bench.notice(text(&["li.na", "wang.fang"], "wrong news")).await;
    bench.followed().await;
    let answer = bench.post(&format!("/{id}/recall"), json!({})).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    bench.run_due().await;
    assert!(bench.sim.dingtalk.work_notices("li.na").is_empty());
    assert!(bench.fates(&id).await.values().all(|fate| fate == "recalled"));
    assert_eq!(bench.post(&format!("/{id}/recall"), json!({})).await.status, 202, "a second time changes nothing");
    assert_eq!(bench.requests("/topapi/message/corpconversation/recall"), 1);

    let unsent = bench.post("", text(&["li.na"], "never sent")).await.json()["id"].as_str().unwrap().to_owned();
    bench.post(&format!("/{unsent}/recall"), json!({})).await;
    bench.run_due().await;
    assert!(bench.sim.dingtalk.work_notices("li.na").is_empty());
    assert_eq!(bench.fates(&unsent).await["li.na"], "recalled");

    let old = bench.notice(text(&["li.na"], "old news")).await;
    bench.advance(Duration::from_secs(25 * 3600));
    let late = bench.post(&format!("/{old}/recall"), json!({})).await;
    assert_eq!((late.status, late.problem().as_str()), (409, "not-now"));
    let unknown = bench.post("/nothing/recall", json!({})).await;
    assert_eq!((unknown.status, unknown.problem().as_str()), (404, "not-found"));
}

#[tokio::test]
async fn every_kind_arrives_and_garbage_is_refused_by_field() {
    let bench = Bench::start().await;
    let both = json!(["li.na"]);
    for (kind, status) in [("text", ""), ("markdown", ""), ("link", ""), ("action_card", ""), ("oa", "Open")] {
        let body = json!({"user_ids": both, "kind": kind, "title": "T", "text": "**X**", "url": "https://h/x", "status": status});
        let id = bench.notice(body).await;
        bench.followed().await;
        assert_eq!(bench.fates(&id).await["li.na"], "delivered", "{kind}");
    }
    let calls = bench.requests(SEND);
    for (body, named) in [
        (json!({}), "user_ids"),
        (text(&[], "x"), "user_ids"),
        (text(&["a,b"], "x"), "user_ids"),
        (text(&["li.na"], ""), "text"),
        (text(&["li.na"], &"字".repeat(800)), "text"),
        (json!({"user_ids": both, "kind": "poem", "text": "x"}), "kind"),
        (json!({"user_ids": both, "kind": "link", "title": "T", "text": "x", "url": "file:///etc"}), "url"),
        (json!({"user_ids": both, "kind": "text", "text": "x", "extra": 1}), "extra"),
    ] {
        let answer = bench.post("", body.clone()).await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, "invalid-field"), "{body}");
        assert!(answer.json()["problem"]["message"].as_str().unwrap().starts_with(named), "{answer:?}");
    }
    for body in ["", "[", "null", "[1]", "\"x\"", "{\"user_ids\":"] {
        let token = bench.token("administrator").await;
        let browser = bench.browser();
        let request = browser.http().post(format!("{}/api/integrations/{KEY}/work-notices", bench.base));
        let answer =
            browser.send(request.bearer_auth(token).header("content-type", "application/json").body(body)).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
    }
    let browser = bench.browser();
    let observer = bench.token("observer").await;
    let url = format!("{}/api/integrations/{KEY}/work-notices", bench.base);
    let refused = browser.send(browser.http().post(url).bearer_auth(observer).json(&text(&["li.na"], "x"))).await;
    assert_eq!((refused.status, refused.problem().as_str()), (403, "role-too-low"));
    assert_eq!(bench.requests(SEND), calls, "nothing of it was sent");
}

#[tokio::test]
async fn a_storm_is_one_card_also_for_people_with_work_notices() {
    let bench = Bench::with_person_channel("work_notice").await;
    bench.link("li.na").await;
    bench.cards_per_minute(5).await;
    let mut incidents = Vec::new();
    for number in 0..9 {
        let (title, responder_ids) = (format!("storm {number}"), vec![bench.member("li.na")]);
        let raise = Raise { title, responder_ids, severity: Severity::Warning, ..Raise::default() };
        incidents.push(bench.sim.flashduty.raise(raise).await.unwrap());
        bench.run_due().await;
    }
    let notices = bench.sim.dingtalk.work_notices("li.na").len();
    let mut ends = BTreeMap::new();
    for incident in &incidents {
        for (reason, (_, outcome)) in bench.by_reason(incident, "li.na").await {
            *ends.entry((reason, outcome)).or_insert(0) += 1;
        }
    }
    let folded = ends.get(&("incident".to_owned(), "folded")).copied().unwrap_or(0);
    assert_eq!((notices, notices + folded), (5, 9), "each is told of once: {ends:?}");
    bench.card_of("li.na");
}
