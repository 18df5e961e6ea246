//! Custom fields and what an account's forms demand of them (reference section 5.6). Which values fit is held to; the
//! forms themselves no call tells.

use super::fields::Fields;
use super::refusal::Refusal;
use super::state::State;
use serde_json::{Map, Value, json};

/// The field that the forms of [`super::Settings::require_form`] demand.
pub const DEMANDED: &str = "cause";

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Checkbox,
    SingleSelect,
    MultiSelect,
}

/// One custom field of the account.
pub struct CustomField {
    pub name: &'static str,
    pub label: &'static str,
    pub description: &'static str,
    pub kind: Kind,
    pub options: Vec<&'static str>,
}

/// What the seed's account has.
pub fn seeded() -> Vec<CustomField> {
    let field = |name, label, description, kind, options: &[&'static str]| CustomField {
        name,
        label,
        description,
        kind,
        options: options.to_vec(),
    };
    vec![
        field(DEMANDED, "根因分类 Cause", "", Kind::SingleSelect, &["变更 Change", "容量 Capacity", "依赖 Dependency"]),
        field("services", "受影响服务 Services", "", Kind::MultiSelect, &["checkout, web", "ledger", "payout"]),
        field("ticket", "工单号 Ticket", "例如 OPS-123", Kind::Text, &[]),
        field("customers", "影响客户 Customers affected", "", Kind::Checkbox, &[]),
    ]
}

impl CustomField {
    /// As the list answers it.
    pub fn view(&self) -> Value {
        let kind = match self.kind {
            Kind::Text => "text",
            Kind::Checkbox => "checkbox",
            Kind::SingleSelect => "single_select",
            Kind::MultiSelect => "multi_select",
        };
        json!({
            "field_name": self.name, "display_name": self.label, "description": self.description, "field_type": kind,
            "options": if self.options.is_empty() { Value::Null } else { json!(self.options) }, "status": "enabled",
        })
    }

    fn takes(&self, value: &Value) -> bool {
        let offered = |value: &Value| value.as_str().is_some_and(|text| self.options.contains(&text));
        match (self.kind, value) {
            (Kind::Text, Value::String(text)) => text.chars().count() <= 3_000,
            (Kind::Checkbox, Value::Bool(_)) => true,
            (Kind::SingleSelect, value) => offered(value),
            (Kind::MultiSelect, Value::Array(values)) => values.iter().all(offered),
            _ => false,
        }
    }
}

/// The custom fields of a call, each known and of the right kind, and those there that are demanded.
pub fn filled(state: &State, fields: &Fields) -> Result<Map<String, Value>, Refusal> {
    let form = fields.map("custom_fields")?;
    for (name, value) in &form {
        let known = state.custom_fields.iter().find(|field| field.name == name);
        if !known.is_some_and(|field| field.takes(value)) {
            return Err(Refusal::parameter(format!("custom_fields.{name}")));
        }
    }
    if state.settings.require_form && !form.contains_key(DEMANDED) {
        return Err(Refusal::parameter(format!("custom_fields.{DEMANDED}")));
    }
    Ok(form)
}

/// Keeps what was filled in on incidents.
pub fn keep(state: &mut State, ids: &[String], form: &Map<String, Value>) {
    for id in ids {
        if let Some(incident) = state.incidents.get_mut(id) {
            incident.fields.extend(form.clone());
        }
    }
}
