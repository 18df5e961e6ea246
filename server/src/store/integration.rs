//! Configured connections.

use super::sql::{Row, from_json, sql, to_json};
use super::{StoreError, Tx};
use crate::model::integration::{Failures, Integration};
use secrecy::ExposeSecret;
use world::Millis;

const TABLE: &str = "integration";

macro_rules! select {
    ($($rest:tt)*) => {
        concat!(
            "SELECT key, settings, secrets_sealed, account_id, checked_ms, webhook_ms, webhook_header_ms, created_ms, ",
            "updated_ms, version FROM integration ",
            $($rest)*
        )
    };
}

/// Adds one; [`StoreError::Taken`] when the key is in use.
pub async fn insert(tx: &mut Tx, integration: &Integration) -> Result<(), StoreError> {
    let settings = &integration.settings;
    let secrets = secrets(tx, integration)?;
    sql("INSERT INTO integration (key, name, corp_id, client_id, account_id, settings, secrets_sealed, checked_ms, \
         webhook_ms, webhook_header_ms, created_ms, updated_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
    .text(&integration.key)
    .text(&settings.name)
    .text(&settings.corp_id)
    .text(&settings.client_id)
    .maybe_number(integration.account_id)
    .text(&to_json(TABLE, "settings", settings)?)
    .text(&secrets)
    .maybe_at(integration.checked)
    .maybe_at(integration.webhook)
    .maybe_at(integration.webhook_header)
    .at(integration.created)
    .at(integration.updated)
    .number(integration.version)
    .run(tx)
    .await?;
    Ok(())
}

/// The one with this key.
pub async fn by_key(tx: &mut Tx, key: &str) -> Result<Option<Integration>, StoreError> {
    let row = sql(select!("WHERE key = $1")).text(key).row(tx).await?;
    row.map(|row| integration(tx, &row)).transpose()
}

/// All of them, oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Integration>, StoreError> {
    let rows = sql(select!("ORDER BY created_ms, key")).rows(tx).await?;
    rows.iter().map(|row| integration(tx, row)).collect()
}

/// Compare and set of settings, secrets and account. Leaves alone what the `mark_…` functions write.
pub async fn update(tx: &mut Tx, integration: &Integration) -> Result<bool, StoreError> {
    let settings = &integration.settings;
    let secrets = secrets(tx, integration)?;
    sql("UPDATE integration SET name = $3, corp_id = $4, client_id = $5, account_id = $6, settings = $7, \
         secrets_sealed = $8, updated_ms = $9, version = version + 1 WHERE key = $1 AND version = $2")
    .text(&integration.key)
    .number(integration.version)
    .text(&settings.name)
    .text(&settings.corp_id)
    .text(&settings.client_id)
    .maybe_number(integration.account_id)
    .text(&to_json(TABLE, "settings", settings)?)
    .text(&secrets)
    .at(integration.updated)
    .changed(tx)
    .await
}

/// DingTalk's check of the callback address opened.
pub async fn mark_checked(tx: &mut Tx, key: &str, now: Millis) -> Result<(), StoreError> {
    sql("UPDATE integration SET checked_ms = $2 WHERE key = $1").text(key).at(now).run(tx).await?;
    Ok(())
}

/// A webhook was accepted; `with_header` when it carried the secret header.
pub async fn mark_webhook(tx: &mut Tx, key: &str, now: Millis, with_header: bool) -> Result<(), StoreError> {
    sql("UPDATE integration SET webhook_ms = $2, webhook_header_ms = COALESCE($3, webhook_header_ms) WHERE key = $1")
        .text(key)
        .at(now)
        .maybe_at(with_header.then_some(now))
        .run(tx)
        .await?;
    Ok(())
}

/// What failed last of the standing work.
pub async fn failures(tx: &mut Tx, key: &str) -> Result<Failures, StoreError> {
    let row = sql("SELECT failures FROM integration WHERE key = $1").text(key).row(tx).await?;
    row.map_or(Ok(Failures::default()), |row| from_json(TABLE, "failures", &row.text("failures")?))
}

/// Writes that down; without a change nothing is written.
pub async fn change_failures(tx: &mut Tx, key: &str, change: impl FnOnce(&mut Failures)) -> Result<(), StoreError> {
    let before = failures(tx, key).await?;
    let mut after = before.clone();
    change(&mut after);
    if after != before {
        let text = to_json(TABLE, "failures", &after)?;
        sql("UPDATE integration SET failures = $2 WHERE key = $1").text(key).text(&text).run(tx).await?;
    }
    Ok(())
}

/// Removes one with every row that belongs to it. False when there was none.
pub async fn remove(tx: &mut Tx, key: &str) -> Result<bool, StoreError> {
    for statement in [
        "DELETE FROM work_notice_person WHERE notice_id IN (SELECT id FROM work_notice WHERE integration = $1)",
        "DELETE FROM work_notice_batch WHERE integration = $1",
        "DELETE FROM work_notice WHERE integration = $1",
        "DELETE FROM directory_row WHERE run IN (SELECT id FROM directory_run WHERE integration = $1)",
        "DELETE FROM directory_candidate WHERE run IN (SELECT id FROM directory_run WHERE integration = $1)",
        "DELETE FROM directory_run WHERE integration = $1",
        "DELETE FROM console_grant WHERE integration = $1",
        "DELETE FROM console_session WHERE integration = $1",
        "DELETE FROM link_reminder WHERE integration = $1",
        "DELETE FROM member WHERE integration = $1",
        "DELETE FROM war_room_person WHERE room_id IN (SELECT id FROM war_room WHERE integration = $1)",
        "DELETE FROM war_room WHERE integration = $1",
        "DELETE FROM note WHERE delivery_id IN (SELECT id FROM delivery WHERE integration = $1)",
        "DELETE FROM attempt WHERE delivery_id IN (SELECT id FROM delivery WHERE integration = $1)",
        "DELETE FROM delivery WHERE integration = $1",
        "DELETE FROM card WHERE integration = $1",
        "DELETE FROM card_text WHERE integration = $1",
        "DELETE FROM link_message WHERE integration = $1",
        "DELETE FROM digest WHERE integration = $1",
        "DELETE FROM incident WHERE integration = $1",
        "DELETE FROM made_incident WHERE integration = $1",
        "DELETE FROM reconcile WHERE integration = $1",
        "DELETE FROM subscription WHERE integration = $1",
        "DELETE FROM mention WHERE integration = $1",
        "DELETE FROM robot_push WHERE integration = $1",
        "DELETE FROM chat_health WHERE integration = $1",
        "DELETE FROM evidence WHERE integration = $1",
        "DELETE FROM check_run WHERE integration = $1",
        "DELETE FROM chat WHERE integration = $1",
        "DELETE FROM session WHERE integration = $1",
        "DELETE FROM link_attempt WHERE integration = $1",
        "DELETE FROM link WHERE integration = $1",
        "DELETE FROM oauth_client WHERE integration = $1",
        "DELETE FROM inbox WHERE integration = $1",
        "DELETE FROM task WHERE integration = $1",
        "DELETE FROM audit WHERE integration = $1",
        "DELETE FROM audit_chain WHERE integration = $1",
    ] {
        sql(statement).text(key).run(tx).await?;
    }
    // What was written to its log in this very transaction goes with it.
    tx.unchained.retain(|line| line.integration != key);
    sql("DELETE FROM integration WHERE key = $1").text(key).changed(tx).await
}

fn secrets(tx: &Tx, integration: &Integration) -> Result<String, StoreError> {
    tx.seal(TABLE, &integration.key, &to_json(TABLE, "secrets", &integration.secrets)?)
}

fn integration(tx: &Tx, row: &Row) -> Result<Integration, StoreError> {
    let key = row.text("key")?;
    let secrets = tx.unseal(TABLE, &key, &row.text("secrets_sealed")?)?;
    Ok(Integration {
        settings: from_json(TABLE, "settings", &row.text("settings")?)?,
        secrets: from_json(TABLE, "secrets", secrets.expose_secret())?,
        key,
        account_id: row.maybe_number("account_id")?,
        checked: row.maybe_at("checked_ms")?,
        webhook: row.maybe_at("webhook_ms")?,
        webhook_header: row.maybe_at("webhook_header_ms")?,
        created: row.at("created_ms")?,
        updated: row.at("updated_ms")?,
        version: row.number("version")?,
    })
}
