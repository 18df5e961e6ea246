//! What tests and the demo do to the pretend Flashduty, in words. Verbs that change an incident wait until the webhooks
//! they caused have been answered, so that a story can go on at once.

use super::alerts::{Draft, Push};
use super::assign::{AssignTo, Target};
use super::incident::{ActRecord, Incident, Severity};
use super::machine::Act;
use super::people::Role;
use super::rate::Limits;
use super::refusal::{Code, Refusal};
use super::state::State;
use super::webhook::WebhookTarget;
use super::{Flashduty, Settings, seed, view};
use serde_json::Value;
use std::collections::BTreeMap;

/// An incident to raise.
#[derive(Clone, Debug)]
pub struct Raise {
    pub title: String,
    pub description: String,
    pub severity: Severity,
    /// 0 = standalone.
    pub channel_id: i64,
    /// Empty: the channel's escalation rule decides.
    pub responder_ids: Vec<i64>,
    pub labels: BTreeMap<String, String>,
    /// Some: made by hand by this member. None: raised by an alert, and so recoverable.
    pub creator_id: Option<i64>,
    /// The same key is the same alert; made up when absent.
    pub alert_key: Option<String>,
}

impl Default for Raise {
    fn default() -> Self {
        Self {
            title: "CPU usage high - web-server-01".to_owned(),
            description: String::new(),
            severity: Severity::Critical,
            channel_id: seed::PAYMENTS,
            responder_ids: Vec::new(),
            labels: BTreeMap::new(),
            creator_id: None,
            alert_key: None,
        }
    }
}

impl Flashduty {
    /// Raises an incident. Answers its id.
    ///
    /// # Errors
    /// `ResourceNotFound` for an unknown channel or responder.
    pub async fn raise(&self, raise: Raise) -> Result<String, Refusal> {
        let id = self.state().raise(raise)?;
        self.deliver_webhooks().await;
        Ok(id)
    }

    /// Recovers all alerts of an incident, which closes it where the channel allows. False when it had none active.
    ///
    /// # Errors
    /// `ResourceNotFound`.
    pub async fn recover(&self, incident_id: &str) -> Result<bool, Refusal> {
        let recovered = self.state().recover(incident_id)?;
        self.deliver_webhooks().await;
        Ok(recovered)
    }

    /// Somebody acts in Flashduty's own console. False when there was nothing left to do.
    ///
    /// # Errors
    /// What the API would answer, except licence and role.
    pub async fn act_as(&self, person_id: i64, incident_id: &str, act: Act) -> Result<bool, Refusal> {
        let changed = {
            let mut state = self.state();
            state.run_timers();
            state.act(person_id, incident_id, &act)?
        };
        self.deliver_webhooks().await;
        Ok(changed)
    }

    /// Does everything that is due by the world's clock: snoozes end, levels escalate, webhooks go out.
    pub async fn run_due(&self) {
        self.state().run_timers();
        self.deliver_webhooks().await;
    }

    /// The incident as `/incident/info` would answer it now.
    pub fn incident(&self, incident_id: &str) -> Option<Value> {
        let mut state = self.state();
        state.run_timers();
        state.incidents.get(incident_id).map(|incident| view::incident(&state, incident))
    }

    /// All incident ids, oldest first.
    pub fn incident_ids(&self) -> Vec<String> {
        self.state().incidents.keys().cloned().collect()
    }

    /// The timeline, oldest first, as `/incident/feed` would answer it.
    pub fn feed(&self, incident_id: &str) -> Vec<Value> {
        let state = self.state();
        let rows = state.incidents.get(incident_id).map(|incident| incident.feed.as_slice()).unwrap_or_default();
        rows.iter().map(|row| view::feed_row(&state, row)).collect()
    }

    /// Every act that was accepted on an incident since it was made, by API or otherwise; none of the seed's own.
    pub fn acts(&self, incident_id: &str) -> Vec<ActRecord> {
        self.state().incidents.get(incident_id).map(|incident| incident.acts.clone()).unwrap_or_default()
    }

    /// How often an act (by its word, see [`Act::name`]) had an effect on an incident.
    pub fn effects(&self, incident_id: &str, act: &str) -> usize {
        self.acts(incident_id).iter().filter(|record| record.act == act && record.changed).count()
    }

    /// The member whose e-mail begins so: `li.na`.
    pub fn member_id(&self, key: &str) -> Option<i64> {
        self.state().members.values().find(|member| member.key == key).map(|member| member.id)
    }

    /// An APP key of this member that works, if there is one.
    pub fn key_of(&self, person_id: i64) -> Option<String> {
        let state = self.state();
        state.app_keys.iter().find(|key| key.owner_id == person_id && key.enabled).map(|key| key.secret.clone())
    }

    /// Makes a further APP key of a member and answers it.
    ///
    /// # Errors
    /// `ResourceNotFound` for an unknown member, `BadRequest` beyond five keys.
    pub fn make_key(&self, person_id: i64, name: &str) -> Result<String, Refusal> {
        self.state().make_key(person_id, name, false).map(|key| key.secret)
    }

    /// Sends all incident webhooks to this one address from now on. Nothing of the past is sent.
    pub fn set_webhook(&self, url: &str, headers: &[(&str, &str)]) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.state().webhooks.targets.clear();
        self.add_webhook(WebhookTarget { url: url.to_owned(), headers, ..WebhookTarget::default() });
    }

    /// Adds a receiver of incident webhooks beside those already there. Answers its integration id.
    pub fn add_webhook(&self, target: WebhookTarget) -> i64 {
        let mut state = self.state();
        let id = state.webhooks.targets.iter().map(|(id, _)| *id).max().unwrap_or(2_991_105_900_000) + 1;
        state.webhooks.targets.push((id, target));
        id
    }

    /// Gives or takes a member's licence.
    pub fn set_licence(&self, person_id: i64, licensed: bool) {
        if let Some(member) = self.state().members.get_mut(&person_id) {
            member.licensed = licensed;
        }
    }

    /// Shows a channel's incidents to everybody, or only to its team and to those who handle them.
    pub fn set_private(&self, channel_id: i64, is_private: bool) {
        for channel in self.state().channels.iter_mut().filter(|channel| channel.id == channel_id) {
            channel.is_private = is_private;
        }
    }

    /// Changes a member's role.
    pub fn set_role(&self, person_id: i64, role: Role) {
        if let Some(member) = self.state().members.get_mut(&person_id) {
            member.role = role;
        }
    }

    /// Deletes a member: the licence is freed, keys and tokens stop working.
    pub fn delete_member(&self, person_id: i64) {
        let mut state = self.state();
        let now = state.now();
        if let Some(member) = state.members.get_mut(&person_id) {
            member.deleted = true;
            member.licensed = false;
            member.updated_at = now;
        }
    }

    /// Revokes an APP key. False when there is none such.
    pub fn revoke_key(&self, secret: &str) -> bool {
        let mut state = self.state();
        let before = state.app_keys.len();
        state.app_keys.retain(|key| key.secret != secret);
        state.app_keys.len() < before
    }

    /// Revokes all OAuth tokens of a member.
    pub fn revoke_tokens(&self, person_id: i64) {
        self.state().grants.revoke_member(person_id);
    }

    /// Takes everybody off an incident, silently: some deployments assign later.
    pub fn remove_responders(&self, incident_id: &str) {
        if let Some(incident) = self.state().incidents.get_mut(incident_id) {
            incident.responders.clear();
        }
    }

    /// Demands the custom field `cause` at create, acknowledge and close, which a one-click act cannot give.
    pub fn require_form(&self, required: bool) {
        self.change_settings(|settings| settings.require_form = required);
    }

    /// Turns switches.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.state().settings);
    }

    /// Sets the account's rate limit. Tests whose clock stands still count everything into one second.
    pub fn set_rate_limits(&self, limits: Limits) {
        self.state().rates.account = limits;
    }

    /// Sets whether recovery of all alerts leaves incidents of a channel open, and after how many idle seconds an open
    /// one closes by itself (0 = never).
    pub fn set_channel_closing(&self, channel_id: i64, disable_auto_close: bool, auto_resolve_timeout: i64) {
        if let Some(channel) = self.state().channels.iter_mut().find(|channel| channel.id == channel_id) {
            channel.disable_auto_close = disable_auto_close;
            channel.auto_resolve_timeout = auto_resolve_timeout;
        }
    }

    /// What was sent, oldest first, as `/webhook/history/list` would answer it.
    pub fn webhook_history(&self) -> Vec<Value> {
        self.state().webhooks.history.iter().map(|(_, row)| row.clone()).collect()
    }
}

impl State {
    /// Raises an incident, by hand or by an alert.
    pub fn raise(&mut self, raise: Raise) -> Result<String, Refusal> {
        if raise.channel_id != 0 && self.channel(raise.channel_id).is_none() {
            return Err(Code::ResourceNotFound.into());
        }
        let people = (!raise.responder_ids.is_empty()).then_some(raise.responder_ids);
        if let Some(creator_id) = raise.creator_id {
            let assign = people.map(|ids| AssignTo { target: Target::People(ids), kind: "assign", emails: Vec::new() });
            return self.create(Draft {
                title: raise.title,
                description: raise.description,
                severity: raise.severity,
                channel_id: raise.channel_id,
                integration_id: 0,
                labels: BTreeMap::new(),
                creator_id,
                assign,
                alert: None,
            });
        }
        let of_channel = self.integrations.iter().find(|one| one.channel_id == raise.channel_id);
        let integration_id = of_channel.or(self.integrations.first()).map_or(1, |one| one.id);
        let push = Push {
            status: raise.severity,
            title: raise.title,
            key: raise.alert_key.unwrap_or_else(|| self.world.text(22)),
            description: raise.description,
            labels: raise.labels,
            images: Vec::new(),
        };
        let id = self.push_alert(integration_id, raise.channel_id, push, people)?;
        id.ok_or_else(|| Refusal::parameter("severity"))
    }

    /// Recovers every active alert of an incident.
    pub fn recover(&mut self, incident_id: &str) -> Result<bool, Refusal> {
        let incident = self.incident(incident_id)?;
        let (integration_id, channel_id) = (incident.integration_id, incident.channel_id);
        let active = incident.alerts.iter().filter(|alert| alert.status != Severity::Ok && incident.is_open());
        let pushes: Vec<Push> = active
            .map(|alert| Push {
                status: Severity::Ok,
                title: alert.title.clone(),
                key: alert.key.clone(),
                description: alert.description.clone(),
                labels: alert.labels.clone(),
                images: Vec::new(),
            })
            .collect();
        let any = !pushes.is_empty();
        for push in pushes {
            self.push_alert(integration_id, channel_id, push, None)?;
        }
        Ok(any)
    }

    /// An alert of the seed, with a key of its own.
    pub fn seed_alert(
        &self,
        title: String,
        description: String,
        severity: Severity,
        labels: BTreeMap<String, String>,
    ) -> super::incident::Alert {
        let key = self.world.text(22);
        self.new_alert(Push { status: severity, title, key, description, labels, images: Vec::new() })
    }

    /// Open incidents first, newest first in each group.
    pub fn by_urgency(&self) -> Vec<&Incident> {
        let mut all: Vec<&Incident> = self.incidents.values().rev().collect();
        all.sort_by_key(|incident| !incident.is_open());
        all
    }
}
