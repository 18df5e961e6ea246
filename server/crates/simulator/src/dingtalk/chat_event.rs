//! Events about groups (dingtalk.md, 3.3): what they say and which apps hear of them.

use super::spelling::Event;
use super::state::{App, Chat, State};
use serde_json::{Value, json};
use world::Millis;

impl Chat {
    /// An event about this group with its usual fields, and the apps that are told: those at home in the group.
    pub fn event(&self, state: &State, now: Millis, kind: &str, operator: &str, more: Value) -> (Vec<String>, Event) {
        let union_id = state.employee(&self.corp_id, operator).map(|person| person.union_id.clone());
        let mut fields = json!({
            "timeStamp": now.0,
            "chatId": self.chat_id,
            "corpId": self.corp_id,
            "openConversationId": self.id,
            "operator": operator,
            "operatorUnionId": union_id.unwrap_or_default(),
        });
        if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
            fields.extend(more);
        }
        let at_home = |app: &&App| {
            let template = app.group_template.as_ref().map(|template| &template.template_id);
            self.cool_apps.contains(&app.client_id) || (template.is_some() && self.template_id.as_ref() == template)
        };
        let apps = state.apps.values().filter(at_home).map(|app| app.client_id.clone()).collect();
        (apps, Event::new(kind, &self.corp_id, fields))
    }
}
