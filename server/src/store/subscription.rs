//! Which incidents go to which group.

use super::sql::{Row, from_json, sql, to_json};
use super::{StoreError, Tx};
use crate::model::subscription::{Rule, Subscription};

const TABLE: &str = "subscription";

macro_rules! select {
    ($($rest:tt)*) => {
        concat!("SELECT id, integration, chat_id, rule, created_ms FROM subscription ", $($rest)*)
    };
}

/// Adds one. [`StoreError::Taken`] when the id is in use.
pub async fn insert(tx: &mut Tx, subscription: &Subscription) -> Result<(), StoreError> {
    sql("INSERT INTO subscription (id, integration, chat_id, rule, created_ms) VALUES ($1, $2, $3, $4, $5)")
        .text(&subscription.id)
        .text(&subscription.integration)
        .text(&subscription.chat_id)
        .text(&to_json(TABLE, "rule", &subscription.rule)?)
        .at(subscription.created)
        .run(tx)
        .await?;
    Ok(())
}

/// A page by id: `after` is the last one's; only those of groups that cannot be sent to if `dead`.
pub async fn list(
    tx: &mut Tx,
    integration: &str,
    dead: bool,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Subscription>, StoreError> {
    let rows = sql(select!(
        "WHERE integration = $1 AND ($2 IS NULL OR id > $2) AND ($4 = 0 OR NOT EXISTS \
         (SELECT 1 FROM chat WHERE chat.id = subscription.chat_id AND chat.state = 'installed')) ORDER BY id LIMIT $3"
    ))
    .text(integration)
    .maybe_text(after)
    .number(limit)
    .number(i64::from(dead))
    .rows(tx)
    .await?;
    rows.iter().map(subscription).collect()
}

/// The one of an id.
pub async fn by_id(tx: &mut Tx, integration: &str, id: &str) -> Result<Option<Subscription>, StoreError> {
    let row = sql(select!("WHERE integration = $1 AND id = $2")).text(integration).text(id).row(tx).await?;
    row.as_ref().map(subscription).transpose()
}

/// Points one at another group. False when it is gone.
pub async fn set_chat(tx: &mut Tx, integration: &str, id: &str, chat_id: &str) -> Result<bool, StoreError> {
    sql("UPDATE subscription SET chat_id = $3 WHERE integration = $1 AND id = $2")
        .text(integration)
        .text(id)
        .text(chat_id)
        .changed(tx)
        .await
}

/// Changes the rule of one that still is as `before`. False when somebody was faster, or it is gone.
pub async fn set_rule(tx: &mut Tx, before: &Subscription, rule: &Rule) -> Result<bool, StoreError> {
    let row = sql("SELECT rule FROM subscription WHERE integration = $1 AND id = $2 AND chat_id = $3")
        .text(&before.integration)
        .text(&before.id)
        .text(&before.chat_id)
        .row(tx)
        .await?;
    let Some(stored) = row.map(|row| row.text("rule")).transpose()? else { return Ok(false) };
    if from_json::<Rule>(TABLE, "rule", &stored)? != before.rule {
        return Ok(false);
    }
    // What is stored may be written as a former program wrote it, so it is compared with itself.
    sql("UPDATE subscription SET rule = $3 WHERE id = $1 AND rule = $2")
        .text(&before.id)
        .text(&stored)
        .text(&to_json(TABLE, "rule", rule)?)
        .changed(tx)
        .await
}

/// How many of a group's there are.
pub async fn count_of_chat(tx: &mut Tx, integration: &str, chat_id: &str) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM subscription WHERE integration = $1 AND chat_id = $2")
        .text(integration)
        .text(chat_id)
        .count(tx)
        .await
}

/// Those of one group, oldest first.
pub async fn of_chat(tx: &mut Tx, integration: &str, chat_id: &str) -> Result<Vec<Subscription>, StoreError> {
    let rows = sql(select!("WHERE integration = $1 AND chat_id = $2 ORDER BY created_ms, id"))
        .text(integration)
        .text(chat_id)
        .rows(tx)
        .await?;
    rows.iter().map(subscription).collect()
}

/// All of an integration, oldest first.
pub async fn all(tx: &mut Tx, integration: &str) -> Result<Vec<Subscription>, StoreError> {
    let rows = sql(select!("WHERE integration = $1 ORDER BY created_ms, id")).text(integration).rows(tx).await?;
    rows.iter().map(subscription).collect()
}

/// Deletes one. False when it is gone already.
pub async fn delete(tx: &mut Tx, integration: &str, id: &str) -> Result<bool, StoreError> {
    sql("DELETE FROM subscription WHERE integration = $1 AND id = $2").text(integration).text(id).changed(tx).await
}

fn subscription(row: &Row) -> Result<Subscription, StoreError> {
    Ok(Subscription {
        id: row.text("id")?,
        integration: row.text("integration")?,
        chat_id: row.text("chat_id")?,
        rule: from_json(TABLE, "rule", &row.text("rule")?)?,
        created: row.at("created_ms")?,
    })
}
