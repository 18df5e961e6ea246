//! Integrations: add, change, remove; and the addresses to copy into both platforms' consoles.

mod convert;
mod form;
pub mod rotation;

pub use convert::{fields, form_of};
pub use form::{Checked, FieldError, Form, SECRETS, pairs};

use convert::{change_of, changed_by, new};

use super::{address, audit, check, introduce};
use crate::config::Config;
use crate::model::integration::{Failures, Integration};
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::words::setting as words;
use contract::{Language, paths};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::json;

/// Name of the header that Flashduty's webhook carries.
pub const WEBHOOK_HEADER: &str = "X-Dingduty-Secret";

/// Times a change is tried against somebody else's at the same moment.
const CONFLICTS_MAX: usize = 8;

/// Why an integration was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error("{}", told(.0))]
    Fields(Vec<FieldError>),
    #[error("no such integration")]
    UnknownIntegration,
    #[error("somebody else is changing it; try again")]
    Conflict,
    /// Somebody has changed it since what was typed was shown.
    #[error("somebody else has changed it meanwhile")]
    Overtaken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Every address of an integration, named as the contract names them.
#[derive(Clone, Debug, Serialize)]
pub struct Addresses {
    pub event_subscription: String,
    pub application_homepage: String,
    pub pc_homepage: String,
    /// With DingTalk's own placeholders.
    pub cool_app_web: String,
    pub card_callback: String,
    pub flashduty_webhook: String,
    pub flashduty_webhook_header: Header,
    pub custom_action: String,
}

/// A header to be configured at Flashduty.
#[derive(Clone, Debug, Serialize)]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// Adds an integration; `actor` is who does it, for the audit log.
///
/// # Errors
/// `Fields` with every mistake.
pub async fn add(state: &State, form: Form, actor: &str) -> Result<Integration, SetUpError> {
    let checked = form.check().map_err(SetUpError::Fields)?;
    let (world, now) = (&state.world, state.world.now());
    let integration = new(world, checked, now);
    let mut tx = state.store.begin().await?;
    one_war_room(&mut tx, &integration).await?;
    match store::integration::insert(&mut tx, &integration).await {
        Err(StoreError::Taken) => {
            return Err(SetUpError::Fields(vec![FieldError::new("key", words::key_in_use)]));
        }
        other => other?,
    }
    let detail = json!({"name": integration.settings.name, "corp_id": integration.settings.corp_id});
    audit::write(state, &mut tx, &integration.key, actor, "integration-added", &integration.key, detail).await?;
    store::task::add(&mut tx, &integration.key, &TaskKind::Introduce, now, now).await?;
    tx.commit().await?;
    state.wake();
    Ok(integration)
}

/// Changes some fields; an empty value clears an optional one, and one that is no text (`None`) is a mistake.
///
/// # Errors
/// `Fields` with every mistake; nothing is changed then.
pub async fn set(
    state: &State,
    key: &str,
    pairs: Vec<(String, Option<String>)>,
    actor: &str,
) -> Result<Integration, SetUpError> {
    set_over(state, key, None, pairs, actor).await
}

/// The same over one revision only, where one is named.
///
/// # Errors
/// `Overtaken` by another change; `Fields` with every mistake. Nothing is changed then.
pub async fn set_over(
    state: &State,
    key: &str,
    revision: Option<i64>,
    pairs: Vec<(String, Option<String>)>,
    actor: &str,
) -> Result<Integration, SetUpError> {
    for _ in 0..CONFLICTS_MAX {
        let mut tx = state.store.begin().await?;
        let before = store::integration::by_key(&mut tx, key).await?.ok_or(SetUpError::UnknownIntegration)?;
        if revision.is_some_and(|revision| revision != before.settings.revision) {
            return Err(SetUpError::Overtaken);
        }
        let former = form_of(&before);
        let form = former.clone().with(pairs.clone()).map_err(SetUpError::Fields)?;
        if form.differs(&former, "key") {
            return Err(SetUpError::Fields(vec![FieldError::new("key", words::key_fixed)]));
        }
        let changed: Vec<_> = Form::names().filter(|name| form.differs(&former, name)).collect();
        let proved = rotation::proved(&mut tx, &before).await?;
        let checked = form.check().map_err(SetUpError::Fields)?;
        let integration = changed_by(&before, checked, |secret| proved.contains(&secret), state.world.now());
        one_war_room(&mut tx, &integration).await?;
        if !store::integration::update(&mut tx, &integration).await? {
            continue;
        }
        for field in &changed {
            store::evidence::put(&mut tx, key, &check::changed_name(field), state.world.now()).await?;
            store::evidence::remove(&mut tx, key, &rotation::used_name(field)).await?;
        }
        let detail = change_of(&changed, &before, &integration);
        audit::write(state, &mut tx, key, actor, "integration-changed", key, detail).await?;
        store::task::add(&mut tx, key, &TaskKind::Introduce, state.world.now(), state.world.now()).await?;
        store::task::hasten(&mut tx, key, state.world.now()).await?;
        tx.commit().await?;
        forget(state, &before);
        state.wake();
        return Ok(integration);
    }
    Err(SetUpError::Conflict)
}

/// Removes an integration with everything that belongs to it.
///
/// # Errors
/// `UnknownIntegration`.
pub async fn remove(state: &State, key: &str, actor: &str) -> Result<(), SetUpError> {
    let mut tx = state.store.begin().await?;
    let before = store::integration::by_key(&mut tx, key).await?.ok_or(SetUpError::UnknownIntegration)?;
    let log = store::audit_chain::get(&mut tx, key).await?;
    store::integration::remove(&mut tx, key).await?;
    // Its own audit log is gone with it; this entry stays in the one of the whole server and says how that one ended.
    let log = log.map(|log| json!({"lines": log.seq, "hash": log.hash}));
    let detail = json!({"name": before.settings.name, "audit": log});
    audit::write(state, &mut tx, "", actor, "integration-removed", key, detail).await?;
    tx.commit().await?;
    forget(state, &before);
    Ok(())
}

/// What of an integration's standing work failed last.
///
/// # Errors
/// The database does not answer.
pub async fn failures(state: &State, key: &str) -> Result<Failures, SetUpError> {
    let mut tx = state.store.read().await?;
    Ok(introduce::failures(&mut tx, key).await?)
}

/// The integration of a key, as the database has it now.
///
/// # Errors
/// `UnknownIntegration`.
pub async fn get(state: &State, key: &str) -> Result<Integration, SetUpError> {
    let mut tx = state.store.read().await?;
    store::integration::by_key(&mut tx, key).await?.ok_or(SetUpError::UnknownIntegration)
}

/// All integrations, oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn list(state: &State) -> Result<Vec<Integration>, StoreError> {
    let mut tx = state.store.read().await?;
    store::integration::list(&mut tx).await
}

/// The addresses of an integration below our public one.
pub fn addresses(config: &Config, integration: &Integration) -> Addresses {
    let (key, routes) = (integration.key.as_str(), &integration.secrets.routes);
    let base = config.public_url.as_str().trim_end_matches('/');
    let at = |path: &str, values: &[&str]| format!("{base}{}", paths::fill(path, values));
    Addresses {
        event_subscription: at(paths::DINGTALK_EVENTS, &[key]),
        application_homepage: at(paths::HOME, &[key]),
        pc_homepage: at(paths::PC_HOME, &[key]),
        cool_app_web: address::quick_entry(&at(paths::COOL_APP, &[key])),
        card_callback: at(paths::DINGTALK_CARDS, &[key, routes.cards.expose_secret()]),
        flashduty_webhook: at(paths::FLASHDUTY_WEBHOOK, &[key, routes.webhook.expose_secret()]),
        flashduty_webhook_header: Header {
            name: WEBHOOK_HEADER.to_owned(),
            value: routes.webhook_header.expose_secret().to_owned(),
        },
        custom_action: at(paths::FLASHDUTY_ACTION, &[key, routes.action.expose_secret()]),
    }
}

fn told(errors: &[FieldError]) -> String {
    let lines: Vec<_> =
        errors.iter().map(|error| format!("{}: {}", error.field, error.message(Language::En))).collect();
    lines.join("\n")
}

/// INT1: at most one integration of a Flashduty account may open war rooms. Until an account is known by its id, the
/// same key means the same account.
async fn one_war_room(tx: &mut Tx, wanted: &Integration) -> Result<(), SetUpError> {
    if wanted.settings.war_room_template_id.is_none() {
        return Ok(());
    }
    let app_key = wanted.secrets.flashduty_app_key.expose_secret();
    let holder = store::integration::list(tx).await?.into_iter().find(|other| {
        let same_account = other.secrets.flashduty_app_key.expose_secret() == app_key
            || (wanted.account_id.is_some() && other.account_id == wanted.account_id);
        other.key != wanted.key && other.settings.war_room_template_id.is_some() && same_account
    });
    match holder {
        None => Ok(()),
        Some(other) => {
            let taken = |language| words::war_rooms_taken(language, &other.key);
            Err(SetUpError::Fields(vec![FieldError::new("war_room_template_id", taken)]))
        }
    }
}

/// Nothing remembered of the former settings is to be used again.
pub(super) fn forget(state: &State, before: &Integration) {
    state.caches.integrations.remove(&before.key);
    state.caches.saving.remove(&before.key);
    state.caches.asked.remove(&before.key);
    for field in SECRETS {
        state.caches.used.remove(&(before.key.clone(), field));
    }
    state.dingtalk.forget_token(&before.settings.client_id);
}
