//! The form of an integration, and how it goes.

use super::{MINUTE_MS, NOW_MS};
use contract::health::{HealthGroup, HealthLine, HealthView, QueueLine};
use contract::settings::{FieldGroup, FieldKind, FormField, SecretState, SettingsForm};

pub fn settings() -> SettingsForm {
    let field = |name: &str, value: &str| FormField {
        name: name.into(),
        label: name.to_uppercase(),
        value: value.into(),
        needed: true,
        ..FormField::default()
    };
    let secret = SecretState { is_set: true, used_ms: Some(NOW_MS - 5 * MINUTE_MS), replaced_ms: None };
    let aes_key = FormField { kind: FieldKind::Secret, secret: Some(secret), needed: false, ..field("aes_key", "") };
    let editions = vec![("standard".into(), "Standard".into()), ("exclusive".into(), "Exclusive".into())];
    let hidden = vec![("labels".into(), "Labels".into()), ("alerts".into(), "Alerts".into())];
    let rare = vec![FormField { kind: FieldKind::Some(hidden), ..field("card_hidden_fields", "labels") }];
    SettingsForm {
        key: "k1".into(),
        name: "Flashcat".into(),
        revision: 7,
        groups: vec![
            FieldGroup {
                title: "Basics".into(),
                fields: vec![
                    field("name", "Flash<cat>"),
                    FormField { kind: FieldKind::One(editions), ..field("edition", "exclusive") },
                    aes_key,
                ],
                ..FieldGroup::default()
            },
            FieldGroup { title: "Rare".into(), is_rare: true, fields: rare, ..FieldGroup::default() },
        ],
        ..SettingsForm::default()
    }
}

pub fn health() -> HealthView {
    let line = |name: &str, text: &str, at_ms: Option<i64>, is_amiss: bool| HealthLine {
        name: name.into(),
        label: name.to_uppercase(),
        at_ms,
        text: text.into(),
        is_amiss,
    };
    let waiting = QueueLine { kind: "deliver".into(), label: "Send".into(), waiting: 3, due_ms: NOW_MS, is_late: true };
    HealthView {
        groups: vec![HealthGroup {
            title: "In and out".into(),
            lines: vec![
                line("event", "", Some(NOW_MS - 5 * MINUTE_MS), false),
                line("webhook", "not yet", None, false),
                line("reconcile", "failed: <Unauthorized>", Some(NOW_MS), true),
            ],
        }],
        queue: vec![waiting],
        has_more: true,
    }
}
