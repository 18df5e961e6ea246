//! Groups as administrators see them: what comes and goes, what was refused, and which subscriptions point at nothing.

use super::address;
use super::refusal::Refusal;
use crate::model::chat::{Chat, Health};
use crate::model::delivery::Delivery;
use crate::model::integration::Integration;
use crate::model::subscription::Subscription;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::chat::ChatState;
use contract::{ProblemCode, paths};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use sha2::Sha256;
use std::fmt::Write;
use world::Millis;

/// Everything that is known of a group.
#[derive(Clone, Debug)]
pub struct ChatReport {
    pub chat: Chat,
    pub health: Health,
    /// When the last message arrived.
    pub delivered: Option<Millis>,
    /// The newest delivery that failed, if nothing has arrived since.
    pub refused: Option<Delivery>,
    pub subscriptions: Vec<Subscription>,
    /// Where Flashduty's escalation rules can push to.
    pub robot_push_url: String,
}

impl ChatReport {
    /// Nothing can be sent to it: its subscriptions should point at another one.
    pub fn is_dead(&self) -> bool {
        self.chat.state != ChatState::Installed
    }
}

/// Groups whose title contains `query`, by id.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn list(
    state: &State,
    key: &str,
    query: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ChatReport>, Refusal> {
    let mut tx = state.store.read().await?;
    let integration = store::integration::by_key(&mut tx, key).await?.ok_or(ProblemCode::NotFound)?;
    let mut reports = Vec::new();
    for chat in store::chat::list(&mut tx, key, query, after, limit).await? {
        reports.push(report(state, &mut tx, &integration, chat).await?);
    }
    Ok(reports)
}

/// What is known of one group.
///
/// # Errors
/// The database does not answer.
pub async fn report(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    chat: Chat,
) -> Result<ChatReport, StoreError> {
    let key = &integration.key;
    let delivered = store::delivery::last_arrived(tx, key, &chat.id).await?;
    let refused = store::delivery::last_failed(tx, key, &chat.id).await?;
    Ok(ChatReport {
        health: store::chat_health::get(tx, &chat.id).await?,
        refused: refused.filter(|refused| delivered.is_none_or(|at| at < refused.updated)),
        delivered,
        subscriptions: store::subscription::of_chat(tx, key, &chat.id).await?,
        robot_push_url: robot_push_url(state, integration, &chat),
        chat,
    })
}

/// The address at which a robot of Flashduty speaks in a group.
pub fn robot_push_url(state: &State, integration: &Integration, chat: &Chat) -> String {
    let secret = robot_secret(integration, chat);
    address::page(state, paths::FLASHDUTY_ROBOT, &[&integration.key, &chat.id, &secret])
}

/// The unguessable segment of that address. One half is the group's, the other is sealed with the integration: a copy of
/// the table of groups opens nothing.
pub fn robot_secret(integration: &Integration, chat: &Chat) -> String {
    let key = integration.secrets.routes.webhook.expose_secret().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(b"robot push ");
    mac.update(chat.robot_secret.as_bytes());
    mac.finalize().into_bytes().iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
