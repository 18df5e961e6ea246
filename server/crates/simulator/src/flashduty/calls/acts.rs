//! The calls that change incidents (reference sections 5.5-5.7). A batch is all or nothing: every incident is looked at
//! before any is touched.

use super::super::alerts::Draft;
use super::super::assign::{AssignTo, Target};
use super::super::fields::Fields;
use super::super::form;
use super::super::gate::Caller;
use super::super::incident::Severity;
use super::super::machine::Act;
use super::super::refusal::{Code, Refusal};
use super::super::state::State;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Answer = Result<Value, Refusal>;

/// `/incident/ack`
pub fn ack(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let ids = fields.required_object_ids("incident_ids", 100)?;
    fields.text("summary", 6_144)?;
    let form = form::filled(state, fields)?;
    let answer = act_on_all(state, caller, &ids, &Act::Acknowledge)?;
    form::keep(state, &ids, &form);
    Ok(answer)
}

/// `/incident/unack`
pub fn unack(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    act_on_all(state, caller, &fields.required_object_ids("incident_ids", 100)?, &Act::Unacknowledge)
}

/// `/incident/resolve`
pub fn resolve(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let ids = fields.required_object_ids("incident_ids", 100)?;
    let (root_cause, resolution) = (fields.text("root_cause", 1_024)?, fields.text("resolution", 1_024)?);
    fields.text("description", 6_144)?;
    fields.text("summary", 6_144)?;
    let form = form::filled(state, fields)?;
    let answer = act_on_all(state, caller, &ids, &Act::Resolve { root_cause, resolution })?;
    form::keep(state, &ids, &form);
    Ok(answer)
}

/// `/incident/reopen`
pub fn reopen(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let ids = fields.required_object_ids("incident_ids", 100)?;
    let reason = fields.text("reason", 1_024)?.unwrap_or_default();
    act_on_all(state, caller, &ids, &Act::Reopen { reason })
}

/// `/incident/snooze`
pub fn snooze(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let ids = fields.required_object_ids("incident_ids", 100)?;
    let minutes = fields.required_int("minutes", 1..=1_440)?;
    act_on_all(state, caller, &ids, &Act::Snooze { minutes })
}

/// `/incident/wake`
pub fn wake(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    act_on_all(state, caller, &fields.required_object_ids("incident_ids", 100)?, &Act::Wake)
}

/// `/incident/comment`
pub fn comment(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let ids = fields.required_object_ids("incident_ids", 100)?;
    let comment = fields.required_text("comment", 1_024)?;
    let mute_reply = fields.flag("mute_reply")?.unwrap_or(false);
    act_on_all(state, caller, &ids, &Act::Comment { comment, mute_reply })
}

/// `/incident/assign`: reassign to people or escalate to a level.
pub fn assign(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let ids = match fields.object_ids("incident_ids", 1..=100)? {
        Some(ids) => ids,
        None => vec![fields.required_object_id("incident_id")?],
    };
    let to = wanted_assignment(fields)?.ok_or_else(|| Refusal::parameter("assigned_to"))?;
    act_on_all(state, caller, &ids, &Act::Assign(to))
}

/// `/incident/responder/add`
pub fn add_responders(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let id = fields.required_object_id("incident_id")?;
    let person_ids = fields.required_ints("person_ids", 1..=100)?;
    fields.object("notify")?;
    act_on_all(state, caller, &[id], &Act::AddResponders { person_ids })
}

/// `/incident/create`
pub fn create(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let severity = fields.one_of("incident_severity", &Severity::NAMES[..3])?.and_then(Severity::named);
    let severity = severity.ok_or_else(|| Refusal::parameter("incident_severity"))?;
    let title = fields.required_text("title", 512)?;
    let description = fields.text("description", 1_024)?.unwrap_or_default();
    let channel_id = fields.int("channel_id", 0..=i64::MAX)?.unwrap_or(0);
    if channel_id != 0 && state.channel(channel_id).is_none() {
        return Err(Code::ResourceNotFound.into());
    }
    let assign = wanted_assignment(fields)?.ok_or_else(|| Refusal::parameter("assigned_to"))?;
    let form = form::filled(state, fields)?;
    let incident_id = state.create(Draft {
        title: title.clone(),
        description,
        severity,
        channel_id,
        integration_id: 0,
        labels: BTreeMap::new(),
        creator_id: caller.person_id,
        assign: Some(assign),
        alert: None,
    })?;
    form::keep(state, std::slice::from_ref(&incident_id), &form);
    state.note_act(&incident_id, "create", caller.person_id);
    Ok(json!({"incident_id": incident_id, "title": title}))
}

fn act_on_all(state: &mut State, caller: Caller, ids: &[String], act: &Act) -> Answer {
    for id in ids {
        state.check(id, act)?;
    }
    for id in ids {
        state.act(caller.person_id, id, act)?;
    }
    Ok(json!({}))
}

fn wanted_assignment(fields: &Fields) -> Result<Option<AssignTo>, Refusal> {
    let Some(to) = fields.object("assigned_to")? else { return Ok(None) };
    let kind = to.one_of("type", &["assign", "reassign", "escalate", "reopen"])?;
    let emails = to.texts("emails", 0..=100)?.unwrap_or_default();
    to.object("notify")?;
    let target = match (to.ints("person_ids", 1..=100)?, to.object_id("escalate_rule_id")?) {
        (Some(people), _) => Target::People(people),
        (None, Some(rule_id)) => {
            let layer_idx = to.int("layer_idx", 0..=100)?.unwrap_or(0);
            Target::Level { rule_id, layer_idx: layer_idx.unsigned_abs() as usize }
        }
        (None, None) => return Err(Refusal::parameter("assigned_to.person_ids")),
    };
    let usual = if matches!(target, Target::Level { .. }) { "escalate" } else { "assign" };
    Ok(Some(AssignTo { target, kind: kind.unwrap_or(usual), emails }))
}
