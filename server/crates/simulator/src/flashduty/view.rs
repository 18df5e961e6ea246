//! What the pretend Flashduty tells about its objects, field by field (reference sections 4, 5.3, 5.4, 6 and 8.1).

use super::assign::rule_id_on_wire;
use super::incident::{Alert, FeedRow, Incident, Responder, Severity};
use super::people::{Member, mask_phone};
use super::state::State;
use serde_json::{Map, Value, json};
use world::{Millis, World};

/// An incident as list and info answer it. Names of responders are left out: `/person/infos` has them.
pub fn incident(state: &State, incident: &Incident) -> Value {
    let mut view = incident_core(state, incident);
    let responders: Vec<Value> = incident.responders.iter().map(responder).collect();
    let alert_events: i64 = incident.alerts.iter().map(|alert| alert.event_cnt).sum();
    let (integration_ids, kinds) = integration_lists(incident);
    let more = json!({
        "channel_status": if incident.channel_id == 0 { "" } else { "enabled" },
        "account_locale": state.account.locale, "account_time_zone": state.account.time_zone,
        "responders": responders, "closer_id": incident.closer_id, "owner_id": incident.owner_id,
        "creator": person(state, incident.creator_id), "closer": person(state, incident.closer_id),
        "owner": person(state, incident.owner_id), "creator_id": incident.creator_id,
        "integration_id": incident.integration_id, "integration_ids": integration_ids, "integration_types": kinds,
        "integration_type": if incident.integration_id == 0 { "" } else { "standard" },
        "data_source_ids": integration_ids, "frequency": "rare", "ever_muted": false, "ai_summary": "",
        "active_alert_cnt": incident.active_alerts(), "alert_event_cnt": alert_events,
        "links": [], "images": [], "manual_overrides": [], "post_mortem_id": "",
    });
    merge(&mut view, more);
    if state.settings.odd_values {
        for name in ["impact", "root_cause", "resolution", "ai_summary", "links", "images", "owner", "closer"] {
            view.remove(name);
        }
        view.insert("creator".into(), Value::Null);
        view.insert("an_unknown_field".into(), json!({"of": ["the", "future"]}));
    }
    Value::Object(view)
}

/// The fields that list, info and webhook share.
fn incident_core(state: &State, incident: &Incident) -> Map<String, Value> {
    let to = &incident.assigned_to;
    let mut assigned_to = json!({
        "escalate_rule_id": rule_id_on_wire(&to.rule_id), "escalate_rule_name": to.rule_name,
        "layer_idx": to.layer_idx, "type": to.kind, "assigned_at": to.assigned_at, "id": to.id,
    });
    if let Some(fields) = assigned_to.as_object_mut() {
        if !to.person_ids.is_empty() {
            fields.insert("person_ids".into(), json!(to.person_ids));
        }
        if !to.emails.is_empty() {
            fields.insert("emails".into(), json!(to.emails));
        }
    }
    let dedup_key = incident.alerts.first().map(|alert| alert.key.clone()).unwrap_or_default();
    let core = json!({
        "incident_id": incident.id, "num": incident.num(), "account_id": state.account.id,
        "account_name": state.account.name, "channel_id": incident.channel_id,
        "channel_name": state.channel(incident.channel_id).map(|channel| channel.name.as_str()).unwrap_or_default(),
        "title": incident.title, "description": incident.description, "impact": incident.impact,
        "root_cause": incident.root_cause, "resolution": incident.resolution,
        "incident_severity": incident.severity.name(), "incident_status": incident.status.name(),
        "progress": incident.progress.name(), "group_method": "n",
        "start_time": incident.start_time, "last_time": incident.last_time, "end_time": incident.end_time,
        "ack_time": incident.ack_time, "close_time": incident.close_time,
        "snoozed_before": incident.snoozed_before, "created_at": incident.created_at,
        "updated_at": incident.updated_at, "labels": incident.labels, "fields": incident.fields,
        "alert_cnt": incident.alerts.len(), "assigned_to": assigned_to, "data_source_id": incident.integration_id,
        "dedup_key": dedup_key, "equals_md5": "",
        "detail_url": format!("{}/incident/detail/{}", state.base_url, incident.id),
    });
    match core {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The body of an incident webhook: `person` only for a human act, `creator` only for an incident made by hand, `closer`
/// only for a closing by hand, `labels` only for an incident from alerts; never detail of the timeline, never alerts.
pub fn webhook_body(state: &State, incident: &Incident, kind: &str, actor_id: i64, event_id: &str) -> Value {
    let mut view = incident_core(state, incident);
    let responders: Vec<Value> = incident.responders.iter().map(|one| named_responder(state, one)).collect();
    let ids: Vec<i64> = incident.responders.iter().map(|responder| responder.person_id).collect();
    merge(&mut view, json!({"responders": responders, "responder_ids": ids, "creator_id": incident.creator_id}));
    for (name, person_id) in [("creator", incident.creator_id), ("closer", incident.closer_id)] {
        if person_id != 0 {
            view.insert(name.into(), brief(state, person_id));
        }
    }
    if incident.integration_id == 0 {
        view.remove("labels");
    }
    let mut body = json!({
        "event_id": event_id, "event_time": state.world.now().0, "event_type": kind, "incident": view,
    });
    if let (Some(fields), true) = (body.as_object_mut(), actor_id != 0) {
        fields.insert("person".into(), brief(state, actor_id));
    }
    body
}

/// A row of the timeline; times in milliseconds.
pub fn feed_row(state: &State, row: &FeedRow) -> Value {
    json!({
        "ref_id": row.ref_id, "type": row.kind, "detail": row.detail, "account_id": state.account.id,
        "creator_id": row.creator_id, "created_at": row.created_at_ms, "updated_at": row.created_at_ms,
    })
}

/// An alert inside an incident.
pub fn alert(state: &State, incident: &Incident, alert: &Alert, with_events: bool) -> Value {
    let integration = state.integrations.iter().find(|one| one.id == incident.integration_id);
    let mut view = json!({
        "alert_id": alert.id, "integration_id": incident.integration_id,
        "integration_name": integration.map(|one| one.name.as_str()).unwrap_or_default(),
        "integration_type": "standard", "integration_ref_id": "", "channel_id": incident.channel_id,
        "channel_name": state.channel(incident.channel_id).map(|channel| channel.name.as_str()).unwrap_or_default(),
        "title": alert.title, "title_rule": alert.title, "description": alert.description, "alert_key": alert.key,
        "alert_severity": alert.severity.name(), "alert_status": alert.status.name(),
        "progress": if alert.status == Severity::Ok || !incident.is_open() { "Closed" } else { "Triggered" },
        "start_time": alert.start_time, "last_time": alert.last_time, "end_time": alert.end_time,
        "labels": alert.labels, "ever_muted": false, "event_cnt": alert.event_cnt, "images": alert.images,
        "responder_name": "", "responder_email": "", "created_at": alert.start_time, "updated_at": alert.last_time,
        "incident": {
            "incident_id": incident.id, "title": incident.title, "progress": incident.progress.name(),
        },
    });
    if let (Some(fields), true) = (view.as_object_mut(), with_events) {
        let event = json!({
            "event_id": alert.id, "event_time": alert.last_time, "event_severity": alert.severity.name(),
            "event_status": alert.status.name(), "title": alert.title, "labels": alert.labels,
        });
        fields.insert("events".into(), json!([event]));
    }
    view
}

/// A row of `/member/list`.
pub fn member(state: &State, member: &Member) -> Value {
    json!({
        "account_id": state.account.id, "member_id": member.id, "member_name": member.name, "country_code": "CN",
        "phone": member.masked_phone(), "email": member.email, "locale": member.locale,
        "time_zone": state.account.time_zone, "phone_verified": member.phone_verified,
        "email_verified": member.email_verified, "avatar": "/image/avatar1.png", "status": member.status(),
        "account_role_ids": [member.role.id()], "is_external": false, "ref_id": member.ref_id,
        "created_at": member.created_at, "updated_at": member.updated_at,
    })
}

/// The answer of `/member/info`.
pub fn credential_owner(state: &State, member: &Member) -> Value {
    let account = &state.account;
    json!({
        "account_id": account.id, "account_name": account.name, "account_email": account.email,
        "account_avatar": "/image/avatar0.png", "account_role_ids": [member.role.id()],
        "account_locale": account.locale, "account_time_zone": account.time_zone, "domain": account.domain,
        "member_id": member.id, "member_name": member.name, "phone": member.masked_phone(),
        "phone_verified": member.phone_verified, "email": member.email, "email_verified": member.email_verified,
        "country_code": "CN", "avatar": "/image/avatar1.png", "locale": member.locale,
        "time_zone": account.time_zone, "is_external": false, "status": member.status(),
        "created_at": member.created_at,
    })
}

/// A row of `/person/infos`; none for an unknown id. The account itself is a person too.
pub fn person_info(state: &State, person_id: i64) -> Option<Value> {
    let account = &state.account;
    if person_id == account.id {
        return Some(json!({
            "account_id": account.id, "person_id": account.id, "person_name": account.name,
            "avatar": "/image/avatar0.png", "locale": account.locale, "time_zone": account.time_zone,
            "email": account.email, "phone": "", "country_code": "CN", "phone_verified": false,
            "email_verified": true, "as": "account", "status": "enabled",
        }));
    }
    let member = state.members.get(&person_id)?;
    Some(json!({
        "account_id": account.id, "person_id": member.id, "person_name": member.name, "avatar": "/image/avatar1.png",
        "locale": member.locale, "time_zone": account.time_zone, "email": member.email,
        "phone": mask_phone(&member.phone), "country_code": "CN", "phone_verified": member.phone_verified,
        "email_verified": member.email_verified, "as": "member", "status": member.status(),
    }))
}

/// The name people read; empty for the system and for unknown ids.
pub fn person_name(state: &State, person_id: i64) -> String {
    if person_id == state.account.id {
        return state.account.name.clone();
    }
    state.members.get(&person_id).map(|member| member.name.clone()).unwrap_or_default()
}

/// A moment as the webhook history writes it, in the account's zone (+08:00).
pub fn local_time(moment: Millis) -> String {
    let offset = jiff::tz::offset(8);
    match jiff::Timestamp::from_millisecond(moment.0) {
        Ok(timestamp) => timestamp.display_with_offset(offset).to_string(),
        Err(_) => String::new(),
    }
}

/// An event's id as the webhook history writes it: the day, then chance.
pub fn history_id(world: &World) -> String {
    let day = local_time(world.now()).chars().filter(char::is_ascii_digit).take(8).collect::<String>();
    format!("{day}X{}", world.text(22))
}

fn person(state: &State, person_id: i64) -> Value {
    match person_info(state, person_id) {
        Some(info) => json!({
            "person_id": person_id, "person_name": info["person_name"], "email": info["email"], "as": info["as"],
        }),
        None => Value::Null,
    }
}

fn brief(state: &State, person_id: i64) -> Value {
    let info = person_info(state, person_id).unwrap_or_default();
    json!({"person_id": person_id, "person_name": info["person_name"], "email": info["email"]})
}

fn responder(one: &Responder) -> Value {
    json!({"person_id": one.person_id, "assigned_at": one.assigned_at, "acknowledged_at": one.acknowledged_at})
}

fn named_responder(state: &State, one: &Responder) -> Value {
    let mut view = brief(state, one.person_id);
    view["assigned_at"] = json!(one.assigned_at);
    view["acknowledged_at"] = json!(one.acknowledged_at);
    view
}

fn integration_lists(incident: &Incident) -> (Vec<i64>, Vec<&'static str>) {
    if incident.integration_id == 0 {
        (Vec::new(), Vec::new())
    } else {
        (vec![incident.integration_id], vec!["standard"])
    }
}

fn merge(view: &mut Map<String, Value>, more: Value) {
    if let Value::Object(more) = more {
        view.extend(more);
    }
}
