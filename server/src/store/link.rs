//! Employee ↔ Member.

use super::sql::{Row, from_json, known, sql, to_json};
use super::{StoreError, Tx, member};
use crate::model::link::{Credential, Employee, Link, LinkState, Member};
use contract::person::SignInWay;
use secrecy::ExposeSecret;
use world::Millis;

const TABLE: &str = "link";

macro_rules! columns {
    () => {
        "id, integration, user_id, user_name, union_id, member_id, member_name, account_id, account_name, proof, \
         credential_sealed, state, created_ms, updated_ms, version"
    };
}

macro_rules! select {
    ($($rest:tt)*) => {
        concat!("SELECT ", columns!(), " FROM link ", $($rest)*)
    };
}

/// The link of an employee.
pub async fn by_user(tx: &mut Tx, integration: &str, user_id: &str) -> Result<Option<Link>, StoreError> {
    let row = sql(select!("WHERE integration = $1 AND user_id = $2")).text(integration).text(user_id).row(tx).await?;
    row.map(|row| link(tx, &row)).transpose()
}

/// The link of a member.
pub async fn by_member(tx: &mut Tx, integration: &str, member_id: i64) -> Result<Option<Link>, StoreError> {
    let row =
        sql(select!("WHERE integration = $1 AND member_id = $2")).text(integration).number(member_id).row(tx).await?;
    row.map(|row| link(tx, &row)).transpose()
}

/// The links of those members that have one, in the given order.
pub async fn by_members(tx: &mut Tx, integration: &str, member_ids: &[i64]) -> Result<Vec<Link>, StoreError> {
    let mut links = Vec::with_capacity(member_ids.len());
    for member_id in member_ids {
        links.extend(by_member(tx, integration, *member_id).await?);
    }
    Ok(links)
}

/// Keeps a link in place of the employee's former one. The member's link with another employee is deleted and
/// returned. [`StoreError::Taken`] when somebody else links the same member at the same moment.
pub async fn put(tx: &mut Tx, new: &Link) -> Result<Option<Link>, StoreError> {
    let former = sql(concat!(
        "DELETE FROM link WHERE integration = $1 AND member_id = $2 AND user_id <> $3 RETURNING ",
        columns!()
    ))
    .text(&new.integration)
    .number(new.member.member_id)
    .text(&new.employee.user_id)
    .row(tx)
    .await?;
    let credential = credential(tx, new)?;
    sql(concat!(
        "INSERT INTO link (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ",
        "ON CONFLICT (integration, user_id) DO UPDATE SET id = excluded.id, user_name = excluded.user_name, ",
        "union_id = excluded.union_id, member_id = excluded.member_id, member_name = excluded.member_name, ",
        "account_id = excluded.account_id, account_name = excluded.account_name, proof = excluded.proof, ",
        "credential_sealed = excluded.credential_sealed, state = excluded.state, created_ms = excluded.created_ms, ",
        "updated_ms = excluded.updated_ms, version = link.version + 1"
    ))
    .text(&new.id)
    .text(&new.integration)
    .text(&new.employee.user_id)
    .text(&new.employee.name)
    .maybe_text(new.employee.union_id.as_deref())
    .number(new.member.member_id)
    .text(&new.member.name)
    .number(new.member.account_id)
    .text(&new.member.account_name)
    .text(new.proof.name())
    .maybe_text(credential.as_deref())
    .text(new.state.name())
    .at(new.created)
    .at(new.updated)
    .number(new.version)
    .run(tx)
    .await?;
    member::put_linked(tx, &new.integration, new.member.member_id, &new.member.name).await?;
    former.map(|row| link(tx, &row)).transpose()
}

/// Compare and set: the credential of this version does not work. False when there is another one by now, or none.
pub async fn set_broken(tx: &mut Tx, id: &str, version: i64, now: Millis) -> Result<bool, StoreError> {
    sql("UPDATE link SET state = $3, updated_ms = $4, version = version + 1 WHERE id = $1 AND version = $2")
        .text(id)
        .number(version)
        .text(LinkState::Broken.name())
        .at(now)
        .changed(tx)
        .await
}

/// Compare and set of credential and state: of two that renew a credential at once, the slower must read again.
pub async fn set_credential(tx: &mut Tx, link: &Link) -> Result<bool, StoreError> {
    let credential = credential(tx, link)?;
    sql("UPDATE link SET credential_sealed = $3, state = $4, updated_ms = $5, version = version + 1, \
         refresh_lease_ms = NULL WHERE id = $1 AND version = $2")
    .text(&link.id)
    .number(link.version)
    .maybe_text(credential.as_deref())
    .text(link.state.name())
    .at(link.updated)
    .changed(tx)
    .await
}

/// Takes a link to renew its credential, so that two processes do not spend one refresh token twice. False while somebody
/// else has it; after `until` another may take it. Renewing the credential gives it free.
pub async fn lease_refresh(tx: &mut Tx, id: &str, now: Millis, until: Millis) -> Result<bool, StoreError> {
    sql("UPDATE link SET refresh_lease_ms = $3 WHERE id = $1 AND (refresh_lease_ms IS NULL OR refresh_lease_ms <= $2)")
        .text(id)
        .at(now)
        .at(until)
        .changed(tx)
        .await
}

/// Gives a link free whose credential was not renewed, unless the lease until `until` has run out and another has it.
pub async fn release_refresh(tx: &mut Tx, id: &str, until: Millis) -> Result<(), StoreError> {
    sql("UPDATE link SET refresh_lease_ms = NULL WHERE id = $1 AND refresh_lease_ms = $2")
        .text(id)
        .at(until)
        .run(tx)
        .await?;
    Ok(())
}

/// Deletes a link. False when it is gone already.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    sql("DELETE FROM link WHERE id = $1").text(id).changed(tx).await
}

/// A page of links, newest first: `after` is the last one's creation and id.
pub async fn list(
    tx: &mut Tx,
    integration: &str,
    state: Option<LinkState>,
    after: Option<(Millis, String)>,
    limit: i64,
) -> Result<Vec<Link>, StoreError> {
    let (created, id) = after.unzip();
    let rows = sql(select!(
        "WHERE integration = $1 AND ($2 IS NULL OR state = $2) \
         AND ($3 IS NULL OR created_ms < $3 OR (created_ms = $3 AND id < $4)) ORDER BY created_ms DESC, id DESC LIMIT $5"
    ))
    .text(integration)
    .maybe_text(state.map(LinkState::name))
    .maybe_at(created)
    .maybe_text(id.as_deref())
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter().map(|row| link(tx, row)).collect()
}

/// How many links an integration has.
pub async fn count(tx: &mut Tx, integration: &str) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM link WHERE integration = $1").text(integration).count(tx).await
}

fn credential(tx: &Tx, link: &Link) -> Result<Option<String>, StoreError> {
    let seal = |credential| tx.seal(TABLE, &link.id, &to_json(TABLE, "credential", credential)?);
    link.credential.as_ref().map(seal).transpose()
}

fn link(tx: &Tx, row: &Row) -> Result<Link, StoreError> {
    let id = row.text("id")?;
    let open = |sealed: String| -> Result<Credential, StoreError> {
        from_json(TABLE, "credential", tx.unseal(TABLE, &id, &sealed)?.expose_secret())
    };
    Ok(Link {
        credential: row.maybe_text("credential_sealed")?.map(open).transpose()?,
        id,
        integration: row.text("integration")?,
        employee: Employee {
            user_id: row.text("user_id")?,
            name: row.text("user_name")?,
            union_id: row.maybe_text("union_id")?,
        },
        member: Member {
            member_id: row.number("member_id")?,
            name: row.text("member_name")?,
            account_id: row.number("account_id")?,
            account_name: row.text("account_name")?,
        },
        proof: known(TABLE, "proof", proof(&row.text("proof")?))?,
        state: known(TABLE, "state", state(&row.text("state")?))?,
        created: row.at("created_ms")?,
        updated: row.at("updated_ms")?,
        version: row.number("version")?,
    })
}

pub(super) fn proof(name: &str) -> Option<SignInWay> {
    [SignInWay::Oauth, SignInWay::AppKey, SignInWay::Directory].into_iter().find(|way| way.name() == name)
}

fn state(name: &str) -> Option<LinkState> {
    [LinkState::Linked, LinkState::Broken].into_iter().find(|state| state.name() == name)
}
