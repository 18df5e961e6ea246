//! Sign-in of a person at Flashduty: authorization code with PKCE (reference 6.6, 10.2 A; RFC 6749, 7591, 7636, 8414).
//! Every address but the metadata's own is learnt from the metadata.

mod answer;
mod metadata;
mod pkce;

pub use metadata::Metadata;
pub use pkce::Pkce;
use secrecy::{ExposeSecret, SecretString};

use crate::{ErrorClass, FlashdutyError, Platform, transport, wire};
use reqwest::RequestBuilder;
use reqwest::header::ACCEPT;
use serde_json::{Map, Value, json};
use std::time::Duration;
use url::{Url, form_urlencoded};
use world::Millis;

/// What lives longer than this does not end for us; keeps absurd numbers out of calendars.
const TEN_YEARS_S: u64 = 10 * 365 * 24 * 3600;

/// Sign-in at one Flashduty.
#[derive(Clone)]
pub struct OAuth {
    platform: Platform,
}

/// This product, as Flashduty's authorization server knows it.
#[derive(Clone, Debug)]
pub struct ClientRegistration {
    /// Not secret.
    pub client_id: String,
    /// Some servers give one although we ask for none.
    pub client_secret: Option<SecretString>,
}

/// What a sign-in gives.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// For [`Credential::Bearer`](crate::Credential::Bearer).
    pub access_token: SecretString,
    /// For [`OAuth::refresh`], where the server gives one.
    pub refresh_token: Option<SecretString>,
    /// When the access token ends, if the server says so.
    pub expires_at: Option<Millis>,
}

impl OAuth {
    pub(crate) fn new(platform: Platform) -> Self {
        Self { platform }
    }

    /// What this Flashduty offers; `None` where it has no OAuth (older and some private deployments).
    ///
    /// # Errors
    /// Besides those of any call, code `BadMetadata` for a document that cannot be used safely.
    pub async fn discover(&self) -> Result<Option<Metadata>, FlashdutyError> {
        let address = self.platform.address("/.well-known/oauth-authorization-server");
        let request = self.platform.http().get(address).header(ACCEPT, "application/json");
        match self.send(request, &[]).await {
            Ok(document) => Metadata::read(document, self.platform.api()).map(Some),
            Err(error) if error.class == ErrorClass::NoSuchRoute || error.http_status == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes this product known to the server (RFC 7591), as a client without a secret.
    ///
    /// # Errors
    /// [`ErrorClass::NoSuchRoute`] where the server does not register clients: one has to be configured.
    pub async fn register(
        &self,
        metadata: &Metadata,
        redirect_uri: &Url,
        client_name: &str,
    ) -> Result<ClientRegistration, FlashdutyError> {
        let Some(endpoint) = &metadata.registration_endpoint else {
            let message = "this Flashduty does not register clients";
            return Err(FlashdutyError::ours(ErrorClass::NoSuchRoute, "NoRegistration", message));
        };
        let body = json!({
            "client_name": client_name,
            "redirect_uris": [redirect_uri.as_str()],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        });
        let answer = self.send(self.platform.http().post(endpoint.clone()).json(&body), &[]).await?;
        let client_id = text(&answer, "client_id").ok_or_else(|| answer::unexpected("client_id"))?;
        Ok(ClientRegistration { client_id, client_secret: text(&answer, "client_secret").map(SecretString::from) })
    }

    /// Where to send the person. `state` comes back with the code; `code_challenge` is [`Pkce::challenge`].
    pub fn authorize_url(
        &self,
        metadata: &Metadata,
        client_id: &str,
        redirect_uri: &Url,
        state: &str,
        code_challenge: &str,
        scope: Option<&str>,
    ) -> Url {
        let mut address = metadata.authorization_endpoint.clone();
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect_uri.as_str())
            .append_pair("state", state)
            .append_pair("code_challenge", code_challenge)
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(scope.map(|scope| ("scope", scope)));
        address
    }

    /// The tokens for a code. `redirect_uri` and `verifier` as in the request that led to it.
    ///
    /// # Errors
    /// [`ErrorClass::Unauthorized`] for a code, verifier or client that is not accepted. The code is used up even when
    /// the outcome is [`ErrorClass::Unclear`]: start again.
    pub async fn exchange(
        &self,
        metadata: &Metadata,
        client_id: &str,
        client_secret: Option<&SecretString>,
        redirect_uri: &Url,
        code: &SecretString,
        verifier: &SecretString,
    ) -> Result<Tokens, FlashdutyError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", redirect_uri.as_str()),
            ("code_verifier", verifier.expose_secret()),
        ];
        let request = self.form(metadata, &metadata.token_endpoint, client_id, client_secret, &form);
        let answer = self.send(request, &[Some(code), Some(verifier), client_secret]).await?;
        self.tokens(&answer)
    }

    /// New tokens for a refresh token. Where the server does not give a new refresh token, the old one is in the answer.
    ///
    /// # Errors
    /// [`ErrorClass::Unauthorized`] when the person has to sign in again.
    pub async fn refresh(
        &self,
        metadata: &Metadata,
        client_id: &str,
        client_secret: Option<&SecretString>,
        refresh_token: &SecretString,
    ) -> Result<Tokens, FlashdutyError> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())];
        let request = self.form(metadata, &metadata.token_endpoint, client_id, client_secret, &form);
        let answer = self.send(request, &[Some(refresh_token), client_secret]).await?;
        let tokens = self.tokens(&answer)?;
        Ok(Tokens { refresh_token: tokens.refresh_token.or_else(|| Some(refresh_token.clone())), ..tokens })
    }

    /// Ends a token at the server (RFC 7009); `false` where the server does not offer that.
    pub async fn revoke(
        &self,
        metadata: &Metadata,
        client_id: &str,
        client_secret: Option<&SecretString>,
        token: &SecretString,
    ) -> Result<bool, FlashdutyError> {
        let Some(endpoint) = &metadata.revocation_endpoint else { return Ok(false) };
        let request = self.form(metadata, endpoint, client_id, client_secret, &[("token", token.expose_secret())]);
        let secrets = [Some(token), client_secret];
        let result = transport::send(request).await.and_then(|answer| answer::accepted(&answer));
        result.map(|()| true).map_err(|error| error.without(secrets.into_iter().flatten()))
    }

    fn form(
        &self,
        metadata: &Metadata,
        endpoint: &Url,
        client_id: &str,
        client_secret: Option<&SecretString>,
        fields: &[(&str, &str)],
    ) -> RequestBuilder {
        let mut fields = fields.to_vec();
        let mut request = self.platform.http().post(endpoint.clone()).header(ACCEPT, "application/json");
        match client_secret {
            // RFC 6749, 2.3.1: both halves are form-encoded first.
            Some(secret) if metadata.wants_basic() => {
                let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                request = request.basic_auth(encode(client_id), Some(encode(secret.expose_secret())));
            }
            Some(secret) => fields.extend([("client_id", client_id), ("client_secret", secret.expose_secret())]),
            None => fields.push(("client_id", client_id)),
        }
        request.form(&fields)
    }

    async fn send(
        &self,
        request: RequestBuilder,
        secrets: &[Option<&SecretString>],
    ) -> Result<Map<String, Value>, FlashdutyError> {
        let result = transport::send(request).await.and_then(|answer| answer::open(&answer));
        result.map_err(|error| error.without(secrets.iter().copied().flatten()))
    }

    fn tokens(&self, answer: &Map<String, Value>) -> Result<Tokens, FlashdutyError> {
        let access_token = text(answer, "access_token").ok_or_else(|| answer::unexpected("access_token"))?;
        let expires_in_s = answer.get("expires_in").and_then(wire::integer_of).and_then(|s| u64::try_from(s).ok());
        Ok(Tokens {
            access_token: access_token.into(),
            refresh_token: text(answer, "refresh_token").map(SecretString::from),
            expires_at: expires_in_s
                .filter(|seconds| *seconds > 0)
                .map(|seconds| self.platform.world().now().plus(Duration::from_secs(seconds.min(TEN_YEARS_S)))),
        })
    }
}

fn text(answer: &Map<String, Value>, name: &str) -> Option<String> {
    answer.get(name).map(wire::text_of).filter(|text| !text.is_empty())
}
