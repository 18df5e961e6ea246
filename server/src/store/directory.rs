//! Looks into the directory: the run, what it found of each member, and whose numbers it still has to read.

use super::sql::{Row as SqlRow, known, sql};
use super::{StoreError, Tx};
use crate::model::directory::{Row, RowResult, Run, RunState, Step};
use crate::model::link::{Employee, Member};
use contract::directory::{Kind, Reason};
use world::Millis;

const RUN: &str = "directory_run";
const ROW: &str = "directory_row";

macro_rules! runs {
    ($($rest:tt)*) => {
        concat!(
            "SELECT id, integration, state, step, cursor, asked_by, done, total, groups_read, groups_all, failure, ",
            "created_ms, updated_ms, version FROM directory_run ",
            $($rest)*
        )
    };
}

macro_rules! rows {
    ($($rest:tt)*) => {
        concat!(
            "SELECT run, member_id, member_name, account_id, clue, kind, reason, user_id, user_name, union_id, seen, ",
            "result, link_id FROM directory_row ",
            $($rest)*
        )
    };
}

/// Begins a run. False while another of the integration is under way.
pub async fn begin(tx: &mut Tx, run: &Run) -> Result<bool, StoreError> {
    sql("INSERT INTO directory_run (id, integration, state, step, cursor, asked_by, done, total, groups_read, \
         groups_all, failure, created_ms, updated_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING")
    .text(&run.id)
    .text(&run.integration)
    .text(run.state.name())
    .text(run.step.name())
    .number(run.cursor)
    .text(&run.asked_by)
    .number(run.done)
    .number(run.total)
    .number(run.groups_read)
    .number(run.groups_all)
    .text(&run.failure)
    .at(run.created)
    .at(run.updated)
    .number(run.version)
    .changed(tx)
    .await
}

/// Compare and set.
pub async fn update(tx: &mut Tx, run: &Run) -> Result<bool, StoreError> {
    sql("UPDATE directory_run SET state = $3, step = $4, cursor = $5, done = $6, total = $7, groups_read = $8, \
         groups_all = $9, failure = $10, updated_ms = $11, version = version + 1 WHERE id = $1 AND version = $2")
    .text(&run.id)
    .number(run.version)
    .text(run.state.name())
    .text(run.step.name())
    .number(run.cursor)
    .number(run.done)
    .number(run.total)
    .number(run.groups_read)
    .number(run.groups_all)
    .text(&run.failure)
    .at(run.updated)
    .changed(tx)
    .await
}

/// A run of an integration.
pub async fn get(tx: &mut Tx, integration: &str, id: &str) -> Result<Option<Run>, StoreError> {
    let row = sql(runs!("WHERE integration = $1 AND id = $2")).text(integration).text(id).row(tx).await?;
    row.map(|row| run(&row)).transpose()
}

/// The newest run of an integration.
pub async fn newest(tx: &mut Tx, integration: &str) -> Result<Option<Run>, StoreError> {
    let row = sql(runs!("WHERE integration = $1 ORDER BY created_ms DESC, id DESC LIMIT 1"));
    row.text(integration).row(tx).await?.map(|row| run(&row)).transpose()
}

/// The newest run whose links were made, for taking them back.
pub async fn last_applied(tx: &mut Tx, integration: &str) -> Result<Option<Run>, StoreError> {
    let row = sql(runs!(
        "WHERE integration = $1 AND state IN ('applying', 'applied', 'undoing', 'undone') \
         ORDER BY created_ms DESC, id DESC LIMIT 1"
    ));
    row.text(integration).row(tx).await?.map(|row| run(&row)).transpose()
}

/// Deletes runs that began before `older_than` with what they found, and counts them. What is under way stays.
pub async fn sweep(tx: &mut Tx, older_than: Millis, limit: i64) -> Result<usize, StoreError> {
    let ids = sql("SELECT id FROM directory_run WHERE updated_ms < $1 AND state NOT IN \
         ('looking', 'applying', 'undoing') ORDER BY updated_ms, id LIMIT $2")
    .at(older_than)
    .number(limit)
    .texts(tx, "id")
    .await?;
    for id in &ids {
        for statement in [
            "DELETE FROM directory_row WHERE run = $1",
            "DELETE FROM directory_candidate WHERE run = $1",
            "DELETE FROM directory_run WHERE id = $1",
        ] {
            sql(statement).text(id).run(tx).await?;
        }
    }
    Ok(ids.len())
}

/// Keeps what is known of a member.
pub async fn put(tx: &mut Tx, row: &Row) -> Result<(), StoreError> {
    let employee = row.employee.as_ref();
    sql("INSERT INTO directory_row (run, member_id, member_name, account_id, clue, kind, reason, user_id, user_name, \
         union_id, seen, result, link_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         ON CONFLICT (run, member_id) DO UPDATE SET clue = excluded.clue, kind = excluded.kind, \
         reason = excluded.reason, user_id = excluded.user_id, user_name = excluded.user_name, \
         union_id = excluded.union_id, seen = excluded.seen, result = excluded.result, link_id = excluded.link_id")
    .text(&row.run)
    .number(row.member.member_id)
    .text(&row.member.name)
    .number(row.member.account_id)
    .text(&row.clue)
    .text(row.kind.name())
    .text(row.reason.name())
    .maybe_text(employee.map(|one| one.user_id.as_str()))
    .text(employee.map_or("", |one| one.name.as_str()))
    .maybe_text(employee.and_then(|one| one.union_id.as_deref()))
    .text(&row.seen)
    .text(row.result.name())
    .maybe_text(row.link_id.as_deref())
    .run(tx)
    .await?;
    Ok(())
}

/// Rows behind a member, in the order of members; of one kind and of one result where these are named.
pub async fn rows(
    tx: &mut Tx,
    run: &str,
    kind: Option<Kind>,
    result: Option<RowResult>,
    after: i64,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let rows = sql(rows!(
        "WHERE run = $1 AND member_id > $2 AND ($3 IS NULL OR kind = $3) AND ($4 IS NULL OR result = $4) \
         ORDER BY member_id LIMIT $5"
    ))
    .text(run)
    .number(after)
    .maybe_text(kind.map(Kind::name))
    .maybe_text(result.map(RowResult::name))
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter().map(row).collect()
}

/// What was found of one member.
pub async fn row_of(tx: &mut Tx, run: &str, member_id: i64) -> Result<Option<Row>, StoreError> {
    let found = sql(rows!("WHERE run = $1 AND member_id = $2")).text(run).number(member_id).row(tx).await?;
    found.map(|found| row(&found)).transpose()
}

/// Rows that can be applied and were not, in the order of members.
pub async fn to_apply(tx: &mut Tx, run: &str, limit: i64) -> Result<Vec<Row>, StoreError> {
    let rows = sql(rows!("WHERE run = $1 AND kind IN ('new', 'changed') AND result = '' ORDER BY member_id LIMIT $2"))
        .text(run)
        .number(limit)
        .rows(tx)
        .await?;
    rows.iter().map(row).collect()
}

/// How many rows there are of each kind and result.
pub async fn counts(tx: &mut Tx, run: &str) -> Result<Vec<(Kind, RowResult, i64)>, StoreError> {
    let rows = sql("SELECT kind, result, COUNT(*) AS n FROM directory_row WHERE run = $1 GROUP BY kind, result");
    let rows = rows.text(run).rows(tx).await?;
    rows.iter()
        .map(|row| {
            let kind = known(ROW, "kind", Kind::from_name(&row.text("kind")?))?;
            let result = known(ROW, "result", RowResult::from_name(&row.text("result")?))?;
            Ok((kind, result, row.number("n")?))
        })
        .collect()
}

/// Adds an employee to look at.
pub async fn add_candidate(tx: &mut Tx, run: &str, user_id: &str) -> Result<(), StoreError> {
    sql("INSERT INTO directory_candidate (run, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .text(run)
        .text(user_id)
        .run(tx)
        .await?;
    Ok(())
}

/// Employees still to look at, by id.
pub async fn candidates(tx: &mut Tx, run: &str, limit: i64) -> Result<Vec<String>, StoreError> {
    sql("SELECT user_id FROM directory_candidate WHERE run = $1 ORDER BY user_id LIMIT $2")
        .text(run)
        .number(limit)
        .texts(tx, "user_id")
        .await
}

/// How many.
pub async fn candidates_left(tx: &mut Tx, run: &str) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM directory_candidate WHERE run = $1").text(run).count(tx).await
}

/// An employee was looked at.
pub async fn drop_candidate(tx: &mut Tx, run: &str, user_id: &str) -> Result<(), StoreError> {
    sql("DELETE FROM directory_candidate WHERE run = $1 AND user_id = $2").text(run).text(user_id).run(tx).await?;
    Ok(())
}

fn run(row: &SqlRow) -> Result<Run, StoreError> {
    Ok(Run {
        id: row.text("id")?,
        integration: row.text("integration")?,
        state: known(RUN, "state", RunState::from_name(&row.text("state")?))?,
        step: known(RUN, "step", Step::from_name(&row.text("step")?))?,
        cursor: row.number("cursor")?,
        asked_by: row.text("asked_by")?,
        done: row.number("done")?,
        total: row.number("total")?,
        groups_read: row.number("groups_read")?,
        groups_all: row.number("groups_all")?,
        failure: row.text("failure")?,
        created: row.at("created_ms")?,
        updated: row.at("updated_ms")?,
        version: row.number("version")?,
    })
}

fn row(row: &SqlRow) -> Result<Row, StoreError> {
    let (name, union_id) = (row.text("user_name")?, row.maybe_text("union_id")?);
    Ok(Row {
        run: row.text("run")?,
        member: Member {
            member_id: row.number("member_id")?,
            name: row.text("member_name")?,
            account_id: row.number("account_id")?,
            account_name: String::new(),
        },
        clue: row.text("clue")?,
        kind: known(ROW, "kind", Kind::from_name(&row.text("kind")?))?,
        reason: known(ROW, "reason", Reason::from_name(&row.text("reason")?))?,
        employee: row.maybe_text("user_id")?.map(|user_id| Employee { user_id, name, union_id }),
        seen: row.text("seen")?,
        result: known(ROW, "result", RowResult::from_name(&row.text("result")?))?,
        link_id: row.maybe_text("link_id")?,
    })
}
