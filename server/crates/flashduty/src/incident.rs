use crate::{Person, Progress, Severity, person, wire};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use world::Millis;

/// An incident (reference 4). Lists and webhooks give part of it: what they leave out has its default.
///
/// Written as JSON it has Flashduty's own form again (times in seconds), so a stored one reads back equal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Incident {
    /// 24 hexadecimal digits.
    #[serde(deserialize_with = "wire::text")]
    pub incident_id: String,
    /// Short number as people say it, without `#`; see [`Incident::number`].
    #[serde(deserialize_with = "wire::text")]
    pub num: String,
    /// The Flashduty account it belongs to.
    #[serde(deserialize_with = "wire::integer")]
    pub account_id: i64,
    /// That account's name.
    #[serde(deserialize_with = "wire::text")]
    pub account_name: String,
    /// 0 when it stands alone.
    #[serde(deserialize_with = "wire::integer")]
    pub channel_id: i64,
    /// The channel's name, empty when it stands alone.
    #[serde(deserialize_with = "wire::text")]
    pub channel_name: String,
    /// `enabled`, `disabled`, `deleted`.
    #[serde(deserialize_with = "wire::text")]
    pub channel_status: String,
    /// One line.
    #[serde(deserialize_with = "wire::text")]
    pub title: String,
    /// Markdown.
    #[serde(deserialize_with = "wire::text")]
    pub description: String,
    /// Markdown.
    #[serde(deserialize_with = "wire::text")]
    pub impact: String,
    /// Why it happened, as people wrote it.
    #[serde(deserialize_with = "wire::text")]
    pub root_cause: String,
    /// How it ended, as people wrote it.
    #[serde(deserialize_with = "wire::text")]
    pub resolution: String,
    /// Flashduty's own summary, where the account has that.
    #[serde(deserialize_with = "wire::text")]
    pub ai_summary: String,
    /// How bad it is.
    #[serde(rename = "incident_severity")]
    pub severity: Severity,
    /// How bad its alerts are now; `Ok` when all have recovered.
    #[serde(rename = "incident_status")]
    pub status: Severity,
    /// Where it stands.
    pub progress: Progress,
    /// When it began.
    #[serde(with = "wire::seconds")]
    pub start_time: Option<Millis>,
    /// When its last alert event came.
    #[serde(with = "wire::seconds")]
    pub last_time: Option<Millis>,
    /// When its alerts recovered.
    #[serde(with = "wire::seconds")]
    pub end_time: Option<Millis>,
    /// When it was first acknowledged.
    #[serde(with = "wire::seconds")]
    pub ack_time: Option<Millis>,
    /// When it was closed.
    #[serde(with = "wire::seconds")]
    pub close_time: Option<Millis>,
    /// When Flashduty made it.
    #[serde(with = "wire::seconds")]
    pub created_at: Option<Millis>,
    /// When Flashduty last changed it.
    #[serde(with = "wire::seconds")]
    pub updated_at: Option<Millis>,
    /// When it was removed.
    #[serde(with = "wire::seconds")]
    pub deleted_at: Option<Millis>,
    /// Until when it is snoozed; see [`Incident::is_snoozed`].
    #[serde(with = "wire::seconds")]
    pub snoozed_before: Option<Millis>,
    /// `i` intelligent, `p` by rule, `n` none.
    #[serde(deserialize_with = "wire::text")]
    pub group_method: String,
    /// `frequent`, `rare`.
    #[serde(deserialize_with = "wire::text")]
    pub frequency: String,
    /// Whether it was ever silenced.
    #[serde(deserialize_with = "wire::flag")]
    pub ever_muted: bool,
    /// Empty when a person made it.
    #[serde(deserialize_with = "wire::text_map")]
    pub labels: BTreeMap<String, String>,
    /// Custom fields of the account, of any form.
    #[serde(deserialize_with = "wire::value_map")]
    pub fields: BTreeMap<String, Value>,
    /// How it was given out last.
    #[serde(deserialize_with = "wire::object", skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<AssignedTo>,
    /// Who is to deal with it.
    #[serde(deserialize_with = "wire::list")]
    pub responders: Vec<Responder>,
    /// Who made it by hand.
    #[serde(deserialize_with = "person::optional", skip_serializing_if = "Option::is_none")]
    pub creator: Option<Person>,
    /// Who closed it by hand.
    #[serde(deserialize_with = "person::optional", skip_serializing_if = "Option::is_none")]
    pub closer: Option<Person>,
    /// Who owns it.
    #[serde(deserialize_with = "person::optional", skip_serializing_if = "Option::is_none")]
    pub owner: Option<Person>,
    /// 0 is the system.
    #[serde(deserialize_with = "wire::integer")]
    pub creator_id: i64,
    /// 0 is the system, or nobody yet.
    #[serde(deserialize_with = "wire::integer")]
    pub closer_id: i64,
    /// 0 is nobody.
    #[serde(deserialize_with = "wire::integer")]
    pub owner_id: i64,
    /// Alerts in it.
    #[serde(rename = "alert_cnt", deserialize_with = "wire::integer")]
    pub alert_count: i64,
    /// Alerts in it that have not recovered.
    #[serde(rename = "active_alert_cnt", deserialize_with = "wire::integer")]
    pub active_alert_count: i64,
    /// Events of its alerts.
    #[serde(rename = "alert_event_cnt", deserialize_with = "wire::integer")]
    pub alert_event_count: i64,
    /// Its page in Flashduty's console; empty unless http or https.
    #[serde(deserialize_with = "wire::web_address")]
    pub detail_url: String,
    /// Further links.
    #[serde(deserialize_with = "wire::list")]
    pub links: Vec<Link>,
    /// Pictures.
    #[serde(deserialize_with = "wire::list")]
    pub images: Vec<Image>,
}

impl Incident {
    /// The short number: Flashduty's, else the last six digits of the id in upper case, as Flashduty makes it
    /// (reference 2.6). Not unique.
    pub fn number(&self) -> String {
        if !self.num.is_empty() {
            return self.num.clone();
        }
        let characters: Vec<char> = self.incident_id.chars().collect();
        characters[characters.len().saturating_sub(6)..].iter().collect::<String>().to_uppercase()
    }

    /// Whether it is snoozed at `now`.
    pub fn is_snoozed(&self, now: Millis) -> bool {
        self.progress != Progress::Closed && self.snoozed_before.is_some_and(|until| until > now)
    }
}

/// How an incident was given out (reference 4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssignedTo {
    /// The people, when it was given to people.
    #[serde(deserialize_with = "wire::integers")]
    pub person_ids: Vec<i64>,
    /// See [`AssignedTo::rule`].
    #[serde(deserialize_with = "wire::text")]
    pub escalate_rule_id: String,
    /// The rule's name.
    #[serde(deserialize_with = "wire::text")]
    pub escalate_rule_name: String,
    /// The rule's level it has reached, from 0.
    #[serde(deserialize_with = "wire::integer")]
    pub layer_idx: i64,
    /// `assign`, `reassign`, `escalate`, `reopen`.
    #[serde(rename = "type", deserialize_with = "wire::text")]
    pub kind: String,
    /// When.
    #[serde(with = "wire::seconds")]
    pub assigned_at: Option<Millis>,
    /// Changes with every assignment.
    #[serde(deserialize_with = "wire::text")]
    pub id: String,
}

impl AssignedTo {
    /// The escalation rule, if it came through one: Flashduty writes "none" as 24 zeros.
    pub fn rule(&self) -> Option<&str> {
        Some(self.escalate_rule_id.as_str()).filter(|id| id.chars().any(|digit| digit != '0'))
    }
}

/// One person who is to deal with an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Responder {
    /// Whose.
    #[serde(deserialize_with = "wire::integer")]
    pub person_id: i64,
    /// May be empty; [`crate::Client::person_infos`] tells it.
    #[serde(rename = "person_name", deserialize_with = "wire::text")]
    pub name: String,
    /// May be empty.
    #[serde(deserialize_with = "wire::text")]
    pub email: String,
    /// Since when.
    #[serde(with = "wire::seconds")]
    pub assigned_at: Option<Millis>,
    /// When this person acknowledged.
    #[serde(with = "wire::seconds")]
    pub acknowledged_at: Option<Millis>,
}

/// A link the account shows on an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Link {
    /// What it says.
    #[serde(deserialize_with = "wire::text")]
    pub name: String,
    /// Where it goes; empty unless http or https.
    #[serde(deserialize_with = "wire::web_address")]
    pub endpoint: String,
    /// `popup` or `tab`.
    #[serde(deserialize_with = "wire::text")]
    pub open_type: String,
}

/// A picture on an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Image {
    /// An address, or a token `img_…` that only Flashduty can show.
    #[serde(deserialize_with = "wire::text")]
    pub src: String,
    /// Where a click on it goes; empty unless http or https.
    #[serde(deserialize_with = "wire::web_address")]
    pub href: String,
    /// What it shows, in words.
    #[serde(deserialize_with = "wire::text")]
    pub alt: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn example() -> Incident {
        serde_json::from_str(include_str!("fixtures/incident.json")).unwrap()
    }

    #[test]
    fn the_documented_incident() {
        let incident = example();
        assert_eq!(incident.incident_id, "69da451ef77b1b51f40e83ee");
        assert_eq!(incident.channel_id, 2_551_105_804_131);
        assert_eq!((incident.severity.clone(), incident.progress.clone()), (Severity::Critical, Progress::Triggered));
        assert_eq!(incident.start_time, Some(Millis(1_775_912_219_000)));
        assert_eq!((incident.ack_time, incident.close_time, incident.snoozed_before), (None, None, None));
        assert_eq!(incident.labels["resource"], "web-server-01");
        let assigned = incident.assigned_to.as_ref().unwrap();
        assert_eq!((assigned.person_ids.as_slice(), assigned.rule()), ([2_476_444_212_131].as_slice(), None));
        assert_eq!(incident.responders[0].assigned_at, Some(Millis(1_775_972_128_000)));
        assert_eq!(incident.responders[0].acknowledged_at, None);
        assert_eq!((incident.alert_count, incident.alert_event_count), (1, 17));
        assert_eq!(incident.creator, None);
    }

    #[test]
    fn a_stored_incident_reads_back_equal() {
        let incident = example();
        let stored = serde_json::to_string(&incident).unwrap();
        assert_eq!(serde_json::from_str::<Incident>(&stored).unwrap(), incident);
    }

    #[test]
    fn wrong_types_cost_their_field_alone() {
        let incident: Incident = serde_json::from_value(json!({
            "incident_id": 5, "title": null, "channel_id": "77", "labels": ["x"], "fields": 3, "responders": {"a": 1},
            "assigned_to": "me", "creator": {}, "closer": {"person_id": "9", "person_name": 4}, "progress": 1,
            "start_time": "1775912219", "close_time": {}, "alert_cnt": 1e300, "detail_url": "javascript:alert(1)",
            "ever_muted": "true", "images": [null, 1, {"src": "img_1"}], "more": {"unknown": []},
        }))
        .unwrap();
        assert_eq!((incident.incident_id.as_str(), incident.channel_id), ("5", 77));
        assert_eq!((incident.assigned_to, incident.creator), (None, None));
        assert_eq!(incident.closer.map(|closer| (closer.person_id, closer.name)), Some((9, "4".to_owned())));
        assert_eq!(incident.start_time, Some(Millis(1_775_912_219_000)));
        assert_eq!((incident.close_time, incident.alert_count), (None, i64::MAX));
        assert_eq!((incident.detail_url.as_str(), incident.ever_muted, incident.images.len()), ("", true, 1));
    }

    #[test]
    fn numbers_and_snooze() {
        let mut incident = example();
        assert_eq!(incident.number(), "0E83EE");
        incident.num.clear();
        assert_eq!(incident.number(), "0E83EE");
        incident.incident_id = "é1".into();
        assert_eq!(incident.number(), "É1");
        incident.snoozed_before = Some(Millis(100));
        assert!(incident.is_snoozed(Millis(99)) && !incident.is_snoozed(Millis(100)));
        incident.progress = Progress::Closed;
        assert!(!incident.is_snoozed(Millis(99)));
    }
}
