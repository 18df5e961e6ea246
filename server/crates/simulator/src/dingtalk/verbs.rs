//! What people do in DingTalk's groups, as methods for tests, desk and control.

use super::look::{find_chat, first_corp};
use super::state::{App, ChatKind, Place, State};
use super::{DingTalk, Event, PushResult};
use crate::seed;
use serde_json::{Value, json};

/// Groups. Each returns how the push to the app ended; [`PushResult::NoCallback`] also when no app is told.
impl DingTalk {
    /// Installs the cool app of the company's app (the seed's, else the first) in a group, bot included.
    ///
    /// # Errors
    /// When there is no such group, it is not an internal one, or the operator is not in it.
    pub async fn install_cool_app(&self, chat: &str, operator: &str) -> Result<PushResult, String> {
        self.cool_app(chat, operator, true).await
    }

    /// Takes the cool app out of a group, and its bot with it.
    ///
    /// # Errors
    /// As when installing; also when it is not there.
    pub async fn uninstall_cool_app(&self, chat: &str, operator: &str) -> Result<PushResult, String> {
        self.cool_app(chat, operator, false).await
    }

    /// Renames a group; its address changes too.
    ///
    /// # Errors
    /// When there is no such group.
    pub async fn rename_chat(&self, chat: &str, title: &str, operator: &str) -> Result<PushResult, String> {
        let told = self.change(|state| {
            let id = find_chat(state, chat)?.id.clone();
            if let Some(chat) = state.chats.get_mut(&id) {
                chat.title = title.to_owned();
                chat.renew_url(&self.base_url, &self.core.world);
            }
            self.chat_event(state, &id, "chat_update_title", operator, json!({ "title": title }))
        })?;
        Ok(self.tell(told).await)
    }

    /// Disbands a group.
    ///
    /// # Errors
    /// When there is no such group.
    pub async fn disband_chat(&self, chat: &str, operator: &str) -> Result<PushResult, String> {
        let told = self.change(|state| {
            let id = find_chat(state, chat)?.id.clone();
            let told = self.chat_event(state, &id, "chat_disband", operator, json!({}))?;
            if let Some(chat) = state.chats.get_mut(&id) {
                chat.disbanded = true;
            }
            Ok::<_, String>(told)
        })?;
        Ok(self.tell(told).await)
    }

    /// Adds people to a group (`adding`) or takes them out of it.
    ///
    /// # Errors
    /// When there is no such group or person.
    pub async fn change_members(
        &self,
        chat: &str,
        user_ids: &[&str],
        adding: bool,
        operator: &str,
    ) -> Result<PushResult, String> {
        let told = self.change(|state| {
            let found = find_chat(state, chat)?;
            let (id, corp_id) = (found.id.clone(), found.corp_id.clone());
            let people = user_ids.iter().map(|user_id| state.employee(&corp_id, user_id).ok_or("no such person"));
            let people = people.collect::<Result<Vec<_>, _>>()?;
            let union_ids: Vec<String> = people.iter().map(|person| person.union_id.clone()).collect();
            if let Some(chat) = state.chats.get_mut(&id) {
                for user_id in user_ids {
                    if adding {
                        chat.members.insert((*user_id).to_owned());
                    } else {
                        chat.members.remove(*user_id);
                    }
                }
            }
            let kind = if adding { "chat_add_member" } else { "chat_remove_member" };
            self.chat_event(state, &id, kind, operator, json!({ "userId": user_ids, "unionId": union_ids }))
        })?;
        Ok(self.tell(told).await)
    }

    /// Gives a group another owner.
    ///
    /// # Errors
    /// When there is no such group, or the person is not in it.
    pub async fn change_owner(&self, chat: &str, owner: &str) -> Result<PushResult, String> {
        let told = self.change(|state| {
            let found = find_chat(state, chat)?;
            if !found.members.contains(owner) {
                return Err("not a member".to_owned());
            }
            let (id, old_owner) = (found.id.clone(), found.owner.clone());
            if let Some(chat) = state.chats.get_mut(&id) {
                chat.owner = owner.to_owned();
                chat.renew_url(&self.base_url, &self.core.world);
            }
            let (apps, mut event) = self.chat_event(state, &id, "chat_update_owner", &old_owner, json!({}))?;
            // The documents' sample has neither chatId nor operator.
            event.fields.remove("chatId");
            event.fields.remove("operator");
            event.fields.insert("owner".into(), json!(owner));
            Ok((apps, event))
        })?;
        Ok(self.tell(told).await)
    }

    /// A person leaves the company and with it all internal groups.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn leave_org(&self, user_id: &str) -> Result<PushResult, String> {
        let now = self.core.world.now();
        let told = self.change(|state| {
            let corp_id = first_corp(state).ok_or("no company")?;
            state.employee(&corp_id, user_id).ok_or("no such person")?;
            let person = state.corps.get_mut(&corp_id).and_then(|corp| corp.employees.get_mut(user_id));
            if let Some(person) = person {
                person.active = false;
            }
            for chat in state.chats.values_mut().filter(|chat| chat.corp_id == corp_id) {
                if chat.kind != ChatKind::Plain {
                    chat.members.remove(user_id);
                }
            }
            let apps = state.apps.values().filter(|app| app.corp_id == corp_id).map(|app| app.client_id.clone());
            let fields = json!({ "timeStamp": now.0.to_string(), "userId": [user_id] });
            Ok::<_, String>((apps.collect(), Event::new("user_leave_org", &corp_id, fields)))
        })?;
        Ok(self.tell(told).await)
    }

    async fn cool_app(&self, chat: &str, operator: &str, installing: bool) -> Result<PushResult, String> {
        let world = &self.core.world;
        let (client_id, event) = self.change(|state| {
            let found = find_chat(state, chat)?;
            let of_corp = |app: &&App| app.corp_id == found.corp_id;
            let app = state.apps.get(seed::CLIENT_ID).filter(of_corp).or_else(|| state.apps.values().find(of_corp));
            let app = app.ok_or("the company has no app")?;
            let (client_id, code, name) = (app.client_id.clone(), app.cool_app_code.clone(), app.name.clone());
            if found.kind == ChatKind::Plain || found.disbanded {
                return Err("not an internal group".to_owned());
            }
            if !found.members.contains(operator) {
                return Err("not a member".to_owned());
            }
            let (id, corp_id) = (found.id.clone(), found.corp_id.clone());
            let changed = state.chats.get_mut(&id).is_some_and(|chat| match installing {
                true => chat.cool_apps.insert(client_id.clone()),
                false => chat.cool_apps.remove(&client_id),
            });
            if !changed {
                return Err("installed already, or not at all".to_owned());
            }
            let done = if installing {
                "已添加酷应用 · added cool app"
            } else {
                "已移除酷应用 · removed cool app"
            };
            state.notice(world, Place::Chat(id.clone()), format!("{operator} {done} {name}"));
            let kind = if installing { "im_cool_app_install" } else { "im_cool_app_uninstall" };
            let fields = json!({
                "coolAppCode": code,
                "operateTime": world.now().0.to_string(),
                "openConversationCorpId": corp_id,
                "robotCode": client_id,
                "openConversationId": id,
                "operator": operator,
            });
            Ok((client_id, Event::new(kind, &corp_id, fields)))
        })?;
        Ok(self.push_to(&client_id, event).await)
    }

    fn chat_event(
        &self,
        state: &State,
        id: &str,
        kind: &str,
        operator: &str,
        more: Value,
    ) -> Result<(Vec<String>, Event), String> {
        Ok(find_chat(state, id)?.event(state, self.core.world.now(), kind, operator, more))
    }

    async fn tell(&self, (apps, event): (Vec<String>, Event)) -> PushResult {
        let mut result = PushResult::NoCallback;
        for client_id in apps {
            result = self.push_to(&client_id, event.clone()).await;
        }
        result
    }
}
