//! Counting cards of storms, and which incidents they hold. A member is a delivery that names its digest.

use super::sql::{Row, from_json, known, sql};
use super::{StoreError, Tx};
use crate::model::delivery::Target;
use crate::model::digest::{Digest, DigestState, Figures};
use crate::model::incident::Incident;
use contract::incident::{Progress, Severity};
use world::Millis;

const TABLE: &str = "digest";

macro_rules! select {
    ($($rest:tt)*) => {
        concat!(
            "SELECT id, integration, target_kind, target, target_name, state, began_ms, hot_ms, painted_ms, version ",
            "FROM digest ",
            $($rest)*
        )
    };
}

/// Adds a digest. False when its target has one already that counts.
pub async fn insert(tx: &mut Tx, digest: &Digest) -> Result<bool, StoreError> {
    sql("INSERT INTO digest (id, integration, target_kind, target, target_name, state, began_ms, hot_ms, painted_ms, \
         version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING")
    .text(&digest.id)
    .text(&digest.integration)
    .text(digest.target.kind())
    .text(&digest.target.id())
    .text(&digest.target_name)
    .text(digest.state.name())
    .at(digest.began)
    .at(digest.hot)
    .at(digest.painted)
    .number(digest.version)
    .changed(tx)
    .await
}

/// The digest of an id.
pub async fn get(tx: &mut Tx, integration: &str, id: &str) -> Result<Option<Digest>, StoreError> {
    let row = sql(select!("WHERE id = $1 AND integration = $2")).text(id).text(integration).row(tx).await?;
    row.as_ref().map(digest).transpose()
}

/// The digest of a target that counts now.
pub async fn counting(tx: &mut Tx, integration: &str, target: &Target) -> Result<Option<Digest>, StoreError> {
    let row = sql(select!("WHERE integration = $1 AND target_kind = $2 AND target = $3 AND state = 'counting'"))
        .text(integration)
        .text(target.kind())
        .text(&target.id())
        .row(tx)
        .await?;
    row.as_ref().map(digest).transpose()
}

/// Compare and set of state and times.
pub async fn update(tx: &mut Tx, digest: &Digest) -> Result<bool, StoreError> {
    sql("UPDATE digest SET state = $3, hot_ms = $4, painted_ms = $5, version = version + 1 \
         WHERE id = $1 AND version = $2")
    .text(&digest.id)
    .number(digest.version)
    .text(digest.state.name())
    .at(digest.hot)
    .at(digest.painted)
    .changed(tx)
    .await
}

/// The storm goes on at `now`. False when it is over.
pub async fn heat(tx: &mut Tx, id: &str, now: Millis) -> Result<bool, StoreError> {
    sql("UPDATE digest SET hot_ms = $2, version = version + 1 WHERE id = $1 AND state = 'counting'")
        .text(id)
        .at(now)
        .changed(tx)
        .await
}

/// DingTalk was given it at `now`.
pub async fn paint(tx: &mut Tx, id: &str, now: Millis) -> Result<(), StoreError> {
    sql("UPDATE digest SET painted_ms = $2, version = version + 1 WHERE id = $1").text(id).at(now).run(tx).await?;
    Ok(())
}

/// How many new incidents a target was sent one by one since a time; counted up to `limit`.
pub async fn recent(
    tx: &mut Tx,
    integration: &str,
    target: &Target,
    since: Millis,
    limit: i64,
) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM (SELECT DISTINCT incident_id FROM delivery WHERE integration = $1 \
         AND target_kind = $2 AND target = $3 AND created_ms > $4 AND digest IS NULL \
         AND reason IN ('incident', 'robot push', 'work-notice') LIMIT $5) AS lately")
    .text(integration)
    .text(target.kind())
    .text(&target.id())
    .at(since)
    .number(limit)
    .count(tx)
    .await
}

/// How many incidents were folded into a digest since a time; counted up to `limit`.
pub async fn folded_since(tx: &mut Tx, id: &str, since: Millis, limit: i64) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM delivery WHERE digest = $1 AND created_ms > $2 LIMIT $3) \
         AS lately")
    .text(id)
    .at(since)
    .number(limit)
    .count(tx)
    .await
}

/// How many cards of their own Critical incidents got since a time, over an integration; counted up to `limit`.
pub async fn spared_since(tx: &mut Tx, integration: &str, since: Millis, limit: i64) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM (SELECT DISTINCT delivery.incident_id, delivery.target_kind, delivery.target \
         FROM delivery JOIN incident \
         ON incident.integration = delivery.integration AND incident.id = delivery.incident_id \
         WHERE delivery.integration = $1 AND delivery.digest IS NULL AND delivery.target_kind <> 'member' \
         AND delivery.created_ms > $2 AND delivery.reason IN ('incident', 'robot push', 'work-notice') \
         AND incident.severity = 'Critical' LIMIT $3) AS lately")
    .text(integration)
    .at(since)
    .number(limit)
    .count(tx)
    .await
}

/// What a digest counts, with at most so many of its newest members.
pub async fn figures(tx: &mut Tx, digest: &Digest, newest_max: i64) -> Result<Figures, StoreError> {
    let rows = sql("SELECT incident.severity AS severity, incident.progress AS progress, COUNT(*) AS n \
         FROM delivery JOIN incident ON incident.integration = delivery.integration \
         AND incident.id = delivery.incident_id WHERE delivery.digest = $1 \
         GROUP BY incident.severity, incident.progress ORDER BY incident.severity, incident.progress")
    .text(&digest.id)
    .rows(tx)
    .await?;
    let mut counts = Vec::with_capacity(rows.len());
    for row in rows {
        let severity = known("incident", "severity", severity(&row.text("severity")?))?;
        let progress = known("incident", "progress", progress(&row.text("progress")?))?;
        counts.push((severity, progress, row.number("n")?));
    }
    let newest = sql("SELECT incident.body AS body FROM delivery JOIN incident \
         ON incident.integration = delivery.integration AND incident.id = delivery.incident_id \
         WHERE delivery.digest = $1 ORDER BY delivery.created_ms DESC, delivery.id DESC LIMIT $2")
    .text(&digest.id)
    .number(newest_max)
    .texts(tx, "body")
    .await?;
    let newest = newest.iter().map(|body| from_json("incident", "body", body)).collect::<Result<_, _>>()?;
    Ok(Figures { counts, newest })
}

/// Members of this progress, folded by a time and after the delivery `after`; in the order of deliveries' ids, which
/// come with them.
pub async fn members(
    tx: &mut Tx,
    id: &str,
    progress: Progress,
    folded_by: Millis,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, Incident)>, StoreError> {
    let rows = sql("SELECT delivery.id AS id, incident.body AS body FROM delivery JOIN incident \
         ON incident.integration = delivery.integration AND incident.id = delivery.incident_id \
         WHERE delivery.digest = $1 AND incident.progress = $2 AND delivery.created_ms <= $3 AND delivery.id > $4 \
         ORDER BY delivery.id LIMIT $5")
    .text(id)
    .text(progress.name())
    .at(folded_by)
    .text(after)
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter().map(|row| Ok((row.text("id")?, from_json("incident", "body", &row.text("body")?)?))).collect()
}

/// How many members nobody has acknowledged nor closed.
pub async fn untouched_count(tx: &mut Tx, id: &str) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM delivery JOIN incident ON incident.integration = delivery.integration \
         AND incident.id = delivery.incident_id WHERE delivery.digest = $1 AND incident.progress = 'Triggered'")
    .text(id)
    .count(tx)
    .await
}

/// The digests that hold an incident.
pub async fn of_incident(tx: &mut Tx, integration: &str, incident_id: &str) -> Result<Vec<String>, StoreError> {
    sql("SELECT DISTINCT digest FROM delivery WHERE integration = $1 AND incident_id = $2 AND digest IS NOT NULL \
         ORDER BY digest")
    .text(integration)
    .text(incident_id)
    .texts(tx, "digest")
    .await
}

/// Who has been told of an incident, in whatever way.
pub async fn told(tx: &mut Tx, integration: &str, incident_id: &str) -> Result<Vec<Target>, StoreError> {
    let rows = sql("SELECT target_kind, target FROM delivery WHERE integration = $1 AND incident_id = $2 \
         AND reason IN ('incident', 'robot push', 'work-notice')")
    .text(integration)
    .text(incident_id)
    .rows(tx)
    .await?;
    rows.iter().map(target).collect()
}

fn digest(row: &Row) -> Result<Digest, StoreError> {
    Ok(Digest {
        id: row.text("id")?,
        integration: row.text("integration")?,
        target: target(row)?,
        target_name: row.text("target_name")?,
        state: known(TABLE, "state", DigestState::from_name(&row.text("state")?))?,
        began: row.at("began_ms")?,
        hot: row.at("hot_ms")?,
        painted: row.at("painted_ms")?,
        version: row.number("version")?,
    })
}

fn target(row: &Row) -> Result<Target, StoreError> {
    known(TABLE, "target", Target::from_columns(&row.text("target_kind")?, &row.text("target")?))
}

/// Incidents kept since before severities had a column have none there until they change.
fn severity(name: &str) -> Option<Severity> {
    let all = [Severity::Critical, Severity::Warning, Severity::Info, Severity::Ok];
    if name.is_empty() { Some(Severity::Info) } else { all.into_iter().find(|one| one.name() == name) }
}

fn progress(name: &str) -> Option<Progress> {
    [Progress::Triggered, Progress::Processing, Progress::Closed].into_iter().find(|one| one.name() == name)
}
