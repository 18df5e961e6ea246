//! Work that is due at a time, and who has it until when.
//!
//! A task that is asked for while it runs is not lost: `again_ms` keeps the earliest time asked for since its lease, and
//! when the run ends the task waits for that time instead of going away. This is also how a task asks for itself.

use super::sql::{Row, from_json, sql, to_json};
use super::{StoreError, Tx};
use crate::model::task::{Task, TaskKind};
use world::Millis;

/// Asks for a task. If the same one waits already it only moves earlier; a dead one lives again.
pub async fn add(tx: &mut Tx, integration: &str, kind: &TaskKind, due: Millis, now: Millis) -> Result<(), StoreError> {
    let id = tx.shared.world.id();
    sql("INSERT INTO task (id, integration, kind, dedup, due_ms, attempts, created_ms, version) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, 0) ON CONFLICT (dedup) DO UPDATE SET kind = excluded.kind, \
         attempts = CASE WHEN task.failure IS NULL THEN task.attempts ELSE 0 END, failure = NULL, \
         due_ms = CASE WHEN task.failure IS NOT NULL THEN excluded.due_ms \
             WHEN task.lease_until_ms IS NULL AND excluded.due_ms < task.due_ms THEN excluded.due_ms \
             ELSE task.due_ms END, \
         again_ms = CASE WHEN task.failure IS NOT NULL OR task.lease_until_ms IS NULL THEN task.again_ms \
             WHEN task.again_ms < excluded.due_ms THEN task.again_ms ELSE excluded.due_ms END")
    .text(&id)
    .text(integration)
    .text(&to_json("task", "kind", kind)?)
    .text(&kind.dedup(integration))
    .at(due)
    .at(now)
    .run(tx)
    .await?;
    Ok(())
}

/// Asks for a task unless the same one is there, waiting, running or given up.
pub async fn add_if_absent(
    tx: &mut Tx,
    integration: &str,
    kind: &TaskKind,
    due: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    let id = tx.shared.world.id();
    sql("INSERT INTO task (id, integration, kind, dedup, due_ms, attempts, created_ms, version) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, 0) ON CONFLICT DO NOTHING")
    .text(&id)
    .text(integration)
    .text(&to_json("task", "kind", kind)?)
    .text(&kind.dedup(integration))
    .at(due)
    .at(now)
    .changed(tx)
    .await
}

/// Takes a task away whose need has gone, by [`TaskKind::dedup`]; somebody who has it ends it without effect. False
/// when there was none.
pub async fn remove(tx: &mut Tx, dedup: &str) -> Result<bool, StoreError> {
    sql("DELETE FROM task WHERE dedup = $1").text(dedup).changed(tx).await
}

/// Takes a task away that was given up, so that it can be asked for anew with other particulars.
pub async fn remove_dead(tx: &mut Tx, dedup: &str) -> Result<bool, StoreError> {
    sql("DELETE FROM task WHERE dedup = $1 AND failure IS NOT NULL").text(dedup).changed(tx).await
}

/// Takes up to `limit` tasks that are due and nobody has, until `until`: whoever has not ended them by then loses them.
/// Dead ones are never taken; one whose kind this program does not know dies.
pub async fn lease(tx: &mut Tx, now: Millis, until: Millis, limit: i64) -> Result<Vec<Task>, StoreError> {
    let mut due = sql("SELECT id FROM task WHERE failure IS NULL AND due_ms <= $1 \
         AND (lease_until_ms IS NULL OR lease_until_ms <= $1) ORDER BY due_ms, id LIMIT $2")
    .at(now)
    .number(limit)
    .texts(tx, "id")
    .await?;
    // One by one in the order of ids, as every other worker does: workers that want the same rows wait for each other
    // instead of deadlocking. The guard is what keeps two of them from taking the same row.
    due.sort_unstable();
    let mut rows = Vec::with_capacity(due.len());
    for id in due {
        let taken = sql("UPDATE task SET lease_until_ms = $2, attempts = attempts + 1, version = version + 1 \
             WHERE id = $3 AND failure IS NULL AND due_ms <= $1 AND (lease_until_ms IS NULL OR lease_until_ms <= $1) \
             RETURNING id, integration, kind, attempts, due_ms, version")
        .at(now)
        .at(until)
        .text(&id)
        .rows(tx)
        .await?;
        rows.extend(taken);
    }
    let mut tasks = Vec::with_capacity(rows.len());
    for row in rows {
        match serde_json::from_str(&row.text("kind")?) {
            Ok(kind) => tasks.push(task(kind, &row)?),
            Err(_) => {
                sql("UPDATE task SET failure = 'unknown kind', lease_until_ms = NULL WHERE id = $1")
                    .text(&row.text("id")?)
                    .run(tx)
                    .await?;
            }
        }
    }
    tasks.sort_by(|one, other| (one.due, &one.id).cmp(&(other.due, &other.id)));
    Ok(tasks)
}

/// Keeps a task that is still being done until `until`. False when the lease was lost or the task has ended.
pub async fn renew(tx: &mut Tx, id: &str, version: i64, until: Millis) -> Result<bool, StoreError> {
    sql("UPDATE task SET lease_until_ms = $3 WHERE id = $1 AND version = $2 AND lease_until_ms IS NOT NULL")
        .text(id)
        .number(version)
        .at(until)
        .changed(tx)
        .await
}

/// Ends a task, unless it was asked for again meanwhile: then it waits for that time. Without effect when the lease was
/// lost to somebody else.
pub async fn done(tx: &mut Tx, task: &Task) -> Result<(), StoreError> {
    let deleted = sql("DELETE FROM task WHERE id = $1 AND version = $2 AND again_ms IS NULL")
        .text(&task.id)
        .number(task.version)
        .changed(tx)
        .await?;
    if !deleted {
        sql("UPDATE task SET due_ms = again_ms, again_ms = NULL, lease_until_ms = NULL, attempts = 0 \
             WHERE id = $1 AND version = $2 AND again_ms IS NOT NULL")
        .text(&task.id)
        .number(task.version)
        .run(tx)
        .await?;
    }
    Ok(())
}

/// Lets a task be tried again at `due`, or at the time it was asked for meanwhile if that is earlier. Without effect
/// when the lease was lost.
pub async fn again(tx: &mut Tx, task: &Task, due: Millis) -> Result<(), StoreError> {
    sql("UPDATE task SET lease_until_ms = NULL, due_ms = CASE WHEN again_ms < $3 THEN again_ms ELSE $3 END, \
         again_ms = CASE WHEN again_ms <= $3 THEN NULL ELSE again_ms END WHERE id = $1 AND version = $2")
    .text(&task.id)
    .number(task.version)
    .at(due)
    .run(tx)
    .await?;
    Ok(())
}

/// The same for a task that was not tried: that attempt does not count.
pub async fn hold(tx: &mut Tx, task: &Task, until: Millis) -> Result<(), StoreError> {
    sql("UPDATE task SET attempts = attempts - 1 WHERE id = $1 AND version = $2 AND attempts > 0")
        .text(&task.id)
        .number(task.version)
        .run(tx)
        .await?;
    again(tx, task, until).await
}

/// Lets what waits to go out to DingTalk be tried at once: the limits it waits for may be others now.
pub async fn hasten(tx: &mut Tx, integration: &str, now: Millis) -> Result<(), StoreError> {
    for kind in ["deliver", "repaint", "refresh-chat"] {
        sql("UPDATE task SET due_ms = $2 WHERE dedup LIKE $1 AND due_ms > $2 AND failure IS NULL \
             AND lease_until_ms IS NULL")
        .text(&format!("{integration}/{kind}/%"))
        .at(now)
        .run(tx)
        .await?;
    }
    Ok(())
}

/// Gives a task up, unless it was asked for again meanwhile. Without effect when the lease was lost.
pub async fn dead(tx: &mut Tx, task: &Task, reason: &str) -> Result<(), StoreError> {
    sql("UPDATE task SET failure = CASE WHEN again_ms IS NULL THEN $3 ELSE NULL END, lease_until_ms = NULL, \
         attempts = CASE WHEN again_ms IS NULL THEN attempts ELSE 0 END, due_ms = COALESCE(again_ms, due_ms), \
         again_ms = NULL WHERE id = $1 AND version = $2")
    .text(&task.id)
    .number(task.version)
    .text(reason)
    .run(tx)
    .await?;
    Ok(())
}

/// Takes every task back from whoever has it: they are dead.
pub async fn take_back(tx: &mut Tx) -> Result<(), StoreError> {
    sql("UPDATE task SET lease_until_ms = NULL WHERE lease_until_ms IS NOT NULL").run(tx).await?;
    Ok(())
}

/// How many tasks are due and nobody has.
pub async fn waiting(tx: &mut Tx, now: Millis) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM task WHERE failure IS NULL AND due_ms <= $1 \
         AND (lease_until_ms IS NULL OR lease_until_ms <= $1)")
    .at(now)
    .count(tx)
    .await
}

/// The earliest time at which a task or an inbox item can be leased.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Millis>, StoreError> {
    let row = sql("SELECT MIN(at_ms) AS at_ms FROM ( \
         SELECT CASE WHEN lease_until_ms > due_ms THEN lease_until_ms ELSE due_ms END AS at_ms FROM task \
             WHERE failure IS NULL \
         UNION ALL SELECT CASE WHEN lease_until_ms > due_ms THEN lease_until_ms ELSE due_ms END AS at_ms FROM inbox \
             WHERE done_ms IS NULL) AS work")
    .row(tx)
    .await?;
    row.map_or(Ok(None), |row| row.maybe_at("at_ms"))
}

/// How many tasks were given up.
pub async fn dead_count(tx: &mut Tx) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM task WHERE failure IS NOT NULL").count(tx).await
}

fn task(kind: TaskKind, row: &Row) -> Result<Task, StoreError> {
    Ok(Task {
        id: row.text("id")?,
        integration: row.text("integration")?,
        kind,
        attempts: row.number("attempts")?,
        due: row.at("due_ms")?,
        version: row.number("version")?,
    })
}

/// What waits for an integration, the first due first: the name of its kind, and when it is due. Some of it at most.
pub async fn waiting_of(tx: &mut Tx, integration: &str, most: i64) -> Result<Vec<(String, Millis)>, StoreError> {
    let rows = sql("SELECT kind, due_ms FROM task WHERE integration = $1 AND failure IS NULL ORDER BY due_ms LIMIT $2")
        .text(integration)
        .number(most)
        .rows(tx)
        .await?;
    rows.iter()
        .map(|row| {
            let kind: serde_json::Value = from_json("task", "kind", &row.text("kind")?)?;
            Ok((kind["do"].as_str().unwrap_or_default().to_owned(), row.at("due_ms")?))
        })
        .collect()
}
