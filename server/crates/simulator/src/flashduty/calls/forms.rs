//! The account's custom fields.

use super::super::fields::Fields;
use super::super::form::CustomField;
use super::super::gate::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use serde_json::{Value, json};

/// `/field/list`
pub fn list(state: &mut State, _: Caller, _: &Fields) -> Result<Value, Refusal> {
    let items: Vec<Value> = state.custom_fields.iter().map(CustomField::view).collect();
    Ok(json!({"items": items}))
}
