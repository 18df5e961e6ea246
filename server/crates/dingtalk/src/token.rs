use crate::{AppCredentials, Call, Client, DingTalkError, ErrorClass};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use world::Millis;

/// A token is renewed this long before it expires (1.4).
const REFRESH_MARGIN: Duration = Duration::from_secs(600);
/// A token's documented life, assumed where the answer does not tell. A longer promise is not relied on.
const LIFETIME_MAX: Duration = Duration::from_secs(7200);
/// A shorter one is not believed: asking for tokens too often is throttled, and a dead token is noticed anyway.
const LIFETIME_MIN: Duration = Duration::from_secs(60);
/// After a failed early renewal the old token serves this long before the next try.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);
/// Tokens are opaque; this is room enough (1.4).
const TOKEN_BYTES_MAX: usize = 4096;

/// The app tokens of all integrations, one request at a time per app (1.4).
#[derive(Default)]
pub(crate) struct Tokens {
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

/// One app's token. A changed secret makes a new slot, so that a wrong one never profits from a right one's token.
struct Slot {
    client_secret: SecretString,
    held: Mutex<Option<Held>>,
    flights: Mutex<Flights>,
    flight: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Held {
    token: SecretString,
    refresh_at: Millis,
    expires_at: Millis,
}

/// How many requests have ended, and with what failure the last one. Those who waited for it share the failure instead
/// of each trying once more.
#[derive(Default)]
struct Flights {
    ended: u64,
    failure: Option<DingTalkError>,
}

impl Tokens {
    /// A token that is good now, from the cache or from the platform.
    pub async fn get(&self, client: &Client) -> Result<SecretString, DingTalkError> {
        let slot = self.slot(client.app());
        let now = client.platform().world().now();
        let held = lock(&slot.held).clone();
        match held {
            Some(held) if now < held.refresh_at => Ok(held.token),
            // Still good: one caller renews it, the others do not wait for that.
            Some(held) if now < held.expires_at => match slot.flight.try_lock() {
                Ok(_turn) => slot.renew(client, held).await,
                Err(_) => Ok(held.token),
            },
            _ => slot.wait_or_fetch(client).await,
        }
    }

    /// Asks the platform in any case, with the newest secret alone, and keeps the new token.
    pub async fn fetch(&self, client: &Client) -> Result<SecretString, DingTalkError> {
        let slot = self.slot(client.app());
        let _turn = slot.flight.lock().await;
        slot.keep(client, request(client, &client.app().client_secret).await)
    }

    /// Drops `refused` if it is still the cached token; a newer one stays.
    pub fn drop_refused(&self, app: &AppCredentials, refused: &SecretString) {
        let slot = self.slot(app);
        let mut held = lock(&slot.held);
        if held.as_ref().is_some_and(|held| held.token.expose_secret() == refused.expose_secret()) {
            *held = None;
        }
    }

    /// Drops whatever is cached for an app.
    pub fn forget(&self, client_id: &str) {
        lock(&self.slots).remove(client_id);
    }

    fn slot(&self, app: &AppCredentials) -> Arc<Slot> {
        let mut slots = lock(&self.slots);
        match slots.get(&app.client_id) {
            Some(slot) if slot.client_secret.expose_secret() == app.client_secret.expose_secret() => slot.clone(),
            _ => {
                let slot = Arc::new(Slot {
                    client_secret: app.client_secret.clone(),
                    held: Mutex::default(),
                    flights: Mutex::default(),
                    flight: tokio::sync::Mutex::default(),
                });
                slots.insert(app.client_id.clone(), slot.clone());
                slot
            }
        }
    }
}

impl Slot {
    async fn wait_or_fetch(&self, client: &Client) -> Result<SecretString, DingTalkError> {
        let ended_before = lock(&self.flights).ended;
        let _turn = self.flight.lock().await;
        let now = client.platform().world().now();
        if let Some(held) = lock(&self.held).as_ref().filter(|held| now < held.expires_at) {
            return Ok(held.token.clone());
        }
        {
            let flights = lock(&self.flights);
            if let Some(failure) = flights.failure.as_ref().filter(|_| flights.ended > ended_before) {
                return Err(failure.clone());
            }
        }
        self.fetch(client).await
    }

    /// Renews a token that is still good, and falls back on it when the platform is in trouble.
    async fn renew(&self, client: &Client, old: Held) -> Result<SecretString, DingTalkError> {
        match self.fetch(client).await {
            Err(error) if is_passing(&error.class) => {
                let refresh_at = client.platform().world().now().plus(RENEWAL_PAUSE);
                *lock(&self.held) = Some(Held { refresh_at, ..old.clone() });
                Ok(old.token)
            }
            other => other,
        }
    }

    /// One request for a token, and another with the former secret where the new one is refused; the caller holds the
    /// turn.
    async fn fetch(&self, client: &Client) -> Result<SecretString, DingTalkError> {
        let app = client.app();
        let mut result = request(client, &app.client_secret).await;
        if let Some(former) = &app.former_secret
            && result.as_ref().is_err_and(|error| error.class == ErrorClass::CredentialsRefused)
        {
            // While neither is taken, what is said of the new one counts.
            result = request(client, former).await.or(result);
        }
        self.keep(client, result)
    }

    fn keep(
        &self,
        client: &Client,
        result: Result<(SecretString, Duration), DingTalkError>,
    ) -> Result<SecretString, DingTalkError> {
        let mut flights = lock(&self.flights);
        flights.ended += 1;
        flights.failure = result.as_ref().err().cloned();
        let held = result.map(|(token, lifetime)| {
            let now = client.platform().world().now();
            // A very short life is renewed after half of it rather than at every call.
            let margin = REFRESH_MARGIN.min(lifetime / 2);
            Held { token, refresh_at: now.plus(lifetime - margin), expires_at: now.plus(lifetime) }
        })?;
        let token = held.token.clone();
        *lock(&self.held) = Some(held);
        Ok(token)
    }
}

async fn request(client: &Client, secret: &SecretString) -> Result<(SecretString, Duration), DingTalkError> {
    let body = json!({ "appKey": client.app().client_id, "appSecret": secret.expose_secret() });
    let answer = client.exchange(&Call::TOKEN, None, &body, &[secret]).await?;
    let fields = answer.fields();
    let token = fields
        .text_of_any(&["accessToken", "access_token"])
        .filter(|token| token.len() <= TOKEN_BYTES_MAX)
        .ok_or_else(|| answer.lacks("accessToken"))?;
    let seconds = fields.number("expireIn").or_else(|| fields.number("expires_in"));
    let promised = seconds.map(|seconds| Duration::from_secs(u64::try_from(seconds).unwrap_or(0)));
    Ok((SecretString::from(token), promised.unwrap_or(LIFETIME_MAX).clamp(LIFETIME_MIN, LIFETIME_MAX)))
}

/// Whether a failure says nothing about the token in hand.
fn is_passing(class: &ErrorClass) -> bool {
    use ErrorClass::{Busy, Held, Throttled, Unclear, Unreachable};
    matches!(class, Held(_) | Throttled { .. } | Busy | Unreachable | Unclear)
}

/// A panic elsewhere leaves these maps in order: every change is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
