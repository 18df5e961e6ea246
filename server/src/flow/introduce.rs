//! What the two platforms must know of a new or changed integration, and what we must know of them.

use super::set_up::rotation;
use super::{address, credential};
use crate::model::integration::{Failure, Failures, Integration, Rotating};
use crate::model::quota::Priority;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::{Language, paths};
use secrecy::ExposeSecret;

/// Registers the card callback address at DingTalk and reads account, language and zone at Flashduty. True when
/// something has to be tried again.
pub async fn introduce(state: &State, integration: &Integration) -> Result<bool, StoreError> {
    let had_former = integration.secrets.former.of(Rotating::ClientSecret).is_some();
    let rotating = rotation::try_client_secret(state, integration).await?;
    let mut tx = state.store.read().await?;
    let anew = match had_former && !rotating {
        true => store::integration::by_key(&mut tx, &integration.key).await?,
        false => None,
    };
    drop(tx);
    let integration = anew.as_ref().unwrap_or(integration);
    let mut changed = integration.clone();
    let registered = register(state, integration).await;
    let read = read_account(state, &mut changed).await;
    let mut tx = state.store.begin().await?;
    changed.updated = state.world.now();
    let kept = store::integration::update(&mut tx, &changed).await?;
    if read.is_ok() {
        rotation::note_use(state, &mut tx, &integration.key, &["flashduty_app_key"]).await?;
    }
    if registered.is_ok() && integration.settings.card_template_id.is_some() {
        store::evidence::put(&mut tx, &integration.key, "card-callback", state.world.now()).await?;
    }
    let again = !kept || rotating || registered.is_err() || read.is_err();
    store::integration::change_failures(&mut tx, &integration.key, |failures| {
        failures.card_callback = registered.err();
        failures.account = read.err();
    })
    .await?;
    tx.commit().await?;
    state.caches.integrations.remove(&integration.key);
    Ok(again)
}

/// Reference 7.2: without `force` an address that is registered already stays and is what comes back.
async fn register(state: &State, integration: &Integration) -> Result<(), Failure> {
    if integration.settings.card_template_id.is_none() {
        return Ok(());
    }
    let routes = &integration.secrets.routes;
    let url = address::page(state, paths::DINGTALK_CARDS, &[&integration.key, routes.cards.expose_secret()]);
    let client = credential::dingtalk(state, integration, Priority::State);
    let (route, signing) = (integration.card_route_key(), Some(routes.card_signing.expose_secret()));
    // Always with force: the answer does not tell whether the registered secret is ours, only the address.
    match client.register_card_callback(&route, &url, signing, true).await {
        Ok(answer) if answer.callback_url == url => Ok(()),
        Ok(_) => Err(failure(state, "answer.other-address", "DingTalk keeps another address")),
        Err(error) => {
            tracing::warn!(
                key = integration.key,
                class = error.class.name(),
                code = error.code,
                "card callback not registered"
            );
            Err(failure(state, &error.code, &error.message))
        }
    }
}

async fn read_account(state: &State, integration: &mut Integration) -> Result<(), Failure> {
    match credential::service(state, integration).member_info().await {
        Ok(info) => {
            integration.account_id = Some(info.account_id).filter(|id| *id != 0);
            integration.settings.account_name = info.account_name;
            let locale = if info.account_locale.is_empty() { info.locale } else { info.account_locale };
            integration.settings.language = Language::from_tag(&locale).unwrap_or_default();
            let zone = if info.account_time_zone.is_empty() { info.time_zone } else { info.account_time_zone };
            if !zone.is_empty() {
                integration.settings.time_zone = zone;
            }
            Ok(())
        }
        Err(error) => {
            tracing::warn!(key = integration.key, code = error.code, "the Flashduty account could not be read");
            // The account's own key is a usable service key; it only cannot tell its member.
            match error.class {
                flashduty::ErrorClass::NotAMember => Ok(()),
                _ => Err(failure(state, &error.code, &error.message)),
            }
        }
    }
}

/// What failed last of an integration's standing work.
pub async fn failures(tx: &mut Tx, key: &str) -> Result<Failures, StoreError> {
    let mut failures = store::integration::failures(tx, key).await?;
    let run = store::reconcile::get(tx, key).await?.unwrap_or_default();
    failures.open_incidents = run.failure.map(|code| Failure { code, message: String::new(), at: run.ran });
    Ok(failures)
}

fn failure(state: &State, code: &str, message: &str) -> Failure {
    Failure { code: code.to_owned(), message: message.to_owned(), at: state.world.now() }
}
