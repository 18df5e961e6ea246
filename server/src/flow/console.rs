//! The administrator's console: the ways in, and what its pages show.

mod checks;
pub mod deliveries;
pub mod entry;
pub mod groups;
pub mod health;
pub mod log;
pub mod moment;
pub mod people;
pub mod quota;
pub mod rooms;
pub mod settings;

use super::set_up;
use super::{check, introduce};
use crate::model::integration::{Failure, Failures, Integration};
use crate::state::State;
use crate::store::{self, StoreError};
use contract::Language;
use contract::console::{Console, FailureLine, IntegrationLine, IntegrationView};
use contract::words::console as words;
use std::time::Duration;

/// How far back failed deliveries are counted.
const LATELY: Duration = Duration::from_secs(24 * 3600);

/// Who reads a page.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    pub language: Language,
    /// May see addresses that let in whoever has them.
    pub with_secrets: bool,
}

/// All integrations at a glance, or `only` one.
///
/// # Errors
/// The database does not answer.
pub async fn integrations(state: &State, only: &str) -> Result<Console, StoreError> {
    let mut tx = state.store.read().await?;
    let mut integrations = Vec::new();
    let known = store::integration::list(&mut tx).await?;
    for integration in known.into_iter().filter(|one| only.is_empty() || one.key == only) {
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
pub async fn overview(state: &State, integration: &Integration, reader: Reader) -> Result<IntegrationView, StoreError> {
    let language = reader.language;
    let mut tx = state.store.read().await?;
    let tx = &mut tx;
    let key = &integration.key;
    let (waiting, failed) = deliveries::at_a_glance(tx, key, state.world.now().minus(LATELY)).await?;
    let run = store::check_run::get(tx, key).await?;
    Ok(IntegrationView {
        key: key.clone(),
        name: integration.settings.name.clone(),
        // Most of them let in whoever has them.
        addresses: if reader.with_secrets { addresses(state, integration, language) } else { Vec::new() },
        checked_ms: integration.checked.map(|at| at.0),
        webhook_ms: integration.webhook.map(|at| at.0),
        failures: failures(introduce::failures(tx, key).await?, language),
        waiting,
        failed,
        links: store::link::count(tx, key).await?,
        checks_ms: run.as_ref().map(|run| run.ran.0),
        checks: checks::lines(state, integration, &run.unwrap_or_else(checks::nothing_looked_at), reader),
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
