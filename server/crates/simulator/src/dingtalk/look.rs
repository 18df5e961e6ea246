//! Looking into the pretend DingTalk, for tests, desk and control. A `chat` is named by its openConversationId or its
//! title.

use super::state::{App, AppPages, Card, Chat, Content, Employee, Message, Place, Space, State};
use super::{DingTalk, Meters, work};
use crate::seed;
use serde::Serialize;
use std::collections::BTreeMap;
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
        self.look(|state| match place {
            Place::Work(user_id) => work::messages(state, user_id),
            place => shown_in(state, place).cloned().collect(),
        })
    }

    /// The cards shown in a place, in order of appearance; one that was delivered twice is there twice.
    pub fn cards_in(&self, place: &Place) -> Vec<CardView> {
        self.look(|state| {
            let cards = shown_in(state, place).filter_map(|message| match &message.content {
                Content::Card { out_track_id, .. } => state.cards.get(out_track_id),
                Content::Robot { .. } | Content::Work { .. } | Content::Notice { .. } => None,
            });
            cards.map(view).collect()
        })
    }

    /// The cards that are kept at the top of a group, by its openConversationId.
    pub fn top_cards(&self, chat_id: &str) -> Vec<CardView> {
        let on_top = |card: &&Card| card.spaces.iter().any(|space| space.kind == "ONE_BOX" && space.id == chat_id);
        self.look(|state| state.cards.values().filter(on_top).map(view).collect())
    }

    /// One card.
    pub fn card(&self, out_track_id: &str) -> Option<CardView> {
        self.look(|state| state.cards.get(out_track_id).map(view))
    }

    /// The company's meters.
    pub fn meters(&self) -> Option<Meters> {
        self.look(|state| Some(state.corps.get(&first_corp(state)?)?.meters.clone()))
    }

    /// The token of the app, if it has one: to see that it shows itself nowhere.
    pub fn app_token(&self) -> Option<String> {
        self.look(|state| first_app(state)?.token.as_ref().map(|(token, _)| token.clone()))
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

/// Messages in a place that nobody has taken back.
fn shown_in<'a>(state: &'a State, place: &Place) -> impl Iterator<Item = &'a Message> {
    let place = place.clone();
    state.messages.iter().filter(move |message| message.place == place && !state.receipts.is_recalled(&message.key))
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

/// The app of the seed, else the first one.
pub fn first_app(state: &State) -> Option<&App> {
    state.apps.get(seed::CLIENT_ID).or_else(|| state.apps.values().next())
}

/// CorpId of that app, else of the first company.
pub fn first_corp(state: &State) -> Option<String> {
    first_app(state).map(|app| app.corp_id.clone()).or_else(|| state.corps.keys().next().cloned())
}

/// A group by id or title.
pub fn find_chat<'a>(state: &'a State, chat: &str) -> Result<&'a Chat, String> {
    let by_title = || state.chats.values().find(|known| known.title == chat);
    state.chats.get(chat).or_else(by_title).ok_or_else(|| "no such group".to_owned())
}
