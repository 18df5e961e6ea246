//! What the console shows.

use super::{MINUTE_MS, NOW_MS};
use contract::console::{ChatLine, Console, IntegrationLine, IntegrationView};

pub fn console() -> Console {
    Console {
        integrations: vec![IntegrationLine {
            key: "k1".into(),
            name: "Flashcat × DingTalk".into(),
            corp_id: "ding123".into(),
            links: 3,
            open_checks: Some(4),
        }],
    }
}

pub fn overview() -> IntegrationView {
    IntegrationView {
        key: "k1".into(),
        name: "Flashcat × DingTalk".into(),
        addresses: vec![
            ("Event Subscription Request URL".into(), "https://duty.example.com/dingtalk/k1/events".into()),
            ("Application Homepage URL".into(), "https://duty.example.com/i/k1".into()),
        ],
        checked_ms: Some(NOW_MS - 30 * MINUTE_MS),
        webhook_ms: None,
        failures: vec![contract::console::FailureLine {
            what: "Flashduty".into(),
            said: "Unauthorized: <b>no</b>".into(),
            at_ms: NOW_MS - MINUTE_MS,
        }],
        chats: vec![ChatLine {
            title: "线上故障应急群".into(),
            state: contract::chat::ChatState::Installed,
            subscriptions: 1,
            event_ms: Some(NOW_MS - 30 * MINUTE_MS),
            delivered_ms: None,
            refused: Some(("The group was disbanded".into(), "Point its subscriptions at another group".into())),
        }],
        waiting: 2,
        failed: 100,
        links: 3,
        ..IntegrationView::default()
    }
}
