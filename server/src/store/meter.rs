//! What a company has spent in a month, and on what.

use super::sql::{Row, sql};
use super::{StoreError, Tx};
use crate::model::quota::Meter;

/// One meter of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub used: i64,
    /// DingTalk said "used up" while this was believed to be the limit; another limit makes it void.
    pub spent_at_limit: Option<i64>,
    /// Highest warning given, in hundredths.
    pub warned: i64,
}

/// Where something is counted.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub corp_id: &'a str,
    pub meter: Meter,
    /// [`crate::model::quota::Month::number`].
    pub month: i64,
}

/// Spends one while less than `ceiling` is spent. None when there is nothing left, or DingTalk said so of `limit`.
pub async fn spend(tx: &mut Tx, place: Place<'_>, ceiling: i64, limit: i64) -> Result<Option<Reading>, StoreError> {
    open(tx, place).await?;
    let row = sql("UPDATE meter SET used = used + 1 WHERE corp_id = $1 AND meter = $2 AND month = $3 AND used < $4 \
         AND (spent_at_limit IS NULL OR spent_at_limit <> $5) RETURNING used, spent_at_limit, warned")
    .text(place.corp_id)
    .text(place.meter.name())
    .number(place.month)
    .number(ceiling)
    .number(limit)
    .row(tx)
    .await?;
    row.as_ref().map(reading).transpose()
}

/// Counts what has happened anyway, or takes back what was not counted by DingTalk (`count` below zero).
pub async fn add(tx: &mut Tx, place: Place<'_>, count: i64) -> Result<Option<Reading>, StoreError> {
    open(tx, place).await?;
    let row = sql("UPDATE meter SET used = CASE WHEN used + $4 < 0 THEN 0 ELSE used + $4 END \
         WHERE corp_id = $1 AND meter = $2 AND month = $3 RETURNING used, spent_at_limit, warned")
    .text(place.corp_id)
    .text(place.meter.name())
    .number(place.month)
    .number(count)
    .row(tx)
    .await?;
    row.as_ref().map(reading).transpose()
}

/// DingTalk says that the month is used up: nothing more is spent unless `limit` turns out to be another.
pub async fn spent(tx: &mut Tx, place: Place<'_>, limit: i64) -> Result<(), StoreError> {
    open(tx, place).await?;
    sql("UPDATE meter SET used = CASE WHEN used < $4 THEN $4 ELSE used END, spent_at_limit = $4 \
         WHERE corp_id = $1 AND meter = $2 AND month = $3")
    .text(place.corp_id)
    .text(place.meter.name())
    .number(place.month)
    .number(limit)
    .run(tx)
    .await?;
    Ok(())
}

/// Notes that a warning is given. False when it was before.
pub async fn warn(tx: &mut Tx, place: Place<'_>, level: i64) -> Result<bool, StoreError> {
    sql("UPDATE meter SET warned = $4 WHERE corp_id = $1 AND meter = $2 AND month = $3 AND warned < $4")
        .text(place.corp_id)
        .text(place.meter.name())
        .number(place.month)
        .number(level)
        .changed(tx)
        .await
}

/// The meter as it stands.
pub async fn read(tx: &mut Tx, place: Place<'_>) -> Result<Reading, StoreError> {
    let row = sql("SELECT used, spent_at_limit, warned FROM meter WHERE corp_id = $1 AND meter = $2 AND month = $3")
        .text(place.corp_id)
        .text(place.meter.name())
        .number(place.month)
        .row(tx)
        .await?;
    row.map_or(Ok(Reading { used: 0, spent_at_limit: None, warned: 0 }), |row| reading(&row))
}

/// Notes what was spent on which route on which day of the month.
pub async fn note(tx: &mut Tx, place: Place<'_>, day: i64, route: &str, count: i64) -> Result<(), StoreError> {
    sql("INSERT INTO meter_day (corp_id, meter, month, day, route, used) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (corp_id, meter, month, day, route) DO UPDATE SET used = meter_day.used + excluded.used")
    .text(place.corp_id)
    .text(place.meter.name())
    .number(place.month)
    .number(day)
    .text(route)
    .number(count)
    .run(tx)
    .await?;
    Ok(())
}

/// What was spent on each day of the month.
pub async fn by_day(tx: &mut Tx, place: Place<'_>) -> Result<Vec<(i64, i64)>, StoreError> {
    let rows = sql("SELECT day, CAST(SUM(used) AS BIGINT) AS used FROM meter_day \
         WHERE corp_id = $1 AND meter = $2 AND month = $3 GROUP BY day ORDER BY day")
    .text(place.corp_id)
    .text(place.meter.name())
    .number(place.month)
    .rows(tx)
    .await?;
    rows.iter().map(|row| Ok((row.number("day")?, row.number("used")?))).collect()
}

/// What was spent on each route, most first.
pub async fn by_route(tx: &mut Tx, place: Place<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = sql("SELECT route, CAST(SUM(used) AS BIGINT) AS used FROM meter_day \
         WHERE corp_id = $1 AND meter = $2 AND month = $3 GROUP BY route ORDER BY used DESC, route")
    .text(place.corp_id)
    .text(place.meter.name())
    .number(place.month)
    .rows(tx)
    .await?;
    rows.iter().map(|row| Ok((row.text("route")?, row.number("used")?))).collect()
}

/// Throws months before `month` away.
pub async fn sweep(tx: &mut Tx, month: i64) -> Result<(), StoreError> {
    sql("DELETE FROM meter_day WHERE month < $1").number(month).run(tx).await?;
    sql("DELETE FROM meter WHERE month < $1").number(month).run(tx).await?;
    Ok(())
}

async fn open(tx: &mut Tx, place: Place<'_>) -> Result<(), StoreError> {
    sql("INSERT INTO meter (corp_id, meter, month, used, warned) VALUES ($1, $2, $3, 0, 0) ON CONFLICT DO NOTHING")
        .text(place.corp_id)
        .text(place.meter.name())
        .number(place.month)
        .run(tx)
        .await?;
    Ok(())
}

fn reading(row: &Row) -> Result<Reading, StoreError> {
    Ok(Reading {
        used: row.number("used")?,
        spent_at_limit: row.maybe_number("spent_at_limit")?,
        warned: row.number("warned")?,
    })
}
