//! Members, persons, teams, roles, licences and the account (reference sections 6.1-6.3, 7.5 and 7.8).

use super::super::fields::{Fields, Page};
use super::super::gate::Caller;
use super::super::people::{Role, Team};
use super::super::refusal::{Code, Refusal};
use super::super::state::State;
use super::super::view;
use serde_json::{Value, json};

type Answer = Result<Value, Refusal>;

/// `/member/info`: who owns this credential. The account's own key is no member: `BadRequest`.
pub fn member_info(state: &mut State, caller: Caller, _: &Fields) -> Answer {
    let member = state.members.get(&caller.person_id).ok_or(Refusal::from(Code::BadRequest))?;
    Ok(view::credential_owner(state, member))
}

/// `/member/list`
pub fn member_list(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let page = Page::of(fields, 20, 100)?;
    let role_id = fields.int("role_id", 0..=i64::MAX)?;
    let query = fields.text("query", 200)?.filter(|query| !query.trim().is_empty());
    let orderby = fields.one_of("orderby", &["created_at", "updated_at"])?.unwrap_or("created_at");
    let ascending = fields.flag("asc")?.unwrap_or(false);
    let mut found: Vec<_> = state
        .members
        .values()
        .filter(|member| !member.deleted || state.settings.deleted_members_listed)
        .filter(|member| role_id.is_none_or(|id| id == 0 || member.role.id() == id))
        .filter(|member| query.as_ref().is_none_or(|query| member.matches(query.trim())))
        .collect();
    found
        .sort_by_key(|member| (if orderby == "created_at" { member.created_at } else { member.updated_at }, member.id));
    if !ascending {
        found.reverse();
    }
    let total = found.len();
    let (found, _) = page.cut(found);
    let items: Vec<Value> = found.into_iter().map(|member| view::member(state, member)).collect();
    Ok(json!({"p": page.number, "limit": page.limit, "total": total, "items": items}))
}

/// `/person/infos`: unknown ids are left out.
pub fn person_infos(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let ids = fields.required_ints("person_ids", 1..=1_000)?;
    let items: Vec<Value> = ids.into_iter().filter_map(|id| view::person_info(state, id)).collect();
    Ok(json!({"items": items}))
}

/// `/account/info`
pub fn account_info(state: &mut State, _: Caller, _: &Fields) -> Answer {
    let account = &state.account;
    Ok(json!({
        "account_id": account.id, "account_name": account.name, "domain": account.domain, "email": account.email,
        "locale": account.locale, "time_zone": account.time_zone, "avatar": "/image/avatar0.png",
    }))
}

/// `/team/list`
pub fn team_list(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let page = Page::of(fields, 20, 100)?;
    let person_id = fields.int("person_id", 0..=i64::MAX)?;
    let query = fields.text("query", 200)?.unwrap_or_default().to_lowercase();
    let found: Vec<&Team> = state
        .teams
        .iter()
        .filter(|team| person_id.is_none_or(|id| team.person_ids.contains(&id)))
        .filter(|team| team.name.to_lowercase().contains(&query))
        .collect();
    let total = found.len();
    let (found, _) = page.cut(found);
    let items: Vec<Value> = found.into_iter().map(|team| team_view(state, team)).collect();
    Ok(json!({"p": page.number, "limit": page.limit, "total": total, "items": items}))
}

/// `/team/infos`
pub fn team_infos(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let ids = fields.required_ints("team_ids", 1..=100)?;
    let items: Vec<Value> =
        state.teams.iter().filter(|team| ids.contains(&team.id)).map(|team| team_view(state, team)).collect();
    Ok(json!({"items": items}))
}

/// `/role/list`
pub fn role_list(_: &mut State, _: Caller, _: &Fields) -> Answer {
    let items: Vec<Value> = Role::ALL
        .iter()
        .map(|role| json!({"role_id": role.id(), "role_name": role.name(), "status": "enabled"}))
        .collect();
    Ok(json!({"items": items}))
}

/// `/oncall/license/list`
pub fn licence_list(state: &mut State, _: Caller, _: &Fields) -> Answer {
    let licensed = state.members.values().filter(|member| member.licensed && !member.deleted);
    let items: Vec<Value> = licensed
        .map(|member| {
            json!({
                "person_id": member.id, "person_name": member.name, "type": "fixed",
                "created_at": member.created_at, "updated_at": member.updated_at, "updated_by": state.account.id,
            })
        })
        .collect();
    Ok(json!({"items": items, "total": items.len()}))
}

fn team_view(state: &State, team: &Team) -> Value {
    json!({
        "team_id": team.id, "team_name": team.name, "description": team.description, "status": "enabled",
        "person_ids": team.person_ids, "creator_id": state.account.id, "creator_name": state.account.name,
        "updated_by": state.account.id, "updated_by_name": state.account.name, "ref_id": "",
        "created_at": team.created_at, "updated_at": team.created_at,
    })
}
