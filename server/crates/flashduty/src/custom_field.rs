use crate::{Client, FlashdutyError, Page, wire};
use serde::Deserialize;
use serde_json::json;

/// A custom field of the account, which its forms may demand at create, acknowledge and close (reference 5.6). Which of
/// them a form demands Flashduty tells nobody; it refuses what lacks one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CustomField {
    /// What it is called on the wire.
    #[serde(rename = "field_name", deserialize_with = "wire::text")]
    pub name: String,
    /// What people call it; may be empty.
    #[serde(rename = "display_name", deserialize_with = "wire::text")]
    pub label: String,
    /// What it is for.
    #[serde(deserialize_with = "wire::text")]
    pub description: String,
    /// `text`, `checkbox`, `single_select`, `multi_select`.
    #[serde(rename = "field_type", deserialize_with = "wire::text")]
    pub kind: String,
    /// What can be chosen.
    #[serde(deserialize_with = "wire::texts")]
    pub options: Vec<String>,
    /// `enabled`, or empty where Flashduty does not say.
    #[serde(deserialize_with = "wire::text")]
    pub status: String,
}

impl Client {
    /// The account's custom fields.
    pub async fn custom_fields(&self) -> Result<Vec<CustomField>, FlashdutyError> {
        let page: Page<CustomField> = self.read("/field/list", json!({})).await?;
        Ok(page.items)
    }
}
