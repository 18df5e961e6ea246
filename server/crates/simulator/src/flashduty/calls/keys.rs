//! APP keys made by the account owner for a member (reference section 6.5).

use super::super::fields::{Fields, Page};
use super::super::gate::Caller;
use super::super::people::AppKey;
use super::super::refusal::{Code, Refusal};
use super::super::state::State;
use serde_json::{Value, json};

type Answer = Result<Value, Refusal>;

/// How many keys a member may have of each kind.
const KEYS_MAX: usize = 5;

impl State {
    /// Makes a key that acts as `owner_id` and answers it with its secret; at most five of a kind per person.
    pub fn make_key(&mut self, owner_id: i64, name: &str, by_owner: bool) -> Result<AppKey, Refusal> {
        if owner_id != self.account.id && !self.is_active(owner_id) {
            return Err(Code::ResourceNotFound.into());
        }
        let own = self.app_keys.iter().filter(|key| key.owner_id == owner_id && key.by_owner == by_owner);
        if own.count() >= KEYS_MAX {
            return Err(Code::BadRequest.into());
        }
        let key = AppKey {
            id: self.app_keys.iter().map(|key| key.id).max().unwrap_or(7_100_000_000_000) + 1,
            name: name.to_owned(),
            secret: self.world.secret(),
            owner_id,
            enabled: true,
            by_owner,
            created_at: self.now(),
        };
        self.app_keys.push(key.clone());
        Ok(key)
    }
}

/// `/person/app-key/create`
pub fn create(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let name = fields.required_text("key_name", 39)?;
    let enabled = fields.flag("is_enabled")?.ok_or_else(|| Refusal::parameter("is_enabled"))?;
    let person_id = fields.required_int("person_id", 1..=i64::MAX)?;
    let key = state.make_key(person_id, &name, true)?;
    find(state, key.id)?.enabled = enabled;
    Ok(json!({"key_id": key.id, "key_name": key.name, "key": key.secret}))
}

/// `/person/app-key/list`: without the secrets.
pub fn list(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let page = Page::of(fields, 20, 20)?;
    let person_id = fields.required_int("person_id", 1..=i64::MAX)?;
    let keys = state.app_keys.iter().filter(|key| key.by_owner && key.owner_id == person_id);
    let rows: Vec<Value> = keys
        .map(|key| {
            json!({
                "key_id": key.id, "key_name": key.name, "person_id": key.owner_id,
                "is_enabled": key.enabled, "created_at": key.created_at,
            })
        })
        .collect();
    let total = rows.len();
    let (items, _) = page.cut(rows);
    Ok(json!({"items": items, "total": total}))
}

/// `/person/app-key/enable`
pub fn enable(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    find(state, fields.required_int("key_id", 1..=i64::MAX)?)?.enabled = true;
    Ok(json!({}))
}

/// `/person/app-key/disable`
pub fn disable(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    find(state, fields.required_int("key_id", 1..=i64::MAX)?)?.enabled = false;
    Ok(json!({}))
}

/// `/person/app-key/delete`
pub fn delete(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let id = find(state, fields.required_int("key_id", 1..=i64::MAX)?)?.id;
    state.app_keys.retain(|key| key.id != id);
    Ok(json!({}))
}

fn find(state: &mut State, id: i64) -> Result<&mut AppKey, Refusal> {
    state.app_keys.iter_mut().find(|key| key.by_owner && key.id == id).ok_or_else(|| Code::ResourceNotFound.into())
}
