//! Incidents whose words are an attack, from the webhook to the card and the page: nothing breaks, nothing is lost.

use super::{compared, mirror, with_group};
use crate::bench::verbs::GROUP;
use crate::bench::{Answer, Bench, KEY};
use contract::paths;
use serde_json::{Value, json};
use simulator::flashduty::{Raise, Severity};

const ID: &str = "64b1352e376e32c85c56e25b";

/// Sends a webhook as Flashduty does.
pub async fn webhook(bench: &Bench, body: &Value) -> Answer {
    let addresses = bench.addresses().await;
    let header = addresses.flashduty_webhook_header;
    let browser = bench.browser();
    let request = browser.http().post(&addresses.flashduty_webhook).header(&header.name, &header.value);
    browser.send(request.json(body)).await
}

pub fn told(number: usize, incident: Value) -> Value {
    json!({
        "event_id": format!("e{number}"), "event_time": 1_790_000_100_000_i64 + i64::try_from(number).unwrap(),
        "event_type": "i_new", "incident": incident,
    })
}

pub fn usual() -> Value {
    json!({
        "incident_id": ID, "num": "56E25B", "title": "usual", "incident_severity": "Critical",
        "progress": "Triggered", "start_time": 1_790_000_000, "updated_at": 1_790_000_000,
    })
}

#[tokio::test]
async fn words_of_every_kind_go_from_the_webhook_to_the_card() {
    let texts = [
        "\u{0}\u{1}\u{1b}[2J\u{7f}\u{9f}".to_owned(),
        "\u{202e}\u{2066}evil\u{200b}\u{feff}".to_owned(),
        "</script><script>alert(1)</script>".to_owned(),
        "$CORPID$ ${jndi:ldap://x} {{.Title}} %s%n".to_owned(),
        "![x](http://evil.example/p.png)\n# H1\n[a](dingtalk://dingtalkclient/x)".to_owned(),
        "\r\n\r\nHTTP/1.1 200 OK".to_owned(),
        "👨‍👩‍👧‍👦🇨🇳".repeat(20_000),
        "字".repeat(600_000),
        String::new(),
    ];
    let bench = with_group().await;
    for (number, text) in texts.iter().enumerate() {
        let mut incident = usual();
        incident["incident_id"] = json!(format!("{number:024x}"));
        for field in ["title", "description", "impact", "channel_name", "num", "root_cause", "resolution"] {
            incident[field] = json!(text);
        }
        incident["labels"] = json!({text.chars().take(2_000).collect::<String>(): text, "plain": text});
        incident["responders"] = json!([{"person_id": 5, "person_name": text}]);
        let answer = webhook(&bench, &told(number, incident)).await;
        // What is longer than a door takes is refused as such, not with a 5xx.
        assert!(matches!(answer.status, 200 | 413), "{number}: {}", answer.status);
        bench.run_due().await;
        if answer.status == 200 {
            let id = format!("{number:024x}");
            let outcomes = bench.outcomes(&id).await;
            assert!(outcomes.values().any(|outcome| *outcome == "delivered"), "{number}: {outcomes:?}");
        }
    }
}

#[tokio::test]
async fn times_numbers_and_kinds_that_cannot_be_are_taken_for_what_they_may_mean() {
    let far = [json!(i64::MAX), json!(-1), json!("soon"), json!(1e300), json!({}), json!(null), json!("253402300800")];
    let kinds = [json!("Apocalyptic"), json!(7), json!([]), json!(null), json!("critical")];
    let bench = with_group().await;
    let mut number = 0;
    for time in &far {
        for kind in &kinds {
            number += 1;
            let mut incident = usual();
            incident["incident_id"] = json!(format!("{number:024x}"));
            for field in ["start_time", "ack_time", "close_time", "snoozed_before", "updated_at", "created_at"] {
                incident[field] = time.clone();
            }
            for field in ["incident_severity", "progress", "channel_id", "alert_cnt", "assigned_to", "labels"] {
                incident[field] = kind.clone();
            }
            let mut body = told(number, incident);
            body["event_type"] = kind.clone();
            body["event_time"] = time.clone();
            assert_eq!(webhook(&bench, &body).await.status, 200, "{body}");
        }
    }
    // Many more than DingTalk takes in a second.
    for _ in 0..5 {
        bench.run_due().await;
        bench.advance(std::time::Duration::from_secs(60));
    }
    for number in 1..=number {
        let outcomes = bench.outcomes(&format!("{number:024x}")).await;
        assert!(outcomes.values().any(|outcome| *outcome == "delivered"), "{number}: {outcomes:?}");
    }
}

#[tokio::test]
async fn thousands_of_labels_and_responders_do_not_stop_the_next_incident() {
    let bench = with_group().await;
    let mut incident = usual();
    incident["labels"] =
        (0..4_000).map(|n| (format!("label{n}"), json!("值".repeat(20)))).collect::<serde_json::Map<_, _>>().into();
    incident["responders"] = (1..5_000).map(|n| json!({"person_id": n, "person_name": "n"})).collect::<Vec<_>>().into();
    assert_eq!(webhook(&bench, &told(1, incident)).await.status, 200);
    bench.run_due().await;
    let next = bench.raise("the next one", &["li.na"]).await;
    assert_eq!(mirror(&bench, &next).await.title, "the next one");
    let seen = bench.cards(&simulator::dingtalk::Place::Chat(bench.conversation(GROUP)));
    assert_eq!(seen.len(), 2);
}

#[tokio::test]
async fn pages_and_reads_bear_the_same_words() {
    let bench = with_group().await;
    let browser = bench.link("li.na").await;
    let hostile = "</title><script>alert('页')</script>\u{202e}\u{1b}[31m";
    let raise = Raise {
        title: hostile.to_owned(),
        description: format!("{hostile}\n").repeat(20),
        severity: Severity::Critical,
        responder_ids: vec![bench.member("li.na")],
        labels: (0..500).map(|n| (format!("{hostile}{n}"), hostile.repeat(20))).collect(),
        ..Raise::default()
    };
    let incident = bench.sim.flashduty.raise(raise).await.unwrap();
    bench.run_due().await;
    bench.sim.flashduty.change_settings(|settings| settings.odd_values = true);
    compared(&bench).await;
    for path in [paths::fill(paths::HOME, &[KEY]), paths::fill(paths::INCIDENT, &[KEY, &incident])] {
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains("<script>alert"), "{path}");
        assert!(page.body.contains("alert("), "{path} shows the title");
    }
}
