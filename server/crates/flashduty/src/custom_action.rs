use crate::{Client, FlashdutyError, Page, wire};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A custom action of the account: an address of the company's own that Flashduty calls for an incident (reference 5.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomAction {
    /// What [`Client::run_custom_action`] is told.
    pub integration_id: i64,
    /// Display name.
    pub name: String,
    /// The channels it belongs to; empty where Flashduty does not say, or for all.
    pub channel_ids: Vec<i64>,
}

/// An integration of the kind "webhook", as the older list has it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WireIntegration {
    #[serde(deserialize_with = "wire::integer")]
    integration_id: i64,
    #[serde(deserialize_with = "wire::integer")]
    data_source_id: i64,
    #[serde(deserialize_with = "wire::text")]
    name: String,
    #[serde(deserialize_with = "wire::text")]
    plugin_type: String,
    #[serde(deserialize_with = "wire::text")]
    status: String,
    #[serde(deserialize_with = "wire::value_map")]
    settings: BTreeMap<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireResult {
    #[serde(deserialize_with = "wire::text")]
    message: String,
}

impl Client {
    /// The account's custom actions. There is no public list of them: they are read off the older list of integrations
    /// (reference 5.8), whose kinds are not documented, so every enabled webhook whose kind speaks of an action is one.
    pub async fn custom_actions(&self) -> Result<Vec<CustomAction>, FlashdutyError> {
        let page: Page<WireIntegration> = self.read("/datasource/list", json!({ "category": "webhook" })).await?;
        Ok(page.items.into_iter().filter_map(WireIntegration::action).collect())
    }

    /// Runs a custom action on an incident. Some(reason) when the company's address failed although Flashduty did its
    /// part (reference 5.8). Not repeatable: after [`FlashdutyError::may_have_happened`] look into the feed first.
    pub async fn run_custom_action(
        &self,
        incident_id: &str,
        integration_id: i64,
    ) -> Result<Option<String>, FlashdutyError> {
        let body = json!({ "incident_id": incident_id, "integration_id": integration_id });
        let result: WireResult = self.read("/incident/custom-action/do", body).await?;
        Ok(Some(result.message).filter(|message| !message.is_empty()))
    }
}

impl WireIntegration {
    fn action(self) -> Option<CustomAction> {
        let integration_id = if self.integration_id == 0 { self.data_source_id } else { self.integration_id };
        let is_action = self.plugin_type.to_ascii_lowercase().contains("action");
        let is_on = self.status.is_empty() || self.status == "enabled";
        let channels = ["channel_ids", "channels"].iter().find_map(|name| self.settings.get(*name));
        let channels = channels.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        (is_action && is_on && integration_id != 0).then(|| CustomAction {
            integration_id,
            name: self.name,
            channel_ids: channels.iter().filter_map(wire::integer_of).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_enabled_actions_are_listed() {
        let page: Page<WireIntegration> = serde_json::from_value(json!({ "items": [
            { "integration_id": 5, "name": "Restart", "plugin_type": "incident_action", "settings": { "channel_ids": [7, "8"] } },
            { "data_source_id": "6", "name": "Scale", "plugin_type": "CustomAction", "status": "enabled", "settings": null },
            { "integration_id": 7, "name": "Off", "plugin_type": "custom_action", "status": "disabled" },
            { "integration_id": 8, "name": "Hook", "plugin_type": "incident_webhook" },
        ]}))
        .unwrap();
        let actions: Vec<_> = page.items.into_iter().filter_map(WireIntegration::action).collect();
        let seen: Vec<_> = actions.iter().map(|one| (one.integration_id, one.channel_ids.as_slice())).collect();
        assert_eq!(seen, [(5, [7, 8].as_slice()), (6, [].as_slice())]);
    }
}
