//! Message templates (reference section 7.6).

use super::super::Flashduty;
use super::super::fields::{Fields, Page};
use super::super::gate::Caller;
use super::super::incident::Incident;
use super::super::refusal::{Code, Refusal};
use super::super::state::State;
use super::super::template::{FIXED_FIELDS, PRESET_ID, Template, fixed_fields, render};
use serde_json::{Value, json};

type Answer = Result<Value, Refusal>;

/// Every kind of channel that a template has a text for.
const KINDS: [&str; 14] = [
    "email",
    "sms",
    "voice",
    "dingtalk",
    "dingtalk_app",
    "wecom",
    "wecom_app",
    "feishu",
    "feishu_app",
    "slack",
    "slack_app",
    "teams_app",
    "telegram",
    "zoom",
];

/// The other id of the preset that is in the world.
const PRESET_ALIAS: &str = "000000000000000000000001";

/// `/template/list`
pub fn list(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let page = Page::of(fields, 20, 100)?;
    let total = state.templates.len();
    let (found, has_next_page) = page.cut(state.templates.iter().collect());
    let items: Vec<Value> = found.into_iter().map(|one| view(state, one)).collect();
    Ok(json!({"items": items, "total": total, "has_next_page": has_next_page}))
}

/// `/template/info`
pub fn info(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let id = fields.required_object_id("template_id")?;
    let id = if id == PRESET_ALIAS { PRESET_ID } else { &id };
    let found = state.templates.iter().find(|one| one.id == id);
    Ok(view(state, found.ok_or(Refusal::from(Code::ResourceNotFound))?))
}

/// `/template/preview`: without an incident the newest one stands for an example.
pub fn preview(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    fields.one_of("type", &KINDS)?.ok_or_else(|| Refusal::parameter("type"))?;
    let content = fields.text("content", 20_000)?.ok_or_else(|| Refusal::parameter("content"))?;
    let hidden = fields.texts("incident_card_hidden_fields", 0..=FIXED_FIELDS.len())?.unwrap_or_default();
    if hidden.iter().any(|field| !FIXED_FIELDS.contains(&field.as_str())) {
        return Err(Refusal::parameter("incident_card_hidden_fields"));
    }
    let incident: &Incident = match fields.object_id("incident_id")? {
        Some(id) => state.incident(&id)?,
        None => state.incidents.values().next_back().ok_or(Refusal::from(Code::ResourceNotFound))?,
    };
    let (content, message, success) = match render(state, incident, &content) {
        Ok(text) => (text, String::new(), true),
        Err(why) => (String::new(), format!("template: {why}"), false),
    };
    let fields = fixed_fields(state, incident, &hidden);
    Ok(json!({"content": content, "success": success, "message": message, "fixed_fields": fields}))
}

fn view(state: &State, template: &Template) -> Value {
    let mut view = json!({
        "template_id": template.id, "template_name": template.name, "description": "", "team_id": 0,
        "status": "enabled", "account_id": state.account.id, "creator_id": state.account.id, "created_at": 0,
        "updated_at": 0,
    });
    for kind in KINDS {
        view[kind] = json!(template.texts.get(kind).cloned().unwrap_or_default());
    }
    view
}

impl Flashduty {
    /// Gives an escalation rule a template of its own with this text for DingTalk's card. False without such a rule.
    pub fn set_template(&self, rule_id: &str, dingtalk_app: &str) -> bool {
        let mut state = self.state();
        let id = state.object_id();
        let Some(rule) = state.rules.iter_mut().find(|rule| rule.id == rule_id) else { return false };
        rule.template_id.clone_from(&id);
        let texts = [("dingtalk_app".to_owned(), dingtalk_app.to_owned())].into();
        state.templates.push(Template { id, name: "自定义 Custom".to_owned(), texts });
        true
    }
}
