//! Our mirror of a Flashduty incident: what cards and rules need of it, and which update wins.

use contract::incident::{Progress, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use world::Millis;

/// Flashduty's timeline type of an incident's beginning.
const BEGINNING: &str = "i_new";

/// A Flashduty incident as last heard of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    pub id: String,
    pub num: String,
    pub title: String,
    pub description: String,
    pub severity: Severity,
    pub progress: Progress,
    pub channel_id: i64,
    pub channel_name: String,
    pub started: Millis,
    pub acknowledged: Option<Millis>,
    pub closed: Option<Millis>,
    pub snoozed_before: Option<Millis>,
    pub updated: Millis,
    pub labels: BTreeMap<String, String>,
    pub responders: Vec<Responder>,
    pub alert_count: i64,
    pub root_cause: String,
    pub resolution: String,
    pub last_act: Option<LastAct>,
}

/// A Member who is to handle an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responder {
    pub member_id: i64,
    pub name: String,
    pub acknowledged: Option<Millis>,
}

/// The last thing that happened, by Flashduty's timeline type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAct {
    /// None when Flashduty did it by itself.
    pub who: Option<String>,
    pub kind: String,
    pub at: Millis,
}

/// An incident in the database: with the time of the newest event applied, which decides what is newer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    pub integration: String,
    pub incident: Incident,
    pub event_at: Millis,
    pub version: i64,
}

impl Incident {
    /// An incident of which nothing but the id is known.
    pub fn empty(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            num: String::new(),
            title: String::new(),
            description: String::new(),
            severity: Severity::Info,
            progress: Progress::Triggered,
            channel_id: 0,
            channel_name: String::new(),
            started: Millis(0),
            acknowledged: None,
            closed: None,
            snoozed_before: None,
            updated: Millis(0),
            labels: BTreeMap::new(),
            responders: Vec::new(),
            alert_count: 0,
            root_cause: String::new(),
            resolution: String::new(),
            last_act: None,
        }
    }

    /// When the snooze ends, while it lasts.
    pub fn snoozed_until(&self, now: Millis) -> Option<Millis> {
        self.snoozed_before.filter(|until| *until > now && self.progress != Progress::Closed)
    }

    /// Who acknowledged first, if that is known.
    pub fn acknowledged_by(&self) -> Option<(&Responder, Millis)> {
        self.responders.iter().filter_map(|one| one.acknowledged.map(|at| (one, at))).min_by_key(|(_, at)| *at)
    }
}

impl Mirror {
    /// The first that is heard of an incident.
    pub fn new(integration: &str, incident: Incident, event_at: Millis) -> Self {
        Self { integration: integration.to_owned(), incident, event_at, version: 0 }
    }

    /// Takes what a webhook says unless something newer was applied before. True when anything changed. What happens in
    /// the moment an incident begins, such as its assignment, happens after its beginning, whichever is heard first.
    pub fn take(&mut self, newer: Incident, event_at: Millis) -> bool {
        let begins = newer.last_act.as_ref().is_some_and(|act| act.kind == BEGINNING);
        if event_at < self.event_at || (event_at == self.event_at && (begins || newer == self.incident)) {
            return false;
        }
        self.event_at = event_at;
        self.incident = self.with_known_names(newer);
        true
    }

    /// Takes what a read of the incident says now. A read carries no event time, only `updated` in whole seconds, so it
    /// never moves the event time past a webhook that may still be under way. It says nothing of who acted: a known
    /// last act stays unless the state differs from what it led to.
    pub fn take_read(&mut self, mut read: Incident) -> bool {
        if read.updated < self.incident.updated {
            return false;
        }
        let same_state = read.progress == self.incident.progress && read.snoozed_before == self.incident.snoozed_before;
        if read.last_act.is_none() && same_state {
            read.last_act.clone_from(&self.incident.last_act);
        }
        let read = self.with_known_names(read);
        self.event_at = self.event_at.max(read.updated);
        let changed = read != self.incident;
        self.incident = read;
        changed
    }

    /// Flashduty may leave out the names of responders (reference 4): those known already stay.
    fn with_known_names(&self, mut incident: Incident) -> Incident {
        for responder in incident.responders.iter_mut().filter(|one| one.name.is_empty()) {
            let known = self.incident.responders.iter().find(|known| known.member_id == responder.member_id);
            responder.name = known.map(|known| known.name.clone()).unwrap_or_default();
        }
        incident
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mirror() -> Mirror {
        Mirror { integration: "k".into(), incident: Incident::empty("i"), event_at: Millis(5_000), version: 1 }
    }

    fn closed(updated: i64) -> Incident {
        Incident { progress: Progress::Closed, updated: Millis(updated), ..Incident::empty("i") }
    }

    #[test]
    fn a_late_older_event_never_overwrites() {
        let mut mirror = mirror();
        assert!(!mirror.take(closed(0), Millis(4_999)));
        assert!(mirror.take(closed(0), Millis(5_001)));
        assert!(!mirror.take(Incident::empty("i"), Millis(5_000)));
        assert_eq!(mirror.incident.progress, Progress::Closed);
    }

    #[test]
    fn a_read_without_names_keeps_those_known() {
        let mut mirror = mirror();
        let named = |name: &str| Responder { member_id: 7, name: name.into(), acknowledged: None };
        mirror.incident.responders = vec![named("Li")];
        assert!(!mirror.take_read(Incident { responders: vec![named("")], ..Incident::empty("i") }));
        assert!(mirror.take(Incident { responders: vec![named("")], ..closed(9_000) }, Millis(9_000)));
        assert_eq!(mirror.incident.responders, [named("Li")]);
    }

    #[test]
    fn an_incident_begins_before_anything_else_happens_to_it() {
        let told = |kind: &str, responders: Vec<Responder>| Incident {
            last_act: Some(LastAct { who: None, kind: kind.into(), at: Millis(5_000) }),
            responders,
            ..Incident::empty("i")
        };
        let new = told("i_new", Vec::new());
        let assigned = told("i_assign", vec![Responder { member_id: 1, name: "Li".into(), acknowledged: None }]);
        for (first, second) in [(&new, &assigned), (&assigned, &new)] {
            let mut mirror = Mirror::new("k", first.clone(), Millis(5_000));
            mirror.take(second.clone(), Millis(5_000));
            assert_eq!(mirror.incident, assigned);
        }
    }

    #[test]
    fn a_read_does_not_hide_a_webhook_of_the_same_second() {
        let mut mirror = mirror();
        assert!(mirror.take_read(closed(6_000)));
        assert!(mirror.take(Incident { updated: Millis(6_000), ..Incident::empty("i") }, Millis(6_700)));
        assert_eq!(mirror.incident.progress, Progress::Triggered);
        assert!(!mirror.take_read(closed(5_000)), "a read of an older state is dropped");
    }
}
