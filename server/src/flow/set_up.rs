//! Integrations: add, change, remove; and the addresses to copy into both platforms' consoles.

mod form;

pub use form::{Checked, FieldError, Form, pairs};

use super::{address, audit, check, introduce};
use crate::config::Config;
use crate::model::integration::{Failures, Integration, RouteSecrets, Secrets, Settings};
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::paths;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Value, json};
use world::{Millis, World};

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
            let taken = FieldError { field: "key".to_owned(), message: "is in use already".to_owned() };
            return Err(SetUpError::Fields(vec![taken]));
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
    for _ in 0..CONFLICTS_MAX {
        let mut tx = state.store.begin().await?;
        let before = store::integration::by_key(&mut tx, key).await?.ok_or(SetUpError::UnknownIntegration)?;
        let former = form_of(&before);
        let form = former.clone().with(pairs.clone()).map_err(SetUpError::Fields)?;
        if form.differs(&former, "key") {
            let fixed = FieldError { field: "key".to_owned(), message: "cannot be changed".to_owned() };
            return Err(SetUpError::Fields(vec![fixed]));
        }
        let changed: Vec<_> = Form::names().filter(|name| form.differs(&former, name)).collect();
        let integration = changed_by(&before, form.check().map_err(SetUpError::Fields)?, state.world.now());
        one_war_room(&mut tx, &integration).await?;
        if !store::integration::update(&mut tx, &integration).await? {
            continue;
        }
        for field in &changed {
            store::evidence::put(&mut tx, key, &check::changed_name(field), state.world.now()).await?;
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

/// The fields of an integration as people may see them: secrets as `set` or `not set`.
pub fn fields(integration: &Integration) -> serde_json::Map<String, Value> {
    let Settings { name, corp_id, agent_id, client_id, .. } = &integration.settings;
    let settings = &integration.settings;
    let secrets = &integration.secrets;
    let shown = |secret: &secrecy::SecretString| if secret.expose_secret().is_empty() { "not set" } else { "set" };
    let fields = json!({
        "name": name,
        "corp_id": corp_id,
        "agent_id": agent_id,
        "client_id": client_id,
        "client_secret": shown(&secrets.client_secret),
        "aes_key": shown(&secrets.aes_key),
        "token": shown(&secrets.token),
        "card_template_id": settings.card_template_id,
        "war_room_template_id": settings.war_room_template_id,
        "war_room_bot_id": settings.war_room_bot_id,
        "flashduty_app_key": shown(&secrets.flashduty_app_key),
        "edition": settings.edition,
        "person_channel": settings.person_channel,
        "group_editors": settings.group_editors,
        "quota_preset": settings.quota.preset,
        "quota_api_month": settings.quota.api_month,
        "quota_push_month": settings.quota.push_month,
        "quota_qps": settings.quota.qps,
        "storm_cards_per_minute": settings.storm_cards_per_minute,
        "card_hidden_fields": settings.card.hidden,
        "snooze_minutes": settings.card.snooze_minutes(),
        "card_text_template_id": settings.card.text_template_id,
    });
    match fields {
        Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    }
}

fn told(errors: &[FieldError]) -> String {
    let lines: Vec<_> = errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
    lines.join("\n")
}

fn new(world: &World, checked: Checked, now: Millis) -> Integration {
    let key = checked.key.clone().unwrap_or_else(|| world.id());
    let routes = RouteSecrets {
        cards: world.secret().into(),
        card_signing: world.secret().into(),
        webhook: world.secret().into(),
        webhook_header: world.secret().into(),
        action: world.secret().into(),
    };
    let unread = Settings { time_zone: Settings::zone_until_read(), ..Settings::default() };
    let (settings, secrets) = typed(checked, unread, routes);
    Integration {
        key,
        settings,
        secrets,
        account_id: None,
        checked: None,
        webhook: None,
        webhook_header: None,
        created: now,
        updated: now,
        version: 0,
    }
}

/// What was typed, beside what is `read` at the platforms or made here.
fn typed(checked: Checked, read: Settings, routes: RouteSecrets) -> (Settings, Secrets) {
    let settings = Settings {
        name: checked.name,
        corp_id: checked.corp_id,
        agent_id: checked.agent_id,
        client_id: checked.client_id,
        card_template_id: checked.card_template_id,
        war_room_template_id: checked.war_room_template_id,
        war_room_bot_id: checked.war_room_bot_id,
        edition: checked.edition,
        person_channel: checked.person_channel,
        group_editors: checked.group_editors,
        quota: checked.quota,
        storm_cards_per_minute: checked.storm_cards_per_minute,
        card: checked.card,
        ..read
    };
    let secrets = Secrets {
        client_secret: checked.client_secret,
        aes_key: checked.aes_key,
        token: checked.token,
        flashduty_app_key: checked.flashduty_app_key,
        routes,
    };
    (settings, secrets)
}

fn changed_by(before: &Integration, checked: Checked, now: Millis) -> Integration {
    let same_account = before.secrets.flashduty_app_key.expose_secret() == checked.flashduty_app_key.expose_secret();
    let (settings, secrets) = typed(checked, before.settings.clone(), before.secrets.routes.clone());
    Integration {
        settings,
        secrets,
        account_id: before.account_id.filter(|_| same_account),
        updated: now,
        ..before.clone()
    }
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(",")
}

/// The integration as somebody would have typed it.
fn form_of(integration: &Integration) -> Form {
    let (settings, secrets) = (&integration.settings, &integration.secrets);
    let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
    let figure = |figure: Option<i64>| figure.map(|figure| figure.to_string()).unwrap_or_default();
    let mut form = Form::default();
    for (name, value) in [
        ("key", integration.key.as_str()),
        ("name", &settings.name),
        ("corp_id", &settings.corp_id),
        ("agent_id", &settings.agent_id),
        ("client_id", &settings.client_id),
        ("client_secret", secrets.client_secret.expose_secret()),
        ("aes_key", secrets.aes_key.expose_secret()),
        ("token", secrets.token.expose_secret()),
        ("card_template_id", settings.card_template_id.as_deref().unwrap_or_default()),
        ("war_room_template_id", settings.war_room_template_id.as_deref().unwrap_or_default()),
        ("war_room_bot_id", settings.war_room_bot_id.as_deref().unwrap_or_default()),
        ("flashduty_app_key", secrets.flashduty_app_key.expose_secret()),
        ("edition", &word(json!(settings.edition))),
        ("person_channel", &word(json!(settings.person_channel))),
        ("group_editors", &word(json!(settings.group_editors))),
        ("quota_preset", settings.quota.preset.name()),
        ("quota_api_month", &figure(settings.quota.api_month)),
        ("quota_push_month", &figure(settings.quota.push_month)),
        ("quota_qps", &figure(settings.quota.qps)),
        ("storm_cards_per_minute", &settings.storm_cards_per_minute.to_string()),
        ("card_hidden_fields", &joined(settings.card.hidden.iter().map(|field| field.name().to_owned()))),
        ("snooze_minutes", &joined(settings.card.snooze_minutes.iter().map(u32::to_string))),
        ("card_text_template_id", settings.card.text_template_id.as_deref().unwrap_or_default()),
    ] {
        form.set(name, value);
    }
    form
}

/// Before and after of the changed fields; a secret only as changed.
fn change_of(changed: &[&str], before: &Integration, after: &Integration) -> Value {
    let (before, after) = (fields(before), fields(after));
    let pairs = changed.iter().map(|name| {
        let value = |fields: &serde_json::Map<String, Value>| fields.get(*name).cloned().unwrap_or_default();
        ((*name).to_owned(), json!({"before": value(&before), "after": value(&after)}))
    });
    Value::Object(pairs.collect())
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
            let message = format!("war rooms of this Flashduty account belong to integration {} already", other.key);
            Err(SetUpError::Fields(vec![FieldError { field: "war_room_template_id".to_owned(), message }]))
        }
    }
}

/// Nothing remembered of the former settings is to be used again.
fn forget(state: &State, before: &Integration) {
    state.caches.integrations.remove(&before.key);
    state.caches.saving.remove(&before.key);
    state.dingtalk.forget_token(&before.settings.client_id);
}
