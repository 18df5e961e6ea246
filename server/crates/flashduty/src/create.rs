use crate::{Client, ErrorClass, FlashdutyError, Severity, wire};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// An incident to be made by hand (reference 5.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIncident {
    /// At most 512 characters.
    pub title: String,
    /// At most 1,024 characters.
    pub description: String,
    pub severity: Severity,
    /// 0 for one without a channel.
    pub channel_id: i64,
    pub to: AssignNew,
    /// Custom fields by name.
    pub fields: Map<String, Value>,
}

/// Whom a new incident is given to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssignNew {
    /// These people, 1 to 100.
    People(Vec<i64>),
    /// The first level of an escalation rule.
    Rule(String),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Made {
    #[serde(deserialize_with = "wire::text")]
    incident_id: String,
}

impl Client {
    /// Makes an incident and gives its id. Not repeatable: after [`FlashdutyError::may_have_happened`] look among the
    /// incidents that the credential's owner has made.
    pub async fn create_incident(&self, new: &NewIncident) -> Result<String, FlashdutyError> {
        let assigned_to = match &new.to {
            AssignNew::People(person_ids) => json!({ "person_ids": person_ids, "type": "assign" }),
            AssignNew::Rule(rule_id) => json!({ "escalate_rule_id": rule_id, "layer_idx": 0, "type": "assign" }),
        };
        let mut body = json!({
            "title": new.title, "incident_severity": new.severity.to_string(), "assigned_to": assigned_to,
        });
        if !new.description.is_empty() {
            body["description"] = json!(new.description);
        }
        if new.channel_id != 0 {
            body["channel_id"] = json!(new.channel_id);
        }
        if !new.fields.is_empty() {
            body["custom_fields"] = json!(new.fields);
        }
        let made: Made = self.read("/incident/create", body).await?;
        let is_id = made.incident_id.len() == 24 && made.incident_id.bytes().all(|digit| digit.is_ascii_hexdigit());
        let unexpected = || FlashdutyError::ours(ErrorClass::Unclear, "UnexpectedData", "the answer names no incident");
        if is_id { Ok(made.incident_id) } else { Err(unexpected()) }
    }
}
