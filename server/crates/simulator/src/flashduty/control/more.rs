//! The half of the control calls that is about configuration and about ends of incidents.

use super::{Outcome, Shared};
use crate::flashduty::fields::Fields;
use crate::flashduty::merge::MergeInto;
use crate::flashduty::refusal::Refusal;
use crate::flashduty::robot::RobotTarget;
use crate::flashduty::{Flashduty, seed};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use serde_json::json;
use std::sync::Arc;

/// Their routes.
pub(super) fn routes() -> Router<Arc<Flashduty>> {
    Router::new()
        .route("/_sim/merge", post(merge))
        .route("/_sim/remove", post(remove))
        .route("/_sim/happen", post(happen))
        .route("/_sim/robot", post(robot))
        .route("/_sim/template", post(template))
}

async fn merge(State(flashduty): Shared, body: Bytes) -> Outcome {
    let wanted = Fields::parse(&body).and_then(|fields| {
        let wanted = MergeInto {
            target_id: fields.required_object_id("target_incident_id")?,
            source_ids: fields.required_object_ids("source_incident_ids", 100)?,
            remove_sources: fields.flag("remove_source_incidents")?.unwrap_or(false),
            ..MergeInto::default()
        };
        Ok((fields.required_int("person_id", 1..=i64::MAX)?, wanted))
    });
    Outcome(match wanted {
        Ok((person_id, wanted)) => flashduty.merge_as(person_id, &wanted).await.map(|()| json!({})),
        Err(refusal) => Err(refusal),
    })
}

async fn remove(State(flashduty): Shared, body: Bytes) -> Outcome {
    let id = Fields::parse(&body).and_then(|fields| fields.required_object_id("incident_id"));
    Outcome(id.map(|id| json!({"changed": flashduty.remove(&id)})))
}

async fn happen(State(flashduty): Shared, body: Bytes) -> Outcome {
    let wanted = Fields::parse(&body)
        .and_then(|fields| Ok((fields.required_object_id("incident_id")?, fields.required_text("kind", 100)?)));
    Outcome(match wanted {
        Ok((id, kind)) => flashduty.happen(&id, &kind).await.map(|()| json!({})),
        Err(refusal) => Err(refusal),
    })
}

async fn robot(State(flashduty): Shared, body: Bytes) -> Outcome {
    let wanted = Fields::parse(&body).and_then(|fields| {
        let robot = RobotTarget {
            token: fields.required_text("url", 2_000)?,
            alias: fields.text("alias", 100)?.unwrap_or_else(|| "robot".to_owned()),
            disable_at: fields.flag("disable_at")?.unwrap_or(false),
            is_at_all: fields.flag("is_at_all")?.unwrap_or(false),
            severities: fields.texts("severities", 0..=10)?.unwrap_or_default(),
            reply_event_types: fields.texts("reply_event_types", 0..=50)?.unwrap_or_default(),
        };
        let rule_id = fields.object_id("rule_id")?.unwrap_or_else(|| seed::PAYMENTS_RULE.to_owned());
        Ok((rule_id, fields.int("layer_idx", 0..=100)?.unwrap_or(0), robot))
    });
    Outcome(wanted.map(|(rule_id, layer_idx, robot)| {
        let changed = flashduty.add_robot(&rule_id, layer_idx.unsigned_abs() as usize, &robot);
        json!({"changed": changed})
    }))
}

async fn template(State(flashduty): Shared, body: Bytes) -> Outcome {
    let wanted = Fields::parse(&body).and_then(|fields| {
        let text = fields.text("dingtalk_app", 20_000)?.ok_or_else(|| Refusal::parameter("dingtalk_app"))?;
        Ok((fields.object_id("rule_id")?.unwrap_or_else(|| seed::PAYMENTS_RULE.to_owned()), text))
    });
    Outcome(wanted.map(|(rule_id, text)| json!({"changed": flashduty.set_template(&rule_id, &text)})))
}
