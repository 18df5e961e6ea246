use crate::answer::Answer;
use crate::{AppCredentials, Call, DingTalkError, ErrorClass, Platform};
use serde_json::Value;
use std::sync::Arc;

/// Speaks to DingTalk for one app. Every method is one call of the platform (two when the token has to be renewed).
/// Cheap to clone.
#[derive(Clone)]
pub struct Client {
    platform: Platform,
    app: Arc<AppCredentials>,
}

impl Client {
    pub(crate) fn new(platform: Platform, app: AppCredentials) -> Self {
        Self { platform, app: Arc::new(app) }
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
        self.platform.tokens().fetch(&self.platform, &self.app).await.map(drop)
    }

    /// Makes one call with the app's token; a refused token is replaced once and the call repeated once, which is
    /// harmless because a call with a refused token is not carried out (1.4).
    pub(crate) async fn call(&self, call: &Call, body: &Value) -> Result<Answer, DingTalkError> {
        let tokens = self.platform.tokens();
        let token = tokens.get(&self.platform, &self.app).await?;
        let secrets = [&token, &self.app.client_secret];
        match self.platform.exchange(call, Some(&token), body, &secrets).await {
            Err(DingTalkError { class: ErrorClass::TokenRefused, .. }) => {
                tokens.drop_refused(&self.app, &token);
                let token = tokens.get(&self.platform, &self.app).await?;
                let secrets = [&token, &self.app.client_secret];
                self.platform.exchange(call, Some(&token), body, &secrets).await
            }
            result => result,
        }
    }
}
