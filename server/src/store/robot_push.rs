//! Robot pushes that were taken and are not carried out yet.

use super::sql::{Row, sql};
use super::{StoreError, Tx};
use world::Millis;

/// What a robot of Flashduty wants said in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RobotPush {
    pub id: String,
    pub integration: String,
    /// `Chat::id`.
    pub chat_id: String,
    /// As it came.
    pub body: String,
    pub created: Millis,
}

/// Keeps a push. False when it is kept already.
pub async fn insert(tx: &mut Tx, push: &RobotPush) -> Result<bool, StoreError> {
    sql("INSERT INTO robot_push (id, integration, chat_id, body, created_ms) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING")
    .text(&push.id)
    .text(&push.integration)
    .text(&push.chat_id)
    .text(&push.body)
    .at(push.created)
    .changed(tx)
    .await
}

/// The push of an id.
pub async fn get(tx: &mut Tx, id: &str) -> Result<Option<RobotPush>, StoreError> {
    let row = sql("SELECT id, integration, chat_id, body, created_ms FROM robot_push WHERE id = $1").text(id);
    row.row(tx).await?.as_ref().map(push).transpose()
}

/// Forgets a push that was carried out. False when somebody else was faster.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    sql("DELETE FROM robot_push WHERE id = $1").text(id).changed(tx).await
}

fn push(row: &Row) -> Result<RobotPush, StoreError> {
    Ok(RobotPush {
        id: row.text("id")?,
        integration: row.text("integration")?,
        chat_id: row.text("chat_id")?,
        body: row.text("body")?,
        created: row.at("created_ms")?,
    })
}
