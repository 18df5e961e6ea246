//! The custom action (reference 8.3): a button in the console that posts an incident, with its alerts, to an address.

use super::{Flashduty, view};
use crate::{NoReply, Outgoing};
use serde_json::{Value, json};
use std::time::Duration;

/// How long the platform waits for the answer, by real time.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);

impl Flashduty {
    /// Somebody presses a custom action of an incident whose address is `url`. The event's id is inside the incident, as
    /// in the documents. A repetition (`again`) has the same.
    ///
    /// # Errors
    /// What the console shows: anything but 200 in time.
    pub async fn press_custom_action(
        &self,
        url: &str,
        incident_id: &str,
        person_id: i64,
        again: Option<&str>,
    ) -> Result<String, String> {
        let event_id = again.map_or_else(|| self.core.world.text(32), str::to_owned);
        let body = {
            let state = self.state();
            let incident = state.incidents.get(incident_id).ok_or("no such incident")?;
            let mut body = view::webhook_body(&state, incident, "i_custom", person_id, &event_id);
            let alerts: Vec<Value> =
                incident.alerts.iter().map(|alert| view::alert(&state, incident, alert, false)).collect();
            body["incident"]["alerts"] = json!(alerts);
            body["incident"]["event_id"] = json!(event_id);
            body.as_object_mut().map(|body| body.remove("event_id"));
            body.to_string()
        };
        let note = "custom action".to_owned();
        let outgoing = Outgoing { url: url.to_owned(), headers: Vec::new(), body, limit: ANSWER_LIMIT, note };
        match self.core.send(outgoing).await {
            Ok(reply) if reply.status == 200 => Ok(event_id),
            Ok(reply) => Err(format!("unexpected status {}", reply.status)),
            Err(NoReply::TimedOut) => Err("timed out".to_owned()),
            Err(NoReply::Unreachable) => Err("unreachable".to_owned()),
        }
    }
}
