use crate::{Client, FlashdutyError, Page, Severity, wire};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use world::Millis;

/// One alert of an incident (reference 5.3).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Alert {
    /// 24 hexadecimal digits.
    #[serde(deserialize_with = "wire::text")]
    pub alert_id: String,
    /// One line.
    #[serde(deserialize_with = "wire::text")]
    pub title: String,
    /// How bad it was at its worst.
    #[serde(rename = "alert_severity")]
    pub severity: Severity,
    /// How bad it is now; `Ok` when it has recovered.
    #[serde(rename = "alert_status")]
    pub status: Severity,
    /// Where it comes from.
    #[serde(deserialize_with = "wire::text")]
    pub integration_name: String,
    /// When it began.
    #[serde(with = "wire::seconds")]
    pub start_time: Option<Millis>,
    /// When its last event came.
    #[serde(with = "wire::seconds")]
    pub last_time: Option<Millis>,
    /// When it recovered.
    #[serde(with = "wire::seconds")]
    pub end_time: Option<Millis>,
    /// What its source says of it.
    #[serde(deserialize_with = "wire::text_map")]
    pub labels: BTreeMap<String, String>,
    /// Events in it.
    #[serde(rename = "event_cnt", deserialize_with = "wire::integer")]
    pub event_count: i64,
}

/// One page of alerts.
pub type AlertPage = Page<Alert>;

impl Client {
    /// The alerts of an incident (reference 5.3). `page` counts from 1, `limit` is 1 to 1,000.
    pub async fn alert_list(&self, incident_id: &str, page: u32, limit: u32) -> Result<AlertPage, FlashdutyError> {
        let body = json!({ "incident_id": incident_id, "p": page, "limit": limit });
        let read: AlertPage = self.read("/incident/alert/list", body).await?;
        Ok(read.with_next_page(page, limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_types_cost_their_field_alone() {
        let page: AlertPage = serde_json::from_value(json!({ "total": 2, "items": [
            { "alert_id": "a", "title": "disk", "alert_severity": "Critical", "alert_status": "Ok", "event_cnt": "17",
              "start_time": 1_775_912_219, "end_time": 0, "labels": { "host": "web" } },
            { "title": 5, "alert_status": null, "labels": [], "start_time": {} },
        ]}))
        .unwrap();
        let alert = &page.items[0];
        assert_eq!((alert.event_count, &alert.status, alert.end_time), (17, &Severity::Ok, None));
        assert_eq!(alert.start_time, Some(Millis(1_775_912_219_000)));
        assert_eq!((page.items[1].title.as_str(), page.items[1].start_time), ("5", None));
    }
}
