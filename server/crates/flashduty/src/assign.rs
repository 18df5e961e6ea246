use crate::{Client, FlashdutyError};
use serde_json::json;

/// Who is to handle an incident (reference 5.7). Each of these notifies people, so none may be repeated unasked: after
/// [`FlashdutyError::may_have_happened`] look into the feed first (`i_assign`, `i_a_rspd`).
impl Client {
    /// Gives the incident to these people instead of those who have it, 1 to 100. A processing one falls back to
    /// triggered unless one of them has acknowledged it (reference 4.1), and escalation ends.
    pub async fn reassign(&self, incident_id: &str, person_ids: &[i64]) -> Result<(), FlashdutyError> {
        let to = json!({ "person_ids": person_ids, "type": "reassign" });
        self.write("/incident/assign", json!({ "incident_id": incident_id, "assigned_to": to })).await
    }

    /// Gives the incident to a level of an escalation rule, counted from 0.
    pub async fn escalate(&self, incident_id: &str, rule_id: &str, level: u32) -> Result<(), FlashdutyError> {
        let to = json!({ "escalate_rule_id": rule_id, "layer_idx": level, "type": "escalate" });
        self.write("/incident/assign", json!({ "incident_id": incident_id, "assigned_to": to })).await
    }

    /// Adds people to those who handle the incident; each is notified as they prefer.
    pub async fn add_responders(&self, incident_id: &str, person_ids: &[i64]) -> Result<(), FlashdutyError> {
        let body = json!({ "incident_id": incident_id, "person_ids": person_ids });
        self.write("/incident/responder/add", body).await
    }
}
