//! Decoding a webhook of Flashduty's, and what is made of it: the mirror that is stored and the texts that are shown.

use super::{assert_identifier, assert_storable};
use contract::Language;
use flashduty::webhook::{self, Webhook};
use server::flow::convert;
use server::model::card::{self, CardSettings, Drawing};
use server::model::incident::Incident;
use server::model::work_notice::{Message, for_incident};
use world::Millis;

const NOW: Millis = Millis(1_790_000_000_000);
/// DingTalk's limit for a variable of a card (reference 7.3).
const VARIABLE_BYTES_MAX: usize = 1_024;
/// More than this is not kept of an incident, as JSON.
const MIRROR_BYTES_MAX: usize = 2_000_000;

/// A webhook that is understood can be stored, reads back as it was written, and whatever it says makes a card, a message
/// and a work notice within DingTalk's limits.
pub fn property(data: &[u8]) {
    let Ok(webhook) = webhook::decode(data) else { return };
    let Webhook { event_id, event_at, event_type, incident, .. } = &webhook;
    for id in [event_id, &incident.incident_id] {
        assert_identifier(id);
        assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{id}");
    }
    assert!(event_at.0 >= 0 && event_at.seconds() <= 253_402_300_799, "the year {event_at:?}");
    assert_storable(event_type);

    let written = serde_json::to_string(incident).expect("an incident is written");
    assert_eq!(&serde_json::from_str::<flashduty::Incident>(&written).expect("and read"), incident);

    let mirror = convert::told(&webhook);
    let stored = serde_json::to_string(&mirror).expect("a mirror is written");
    assert!(stored.len() <= MIRROR_BYTES_MAX && !stored.contains("\\u0000"), "{} bytes", stored.len());
    assert_eq!(serde_json::from_str::<Incident>(&stored).expect("and read"), mirror);
    shown(&mirror);
}

fn shown(incident: &Incident) {
    let settings = CardSettings::default();
    for (language, zone) in [(Language::Zh, "Asia/Shanghai"), (Language::En, "UTC")] {
        let drawing = Drawing { language, zone, detail_url: "https://h/i", settings: &settings, text: None, now: NOW };
        let own = Drawing { text: Some(&incident.description), ..drawing };
        for (name, value) in card::values(incident, drawing).into_iter().chain(card::values(incident, own)) {
            assert!(value.len() <= VARIABLE_BYTES_MAX, "{name} has {} bytes", value.len());
            assert_storable(&value);
        }
        let summary = card::summary(incident, drawing);
        assert!(!summary.contains(['\n', '\r']) && !summary.is_empty(), "{summary:?}");
        assert!(card::markdown(incident, drawing).len() <= 15_000);
        for has_bar in [true, false] {
            let bytes = |message: &Message| message.identity().len() + 350;
            let message = for_incident(incident, drawing, ("Duty", "https://h/p"), has_bar, bytes);
            assert!(bytes(&message) <= 2_048, "{} bytes", bytes(&message));
        }
    }
}
