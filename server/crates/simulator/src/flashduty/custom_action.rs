//! Custom actions: an address of the company's that Flashduty calls for an incident, with its alerts, when somebody asks
//! for it by API or presses it in the console, and waits for (reference sections 5.8 and 8.3). The kind's name and the
//! settings key of its channels are not public: both are chosen here.

use super::fields::Fields;
use super::gate::Caller;
use super::incident::{Alert, Incident};
use super::refusal::{Code, Refusal};
use super::state::State;
use super::{Flashduty, view};
use crate::{NoReply, Outgoing, Reply};
use serde_json::{Value, json};
use std::time::Duration;

/// The call that runs one.
pub const PATH: &str = "/incident/custom-action/do";

/// How long the platform waits for the address, by real time.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);

/// The most actions a channel has.
const OF_CHANNEL_MAX: usize = 5;

/// A custom action as it is configured.
#[derive(Clone, Debug, Default)]
pub struct CustomAction {
    pub name: String,
    /// Where to, with its query.
    pub url: String,
    /// Headers sent with every call.
    pub headers: Vec<(String, String)>,
    /// Only these channels; empty = all.
    pub channel_ids: Vec<i64>,
}

/// A call that is about to go out.
pub struct Errand {
    outgoing: Outgoing,
}

impl Flashduty {
    /// Configures a custom action and answers its integration id.
    ///
    /// # Errors
    /// `BadRequest` when a channel would have more than five.
    pub fn add_custom_action(&self, action: CustomAction) -> Result<i64, Refusal> {
        let mut state = self.state();
        let channels: Vec<i64> = state.channels.iter().map(|channel| channel.id).collect();
        let wanted = |one: &CustomAction, id: &i64| one.channel_ids.is_empty() || one.channel_ids.contains(id);
        let full = |id: &i64| state.custom_actions.iter().filter(|(_, one)| wanted(one, id)).count() >= OF_CHANNEL_MAX;
        if channels.iter().filter(|id| wanted(&action, id)).any(full) {
            return Err(Code::BadRequest.into());
        }
        let id = state.custom_actions.iter().map(|(id, _)| *id).max().unwrap_or(2_993_105_900_000) + 1;
        state.custom_actions.push((id, action));
        Ok(id)
    }

    /// Makes the call and says how it ended: nothing, or why it failed, although the act itself is done.
    pub async fn run_errand(&self, errand: Errand) -> Value {
        let answer = self.core.send(errand.outgoing).await;
        self.deliver_webhooks().await;
        failure(answer).map_or(json!({}), |message| json!({ "message": message }))
    }

    /// Somebody presses a custom action of an incident in the console; its address is `url`. The event's id is inside the
    /// incident, as in the documents' example. A repetition (`again`) has the same.
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
        let mut body = {
            let state = self.state();
            let incident = state.incidents.get(incident_id).ok_or("no such incident")?;
            body(&state, incident, person_id, &event_id)
        };
        let moved = body.as_object_mut().and_then(|body| body.remove("event_id"));
        body["incident"]["event_id"] = json!(moved);
        let action = CustomAction { url: url.to_owned(), ..CustomAction::default() };
        let reply = self.core.send(outgoing(action, &body)).await;
        failure(reply).map_or(Ok(event_id), Err)
    }
}

/// `/incident/custom-action/do`: notes the act and gives what is to be called.
pub fn order(state: &mut State, caller: Caller, fields: &Fields) -> Result<Errand, Refusal> {
    let id = fields.required_object_id("incident_id")?;
    let integration_id = fields.required_int("integration_id", 1..=i64::MAX)?;
    let channel_id = state.incident(&id)?.channel_id;
    let found = state.custom_actions.iter().find(|(known, _)| *known == integration_id);
    let (_, action) = found.ok_or(Refusal::from(Code::ResourceNotFound))?;
    if !action.channel_ids.is_empty() && !action.channel_ids.contains(&channel_id) {
        return Err(Refusal::parameter("integration_id"));
    }
    let action = action.clone();
    let event_id = state.world.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let body = body(state, state.incident(&id)?, caller.person_id, &event_id);
    let detail = json!({"integration_id": integration_id, "integration_name": action.name});
    state.record(&id, "i_custom", caller.person_id, detail);
    state.note_act(&id, "custom-action", caller.person_id);
    Ok(Errand { outgoing: outgoing(action, &body) })
}

/// `/datasource/list`: the older list of integrations; only webhooks are kept here.
pub fn list(state: &mut State, _: Caller, fields: &Fields) -> Result<Value, Refusal> {
    let category = fields.text("category", 40)?.unwrap_or_default();
    let row = |(id, one): &(i64, CustomAction)| {
        json!({
            "integration_id": id, "data_source_id": id, "account_id": state.account.id, "name": one.name,
            "plugin_type": "incident_action", "category": "webhook", "status": "enabled",
            "settings": {"endpoint": one.url, "channel_ids": one.channel_ids},
        })
    };
    let items: Vec<Value> = match category.as_str() {
        "" | "webhook" => state.custom_actions.iter().map(row).collect(),
        _ => Vec::new(),
    };
    Ok(json!({"items": items, "total": items.len()}))
}

/// What the address is told.
fn body(state: &State, incident: &Incident, person_id: i64, event_id: &str) -> Value {
    let mut body = view::webhook_body(state, incident, "i_custom", person_id, event_id);
    body["incident"]["alerts"] = incident.alerts.iter().map(|one| alert(incident, one)).collect();
    body
}

fn outgoing(action: CustomAction, body: &Value) -> Outgoing {
    let note = format!("custom action {}", action.name);
    Outgoing { url: action.url, headers: action.headers, body: body.to_string(), limit: ANSWER_LIMIT, note }
}

/// Why the call failed, if it did: anything but 200 in time is a failure.
fn failure(answer: Result<Reply, NoReply>) -> Option<String> {
    match answer {
        Ok(reply) if reply.status == 200 => None,
        Ok(reply) => Some(format!("unexpected status {}", reply.status)),
        Err(NoReply::TimedOut) => Some("timeout awaiting response".to_owned()),
        Err(no_reply) => Some(no_reply.to_string()),
    }
}

fn alert(incident: &Incident, alert: &Alert) -> Value {
    let closed = alert.status == super::Severity::Ok;
    json!({
        "alert_id": alert.id, "data_source_id": incident.integration_id, "title": alert.title, "description": alert.description,
        "alert_key": alert.key, "alert_severity": alert.severity.name(), "alert_status": alert.status.name(),
        "progress": if closed { "Closed" } else { "Triggered" }, "start_time": alert.start_time,
        "last_time": alert.last_time, "end_time": alert.end_time, "close_time": alert.end_time, "labels": alert.labels,
        "created_at": alert.start_time, "updated_at": alert.last_time,
    })
}
