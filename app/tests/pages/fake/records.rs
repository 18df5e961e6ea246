//! What the console's lists show.

use super::{MINUTE_MS, NOW_MS};
use contract::console::audit::{AuditPage, AuditRow, AuditSearch, Verdict};
use contract::console::deliveries::*;
use contract::console::quota::{Meter, Outlook, PresetFigures, Quota, WhatIf};
use contract::console::rooms::{RoomRow, Rooms};

/// Two deliveries, one of them with words from outside; `again` when all that failed may be sent again.
pub fn deliveries(again: bool) -> Deliveries {
    let again = SendAgain {
        outcome: "app not linked".into(),
        cause: "The responder has not linked accounts".into(),
        since_ms: 7,
        count: if again { 500 } else { 37 },
        most: 500,
        after: String::new(),
    };
    Deliveries {
        outcomes: vec![("app not linked", "The responder has not linked accounts"), ("busy", "DingTalk is busy")],
        rows: vec![row("d1", "person", "failed"), row("d2", "chat", "waiting")],
        next: Some("5-d2".into()),
        again: Some(again),
        group: "线上故障应急群".into(),
        ..Deliveries::default()
    }
}

fn row(id: &str, kind: &str, state: &str) -> DeliveryRow {
    DeliveryRow {
        id: id.into(),
        target_kind: kind.into(),
        target_id: format!("{kind}1"),
        target: "韩梅梅 <b>".into(),
        incident_id: super::ID.into(),
        text: "[Critical] Open #0E83EE <script>".into(),
        state: state.into(),
        outcome: "app not linked".into(),
        cause: "The responder has not linked accounts".into(),
        cure: "Open the app once from the workplace".into(),
        who: "the responder".into(),
        created_ms: NOW_MS - 11 * MINUTE_MS,
        updated_ms: NOW_MS,
        next_ms: (state == "waiting").then_some(NOW_MS + MINUTE_MS),
        attempts: 2,
        cost: 3,
    }
}

/// `forced` needs a second thought, `over` cannot be sent any more, `gone` is not known.
pub fn delivery(id: &str) -> Option<DeliveryView> {
    let span =
        |text: &str, link: Option<&str>| Span { text: text.into(), is_bold: false, link: link.map(str::to_owned) };
    let text = vec![
        Block::Heading(vec![span("CPU", None)]),
        Block::Paragraph(vec![span("<img>", None), span("here", Some("javascript:alert(1)"))]),
    ];
    (id != "gone").then(|| DeliveryView {
        row: row(id, "chat", "failed"),
        reason: "incident".into(),
        code: "Forbidden".into(),
        message: "no <b>".into(),
        request_id: "R-1".into(),
        folded_into: None,
        card: Some(CardShown {
            title: "#0E83EE <i>".into(),
            badge: "Open".into(),
            tone: "red".into(),
            fields: vec![("Channel".into(), "Payments".into())],
            texts: vec![("body".into(), "95 %".into())],
            buttons: vec!["Close".into()],
            is_there: true,
        }),
        attempts: vec![AttemptShown { number: 2, request_id: "R-2".into(), text, ..AttemptShown::default() }],
        objection: if id == "d1" { String::new() } else { "DingTalk has taken it".into() },
        can_force: id == "forced",
        is_final: id == "over",
    })
}

/// A month in its middle, at 76 %.
pub fn quota(asked: WhatIf) -> Quota {
    let days = |first: i64| (1..=30).map(|day| (day, if day <= 21 { first + day } else { 0 })).collect();
    let outlook =
        Outlook { per_day: 360, at_end: 10_900, limit: 10_000, spent_ms: Some(NOW_MS + 9 * 1_440 * MINUTE_MS) };
    Quota {
        edition: "standard",
        preset: "before-2025-11-19",
        month: "2026-09".into(),
        ends_ms: NOW_MS + 10 * 1_440 * MINUTE_MS,
        today: 21,
        per_second: 20,
        api: Meter {
            limit: Some(10_000),
            used: 7_600,
            reserve: 300,
            warnings: vec![50],
            forecast_ms: outlook.spent_ms,
            days: days(300),
            routes: vec![("/v1.0/card/instances".into(), 4_000), ("<b>unknown</b>".into(), 12)],
            ..Meter::default()
        },
        push: Meter { used: 30, days: days(0), ..Meter::default() },
        economy: Some("forecast"),
        banned_until_ms: Some(NOW_MS + MINUTE_MS),
        presets: vec![PresetFigures {
            edition: "standard",
            preset: "before-2025-11-19",
            api_month: 10_000,
            push_month: None,
            per_second: 20,
        }],
        seen: "standard|before-2025-11-19|||".into(),
        now: outlook,
        then: Outlook { per_day: 180, at_end: 9_000, limit: 10_000, spent_ms: None },
        groups_share: 63,
        asked,
        ..Quota::default()
    }
}

/// One that is open, one that could not be made.
pub fn rooms() -> Rooms {
    let open = RoomRow {
        id: "r1".into(),
        incident_id: super::ID.into(),
        title: "#0E83EE <u>".into(),
        state: "open".into(),
        asked_by: "李雷".into(),
        inside: 3,
        missing: vec![("Bob <b>".into(), "link accounts first".into())],
        more_missing: 2,
        created_ms: NOW_MS - MINUTE_MS,
        can_dismiss: true,
        ..RoomRow::default()
    };
    let failed =
        RoomRow { id: "r2".into(), state: "failed".into(), problem: "not published".into(), ..RoomRow::default() };
    Rooms { rows: vec![open, failed], next: Some("5-r2".into()), ..Rooms::default() }
}

/// A line that holds, one that was changed and one that nobody wrote.
pub fn audit(search: AuditSearch, verify: bool) -> AuditPage {
    let line = |seq, holds| AuditRow {
        seq,
        holds,
        actor: "token <b>".into(),
        act: "integration-changed".into(),
        subject: "k1".into(),
        details: vec![("name".into(), "<script>".into())],
        address: "192.0.2.7".into(),
        at_ms: NOW_MS - MINUTE_MS,
        hash: "abc".into(),
    };
    AuditPage {
        misread: if search.since == "x" { vec!["since"] } else { vec![] },
        rows: vec![line(Some(3), true), line(Some(2), false), line(None, false)],
        next: Some("5-a".into()),
        looked_to_ms: None,
        verdict: verify.then(|| Verdict {
            holds: false,
            faults: vec!["{\"fault\":\"changed\"}".into()],
            ..Verdict::default()
        }),
        search,
    }
}
