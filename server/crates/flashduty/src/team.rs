use crate::incident_query::is_zero;
use crate::{Client, FlashdutyError, Page, wire};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A team (reference 7.5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Team {
    /// Its id.
    #[serde(deserialize_with = "wire::integer")]
    pub team_id: i64,
    /// Display name.
    #[serde(rename = "team_name", deserialize_with = "wire::text")]
    pub name: String,
    /// Who is in it.
    #[serde(deserialize_with = "wire::integers")]
    pub person_ids: Vec<i64>,
}

/// Which teams to list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TeamQuery {
    /// From 1; 0 is the first too.
    #[serde(rename = "p", skip_serializing_if = "is_zero")]
    pub page: u32,
    /// Rows per page, at most 100; 0 leaves it to Flashduty (20).
    #[serde(skip_serializing_if = "is_zero")]
    pub limit: u32,
}

/// One page of teams.
pub type TeamPage = Page<Team>;

impl Client {
    /// The account's teams with their people (reference 7.5).
    pub async fn team_list(&self, query: &TeamQuery) -> Result<TeamPage, FlashdutyError> {
        let page: TeamPage = self.read("/team/list", json!(query)).await?;
        Ok(page.with_next_page(query.page, if query.limit == 0 { 20 } else { query.limit }))
    }
}
