//! Channels and their escalation rules (reference sections 7.1 and 7.2).

use super::super::config::{Channel, Layer, Rule, worst};
use super::super::fields::{Fields, Page};
use super::super::gate::Caller;
use super::super::incident::{Incident, Progress};
use super::super::refusal::{Code, Refusal};
use super::super::state::State;
use serde_json::{Map, Value, json};

type Answer = Result<Value, Refusal>;

const ORDERS: [&str; 5] = ["ranking", "created_at", "updated_at", "channel_name", "last_incident_at"];

/// `/channel/list`
pub fn list(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let page = Page::of(fields, 100, 100)?;
    let query = fields.text("query", 200)?.unwrap_or_default().to_lowercase();
    let name = fields.text("channel_name", 200)?;
    let ids = fields.ints("channel_ids", 0..=1_000)?.filter(|ids| !ids.is_empty());
    let teams = fields.ints("team_ids", 0..=100)?.filter(|ids| !ids.is_empty());
    let orderby = fields.one_of("orderby", &ORDERS)?.unwrap_or("ranking");
    let ascending = fields.flag("asc")?.unwrap_or(true);
    fields.flag("is_brief")?;
    let mine = fields.flag("is_my_team")?.unwrap_or(false) || fields.flag("is_my_managed")?.unwrap_or(false);
    let starred = fields.flag("is_my_starred")?.unwrap_or(false);
    let is_mine = |channel: &Channel| {
        state.teams.iter().any(|team| team.id == channel.team_id && team.person_ids.contains(&caller.person_id))
    };
    let mut found: Vec<&Channel> = state
        .channels
        .iter()
        .filter(|channel| channel.name.to_lowercase().contains(&query))
        .filter(|channel| name.as_ref().is_none_or(|name| *name == channel.name))
        .filter(|channel| ids.as_ref().is_none_or(|ids| ids.contains(&channel.id)))
        .filter(|channel| teams.as_ref().is_none_or(|ids| ids.contains(&channel.team_id)))
        .filter(|channel| !starred && (!mine || is_mine(channel)))
        .collect();
    match orderby {
        "channel_name" => found.sort_by(|one, other| one.name.cmp(&other.name)),
        "created_at" | "updated_at" => found.sort_by_key(|channel| channel.created_at),
        _ => {}
    }
    if !ascending {
        found.reverse();
    }
    let total = found.len();
    let (found, has_next_page) = page.cut(found);
    let items: Vec<Value> = found.into_iter().map(|channel| channel_view(state, channel)).collect();
    Ok(json!({"items": items, "total": total, "has_next_page": has_next_page}))
}

/// `/channel/infos`: unknown ids are left out.
pub fn infos(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let ids = fields.required_ints("channel_ids", 1..=1_000)?;
    let found = state.channels.iter().filter(|channel| ids.contains(&channel.id));
    let items: Vec<Value> = found
        .map(|channel| json!({"channel_id": channel.id, "channel_name": channel.name, "status": "enabled"}))
        .collect();
    Ok(json!({"items": items}))
}

/// `/channel/escalate/rule/list`
pub fn rule_list(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let channel_id = fields.required_int("channel_id", 1..=i64::MAX)?;
    state.channel(channel_id).ok_or(Refusal::from(Code::ResourceNotFound))?;
    let mut rules: Vec<&Rule> = state.rules.iter().filter(|rule| rule.channel_id == channel_id).collect();
    rules.sort_by_key(|rule| rule.priority);
    Ok(json!({"items": rules.into_iter().map(rule_view).collect::<Vec<_>>()}))
}

/// `/channel/escalate/webhook/robot/list`
pub fn robot_list(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let query = fields.text("query", 200)?.unwrap_or_default().to_lowercase();
    let kind = fields.text("type", 40)?.filter(|kind| !kind.is_empty());
    let mut list: Vec<Value> = Vec::new();
    for rule in &state.rules {
        let channel = state.channel(rule.channel_id).map_or("", |channel| channel.name.as_str());
        let by = json!({
            "channel_id": rule.channel_id, "channel_name": channel, "escalate_rule_id": rule.id,
            "escalate_rule_name": rule.name,
        });
        for target in rule.layers.iter().flat_map(|layer| &layer.webhooks) {
            let alias = target["settings"]["alias"].as_str().unwrap_or_default().to_lowercase();
            let is_robot = target["settings"].get("token").is_some();
            if is_robot && alias.contains(&query) && kind.as_ref().is_none_or(|kind| target["type"] == kind.as_str()) {
                list.push(json!({"type": target["type"], "settings": target["settings"], "referenced_by": [by]}));
            }
        }
    }
    Ok(json!({"list": list}))
}

fn channel_view(state: &State, channel: &Channel) -> Value {
    let incidents: Vec<&Incident> =
        state.incidents.values().filter(|incident| incident.channel_id == channel.id).collect();
    let count = |progress| incidents.iter().filter(|incident| incident.progress == progress).count();
    let open = incidents.iter().filter(|incident| incident.is_open());
    let highest = worst(open.map(|incident| incident.severity));
    json!({
        "channel_id": channel.id, "channel_name": channel.name, "description": channel.description,
        "status": "enabled", "account_id": state.account.id, "team_id": channel.team_id, "managing_team_ids": [],
        "is_private": channel.is_private, "auto_resolve_timeout": channel.auto_resolve_timeout, "auto_resolve_mode": "update",
        "disable_auto_close": channel.disable_auto_close, "group": {"method": "n"}, "flapping": {"is_disabled": true},
        "progress_to_incident_cnts": {
            "Triggered": count(Progress::Triggered), "Processing": count(Progress::Processing),
        },
        "active_incident_highest_severity": highest.name(),
        "last_incident_at": incidents.iter().map(|incident| incident.start_time).max().unwrap_or(0),
        "is_starred": false, "created_at": channel.created_at, "updated_at": channel.created_at,
    })
}

fn rule_view(rule: &Rule) -> Value {
    json!({
        "rule_id": rule.id, "rule_name": rule.name, "description": "", "channel_id": rule.channel_id,
        "priority": rule.priority, "status": "enabled", "template_id": rule.template_id, "aggr_window": 0,
        "time_filters": [], "filters": [], "layers": rule.layers.iter().map(layer_view).collect::<Vec<_>>(),
        "created_at": rule.created_at, "updated_at": rule.created_at, "updated_by": rule.updated_by,
    })
}

fn layer_view(layer: &Layer) -> Value {
    let on_call: Map<String, Value> = layer.schedule_ids.iter().map(|id| (id.to_string(), json!([0]))).collect();
    json!({
        "max_times": layer.max_times, "notify_step": layer.notify_step, "escalate_window": layer.escalate_window,
        "force_escalate": layer.force_escalate,
        "target": {
            "person_ids": layer.person_ids, "team_ids": layer.team_ids, "schedule_to_role_ids": on_call, "emails": [],
            "by": {"follow_preference": true, "critical": [], "warning": [], "info": []},
            "webhooks": layer.webhooks,
        },
    })
}
