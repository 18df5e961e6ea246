//! What happens by itself when time passes: snoozes end, levels repeat and escalate, old incidents close (reference
//! sections 4.1 and 9.9). Run before every call and by [`super::Flashduty::run_due`], so the clock alone decides.

use super::assign::AssignTo;
use super::incident::{Incident, Progress};
use super::state::State;
use serde_json::json;

enum Due {
    SnoozeEnds,
    Escalates(AssignTo),
    Repeats,
    TimesOut,
}

impl State {
    /// Carries out everything that is due.
    pub fn run_timers(&mut self) {
        let open: Vec<String> =
            self.incidents.values().filter(|incident| incident.is_open()).map(|incident| incident.id.clone()).collect();
        for id in open {
            // Several levels may be overdue after a long pause; each round does one thing, and every thing it does
            // moves a deadline past the present, so this ends.
            while let Some(due) = self.incidents.get(&id).and_then(|incident| self.due(incident)) {
                self.carry_out(&id, due);
            }
        }
    }

    fn due(&self, incident: &Incident) -> Option<Due> {
        let now = self.now();
        if !incident.is_open() {
            return None;
        }
        if incident.snoozed_before > 0 && incident.snoozed_before <= now {
            return Some(Due::SnoozeEnds);
        }
        let timeout = self.channel(incident.channel_id).map_or(0, |channel| channel.auto_resolve_timeout);
        if timeout > 0 && incident.last_time + timeout <= now {
            return Some(Due::TimesOut);
        }
        let rule = self.rule(&incident.assigned_to.rule_id)?;
        let index = incident.assigned_to.layer_idx;
        let layer = rule.layers.get(index)?;
        let waiting = incident.progress == Progress::Triggered && !incident.is_snoozed(now);
        let window = layer.escalate_window * 60;
        let has_next = index + 1 < rule.layers.len();
        if window > 0 && has_next && (waiting || layer.force_escalate) && incident.level_since + window <= now {
            return Some(Due::Escalates(AssignTo::level(&rule.id, index + 1)));
        }
        let step = (layer.notify_step * 60.0) as i64;
        let repeats = waiting && step > 0 && incident.notified_at > 0 && incident.notified_times <= layer.max_times;
        (repeats && incident.notified_at + step <= now).then_some(Due::Repeats)
    }

    fn carry_out(&mut self, id: &str, due: Due) {
        match due {
            Due::SnoozeEnds => self.end_snooze(id),
            // The rule and the level were just read, so these cannot be refused.
            Due::Escalates(to) => drop(self.assign(0, id, &to)),
            Due::TimesOut => drop(self.close(0, id, "autorslv")),
            Due::Repeats => self.notify_responders(id),
        }
    }

    /// At the deadline an open incident is `Triggered` and notified again. No webhook type is documented for it; with
    /// [`super::Settings::wake_row_at_snooze_end`] an `i_wake` by the system is written, and so sent.
    fn end_snooze(&mut self, id: &str) {
        let (now, wake_row) = (self.now(), self.settings.wake_row_at_snooze_end);
        let Ok(incident) = self.incident_mut(id) else { return };
        let before = std::mem::take(&mut incident.snoozed_before);
        incident.trigger_again(now);
        incident.updated_at = now;
        incident.notified_times = 0;
        if wake_row {
            self.record(id, "i_wake", 0, json!({"snoozedBefore": before}));
        }
        self.notify_responders(id);
    }

    fn notify_responders(&mut self, id: &str) {
        let Ok(incident) = self.incident(id) else { return };
        let people: Vec<i64> = incident.responders.iter().map(|responder| responder.person_id).collect();
        self.fire_robots(id, "refire");
        if people.is_empty() {
            // Nobody to tell: count the round all the same, or it would stay due for ever.
            let now = self.now();
            if let Ok(incident) = self.incident_mut(id) {
                incident.notified_at = now;
                incident.notified_times += 1;
            }
            return;
        }
        self.notify(id, "refire", &people);
    }
}
