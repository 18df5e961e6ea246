//! `/_sim/…`: the verbs over HTTP, for tests in other languages and for the demo. JSON in, JSON out; a refused verb
//! answers 400 `{"error": "<code>"}`. Acts answer when their webhooks have been delivered.
//!
//! | request | body or query | answer |
//! |---|---|---|
//! | `POST /_sim/raise` | `title, severity, channel_id, responder_ids[], description, labels{}, creator_id, alert_key`, all optional | `{incident_id}` |
//! | `POST /_sim/recover` | `incident_id` | `{changed}` |
//! | `POST /_sim/act` | `incident_id, person_id, act` and, by act, `minutes, comment, mute_reply, reason, root_cause, resolution, person_ids[]`; `act` is one of `acknowledge, unacknowledge, resolve, reopen, snooze, wake, comment, assign, add-responder` | `{changed}` |
//! | `GET /_sim/incidents` | | `{items[{incident_id, title, progress}]}` |
//! | `GET /_sim/incident?id=` | | the incident |
//! | `GET /_sim/feed?id=` | | `{items}`, oldest first |
//! | `GET /_sim/acts?id=` | | `{items[{act, actor_id, at_ms, changed}]}` |
//! | `GET /_sim/people` | | `{items[{member_id, key, name, email, password, role, licensed, deleted, app_key}]}` |
//! | `POST /_sim/member` | `member_id` and `licensed`, `role` (2, 6, 8), `deleted: true` | `{}` |
//! | `POST /_sim/key/revoke` | `key` | `{changed}` |
//! | `POST /_sim/webhook` | `url, headers{}, channel_ids[], event_types[]`; replaces all receivers, without `url` removes them | `{}` |
//! | `GET /_sim/webhook/history` | | `{items}`, oldest first |
//! | `GET`, `POST /_sim/settings` | the switches to turn, see [`super::Settings`] | all of them |
//! | `POST /_sim/rate` | `per_second, per_minute` of the account | `{}` |
//! | `POST /_sim/merge` | `person_id, target_incident_id, source_incident_ids[]`, `remove_source_incidents` | `{}` |
//! | `POST /_sim/remove` | `incident_id` | `{changed}` |
//! | `POST /_sim/happen` | `incident_id, kind`: something no document names | `{}` |
//! | `POST /_sim/robot` | `url`, `alias, rule_id, layer_idx, disable_at, is_at_all, severities[], reply_event_types[]` | `{changed}` |
//! | `POST /_sim/template` | `rule_id`, `dingtalk_app` | `{changed}` |
//! | `POST /_sim/run-due` | | `{}` |

mod more;

use super::assign::{AssignTo, Target};
use super::fields::Fields;
use super::incident::Severity;
use super::machine::Act;
use super::people::Role;
use super::rate::Limits;
use super::refusal::Refusal;
use super::verbs::Raise;
use super::webhook::WebhookTarget;
use super::{Flashduty, Settings};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

type Shared = State<Arc<Flashduty>>;

/// The control routes.
pub fn router(flashduty: Arc<Flashduty>) -> Router {
    Router::new()
        .route("/_sim/raise", post(raise))
        .route("/_sim/recover", post(recover))
        .route("/_sim/act", post(act))
        .route("/_sim/incidents", get(incidents))
        .route("/_sim/incident", get(incident))
        .route("/_sim/feed", get(feed))
        .route("/_sim/acts", get(acts))
        .route("/_sim/people", get(people))
        .route("/_sim/member", post(member))
        .route("/_sim/key/revoke", post(revoke_key))
        .route("/_sim/webhook", post(webhook))
        .route("/_sim/webhook/history", get(history))
        .route("/_sim/settings", get(settings).post(change_settings))
        .route("/_sim/rate", post(rate))
        .route("/_sim/run-due", post(run_due))
        .merge(more::routes())
        .with_state(flashduty)
}

/// The outcome of a control call.
struct Outcome(Result<Value, Refusal>);

impl IntoResponse for Outcome {
    fn into_response(self) -> Response {
        match self.0 {
            Ok(value) => axum::Json(value).into_response(),
            Err(refusal) => {
                let body = json!({"error": refusal.code.name(), "parameter": refusal.parameter});
                (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
            }
        }
    }
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    id: String,
}

async fn raise(State(flashduty): Shared, body: Bytes) -> Outcome {
    let wanted = Fields::parse(&body).and_then(|fields| read_raise(&fields));
    Outcome(match wanted {
        Ok(wanted) => flashduty.raise(wanted).await.map(|id| json!({"incident_id": id})),
        Err(refusal) => Err(refusal),
    })
}

fn read_raise(fields: &Fields) -> Result<Raise, Refusal> {
    let usual = Raise::default();
    Ok(Raise {
        title: fields.text("title", 512)?.unwrap_or(usual.title),
        description: fields.text("description", 6_144)?.unwrap_or_default(),
        severity: fields.one_of("severity", &Severity::NAMES[..3])?.and_then(Severity::named).unwrap_or(usual.severity),
        channel_id: fields.int("channel_id", 0..=i64::MAX)?.unwrap_or(usual.channel_id),
        responder_ids: fields.ints("responder_ids", 0..=100)?.unwrap_or_default(),
        labels: fields.text_map("labels", 128)?.into_iter().collect(),
        creator_id: fields.int("creator_id", 1..=i64::MAX)?,
        alert_key: fields.text("alert_key", 255)?,
    })
}

async fn recover(State(flashduty): Shared, body: Bytes) -> Outcome {
    let id = Fields::parse(&body).and_then(|fields| fields.required_object_id("incident_id"));
    Outcome(match id {
        Ok(id) => flashduty.recover(&id).await.map(|changed| json!({"changed": changed})),
        Err(refusal) => Err(refusal),
    })
}

async fn act(State(flashduty): Shared, body: Bytes) -> Outcome {
    let wanted = Fields::parse(&body).and_then(|fields| {
        let id = fields.required_object_id("incident_id")?;
        let person_id = fields.required_int("person_id", 1..=i64::MAX)?;
        Ok((id, person_id, read_act(&fields)?))
    });
    Outcome(match wanted {
        Ok((id, person_id, act)) => {
            flashduty.act_as(person_id, &id, act).await.map(|changed| json!({"changed": changed}))
        }
        Err(refusal) => Err(refusal),
    })
}

fn read_act(fields: &Fields) -> Result<Act, Refusal> {
    let people = || fields.required_ints("person_ids", 1..=100);
    Ok(match fields.required_text("act", 20)?.as_str() {
        "acknowledge" => Act::Acknowledge,
        "unacknowledge" => Act::Unacknowledge,
        "resolve" => Act::Resolve {
            root_cause: fields.text("root_cause", 1_024)?,
            resolution: fields.text("resolution", 1_024)?,
        },
        "reopen" => Act::Reopen { reason: fields.text("reason", 1_024)?.unwrap_or_default() },
        "snooze" => Act::Snooze { minutes: fields.required_int("minutes", 1..=1_440)? },
        "wake" => Act::Wake,
        "comment" => Act::Comment {
            comment: fields.required_text("comment", 1_024)?,
            mute_reply: fields.flag("mute_reply")?.unwrap_or(false),
        },
        "assign" => Act::Assign(AssignTo { target: Target::People(people()?), kind: "reassign", emails: Vec::new() }),
        "add-responder" => Act::AddResponders { person_ids: people()? },
        _ => return Err(Refusal::parameter("act")),
    })
}

async fn incidents(State(flashduty): Shared) -> Outcome {
    let state = flashduty.state();
    let rows = state.incidents.values().map(
        |incident| json!({"incident_id": incident.id, "title": incident.title, "progress": incident.progress.name()}),
    );
    Outcome(Ok(json!({"items": rows.collect::<Vec<_>>()})))
}

async fn incident(State(flashduty): Shared, Query(wanted): Query<Wanted>) -> Outcome {
    Outcome(flashduty.incident(&wanted.id).ok_or_else(|| Refusal::parameter("id")))
}

async fn feed(State(flashduty): Shared, Query(wanted): Query<Wanted>) -> Outcome {
    Outcome(Ok(json!({"items": flashduty.feed(&wanted.id)})))
}

async fn acts(State(flashduty): Shared, Query(wanted): Query<Wanted>) -> Outcome {
    let rows: Vec<Value> = flashduty
        .acts(&wanted.id)
        .into_iter()
        .map(|one| json!({"act": one.act, "actor_id": one.actor_id, "at_ms": one.at_ms, "changed": one.changed}))
        .collect();
    Outcome(Ok(json!({"items": rows})))
}

async fn people(State(flashduty): Shared) -> Outcome {
    let state = flashduty.state();
    let rows: Vec<Value> = state
        .members
        .values()
        .map(|one| {
            let key = state.app_keys.iter().find(|key| key.owner_id == one.id && key.enabled);
            json!({
                "member_id": one.id, "key": one.key, "name": one.name, "email": one.email, "password": one.password,
                "role": one.role.id(), "licensed": one.licensed, "deleted": one.deleted,
                "app_key": key.map(|key| key.secret.as_str()),
            })
        })
        .collect();
    Outcome(Ok(json!({"items": rows})))
}

async fn member(State(flashduty): Shared, body: Bytes) -> Outcome {
    let change = |fields: Fields| {
        let id = fields.required_int("member_id", 1..=i64::MAX)?;
        let role = match fields.int("role", 0..=100)? {
            None => None,
            Some(wanted) => {
                Some(Role::ALL.into_iter().find(|role| role.id() == wanted).ok_or_else(|| Refusal::parameter("role"))?)
            }
        };
        if let Some(licensed) = fields.flag("licensed")? {
            flashduty.set_licence(id, licensed);
        }
        if let Some(role) = role {
            flashduty.set_role(id, role);
        }
        if fields.flag("deleted")? == Some(true) {
            flashduty.delete_member(id);
        }
        Ok(json!({}))
    };
    Outcome(Fields::parse(&body).and_then(change))
}

async fn revoke_key(State(flashduty): Shared, body: Bytes) -> Outcome {
    let key = Fields::parse(&body).and_then(|fields| fields.required_text("key", 200));
    Outcome(key.map(|key| json!({"changed": flashduty.revoke_key(&key)})))
}

async fn webhook(State(flashduty): Shared, body: Bytes) -> Outcome {
    let target = Fields::parse(&body).and_then(|fields| {
        let Some(url) = fields.text("url", 2_000)? else { return Ok(None) };
        Ok(Some(WebhookTarget {
            url,
            headers: fields.text_map("headers", 100)?,
            channel_ids: fields.ints("channel_ids", 0..=100)?.unwrap_or_default(),
            event_types: fields.texts("event_types", 0..=100)?.unwrap_or_default(),
        }))
    });
    Outcome(target.map(|target| {
        flashduty.state().webhooks.targets.clear();
        if let Some(target) = target {
            flashduty.add_webhook(target);
        }
        json!({})
    }))
}

async fn history(State(flashduty): Shared) -> Outcome {
    Outcome(Ok(json!({"items": flashduty.webhook_history()})))
}

async fn settings(State(flashduty): Shared) -> Outcome {
    Outcome(Ok(json!(flashduty.state().settings)))
}

async fn change_settings(State(flashduty): Shared, body: Bytes) -> Outcome {
    let mut state = flashduty.state();
    let mut merged = json!(state.settings);
    let wanted: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(switches) = wanted.as_object() else { return Outcome(Err(Refusal::parameter("body"))) };
    for (name, value) in switches {
        merged[name.as_str()] = value.clone();
    }
    match serde_json::from_value::<Settings>(merged) {
        Ok(settings) => {
            state.settings = settings;
            Outcome(Ok(json!(state.settings)))
        }
        Err(_) => Outcome(Err(Refusal::parameter("body"))),
    }
}

async fn rate(State(flashduty): Shared, body: Bytes) -> Outcome {
    let limits = Fields::parse(&body).and_then(|fields| {
        let range = 1..=1_000_000;
        let (second, minute) =
            (fields.required_int("per_second", range.clone())?, fields.required_int("per_minute", range)?);
        Ok(Limits { per_second: second.unsigned_abs() as usize, per_minute: minute.unsigned_abs() as usize })
    });
    Outcome(limits.map(|limits| {
        flashduty.set_rate_limits(limits);
        json!({})
    }))
}

async fn run_due(State(flashduty): Shared) -> Outcome {
    flashduty.run_due().await;
    Outcome(Ok(json!({})))
}
