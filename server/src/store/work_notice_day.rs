//! What DingTalk's limits of work notices count: what was sent to whom on a day. Whoever counts and adds holds the app's
//! row from [`hold`] to the end of the transaction, so that two processes never both find the last place free.

use super::sql::sql;
use super::{StoreError, Tx};
use std::collections::BTreeMap;
use world::Millis;

/// What is about to be sent: an app's text on a day.
#[derive(Clone, Copy, Debug)]
pub struct Sending<'a> {
    /// Client ID.
    pub app: &'a str,
    /// In days since 1970, as `model::work_notice::day` counts them.
    pub day: i64,
    /// Of the text.
    pub hash: &'a str,
    /// Whose people get it.
    pub batch_id: &'a str,
}

/// Waits until nobody else counts for this app.
pub async fn hold(tx: &mut Tx, app: &str) -> Result<(), StoreError> {
    sql("INSERT INTO work_notice_app (app, version) VALUES ($1, 1) \
         ON CONFLICT (app) DO UPDATE SET version = work_notice_app.version + 1")
    .text(app)
    .run(tx)
    .await?;
    Ok(())
}

/// How many notices of a day each person of a batch has had, those to everybody included; who had none is absent.
pub async fn had(tx: &mut Tx, app: &str, day: i64, batch_id: &str) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows = sql("SELECT person.user_id AS user_id, COUNT(*) AS n FROM work_notice_person AS person \
         JOIN work_notice_day AS sent ON sent.app = $1 AND sent.day = $2 \
         AND (sent.user_id = person.user_id OR sent.user_id = '') \
         WHERE person.batch_id = $3 GROUP BY person.user_id")
    .text(app)
    .number(day)
    .text(batch_id)
    .rows(tx)
    .await?;
    rows.iter().map(|row| Ok((row.text("user_id")?, row.number("n")?))).collect()
}

/// Whether somebody of the batch has had the text that day.
pub async fn is_repeated(tx: &mut Tx, sending: Sending<'_>) -> Result<bool, StoreError> {
    let count = sql("SELECT COUNT(*) AS n FROM work_notice_person AS person \
         JOIN work_notice_day AS sent ON sent.app = $1 AND sent.day = $2 AND sent.hash = $3 \
         AND (sent.user_id = person.user_id OR sent.user_id = '' OR person.user_id = '') WHERE person.batch_id = $4")
    .text(sending.app)
    .number(sending.day)
    .text(sending.hash)
    .text(sending.batch_id)
    .count(tx)
    .await?;
    Ok(count > 0)
}

/// People reached since a moment.
pub async fn reached_since(tx: &mut Tx, app: &str, since: Millis) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM work_notice_day WHERE app = $1 AND at_ms > $2").text(app).at(since).count(tx).await
}

/// Counts a text as sent to everybody in its batch.
pub async fn add(tx: &mut Tx, sending: Sending<'_>, now: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO work_notice_day (app, day, user_id, hash, batch_id, at_ms) \
         SELECT $1, CAST($2 AS BIGINT), user_id, $3, batch_id, CAST($4 AS BIGINT) FROM work_notice_person \
         WHERE batch_id = $5 ON CONFLICT DO NOTHING")
    .text(sending.app)
    .number(sending.day)
    .text(sending.hash)
    .at(now)
    .text(sending.batch_id)
    .run(tx)
    .await?;
    Ok(())
}

/// Takes back what was counted for a batch that certainly did not go out.
pub async fn give_back(tx: &mut Tx, batch_id: &str, at: Millis) -> Result<(), StoreError> {
    sql("DELETE FROM work_notice_day WHERE batch_id = $1 AND at_ms = $2").text(batch_id).at(at).run(tx).await?;
    Ok(())
}

/// Throws away what no limit counts any more.
pub async fn sweep(tx: &mut Tx, before: Millis) -> Result<(), StoreError> {
    sql("DELETE FROM work_notice_day WHERE at_ms < $1").at(before).run(tx).await?;
    Ok(())
}
