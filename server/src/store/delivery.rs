//! Notifications and their attempts.

use super::sql::{Row, known, sql};
use super::{StoreError, Tx};
use crate::model::delivery::{Attempt, Delivery, DeliveryState, Outcome, Target};
use world::Millis;

const TABLE: &str = "delivery";

macro_rules! columns {
    () => {
        "id, integration, incident_id, target_kind, target, target_name, reason, state, outcome, code, message, \
         request_id, text, attempts, cost, next_ms, created_ms, updated_ms, version"
    };
}

macro_rules! select {
    ($($rest:tt)*) => {
        concat!("SELECT ", columns!(), " FROM delivery ", $($rest)*)
    };
}

/// One page, newest first: `$2` and `$3` are creation and id of the last one seen. Filters are separate texts because
/// an optional filter would keep the databases from using its index.
macro_rules! page {
    ($filter:literal) => {
        select!(concat!(
            "WHERE integration = $1 AND ($2 IS NULL OR created_ms < $2 OR (created_ms = $2 AND id < $3)) ",
            $filter,
            " ORDER BY created_ms DESC, id DESC LIMIT $4"
        ))
    };
}

/// Adds a delivery. False when the incident is, or was, already delivered to this target for this reason.
pub async fn insert(tx: &mut Tx, delivery: &Delivery) -> Result<bool, StoreError> {
    sql(concat!(
        "INSERT INTO delivery (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ",
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
         text = $9, attempts = $10, cost = $11, next_ms = $12, updated_ms = $13, version = version + 1 \
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
    .changed(tx)
    .await
}

/// Adds an attempt. [`StoreError::Taken`] when the delivery has one of this number.
pub async fn add_attempt(tx: &mut Tx, attempt: &Attempt) -> Result<(), StoreError> {
    sql("INSERT INTO attempt (delivery_id, number, outcome, code, message, request_id, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .text(&attempt.delivery_id)
    .number(attempt.number)
    .text(attempt.outcome.name())
    .text(&attempt.code)
    .text(&attempt.message)
    .text(&attempt.request_id)
    .at(attempt.at)
    .run(tx)
    .await?;
    Ok(())
}

/// The attempts of a delivery in their order.
pub async fn attempts(tx: &mut Tx, delivery_id: &str) -> Result<Vec<Attempt>, StoreError> {
    let rows = sql("SELECT delivery_id, number, outcome, code, message, request_id, at_ms FROM attempt \
                    WHERE delivery_id = $1 ORDER BY number")
    .text(delivery_id)
    .rows(tx)
    .await?;
    rows.iter().map(attempt).collect()
}

/// A page of deliveries, newest first, of one outcome or one incident if asked for: `after` is the last one's creation
/// and id.
pub async fn list(
    tx: &mut Tx,
    integration: &str,
    outcome: Option<&str>,
    incident: Option<&str>,
    after: Option<(Millis, String)>,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let (created, id) = after.unzip();
    let text = match (outcome, incident) {
        (None, None) => page!(""),
        (Some(_), None) => page!("AND outcome = $5"),
        (None, Some(_)) => page!("AND incident_id = $5"),
        (Some(_), Some(_)) => page!("AND outcome = $5 AND incident_id = $6"),
    };
    let page = sql(text).text(integration).maybe_at(created).maybe_text(id.as_deref()).number(limit);
    let filters = outcome.into_iter().chain(incident);
    let rows = filters.fold(page, |page, filter| page.text(filter)).rows(tx).await?;
    rows.iter().map(delivery).collect()
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

fn delivery(row: &Row) -> Result<Delivery, StoreError> {
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
    })
}

fn attempt(row: &Row) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        delivery_id: row.text("delivery_id")?,
        number: row.number("number")?,
        outcome: known("attempt", "outcome", Outcome::from_name(&row.text("outcome")?))?,
        code: row.text("code")?,
        message: row.text("message")?,
        request_id: row.text("request_id")?,
        at: row.at("at_ms")?,
    })
}
