//! Two generations of a secret: which were proved by use, and the end of the former one.

use super::{SetUpError, forget};
use crate::flow::{audit, credential};
use crate::model::delivery::Outcome;
use crate::model::integration::{Integration, Rotating};
use crate::model::quota::Priority;
use crate::state::State;
use crate::store::{self, StoreError, Tx, health};
use secrecy::ExposeSecret;
use serde_json::json;
use std::collections::BTreeMap;
use world::Millis;

/// Times a change is tried against somebody else's at the same moment.
const CONFLICTS_MAX: usize = 8;
/// Who ends a former secret when its successor was used.
const ACTOR: &str = "dingduty";

/// The name under which it is noted when a secret was used last.
pub fn used_name(field: &str) -> String {
    format!("used:{field}")
}

/// Notes that secrets were used now. Once in a minute is enough: it is for people to read.
///
/// # Errors
/// The database does not answer.
pub async fn note_use(state: &State, tx: &mut Tx, key: &str, fields: &[&'static str]) -> Result<(), StoreError> {
    let now = state.world.now();
    for field in fields {
        let name = (key.to_owned(), *field);
        if state.caches.used.get(&name, now).is_none() {
            store::evidence::put(tx, key, &used_name(field), now).await?;
            state.caches.used.put(name, (), now);
        }
    }
    Ok(())
}

/// When each secret was used last, by field: by what was noted, and by what can only have happened with it.
///
/// # Errors
/// The database does not answer.
pub async fn last_used(tx: &mut Tx, integration: &Integration) -> Result<BTreeMap<&'static str, Millis>, StoreError> {
    let key = &integration.key;
    let evidence = store::evidence::all(tx, key).await?;
    let delivered = health::newest_of(tx, key, Outcome::Delivered.name()).await?;
    let compared = store::reconcile::get(tx, key).await?.filter(|run| run.failure.is_none()).map(|run| run.ran);
    let used = |field: &'static str, seen: Option<Millis>| {
        let changed = evidence.get(&crate::flow::check::changed_name(field)).copied();
        let seen = seen.filter(|seen| changed.is_none_or(|changed| changed < *seen));
        let noted = evidence.get(&used_name(field)).copied();
        Some((field, noted.max(seen)?))
    };
    let fields = [
        used("client_secret", delivered),
        used("aes_key", integration.checked),
        used("token", integration.checked),
        used("flashduty_app_key", compared),
    ];
    Ok(fields.into_iter().flatten().collect())
}

/// The secrets whose present value was proved by use.
///
/// # Errors
/// The database does not answer.
pub async fn proved(tx: &mut Tx, integration: &Integration) -> Result<Vec<Rotating>, StoreError> {
    let used = last_used(tx, integration).await?;
    Ok(Rotating::ALL.into_iter().filter(|secret| used.contains_key(secret.name())).collect())
}

/// Ends the former values of secrets whose present values, those of `proved`, were used. A secret that was changed
/// meanwhile keeps its former value.
///
/// # Errors
/// The database does not answer, or others were faster again and again.
pub async fn end(state: &State, proved: &Integration, secrets: &[Rotating]) -> Result<(), SetUpError> {
    end_by(state, proved, secrets, ACTOR).await
}

/// The same when somebody wants it.
///
/// # Errors
/// As [`end`].
pub async fn end_by(state: &State, proved: &Integration, secrets: &[Rotating], actor: &str) -> Result<(), SetUpError> {
    let key = &proved.key;
    for _ in 0..CONFLICTS_MAX {
        let mut tx = state.store.begin().await?;
        let Some(mut integration) = store::integration::by_key(&mut tx, key).await? else { return Ok(()) };
        let same = |secret: &Rotating| {
            secret.of(&integration.secrets).expose_secret() == secret.of(&proved.secrets).expose_secret()
        };
        let ending: Vec<Rotating> = secrets
            .iter()
            .copied()
            .filter(|secret| same(secret) && integration.secrets.former.of(*secret).is_some())
            .collect();
        if ending.is_empty() {
            return Ok(());
        }
        for secret in &ending {
            integration.secrets.former.set(*secret, None);
        }
        if !store::integration::update(&mut tx, &integration).await? {
            continue;
        }
        let names: Vec<_> = ending.iter().map(|secret| secret.name()).collect();
        audit::write(state, &mut tx, key, actor, "former-secret-ended", key, json!({ "fields": names })).await?;
        tx.commit().await?;
        forget(state, &integration);
        return Ok(());
    }
    Err(SetUpError::Conflict)
}

/// Tries a new Client Secret, where the former one is still kept, and ends that if it is taken. True while it is not.
///
/// # Errors
/// The database does not answer.
pub async fn try_client_secret(state: &State, integration: &Integration) -> Result<bool, StoreError> {
    if integration.secrets.former.of(Rotating::ClientSecret).is_none() {
        return Ok(false);
    }
    let client = credential::dingtalk(state, integration, Priority::State);
    if client.check_token().await.is_err() {
        return Ok(true);
    }
    match end(state, integration, &[Rotating::ClientSecret]).await {
        Ok(()) => Ok(false),
        Err(SetUpError::Store(error)) => Err(error),
        Err(_) => Ok(true),
    }
}
