//! Who works on an incident: first assignment, reassignment, escalation, further responders and the notifications that
//! go with them (reference sections 4.1, 5.7 and 9.9).

use super::incident::{Assignment, Incident, Progress, Responder};
use super::refusal::{Code, Refusal};
use super::state::{NO_RULE, State};
use serde_json::{Value, json};

/// A wanted assignment.
#[derive(Clone, Debug)]
pub struct AssignTo {
    pub target: Target,
    /// `assign`, `reassign`, `escalate` or `reopen`.
    pub kind: &'static str,
    pub emails: Vec<String>,
}

/// People directly, or a level of an escalation rule (counted from 0).
#[derive(Clone, Debug)]
pub enum Target {
    People(Vec<i64>),
    Level { rule_id: String, layer_idx: usize },
}

impl AssignTo {
    /// Reassignment to people.
    pub fn people(person_ids: &[i64]) -> Self {
        Self { target: Target::People(person_ids.to_vec()), kind: "reassign", emails: Vec::new() }
    }

    /// Escalation to a level.
    pub fn level(rule_id: &str, layer_idx: usize) -> Self {
        Self { target: Target::Level { rule_id: rule_id.to_owned(), layer_idx }, kind: "escalate", emails: Vec::new() }
    }
}

impl State {
    /// Whether people, rule and level exist.
    pub fn check_target(&self, to: &AssignTo) -> Result<(), Refusal> {
        match &to.target {
            Target::People(ids) if ids.iter().all(|id| self.is_active(*id)) => Ok(()),
            Target::People(_) => Err(Code::ResourceNotFound.into()),
            Target::Level { rule_id, layer_idx } => {
                let rule = self.rule(rule_id).ok_or(Refusal::from(Code::ResourceNotFound))?;
                let exists = *layer_idx < rule.layers.len();
                exists.then_some(()).ok_or_else(|| Refusal::parameter("assigned_to.layer_idx"))
            }
        }
    }

    /// Replaces the responders and notifies them. A processing incident falls back to `Triggered` unless one of the new
    /// responders has acknowledged it already.
    pub fn assign(&mut self, actor_id: i64, incident_id: &str, to: &AssignTo) -> Result<(), Refusal> {
        let (now, id) = (self.now(), self.world.text(22));
        let (people, rule_id, rule_name, layer_idx) = match &to.target {
            Target::People(ids) => (ids.clone(), String::new(), String::new(), 0),
            Target::Level { rule_id, layer_idx } => {
                let name = self.rule(rule_id).map(|rule| rule.name.clone()).unwrap_or_default();
                (self.people_of_level(rule_id, *layer_idx), rule_id.clone(), name, *layer_idx)
            }
        };
        let direct = matches!(to.target, Target::People(_));
        let incident = self.incident_mut(incident_id)?;
        incident.assigned_to = Assignment {
            person_ids: if direct { people.clone() } else { Vec::new() },
            rule_id,
            rule_name,
            layer_idx,
            kind: to.kind,
            emails: to.emails.clone(),
            assigned_at: now,
            id,
        };
        replace_responders(incident, &people, now);
        self.record_assignment(actor_id, incident_id);
        Ok(())
    }

    /// After a reopening: the former assignment once more.
    pub fn assign_again(&mut self, actor_id: i64, incident_id: &str) {
        let (now, id) = (self.now(), self.world.text(22));
        let Ok(incident) = self.incident_mut(incident_id) else { return };
        incident.assigned_to.kind = "reopen";
        incident.assigned_to.assigned_at = now;
        incident.assigned_to.id = id;
        for responder in &mut incident.responders {
            responder.assigned_at = now;
        }
        if !incident.responders.is_empty() {
            self.record_assignment(actor_id, incident_id);
        }
    }

    /// Adds responders who are not there yet. False when all were.
    pub fn add_responders(&mut self, actor_id: i64, incident_id: &str, people: &[i64]) -> Result<bool, Refusal> {
        let now = self.now();
        let incident = self.incident_mut(incident_id)?;
        let mut added: Vec<i64> = Vec::new();
        for person_id in people.iter().copied() {
            if !incident.responders.iter().any(|responder| responder.person_id == person_id) {
                incident.responders.push(Responder { person_id, assigned_at: now, acknowledged_at: 0 });
                added.push(person_id);
            }
        }
        if added.is_empty() {
            return Ok(false);
        }
        self.record(incident_id, "i_a_rspd", actor_id, json!({"to": added}));
        self.notify(incident_id, "fire", &added);
        Ok(true)
    }

    /// Gives a new incident to the first level of its channel's first rule, if the channel has one.
    pub fn dispatch(&mut self, incident_id: &str, channel_id: i64) -> Result<(), Refusal> {
        let rules = self.rules.iter().filter(|rule| rule.channel_id == channel_id);
        let Some(rule_id) = rules.min_by_key(|rule| rule.priority).map(|rule| rule.id.clone()) else { return Ok(()) };
        let target = Target::Level { rule_id, layer_idx: 0 };
        self.assign(0, incident_id, &AssignTo { target, kind: "assign", emails: Vec::new() })
    }

    /// Tells people of the incident: one row of the timeline, and the repeats of the level start from here.
    pub fn notify(&mut self, incident_id: &str, fire_type: &str, people: &[i64]) {
        if people.is_empty() {
            return;
        }
        let (now, rid, msg_id) = (self.now(), self.world.text(22), self.world.text(22));
        let Ok(incident) = self.incident_mut(incident_id) else { return };
        incident.notified_at = now;
        incident.notified_times += 1;
        let persons: Vec<Value> = people.iter().map(|id| json!({"person_id": id})).collect();
        let detail = json!({
            "rid": rid, "msg_id": msg_id, "fire_type": fire_type, "by": "push",
            "escalate_rule_id": rule_id_on_wire(&incident.assigned_to.rule_id),
            "escalate_rule_name": incident.assigned_to.rule_name, "layer_idx": incident.assigned_to.layer_idx,
            "persons": persons, "chats": [], "robots": [],
        });
        self.record(incident_id, "i_notify", 0, detail);
    }

    fn record_assignment(&mut self, actor_id: i64, incident_id: &str) {
        let Ok(incident) = self.incident_mut(incident_id) else { return };
        let people: Vec<i64> = incident.responders.iter().map(|responder| responder.person_id).collect();
        let to = &incident.assigned_to;
        let detail = json!({
            "person_ids": to.person_ids, "escalate_rule_id": rule_id_on_wire(&to.rule_id),
            "escalate_rule_name": to.rule_name, "layer_idx": to.layer_idx, "type": to.kind, "emails": to.emails,
            "assigned_at": to.assigned_at, "id": to.id, "to": people,
        });
        self.record(incident_id, "i_assign", actor_id, detail);
        if let Ok(incident) = self.incident_mut(incident_id) {
            incident.notified_times = 0;
        }
        self.notify(incident_id, "fire", &people);
        self.fire_robots(incident_id, "fire");
    }

    fn people_of_level(&self, rule_id: &str, layer_idx: usize) -> Vec<i64> {
        let Some(layer) = self.rule(rule_id).and_then(|rule| rule.layers.get(layer_idx)) else { return Vec::new() };
        let now = self.now();
        let mut people = layer.person_ids.clone();
        let teams = self.teams.iter().filter(|team| layer.team_ids.contains(&team.id));
        people.extend(teams.flat_map(|team| team.person_ids.iter().copied()));
        let schedules = self.schedules.iter().filter(|schedule| layer.schedule_ids.contains(&schedule.id));
        people.extend(schedules.map(|schedule| schedule.turn(now).person_id));
        let mut once: Vec<i64> = Vec::new();
        for person_id in people {
            if self.is_active(person_id) && !once.contains(&person_id) {
                once.push(person_id);
            }
        }
        once
    }
}

/// The rule's id, or the zeros that stand for none.
pub fn rule_id_on_wire(rule_id: &str) -> &str {
    if rule_id.is_empty() { NO_RULE } else { rule_id }
}

fn replace_responders(incident: &mut Incident, people: &[i64], now: i64) {
    let former = std::mem::take(&mut incident.responders);
    for person_id in people.iter().copied() {
        if incident.responders.iter().any(|responder| responder.person_id == person_id) {
            continue;
        }
        let acknowledged_at =
            former.iter().find(|one| one.person_id == person_id).map_or(0, |responder| responder.acknowledged_at);
        incident.responders.push(Responder { person_id, assigned_at: now, acknowledged_at });
    }
    incident.level_since = now;
    let acknowledged = incident.responders.iter().any(|responder| responder.acknowledged_at > 0);
    if incident.progress == Progress::Processing && !acknowledged {
        incident.trigger_again(now);
    }
}
