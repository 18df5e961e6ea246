//! Fills the memory with the company of [`crate::seed`], and with further companies on request.

use super::DingTalk;
use super::meters::{Edition, Meters};
use super::state::{
    App, AppPages, Chat, ChatKind, Corp, Employee, GroupTemplate, State, Template, URL_LASTS, chat_id, group_url,
    open_conversation_id,
};
use crate::seed;
use std::collections::{BTreeMap, BTreeSet};
use world::{Millis, World};

/// All permission points of the reference's section 11.
pub const SCOPES: [&str; 13] = [
    "qyapi_base",
    "qyapi_get_member",
    "fieldMobile",
    "fieldEmail",
    "qyapi_get_member_by_mobile",
    "qyapi_robot_sendmsg",
    "qyapi_chat_manage",
    "qyapi_chat_read",
    "qyapi_chat_base_read",
    "Card.Instance.Write",
    "Contact.User.Read",
    "Contact.User.mobile",
    "open_app_api_base",
];

/// An app to add beside the seed's, for tests with several integrations.
#[derive(Clone, Debug)]
pub struct NewApp {
    /// CorpId; made without people when new.
    pub corp_id: String,
    /// Client ID.
    pub client_id: String,
    /// Client Secret.
    pub client_secret: String,
    /// AgentId.
    pub agent_id: String,
    /// Event key, 43 characters.
    pub aes_key: String,
    /// Event token.
    pub token: String,
    /// Code of its cool app.
    pub cool_app_code: String,
    /// Card template, published.
    pub card_template_id: String,
}

impl DingTalk {
    /// Adds an app with all permissions, and its company when that is new.
    pub fn add_app(&self, new: NewApp) {
        self.change(|state| add_app(state, new));
    }

    /// Adds a person to a company; nothing happens when there is none.
    pub fn add_person(&self, corp_id: &str, person: seed::Person) {
        self.change(|state| {
            let corp = state.corps.get_mut(corp_id);
            corp.map(|corp| corp.employees.insert(person.id.to_owned(), employee(&person)))
        });
    }

    /// Adds an internal group to a company and returns its openConversationId.
    pub fn add_chat(&self, corp_id: &str, title: &str, owner: &str, members: &[&str]) -> String {
        let chat = chat(corp_id, title, owner, members, &self.core.world, &self.base_url);
        let id = chat.id.clone();
        self.change(|state| state.chats.insert(id.clone(), chat));
        id
    }
}

impl DingTalk {
    /// Adds a group made from the app's group template and returns its openConversationId; the seed's app has one.
    pub fn add_scene_chat(&self, title: &str, owner: &str, members: &[&str]) -> String {
        let id = self.add_chat(seed::CORP_ID, title, owner, members);
        self.change(|state| {
            let template = state.apps.get(seed::CLIENT_ID).and_then(|app| app.group_template.clone());
            if let Some(chat) = state.chats.get_mut(&id) {
                chat.kind = ChatKind::Scene;
                chat.template_id = template.map(|template| template.template_id);
            }
        });
        id
    }
}

/// The company of the seed.
pub fn fill(state: &mut State, world: &World, base_url: &str) {
    add_app(
        state,
        NewApp {
            corp_id: seed::CORP_ID.into(),
            client_id: seed::CLIENT_ID.into(),
            client_secret: seed::CLIENT_SECRET.into(),
            agent_id: seed::AGENT_ID.into(),
            aes_key: seed::AES_KEY.into(),
            token: seed::TOKEN.into(),
            cool_app_code: seed::COOL_APP_CODE.into(),
            card_template_id: seed::CARD_TEMPLATE_ID.into(),
        },
    );
    if let Some(app) = state.apps.get_mut(seed::CLIENT_ID) {
        app.group_template = Some(GroupTemplate {
            template_id: seed::WAR_ROOM_TEMPLATE_ID.into(),
            robot_code: seed::WAR_ROOM_BOT_ID.into(),
            published: true,
            gray_corps: BTreeSet::new(),
            offline: false,
        });
    }
    let draft = Template { client_id: seed::CLIENT_ID.into(), published: false };
    state.templates.insert(seed::DRAFT_TEMPLATE_ID.into(), draft);
    if let Some(corp) = state.corps.get_mut(seed::CORP_ID) {
        corp.employees = seed::PEOPLE.iter().map(|person| (person.id.to_owned(), employee(person))).collect();
    }
    for group in seed::GROUPS {
        let chat = chat(seed::CORP_ID, group.title, group.owner, group.members, world, base_url);
        state.chats.insert(chat.id.clone(), chat);
    }
    state.default_person = Some(seed::PEOPLE[0].id.to_owned());
}

fn add_app(state: &mut State, new: NewApp) {
    state
        .corps
        .entry(new.corp_id.clone())
        .or_insert_with(|| Corp { meters: Meters::new(Edition::Standard), employees: BTreeMap::new() });
    let template = Template { client_id: new.client_id.clone(), published: true };
    state.templates.insert(new.card_template_id, template);
    let app = App {
        client_id: new.client_id.clone(),
        client_secret: new.client_secret,
        agent_id: new.agent_id,
        corp_id: new.corp_id,
        name: "值班助手 On-call".into(),
        scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
        visible: None,
        aes_key: new.aes_key,
        callback_token: new.token,
        callback_url: None,
        cool_app_code: new.cool_app_code,
        group_template: None,
        redirect_urls: Vec::new(),
        allowed_addresses: None,
        token: None,
        card_routes: BTreeMap::new(),
        pages: AppPages::default(),
    };
    state.apps.insert(new.client_id, app);
}

fn employee(person: &seed::Person) -> Employee {
    // Union ids look like random text; the same in every run so that a demo's links survive a restart.
    let hex: String = person.id.bytes().map(|byte| format!("{byte:02x}")).collect();
    Employee {
        user_id: person.id.into(),
        union_id: format!("u{hex}iE"),
        name: person.name.into(),
        english_name: person.english_name.into(),
        mobile: person.mobile.into(),
        state_code: "86".into(),
        email: person.email(),
        title: person.title.into(),
        admin: person.id == seed::PEOPLE[0].id,
        active: true,
    }
}

fn chat(corp_id: &str, title: &str, owner: &str, members: &[&str], world: &World, base_url: &str) -> Chat {
    Chat {
        id: open_conversation_id(world),
        chat_id: chat_id(world),
        corp_id: corp_id.into(),
        kind: ChatKind::Internal,
        title: title.into(),
        owner: owner.into(),
        members: members.iter().map(|member| (*member).to_owned()).collect(),
        cool_apps: BTreeSet::new(),
        robots: BTreeSet::new(),
        template_id: None,
        disbanded: false,
        url: group_url(base_url, world),
        url_until: world.now().plus(URL_LASTS),
        settled: Millis(0),
    }
}
