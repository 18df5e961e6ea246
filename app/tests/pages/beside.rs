//! What is beside an incident's panel, and whom it can be given to.

use crate::fake::NOW_MS;
use contract::choice::*;
use contract::incident::Severity;
use contract::war_room::RoomBrief;

const MINUTE_MS: i64 = 60_000;

/// Everything beside the panel, each thing once.
pub fn more() -> IncidentMore {
    let alert = |title: &str, severity, recovered| AlertView {
        title: title.into(),
        severity,
        recovered,
        source: "Prometheus".into(),
        started_ms: Some(NOW_MS - 12 * MINUTE_MS),
        last_ms: Some(NOW_MS - 2 * MINUTE_MS),
        events: 17,
        labels: vec![("host".into(), "web-server-01".into())],
    };
    let reached = |name: Option<&str>, outcome: &str, arrived, cure: &str| Reached {
        name: name.map(Into::into),
        outcome: outcome.into(),
        arrived,
        waiting: false,
        cause: format!("cause of {outcome}"),
        cure: cure.into(),
        who: if cure.is_empty() { "" } else { "the responder" }.into(),
        at_ms: NOW_MS - 11 * MINUTE_MS,
    };
    IncidentMore {
        war_room: RoomBrief::Offered,
        impact: "Checkout fails for one customer in ten".into(),
        summary: String::new(),
        level: Some(("Default".into(), 1)),
        fields: vec![("environment".into(), "prod".into())],
        links: vec![("Runbook".into(), "https://wiki.example.com/cpu".into())],
        images: vec![ImageView {
            source: "https://img.example.com/cpu.png".into(),
            address: String::new(),
            words: "CPU over a day".into(),
        }],
        console_url: "https://console.flashcat.cloud/incident/detail/1".into(),
        alerts: Some(Alerts {
            items: vec![alert("CPU over 95 %", Severity::Critical, false), alert("Load", Severity::Info, true)],
            total: 17,
            page: 1,
            has_next: true,
        }),
        reached: vec![
            reached(Some("韩梅梅"), "app not linked", false, "Open the app once from the workplace"),
            reached(Some("李雷"), "delivered", true, ""),
            reached(None, "delivered", true, ""),
        ],
        forms: true,
    }
}

/// Somebody on call, somebody of the team, and a stranger.
pub fn people() -> Vec<PersonChoice> {
    let one = |member_id, name: &str| PersonChoice {
        member_id,
        name: name.into(),
        zone_offset_minutes: 480,
        ..PersonChoice::default()
    };
    vec![
        PersonChoice { on_call: vec!["支付值班".into()], linked: true, ..one(5, "Wang Fang") },
        PersonChoice { team: Some("Payments".into()), handled: 3, responder: true, ..one(6, "韩梅梅") },
        PersonChoice { zone_offset_minutes: 0, ..one(7, "<i>Alice</i>") },
    ]
}

pub fn levels() -> Vec<LevelChoice> {
    let called = |name: &str, by: Option<&str>| Called {
        name: name.into(),
        by: by.map(Into::into),
        zone_offset_minutes: 480,
        linked: by.is_some(),
    };
    vec![
        LevelChoice { number: 1, people: vec![called("李雷", None)], current: true, ..LevelChoice::default() },
        LevelChoice {
            number: 2,
            people: vec![called("Wang Fang", Some("支付值班"))],
            others: vec!["ops robot".into()],
            next: true,
            ..LevelChoice::default()
        },
        LevelChoice { number: 3, ..LevelChoice::default() },
    ]
}
