//! Our mirror of a Flashduty incident: what cards and rules need of it, and which update wins.

use super::asked::Level;
use contract::incident::{Progress, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use world::Millis;

/// How far two ends of a snooze may be apart that mean the same: the time a call takes, and clocks that differ.
const SNOOZE_MARGIN_MS: u64 = 15_000;

/// Flashduty's timeline type of an incident's beginning.
const BEGINNING: &str = "i_new";

/// Our own word for the last thing that is known of an incident that is gone.
pub const VANISHED: &str = "gone";

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
    /// The escalation rule it came through and the level it has reached; none for what was given to people by hand.
    #[serde(default)]
    pub level: Option<Level>,
    pub alert_count: i64,
    pub root_cause: String,
    pub resolution: String,
    pub last_act: Option<LastAct>,
    #[serde(default)]
    pub fate: Fate,
    /// The integration's own key has seen it. Only then its absence means that it is gone: a key may see less than
    /// webhooks tell.
    #[serde(default)]
    pub read: bool,
}

/// What became of an incident, besides its progress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Fate {
    /// It stands for itself.
    #[default]
    Live,
    /// Another one has its alerts.
    Merged {
        /// The other one's id.
        into: String,
        /// Its number, without `#`.
        num: String,
    },
    /// Flashduty has it no more.
    Gone,
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
            level: None,
            alert_count: 0,
            root_cause: String::new(),
            resolution: String::new(),
            last_act: None,
            fate: Fate::Live,
            read: false,
        }
    }

    /// The incident whose page tells more: its own id, or that of the one it was merged into.
    pub fn page_id(&self) -> &str {
        match &self.fate {
            Fate::Merged { into, .. } => into,
            Fate::Live | Fate::Gone => &self.id,
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
        let newer = self.with_what_is_known(newer);
        if event_at < self.event_at || (event_at == self.event_at && (begins || newer == self.incident)) {
            return false;
        }
        self.event_at = event_at;
        self.incident = newer;
        true
    }

    /// Takes what a read of the incident says now. A read carries no event time, only `updated` in whole seconds, so it
    /// never moves the event time past a webhook that may still be under way. It says nothing of who acted: a known
    /// last act stays unless the state differs from what it led to. `overtaken`: the mirror was written after the read
    /// was asked for, so within the same second the mirror is the newer one.
    pub fn take_read(&mut self, mut read: Incident, overtaken: bool) -> bool {
        if read.updated < self.incident.updated || (overtaken && read.updated == self.incident.updated) {
            return false;
        }
        let same_state = read.progress == self.incident.progress && same_snooze(&read, &self.incident);
        if read.last_act.is_none() && same_state {
            read.last_act.clone_from(&self.incident.last_act);
        }
        let read = self.with_what_is_known(read);
        self.event_at = self.event_at.max(read.updated);
        let changed = read != self.incident;
        self.incident = read;
        changed
    }

    /// An act of ours was done: nothing that only the mirror knows is lost by it.
    pub fn take_act(&mut self, after: Incident) {
        self.incident = self.with_what_is_known(after);
    }

    /// Flashduty has it no more, noticed at `now`. True when that is new. Only what happens later can bring it back.
    pub fn vanish(&mut self, now: Millis) -> bool {
        if self.incident.fate == Fate::Gone {
            return false;
        }
        let act = LastAct { who: None, kind: VANISHED.to_owned(), at: now };
        self.end(Fate::Gone, act);
        true
    }

    /// It became part of another one. True when that is new.
    pub fn merge(&mut self, into: &str, num: &str, act: LastAct) -> bool {
        let fate = Fate::Merged { into: into.to_owned(), num: num.to_owned() };
        // Who was opened again after the merge stands for itself.
        let reopened = self.incident.progress != Progress::Closed && self.event_at > act.at;
        if self.incident.id == into || self.incident.fate == fate || reopened {
            return false;
        }
        self.end(fate, act);
        true
    }

    fn end(&mut self, fate: Fate, act: LastAct) {
        self.event_at = self.event_at.max(act.at);
        self.incident.closed.get_or_insert(act.at);
        self.incident.progress = Progress::Closed;
        self.incident.snoozed_before = None;
        self.incident.fate = fate;
        self.incident.last_act = Some(act);
    }

    /// What newer word of an incident does not tell and the mirror knows. Flashduty may leave out the names of responders
    /// (reference 4); nobody but the merge itself tells of a merge.
    fn with_what_is_known(&self, mut incident: Incident) -> Incident {
        incident.read |= self.incident.read;
        let merged = matches!(self.incident.fate, Fate::Merged { .. });
        if merged && incident.fate == Fate::Live && incident.progress == Progress::Closed {
            incident.fate.clone_from(&self.incident.fate);
        }
        for responder in incident.responders.iter_mut().filter(|one| one.name.is_empty()) {
            let known = self.incident.responders.iter().find(|known| known.member_id == responder.member_id);
            responder.name = known.map(|known| known.name.clone()).unwrap_or_default();
        }
        incident
    }
}

/// Whether both are snoozed until the same moment, or neither is. An act of ours counts from our own clock, and not in
/// whole seconds.
fn same_snooze(one: &Incident, other: &Incident) -> bool {
    match (one.snoozed_before, other.snoozed_before) {
        (Some(one), Some(other)) => one.0.abs_diff(other.0) <= SNOOZE_MARGIN_MS,
        (one, other) => one.is_none() && other.is_none(),
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
        let read = Incident { responders: vec![named("")], read: true, ..Incident::empty("i") };
        assert!(mirror.take_read(read.clone(), false), "that it was seen is new");
        assert!(!mirror.take_read(Incident { read: false, ..read }, false), "and stays known");
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
        assert!(mirror.take_read(closed(6_000), false));
        assert!(mirror.take(Incident { updated: Millis(6_000), ..Incident::empty("i") }, Millis(6_700)));
        assert_eq!(mirror.incident.progress, Progress::Triggered);
        assert!(!mirror.take_read(closed(5_000), false), "a read of an older state is dropped");
    }

    #[test]
    fn a_read_that_was_overtaken_loses_within_its_second() {
        let mut mirror = mirror();
        assert!(mirror.take(Incident { title: "new".into(), ..closed(6_000) }, Millis(6_400)));
        assert!(!mirror.take_read(Incident { updated: Millis(6_000), ..Incident::empty("i") }, true));
        assert!(mirror.take_read(Incident { updated: Millis(7_000), ..Incident::empty("i") }, true));
    }

    #[test]
    fn a_read_of_our_own_snooze_keeps_who_did_it() {
        let mut mirror = mirror();
        let act = LastAct { who: Some("Li".into()), kind: "i_snooze".into(), at: Millis(5_000) };
        let until = |at| Incident { snoozed_before: Some(Millis(at)), ..Incident::empty("i") };
        mirror.take_act(Incident { last_act: Some(act.clone()), ..until(65_123) });
        mirror.take_read(Incident { updated: Millis(6_000), ..until(65_000) }, false);
        assert_eq!(mirror.incident.last_act, Some(act));
        mirror.take_read(Incident { updated: Millis(7_000), ..until(600_000) }, false);
        assert_eq!(mirror.incident.last_act, None, "another snooze is somebody else's");
    }

    #[test]
    fn what_is_gone_comes_back_only_by_later_news() {
        let mut mirror = mirror();
        assert!(mirror.vanish(Millis(9_000)) && !mirror.vanish(Millis(9_500)));
        assert_eq!((mirror.incident.progress, &mirror.incident.fate), (Progress::Closed, &Fate::Gone));
        assert!(!mirror.take(Incident::empty("i"), Millis(8_000)), "news from before");
        assert!(mirror.take(Incident::empty("i"), Millis(9_001)));
        assert_eq!((mirror.incident.progress, &mirror.incident.fate), (Progress::Triggered, &Fate::Live));
    }

    #[test]
    fn a_merged_incident_stays_merged_until_it_is_open_again() {
        let act = |at| LastAct { who: Some("Li".into()), kind: "i_merge".into(), at: Millis(at) };
        let mut mirror = mirror();
        assert!(!mirror.merge("i", "N", act(1)), "into itself");
        assert!(mirror.merge("j", "N", act(6_000)) && !mirror.merge("j", "N", act(6_000)));
        assert_eq!((mirror.incident.page_id(), mirror.event_at), ("j", Millis(6_000)));
        assert!(mirror.take(closed(7_000), Millis(7_000)));
        assert!(mirror.take_read(Incident { alert_count: 3, ..closed(7_000) }, false));
        assert_eq!(mirror.incident.page_id(), "j");
        assert!(mirror.take(Incident::empty("i"), Millis(8_000)));
        assert_eq!(mirror.incident.page_id(), "i");
    }

    #[test]
    fn mirrors_kept_before_there_were_fates_are_live() {
        let mut kept = serde_json::to_value(Incident::empty("i")).unwrap();
        kept.as_object_mut().unwrap().retain(|name, _| name != "fate" && name != "read");
        assert_eq!(serde_json::from_value::<Incident>(kept).unwrap(), Incident::empty("i"));
    }
}
