//! Alerts pushed in, and what became of webhooks pushed out (reference sections 8.5 and 8.6).

use super::super::alerts::Push;
use super::super::fields::Fields;
use super::super::gate::Caller;
use super::super::incident::Severity;
use super::super::refusal::{Code, Refusal};
use super::super::state::State;
use serde_json::{Value, json};

/// `/event/push/alert/standard`: the credential is the integration's key.
pub fn push_alert(state: &mut State, key: &str, fields: &Fields) -> Result<Value, Refusal> {
    let integration = state.integrations.iter().find(|integration| integration.key == key);
    let (id, channel_id) = integration.map(|one| (one.id, one.channel_id)).ok_or(Refusal::from(Code::Unauthorized))?;
    let now = state.world.now();
    if !state.rates.allow_push(id, now) {
        return Err(Code::RequestTooFrequently.into());
    }
    let status = fields.one_of("event_status", &Severity::NAMES)?.and_then(Severity::named);
    let status = status.ok_or_else(|| Refusal::parameter("event_status"))?;
    // A longer title is cut, not refused.
    let title: String = fields.required_text("title_rule", usize::MAX)?.chars().take(512).collect();
    let key = match fields.text("alert_key", 255)?.filter(|key| !key.is_empty()) {
        Some(key) => key,
        None => state.world.text(22),
    };
    let push = Push {
        status,
        title,
        key: key.clone(),
        description: fields.text("description", 2_048)?.unwrap_or_default(),
        labels: fields.text_map("labels", 128)?.into_iter().collect(),
        images: fields.objects("images", 20)?,
    };
    state.push_alert(id, channel_id, push, None)?;
    Ok(json!({"alert_key": key}))
}

/// `/webhook/history/list`: newest first unless `asc`; times in milliseconds.
pub fn webhook_history(state: &mut State, _: Caller, fields: &Fields) -> Result<Value, Refusal> {
    if !state.settings.webhook_history {
        return Err(Code::RouteNotFound.into());
    }
    let milliseconds = 1_000_000_000_000..=9_999_999_999_999;
    let start = fields.required_int("start_time", milliseconds.clone())?;
    let end = fields.required_int("end_time", milliseconds)?;
    let limit = fields.required_int("limit", 1..=100)?.unsigned_abs() as usize;
    let after = fields.text("search_after_ctx", 20)?.filter(|context| !context.is_empty());
    let skip = after.map_or(Ok(0), |context| context.parse::<usize>());
    let skip = skip.map_err(|_| Refusal::parameter("search_after_ctx"))?;
    fields.one_of("orderby", &["event_time"])?;
    let status = fields.one_of("status", &["success", "failed"])?;
    let (ref_id, integration_id) = (fields.object_id("ref_id")?, fields.int("integration_id", 0..=i64::MAX)?);
    let types = fields.texts("event_types", 0..=100)?.unwrap_or_default();
    let is = |row: &Value, name: &str, wanted: Option<&str>| wanted.is_none_or(|wanted| row[name] == wanted);
    let mut rows: Vec<&Value> = state
        .webhooks
        .history
        .iter()
        .filter(|(at, _)| (start..=end).contains(&at.0))
        .map(|(_, row)| row)
        .filter(|row| is(row, "status", status) && is(row, "ref_id", ref_id.as_deref()))
        .filter(|row| integration_id.is_none_or(|id| row["integration_id"] == id))
        .filter(|row| types.is_empty() || types.iter().any(|one| row["event_type"] == one.as_str()))
        .collect();
    if !fields.flag("asc")?.unwrap_or(false) {
        rows.reverse();
    }
    let total = rows.len();
    let told = |row: &Value| {
        let mut row = row.clone();
        if let (Some(fields), false) = (row.as_object_mut(), state.settings.history_bodies) {
            fields.remove("request_body");
            fields.remove("response_body");
        }
        row
    };
    let items: Vec<Value> = rows.into_iter().skip(skip).take(limit).map(told).collect();
    let next = skip + items.len();
    let context = if next < total { next.to_string() } else { String::new() };
    Ok(json!({"items": items, "total": total, "search_after_ctx": context}))
}

/// `/webhook/history/detail`: the last attempt of an event at an integration.
pub fn webhook_attempt(state: &mut State, _: Caller, fields: &Fields) -> Result<Value, Refusal> {
    if !state.settings.webhook_history {
        return Err(Code::RouteNotFound.into());
    }
    let event_id = fields.required_text("event_id", 100)?;
    let integration_id = fields.required_int("integration_id", 1..=i64::MAX)?;
    let fits =
        |row: &&(world::Millis, Value)| row.1["event_id"] == event_id && row.1["integration_id"] == integration_id;
    let found = state.webhooks.history.iter().rev().find(fits).map(|(_, row)| row.clone());
    let mut row = found.ok_or(Refusal::from(Code::ResourceNotFound))?;
    let incident = row["ref_id"].as_str().and_then(|id| state.incidents.get(id));
    row["ref_title"] = json!(incident.map(|one| one.title.clone()).unwrap_or_default());
    let channel = row["channel_id"].as_i64().and_then(|id| state.channel(id));
    row["channel_name"] = json!(channel.map(|one| one.name.clone()).unwrap_or_default());
    Ok(row)
}
