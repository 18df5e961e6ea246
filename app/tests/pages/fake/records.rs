//! What the console's lists show.

use super::{MINUTE_MS, NOW_MS};
use contract::console::deliveries::*;

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
