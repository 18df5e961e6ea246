//! What people and platforms do in stories.

use super::{Answer, Bench, Browser, KEY};
use base64::prelude::{BASE64_STANDARD as STANDARD, Engine};
use contract::paths;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use server::model::subscription::{Rule, Subscription};
use server::store;
use sha2::Sha256;
use simulator::dingtalk::Place;
use simulator::flashduty::Raise;
use std::collections::BTreeMap;

/// The group most stories play in, and its open conversation id's place in the seed.
pub const GROUP: &str = "支付值班 Payments on-call";

impl Bench {
    /// The open conversation id of a group by its seeded title.
    pub fn conversation(&self, title: &str) -> String {
        let chats = self.sim.dingtalk.chats();
        chats.into_iter().find(|chat| chat.title == title).expect("a seeded group").id
    }

    /// Installs the cool app in a group and lets the group become known. Returns our id of the chat.
    pub async fn install_cool_app(&self, title: &str) -> String {
        let conversation = self.conversation(title);
        let owner = self.sim.dingtalk.chat(&conversation).unwrap().owner;
        self.sim.dingtalk.install_cool_app(&conversation, &owner).await.unwrap();
        self.run_due().await;
        self.chat(&conversation).await.expect("the chat is known").id
    }

    /// A chat as the server knows it.
    pub async fn chat(&self, open_conversation_id: &str) -> Option<server::model::chat::Chat> {
        let mut tx = self.app.state.store.read().await.unwrap();
        store::chat::by_conversation(&mut tx, KEY, open_conversation_id).await.unwrap()
    }

    /// Sends every incident to a chat.
    pub async fn subscribe(&self, chat_id: &str) {
        self.subscribe_by(chat_id, Rule::default()).await;
    }

    /// The same, mentioning responders.
    pub async fn subscribe_mentioning(&self, chat_id: &str) {
        self.subscribe_by(chat_id, Rule { mention: true, ..Rule::default() }).await;
    }

    /// Sends what fits a rule to a chat.
    pub async fn subscribe_by(&self, chat_id: &str, rule: Rule) {
        let subscription = Subscription {
            id: self.app.state.world.id(),
            integration: KEY.to_owned(),
            chat_id: chat_id.to_owned(),
            rule,
            created: self.app.state.world.now(),
        };
        let mut tx = self.app.state.store.begin().await.unwrap();
        store::subscription::insert(&mut tx, &subscription).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Sets up war rooms with the seed's group template.
    pub async fn war_rooms(&self) {
        let pairs = [
            ("war_room_template_id", simulator::seed::WAR_ROOM_TEMPLATE_ID),
            ("war_room_bot_id", simulator::seed::WAR_ROOM_BOT_ID),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), Some(value.to_owned())));
        server::flow::set_up::set(&self.app.state, KEY, pairs.to_vec(), "bench").await.unwrap();
    }

    /// The groups made from the template, disbanded ones too.
    pub fn rooms(&self) -> Vec<simulator::dingtalk::Chat> {
        let chats = self.sim.dingtalk.chats().into_iter();
        chats.filter(|chat| chat.kind == simulator::dingtalk::ChatKind::Scene).collect()
    }

    /// The one war room.
    pub fn room(&self) -> simulator::dingtalk::Chat {
        let rooms = self.rooms();
        assert_eq!(rooms.len(), 1, "exactly one room");
        rooms.into_iter().next().unwrap()
    }

    /// Lets a room be made, its card arrive and its people be looked after.
    pub async fn settle(&self) {
        for _ in 0..4 {
            self.run_due().await;
            self.advance(std::time::Duration::from_secs(4));
        }
        self.run_due().await;
    }

    /// What the bot said in a group, without the cards.
    pub fn said_in(&self, conversation: &str) -> Vec<String> {
        use simulator::dingtalk::Content;
        let messages = self.sim.dingtalk.messages(&Place::Chat(conversation.to_owned())).into_iter();
        messages
            .filter_map(|message| match message.content {
                Content::Robot { msg_param, .. } => Some(msg_param["text"].as_str().unwrap_or_default().to_owned()),
                _ => None,
            })
            .collect()
    }

    /// How many incidents a minute get a card each from now on.
    pub async fn cards_per_minute(&self, cards: u32) {
        let pairs = vec![("storm_cards_per_minute".to_owned(), Some(cards.to_string()))];
        server::flow::set_up::set(&self.app.state, KEY, pairs, "bench").await.unwrap();
    }

    /// The Flashduty member of a seeded employee.
    pub fn member(&self, user_id: &str) -> i64 {
        self.sim.flashduty.member_id(user_id).expect("a member")
    }

    /// Raises an incident for responders and lets everybody hear of it.
    pub async fn raise(&self, title: &str, responders: &[&str]) -> String {
        let responder_ids = responders.iter().map(|user_id| self.member(user_id)).collect();
        let raise = Raise { title: title.to_owned(), responder_ids, ..Raise::default() };
        let id = self.sim.flashduty.raise(raise).await.unwrap();
        self.run_due().await;
        id
    }

    /// Opens the app as a DingTalk client does: a login-free code, posted by the page's script.
    pub async fn arrive(&self, browser: &Browser, user_id: &str, attempt: Option<&str>) -> Answer {
        let code = self.sim.dingtalk.login_code(user_id).unwrap();
        let mut fields = vec![("code", code.as_str()), ("goal", "home")];
        fields.extend(attempt.map(|attempt| ("attempt", attempt)));
        browser.form(&paths::fill(paths::API_SESSION, &[KEY]), &fields).await
    }

    /// Links an employee with an own APP key and confirms. Returns the browser, signed in.
    pub async fn link(&self, user_id: &str) -> Browser {
        let browser = self.browser();
        let arrived = self.arrive(&browser, user_id, None).await;
        let attempt = arrived.parameter("attempt").unwrap_or_else(|| panic!("no attempt in {arrived:?}"));
        let confirmed = self.link_with(&browser, user_id, &attempt).await;
        assert_eq!(confirmed.status, 303, "{confirmed:?}");
        browser
    }

    /// The two steps after arrival: the own key, the confirmation.
    pub async fn link_with(&self, browser: &Browser, user_id: &str, attempt: &str) -> Answer {
        let key = self.sim.flashduty.key_of(self.member(user_id)).expect("a key");
        let fields = [("attempt", attempt), ("app_key", key.as_str())];
        let proved = browser.form(&paths::fill(paths::API_LINK_APP_KEY, &[KEY]), &fields).await;
        assert_eq!(proved.status, 303, "{proved:?}");
        assert_eq!(proved.parameter("problem"), None, "{proved:?}");
        browser.form(&paths::fill(paths::API_LINK_CONFIRM, &[KEY]), &[("attempt", attempt)]).await
    }

    /// Out-track ids of the cards in a group or with a person.
    pub fn cards(&self, place: &Place) -> Vec<String> {
        self.sim.dingtalk.cards_in(place).into_iter().map(|card| card.out_track_id).collect()
    }

    /// The one card in a group.
    pub fn card_in(&self, title: &str) -> String {
        let cards = self.cards(&Place::Chat(self.conversation(title)));
        assert_eq!(cards.len(), 1, "exactly one card");
        cards.into_iter().next().unwrap()
    }

    /// The one card with a person.
    pub fn card_of(&self, user_id: &str) -> String {
        let cards = self.cards(&Place::Person(user_id.to_owned()));
        assert_eq!(cards.len(), 1, "exactly one card");
        cards.into_iter().next().unwrap()
    }

    /// Presses a button.
    pub async fn click(&self, card: &str, user_id: &str, action: &str) -> Result<serde_json::Value, String> {
        let mut params = serde_json::json!({ "action": action });
        if action == "snooze" {
            params["minutes"] = "120".into();
        }
        self.sim.dingtalk.click(card, user_id, &[action], params).await
    }

    /// What a person sees on a card.
    pub fn seen(&self, card: &str, user_id: &str) -> BTreeMap<String, String> {
        self.sim.dingtalk.card_as(card, user_id)
    }

    /// Outcomes of all deliveries of an incident, by name of the target.
    pub async fn outcomes(&self, incident_id: &str) -> BTreeMap<String, &'static str> {
        let mut tx = self.app.state.store.read().await.unwrap();
        let deliveries = store::delivery::of_incident(&mut tx, KEY, incident_id).await.unwrap();
        deliveries.into_iter().map(|delivery| (delivery.target.id(), delivery.outcome.name())).collect()
    }

    /// What the audit log says of each time somebody did this, oldest first.
    pub async fn audited(&self, what: &str) -> Vec<serde_json::Value> {
        let mut tx = self.app.state.store.read().await.unwrap();
        let entries = store::audit::list(&mut tx, KEY, None, 1_000).await.unwrap();
        entries.into_iter().rev().filter(|entry| entry.act == what).map(|entry| entry.detail).collect()
    }

    /// Requests that our server made to a path of the platforms.
    pub fn requests(&self, path: &str) -> usize {
        self.sim.journal.count(|entry| entry.path.starts_with(path))
    }

    /// Reads open incidents at Flashduty again, as the standing task does.
    pub async fn reconcile(&self) {
        server::work::sweep::sweep(&self.app.state).await.unwrap();
        self.run_due().await;
    }

    /// Waits until acts that outlived their click have ended.
    pub async fn acts_end(&self) {
        assert!(self.app.state.background.stop(std::time::Duration::from_secs(10)).await);
    }

    /// Every address of ours that the platforms are told.
    pub async fn addresses(&self) -> server::flow::set_up::Addresses {
        let mut tx = self.app.state.store.read().await.unwrap();
        let integration = store::integration::by_key(&mut tx, KEY).await.unwrap().unwrap();
        server::flow::set_up::addresses(&self.app.state.config, &integration)
    }

    /// A click with a signature of now, to be sent later or elsewhere.
    pub async fn signed_click(
        &self,
        card: &str,
        user_id: &str,
        action: &str,
    ) -> impl Fn(&reqwest::Client) -> reqwest::RequestBuilder {
        let mut tx = self.app.state.store.read().await.unwrap();
        let integration = store::integration::by_key(&mut tx, KEY).await.unwrap().unwrap();
        let timestamp = self.sim.world.now().0.to_string();
        let signing = integration.secrets.routes.card_signing.expose_secret().as_bytes();
        let mac = Hmac::<Sha256>::new_from_slice(signing).unwrap().chain_update(&timestamp).finalize();
        let signature = STANDARD.encode(mac.into_bytes());
        let url = self.addresses().await.card_callback;
        let content =
            serde_json::json!({ "cardPrivateData": { "actionIds": [action], "params": { "action": action } } });
        let body = serde_json::json!({
            "type": "actionCallback", "outTrackId": card, "corpId": simulator::seed::CORP_ID, "userId": user_id,
            "content": content.to_string(),
        });
        move |http| {
            http.post(&url)
                .header("x-ddpaas-signature-timestamp", &timestamp)
                .header("x-ddpaas-signature", &signature)
                .json(&body)
        }
    }

    /// A new API token.
    pub async fn token(&self, role: &str) -> String {
        let role = server::flow::access::Role::from_name(role).expect("a role");
        server::flow::access::create_token(&self.app.state, "bench", role, "story").await.unwrap()
    }

    /// Signs in at Flashduty's own page and consents, as the person would. Returns the address it sends the browser to.
    pub async fn authorize(&self, address: &str, user_id: &str) -> String {
        let browser = self.browser();
        let page = browser.get(address).await.body;
        let email = format!("{user_id}@example.com");
        let choice = page.split("<form").find(|form| form.contains(&email)).expect("a choice for the person");
        let password = field(choice, "password");
        let consent = browser.form(address, &[("email", email.as_str()), ("password", &password)]).await.body;
        let ticket = field(&consent, "ticket");
        let decided = browser.form(address, &[("ticket", ticket.as_str()), ("decision", "allow")]).await;
        decided.location.unwrap_or_else(|| panic!("no way back: {}", decided.body))
    }
}

/// The value of a hidden field.
fn field(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).expect("a hidden field");
    rest.split('"').next().unwrap().to_owned()
}
