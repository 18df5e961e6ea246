//! Incidents that end by becoming part of another one, or by being removed (reference sections 3.1, 4.1 and 5.6).
//!
//! The document tells no event type for a removal, so nobody is told of one. Who hears of a merge is left open: the
//! target always, the sources by [`super::Settings::merge_told_to_sources`].

use super::Flashduty;
use super::incident::Progress;
use super::refusal::Refusal;
use super::state::State;
use serde_json::{Value, json};

/// A wanted merge.
#[derive(Clone, Debug, Default)]
pub struct MergeInto {
    pub target_id: String,
    pub source_ids: Vec<String>,
    /// The target's new title; it keeps its own when absent.
    pub title: Option<String>,
    pub comment: String,
    /// 0 = nobody.
    pub owner_id: i64,
    /// The sources are removed instead of closed.
    pub remove_sources: bool,
}

impl State {
    /// Moves the alerts of the sources to the target. Sources are closed, having none left, or removed.
    pub fn merge(&mut self, actor_id: i64, wanted: &MergeInto) -> Result<(), Refusal> {
        if !self.incident(&wanted.target_id)?.is_open() {
            return Err(Refusal::parameter("target_incident_id"));
        }
        for id in &wanted.source_ids {
            self.incident(id)?;
            if *id == wanted.target_id {
                return Err(Refusal::parameter("source_incident_ids"));
            }
        }
        let detail = self.merge_detail(wanted)?;
        let mut alerts = Vec::new();
        for id in &wanted.source_ids {
            alerts.append(&mut self.incident_mut(id)?.alerts);
        }
        let now = self.now();
        let target = self.incident_mut(&wanted.target_id)?;
        target.alerts.append(&mut alerts);
        target.last_time = now;
        if let Some(title) = &wanted.title {
            target.title.clone_from(title);
        }
        if wanted.owner_id != 0 {
            target.owner_id = wanted.owner_id;
        }
        self.record(&wanted.target_id, "i_merge", actor_id, detail.clone());
        for id in &wanted.source_ids {
            if wanted.remove_sources {
                self.incidents.remove(id);
            } else {
                self.end_source(actor_id, id, &detail)?;
            }
        }
        Ok(())
    }

    /// Removes incidents. Every id is looked at before any is touched.
    pub fn remove(&mut self, ids: &[String]) -> Result<(), Refusal> {
        for id in ids {
            self.incident(id)?;
        }
        for id in ids {
            self.incidents.remove(id);
        }
        Ok(())
    }

    fn end_source(&mut self, actor_id: i64, id: &str, detail: &Value) -> Result<(), Refusal> {
        let (now, told) = (self.now(), self.settings.merge_told_to_sources);
        let source = self.incident_mut(id)?;
        if source.is_open() {
            source.progress = Progress::Closed;
            source.close_time = now;
            source.closer_id = actor_id;
            source.snoozed_before = 0;
        }
        if told {
            self.record(id, "i_merge", actor_id, detail.clone());
        } else {
            self.record(id, "i_rslv", actor_id, json!({"from": "console"}));
        }
        Ok(())
    }

    /// How incidents are written here is not documented: as objects, or as ids with [`super::Settings::odd_values`].
    fn merge_detail(&self, wanted: &MergeInto) -> Result<Value, Refusal> {
        let brief = |id: &String| -> Result<Value, Refusal> {
            let incident = self.incident(id)?;
            Ok(match self.settings.odd_values {
                true => json!(id),
                false => json!({"incident_id": id, "num": incident.num(), "title": incident.title}),
            })
        };
        let sources = wanted.source_ids.iter().map(brief).collect::<Result<Vec<_>, _>>()?;
        let responders = wanted.source_ids.iter().filter_map(|id| self.incidents.get(id));
        let responders: Vec<i64> = responders.flat_map(|one| one.responders.iter().map(|one| one.person_id)).collect();
        Ok(json!({
            "comment": wanted.comment, "source_incidents": sources, "target_incident": brief(&wanted.target_id)?,
            "owner_id": wanted.owner_id, "title": wanted.title.clone().unwrap_or_default(),
            "remove_source_incidents": wanted.remove_sources, "source_responders": responders,
        }))
    }
}

impl Flashduty {
    /// Somebody merges incidents.
    ///
    /// # Errors
    /// What the API would answer, except licence and role.
    pub async fn merge_as(&self, person_id: i64, wanted: &MergeInto) -> Result<(), Refusal> {
        self.state().merge(person_id, wanted)?;
        self.deliver_webhooks().await;
        Ok(())
    }

    /// Removes an incident. Nobody is told. False when there was none.
    pub fn remove(&self, incident_id: &str) -> bool {
        self.state().incidents.remove(incident_id).is_some()
    }

    /// Something of a kind no document names happens to an incident: a row of the timeline, and a webhook.
    ///
    /// # Errors
    /// `ResourceNotFound`.
    pub async fn happen(&self, incident_id: &str, kind: &str) -> Result<(), Refusal> {
        {
            let mut state = self.state();
            state.incident(incident_id)?;
            state.record_quietly(incident_id, kind.to_owned(), 0, json!({"of": "the future"}));
            state.announce(incident_id, kind.to_owned(), 0);
        }
        self.deliver_webhooks().await;
        Ok(())
    }
}
