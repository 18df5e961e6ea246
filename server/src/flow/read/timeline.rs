//! Flashduty's timeline in plain text (Flashduty reference 3.1, 3.2).

use crate::model::text;
use contract::incident::TimelineEntry;
use flashduty::FeedItem;
use serde_json::Value;
use std::collections::BTreeMap;

/// Newest entries shown.
pub const ROWS: u32 = 50;
/// Longest text of an entry, in bytes.
const TEXT_BYTES_MAX: usize = 4_000;
/// People named in one entry at most.
const PEOPLE_MAX: usize = 20;

/// One entry as the page shows it. What is not known of a kind is left out: the page then says only what happened.
pub fn entry(item: &FeedItem, names: &BTreeMap<i64, String>) -> TimelineEntry {
    TimelineEntry {
        at_ms: item.at.0,
        kind: item.kind.clone(),
        who: (item.creator_id != 0).then(|| name_of(item.creator_id, names)),
        text: text::cut(&text::block(&said(item, names)), TEXT_BYTES_MAX),
    }
}

/// Everybody whose name the entry shows.
pub fn people(item: &FeedItem) -> Vec<i64> {
    let mut ids = assigned(item);
    ids.extend(list(item, "persons").iter().filter_map(person_id));
    ids.push(item.creator_id);
    ids.retain(|id| *id != 0);
    ids
}

fn said(item: &FeedItem, names: &BTreeMap<i64, String>) -> String {
    match item.kind.as_str() {
        "i_comm" | "i_merge" => item.text("comment"),
        "i_reopen" => item.text("reason"),
        "i_snooze" => item.text("minutes"),
        "i_storm" => item.text("threshold"),
        "i_r_field" => joined(": ", [item.text("field_name"), item.text("to")]),
        kind if kind.starts_with("i_r_") => joined(" → ", [item.text("from"), item.text("to")]),
        "i_assign" | "i_a_rspd" => {
            let people = assigned(item).into_iter().map(|id| name_of(id, names));
            joined(", ", std::iter::once(item.text("escalate_rule_name")).chain(people))
        }
        "i_notify" => notified(item, names),
        "i_custom" => item.text("integration_name"),
        "i_wr_create" | "i_wr_delete" => item.text("chat_name"),
        _ => String::new(),
    }
}

/// Who was notified, each with why it failed if it did.
fn notified(item: &FeedItem, names: &BTreeMap<i64, String>) -> String {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let people = list(item, "persons").iter().map(|one| (person_id(one).map(|id| name_of(id, names)), one));
    let chats = list(item, "chats").iter().map(|one| (Some(text(one, "chat_name")), one));
    let robots = list(item, "robots").iter().map(|one| (Some(text(one, "alias")), one));
    let lines = people.chain(chats).chain(robots).take(PEOPLE_MAX).map(|(name, one)| {
        let reason = text(one, "failed_reason");
        match (name.unwrap_or_default(), reason.is_empty()) {
            (name, true) => name,
            (name, false) => format!("{name} ({reason})"),
        }
    });
    joined(", ", lines)
}

/// The people an incident was given to.
fn assigned(item: &FeedItem) -> Vec<i64> {
    item.people().into_iter().take(PEOPLE_MAX).collect()
}

fn list<'a>(item: &'a FeedItem, name: &str) -> &'a [Value] {
    item.detail.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A person is written as a number, as its text, or as an object with `person_id`.
fn person_id(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        Value::Object(fields) => fields.get("person_id").and_then(person_id),
        _ => None,
    }
}

fn name_of(id: i64, names: &BTreeMap<i64, String>) -> String {
    names.get(&id).cloned().unwrap_or_else(|| id.to_string())
}

fn joined(between: &str, parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use world::Millis;

    #[test]
    fn every_kind_says_what_is_worth_reading() {
        let names = BTreeMap::from([(1, "Li".to_owned()), (2, "Wang".to_owned())]);
        for (kind, detail, expected) in [
            ("i_comm", json!({"comment": "looking"}), "looking"),
            ("i_snooze", json!({"minutes": "120"}), "120"),
            ("i_reopen", json!({"reason": "again"}), "again"),
            ("i_r_severity", json!({"from": "Info", "to": "Critical"}), "Info → Critical"),
            ("i_r_title", json!({"to": "new"}), "new"),
            ("i_r_field", json!({"field_name": "env", "to": "prod"}), "env: prod"),
            ("i_assign", json!({"to": [1, "2"], "escalate_rule_name": "Night"}), "Night, Li, Wang"),
            ("i_assign", json!({"person_ids": [3]}), "3"),
            ("i_a_rspd", json!({"to": [{"person_id": 1}]}), "Li"),
            (
                "i_notify",
                json!({"persons": [{"person_id": 1, "failed_reason": "App not linked"}], "chats": [{"chat_name": "ops"}]}),
                "Li (App not linked), ops",
            ),
            ("i_wr_create", json!({"chat_name": "war"}), "war"),
            ("i_rslv", json!({"from": "console"}), ""),
            ("i_of_next_year", json!([1, 2]), ""),
            ("i_assign", json!({"to": "everybody"}), ""),
            ("i_comm", json!(null), ""),
        ] {
            let item = FeedItem { kind: kind.into(), at: Millis(5), creator_id: 2, detail };
            let entry = entry(&item, &names);
            assert_eq!((entry.text.as_str(), entry.who.as_deref()), (expected, Some("Wang")), "{kind}");
        }
    }

    #[test]
    fn the_system_has_no_name() {
        let item = FeedItem { kind: "i_new".into(), ..FeedItem::default() };
        assert_eq!(entry(&item, &BTreeMap::new()).who, None);
        assert!(people(&item).is_empty());
    }
}
