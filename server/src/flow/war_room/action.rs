//! Flashduty's custom action: the button in its console that asks for a room. Stored at the door, carried out later.

use super::{Asker, ask_in};
use crate::flow::refusal::ReceiveError;
use crate::flow::{audit, caches, incidents};
use crate::model::integration::Integration;
use crate::state::State;
use crate::store::inbox::{Item, NewItem, Source};
use crate::store::{self, StoreError, Tx};
use flashduty::webhook;
use secrecy::ExposeSecret;
use serde_json::json;

/// Takes one press: verifies, stores durably. Calls nothing outside.
///
/// # Errors
/// Nothing was stored; Flashduty shows that it failed.
pub async fn receive(state: &State, key: &str, secret: &str, body: &[u8]) -> Result<(), ReceiveError> {
    let integration = caches::integration(state, key).await?.ok_or(ReceiveError::UnknownIntegration)?;
    if !incidents::same(secret, integration.secrets.routes.action.expose_secret()) {
        return Err(ReceiveError::Forged);
    }
    let webhook = webhook::decode(body).map_err(|error| ReceiveError::Malformed(error.to_string()))?;
    let body = std::str::from_utf8(body).map_err(|_| ReceiveError::Malformed("the body is not UTF-8".to_owned()))?;
    let event_id = webhook.event_id;
    let item = NewItem { integration: key.to_owned(), source: Source::Action, event_id, body: body.to_owned() };
    state.store.inbox().put(item).await?;
    state.wake();
    Ok(())
}

/// Applies a stored press: the incident is what it says, and its room is asked for.
pub async fn apply(state: &State, tx: &mut Tx, integration: &Integration, item: &Item) -> Result<(), StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    let webhook = match webhook::decode(item.body.as_bytes()) {
        Ok(webhook) => webhook,
        Err(error) => return store::inbox::dead(tx, &item.id, now, &error.to_string()).await,
    };
    let id = webhook.incident.incident_id.clone();
    let person = webhook.person.clone().unwrap_or_default();
    incidents::take_webhook(state, tx, key, webhook, item.received).await?;
    let asker = match store::link::by_member(tx, key, person.person_id).await? {
        Some(link) => Asker::of(&link),
        None => Asker { user_id: String::new(), name: person.name },
    };
    let Some(mirror) = store::incident::get(tx, key, &id).await? else {
        return store::inbox::dead(tx, &item.id, now, "the incident is not known").await;
    };
    if let Err(code) = ask_in(state, tx, integration, &mirror.incident, &asker).await? {
        tracing::info!(code = code.name(), "a custom action asked for a war room that cannot be made");
        let detail = json!({ "why": code.name() });
        audit::write(state, tx, key, &asker.user_id, "war-room-refused", &id, detail).await?;
    }
    store::inbox::done(tx, &item.id, now).await
}
