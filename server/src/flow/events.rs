//! DingTalk's encrypted events: verified and stored at the door, applied to chats later.

use super::caches;
use super::refusal::ReceiveError;
use crate::flow::set_up::{SetUpError, rotation};
use crate::model::chat::{Change, Chat};
use crate::model::hash::hex_sha256;
use crate::model::integration::{Integration, Rotating};
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::inbox::{Item, NewItem, Source};
use crate::store::{self, StoreError, Tx};
use dingtalk::callback::{self, AesKey, CallbackError, Keys, Opened, Query, Reply};
use dingtalk::event::{self, Event, EventKind};
use secrecy::ExposeSecret;
use std::sync::Arc;
use world::Millis;

/// A pushed event that was proved to come from DingTalk.
pub struct Pushed {
    keys: Keys,
    opened: Opened,
    /// What it says, if it makes sense.
    event: Option<Event>,
    /// With which secrets it was opened.
    used: Used,
}

/// The generation of the secrets that opened a callback.
struct Used {
    integration: Arc<Integration>,
    aes_key_is_present: bool,
    token_is_present: bool,
}

/// Takes one pushed event: verifies, opens, stores durably, and gives the encrypted answer. Calls nothing outside.
///
/// # Errors
/// Nothing was stored; DingTalk will push again.
pub async fn receive(state: &State, key: &str, query: &[(String, String)], body: &[u8]) -> Result<Reply, ReceiveError> {
    let mut pushed = open(state, key, query, body).await?;
    // What is signed but makes no sense is kept too: the worker marks it, and the operator can see it.
    if pushed.event.as_ref().is_some_and(|event| event.kind == EventKind::CheckUrl) {
        if pushed.used.aes_key_is_present && pushed.used.token_is_present {
            let mut tx = state.store.begin().await?;
            store::integration::mark_checked(&mut tx, key, state.world.now()).await?;
            tx.commit().await?;
        }
    } else {
        let body = std::mem::take(&mut pushed.opened.message);
        let event_id = pushed.event.take().and_then(|event| event.id).unwrap_or_else(|| hex_sha256(&body));
        state.store.inbox().put(NewItem { integration: key.to_owned(), source: Source::Event, event_id, body }).await?;
        state.wake();
    }
    if let Err(error) = note_use(state, &pushed.used).await {
        // The event is kept; what it proves is proved by the next one.
        tracing::info!(key, error = %error, "the use of a secret was not noted");
    }
    Ok(success(state, &pushed))
}

/// What opened a callback was used, and what it replaced is needed no more.
async fn note_use(state: &State, used: &Used) -> Result<(), SetUpError> {
    let present = [(Rotating::AesKey, used.aes_key_is_present), (Rotating::Token, used.token_is_present)];
    let present: Vec<Rotating> =
        present.into_iter().filter(|(_, is_present)| *is_present).map(|(one, _)| one).collect();
    let (key, now) = (&used.integration.key, state.world.now());
    let fields: Vec<&'static str> = present.iter().map(|secret| secret.name()).collect();
    let is_noted = |field: &&'static str| state.caches.used.get(&(key.clone(), *field), now).is_some();
    if !fields.iter().all(is_noted) {
        let mut tx = state.store.begin().await?;
        rotation::note_use(state, &mut tx, key, &fields).await?;
        tx.commit().await?;
    }
    match present.iter().any(|secret| used.integration.secrets.former.of(*secret).is_some()) {
        true => rotation::end(state, &used.integration, &present).await,
        false => Ok(()),
    }
}

/// Verifies and opens one pushed event, and stores nothing.
///
/// # Errors
/// It does not come from DingTalk, or cannot be read.
pub async fn open(state: &State, key: &str, query: &[(String, String)], body: &[u8]) -> Result<Pushed, ReceiveError> {
    let integration = caches::integration(state, key).await?.ok_or(ReceiveError::UnknownIntegration)?;
    let generations = generations(&integration)?;
    let query = Query::from_pairs(query.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let encrypt = callback::encrypt_field(body).map_err(malformed)?;
    let candidates: Vec<Keys> = generations.iter().map(|(keys, ..)| keys.clone()).collect();
    let (place, opened) = callback::open_any(&candidates, &query, &encrypt).map_err(malformed)?;
    let Some((keys, aes_key_is_present, token_is_present)) = generations.into_iter().nth(place) else {
        return Err(ReceiveError::SignatureWrong);
    };
    let event = event::decode(&opened.message).ok();
    state.pushes.count(&integration, event.as_ref().map_or("", |event| event.raw_type.as_str()), state.world.now());
    let used = Used { integration, aes_key_is_present, token_is_present };
    Ok(Pushed { keys, opened, event, used })
}

/// The answer that DingTalk takes for "received".
pub fn success(state: &State, Pushed { keys, opened, .. }: &Pushed) -> Reply {
    callback::seal(keys, &opened.owner, "success", state.world.now(), &state.world.text(16), state.world.bytes())
}

/// Applies a stored event. Unknown types change nothing.
pub async fn apply(state: &State, tx: &mut Tx, integration: &Integration, item: &Item) -> Result<(), StoreError> {
    let now = state.world.now();
    match event::decode(&item.body) {
        Ok(event) => {
            apply_event(state, tx, integration, event, item.received).await?;
            store::inbox::done(tx, &item.id, now).await
        }
        Err(error) => store::inbox::dead(tx, &item.id, now, &error.to_string()).await,
    }
}

async fn apply_event(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    event: Event,
    received: Millis,
) -> Result<(), StoreError> {
    if super::war_room::hear::hear(state, tx, &integration.key, &event.kind).await? {
        return Ok(());
    }
    let at = super::incidents::believed(event.at.unwrap_or(received), received);
    if matters(&event.kind) {
        let name = super::check::event_name(&event.raw_type);
        store::evidence::put(tx, &integration.key, &name, state.world.now()).await?;
    }
    let (open_conversation_id, change) = match event.kind {
        EventKind::CoolAppInstalled(app) => {
            let change = Change::Installed { robot_code: app.robot_code, cool_app_code: app.cool_app_code };
            (app.open_conversation_id, change)
        }
        EventKind::CoolAppUninstalled(app) => (app.open_conversation_id, Change::Uninstalled),
        EventKind::TitleChanged { open_conversation_id, title, .. } => (open_conversation_id, Change::Titled(title)),
        EventKind::Disbanded { open_conversation_id, .. } => (open_conversation_id, Change::Disbanded),
        EventKind::MembersAdded { open_conversation_id, .. }
        | EventKind::MembersRemoved { open_conversation_id, .. }
        | EventKind::MemberQuit { open_conversation_id, .. } => {
            state.caches.members.remove(&(integration.key.clone(), open_conversation_id));
            return Ok(());
        }
        EventKind::OwnerChanged { open_conversation_id, .. } => {
            // Who may change what is sent there: read, because the event's spelling of a person is not promised.
            if let Some(chat) = store::chat::by_conversation(tx, &integration.key, &open_conversation_id).await? {
                let (kind, now) = (TaskKind::RefreshChat { chat: chat.id }, state.world.now());
                store::task::add(tx, &integration.key, &kind, now, now).await?;
            }
            return Ok(());
        }
        EventKind::UserLeft { user_ids } => {
            for user_id in user_ids {
                super::link_end::left(state, tx, &integration.key, &user_id, at).await?;
            }
            return Ok(());
        }
        _ => return Ok(()),
    };
    if let Some(chat_id) = apply_change(state, tx, &integration.key, &open_conversation_id, change, at).await? {
        store::chat_health::event(tx, &integration.key, &chat_id, state.world.now()).await?;
    }
    Ok(())
}

/// An event that the guide asks for: seen, it proves its step.
fn matters(kind: &EventKind) -> bool {
    matches!(kind, EventKind::CoolAppInstalled(_) | EventKind::CoolAppUninstalled(_) | EventKind::TitleChanged { .. })
}

/// Applies what was read of a chat.
///
/// # Errors
/// Nothing was changed.
pub async fn change_chat(
    state: &State,
    key: &str,
    open_conversation_id: &str,
    change: Change,
    at: Millis,
) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    apply_change(state, &mut tx, key, open_conversation_id, change, at).await?;
    tx.commit().await
}

/// The id of the chat if it changed.
async fn apply_change(
    state: &State,
    tx: &mut Tx,
    key: &str,
    open_conversation_id: &str,
    change: Change,
    at: Millis,
) -> Result<Option<String>, StoreError> {
    let now = state.world.now();
    let known = store::chat::by_conversation(tx, key, open_conversation_id).await?;
    let is_new = known.is_none();
    let mut chat = known
        .unwrap_or_else(|| Chat::unknown(state.world.text(10), key, open_conversation_id, state.world.secret(), now));
    let installs = matches!(change, Change::Installed { .. });
    if !chat.apply(change, at) && !is_new {
        return Ok(None);
    }
    chat.updated = now;
    let written = match is_new {
        true => store::chat::insert(tx, &chat).await?,
        false => store::chat::update(tx, &chat).await?,
    };
    if !written {
        // Another event of the same group at the same moment: this one is applied again, to what that one made.
        return Err(StoreError::Conflict);
    }
    if installs {
        store::task::add(tx, key, &TaskKind::RefreshChat { chat: chat.id.clone() }, now, now).await?;
    }
    Ok(Some(chat.id))
}

/// What callbacks are opened with: the present secrets first, then with each that is still accepted beside them; and
/// whether aes_key and token are the present ones.
fn generations(integration: &Integration) -> Result<Vec<(Keys, bool, bool)>, ReceiveError> {
    let secrets = &integration.secrets;
    let of = |secret: Rotating| {
        let former = secrets.former.of(secret).map(|former| (former.value.clone(), false));
        std::iter::once((secret.of(secrets).clone(), true)).chain(former)
    };
    // Reference 2.3: the Client ID when the address was set in the console, the CorpId when by API.
    let owners = vec![integration.settings.client_id.clone(), integration.settings.corp_id.clone()];
    let mut all = Vec::new();
    for (aes_key, aes_key_is_present) in of(Rotating::AesKey) {
        let aes_key = AesKey::parse(aes_key.expose_secret())
            .map_err(|_| ReceiveError::Malformed("the integration's aes_key cannot be used".to_owned()))?;
        for (token, token_is_present) in of(Rotating::Token) {
            let keys = Keys { token, aes_key: aes_key.clone(), owners: owners.clone() };
            all.push((keys, aes_key_is_present, token_is_present));
        }
    }
    Ok(all)
}

fn malformed(error: CallbackError) -> ReceiveError {
    match error {
        CallbackError::Signature => ReceiveError::SignatureWrong,
        other => ReceiveError::Malformed(other.to_string()),
    }
}
