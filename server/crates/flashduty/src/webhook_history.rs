use crate::webhook::{self, Webhook, WebhookError};
use crate::{Client, FlashdutyError, Page, wire};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use world::Millis;

/// Which deliveries of webhooks to list (reference 8.5). Flashduty keeps them for seven days.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WebhookHistoryQuery {
    /// Events from here on, Unix milliseconds.
    #[serde(rename = "start_time")]
    pub start_ms: i64,
    /// … and until here.
    #[serde(rename = "end_time")]
    pub end_ms: i64,
    /// Rows per page, 1 to 100.
    pub limit: u32,
    /// Oldest first.
    pub asc: bool,
    /// Only those that reached nobody.
    #[serde(rename = "status", serialize_with = "failed", skip_serializing_if = "is_false")]
    pub failed_only: bool,
    /// What the last page gave; empty for the first.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub search_after_ctx: String,
}

/// One attempt to deliver a webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct WebhookAttempt {
    /// Whose.
    #[serde(deserialize_with = "wire::integer")]
    pub integration_id: i64,
    /// Opaque, and not always the id in the body.
    #[serde(deserialize_with = "wire::text")]
    pub event_id: String,
    /// `incident` or `alert`.
    #[serde(deserialize_with = "wire::text")]
    pub webhook_type: String,
    /// `i_new`, `i_ack`, …
    #[serde(deserialize_with = "wire::text")]
    pub event_type: String,
    /// The incident (or alert) it tells of; may be empty.
    #[serde(rename = "ref_id", deserialize_with = "wire::text")]
    pub incident_id: String,
    /// Where it was sent. May hold secrets: never show it.
    #[serde(deserialize_with = "wire::text")]
    pub endpoint: String,
    /// `success` or `failed`.
    #[serde(deserialize_with = "wire::text")]
    pub status: String,
    /// The answer's HTTP status; 0 without one.
    #[serde(deserialize_with = "wire::integer")]
    pub status_code: i64,
    /// When the event happened; none where the answer does not say.
    #[serde(rename = "event_time", deserialize_with = "moment")]
    pub event_at: Option<Millis>,
    /// What was sent, where Flashduty tells it: empty otherwise.
    #[serde(deserialize_with = "body")]
    pub request_body: String,
}

/// One page of attempts; `has_next_page` is unreliable here, [`Page::search_after_ctx`] tells.
pub type WebhookHistoryPage = Page<WebhookAttempt>;

impl WebhookAttempt {
    /// The webhook that was sent, as the live one would have been read.
    ///
    /// # Errors
    /// The body is not told, or is none of Flashduty's.
    pub fn webhook(&self) -> Result<Webhook, WebhookError> {
        webhook::decode(self.request_body.as_bytes())
    }
}

impl Client {
    /// Attempts to deliver webhooks (reference 8.5); needs the permission to read integrations.
    pub async fn webhook_history(&self, query: &WebhookHistoryQuery) -> Result<WebhookHistoryPage, FlashdutyError> {
        let mut body = json!(query);
        body["orderby"] = json!("event_time");
        self.read("/webhook/history/list", body).await
    }

    /// One attempt with everything Flashduty kept of it, its body where the list leaves it out.
    pub async fn webhook_attempt(&self, event_id: &str, integration_id: i64) -> Result<WebhookAttempt, FlashdutyError> {
        self.read("/webhook/history/detail", json!({ "event_id": event_id, "integration_id": integration_id })).await
    }
}

fn failed<S: serde::Serializer>(_: &bool, target: S) -> Result<S::Ok, S::Error> {
    target.serialize_str("failed")
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// A moment as text with its offset, as the documentation shows it, or as milliseconds like everywhere else.
fn moment<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Millis>, D::Error> {
    let value = Value::deserialize(source)?;
    let told = value.as_str().and_then(|text| text.trim().parse::<jiff::Timestamp>().ok());
    match told {
        Some(timestamp) => Ok(Some(Millis(timestamp.as_millisecond())).filter(|at| at.0 > 0)),
        None => Ok(wire::millis(value).unwrap_or_default()),
    }
}

/// The body as the text it was sent as; an object is written as one again.
fn body<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(source)? {
        object @ Value::Object(_) => object.to_string(),
        other => wire::text_of(&other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_row() {
        let row: WebhookAttempt = serde_json::from_value(json!({
            "integration_id": 2_991_105_900_001_i64, "event_id": "20260412Xatt9hrXsgmFkBR78WF655",
            "webhook_type": "incident", "event_type": "i_new", "ref_id": "64b1352e376e32c85c56e25b",
            "endpoint": "https://duty.corp.example/x", "attempt": 1, "duration": 2000, "status": "failed",
            "status_code": 0, "error_message": "timeout", "event_time": "2026-04-12T13:31:11.357472+08:00",
            "request_body": include_str!("fixtures/webhook_i_new.json"),
        }))
        .unwrap();
        assert_eq!(row.event_at, Some(Millis(1_775_971_871_357)));
        assert_eq!((row.status.as_str(), row.incident_id.as_str()), ("failed", "64b1352e376e32c85c56e25b"));
        assert_eq!(row.webhook().unwrap().event_id, "fac0599a2a25529ba2362c0c184b6cfb", "the body has its own");
    }

    #[test]
    fn times_and_bodies_in_other_forms() {
        for (told, at) in [
            (json!(1_775_971_871_357_i64), Some(Millis(1_775_971_871_357))),
            (json!("1775971871357"), Some(Millis(1_775_971_871_357))),
            (json!("yesterday"), None),
            (json!("-009999-01-02T00:00:00Z"), None),
            (json!(null), None),
            (json!([1]), None),
        ] {
            let row: WebhookAttempt = serde_json::from_value(json!({ "event_time": told })).unwrap();
            assert_eq!(row.event_at, at, "{told}");
        }
        let row: WebhookAttempt = serde_json::from_value(json!({"request_body": {"event_id": "e"}})).unwrap();
        assert_eq!(row.webhook(), Err(WebhookError::Missing("incident")));
        assert_eq!(WebhookAttempt::default().webhook(), Err(WebhookError::NotAnObject));
    }

    #[test]
    fn only_failures_are_asked_for_by_their_status() {
        let query = WebhookHistoryQuery { limit: 100, ..WebhookHistoryQuery::default() };
        assert_eq!(json!(query), json!({"start_time": 0, "end_time": 0, "limit": 100, "asc": false}));
        assert_eq!(json!(WebhookHistoryQuery { failed_only: true, ..query })["status"], "failed");
    }
}
