//! Alerts in, incidents out: one incident per alert key while it is open (reference sections 4.1 and 8.6).

use super::assign::{AssignTo, Target};
use super::config::worst;
use super::incident::{Alert, Assignment, Incident, Progress, Severity};
use super::refusal::Refusal;
use super::state::State;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// One event of an alert source.
#[derive(Clone, Debug)]
pub struct Push {
    /// `Ok` recovers the alert.
    pub status: Severity,
    pub title: String,
    /// The same key is the same alert.
    pub key: String,
    pub description: String,
    pub labels: BTreeMap<String, String>,
    pub images: Vec<Value>,
}

/// An incident about to be made.
pub struct Draft {
    pub title: String,
    pub description: String,
    pub severity: Severity,
    pub channel_id: i64,
    /// 0 = made by hand.
    pub integration_id: i64,
    pub labels: BTreeMap<String, String>,
    /// 0 = the system.
    pub creator_id: i64,
    /// None: the channel's rule decides.
    pub assign: Option<AssignTo>,
    pub alert: Option<Alert>,
}

impl State {
    /// Takes one alert event of an integration. Answers the incident it belongs to; none for the recovery of an unknown
    /// alert, which is ignored.
    pub fn push_alert(
        &mut self,
        integration_id: i64,
        channel_id: i64,
        push: Push,
        people: Option<Vec<i64>>,
    ) -> Result<Option<String>, Refusal> {
        let open = self.incidents.values().rev().find(|incident| {
            incident.is_open()
                && incident.integration_id == integration_id
                && incident.alerts.iter().any(|alert| alert.key == push.key)
        });
        match open.map(|incident| incident.id.clone()) {
            Some(id) => self.update_alert(&id, push).map(|()| Some(id)),
            None if push.status == Severity::Ok => Ok(None),
            None => {
                let draft = Draft {
                    title: push.title.clone(),
                    description: push.description.clone(),
                    severity: push.status,
                    channel_id,
                    integration_id,
                    labels: push.labels.clone(),
                    creator_id: 0,
                    assign: people.map(|ids| AssignTo { target: Target::People(ids), kind: "assign", emails: vec![] }),
                    alert: Some(self.new_alert(push)),
                };
                self.create(draft).map(Some)
            }
        }
    }

    /// Makes an incident, announces it, and gives it to somebody.
    pub fn create(&mut self, draft: Draft) -> Result<String, Refusal> {
        if let Some(to) = &draft.assign {
            self.check_target(to)?;
        }
        let (id, now) = (self.object_id(), self.now());
        let detail = json!({"severity": draft.severity.name(), "title": draft.title});
        let (creator_id, channel_id, assign) = (draft.creator_id, draft.channel_id, draft.assign.clone());
        self.incidents.insert(id.clone(), new_incident(id.clone(), now, draft));
        self.record(&id, "i_new", creator_id, detail);
        match assign {
            Some(to) => self.assign(creator_id, &id, &to)?,
            None => self.dispatch(&id, channel_id)?,
        }
        Ok(id)
    }

    fn update_alert(&mut self, incident_id: &str, push: Push) -> Result<(), Refusal> {
        let now = self.now();
        let fresh = self.new_alert(push.clone());
        let incident = self.incident_mut(incident_id)?;
        incident.last_time = now;
        incident.updated_at = now;
        let mut merged = false;
        match incident.alerts.iter_mut().rev().find(|alert| alert.key == push.key) {
            Some(alert) if alert.status != Severity::Ok => {
                alert.event_cnt += 1;
                alert.last_time = now;
                alert.status = push.status;
                if push.status == Severity::Ok {
                    alert.end_time = now;
                } else {
                    alert.severity = push.status;
                }
            }
            // A recovered alert of an incident that stays open (no automatic close) comes back as a further alert.
            _ if push.status != Severity::Ok => {
                incident.alerts.push(fresh);
                incident.end_time = 0;
                merged = true;
            }
            _ => return Ok(()),
        }
        let before = incident.severity;
        incident.status = worst(incident.alerts.iter().map(|alert| alert.status));
        if incident.status != Severity::Ok {
            incident.severity = worst(incident.alerts.iter().map(|alert| alert.severity));
        }
        let (after, status, channel_id) = (incident.severity, incident.status, incident.channel_id);
        if merged {
            self.record(incident_id, "a_merge", 0, json!({}));
        }
        if before != after {
            self.record(incident_id, "i_r_severity", 0, json!({"from": before.name(), "to": after.name()}));
        }
        if status == Severity::Ok {
            self.incident_mut(incident_id)?.end_time = now;
            if !self.channel(channel_id).is_some_and(|channel| channel.disable_auto_close) {
                self.close(0, incident_id, "event")?;
            }
        }
        Ok(())
    }

    /// The alert an event begins.
    pub fn new_alert(&self, push: Push) -> Alert {
        let now = self.now();
        Alert {
            id: self.object_id(),
            key: push.key,
            title: push.title,
            description: push.description,
            severity: push.status,
            status: push.status,
            start_time: now,
            last_time: now,
            end_time: 0,
            labels: push.labels,
            images: push.images,
            event_cnt: 1,
        }
    }
}

fn new_incident(id: String, now: i64, draft: Draft) -> Incident {
    Incident {
        id,
        title: draft.title,
        description: draft.description,
        impact: String::new(),
        root_cause: String::new(),
        resolution: String::new(),
        severity: draft.severity,
        status: draft.severity,
        progress: Progress::Triggered,
        start_time: now,
        last_time: now,
        end_time: 0,
        ack_time: 0,
        close_time: 0,
        created_at: now,
        updated_at: now,
        snoozed_before: 0,
        channel_id: draft.channel_id,
        integration_id: draft.integration_id,
        labels: draft.labels,
        fields: Map::new(),
        assigned_to: Assignment { kind: "assign", ..Assignment::default() },
        responders: Vec::new(),
        creator_id: draft.creator_id,
        closer_id: 0,
        owner_id: 0,
        alerts: draft.alert.into_iter().collect(),
        feed: Vec::new(),
        acts: Vec::new(),
        level_since: now,
        notified_at: 0,
        notified_times: 0,
    }
}
