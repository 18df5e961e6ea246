//! Notifications and their attempts.

use super::sql::{Row, known, sql};
use super::{StoreError, Tx};
use crate::model::delivery::{Attempt, Delivery, DeliveryState, Outcome, Target};
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

pub use super::delivery_search::{Wanted, list};

const TABLE: &str = "delivery";

macro_rules! columns {
    () => {
        "id, integration, incident_id, target_kind, target, target_name, reason, state, outcome, code, message, \
         request_id, text, attempts, cost, next_ms, created_ms, updated_ms, version, tries, asked_ms, copies, \
         repeatable, may_be_there, digest"
    };
}

macro_rules! select {
    ($($rest:tt)*) => {
        concat!("SELECT ", columns!(), " FROM delivery ", $($rest)*)
    };
}

pub(super) use {columns, select};

/// Adds a delivery. False when the incident is, or was, already delivered to this target for this reason.
pub async fn insert(tx: &mut Tx, delivery: &Delivery) -> Result<bool, StoreError> {
    sql(concat!(
        "INSERT INTO delivery (",
        columns!(),
        ", search) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, ",
        "$21, $22, $23, $24, $25, $26) ",
        "ON CONFLICT DO NOTHING"
    ))
    .text(&delivery.id)
    .text(&delivery.integration)
    .text(&delivery.incident_id)
    .text(delivery.target.kind())
    .text(&delivery.target.id())
    .text(&delivery.target_name)
    .text(&delivery.reason)
    .text(delivery.state.name())
    .text(delivery.outcome.name())
    .text(&delivery.code)
    .text(&delivery.message)
    .text(&delivery.request_id)
    .text(&delivery.text)
    .number(delivery.attempts)
    .number(delivery.cost)
    .maybe_at(delivery.next)
    .at(delivery.created)
    .at(delivery.updated)
    .number(delivery.version)
    .number(delivery.tries)
    .maybe_at(delivery.asked)
    .number(delivery.copies)
    .number(i64::from(delivery.repeatable))
    .number(i64::from(delivery.may_be_there))
    .maybe_text(delivery.digest.as_deref())
    .text(&search_text(delivery))
    .changed(tx)
    .await
}

/// The delivery of an id.
pub async fn get(tx: &mut Tx, id: &str) -> Result<Option<Delivery>, StoreError> {
    let row = sql(select!("WHERE id = $1")).text(id).row(tx).await?;
    row.as_ref().map(delivery).transpose()
}

/// Compare and set of everything but incident, target and reason.
pub async fn update(tx: &mut Tx, delivery: &Delivery) -> Result<bool, StoreError> {
    sql("UPDATE delivery SET target_name = $3, state = $4, outcome = $5, code = $6, message = $7, request_id = $8, \
         text = $9, attempts = $10, cost = $11, next_ms = $12, updated_ms = $13, tries = $14, asked_ms = $15, \
         copies = $16, repeatable = $17, may_be_there = $18, search = $19, version = version + 1 \
         WHERE id = $1 AND version = $2")
    .text(&delivery.id)
    .number(delivery.version)
    .text(&delivery.target_name)
    .text(delivery.state.name())
    .text(delivery.outcome.name())
    .text(&delivery.code)
    .text(&delivery.message)
    .text(&delivery.request_id)
    .text(&delivery.text)
    .number(delivery.attempts)
    .number(delivery.cost)
    .maybe_at(delivery.next)
    .at(delivery.updated)
    .number(delivery.tries)
    .maybe_at(delivery.asked)
    .number(delivery.copies)
    .number(i64::from(delivery.repeatable))
    .number(i64::from(delivery.may_be_there))
    .text(&search_text(delivery))
    .changed(tx)
    .await
}

/// Adds an attempt. [`StoreError::Taken`] when the delivery has one of this number.
pub async fn add_attempt(tx: &mut Tx, attempt: &Attempt) -> Result<(), StoreError> {
    sql("INSERT INTO attempt (delivery_id, number, outcome, code, message, request_id, at_ms, text, cost, took_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    .text(&attempt.delivery_id)
    .number(attempt.number)
    .text(attempt.outcome.name())
    .text(&attempt.code)
    .text(&attempt.message)
    .text(&attempt.request_id)
    .at(attempt.at)
    .text(&attempt.text)
    .number(attempt.cost)
    .number(i64::try_from(attempt.took.as_millis()).unwrap_or(i64::MAX))
    .run(tx)
    .await?;
    Ok(())
}

/// The last attempts of a delivery, newest first.
pub async fn attempts(tx: &mut Tx, delivery_id: &str, limit: i64) -> Result<Vec<Attempt>, StoreError> {
    let rows = sql("SELECT delivery_id, number, outcome, code, message, request_id, at_ms, text, cost, took_ms \
                    FROM attempt WHERE delivery_id = $1 ORDER BY number DESC LIMIT $2")
    .text(delivery_id)
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter().map(attempt).collect()
}

/// A responder whose delivery failed for want of a link is linked now: it is theirs. False when this person has a
/// delivery of their own for the same reason, or somebody else was faster.
pub async fn retarget(tx: &mut Tx, delivery: &Delivery, target: &Target) -> Result<bool, StoreError> {
    sql("UPDATE delivery SET target_kind = $3, target = $4, version = version + 1 WHERE id = $1 AND version = $2 \
         AND NOT EXISTS (SELECT 1 FROM delivery AS other WHERE other.integration = $5 AND other.incident_id = $6 \
         AND other.target_kind = $3 AND other.target = $4 AND other.reason = $7)")
    .text(&delivery.id)
    .number(delivery.version)
    .text(target.kind())
    .text(&target.id())
    .text(&delivery.integration)
    .text(&delivery.incident_id)
    .text(&delivery.reason)
    .changed(tx)
    .await
}

/// Every delivery of an incident, oldest first.
pub async fn of_incident(tx: &mut Tx, integration: &str, incident_id: &str) -> Result<Vec<Delivery>, StoreError> {
    let rows = sql(select!("WHERE integration = $1 AND incident_id = $2 ORDER BY created_ms, id"))
        .text(integration)
        .text(incident_id)
        .rows(tx)
        .await?;
    rows.iter().map(delivery).collect()
}

/// The delivery that brings, or brought, an incident's card into a group, whoever asked for it.
pub async fn card_in_chat(
    tx: &mut Tx,
    integration: &str,
    incident_id: &str,
    chat_id: &str,
) -> Result<Option<Delivery>, StoreError> {
    let row = sql(select!(
        "WHERE integration = $1 AND incident_id = $2 AND target_kind = 'chat' AND target = $3 \
         AND reason IN ('incident', 'robot push')"
    ));
    row.text(integration).text(incident_id).text(chat_id).row(tx).await?.as_ref().map(delivery).transpose()
}

/// When something last arrived in a group.
pub async fn last_arrived(tx: &mut Tx, integration: &str, chat_id: &str) -> Result<Option<Millis>, StoreError> {
    let row = sql("SELECT updated_ms FROM delivery WHERE integration = $1 AND target_kind = 'chat' AND target = $2 \
         AND state = 'done' AND outcome = 'delivered' ORDER BY updated_ms DESC LIMIT 1");
    row.text(integration).text(chat_id).row(tx).await?.map(|row| row.at("updated_ms")).transpose()
}

/// What failed last in a group.
pub async fn last_failed(tx: &mut Tx, integration: &str, chat_id: &str) -> Result<Option<Delivery>, StoreError> {
    let row = sql(select!(
        "WHERE integration = $1 AND target_kind = 'chat' AND target = $2 AND state = 'failed' \
         ORDER BY updated_ms DESC LIMIT 1"
    ));
    row.text(integration).text(chat_id).row(tx).await?.as_ref().map(delivery).transpose()
}

/// The newest test message to a group.
pub async fn last_test(tx: &mut Tx, integration: &str, chat_id: &str) -> Result<Option<Delivery>, StoreError> {
    let row = sql(select!(
        "WHERE integration = $1 AND incident_id = '' AND target_kind = 'chat' AND target = $2 AND reason LIKE 'test %' \
         ORDER BY created_ms DESC, id DESC LIMIT 1"
    ));
    row.text(integration).text(chat_id).row(tx).await?.as_ref().map(delivery).transpose()
}

/// The deliveries of a work notice's batch, by id.
pub async fn of_work_notice_batch(tx: &mut Tx, batch_id: &str) -> Result<Vec<Delivery>, StoreError> {
    let rows = sql(select!("JOIN work_notice_person ON delivery_id = id WHERE batch_id = $1 ORDER BY id"))
        .text(batch_id)
        .rows(tx)
        .await?;
    rows.iter().map(delivery).collect()
}

/// How many deliveries of a work notice have which outcome.
pub async fn outcomes_of_work_notice(tx: &mut Tx, notice_id: &str) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows = sql("SELECT outcome, COUNT(*) AS n FROM delivery JOIN work_notice_person ON delivery_id = id \
         WHERE notice_id = $1 GROUP BY outcome")
    .text(notice_id)
    .rows(tx)
    .await?;
    rows.iter().map(|row| Ok((row.text("outcome")?, row.number("n")?))).collect()
}

/// The deliveries of a work notice, by id.
pub async fn of_work_notice(tx: &mut Tx, notice_id: &str) -> Result<Vec<Delivery>, StoreError> {
    let rows = sql(select!("JOIN work_notice_person ON delivery_id = id WHERE notice_id = $1 ORDER BY id"))
        .text(notice_id)
        .rows(tx)
        .await?;
    rows.iter().map(delivery).collect()
}

pub(super) fn delivery(row: &Row) -> Result<Delivery, StoreError> {
    let target = Target::from_columns(&row.text("target_kind")?, &row.text("target")?);
    Ok(Delivery {
        id: row.text("id")?,
        integration: row.text("integration")?,
        incident_id: row.text("incident_id")?,
        target: known(TABLE, "target", target)?,
        target_name: row.text("target_name")?,
        reason: row.text("reason")?,
        state: known(TABLE, "state", DeliveryState::from_name(&row.text("state")?))?,
        outcome: known(TABLE, "outcome", Outcome::from_name(&row.text("outcome")?))?,
        code: row.text("code")?,
        message: row.text("message")?,
        request_id: row.text("request_id")?,
        text: row.text("text")?,
        attempts: row.number("attempts")?,
        cost: row.number("cost")?,
        next: row.maybe_at("next_ms")?,
        created: row.at("created_ms")?,
        updated: row.at("updated_ms")?,
        version: row.number("version")?,
        tries: row.number("tries")?,
        asked: row.maybe_at("asked_ms")?,
        copies: row.number("copies")?,
        repeatable: row.number("repeatable")? != 0,
        may_be_there: row.number("may_be_there")? != 0,
        digest: row.maybe_text("digest")?,
    })
}

/// What a search looks into, in small letters: the databases fold differently.
fn search_text(delivery: &Delivery) -> String {
    let Delivery { target_name, text, incident_id, code, message, request_id, .. } = delivery;
    [target_name, text, &delivery.target.id(), incident_id, code, message, request_id]
        .map(|part| part.to_lowercase())
        .join("\n")
}

fn attempt(row: &Row) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        delivery_id: row.text("delivery_id")?,
        number: row.number("number")?,
        outcome: known("attempt", "outcome", Outcome::from_name(&row.text("outcome")?))?,
        code: row.text("code")?,
        message: row.text("message")?,
        request_id: row.text("request_id")?,
        text: row.text("text")?,
        cost: row.number("cost")?,
        took: Duration::from_millis(u64::try_from(row.number("took_ms")?).unwrap_or(0)),
        at: row.at("at_ms")?,
    })
}
