use crate::patience::Patience;
use crate::{Credential, ErrorClass, FlashdutyError, Page, Platform, envelope, transport};
use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT_LANGUAGE, AUTHORIZATION, HeaderValue};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Calls Flashduty as the owner of one credential. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    platform: Platform,
    credential: Credential,
    language: Option<HeaderValue>,
    time_out: Duration,
    patience: Option<Patience>,
}

impl Client {
    pub(crate) fn new(platform: Platform, credential: Credential) -> Self {
        Self { platform, credential, language: None, time_out: Duration::from_secs(10), patience: None }
    }

    /// The same client with at most `limit` for a whole call, connection included.
    #[must_use]
    pub fn within(&self, limit: Duration) -> Self {
        Self { time_out: self.time_out.min(limit), ..self.clone() }
    }

    /// The same client for somebody who waits: what Flashduty refuses as too many requests is made again, twice at most
    /// and not later than `budget` from now, however many calls there are. Of nothing else is it known that it was not
    /// carried out.
    #[must_use]
    pub fn patient(&self, budget: Duration) -> Self {
        Self { patience: Some(Patience::new(self.platform.world(), budget)), ..self.clone() }
    }

    /// The same client asking for error sentences in `language` (`zh-CN` or `en-US`). What cannot be a header is ignored.
    #[must_use]
    pub fn language(&self, language: &str) -> Self {
        Self { language: HeaderValue::from_str(language).ok(), ..self.clone() }
    }

    /// Calls `path` and gives its `data`; absent data reads as an empty object, so that every field takes its default.
    pub(crate) async fn read<T: DeserializeOwned>(&self, path: &str, body: Value) -> Result<T, FlashdutyError> {
        let data = match self.call(path, body).await? {
            Value::Null => Value::Object(Map::new()),
            data => data,
        };
        // Only an object: serde would take an array for the fields of a struct in order.
        let unexpected = || FlashdutyError::ours(ErrorClass::Unclear, "UnexpectedData", "the data has another form");
        if !data.is_object() {
            return Err(unexpected());
        }
        T::deserialize(data).map_err(|_| unexpected())
    }

    /// Reads the objects with these ids, `part` ids a call, and gives all `items` one after the other.
    pub(crate) async fn read_in_parts<I: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        field: &str,
        ids: &[I],
        part: usize,
    ) -> Result<Vec<T>, FlashdutyError> {
        let mut items = Vec::new();
        for ids in ids.chunks(part) {
            let page: Page<T> = self.read(path, json!({ field: ids })).await?;
            items.extend(page.items);
        }
        Ok(items)
    }

    /// Calls `path` for its effect; whatever `data` it gives is not looked at.
    pub(crate) async fn write(&self, path: &str, body: Value) -> Result<(), FlashdutyError> {
        self.call(path, body).await.map(|_| ())
    }

    async fn call(&self, path: &str, body: Value) -> Result<Value, FlashdutyError> {
        let (world, waiting) = (self.platform.world(), self.platform.waiting());
        let mut repeats = 0;
        loop {
            let result = self.exchange(path, &body).await;
            match (&result, self.patience) {
                (Err(error), Some(patience)) if patience.wait(world, waiting, error, repeats).await => repeats += 1,
                _ => return result,
            }
        }
    }

    async fn exchange(&self, path: &str, body: &Value) -> Result<Value, FlashdutyError> {
        let started = self.platform.world().now();
        let result = match self.request(path, body) {
            Ok(request) => transport::send(request).await.and_then(|answer| {
                self.platform.clock().note(&answer.date, self.platform.world().now());
                envelope::open(&answer)
            }),
            Err(error) => Err(error),
        };
        let result = result.map_err(|error| error.without([self.credential.secret()]));
        let took_ms = self.platform.world().now().since(started).as_millis();
        match &result {
            Ok(_) => tracing::debug!(path, took_ms, "Flashduty answered"),
            Err(error) => tracing::debug!(
                path,
                took_ms,
                code = error.code,
                request_id = error.request_id,
                http_status = error.http_status,
                "Flashduty call failed"
            ),
        }
        result
    }

    fn request(&self, path: &str, body: &Value) -> Result<RequestBuilder, FlashdutyError> {
        let mut address = self.platform.address(path);
        let mut bearer = None;
        match &self.credential {
            Credential::AppKey(key) => {
                address.query_pairs_mut().append_pair("app_key", key.expose_secret());
            }
            Credential::Bearer(token) => {
                let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(|_| {
                    FlashdutyError::ours(ErrorClass::Unauthorized, "BadCredential", "not a possible access token")
                })?;
                value.set_sensitive(true);
                bearer = Some(value);
            }
        }
        let mut request = self.platform.http().post(address).timeout(self.time_out).json(body);
        if let Some(bearer) = bearer {
            request = request.header(AUTHORIZATION, bearer);
        }
        if let Some(language) = &self.language {
            request = request.header(ACCEPT_LANGUAGE, language.clone());
        }
        Ok(request)
    }
}
