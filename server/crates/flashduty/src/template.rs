use crate::{Client, FlashdutyError, wire};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The preset template every account has (reference 7.6).
pub const PRESET_TEMPLATE_ID: &str = "6321aad26c12104586a88916";

/// The kind of text this product shows: what Flashduty's own DingTalk app puts on its card.
pub const DINGTALK_APP: &str = "dingtalk_app";

/// The account's own message texts, one per kind of channel (reference 7.6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Template {
    /// 24 hexadecimal digits.
    #[serde(deserialize_with = "wire::text")]
    pub template_id: String,
    /// Display name.
    #[serde(deserialize_with = "wire::text")]
    pub template_name: String,
    /// Go template of the region on DingTalk's card. Empty means Flashduty's default.
    #[serde(deserialize_with = "wire::text")]
    pub dingtalk_app: String,
    /// Go template of the group robot's markdown.
    #[serde(deserialize_with = "wire::text")]
    pub dingtalk: String,
}

/// What to render.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PreviewQuery<'a> {
    /// [`DINGTALK_APP`] or another channel's kind.
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// The Go template, as [`Template::dingtalk_app`] has it.
    pub content: &'a str,
    /// The incident to render it for; without one Flashduty takes an example.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub incident_id: &'a str,
    /// Fixed fields to leave out: [`FixedField::field`].
    #[serde(rename = "incident_card_hidden_fields", skip_serializing_if = "<[_]>::is_empty")]
    pub hidden_fields: &'a [&'a str],
}

/// A rendered text (reference 7.6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Preview {
    /// The text of the region; markdown for DingTalk. Of any length: the caller cuts it.
    #[serde(deserialize_with = "wire::text")]
    pub content: String,
    /// Whether the template could be rendered. When not, [`Preview::message`] says why.
    #[serde(deserialize_with = "wire::flag")]
    pub success: bool,
    /// Why it could not be rendered.
    #[serde(deserialize_with = "wire::text")]
    pub message: String,
    /// The fields above the region, in the order of the card.
    #[serde(deserialize_with = "wire::list")]
    pub fixed_fields: Vec<FixedField>,
}

/// A field of the card that no template changes, only hides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FixedField {
    /// `channel`, `snoozed_before`, `severity`, `responders`, `aggregate_alert_count`; more may come.
    #[serde(deserialize_with = "wire::text")]
    pub field: String,
    /// Its text.
    #[serde(deserialize_with = "wire::text")]
    pub value: String,
}

impl Client {
    /// A template (reference 7.6). [`crate::ErrorClass::NotFound`] when there is none.
    pub async fn template(&self, template_id: &str) -> Result<Template, FlashdutyError> {
        self.read("/template/info", json!({ "template_id": template_id })).await
    }

    /// Renders a template for an incident (reference 7.6), which changes nothing. A template that cannot be rendered is
    /// no error but `success: false`; a deployment without this operation is [`crate::ErrorClass::NoSuchRoute`].
    pub async fn template_preview(&self, query: &PreviewQuery<'_>) -> Result<Preview, FlashdutyError> {
        self.read("/template/preview", json!(query)).await
    }

    /// Ids of the templates that the rules of a channel name, by rule id (reference 7.2): how the company's own text of
    /// an incident is found, by [`crate::AssignedTo::rule`]. Rules without a template of their own are left out.
    pub async fn templates_of_rules(&self, channel_id: i64) -> Result<BTreeMap<String, String>, FlashdutyError> {
        let page: crate::Page<Rule> =
            self.read("/channel/escalate/rule/list", json!({ "channel_id": channel_id })).await?;
        let named = page.items.into_iter().filter(|rule| !rule.rule_id.is_empty() && !rule.template_id.is_empty());
        Ok(named.map(|rule| (rule.rule_id, rule.template_id)).collect())
    }
}

/// As much of an escalation rule as is needed here.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Rule {
    #[serde(deserialize_with = "wire::text")]
    rule_id: String,
    #[serde(deserialize_with = "wire::text")]
    template_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_preview_in_any_form() {
        let preview: Preview = serde_json::from_value(json!({
            "content": "**resource**: web-1", "success": "true", "message": null,
            "fixed_fields": [{"field": "severity", "value": "Critical"}, null, {"field": 4}],
        }))
        .unwrap();
        assert!(preview.success && preview.message.is_empty());
        let fields: Vec<_> = preview.fixed_fields.iter().map(|one| (one.field.as_str(), one.value.as_str())).collect();
        assert_eq!(fields, [("severity", "Critical"), ("4", "")]);
        assert_eq!(serde_json::from_value::<Preview>(json!({"success": {}})).unwrap(), Preview::default());
    }

    #[test]
    fn what_is_empty_is_not_sent() {
        let query = PreviewQuery { kind: DINGTALK_APP, content: "{{.Title}}", ..PreviewQuery::default() };
        assert_eq!(json!(query), json!({"type": "dingtalk_app", "content": "{{.Title}}"}));
        let query = PreviewQuery { incident_id: "a1", hidden_fields: &["channel"], ..query };
        let sent: Value = json!(query);
        assert_eq!((&sent["incident_id"], &sent["incident_card_hidden_fields"]), (&json!("a1"), &json!(["channel"])));
    }
}
