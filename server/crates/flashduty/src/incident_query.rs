use crate::{Client, ErrorClass, FlashdutyError, Incident, Page, Progress, Severity};
use serde::{Serialize, Serializer};
use serde_json::json;
use std::fmt::Display;

/// What to list (reference 5.1). Empty lists and texts do not filter.
#[derive(Clone, Debug, Default, Serialize)]
pub struct IncidentQuery {
    /// Incidents that began from here on, Unix seconds.
    #[serde(rename = "start_time")]
    pub start_s: i64,
    /// … and until here; at most 31 days later.
    #[serde(rename = "end_time")]
    pub end_s: i64,
    /// Any of these.
    #[serde(serialize_with = "commas", skip_serializing_if = "Vec::is_empty")]
    pub progress: Vec<Progress>,
    /// Any of these.
    #[serde(rename = "incident_severity", serialize_with = "commas", skip_serializing_if = "Vec::is_empty")]
    pub severities: Vec<Severity>,
    /// Any of these; 0 for incidents without a channel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channel_ids: Vec<i64>,
    /// With any of these people as responder.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub responder_ids: Vec<i64>,
    /// Made by hand by any of these people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub creator_ids: Vec<i64>,
    /// Any of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incident_ids: Vec<String>,
    /// Full text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// Only snoozed, or only not snoozed ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_snoozed: Option<bool>,
    /// Oldest first.
    pub asc: bool,
    /// From 1; 0 leaves it out, as reading on by `search_after_ctx` does. `page * limit` is at most 10,000.
    #[serde(rename = "p", skip_serializing_if = "is_zero")]
    pub page: u32,
    /// Rows per page, at most 100; 0 leaves it to Flashduty (20).
    #[serde(skip_serializing_if = "is_zero")]
    pub limit: u32,
    /// What the last page gave; empty for the first.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub search_after_ctx: String,
}

/// One page of incidents.
pub type IncidentPage = Page<Incident>;

impl Client {
    /// Incidents by filter (reference 5.1).
    pub async fn incident_list(&self, query: &IncidentQuery) -> Result<IncidentPage, FlashdutyError> {
        let page: IncidentPage = self.read("/incident/list", json!(query)).await?;
        if page.items.iter().all(|incident| is_id(&incident.incident_id)) { Ok(page) } else { Err(no_incident()) }
    }

    /// One incident (reference 5.2). [`ErrorClass::NotFound`] when there is none.
    pub async fn incident(&self, incident_id: &str) -> Result<Incident, FlashdutyError> {
        let incident: Incident = self.read("/incident/info", json!({ "incident_id": incident_id })).await?;
        if incident.incident_id == incident_id { Ok(incident) } else { Err(no_incident()) }
    }

    /// Several incidents at once (reference 5.2), 100 a call. What one missing id does is not documented: it may be left
    /// out or be [`ErrorClass::NotFound`] for all.
    pub async fn incidents(&self, incident_ids: &[impl AsRef<str>]) -> Result<Vec<Incident>, FlashdutyError> {
        let incident_ids: Vec<&str> = incident_ids.iter().map(AsRef::as_ref).collect();
        let found: Vec<Incident> =
            self.read_in_parts("/incident/list-by-ids", "incident_ids", &incident_ids, 100).await?;
        let asked = |incident: &Incident| incident_ids.contains(&incident.incident_id.as_str());
        if found.iter().all(asked) { Ok(found) } else { Err(no_incident()) }
    }
}

/// Whether it is an incident's id (reference 4). An answer in which incidents have others is of the wrong form as a whole,
/// and what it says of them would be believed of incidents that do not exist.
fn is_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn no_incident() -> FlashdutyError {
    FlashdutyError::ours(
        ErrorClass::Unclear,
        "UnexpectedData",
        "the answer holds something else than what was asked for",
    )
}

pub(crate) fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Flashduty takes these two lists as one text with commas.
fn commas<S: Serializer>(names: &[impl Display], target: S) -> Result<S::Ok, S::Error> {
    target.serialize_str(&names.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_have_the_platforms_form() {
        let query = IncidentQuery {
            start_s: 1,
            end_s: 2,
            progress: vec![Progress::Triggered, Progress::Processing],
            severities: vec![Severity::Critical],
            channel_ids: vec![0],
            limit: 50,
            page: 1,
            ..IncidentQuery::default()
        };
        assert_eq!(
            json!(query),
            json!({
                "start_time": 1, "end_time": 2, "progress": "Triggered,Processing", "incident_severity": "Critical",
                "channel_ids": [0], "asc": false, "p": 1, "limit": 50,
            })
        );
    }
}
