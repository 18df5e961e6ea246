//! Bodies bent at random: never a panic, and whatever is taken keeps its promises. A failing seed is the last one printed.

use flashduty::{Incident, Page, webhook};
use serde_json::{Value, json};
use std::sync::Arc;
use world::{ManualClock, Millis, SeededChance, World};

const SEEDS: u64 = 3_000;

struct Dice(World);

impl Dice {
    fn below(&self, limit: usize) -> usize {
        (u64::from_le_bytes(self.0.bytes()) % limit as u64) as usize
    }
}

fn dice(seed: u64) -> Dice {
    println!("seed {seed}");
    Dice(World::new(Arc::new(ManualClock::at(Millis(0))), Arc::new(SeededChance::new(seed))))
}

/// Puts something else in one place of the tree.
fn bend(value: &mut Value, dice: &Dice) {
    let inside = match value {
        Value::Object(map) if !map.is_empty() && dice.below(8) != 0 => {
            let at = dice.below(map.len());
            map.values_mut().nth(at)
        }
        Value::Array(items) if !items.is_empty() && dice.below(8) != 0 => {
            let at = dice.below(items.len());
            items.get_mut(at)
        }
        _ => None,
    };
    match inside {
        Some(inside) => bend(inside, dice),
        None => *value = odd(dice),
    }
}

fn odd(dice: &Dice) -> Value {
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1.5e300),
        json!(""),
        json!("0"),
        json!("-9223372036854775809"),
        json!("\u{0}\u{202e}🦀\n"),
        json!("x".repeat(10_000)),
        json!([]),
        json!([null, 1, "a", [], {}]),
        json!({}),
        json!({ "person_id": "5", "items": {}, "": null }),
    ];
    odd[dice.below(odd.len())].clone()
}

/// Spoils some bytes: changes, drops, doubles, cuts.
fn spoil(bytes: &mut Vec<u8>, dice: &Dice) {
    for _ in 0..=dice.below(4) {
        if bytes.is_empty() {
            return;
        }
        let at = dice.below(bytes.len());
        match dice.below(5) {
            0 => bytes[at] = dice.below(256) as u8,
            1 => bytes[at] = b"{}[]\",:0-9eE\\u"[dice.below(14)],
            2 => drop(bytes.remove(at)),
            3 => bytes.insert(at, bytes[at]),
            _ => bytes.truncate(at),
        }
    }
}

fn bent(text: &str, dice: &Dice) -> Vec<u8> {
    let mut value: Value = serde_json::from_str(text).unwrap();
    for _ in 0..=dice.below(6) {
        bend(&mut value, dice);
    }
    let mut bytes = value.to_string().into_bytes();
    if dice.below(3) == 0 {
        spoil(&mut bytes, dice);
    }
    bytes
}

/// What the rest of the product relies on.
fn assert_sound(incident: &Incident) {
    let stored = serde_json::to_string(incident).unwrap();
    assert_eq!(&serde_json::from_str::<Incident>(&stored).unwrap(), incident, "a stored incident reads back equal");
    assert!(incident.detail_url.is_empty() || incident.detail_url.starts_with("http"));
    for text in [&incident.title, &incident.channel_name, &incident.incident_id] {
        assert!(!text.contains('\0'));
    }
    let times = [incident.start_time, incident.close_time, incident.snoozed_before, incident.updated_at];
    assert!(times.iter().flatten().all(|time| (1..=253_402_300_799_000).contains(&time.0)));
    let _ = (incident.number(), incident.is_snoozed(Millis(0)));
}

#[test]
fn webhooks() {
    let mut taken = 0;
    for seed in 0..SEEDS {
        let dice = dice(seed);
        let text = [
            include_str!("../../src/fixtures/webhook_i_new.json"),
            include_str!("../../src/fixtures/webhook_i_custom.json"),
        ][dice.below(2)];
        if let Ok(webhook) = webhook::decode(&bent(text, &dice)) {
            taken += 1;
            for id in [&webhook.event_id, &webhook.incident.incident_id] {
                assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) && !id.is_empty());
            }
            assert_sound(&webhook.incident);
        }
    }
    assert!(taken > SEEDS / 4 && taken < SEEDS, "{taken} of {SEEDS} were taken: the mutations miss their aim");
}

#[test]
fn incidents_and_pages() {
    let mut taken = 0;
    for seed in 0..SEEDS {
        let dice = dice(seed);
        let body = bent(include_str!("../../src/fixtures/incident.json"), &dice);
        if let Ok(incident) = serde_json::from_slice::<Incident>(&body) {
            taken += 1;
            assert_sound(&incident);
        }
        if let Ok(value) = serde_json::from_slice::<Value>(&body) {
            let page: Page<Incident> = serde_json::from_value(json!({ "items": [value] })).unwrap();
            page.items.iter().for_each(assert_sound);
        }
    }
    assert!(taken > SEEDS / 4 && taken < SEEDS, "{taken} of {SEEDS} were taken: the mutations miss their aim");
}
