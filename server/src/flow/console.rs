//! The administrator's console: the way in by a one-time link, and what its page shows.

mod checks;
pub mod deliveries;
pub mod groups;
pub mod log;
pub mod moment;
pub mod quota;
pub mod rooms;

use super::refusal::Refusal;
use super::set_up;
use super::{audit, check, introduce};
use crate::model::hash::hex_sha256;
use crate::model::integration::{Failure, Failures, Integration};
use crate::model::session::{CONSOLE_LIFETIME, Session};
use crate::state::State;
use crate::store::{self, StoreError};
use contract::console::{Console, FailureLine, IntegrationLine, IntegrationView};
use contract::words::console as words;
use contract::{Language, ProblemCode};
use serde_json::json;
use std::time::Duration;

/// Longest code that is looked up.
const CODE_BYTES_MAX: usize = 128;
/// How far back failed deliveries are counted.
const LATELY: Duration = Duration::from_secs(24 * 3600);
/// Whose session it is: the console knows one administrator.
const ADMINISTRATOR: &str = "administrator";

/// Uses a one-time link up. Returns the value of the console's cookie.
///
/// # Errors
/// `ConsoleLinkExpired`.
pub async fn enter(state: &State, code: &str, former_session: Option<&str>) -> Result<String, Refusal> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let fine = !code.is_empty() && code.len() <= CODE_BYTES_MAX;
    if !fine || !store::console::take_link(&mut tx, &hex_sha256(code), now).await? {
        return Err(ProblemCode::ConsoleLinkExpired.into());
    }
    if let Some(former) = former_session {
        store::session::delete(&mut tx, former).await?;
    }
    let secret = state.world.secret();
    let session = Session {
        id: hex_sha256(&secret),
        integration: String::new(),
        user_id: ADMINISTRATOR.to_owned(),
        user_name: String::new(),
        created: now,
        expires: now.plus(CONSOLE_LIFETIME),
    };
    store::session::insert(&mut tx, &session).await?;
    audit::write(state, &mut tx, "", ADMINISTRATOR, "console-entered", "console", json!({})).await?;
    tx.commit().await?;
    Ok(secret)
}

/// The living console session of a cookie's hash.
///
/// # Errors
/// The database does not answer.
pub async fn session(state: &State, id: &str) -> Result<Option<Session>, StoreError> {
    let mut tx = state.store.read().await?;
    let session = store::session::get(&mut tx, id, state.world.now()).await?;
    Ok(session.filter(|session| session.integration.is_empty()))
}

/// All integrations, at a glance.
///
/// # Errors
/// The database does not answer.
pub async fn integrations(state: &State) -> Result<Console, StoreError> {
    let mut tx = state.store.read().await?;
    let mut integrations = Vec::new();
    for integration in store::integration::list(&mut tx).await? {
        let wishes = check::wishes(&integration);
        let Integration { key, settings, .. } = integration;
        let links = store::link::count(&mut tx, &key).await?;
        let open_checks = store::check_run::get(&mut tx, &key).await?.map(|run| run.open(wishes));
        integrations.push(IntegrationLine { key, name: settings.name, corp_id: settings.corp_id, links, open_checks });
    }
    Ok(Console { integrations })
}

/// How the set-up of one stands.
///
/// # Errors
/// The database does not answer.
pub async fn overview(
    state: &State,
    integration: &Integration,
    language: Language,
) -> Result<IntegrationView, StoreError> {
    let mut tx = state.store.read().await?;
    let tx = &mut tx;
    let key = &integration.key;
    let (waiting, failed) = deliveries::at_a_glance(tx, key, state.world.now().minus(LATELY)).await?;
    let run = store::check_run::get(tx, key).await?;
    Ok(IntegrationView {
        key: key.clone(),
        name: integration.settings.name.clone(),
        addresses: addresses(state, integration, language),
        checked_ms: integration.checked.map(|at| at.0),
        webhook_ms: integration.webhook.map(|at| at.0),
        failures: failures(introduce::failures(tx, key).await?, language),
        waiting,
        failed,
        links: store::link::count(tx, key).await?,
        checks_ms: run.as_ref().map(|run| run.ran.0),
        checks: run.map(|run| checks::lines(state, integration, &run, language)).unwrap_or_default(),
    })
}

fn failures(failures: Failures, language: Language) -> Vec<FailureLine> {
    let Failures { card_callback, account, open_incidents, card_text } = failures;
    let lines = [
        (words::failed_card_callback(language), card_callback),
        (words::failed_account(language), account),
        (words::failed_open_incidents(language), open_incidents),
        (words::failed_card_text(language), card_text),
    ];
    let line = |(what, failure): (&str, Option<Failure>)| {
        let Failure { code, message, at } = failure?;
        Some(FailureLine { what: what.to_owned(), said: [code, message].join(" ").trim_end().to_owned(), at_ms: at.0 })
    };
    lines.into_iter().filter_map(line).collect()
}

fn addresses(state: &State, integration: &Integration, language: Language) -> Vec<(String, String)> {
    let all = set_up::addresses(&state.config, integration);
    let header = format!("{}: {}", all.flashduty_webhook_header.name, all.flashduty_webhook_header.value);
    let named: [(&str, String); 7] = [
        (words::event_subscription(language), all.event_subscription),
        (words::application_homepage(language), all.application_homepage),
        (words::pc_homepage(language), all.pc_homepage),
        (words::cool_app_web(language), all.cool_app_web),
        (words::card_callback(language), all.card_callback),
        (words::flashduty_webhook(language), all.flashduty_webhook),
        (words::flashduty_webhook_header(language), header),
    ];
    named.into_iter().map(|(label, address)| (label.to_owned(), address)).collect()
}
