//! The console's page of people: who is linked, finding the others, reminders, roles.

use crate::flow::directory::{self, Told};
use crate::flow::refusal::Refusal;
use crate::flow::work_notice::queue::{self, Asked, Audience};
use crate::flow::{address, audit, link_end};
use crate::model::directory::{Row, RowResult, RunState};
use crate::model::integration::Integration;
use crate::model::work_notice::{Content, Kind as NoticeKind};
use crate::state::State;
use crate::store::console::Role;
use crate::store::member::{Listed, Wanted};
use crate::store::{self, StoreError};
use contract::ProblemCode;
use contract::directory::Kind;
use contract::people::{LookView, PeopleList, PeoplePage, PersonLine, RowLine, Standing};
use contract::words::people as words;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// People on a page.
const PEOPLE_MAX: usize = 50;
/// Rows of a look that are shown.
const ROWS_MAX: usize = 100;
/// How long after a reminder nobody is reminded again.
const REMINDED_FOR: Duration = Duration::from_secs(24 * 3600);
/// People reminded at once.
const REMINDED_MAX: i64 = 1_000;
/// People read at once for a file, and at most.
const EXPORTED_AT_ONCE: i64 = 1_000;
const EXPORTED_MAX: i64 = 20_000;

/// The page.
///
/// # Errors
/// The database does not answer.
pub async fn page(state: &State, integration: &Integration, list: &PeopleList) -> Result<PeoplePage, Refusal> {
    let key = &integration.key;
    directory::refresh(state, integration).await?;
    let (newest, applied) = directory::standing(state, key).await?;
    let kind = list.rows.unwrap_or(Kind::New);
    let rows_max = i64::try_from(ROWS_MAX + 1).unwrap_or(i64::MAX);
    let rows = match &newest {
        Some(told) => directory::rows(state, key, &told.run.id, Some(kind), i64::MIN, rows_max).await?,
        None => Vec::new(),
    };
    let now = state.world.now();
    let mut tx = state.store.read().await?;
    let query = Some(list.query.clone()).filter(|query| !query.is_empty());
    let wanted = Wanted { standing: list.standing, query };
    let size = i64::try_from(PEOPLE_MAX).unwrap_or(i64::MAX);
    let offset = i64::from(list.number() - 1) * size;
    let mut found = store::member::list(&mut tx, key, &wanted, offset, size + 1).await?;
    let has_next = found.len() > PEOPLE_MAX;
    found.truncate(PEOPLE_MAX);
    let about = match list.about {
        Some(member_id) => store::member::one(&mut tx, key, member_id).await?,
        None => None,
    };
    let roles = store::console_grant::all(&mut tx, key).await?;
    let to_remind = store::link_reminder::due(&mut tx, key, now.minus(REMINDED_FOR), REMINDED_MAX).await?.len();
    Ok(PeoplePage {
        people: found.into_iter().map(|one| person(one, &roles)).collect(),
        has_next,
        counts: store::member::counts(&mut tx, key).await?,
        read_ms: store::member::last_read(&mut tx, key).await?.map(|at| at.0),
        look: newest.as_ref().map(|told| look(told, &rows)),
        applied: applied.as_ref().map(|told| look(told, &[])),
        about: about.map(|one| person(one, &roles)),
        to_remind: i64::try_from(to_remind).unwrap_or(i64::MAX),
    })
}

/// Ends a member's link.
///
/// # Errors
/// `NotFound` where there is none.
pub async fn unlink(state: &State, key: &str, member_id: i64, actor: &str) -> Result<(), Refusal> {
    let mut tx = state.store.begin().await?;
    let link = store::link::by_member(&mut tx, key, member_id).await?.ok_or(ProblemCode::NotFound)?;
    link_end::end_by(state, &mut tx, &link, "unlinked", actor).await?;
    Ok(tx.commit().await?)
}

/// Gives a member a role in the console, or takes it where `role` is none.
///
/// # Errors
/// `NotFound` for a member who is not linked.
pub async fn grant(state: &State, key: &str, member_id: i64, role: Option<Role>, actor: &str) -> Result<(), Refusal> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let link = store::link::by_member(&mut tx, key, member_id).await?;
    let former = store::console_grant::get(&mut tx, key, member_id).await?;
    match (role, &link) {
        (Some(role), Some(_)) => store::console_grant::put(&mut tx, key, member_id, role, now).await?,
        (Some(_), None) => return Err(ProblemCode::NotFound.into()),
        (None, _) => drop(store::console_grant::remove(&mut tx, key, member_id).await?),
    }
    let (before, after) = (former.map(Role::name), role.map(Role::name));
    let subject = link.map_or_else(|| member_id.to_string(), |link| link.employee.user_id);
    let detail = json!({"member_id": member_id, "before": before, "after": after});
    audit::write(state, &mut tx, key, actor, "console-role-given", &subject, detail).await?;
    Ok(tx.commit().await?)
}

/// Sends everybody who is known in DingTalk but cannot act a message with a button that opens the app: once a day. How many.
///
/// # Errors
/// The database does not take it.
pub async fn remind(state: &State, integration: &Integration, actor: &str) -> Result<usize, Refusal> {
    let (key, now) = (&integration.key, state.world.now());
    let since = now.minus(REMINDED_FOR);
    let mut tx = state.store.begin().await?;
    let mut user_ids = Vec::new();
    for user_id in store::link_reminder::due(&mut tx, key, since, REMINDED_MAX).await? {
        if store::link_reminder::take(&mut tx, key, &user_id, since, now).await? {
            user_ids.push(user_id);
        }
    }
    let count = user_ids.len();
    audit::write(state, &mut tx, key, actor, "people-reminded", key, json!({"people": count})).await?;
    tx.commit().await?;
    if count > 0 {
        let language = integration.settings.language;
        let content = Content {
            kind: NoticeKind::ActionCard,
            title: words::remind_message_title(language).to_owned(),
            text: words::remind_message(language).to_owned(),
            url: address::home_in_dingtalk(state, key),
            ..Content::default()
        };
        queue::ask(state, key, Asked { audience: Audience::People(user_ids), content }, actor).await?;
    }
    Ok(count)
}

/// Everybody, for a file: bounded, read in pieces.
///
/// # Errors
/// The database does not answer.
pub async fn everybody(state: &State, key: &str) -> Result<Vec<Listed>, StoreError> {
    let mut everybody = Vec::new();
    for offset in (0..EXPORTED_MAX).step_by(usize::try_from(EXPORTED_AT_ONCE).unwrap_or(1)) {
        let mut tx = state.store.read().await?;
        let some = store::member::list(&mut tx, key, &Wanted::default(), offset, EXPORTED_AT_ONCE).await?;
        let is_last = some.is_empty();
        everybody.extend(some);
        if is_last {
            break;
        }
    }
    Ok(everybody)
}

/// A person as a line of JSON.
pub fn as_json(one: &Listed) -> Value {
    json!({
        "member_id": one.member_id,
        "name": one.name,
        "state": one.standing.name(),
        "user_id": one.link.as_ref().map(|link| &link.user_id),
        "dingtalk_name": one.link.as_ref().map(|link| &link.user_name),
        "proof": one.link.as_ref().map(|link| link.proof.name()),
        "on_call_ms": one.on_call.map(|at| at.0),
        "updated_ms": one.link.as_ref().map(|link| link.updated.0),
    })
}

/// The heading of a table of people.
pub const CSV_HEADING: &str = "member_id,name,state,user_id,dingtalk_name,proof,on_call_ms,updated_ms\r\n";

/// A person as a row of it. Whatever a spreadsheet would take for a formula is made a text.
pub fn as_csv(one: &Listed) -> String {
    let value = as_json(one);
    let names = ["member_id", "name", "state", "user_id", "dingtalk_name", "proof", "on_call_ms", "updated_ms"];
    let cells: Vec<String> = names
        .iter()
        .map(|name| match &value[*name] {
            Value::String(text) => cell(text),
            Value::Null => String::new(),
            number => number.to_string(),
        })
        .collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    let dangerous = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    let safe = if dangerous { format!("'{text}") } else { text.to_owned() };
    format!("\"{}\"", safe.replace('"', "\"\"").replace(['\r', '\n'], " "))
}

fn person(one: Listed, roles: &BTreeMap<i64, Role>) -> PersonLine {
    PersonLine {
        member_id: one.member_id,
        name: one.name,
        linked_as: one.link.as_ref().map(|link| (link.user_name.clone(), link.proof.name().to_owned())),
        standing: one.standing,
        on_call_ms: one.on_call.map(|at| at.0),
        updated_ms: one.link.map(|link| link.updated.0),
        role: roles
            .get(&one.member_id)
            .filter(|_| one.standing != Standing::Unlinked)
            .map(|role| role.name().to_owned()),
    }
}

fn look(told: &Told, rows: &[Row]) -> LookView {
    let run = &told.run;
    let shown = rows.iter().filter(|_| run.state != RunState::Looking).take(ROWS_MAX);
    LookView {
        run: run.id.clone(),
        state: run.state.name().to_owned(),
        step: run.step.name().to_owned(),
        done: run.done,
        total: run.total,
        groups_read: run.groups_read,
        groups_all: run.groups_all,
        failure: run.failure.clone(),
        updated_ms: run.updated.0,
        counts: Kind::SHOWN.iter().map(|kind| (*kind, told.of_kind(*kind))).collect(),
        linked: told.of_result(RowResult::Linked),
        moved_on: told.of_result(RowResult::MovedOn),
        undone: told.of_result(RowResult::Undone),
        kept: told.of_result(RowResult::Kept),
        rows: shown.map(row_line).collect(),
        cut: rows.len() > ROWS_MAX,
    }
}

fn row_line(row: &Row) -> RowLine {
    RowLine {
        member: row.member.name.clone(),
        employee: row.employee.as_ref().map(|employee| employee.name.clone()),
        kind: row.kind,
        reason: row.reason,
        result: row.result.name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [
            ("李娜", "\"李娜\""),
            ("=1+1", "\"'=1+1\""),
            (" @SUM(A1)", "\"' @SUM(A1)\""),
            ("+86", "\"'+86\""),
            ("a \"b\"\r\n,c", "\"a \"\"b\"\"  ,c\""),
            ("", "\"\""),
        ] {
            assert_eq!(cell(text), expected, "{text}");
        }
    }
}
