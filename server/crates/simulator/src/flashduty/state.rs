//! Everything the pretend Flashduty remembers, and the small steps every act is made of.

use super::config::{AlertIntegration, Channel, Rule, Schedule};
use super::custom_action::CustomAction;
use super::form::CustomField;
use super::incident::{FeedRow, Incident};
use super::oauth::Grants;
use super::people::{Account, AppKey, Member, Team};
use super::rate::Rates;
use super::refusal::{Code, Refusal};
use super::robot::Robots;
use super::template::Template;
use super::webhook::{Event, Webhooks};
use super::{Settings, view};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use world::World;

/// The id that stands for "no escalation rule".
pub const NO_RULE: &str = "000000000000000000000000";

/// Timeline types that are also webhook event types (reference section 3.1).
const WEBHOOK_TYPES: [&str; 20] = [
    "i_new",
    "i_assign",
    "i_a_rspd",
    "i_storm",
    "i_snooze",
    "i_wake",
    "i_ack",
    "i_unack",
    "i_comm",
    "i_rslv",
    "i_reopen",
    "i_merge",
    "i_r_title",
    "i_r_desc",
    "i_r_impact",
    "i_r_rc",
    "i_r_rsltn",
    "i_r_severity",
    "i_r_field",
    "i_custom",
];

/// The memory of one pretend deployment with one account.
pub struct State {
    pub world: World,
    pub settings: Settings,
    /// The API base, without a slash at the end.
    pub base_url: String,
    pub account: Account,
    pub members: BTreeMap<i64, Member>,
    pub teams: Vec<Team>,
    pub channels: Vec<Channel>,
    pub rules: Vec<Rule>,
    pub schedules: Vec<Schedule>,
    pub integrations: Vec<AlertIntegration>,
    pub app_keys: Vec<AppKey>,
    pub grants: Grants,
    /// By id; ids begin with the second they were made in, so this is also the order of time.
    pub incidents: BTreeMap<String, Incident>,
    pub webhooks: Webhooks,
    /// By integration id.
    pub custom_actions: Vec<(i64, CustomAction)>,
    pub robots: Robots,
    pub custom_fields: Vec<CustomField>,
    pub templates: Vec<Template>,
    pub rates: Rates,
}

impl State {
    /// The present second.
    pub fn now(&self) -> i64 {
        self.world.now().seconds()
    }

    /// A new ObjectID: the second in hex, then chance.
    pub fn object_id(&self) -> String {
        let mut id = format!("{:08x}", self.now().clamp(0, i64::from(u32::MAX)));
        for byte in self.world.bytes::<8>() {
            id.push_str(&format!("{byte:02x}"));
        }
        id
    }

    /// An incident that must exist.
    pub fn incident(&self, id: &str) -> Result<&Incident, Refusal> {
        self.incidents.get(id).ok_or_else(|| Code::ResourceNotFound.into())
    }

    /// An incident that must exist, to change it.
    pub fn incident_mut(&mut self, id: &str) -> Result<&mut Incident, Refusal> {
        self.incidents.get_mut(id).ok_or_else(|| Code::ResourceNotFound.into())
    }

    /// The channel of this id.
    pub fn channel(&self, id: i64) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// Whether somebody may see an incident: of a private channel only its team does, and whoever handles it. The account
    /// itself sees everything.
    pub fn sees(&self, person_id: i64, incident: &Incident) -> bool {
        let Some(channel) = self.channel(incident.channel_id).filter(|channel| channel.is_private) else { return true };
        let of_team = |team: &Team| team.id == channel.team_id && team.person_ids.contains(&person_id);
        !self.members.contains_key(&person_id)
            || self.teams.iter().any(of_team)
            || incident.responders.iter().any(|one| one.person_id == person_id)
    }

    /// An incident that must exist for somebody.
    pub fn incident_for(&self, person_id: i64, id: &str) -> Result<&Incident, Refusal> {
        let incident = self.incident(id)?;
        if self.sees(person_id, incident) { Ok(incident) } else { Err(Code::ResourceNotFound.into()) }
    }

    /// The escalation rule of this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Whether a person may be given work: an enabled member.
    pub fn is_active(&self, person_id: i64) -> bool {
        self.members.get(&person_id).is_some_and(|member| !member.deleted)
    }

    /// The enabled member an APP key or an access token acts as; the account's own id for the owner's key.
    pub fn owner_of_key(&self, secret: &str) -> Option<i64> {
        let key = self.app_keys.iter().find(|key| key.enabled && key.secret == secret)?;
        (key.owner_id == self.account.id || self.is_active(key.owner_id)).then_some(key.owner_id)
    }

    /// Writes a row of the timeline and, for the types that have one, sends the webhook with the state just reached.
    pub fn record(&mut self, incident_id: &str, kind: &'static str, creator_id: i64, detail: Value) {
        self.record_quietly(incident_id, kind, creator_id, detail);
        if WEBHOOK_TYPES.contains(&kind) {
            self.announce(incident_id, kind, creator_id);
            self.update_robots(incident_id, kind, creator_id);
        }
    }

    /// Writes a row of the timeline and nothing else.
    pub fn record_quietly(
        &mut self,
        incident_id: &str,
        kind: impl Into<Cow<'static, str>>,
        creator_id: i64,
        detail: Value,
    ) {
        let kind = kind.into();
        let (now, ref_id) = (self.world.now(), self.object_id());
        if let Some(incident) = self.incidents.get_mut(incident_id) {
            incident.updated_at = now.seconds();
            incident.feed.push(FeedRow { ref_id, kind, detail, creator_id, created_at_ms: now.0 });
        }
    }

    /// Queues an incident webhook for every target that wants it (reference section 8.1).
    pub fn announce(&mut self, incident_id: &str, kind: impl Into<Cow<'static, str>>, creator_id: i64) {
        let kind = kind.into();
        let Some(incident) = self.incidents.get(incident_id) else { return };
        if !self.webhooks.wanted(&kind, incident.channel_id) {
            return;
        }
        let event_id = self.world.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let body = view::webhook_body(self, incident, &kind, creator_id, &event_id);
        let event = Event {
            history_id: view::history_id(&self.world),
            event_id,
            kind,
            channel_id: incident.channel_id,
            incident_id: incident_id.to_owned(),
            body: body.to_string(),
            at: self.world.now(),
        };
        self.webhooks.queue(&event);
    }
}
