//! An incident made on our page, and what a form of the account asks for before an act.

use crate::bench::verbs::GROUP;
use crate::bench::{Answer, Bench, Browser, KEY};
use contract::paths;
use serde_json::{Value, json};
use simulator::dingtalk::Place;
use simulator::flashduty::Role;
use simulator::flashduty::seed::{LI_NA, PAYMENTS, PAYMENTS_RULE, PLATFORM, WANG_FANG, ZHANG_WEI};
use simulator::{Fault, Peer, faults};
use std::time::Duration;

fn api() -> String {
    paths::fill(paths::API_CREATE, &[KEY])
}

/// What the page's form sends; `more` comes over it.
async fn send(browser: &Browser, more: &[(&str, &str)]) -> Answer {
    let payments = PAYMENTS.to_string();
    let mut fields = vec![
        ("title", "Checkout is down"),
        ("description", "Since 14:02"),
        ("severity", "Critical"),
        ("channel", payments.as_str()),
        ("drawn", payments.as_str()),
        ("to", PAYMENTS_RULE),
        ("token", "form-one"),
    ];
    fields.retain(|(name, _)| more.iter().all(|(other, _)| name != other));
    fields.extend(more);
    browser.form(&api(), &fields).await
}

/// The id in the address that a form led to.
fn made(answer: &Answer) -> String {
    let location = answer.location.clone().unwrap_or_else(|| panic!("{answer:?}"));
    location.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn made_once_as_the_viewer_and_told_of_once() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let li = bench.link("li.na").await;
    let page = li.get(&format!("{}?channel={PAYMENTS}", paths::fill(paths::CREATE, &[KEY]))).await;
    for words in ["支付 Payments", "默认分派 Default", "立即通知：", "李娜", "name=\"people\"", "name=\"field.cause\""]
    {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let (one, two) = tokio::join!(send(&li, &[]), send(&li, &[]));
    let id = made(&one);
    assert_eq!((one.status, made(&two)), (303, id.clone()), "two presses of one form");
    assert_eq!(made(&send(&li, &[]).await), id, "and a third");
    assert_eq!(bench.requests("/incident/create"), 1);
    let incident = bench.sim.flashduty.incident(&id).unwrap();
    assert_eq!(incident["creator_id"], LI_NA);
    assert_eq!((&incident["title"], &incident["incident_severity"]), (&json!("Checkout is down"), &json!("Critical")));
    let people: Vec<_> =
        incident["responders"].as_array().unwrap().iter().map(|one| one["person_id"].clone()).collect();
    assert_eq!(people, [ZHANG_WEI, LI_NA], "the rule's first level");
    let shown = li.get(one.location.as_deref().unwrap()).await;
    assert!(shown.status == 200 && shown.body.contains("故障已创建"), "{}", shown.body);
    bench.run_due().await;
    assert_eq!(bench.cards(&Place::Chat(bench.conversation(GROUP))).len(), 1, "one card");
    assert_eq!(bench.audited("create").await, [json!({ "channel": PAYMENTS, "severity": "Critical" })]);
    let other = send(&li, &[("token", "form-two")]).await;
    assert_ne!(made(&other), id, "another form makes another");
}

#[tokio::test]
async fn given_to_people_or_beside_the_list() {
    let bench = Bench::start().await;
    let li = bench.link("li.na").await;
    let wang = WANG_FANG.to_string();
    let made_here =
        send(&li, &[("to", "people"), ("people", &wang), ("on", "pc"), ("channel", ""), ("drawn", "")]).await;
    let location = made_here.location.clone().unwrap();
    assert!(location.starts_with(&paths::fill(paths::PC_HOME, &[KEY])), "{location}");
    let id = made_here.parameter("id").unwrap();
    let incident = bench.sim.flashduty.incident(&id).unwrap();
    assert_eq!(incident["responders"][0]["person_id"], WANG_FANG);
    assert_eq!(incident["channel_id"], 0);
    let program = json!({ "title": "By program", "severity": "Info", "people": [LI_NA] });
    let made = li.json(&api(), program).await.json();
    assert_eq!(made["done"], true);
    assert_eq!(bench.sim.flashduty.incident(made["id"].as_str().unwrap()).unwrap()["title"], "By program");
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept() {
    let bench = Bench::start().await;
    let li = bench.link("li.na").await;
    let long = "长".repeat(1_100);
    let platform = PLATFORM.to_string();
    for (field, more, kept) in [
        ("title", vec![("title", " x ")], "Since 14:02"),
        ("description", vec![("description", long.as_str())], long.as_str()),
        ("to", vec![("to", "people")], "Checkout is down"),
        ("to", vec![("channel", platform.as_str())], "Checkout is down"),
        ("severity", vec![("severity", "Bad")], "Checkout is down"),
        ("field.cause", vec![("field.cause", "not offered")], "Checkout is down"),
    ] {
        let answer = send(&li, &more).await;
        assert_eq!(answer.status, 400, "{field}");
        assert!(answer.body.contains(&format!("id=\"fault-{field}\"")), "{field}: {}", answer.body);
        assert!(answer.body.contains(kept) && answer.body.contains("value=\"form-one\""), "{field}: kept");
        // Flashduty allows so many calls a second.
        bench.advance(Duration::from_secs(2));
    }
    let step = send(&li, &[("channel", &platform), ("step", "channel")]).await;
    assert_eq!(step.status, 200);
    assert!(step.body.contains("值班 On call") && step.body.contains("Checkout is down"), "{}", step.body);
    let wang = WANG_FANG.to_string();
    let searched = [("to", "people"), ("people", wang.as_str()), ("query", "alice"), ("step", "search")];
    let searched = send(&li, &searched).await;
    assert!(
        searched.body.contains(&format!("value=\"{WANG_FANG}\" checked")),
        "whoever is ticked stays: {}",
        searched.body
    );
    assert!(searched.body.contains("Alice Brown") && !searched.body.contains("张伟</bdi>"), "{}", searched.body);
    assert_eq!(bench.requests("/incident/create"), 0);
}

#[tokio::test]
async fn what_was_not_answered_is_found_and_not_made_twice() {
    for (kind, calls) in [(faults::Kind::Cut, 2), (faults::Kind::Forget, 1)] {
        let bench = Bench::start().await;
        let li = bench.link("li.na").await;
        let path = "/incident/create".to_owned();
        bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind: kind.clone(), times: Some(1) });
        let unclear = send(&li, &[]).await;
        assert_eq!(unclear.status, 504, "{kind:?}");
        assert!(unclear.body.contains("不会重复创建") && unclear.body.contains("Checkout is down"), "{}", unclear.body);
        bench.advance(Duration::from_secs(40));
        let found = send(&li, &[]).await;
        assert_eq!(found.status, 303, "{kind:?} {found:?}");
        assert_eq!(bench.requests("/incident/create"), calls, "{kind:?}");
        let list = li.get(&format!("{}?tab=open&q=Checkout", paths::fill(paths::API_INCIDENTS, &[KEY]))).await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn refusals_are_told_and_the_form_can_be_sent_again() {
    let bench = Bench::start().await;
    let li = bench.link("li.na").await;
    assert_eq!(bench.browser().json(&api(), json!({})).await.problem(), "not-signed-in");
    bench.sim.flashduty.set_role(LI_NA, Role::Viewer);
    let refused = send(&li, &[]).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("data-problem=\"access-denied\""), "{}", refused.body);
    bench.sim.flashduty.set_role(LI_NA, Role::Responder);
    bench.sim.flashduty.require_form(true);
    let wanted = send(&li, &[]).await;
    assert_eq!(wanted.status, 409);
    assert!(wanted.body.contains("data-problem=\"form-needed\""), "{}", wanted.body);
    let filled = [("field.cause", "容量 Capacity"), ("field.services", "checkout, web"), ("field.services", "ledger")];
    let made_now = send(&li, &[&filled[..], &[("field.customers", "yes")]].concat()).await;
    let fields = bench.sim.flashduty.incident(&made(&made_now)).unwrap()["fields"].clone();
    let expected = json!({ "cause": "容量 Capacity", "services": ["checkout, web", "ledger"], "customers": true });
    assert_eq!(fields, expected);
}

async fn act(browser: &Browser, incident: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
    browser.form(&paths::fill(paths::API_ACT, &[KEY, incident, act]), fields).await
}

#[tokio::test]
async fn an_act_that_lacks_a_form_asks_for_it_and_is_repeated() {
    let bench = Bench::start().await;
    let incident = bench.raise("db-3 has no disk left", &["li.na"]).await;
    let li = bench.link("li.na").await;
    bench.sim.flashduty.require_form(true);
    let asked = act(&li, &incident, "close", &[("resolution", "disk replaced")]).await;
    assert_eq!(asked.status, 409);
    for words in ["name=\"field.cause\"", "变更 Change", "name=\"field.customers\"", "disk replaced", "form-needed"] {
        assert!(asked.body.contains(words), "{words}: {}", asked.body);
    }
    let lacking =
        [("form", "yes"), ("field.ticket", "OPS-1"), ("summary", "wires crossed"), ("resolution", "disk replaced")];
    let again = act(&li, &incident, "close", &lacking).await;
    assert!(again.body.contains("OPS-1") && again.body.contains("wires crossed"), "{}", again.body);
    let closed = act(&li, &incident, "close", &[&lacking[..], &[("field.cause", "变更 Change")]].concat()).await;
    assert_eq!(closed.parameter("done").as_deref(), Some("close"), "{closed:?}");
    assert_eq!(bench.sim.flashduty.effects(&incident, "resolve"), 1);
    let told: Value = bench.sim.flashduty.incident(&incident).unwrap();
    assert_eq!((&told["fields"]["cause"], &told["resolution"]), (&json!("变更 Change"), &json!("disk replaced")));
    let shown = li.get(&paths::fill(paths::INCIDENT_ACT, &[KEY, &incident, "acknowledge"])).await;
    assert!(shown.body.contains("name=\"field.ticket\""), "{}", shown.body);
    let wrong = act(&li, &incident, "acknowledge", &[("form", "yes"), ("field.none", "x")]).await;
    assert_eq!(wrong.status, 400);
}
