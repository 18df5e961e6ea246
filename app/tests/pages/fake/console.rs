//! What the console shows.

use super::{ID, MINUTE_MS, NOW_MS};
use contract::chat::{ChatState, SubscriptionView};
use contract::console::{Console, IntegrationLine, IntegrationView};
use contract::group::*;

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
        waiting: 2,
        failed: 100,
        links: 3,
        ..IntegrationView::default()
    }
}

/// One that is fine, and one that needs another target.
pub fn groups() -> GroupsPage {
    let fine = group().line;
    let dead = GroupLine {
        id: "c2".into(),
        title: "<b>Old</b> group".into(),
        state: ChatState::Disbanded,
        subscriptions: 2,
        event_ms: None,
        delivered_ms: None,
        refused: Some(("The group was disbanded".into(), "Point its subscriptions at another group".into())),
    };
    let counts = vec![(GroupFilter::All, 41), (GroupFilter::Dead, 1), (GroupFilter::Installed, 40)];
    GroupsPage { items: vec![fine, dead], counts, next: Some("1775912219000-c2".into()) }
}

pub fn group() -> GroupView {
    GroupView {
        line: GroupLine {
            id: "c1".into(),
            title: "线上故障应急群".into(),
            state: ChatState::Installed,
            subscriptions: 1,
            event_ms: Some(NOW_MS - 30 * MINUTE_MS),
            delivered_ms: Some(NOW_MS - 3 * MINUTE_MS),
            refused: None,
        },
        members: Some(12),
        read_ms: Some(NOW_MS - 90 * MINUTE_MS),
        pushed_ms: None,
        robot_push_url: "https://duty.example.com/flashduty/k1/robot/c1/secret".into(),
        subscriptions: vec![SubscriptionView {
            id: "s1".into(),
            revision: "r1".into(),
            channels: vec!["Ops <Channel>".into()],
            severities: vec!["Critical".into()],
            labels: vec![("env".into(), "prod".into())],
            mention: true,
            repaint: "state".into(),
        }],
        desk: RuleDesk::default(),
        replacements: None,
    }
}

/// The same with its form open, and what it would have brought.
pub fn group_form() -> GroupView {
    let channel = |id, name: &str, chosen| ChannelBox { id, name: name.into(), chosen };
    let form = RuleForm {
        id: "s1".into(),
        revision: "r1".into(),
        channels: vec![channel(7, "Ops <Channel>", true), channel(8, "Pay", false)],
        channels_more: "900".into(),
        severities: vec!["Critical".into()],
        labels: "env=</textarea>prod".into(),
        mention: true,
        repaint: "state".into(),
        all_allowed: true,
    };
    let line = PreviewLine {
        id: ID.into(),
        num: "0E83EE".into(),
        title: "<i>CPU</i> usage high".into(),
        channel: "Ops <Channel>".into(),
        severity: "Critical".into(),
        at_ms: NOW_MS - 12 * MINUTE_MS,
    };
    let preview = Preview { looked: 200, fitting: 1, items: vec![line] };
    let desk = RuleDesk { form: Some(form), preview: Some(preview), ..RuleDesk::default() };
    GroupView { desk, ..group() }
}
