//! How it stands with an integration's work, in figures. Each is counted up to a limit: a console page asks for them.

use super::sql::sql;
use super::{StoreError, Tx};
use world::Millis;

/// No figure goes beyond this.
pub const COUNT_MAX: i64 = 1_000;

/// Groups with the cool app in them.
pub async fn installed_chats(tx: &mut Tx, integration: &str) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM (SELECT id FROM chat WHERE integration = $1 AND state = 'installed' LIMIT $2) AS found")
        .text(integration)
        .number(COUNT_MAX)
        .count(tx)
        .await
}

/// The newest change of a delivery with this outcome.
pub async fn newest_of(tx: &mut Tx, integration: &str, outcome: &str) -> Result<Option<Millis>, StoreError> {
    let row = sql("SELECT updated_ms FROM delivery WHERE integration = $1 AND outcome = $2 \
         ORDER BY created_ms DESC, id DESC LIMIT 1")
    .text(integration)
    .text(outcome)
    .row(tx)
    .await?;
    row.map(|row| row.at("updated_ms")).transpose()
}

/// How many deliveries made since then have this outcome.
pub async fn count_of(tx: &mut Tx, integration: &str, outcome: &str, since: Millis) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM (SELECT id FROM delivery WHERE integration = $1 AND outcome = $2 \
         AND state = 'failed' AND created_ms >= $3 LIMIT $4) AS found")
    .text(integration)
    .text(outcome)
    .at(since)
    .number(COUNT_MAX)
    .count(tx)
    .await
}

/// Links in a state.
pub async fn links(tx: &mut Tx, integration: &str, state: &str) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM (SELECT id FROM link WHERE integration = $1 AND state = $2 LIMIT $3) AS found")
        .text(integration)
        .text(state)
        .number(COUNT_MAX)
        .count(tx)
        .await
}

/// When the newest link was made.
pub async fn last_link(tx: &mut Tx, integration: &str) -> Result<Option<Millis>, StoreError> {
    let row = sql("SELECT created_ms FROM link WHERE integration = $1 ORDER BY created_ms DESC, id DESC LIMIT 1")
        .text(integration)
        .row(tx)
        .await?;
    row.map(|row| row.at("created_ms")).transpose()
}

/// When a group was last read at DingTalk.
pub async fn last_read(tx: &mut Tx, integration: &str) -> Result<Option<Millis>, StoreError> {
    let row =
        sql("SELECT MAX(read_ms) AS at_ms FROM chat_health WHERE integration = $1").text(integration).row(tx).await?;
    row.map_or(Ok(None), |row| row.maybe_at("at_ms"))
}

/// Tasks that were given up.
pub async fn dead_tasks(tx: &mut Tx, integration: &str) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM (SELECT id FROM task WHERE integration = $1 AND failure IS NOT NULL LIMIT $2) AS found")
        .text(integration)
        .number(COUNT_MAX)
        .count(tx)
        .await
}

/// When the oldest input came that nobody has applied yet.
pub async fn oldest_input(tx: &mut Tx) -> Result<Option<Millis>, StoreError> {
    let row = sql("SELECT MIN(received_ms) AS at_ms FROM inbox WHERE done_ms IS NULL").row(tx).await?;
    row.map_or(Ok(None), |row| row.maybe_at("at_ms"))
}
