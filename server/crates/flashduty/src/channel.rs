use crate::incident_query::is_zero;
use crate::{Client, FlashdutyError, Page, wire};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A collaboration space that incidents belong to (reference 7.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Channel {
    /// Never 0: that stands for "no channel".
    #[serde(deserialize_with = "wire::integer")]
    pub channel_id: i64,
    /// Display name.
    #[serde(deserialize_with = "wire::text")]
    pub channel_name: String,
    /// `enabled`, `disabled`, `deleted`.
    #[serde(deserialize_with = "wire::text")]
    pub status: String,
    /// 0 when not told.
    #[serde(deserialize_with = "wire::integer")]
    pub team_id: i64,
}

/// Which channels to list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChannelQuery {
    /// Part of a name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// Any of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channel_ids: Vec<i64>,
    /// From 1; 0 is the first too.
    #[serde(rename = "p", skip_serializing_if = "is_zero")]
    pub page: u32,
    /// Rows per page, at most 100, which 0 is too.
    #[serde(skip_serializing_if = "is_zero")]
    pub limit: u32,
}

/// One page of channels.
pub type ChannelPage = Page<Channel>;

impl Client {
    /// Channels the credential's owner can see (reference 7.1).
    pub async fn channel_list(&self, query: &ChannelQuery) -> Result<ChannelPage, FlashdutyError> {
        self.read("/channel/list", json!(query)).await
    }

    /// The channels with these ids (reference 7.1), 1,000 a call; without their team.
    pub async fn channel_infos(&self, channel_ids: &[i64]) -> Result<Vec<Channel>, FlashdutyError> {
        self.read_in_parts("/channel/infos", "channel_ids", channel_ids, 1000).await
    }
}
