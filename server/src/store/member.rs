//! Members of the Flashduty account as they were last read, and how each is linked.

use super::sql::{Row, known, sql};
use super::{StoreError, Tx};
use contract::people::Standing;
use contract::person::SignInWay;
use world::Millis;

/// The begin of a shift that nobody has.
const NEVER: i64 = i64::MAX;

/// Which members to list.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub standing: Option<Standing>,
    /// A part of the name.
    pub query: Option<String>,
}

/// A member with their link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub member_id: i64,
    pub name: String,
    pub on_call: Option<Millis>,
    pub standing: Standing,
    pub link: Option<LinkOf>,
}

/// What is known of a member's link without opening its credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkOf {
    pub id: String,
    pub user_id: String,
    pub user_name: String,
    pub proof: SignInWay,
    pub updated: Millis,
}

/// Keeps what Flashduty told of a member at `read`.
pub async fn put(tx: &mut Tx, integration: &str, member_id: i64, name: &str, read: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO member (integration, member_id, name, sort_name, on_call_ms, read_ms) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (integration, member_id) DO UPDATE SET name = excluded.name, \
         sort_name = excluded.sort_name, read_ms = excluded.read_ms")
    .text(integration)
    .number(member_id)
    .text(name)
    .text(&name.to_lowercase())
    .number(NEVER)
    .at(read)
    .run(tx)
    .await?;
    Ok(())
}

/// Notes a member of whom only a link tells, unless Flashduty has.
pub async fn put_linked(tx: &mut Tx, integration: &str, member_id: i64, name: &str) -> Result<(), StoreError> {
    sql("INSERT INTO member (integration, member_id, name, sort_name, on_call_ms, read_ms) \
         VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (integration, member_id) DO NOTHING")
    .text(integration)
    .number(member_id)
    .text(name)
    .text(&name.to_lowercase())
    .number(NEVER)
    .run(tx)
    .await?;
    Ok(())
}

/// Notes whether a member is an administrator at Flashduty.
pub async fn note_admin(
    tx: &mut Tx,
    integration: &str,
    member_id: i64,
    name: &str,
    is_admin: bool,
) -> Result<(), StoreError> {
    put_linked(tx, integration, member_id, name).await?;
    sql("UPDATE member SET is_admin = $3 WHERE integration = $1 AND member_id = $2 AND is_admin <> $3")
        .text(integration)
        .number(member_id)
        .number(i64::from(is_admin))
        .run(tx)
        .await?;
    Ok(())
}

/// Whether a member was last seen as an administrator at Flashduty.
pub async fn is_admin(tx: &mut Tx, integration: &str, member_id: i64) -> Result<bool, StoreError> {
    let row = sql("SELECT is_admin FROM member WHERE integration = $1 AND member_id = $2");
    let row = row.text(integration).number(member_id).row(tx).await?;
    Ok(row.map(|row| row.number("is_admin")).transpose()? == Some(1))
}

/// Forgets members who were not told of since `read` and have no link. How many.
pub async fn forget(tx: &mut Tx, integration: &str, read: Millis) -> Result<u64, StoreError> {
    sql("DELETE FROM member WHERE integration = $1 AND read_ms < $2 AND NOT EXISTS (SELECT 1 FROM link \
         WHERE link.integration = member.integration AND link.member_id = member.member_id)")
    .text(integration)
    .at(read)
    .run(tx)
    .await
}

/// Nobody is on call.
pub async fn clear_on_call(tx: &mut Tx, integration: &str) -> Result<(), StoreError> {
    sql("UPDATE member SET on_call_ms = $2 WHERE integration = $1 AND on_call_ms <> $2")
        .text(integration)
        .number(NEVER)
        .run(tx)
        .await?;
    Ok(())
}

/// A member is on call from `start` on.
pub async fn on_call(tx: &mut Tx, integration: &str, member_id: i64, start: Millis) -> Result<(), StoreError> {
    sql("UPDATE member SET on_call_ms = $3 WHERE integration = $1 AND member_id = $2 AND on_call_ms > $3")
        .text(integration)
        .number(member_id)
        .at(start)
        .run(tx)
        .await?;
    Ok(())
}

/// When Flashduty last told of any member.
pub async fn last_read(tx: &mut Tx, integration: &str) -> Result<Option<Millis>, StoreError> {
    let row =
        sql("SELECT MAX(read_ms) AS read_ms FROM member WHERE integration = $1").text(integration).row(tx).await?;
    Ok(row.map(|row| row.maybe_at("read_ms")).transpose()?.flatten().filter(|at| at.0 > 0))
}

/// How a member is linked, in SQL; `l` is the link.
macro_rules! standing {
    () => {
        "CASE WHEN l.id IS NULL THEN 'unlinked' WHEN l.state = 'broken' THEN 'broken' \
         WHEN l.credential_sealed IS NULL THEN 'directory' ELSE 'linked' END"
    };
}

/// A page of members: first who is on call soon, then by name.
pub async fn list(
    tx: &mut Tx,
    integration: &str,
    wanted: &Wanted,
    offset: i64,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let rows = sql(concat!(
        "SELECT m.member_id, m.name, m.on_call_ms, l.id, l.user_id, l.user_name, l.proof, l.updated_ms, ",
        standing!(),
        " AS standing FROM member m LEFT JOIN link l ON l.integration = m.integration AND l.member_id = m.member_id \
         WHERE m.integration = $1 AND ($2 IS NULL OR $2 = ",
        standing!(),
        ") AND ($3 IS NULL OR m.sort_name LIKE $3 ESCAPE '!') \
         ORDER BY m.on_call_ms, m.sort_name, m.member_id LIMIT $4 OFFSET $5"
    ))
    .text(integration)
    .maybe_text(wanted.standing.map(Standing::name))
    .maybe_text(wanted.query.as_deref().map(pattern).as_deref())
    .number(limit)
    .number(offset)
    .rows(tx)
    .await?;
    rows.iter().map(listed).collect()
}

/// One member.
pub async fn one(tx: &mut Tx, integration: &str, member_id: i64) -> Result<Option<Listed>, StoreError> {
    let row = sql(concat!(
        "SELECT m.member_id, m.name, m.on_call_ms, l.id, l.user_id, l.user_name, l.proof, l.updated_ms, ",
        standing!(),
        " AS standing FROM member m LEFT JOIN link l ON l.integration = m.integration AND l.member_id = m.member_id \
         WHERE m.integration = $1 AND m.member_id = $2"
    ))
    .text(integration)
    .number(member_id)
    .row(tx)
    .await?;
    row.map(|row| listed(&row)).transpose()
}

/// How many members there are of each standing.
pub async fn counts(tx: &mut Tx, integration: &str) -> Result<Vec<(Standing, i64)>, StoreError> {
    let rows = sql(concat!(
        "SELECT standing, COUNT(*) AS n FROM (SELECT ",
        standing!(),
        " AS standing FROM member m LEFT JOIN link l ON l.integration = m.integration AND l.member_id = m.member_id \
         WHERE m.integration = $1) s GROUP BY standing"
    ))
    .text(integration)
    .rows(tx)
    .await?;
    rows.iter()
        .map(|row| Ok((known("member", "standing", Standing::from_name(&row.text("standing")?))?, row.number("n")?)))
        .collect()
}

/// A part of a name as a pattern.
fn pattern(query: &str) -> String {
    let plain = query.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{plain}%")
}

fn listed(row: &Row) -> Result<Listed, StoreError> {
    let link = match row.maybe_text("id")? {
        None => None,
        Some(id) => Some(LinkOf {
            id,
            user_id: row.text("user_id")?,
            user_name: row.text("user_name")?,
            proof: known("link", "proof", super::link::proof(&row.text("proof")?))?,
            updated: row.at("updated_ms")?,
        }),
    };
    let on_call = row.at("on_call_ms")?;
    Ok(Listed {
        member_id: row.number("member_id")?,
        name: row.text("name")?,
        on_call: Some(on_call).filter(|at| at.0 != NEVER),
        standing: known("member", "standing", Standing::from_name(&row.text("standing")?))?,
        link,
    })
}
