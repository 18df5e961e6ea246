//! Flashduty's words into ours.

use crate::model::action;
use crate::model::asked::Level;
use crate::model::incident::{Fate, Incident, LastAct, Responder};
use crate::model::text::cut;
use contract::incident::{self as view, IncidentView, Progress, Severity};
use flashduty::webhook::Webhook;
use std::collections::BTreeMap;
use world::Millis;

/// Labels kept at most, for subscriptions to look at; Flashduty allows any number.
const LABELS_MAX: usize = 1_000;
/// Labels kept at most, in bytes of names and values together.
const LABELS_BYTES_MAX: usize = 256 * 1024;
/// Labels shown on a page at most.
const LABELS_SHOWN_MAX: usize = 200;
/// Responders kept at most; Flashduty takes 100 in one assignment.
const RESPONDERS_MAX: usize = 200;
/// Longest description kept, in bytes: Flashduty's 6,144 characters of Chinese fit.
const DESCRIPTION_BYTES_MAX: usize = 20_000;
/// Longest other text kept, in bytes: more than Flashduty's 2,048 characters of a label's value or 1,024 of a cause.
const TEXT_BYTES_MAX: usize = 6_500;

/// Longest name of a person or a thing kept, in bytes.
const NAME_BYTES_MAX: usize = 520;

/// Our mirror of what Flashduty says, of a size that can be kept, drawn and told thousands of times.
pub fn incident(from: &flashduty::Incident) -> Incident {
    Incident {
        id: from.incident_id.clone(),
        num: name(&from.number()),
        title: kept(&from.title),
        description: cut(&from.description, DESCRIPTION_BYTES_MAX),
        severity: severity(&from.severity),
        progress: progress(&from.progress),
        channel_id: from.channel_id,
        channel_name: name(&from.channel_name),
        started: from.start_time.or(from.created_at).unwrap_or_default(),
        acknowledged: from.ack_time,
        closed: from.close_time,
        snoozed_before: from.snoozed_before,
        updated: from.updated_at.unwrap_or_default(),
        labels: labels(&from.labels),
        responders: from.responders.iter().take(RESPONDERS_MAX).map(responder).collect(),
        level: level(from),
        alert_count: from.alert_count,
        root_cause: kept(&from.root_cause),
        resolution: kept(&from.resolution),
        last_act: None,
        fate: Fate::Live,
        read: false,
    }
}

/// The number people say for an incident of which only the id is known.
pub fn number(id: &str) -> String {
    name(&flashduty::Incident { incident_id: id.to_owned(), ..flashduty::Incident::default() }.number())
}

/// The mirror that a webhook brings, with who did what.
pub fn told(webhook: &Webhook) -> Incident {
    let who = webhook.person.as_ref().map(|person| name(&person.name)).filter(|name| !name.is_empty());
    let kind = name(&webhook.event_type);
    Incident { last_act: Some(LastAct { who, kind, at: webhook.event_at }), ..incident(&webhook.incident) }
}

/// What a page shows of an incident to the viewer with this member id.
pub fn incident_view(incident: &Incident, member_id: i64, now: Millis) -> IncidentView {
    let ms = |at: Option<Millis>| at.map(|at| at.0);
    IncidentView {
        id: incident.id.clone(),
        num: incident.num.clone(),
        title: incident.title.clone(),
        description: incident.description.clone(),
        severity: incident.severity,
        progress: incident.progress,
        snoozed_until_ms: ms(incident.snoozed_until(now)),
        channel: incident.channel_name.clone(),
        started_ms: incident.started.0,
        acknowledged_ms: ms(incident.acknowledged),
        closed_ms: ms(incident.closed),
        updated_ms: incident.updated.0,
        responders: incident.responders.iter().map(|one| responder_view(one, member_id)).collect(),
        labels: incident
            .labels
            .iter()
            .take(LABELS_SHOWN_MAX)
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        alert_count: incident.alert_count,
        root_cause: incident.root_cause.clone(),
        resolution: incident.resolution.clone(),
        last_act: incident.last_act.as_ref().map(|act| view::LastAct {
            who: act.who.clone(),
            kind: act.kind.clone(),
            at_ms: act.at.0,
        }),
        actions: action::offered(incident, Some(member_id), now),
    }
}

/// Flashduty's word for a state.
pub fn progress_of(progress: Progress) -> flashduty::Progress {
    match progress {
        Progress::Triggered => flashduty::Progress::Triggered,
        Progress::Processing => flashduty::Progress::Processing,
        Progress::Closed => flashduty::Progress::Closed,
    }
}

/// Flashduty's word for a severity.
pub fn severity_of(severity: Severity) -> flashduty::Severity {
    match severity {
        Severity::Critical => flashduty::Severity::Critical,
        Severity::Warning => flashduty::Severity::Warning,
        Severity::Info => flashduty::Severity::Info,
        Severity::Ok => flashduty::Severity::Ok,
    }
}

fn labels(from: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let pairs = from.iter().take(LABELS_MAX).map(|(label, value)| (name(label), kept(value)));
    let mut bytes = 0;
    let fits = |(label, value): &(String, String)| {
        bytes += label.len() + value.len();
        bytes <= LABELS_BYTES_MAX
    };
    pairs.take_while(fits).collect()
}

/// Where it is in its escalation rule, if it came through one.
fn level(from: &flashduty::Incident) -> Option<Level> {
    let assigned = from.assigned_to.as_ref()?;
    let rule_id = name(assigned.rule()?);
    Some(Level { rule_id, index: u32::try_from(assigned.layer_idx).unwrap_or_default() })
}

fn name(text: &str) -> String {
    cut(text, NAME_BYTES_MAX)
}

fn kept(text: &str) -> String {
    cut(text, TEXT_BYTES_MAX)
}

fn responder(from: &flashduty::Responder) -> Responder {
    Responder { member_id: from.person_id, name: name(&from.name), acknowledged: from.acknowledged_at }
}

fn responder_view(from: &Responder, member_id: i64) -> view::Responder {
    view::Responder {
        name: from.name.clone(),
        acknowledged_ms: from.acknowledged.map(|at| at.0),
        me: from.member_id == member_id,
    }
}

/// An unknown severity counts as the least one that is still shown as trouble.
fn severity(from: &flashduty::Severity) -> Severity {
    match from {
        flashduty::Severity::Critical => Severity::Critical,
        flashduty::Severity::Warning => Severity::Warning,
        flashduty::Severity::Ok => Severity::Ok,
        _ => Severity::Info,
    }
}

/// An unknown progress counts as open: nobody must overlook it.
fn progress(from: &flashduty::Progress) -> Progress {
    match from {
        flashduty::Progress::Processing => Progress::Processing,
        flashduty::Progress::Closed => Progress::Closed,
        _ => Progress::Triggered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_huge_incident_is_bounded_and_of_a_usual_one_whole() {
        let label = |n: usize| (format!("label{n}"), "值".repeat(2_048));
        let huge = flashduty::Incident {
            title: "T".repeat(1_000_000),
            channel_name: "C".repeat(1_000_000),
            labels: (0..2_000).map(label).collect(),
            responders: vec![flashduty::Responder { name: "N".repeat(9_000), ..Default::default() }; 3_000],
            ..Default::default()
        };
        let size = serde_json::to_string(&incident(&huge)).unwrap().len();
        assert!(size < 500_000, "{size}");
        let usual = flashduty::Incident { labels: (0..20).map(label).collect(), ..Default::default() };
        assert_eq!(incident(&usual).labels, usual.labels);
    }
}
