use crate::{Client, FlashdutyError, Page, wire};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use world::Millis;

/// One row of an incident's timeline (reference 3.1, 5.4).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct FeedItem {
    /// `i_new`, `i_ack`, …; unknown ones will come and are plain events.
    #[serde(rename = "type", deserialize_with = "wire::text")]
    pub kind: String,
    /// When.
    #[serde(rename = "created_at", deserialize_with = "moment")]
    pub at: Millis,
    /// Who; 0 is the system.
    #[serde(deserialize_with = "wire::integer")]
    pub creator_id: i64,
    /// What `kind` says it is; may be null.
    pub detail: Value,
}

impl FeedItem {
    /// A text of the detail (`comment`, `reason`, `from`, …), empty where there is none.
    pub fn text(&self, name: &str) -> String {
        self.detail.get(name).map(wire::text_of).unwrap_or_default()
    }

    /// A number of the detail (`minutes`, `layer_idx`, …).
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.detail.get(name).and_then(wire::integer_of)
    }
}

impl FeedItem {
    /// The people an incident was given to: `to` and `person_ids` mean the same, and each is a number, its text, or an
    /// object with `person_id`.
    pub fn people(&self) -> Vec<i64> {
        let to = self.persons("to");
        if to.is_empty() { self.persons("person_ids") } else { to }
    }

    fn persons(&self, name: &str) -> Vec<i64> {
        let id = |one: &Value| match one {
            Value::Object(fields) => fields.get("person_id").and_then(wire::integer_of),
            other => wire::integer_of(other),
        };
        let list = self.detail.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(id).collect()
    }
}

/// One page of a timeline; `total` is always 0.
pub type FeedPage = Page<FeedItem>;

impl Client {
    /// The timeline of an incident, newest first unless `asc` (reference 5.4). `page` counts from 1, `limit` is at most 100.
    pub async fn feed(&self, incident_id: &str, page: u32, limit: u32, asc: bool) -> Result<FeedPage, FlashdutyError> {
        let body = json!({ "incident_id": incident_id, "p": page, "limit": limit, "asc": asc });
        self.read("/incident/feed", body).await
    }

    /// The newest rows of these kinds: what a webhook leaves out, such as the text of a comment (reference 8.1).
    pub async fn feed_of_kinds(
        &self,
        incident_id: &str,
        kinds: &[&str],
        limit: u32,
    ) -> Result<FeedPage, FlashdutyError> {
        let body = json!({ "incident_id": incident_id, "types": kinds, "p": 1, "limit": limit, "asc": false });
        self.read("/incident/feed", body).await
    }
}

fn moment<'de, D: Deserializer<'de>>(source: D) -> Result<Millis, D::Error> {
    Ok(wire::millis(source)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_timeline() {
        let page: FeedPage = serde_json::from_str(include_str!("fixtures/feed.json")).unwrap();
        let kinds: Vec<&str> = page.items.iter().map(|item| item.kind.as_str()).collect();
        assert_eq!(kinds, ["i_new", "i_snooze", "i_comm", "i_wi_bound", "i_m_reply"]);
        assert_eq!((page.items[0].at, page.items[0].creator_id), (Millis(1_775_912_219_345), 0));
        assert_eq!(page.items[1].integer("minutes"), Some(120));
        assert_eq!(page.items[2].text("comment"), "looking into it");
        assert_eq!((page.items[4].text("comment"), page.items[4].integer("minutes")), (String::new(), None));
        assert!(page.has_next_page);
    }
}
