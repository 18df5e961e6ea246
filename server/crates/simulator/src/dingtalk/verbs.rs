//! What people and administrators do in DingTalk, as methods for tests, desk and control.
//!
//! A `chat` is named by its openConversationId or its title. Where an app is not named it is the seed's.

use super::state::{
    App, AppPages, Card, Chat, ChatKind, Content, Employee, Message, Place, Space, State, Switches, group_url,
};
use super::{DingTalk, Edition, Event, Limits, Meters, PushResult};
use crate::seed;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use world::Millis;

/// A card as the platform stores it.
#[derive(Clone, Debug, Serialize)]
pub struct CardView {
    /// Its id.
    pub out_track_id: String,
    /// Template.
    pub template_id: String,
    /// 1 at creation, one more at each update.
    pub version: u64,
    /// When it was made.
    pub created: Millis,
    /// What everybody sees.
    pub public: BTreeMap<String, String>,
    /// What single people see instead, by user id.
    pub private: BTreeMap<String, BTreeMap<String, String>>,
    /// Where it is.
    pub spaces: Vec<Space>,
}

/// Looking.
impl DingTalk {
    /// Everybody of the first company, also who has left it.
    pub fn users(&self) -> Vec<Employee> {
        self.look(|state| {
            let corp = first_corp(state).and_then(|corp_id| state.corps.get(&corp_id));
            corp.into_iter().flat_map(|corp| corp.employees.values().cloned()).collect()
        })
    }

    /// All groups.
    pub fn chats(&self) -> Vec<Chat> {
        self.look(|state| state.chats.values().cloned().collect())
    }

    /// One group.
    pub fn chat(&self, chat: &str) -> Option<Chat> {
        self.look(|state| find_chat(state, chat).ok().cloned())
    }

    /// What was said in a place, oldest first.
    pub fn messages(&self, place: &Place) -> Vec<Message> {
        self.look(|state| state.messages.iter().filter(|message| message.place == *place).cloned().collect())
    }

    /// The cards shown in a place, in order of appearance; one that was delivered twice is there twice.
    pub fn cards_in(&self, place: &Place) -> Vec<CardView> {
        self.look(|state| {
            let messages = state.messages.iter().filter(|message| message.place == *place);
            let cards = messages.filter_map(|message| match &message.content {
                Content::Card { out_track_id, .. } => state.cards.get(out_track_id),
                Content::Robot { .. } | Content::Notice { .. } => None,
            });
            cards.map(view).collect()
        })
    }

    /// One card.
    pub fn card(&self, out_track_id: &str) -> Option<CardView> {
        self.look(|state| state.cards.get(out_track_id).map(view))
    }

    /// The company's meters.
    pub fn meters(&self) -> Option<Meters> {
        self.look(|state| Some(state.corps.get(&first_corp(state)?)?.meters.clone()))
    }

    /// Addresses of the app's pages as typed into the console.
    pub fn pages(&self) -> AppPages {
        self.look(|state| first_app(state).map(|app| app.pages.clone()).unwrap_or_default())
    }

    /// The address the workplace opens: `$CORPID$` replaced.
    pub fn workplace_url(&self, pc: bool) -> String {
        self.look(|state| {
            let app = first_app(state);
            let url = app.map(|app| if pc { &app.pages.pc_homepage } else { &app.pages.homepage });
            url.map(|url| url.replace("$CORPID$", app.map_or("", |app| app.corp_id.as_str()))).unwrap_or_default()
        })
    }

    /// The address a group's quick entry opens: `$CORPID$`, `$ENCCID$` and `$DOUBLE_ENCCID$` replaced. The id goes in
    /// as it is, with `+` and `/`.
    ///
    /// # Errors
    /// When there is no such group, or the cool app is not installed there.
    pub fn quick_entry_url(&self, chat: &str) -> Result<String, String> {
        self.look(|state| {
            let chat = find_chat(state, chat)?;
            let app = first_app(state).filter(|app| chat.cool_apps.contains(&app.client_id));
            let app = app.ok_or("the cool app is not installed there")?;
            let once = percent_encoding::utf8_percent_encode(&chat.id, percent_encoding::NON_ALPHANUMERIC).to_string();
            let twice = percent_encoding::utf8_percent_encode(&once, percent_encoding::NON_ALPHANUMERIC).to_string();
            let url = app.pages.cool_app.replace("$CORPID$", &app.corp_id);
            Ok(url.replace("$DOUBLE_ENCCID$", &twice).replace("$ENCCID$", &chat.id))
        })
    }
}

/// Groups. Each returns how the push to the app ended; [`PushResult::NoCallback`] also when no app is told.
impl DingTalk {
    /// Installs the seed app's cool app in a group, bot included.
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
        let url = group_url(&self.base_url, &self.core.world);
        let told = self.change(|state| {
            let id = find_chat(state, chat)?.id.clone();
            if let Some(chat) = state.chats.get_mut(&id) {
                chat.title = title.to_owned();
                chat.url = url;
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
            let app = first_app(state).ok_or("no app")?;
            let (client_id, code, name) = (app.client_id.clone(), app.cool_app_code.clone(), app.name.clone());
            let found = find_chat(state, chat)?;
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

    /// An event about a group with its usual fields, and the apps that are told: those at home in the group.
    fn chat_event(
        &self,
        state: &State,
        id: &str,
        kind: &str,
        operator: &str,
        more: Value,
    ) -> Result<(Vec<String>, Event), String> {
        let chat = find_chat(state, id)?;
        let union_id = state.employee(&chat.corp_id, operator).map(|person| person.union_id.clone());
        let mut fields = json!({
            "timeStamp": self.core.world.now().0,
            "chatId": chat.chat_id,
            "corpId": chat.corp_id,
            "openConversationId": chat.id,
            "operator": operator,
            "operatorUnionId": union_id.unwrap_or_default(),
        });
        if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
            fields.extend(more);
        }
        let at_home = |app: &&App| {
            let template = app.group_template.as_ref().map(|template| &template.template_id);
            chat.cool_apps.contains(&app.client_id) || (template.is_some() && chat.template_id.as_ref() == template)
        };
        let apps = state.apps.values().filter(at_home).map(|app| app.client_id.clone()).collect();
        Ok((apps, Event::new(kind, &chat.corp_id, fields)))
    }

    async fn tell(&self, (apps, event): (Vec<String>, Event)) -> PushResult {
        let mut result = PushResult::NoCallback;
        for client_id in apps {
            result = self.push_to(&client_id, event.clone()).await;
        }
        result
    }
}

/// The console and the platform's moods.
impl DingTalk {
    /// Grants or takes a permission point (11).
    pub fn set_permission(&self, scope: &str, granted: bool) {
        self.change_app(|app| match granted {
            true => app.scopes.insert(scope.to_owned()),
            false => app.scopes.remove(scope),
        });
    }

    /// Sets the visible range; everybody when `None`.
    pub fn set_visible(&self, user_ids: Option<&[&str]>) {
        let visible = user_ids.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>());
        self.change_app(|app| app.visible = visible);
    }

    /// Sets the addresses the API may be called from; all when `None`.
    pub fn set_allowed_addresses(&self, addresses: Option<Vec<IpAddr>>) {
        self.change_app(|app| app.allowed_addresses = addresses);
    }

    /// Writes other event keys into the console; the next `save_callback` and all pushes use them.
    pub fn set_callback_keys(&self, aes_key: &str, token: &str) {
        self.change_app(|app| {
            app.aes_key = aes_key.to_owned();
            app.callback_token = token.to_owned();
        });
    }

    /// Resets the Client Secret; tokens got by the old one stay good.
    pub fn set_client_secret(&self, secret: &str) {
        self.change_app(|app| app.client_secret = secret.to_owned());
    }

    /// Writes the addresses of the app's pages into the console.
    pub fn set_pages(&self, pages: AppPages) {
        self.change_app(|app| app.pages = pages);
    }

    /// Sets the redirect URLs of the web login.
    pub fn set_redirect_urls(&self, urls: &[&str]) {
        self.change_app(|app| app.redirect_urls = urls.iter().map(|url| (*url).to_owned()).collect());
    }

    /// Publishes a card template of the app, or takes it back; makes it when there is none.
    pub fn set_template(&self, template_id: &str, published: bool) {
        let client_id = self.first_app();
        self.change(|state| {
            state.templates.insert(template_id.to_owned(), super::state::Template { client_id, published });
        });
    }

    /// Ends all app tokens at once.
    pub fn expire_tokens(&self) {
        self.change(|state| state.apps.values_mut().for_each(|app| app.token = None));
    }

    /// Gives the company another edition, with its limits.
    pub fn set_edition(&self, edition: Edition) {
        self.set_limits(edition.limits());
    }

    /// Gives the company limits of its own.
    pub fn set_limits(&self, limits: Limits) {
        self.change(|state| state.corps.values_mut().for_each(|corp| corp.meters.limits = limits));
    }

    /// The present switches.
    pub fn switches(&self) -> Switches {
        self.look(|state| state.switches.clone())
    }

    /// Sets all switches.
    pub fn set_switches(&self, switches: Switches) {
        self.change(|state| state.switches = switches);
    }

    /// Who sits in front of the client when the web view does not say it.
    pub fn set_default_person(&self, user_id: Option<&str>) {
        self.change(|state| state.default_person = user_id.map(str::to_owned));
    }

    /// Client ID of the seed's app, else of the first one; empty when there is none.
    pub(super) fn first_app(&self) -> String {
        self.look(|state| first_app(state).map(|app| app.client_id.clone()).unwrap_or_default())
    }

    fn change_app<T>(&self, act: impl FnOnce(&mut App) -> T) {
        let client_id = self.first_app();
        self.change(|state| state.apps.get_mut(&client_id).map(act));
    }
}

fn first_app(state: &State) -> Option<&App> {
    state.apps.get(seed::CLIENT_ID).or_else(|| state.apps.values().next())
}

fn first_corp(state: &State) -> Option<String> {
    first_app(state).map(|app| app.corp_id.clone()).or_else(|| state.corps.keys().next().cloned())
}

fn find_chat<'a>(state: &'a State, chat: &str) -> Result<&'a Chat, String> {
    let by_title = || state.chats.values().find(|known| known.title == chat);
    state.chats.get(chat).or_else(by_title).ok_or_else(|| "no such group".to_owned())
}

fn view(card: &Card) -> CardView {
    CardView {
        out_track_id: card.out_track_id.clone(),
        template_id: card.template_id.clone(),
        version: card.version,
        created: card.created,
        public: card.public.clone(),
        private: card.private.clone(),
        spaces: card.spaces.clone(),
    }
}
