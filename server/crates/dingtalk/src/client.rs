use crate::answer::Answer;
use crate::{Admission, AppCredentials, Call, DingTalkError, ErrorClass, Platform};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::sync::Arc;

/// Speaks to DingTalk for one app. Every method is one call of the platform (two when the token has to be renewed).
/// Cheap to clone.
#[derive(Clone)]
pub struct Client {
    platform: Platform,
    app: Arc<AppCredentials>,
    admission: Arc<dyn Admission>,
}

impl Client {
    pub(crate) fn new(platform: Platform, app: AppCredentials, admission: Arc<dyn Admission>) -> Self {
        Self { platform, app: Arc::new(app), admission }
    }

    pub(crate) fn platform(&self) -> &Platform {
        &self.platform
    }

    /// One request, once it is admitted.
    pub(crate) async fn exchange(
        &self,
        call: &Call,
        token: Option<&SecretString>,
        body: &Value,
        secrets: &[&SecretString],
    ) -> Result<Answer, DingTalkError> {
        self.platform.exchange(&*self.admission, call, &self.app.corp_id, token, body, secrets).await
    }

    /// What this client speaks with.
    pub fn app(&self) -> &AppCredentials {
        &self.app
    }

    /// Asks for a token now, whatever is cached: proves Client ID and Client Secret (1.1).
    ///
    /// # Errors
    /// `CredentialsRefused`, and what can happen to every call.
    pub async fn check_token(&self) -> Result<(), DingTalkError> {
        self.platform.tokens().fetch(self).await.map(drop)
    }

    /// Whether the app belongs to its company (1.2). The token that comes with the answer is not used. None where the
    /// platform knows no such company.
    ///
    /// # Errors
    /// What can happen to every call.
    pub async fn belongs_to_corp(&self) -> Result<Option<bool>, DingTalkError> {
        let body = json!({
            "client_id": self.app.client_id,
            "client_secret": self.app.client_secret.expose_secret(),
            "grant_type": "client_credentials",
        });
        match self.exchange(&Call::CORP_TOKEN, None, &body, &[&self.app.client_secret]).await {
            Ok(_) => Ok(Some(true)),
            Err(error) if error.code == "unauthorized.client" => Ok(Some(false)),
            Err(error) if error.code == "unknownError" => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes one call with the app's token; a refused token is replaced once and the call repeated once, which is
    /// harmless because a call with a refused token is not carried out (1.4).
    pub(crate) async fn call(&self, call: &Call, body: &Value) -> Result<Answer, DingTalkError> {
        let tokens = self.platform.tokens();
        let token = tokens.get(self).await?;
        let secrets = [&token, &self.app.client_secret];
        match self.exchange(call, Some(&token), body, &secrets).await {
            Err(DingTalkError { class: ErrorClass::TokenRefused, .. }) => {
                tokens.drop_refused(&self.app, &token);
                let token = tokens.get(self).await?;
                let secrets = [&token, &self.app.client_secret];
                self.exchange(call, Some(&token), body, &secrets).await
            }
            result => result,
        }
    }
}
