use crate::{ErrorClass, FlashdutyError, wire};
use serde_json::{Map, Value};
use url::Url;

/// What an authorization server says about itself (RFC 8414). All addresses are http(s), and https wherever the API is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The server's name for itself. Not compared with the API's address: inside a private network they differ.
    pub issuer: String,
    /// The page where the person signs in and consents.
    pub authorization_endpoint: Url,
    /// Where codes become tokens.
    pub token_endpoint: Url,
    /// Where clients make themselves known; without it a client has to be configured.
    pub registration_endpoint: Option<Url>,
    /// Where tokens are ended.
    pub revocation_endpoint: Option<Url>,
    /// May be empty.
    pub scopes_supported: Vec<String>,
    /// May be empty; never without `S256` otherwise.
    pub code_challenge_methods_supported: Vec<String>,
    /// How a client with a secret shows it; may be empty.
    pub token_endpoint_auth_methods_supported: Vec<String>,
}

impl Metadata {
    pub(super) fn read(document: Map<String, Value>, api: &Url) -> Result<Self, FlashdutyError> {
        let texts =
            |name: &str| document.get(name).and_then(|value| wire::texts(value.clone()).ok()).unwrap_or_default();
        let address = |name: &'static str| match document.get(name).map(wire::text_of).unwrap_or_default() {
            text if text.is_empty() => Ok(None),
            text => endpoint(&text, api).map(Some).ok_or_else(|| bad(format!("{name} is not an address to trust"))),
        };
        let needed = |name: &'static str| address(name)?.ok_or_else(|| bad(format!("{name} is missing")));
        let metadata = Self {
            issuer: document.get("issuer").map(wire::text_of).unwrap_or_default(),
            authorization_endpoint: needed("authorization_endpoint")?,
            token_endpoint: needed("token_endpoint")?,
            registration_endpoint: address("registration_endpoint")?,
            revocation_endpoint: address("revocation_endpoint")?,
            scopes_supported: texts("scopes_supported"),
            code_challenge_methods_supported: texts("code_challenge_methods_supported"),
            token_endpoint_auth_methods_supported: texts("token_endpoint_auth_methods_supported"),
        };
        let methods = &metadata.code_challenge_methods_supported;
        if !methods.is_empty() && !methods.iter().any(|method| method == "S256") {
            return Err(bad("the code challenge method S256 is not supported".to_owned()));
        }
        Ok(metadata)
    }

    /// Whether a secret goes into the header: RFC 8414's default, unless the form is offered.
    pub(super) fn wants_basic(&self) -> bool {
        !self.token_endpoint_auth_methods_supported.iter().any(|method| method == "client_secret_post")
    }
}

fn endpoint(text: &str, api: &Url) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let safe = url.scheme() == "https" || (url.scheme() == "http" && api.scheme() == "http");
    let plain = url.has_host() && url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (safe && plain).then_some(url)
}

fn bad(message: String) -> FlashdutyError {
    FlashdutyError::ours(ErrorClass::Other, "BadMetadata", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(api: &str, change: Value) -> Result<Metadata, FlashdutyError> {
        let mut document: Map<String, Value> =
            serde_json::from_str(include_str!("../fixtures/oauth_metadata.json")).unwrap();
        document.extend(change.as_object().unwrap().clone());
        Metadata::read(document, &Url::parse(api).unwrap())
    }

    #[test]
    fn a_whole_document() {
        let metadata = read("https://api.flashcat.cloud", json!({})).unwrap();
        assert_eq!(metadata.token_endpoint.as_str(), "https://api.flashcat.cloud/oauth/token");
        assert_eq!(metadata.revocation_endpoint, None);
        assert_eq!(metadata.scopes_supported, ["openapi"]);
        assert!(!metadata.wants_basic());
    }

    #[test]
    fn addresses_not_to_trust() {
        for (api, token_endpoint, fine) in [
            ("https://a", json!("https://b/token"), true),
            ("https://a", json!("http://b/token"), false),
            ("http://a", json!("http://b/token"), true),
            ("http://a", json!("https://b/token"), true),
            ("http://a", json!("javascript:alert(1)"), false),
            ("http://a", json!("file:///etc/passwd"), false),
            ("http://a", json!("/token"), false),
            ("https://a", json!("https://user:word@b/token"), false),
            ("https://a", json!("https://b/token#x"), false),
            ("https://a", json!(null), false),
            ("https://a", json!(["https://b/token"]), false),
        ] {
            let result = read(api, json!({ "token_endpoint": token_endpoint }));
            assert_eq!(result.is_ok(), fine, "{api} {token_endpoint} {result:?}");
        }
        assert!(read("https://a", json!({ "revocation_endpoint": "http://b" })).is_err());
    }

    #[test]
    fn s256_or_nothing() {
        assert!(read("https://a", json!({ "code_challenge_methods_supported": ["plain"] })).is_err());
        assert!(read("https://a", json!({ "code_challenge_methods_supported": null })).is_ok());
    }
}
