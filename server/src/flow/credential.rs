//! Clients of the two platforms, acting as the app, the service, or a person.

use super::link_end;
use super::refusal::Refusal;
use crate::model::integration::{Integration, Rotating};
use crate::model::link::{Credential, Link, LinkState};
use crate::model::quota::Priority;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::ProblemCode;
use flashduty::{ErrorClass, Tokens};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// An access token is renewed this long before it expires.
const REFRESH_MARGIN: Duration = Duration::from_secs(120);
/// How long one process has a link to renew its token: longer than the call can take.
const REFRESH_LEASE: Duration = Duration::from_secs(20);
/// How often the others look whether it has ended, and how many times.
const REFRESH_POLL: Duration = Duration::from_millis(100);
const REFRESH_POLLS_MAX: usize = 80;
/// Times a change is tried against somebody else's at the same moment.
const CONFLICTS_MAX: usize = 8;

/// DingTalk, as the integration's app, for calls that matter so much.
pub fn dingtalk(state: &State, integration: &Integration, priority: Priority) -> dingtalk::Client {
    dingtalk_through(state, integration, state.pilot.gate(integration, priority))
}

/// The same, for calls that somebody else lets go.
pub fn dingtalk_through(
    state: &State,
    integration: &Integration,
    admission: Arc<dyn dingtalk::Admission>,
) -> dingtalk::Client {
    let app = dingtalk::AppCredentials {
        corp_id: integration.settings.corp_id.clone(),
        agent_id: integration.settings.agent_id.clone(),
        client_id: integration.settings.client_id.clone(),
        client_secret: integration.secrets.client_secret.clone(),
        former_secret: integration.secrets.former.of(Rotating::ClientSecret).map(|former| former.value.clone()),
    };
    state.dingtalk.app(app, admission)
}

/// Flashduty, as the integration's service key: for reads that belong to nobody.
pub fn service(state: &State, integration: &Integration) -> flashduty::Client {
    let key = integration.secrets.flashduty_app_key.clone();
    state.flashduty.with(flashduty::Credential::AppKey(key)).language(integration.settings.language.tag())
}

/// Flashduty, as the linked person. Renews an OAuth token that is about to expire.
///
/// # Errors
/// `NotLinked` without a credential, `LinkBroken` when Flashduty no longer accepts it.
pub async fn person(state: &State, integration: &Integration, link: &Link) -> Result<flashduty::Client, Refusal> {
    if link.state == LinkState::Broken {
        return Err(ProblemCode::LinkBroken.into());
    }
    let credential = match &link.credential {
        None => return Err(ProblemCode::NotLinked.into()),
        Some(Credential::AppKey(key)) => flashduty::Credential::AppKey(key.clone()),
        Some(Credential::Oauth { access, expires, .. }) => {
            let fresh = expires.is_none_or(|at| state.world.now().plus(REFRESH_MARGIN) < at);
            let access = if fresh { access.clone() } else { renewed(state, integration, link).await? };
            flashduty::Credential::Bearer(access)
        }
    };
    Ok(state.flashduty.with(credential).language(integration.settings.language.tag()))
}

/// Renews the access token, once however many ask at the same time, in this process or another: a refresh token is good
/// for one use.
async fn renewed(state: &State, integration: &Integration, link: &Link) -> Result<SecretString, Refusal> {
    let _one_at_a_time = state.caches.refreshes.lock(link.id.clone()).await;
    for _ in 0..REFRESH_POLLS_MAX {
        let now = state.world.now();
        let mut tx = state.store.begin().await?;
        let current = store::link::by_user(&mut tx, &link.integration, &link.employee.user_id).await?;
        let Some(link) = current else { return Err(ProblemCode::NotLinked.into()) };
        let Some(Credential::Oauth { access, expires, .. }) = &link.credential else {
            return Err(ProblemCode::NotLinked.into());
        };
        if expires.is_none_or(|at| now.plus(REFRESH_MARGIN) < at) {
            return Ok(access.clone());
        }
        let until = now.plus(REFRESH_LEASE);
        if store::link::lease_refresh(&mut tx, &link.id, now, until).await? {
            tx.commit().await?;
            let id = link.id.clone();
            let result = renew(state, integration, link).await;
            if result.is_err() {
                let mut tx = state.store.begin().await?;
                store::link::release_refresh(&mut tx, &id, until).await?;
                tx.commit().await?;
            }
            return result;
        }
        drop(tx);
        pause().await;
    }
    Err(ProblemCode::FlashdutySlow.into())
}

async fn renew(state: &State, integration: &Integration, mut link: Link) -> Result<SecretString, Refusal> {
    let mut tx = state.store.read().await?;
    let client = store::oauth_client::get(&mut tx, &integration.key).await?;
    drop(tx);
    let Some(client) = client else { return Err(ProblemCode::NotLinked.into()) };
    let Some(Credential::Oauth { refresh, .. }) = &link.credential else { return Err(ProblemCode::NotLinked.into()) };
    let Some(refresh) = refresh else { return broken(state, &link).await };
    let metadata = metadata(state).await?.ok_or(ProblemCode::FlashdutyDown)?;
    let oauth = state.flashduty.oauth();
    match oauth.refresh(&metadata, &client.client_id, client.client_secret.as_ref(), refresh).await {
        Ok(tokens) => {
            // Where the server does not rotate refresh tokens it answers without one: the old one stays.
            let credential = from_tokens(tokens, Some(refresh.clone()));
            let Credential::Oauth { access, .. } = &credential else { return Err(ProblemCode::Internal.into()) };
            let access = access.clone();
            link.credential = Some(credential);
            link.updated = state.world.now();
            keep(state, link).await?;
            Ok(access)
        }
        Err(error) if error.class == ErrorClass::Unauthorized => broken(state, &link).await,
        Err(error) => Err(error.into()),
    }
}

#[expect(clippy::disallowed_methods, reason = "waits for another process, which cannot wake us")]
async fn pause() {
    tokio::time::sleep(REFRESH_POLL).await;
}

/// Keeps renewed tokens, whatever else was written of the link meanwhile: the former ones are spent. A link that was
/// ended or made anew stays so.
async fn keep(state: &State, mut link: Link) -> Result<(), StoreError> {
    for _ in 0..CONFLICTS_MAX {
        let mut tx = state.store.begin().await?;
        if store::link::set_credential(&mut tx, &link).await? {
            return tx.commit().await;
        }
        match store::link::by_user(&mut tx, &link.integration, &link.employee.user_id).await? {
            Some(present) if present.id == link.id => link.version = present.version,
            _ => return Ok(()),
        }
    }
    Err(StoreError::Conflict)
}

/// What Flashduty's sign-in offers, or none where the deployment has it not. Remembered for some minutes.
pub async fn metadata(state: &State) -> Result<Option<flashduty::Metadata>, Refusal> {
    let base = state.config.flashduty_api_url.to_string();
    if let Some(known) = state.caches.oauth.get(&base, state.world.now()) {
        return Ok(known);
    }
    let metadata = state.flashduty.oauth().discover().await?;
    state.caches.oauth.put(base, metadata.clone(), state.world.now());
    Ok(metadata)
}

/// A credential of an OAuth answer.
pub fn from_tokens(tokens: Tokens, former_refresh: Option<SecretString>) -> Credential {
    let refresh = tokens.refresh_token.or(former_refresh);
    Credential::Oauth { access: tokens.access_token, refresh, expires: tokens.expires_at }
}

async fn broken(state: &State, link: &Link) -> Result<SecretString, Refusal> {
    link_end::broke(state, link).await?;
    Err(ProblemCode::LinkBroken.into())
}
