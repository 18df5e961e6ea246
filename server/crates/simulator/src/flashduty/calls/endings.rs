//! Merging, removing and editing incidents (reference section 5.6).

use super::super::fields::Fields;
use super::super::gate::Caller;
use super::super::incident::{Incident, Severity};
use super::super::merge::MergeInto;
use super::super::refusal::Refusal;
use super::super::state::State;
use serde_json::{Value, json};

type Answer = Result<Value, Refusal>;

/// `/incident/merge`
pub fn merge(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let wanted = MergeInto {
        source_ids: fields.required_object_ids("source_incident_ids", 100)?,
        target_id: fields.required_object_id("target_incident_id")?,
        title: fields.text("title", 512)?.filter(|title| !title.is_empty()),
        comment: fields.text("comment", 1_024)?.unwrap_or_default(),
        owner_id: fields.int("owner_id", 0..=i64::MAX)?.unwrap_or(0),
        remove_sources: fields.flag("remove_source_incidents")?.unwrap_or(false),
    };
    state.merge(caller.person_id, &wanted)?;
    Ok(json!({}))
}

/// `/incident/remove`
pub fn remove(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    state.remove(&fields.required_object_ids("incident_ids", 100)?)?;
    Ok(json!({}))
}

/// `/incident/reset`: edits what people may edit, at least one of it.
pub fn reset(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let id = fields.required_object_id("incident_id")?;
    state.incident(&id)?;
    let severity = fields.one_of("incident_severity", &Severity::NAMES[..3])?.and_then(Severity::named);
    let mut changes: Vec<(&'static str, Field, String)> = Vec::new();
    for (name, kind, field, most) in TEXTS {
        if let Some(text) = fields.text(name, most)? {
            if text.chars().count() < 3 {
                return Err(Refusal::parameter(name));
            }
            changes.push((kind, field, text));
        }
    }
    if changes.is_empty() && severity.is_none() {
        return Err(Refusal::parameter("title"));
    }
    for (kind, field, to) in changes {
        let from = std::mem::replace(field(state.incident_mut(&id)?), to.clone());
        state.record(&id, kind, caller.person_id, json!({"from": from, "to": to}));
    }
    if let Some(to) = severity {
        let from = std::mem::replace(&mut state.incident_mut(&id)?.severity, to);
        state.record(&id, "i_r_severity", caller.person_id, json!({"from": from.name(), "to": to.name()}));
    }
    Ok(json!({}))
}

/// One text of an incident.
type Field = fn(&mut Incident) -> &mut String;

/// Parameter, timeline type, text, most characters.
const TEXTS: [(&str, &str, Field, usize); 5] = [
    ("title", "i_r_title", |one| &mut one.title, 200),
    ("description", "i_r_desc", |one| &mut one.description, 6_144),
    ("impact", "i_r_impact", |one| &mut one.impact, 6_144),
    ("root_cause", "i_r_rc", |one| &mut one.root_cause, 6_144),
    ("resolution", "i_r_rsltn", |one| &mut one.resolution, 6_144),
];
