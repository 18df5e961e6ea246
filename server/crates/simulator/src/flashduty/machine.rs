//! The state rules of an incident, as section 4.1 of the reference tells them. Whatever it leaves open is decided here:
//! whoever acknowledges becomes a responder; a return to `Triggered` clears the acknowledgements that are left; acts on a
//! closed incident are refused unless [`super::Settings::closed_acts_refused`] is off, then they do nothing.

use super::assign::AssignTo;
use super::incident::{ActRecord, Progress, Responder};
use super::refusal::{Code, Refusal};
use super::state::State;
use serde_json::json;

/// What somebody does to an incident.
#[derive(Clone, Debug)]
pub enum Act {
    Acknowledge,
    Unacknowledge,
    Resolve { root_cause: Option<String>, resolution: Option<String> },
    Reopen { reason: String },
    Snooze { minutes: i64 },
    Wake,
    Comment { comment: String, mute_reply: bool },
    Assign(AssignTo),
    AddResponders { person_ids: Vec<i64> },
}

impl Act {
    /// Close without saying why.
    pub fn resolve() -> Self {
        Act::Resolve { root_cause: None, resolution: None }
    }

    /// A comment that everybody hears of.
    pub fn comment(text: &str) -> Self {
        Act::Comment { comment: text.to_owned(), mute_reply: false }
    }

    /// The word under which the act is counted.
    pub fn name(&self) -> &'static str {
        match self {
            Act::Acknowledge => "acknowledge",
            Act::Unacknowledge => "unacknowledge",
            Act::Resolve { .. } => "resolve",
            Act::Reopen { .. } => "reopen",
            Act::Snooze { .. } => "snooze",
            Act::Wake => "wake",
            Act::Comment { .. } => "comment",
            Act::Assign(_) => "assign",
            Act::AddResponders { .. } => "add-responder",
        }
    }
}

impl State {
    /// Whether the act is possible now; nothing is changed. Called for every incident of a batch before any is touched.
    pub fn check(&self, incident_id: &str, act: &Act) -> Result<(), Refusal> {
        let incident = self.incident(incident_id)?;
        match act {
            Act::Reopen { .. } if incident.is_open() => return Err(Refusal::parameter("incident_ids")),
            Act::Acknowledge | Act::Unacknowledge | Act::Snooze { .. } | Act::Wake
                if !incident.is_open() && self.settings.closed_acts_refused =>
            {
                return Err(Refusal::parameter("incident_ids"));
            }
            Act::Assign(_) | Act::AddResponders { .. } if !incident.is_open() => {
                return Err(Refusal::parameter("incident_id"));
            }
            _ => {}
        }
        match act {
            Act::Assign(to) => self.check_target(to),
            Act::AddResponders { person_ids } if !person_ids.iter().all(|id| self.is_active(*id)) => {
                Err(Code::ResourceNotFound.into())
            }
            _ => Ok(()),
        }
    }

    /// Carries out an act of `actor_id` and keeps a record of it. False when there was nothing left to do.
    pub fn act(&mut self, actor_id: i64, incident_id: &str, act: &Act) -> Result<bool, Refusal> {
        self.check(incident_id, act)?;
        let changed = self.apply(actor_id, incident_id, act)?;
        let at_ms = self.world.now().0;
        self.incident_mut(incident_id)?.acts.push(ActRecord { act: act.name(), actor_id, at_ms, changed });
        Ok(changed)
    }

    /// Keeps a record of an act that changes nothing of the incident itself.
    pub fn note_act(&mut self, incident_id: &str, act: &'static str, actor_id: i64) {
        let at_ms = self.world.now().0;
        if let Ok(incident) = self.incident_mut(incident_id) {
            incident.acts.push(ActRecord { act, actor_id, at_ms, changed: true });
        }
    }

    fn apply(&mut self, actor_id: i64, incident_id: &str, act: &Act) -> Result<bool, Refusal> {
        match act {
            Act::Acknowledge => self.acknowledge(actor_id, incident_id),
            Act::Unacknowledge => self.unacknowledge(actor_id, incident_id),
            Act::Resolve { root_cause, resolution } => {
                let incident = self.incident_mut(incident_id)?;
                if incident.is_open() {
                    incident.root_cause = root_cause.clone().unwrap_or_else(|| incident.root_cause.clone());
                    incident.resolution = resolution.clone().unwrap_or_else(|| incident.resolution.clone());
                }
                self.close(actor_id, incident_id, "console")
            }
            Act::Reopen { reason } => self.reopen(actor_id, incident_id, reason),
            Act::Snooze { minutes } => self.snooze(actor_id, incident_id, *minutes),
            Act::Wake => self.wake(actor_id, incident_id),
            Act::Comment { comment, mute_reply } => {
                let detail = json!({"comment": comment, "mute_reply": mute_reply});
                if *mute_reply {
                    self.record_quietly(incident_id, "i_comm", actor_id, detail);
                } else {
                    self.record(incident_id, "i_comm", actor_id, detail);
                }
                Ok(true)
            }
            Act::Assign(to) => self.assign(actor_id, incident_id, to).map(|()| true),
            Act::AddResponders { person_ids } => self.add_responders(actor_id, incident_id, person_ids),
        }
    }

    fn acknowledge(&mut self, actor_id: i64, incident_id: &str) -> Result<bool, Refusal> {
        let now = self.now();
        let incident = self.incident_mut(incident_id)?;
        if !incident.is_open() {
            return Ok(false);
        }
        match incident.responders.iter_mut().find(|responder| responder.person_id == actor_id) {
            Some(responder) if responder.acknowledged_at > 0 => return Ok(false),
            Some(responder) => responder.acknowledged_at = now,
            None => {
                incident.responders.push(Responder { person_id: actor_id, assigned_at: now, acknowledged_at: now });
            }
        }
        if incident.progress == Progress::Triggered {
            incident.progress = Progress::Processing;
            incident.ack_time = now;
        }
        self.record(incident_id, "i_ack", actor_id, json!({"progress": Progress::Processing.name()}));
        Ok(true)
    }

    fn unacknowledge(&mut self, actor_id: i64, incident_id: &str) -> Result<bool, Refusal> {
        let now = self.now();
        let incident = self.incident_mut(incident_id)?;
        let own = incident.responders.iter_mut().find(|responder| responder.person_id == actor_id);
        let Some(own) = own.filter(|responder| responder.acknowledged_at > 0) else { return Ok(false) };
        if incident.progress == Progress::Closed {
            return Ok(false);
        }
        own.acknowledged_at = 0;
        if incident.responders.iter().all(|responder| responder.acknowledged_at == 0) {
            incident.trigger_again(now);
        }
        let progress = incident.progress.name();
        self.record(incident_id, "i_unack", actor_id, json!({"progress": progress}));
        Ok(true)
    }

    /// Closes an open incident; `from` is who or what did it (`console`, `event`, `autorslv`).
    pub fn close(&mut self, actor_id: i64, incident_id: &str, from: &str) -> Result<bool, Refusal> {
        let now = self.now();
        let incident = self.incident_mut(incident_id)?;
        if !incident.is_open() {
            return Ok(false);
        }
        incident.progress = Progress::Closed;
        incident.close_time = now;
        incident.closer_id = actor_id;
        incident.snoozed_before = 0;
        self.record(incident_id, "i_rslv", actor_id, json!({"from": from}));
        Ok(true)
    }

    fn reopen(&mut self, actor_id: i64, incident_id: &str, reason: &str) -> Result<bool, Refusal> {
        let now = self.now();
        let incident = self.incident_mut(incident_id)?;
        incident.trigger_again(now);
        incident.close_time = 0;
        incident.closer_id = 0;
        self.record(incident_id, "i_reopen", actor_id, json!({"reason": reason}));
        self.assign_again(actor_id, incident_id);
        Ok(true)
    }

    fn snooze(&mut self, actor_id: i64, incident_id: &str, minutes: i64) -> Result<bool, Refusal> {
        let now = self.now();
        let incident = self.incident_mut(incident_id)?;
        if !incident.is_open() {
            return Ok(false);
        }
        incident.snoozed_before = now + minutes * 60;
        self.record(incident_id, "i_snooze", actor_id, json!({"minutes": minutes}));
        Ok(true)
    }

    fn wake(&mut self, actor_id: i64, incident_id: &str) -> Result<bool, Refusal> {
        let now = self.now();
        let incident = self.incident_mut(incident_id)?;
        if !incident.is_open() || !incident.is_snoozed(now) {
            return Ok(false);
        }
        let before = std::mem::take(&mut incident.snoozed_before);
        incident.level_since = now;
        self.record(incident_id, "i_wake", actor_id, json!({"snoozedBefore": before}));
        Ok(true)
    }
}
