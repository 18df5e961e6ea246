use crate::{Client, FlashdutyError};
use serde_json::{Map, Value, json};
use std::ops::RangeInclusive;

/// How long an incident can be snoozed, in minutes (reference 3).
pub const SNOOZE_MINUTES: RangeInclusive<u32> = 1..=1440;

/// The longest comment, root cause, resolution and reason, in characters (reference 5.6).
pub const COMMENT_CHARS_MAX: usize = 1024;

/// What people write when they close an incident; empty texts are not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// Why it happened.
    pub root_cause: String,
    /// How it ended.
    pub resolution: String,
    /// What a form of the account asks for in one text.
    pub summary: String,
    /// Custom fields of such a form, by name.
    pub fields: Map<String, Value>,
}

/// The one-shot acts (reference 5.6), one incident a call unless said otherwise. The actor in the timeline is the credential's owner.
/// All but [`Client::comment`] may be repeated without harm. On a closed incident the answer is not documented:
/// read [`Client::incident`] again and show what is found.
impl Client {
    /// "I am on it."
    pub async fn acknowledge(&self, incident_id: &str) -> Result<(), FlashdutyError> {
        self.write("/incident/ack", json!({ "incident_ids": [incident_id] })).await
    }

    /// The same for up to 100 incidents in one call. Whether one bad id spoils the others is not documented.
    pub async fn acknowledge_all(&self, incident_ids: &[&str]) -> Result<(), FlashdutyError> {
        self.write("/incident/ack", json!({ "incident_ids": incident_ids })).await
    }

    /// The same with what a form of the account asks for.
    pub async fn acknowledge_with(
        &self,
        incident_id: &str,
        summary: &str,
        fields: &Map<String, Value>,
    ) -> Result<(), FlashdutyError> {
        let mut body = json!({ "incident_ids": [incident_id] });
        form(&mut body, summary, fields);
        self.write("/incident/ack", body).await
    }

    /// Takes the own acknowledgement back.
    pub async fn unacknowledge(&self, incident_id: &str) -> Result<(), FlashdutyError> {
        self.unacknowledge_all(&[incident_id]).await
    }

    /// The same for up to 100 incidents in one call.
    pub async fn unacknowledge_all(&self, incident_ids: &[&str]) -> Result<(), FlashdutyError> {
        self.write("/incident/unack", json!({ "incident_ids": incident_ids })).await
    }

    /// Closes the incident.
    pub async fn resolve(&self, incident_id: &str, resolution: &Resolution) -> Result<(), FlashdutyError> {
        self.resolve_all(&[incident_id], resolution).await
    }

    /// The same for up to 100 incidents in one call, all with the same words.
    pub async fn resolve_all(&self, incident_ids: &[&str], resolution: &Resolution) -> Result<(), FlashdutyError> {
        let mut body = json!({ "incident_ids": incident_ids });
        for (field, text) in [("root_cause", &resolution.root_cause), ("resolution", &resolution.resolution)] {
            if !text.is_empty() {
                body[field] = json!(text);
            }
        }
        form(&mut body, &resolution.summary, &resolution.fields);
        self.write("/incident/resolve", body).await
    }

    /// Opens a closed incident again. Flashduty's own pages demand a reason, its API does not.
    pub async fn reopen(&self, incident_id: &str, reason: &str) -> Result<(), FlashdutyError> {
        self.reopen_all(&[incident_id], reason).await
    }

    /// The same for up to 100 incidents in one call.
    pub async fn reopen_all(&self, incident_ids: &[&str], reason: &str) -> Result<(), FlashdutyError> {
        let mut body = json!({ "incident_ids": incident_ids });
        if !reason.is_empty() {
            body["reason"] = json!(reason);
        }
        self.write("/incident/reopen", body).await
    }

    /// Stops escalation and reminders for so many minutes, see [`SNOOZE_MINUTES`].
    pub async fn snooze(&self, incident_id: &str, minutes: u32) -> Result<(), FlashdutyError> {
        self.write("/incident/snooze", json!({ "incident_ids": [incident_id], "minutes": minutes })).await
    }

    /// Ends a snooze early.
    pub async fn wake(&self, incident_id: &str) -> Result<(), FlashdutyError> {
        self.write("/incident/wake", json!({ "incident_ids": [incident_id] })).await
    }

    /// Adds a comment in markdown. `mute_reply` keeps Flashduty from sending webhooks for it. Not repeatable: after
    /// [`FlashdutyError::may_have_happened`] look into the feed first.
    pub async fn comment(&self, incident_id: &str, text: &str, mute_reply: bool) -> Result<(), FlashdutyError> {
        let body = json!({ "incident_ids": [incident_id], "comment": text, "mute_reply": mute_reply });
        self.write("/incident/comment", body).await
    }
}

/// What people filled in; nothing is sent of what they left empty.
fn form(body: &mut Value, summary: &str, fields: &Map<String, Value>) {
    if !summary.is_empty() {
        body["summary"] = json!(summary);
    }
    if !fields.is_empty() {
        body["custom_fields"] = json!(fields);
    }
}
