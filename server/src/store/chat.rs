//! Groups.

use super::sql::{Row, known, pattern, sql};
use super::{StoreError, Tx};
use crate::model::chat::Chat;
use contract::chat::ChatState;
use world::Millis;

const TABLE: &str = "chat";

macro_rules! select {
    ($($rest:tt)*) => {
        concat!(
            "SELECT id, integration, open_conversation_id, title, state, robot_code, cool_app_code, robot_secret, ",
            "installed_ms, titled_ms, created_ms, updated_ms, version FROM chat ",
            $($rest)*
        )
    };
}

/// The group of a DingTalk conversation.
pub async fn by_conversation(
    tx: &mut Tx,
    integration: &str,
    open_conversation_id: &str,
) -> Result<Option<Chat>, StoreError> {
    let row = sql(select!("WHERE integration = $1 AND open_conversation_id = $2"))
        .text(integration)
        .text(open_conversation_id)
        .row(tx)
        .await?;
    row.as_ref().map(chat).transpose()
}

/// The group with our id.
pub async fn by_id(tx: &mut Tx, integration: &str, id: &str) -> Result<Option<Chat>, StoreError> {
    let row = sql(select!("WHERE integration = $1 AND id = $2")).text(integration).text(id).row(tx).await?;
    row.as_ref().map(chat).transpose()
}

/// Adds a group. False when id or conversation are known already.
pub async fn insert(tx: &mut Tx, chat: &Chat) -> Result<bool, StoreError> {
    sql("INSERT INTO chat (id, integration, open_conversation_id, title, title_folded, state, robot_code, cool_app_code, \
         robot_secret, installed_ms, titled_ms, created_ms, updated_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING")
    .text(&chat.id)
    .text(&chat.integration)
    .text(&chat.open_conversation_id)
    .text(&chat.title)
    .text(&chat.title.to_lowercase())
    .text(chat.state.name())
    .maybe_text(chat.robot_code.as_deref())
    .maybe_text(chat.cool_app_code.as_deref())
    .text(&chat.robot_secret)
    .at(chat.installed_at)
    .at(chat.titled_at)
    .at(chat.created)
    .at(chat.updated)
    .number(chat.version)
    .changed(tx)
    .await
}

/// Compare and set.
pub async fn update(tx: &mut Tx, chat: &Chat) -> Result<bool, StoreError> {
    sql("UPDATE chat SET title = $3, title_folded = $4, state = $5, robot_code = $6, cool_app_code = $7, \
         robot_secret = $8, installed_ms = $9, titled_ms = $10, updated_ms = $11, version = version + 1 \
         WHERE id = $1 AND version = $2")
    .text(&chat.id)
    .number(chat.version)
    .text(&chat.title)
    .text(&chat.title.to_lowercase())
    .text(chat.state.name())
    .maybe_text(chat.robot_code.as_deref())
    .maybe_text(chat.cool_app_code.as_deref())
    .text(&chat.robot_secret)
    .at(chat.installed_at)
    .at(chat.titled_at)
    .at(chat.updated)
    .changed(tx)
    .await
}

/// A page of groups by id, whose title contains `query` in any case: `after` is the last one's id.
pub async fn list(
    tx: &mut Tx,
    integration: &str,
    query: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Chat>, StoreError> {
    let rows = sql(select!(
        "WHERE integration = $1 AND ($2 IS NULL OR title_folded LIKE $2 ESCAPE '!') AND ($3 IS NULL OR id > $3) \
         ORDER BY id LIMIT $4"
    ))
    .text(integration)
    .maybe_text(query.map(pattern).as_deref())
    .maybe_text(after)
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter().map(chat).collect()
}

/// A page of groups, the newest first: `after` is creation and id of the last one; only those of one `state`, and only
/// those that cannot be sent to and have subscriptions if `dead`.
pub async fn page(
    tx: &mut Tx,
    integration: &str,
    query: Option<&str>,
    (state, dead): (Option<ChatState>, bool),
    after: Option<(Millis, String)>,
    limit: i64,
) -> Result<Vec<Chat>, StoreError> {
    let (created, id) = after.unzip();
    let rows = sql(select!(
        "WHERE integration = $1 AND ($2 IS NULL OR title_folded LIKE $2 ESCAPE '!') AND ($3 IS NULL OR state = $3) \
         AND ($4 = 0 OR (state <> 'installed' AND EXISTS (SELECT 1 FROM subscription \
         WHERE subscription.integration = $1 AND subscription.chat_id = chat.id))) \
         AND ($5 IS NULL OR created_ms < $5 OR (created_ms = $5 AND id < $6)) \
         ORDER BY created_ms DESC, id DESC LIMIT $7"
    ))
    .text(integration)
    .maybe_text(query.map(pattern).as_deref())
    .maybe_text(state.map(ChatState::name))
    .number(i64::from(dead))
    .maybe_at(created)
    .maybe_text(id.as_deref())
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter().map(chat).collect()
}

/// How many groups there are of each state.
pub async fn counts(tx: &mut Tx, integration: &str) -> Result<Vec<(ChatState, i64)>, StoreError> {
    let rows = sql("SELECT state, COUNT(*) AS n FROM chat WHERE integration = $1 GROUP BY state")
        .text(integration)
        .rows(tx)
        .await?;
    rows.iter().map(|row| Ok((known(TABLE, "state", state(&row.text("state")?))?, row.number("n")?))).collect()
}

/// How many groups cannot be sent to and have subscriptions.
pub async fn count_dead(tx: &mut Tx, integration: &str) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM chat WHERE integration = $1 AND state <> 'installed' AND EXISTS \
         (SELECT 1 FROM subscription WHERE subscription.integration = $1 AND subscription.chat_id = chat.id)")
    .text(integration)
    .count(tx)
    .await
}

/// Ids of at most `limit` groups whose last read is oldest: those with the app in them, not read since `read`; those it
/// was removed from, not read since `removed`. Reading `removed` as 0 leaves the latter out.
pub async fn unread_since(
    tx: &mut Tx,
    integration: &str,
    read: Millis,
    removed: Millis,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    sql("SELECT chat.id AS id FROM chat LEFT JOIN chat_health ON chat_health.chat_id = chat.id \
         WHERE chat.integration = $1 AND ((chat.state = 'installed' AND COALESCE(chat_health.read_ms, 0) < $2) \
         OR (chat.state = 'uninstalled' AND COALESCE(chat_health.read_ms, chat.updated_ms) < $3)) \
         ORDER BY COALESCE(chat_health.read_ms, 0), chat.id LIMIT $4")
    .text(integration)
    .at(read)
    .at(removed)
    .number(limit)
    .texts(tx, "id")
    .await
}

fn chat(row: &Row) -> Result<Chat, StoreError> {
    Ok(Chat {
        id: row.text("id")?,
        integration: row.text("integration")?,
        open_conversation_id: row.text("open_conversation_id")?,
        title: row.text("title")?,
        state: known(TABLE, "state", state(&row.text("state")?))?,
        robot_code: row.maybe_text("robot_code")?,
        cool_app_code: row.maybe_text("cool_app_code")?,
        robot_secret: row.text("robot_secret")?,
        installed_at: row.at("installed_ms")?,
        titled_at: row.at("titled_ms")?,
        created: row.at("created_ms")?,
        updated: row.at("updated_ms")?,
        version: row.number("version")?,
    })
}

fn state(name: &str) -> Option<ChatState> {
    let all = [ChatState::Installed, ChatState::Uninstalled, ChatState::Disbanded];
    all.into_iter().find(|state| state.name() == name)
}
