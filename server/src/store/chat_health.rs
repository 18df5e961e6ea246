//! How groups are: what was last heard of them. Written without comparing: each value stands for itself and the newest
//! one wins.

use super::sql::{Row, sql};
use super::{StoreError, Tx};
use crate::model::chat::Health;
use world::Millis;

/// An event of DingTalk at `at` changed something.
pub async fn event(tx: &mut Tx, integration: &str, chat_id: &str, at: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO chat_health (chat_id, integration, event_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (chat_id) DO UPDATE SET event_ms = excluded.event_ms")
    .text(chat_id)
    .text(integration)
    .at(at)
    .run(tx)
    .await?;
    Ok(())
}

/// DingTalk answered a read at `at`.
pub async fn read(tx: &mut Tx, integration: &str, chat_id: &str, at: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO chat_health (chat_id, integration, read_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (chat_id) DO UPDATE SET read_ms = excluded.read_ms")
    .text(chat_id)
    .text(integration)
    .at(at)
    .run(tx)
    .await?;
    Ok(())
}

/// A robot push came at `at`.
pub async fn pushed(tx: &mut Tx, integration: &str, chat_id: &str, at: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO chat_health (chat_id, integration, pushed_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (chat_id) DO UPDATE SET pushed_ms = excluded.pushed_ms")
    .text(chat_id)
    .text(integration)
    .at(at)
    .run(tx)
    .await?;
    Ok(())
}

/// So many people are in the group.
pub async fn members(tx: &mut Tx, integration: &str, chat_id: &str, members: i64) -> Result<(), StoreError> {
    sql("INSERT INTO chat_health (chat_id, integration, members) VALUES ($1, $2, $3) \
         ON CONFLICT (chat_id) DO UPDATE SET members = excluded.members")
    .text(chat_id)
    .text(integration)
    .number(members)
    .run(tx)
    .await?;
    Ok(())
}

/// Whose the group is.
pub async fn set_owner(tx: &mut Tx, integration: &str, chat_id: &str, owner: &str) -> Result<(), StoreError> {
    sql("INSERT INTO chat_health (chat_id, integration, owner) VALUES ($1, $2, $3) \
         ON CONFLICT (chat_id) DO UPDATE SET owner = excluded.owner")
    .text(chat_id)
    .text(integration)
    .text(owner)
    .run(tx)
    .await?;
    Ok(())
}

/// Whose the group was when that was last read: an employee's user id.
pub async fn owner(tx: &mut Tx, chat_id: &str) -> Result<Option<String>, StoreError> {
    let row = sql("SELECT owner FROM chat_health WHERE chat_id = $1").text(chat_id).row(tx).await?;
    row.map_or(Ok(None), |row| row.maybe_text("owner"))
}

/// What is known of a group; nothing of one that was never heard of.
pub async fn get(tx: &mut Tx, chat_id: &str) -> Result<Health, StoreError> {
    let row =
        sql("SELECT event_ms, read_ms, pushed_ms, members FROM chat_health WHERE chat_id = $1").text(chat_id).row(tx);
    row.await?.as_ref().map_or(Ok(Health::default()), health)
}

fn health(row: &Row) -> Result<Health, StoreError> {
    Ok(Health {
        event: row.maybe_at("event_ms")?,
        read: row.maybe_at("read_ms")?,
        pushed: row.maybe_at("pushed_ms")?,
        members: row.maybe_number("members")?,
    })
}
