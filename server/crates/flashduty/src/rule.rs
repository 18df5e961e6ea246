use crate::{Client, FlashdutyError, Page, wire};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An escalation rule of a channel (reference 7.2).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct EscalationRule {
    /// 24 hexadecimal digits.
    #[serde(deserialize_with = "wire::text")]
    pub rule_id: String,
    /// Display name.
    #[serde(rename = "rule_name", deserialize_with = "wire::text")]
    pub name: String,
    /// Whose it is.
    #[serde(deserialize_with = "wire::integer")]
    pub channel_id: i64,
    /// `enabled`, `disabled`.
    #[serde(deserialize_with = "wire::text")]
    pub status: String,
    /// Its levels, the first one first.
    #[serde(deserialize_with = "wire::list")]
    pub layers: Vec<Layer>,
}

/// One level of an escalation rule.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Layer {
    /// Minutes without handling until the next level; 0 is never.
    #[serde(deserialize_with = "wire::integer")]
    pub escalate_window: i64,
    /// Whom it calls; none where Flashduty does not say.
    #[serde(deserialize_with = "wire::object")]
    pub target: Option<LayerTarget>,
}

/// Whom a level calls: people, whoever is in a team, whoever is on call by a schedule, and chats.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct LayerTarget {
    /// People named one by one.
    #[serde(deserialize_with = "wire::integers")]
    pub person_ids: Vec<i64>,
    /// Teams.
    #[serde(deserialize_with = "wire::integers")]
    pub team_ids: Vec<i64>,
    /// Mail addresses of people who are no members.
    #[serde(deserialize_with = "wire::texts")]
    pub emails: Vec<String>,
    /// Roles by schedule; see [`LayerTarget::schedule_ids`].
    #[serde(deserialize_with = "wire::value_map")]
    schedule_to_role_ids: BTreeMap<String, Value>,
    /// Chats and robots, as they stand on the wire.
    #[serde(deserialize_with = "wire::list")]
    webhooks: Vec<ChatTarget>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct ChatTarget {
    #[serde(rename = "type", deserialize_with = "wire::text")]
    kind: String,
    #[serde(deserialize_with = "wire::value_map")]
    settings: BTreeMap<String, Value>,
}

impl LayerTarget {
    /// The schedules whose people on call are called.
    pub fn schedule_ids(&self) -> Vec<i64> {
        self.schedule_to_role_ids.keys().filter_map(|id| id.parse().ok()).collect()
    }

    /// The chats that are told: a robot by its alias, a group by its kind, such as `dingtalk_app`.
    pub fn chats(&self) -> Vec<String> {
        let name = |chat: &ChatTarget| {
            let alias = chat.settings.get("alias").map(wire::text_of).unwrap_or_default();
            if alias.is_empty() { chat.kind.clone() } else { alias }
        };
        self.webhooks.iter().map(name).filter(|name| !name.is_empty()).collect()
    }
}

impl Client {
    /// The escalation rules of a channel, complete with their levels (reference 7.2).
    pub async fn escalation_rules(&self, channel_id: i64) -> Result<Vec<EscalationRule>, FlashdutyError> {
        let page: Page<EscalationRule> =
            self.read("/channel/escalate/rule/list", json!({ "channel_id": channel_id })).await?;
        Ok(page.items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_a_level_calls() {
        let page: Page<EscalationRule> = serde_json::from_value(json!({ "items": [{
            "rule_id": "64abb8a687e7984845822139", "rule_name": "Default", "channel_id": "5", "layers": [
                { "escalate_window": 30, "target": {
                    "person_ids": [1, "2"], "team_ids": null, "schedule_to_role_ids": { "7": [1], "x": [] },
                    "webhooks": [{ "type": "dingtalk", "settings": { "alias": "ops" } }, { "type": "slack_app" }, 5],
                } },
                { "target": null },
                { "target": { "schedule_to_role_ids": [] } },
            ],
        }]}))
        .unwrap();
        let rule = &page.items[0];
        let target = rule.layers[0].target.as_ref().unwrap();
        assert_eq!((rule.channel_id, rule.layers.len(), rule.layers[0].escalate_window), (5, 3, 30));
        assert_eq!((target.person_ids.as_slice(), target.schedule_ids()), ([1, 2].as_slice(), vec![7]));
        assert_eq!(target.chats(), ["ops", "slack_app"]);
        assert_eq!(rule.layers[1].target, None);
        assert!(rule.layers[2].target.as_ref().unwrap().schedule_ids().is_empty());
    }
}
