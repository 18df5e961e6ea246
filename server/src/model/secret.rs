//! Secrets in structures that are serialised only to be sealed.

use secrecy::{ExposeSecret, SecretString};
use serde::Serializer;

/// Writes a secret in clear: only for JSON that is sealed at once.
pub fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

/// The same for one that may be absent.
pub fn expose_option<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => serializer.serialize_some(secret.expose_secret()),
        None => serializer.serialize_none(),
    }
}
