//! Secrets are sealed before they reach the database: AES-256-GCM, bound to the row they belong to, so that a value
//! copied into another row does not open.

use crate::model::hash::hex_sha256;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use secrecy::SecretString;
use std::fmt;
use world::World;

const KEYS_MAX: usize = 8;
const NONCE_BYTES: usize = 12;
/// Enough of a key's hash to tell a few keys apart.
const KEY_ID_CHARS: usize = 8;

/// The keys of the store: the newest seals, every one opens.
pub struct SealingKeys(Vec<SealingKey>);

struct SealingKey {
    id: String,
    cipher: Aes256Gcm,
}

/// Why a text is not a list of keys. Never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    #[error("there is no sealing key")]
    Missing,
    #[error("a sealing key is not base64")]
    NotBase64,
    #[error("a sealing key is not 32 bytes long")]
    WrongLength,
    #[error("more than {KEYS_MAX} sealing keys")]
    TooMany,
}

/// Why a sealed value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("not a sealed value")]
    Malformed,
    #[error("its key is not configured")]
    UnknownKey,
    #[error("changed, or moved from another row")]
    Refused,
    #[error("it cannot be sealed")]
    Unsealable,
}

impl fmt::Debug for SealingKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl SealingKeys {
    /// Base64 of 32 bytes, either alphabet, padded or not; several divided by commas, the newest first.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let engine = GeneralPurpose::new(&alphabet::STANDARD, lenient);
        let mut keys = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let part = part.replace('-', "+").replace('_', "/");
            let bytes = engine.decode(part).map_err(|_| KeysError::NotBase64)?;
            let cipher = Aes256Gcm::new_from_slice(&bytes).map_err(|_| KeysError::WrongLength)?;
            let id = hex_sha256(&bytes)[..KEY_ID_CHARS].to_owned();
            keys.push(SealingKey { id, cipher });
        }
        match keys.len() {
            0 => Err(KeysError::Missing),
            count if count > KEYS_MAX => Err(KeysError::TooMany),
            _ => Ok(Self(keys)),
        }
    }

    /// Their ids, the newest first; they tell nothing of the keys.
    pub(super) fn ids(&self) -> Vec<&str> {
        self.0.iter().map(|key| key.id.as_str()).collect()
    }

    /// Seals `clear` for one row: `v1.<key id>.<nonce>.<ciphertext>`, the last two base64url.
    pub(super) fn seal(&self, world: &World, table: &str, row: &str, clear: &str) -> Result<String, SealError> {
        let key = self.0.first().ok_or(SealError::UnknownKey)?;
        let nonce: [u8; NONCE_BYTES] = world.bytes();
        let place = place(table, row);
        let payload = Payload { msg: clear.as_bytes(), aad: place.as_bytes() };
        let sealed = key.cipher.encrypt(&nonce.into(), payload).map_err(|_| SealError::Unsealable)?;
        Ok(format!("{}{}.{}", self.prefix(), URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// How everything begins that the newest key seals.
    pub(super) fn prefix(&self) -> String {
        self.0.first().map(|key| format!("v1.{}.", key.id)).unwrap_or_default()
    }

    /// Opens what was sealed for the same row.
    pub(super) fn open(&self, table: &str, row: &str, sealed: &str) -> Result<SecretString, SealError> {
        let mut parts = sealed.split('.');
        let (Some("v1"), Some(id), Some(nonce), Some(text), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SealError::Malformed);
        };
        let key = self.0.iter().find(|key| key.id == id).ok_or(SealError::UnknownKey)?;
        let nonce = URL_SAFE_NO_PAD.decode(nonce).map_err(|_| SealError::Malformed)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| SealError::Malformed)?;
        let text = URL_SAFE_NO_PAD.decode(text).map_err(|_| SealError::Malformed)?;
        let place = place(table, row);
        let payload = Payload { msg: &text, aad: place.as_bytes() };
        let clear = key.cipher.decrypt(&nonce.into(), payload).map_err(|_| SealError::Refused)?;
        String::from_utf8(clear).map(SecretString::from).map_err(|_| SealError::Malformed)
    }
}

fn place(table: &str, row: &str) -> String {
    format!("{table}/{row}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    const OLD: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const NEW: &str = "__________________________________________8";

    fn keys(text: &str) -> SealingKeys {
        SealingKeys::parse(text).unwrap()
    }

    #[test]
    fn opens_only_in_its_row_and_with_its_key() {
        let world = World::system();
        let sealed = keys(OLD).seal(&world, "link", "1", "秘密").unwrap();
        assert_eq!(keys(OLD).open("link", "1", &sealed).unwrap().expose_secret(), "秘密");
        let refused = |keys: SealingKeys, table, row| keys.open(table, row, &sealed).unwrap_err();
        assert_eq!(refused(keys(OLD), "link", "2"), SealError::Refused);
        assert_eq!(refused(keys(OLD), "integration", "1"), SealError::Refused);
        assert_eq!(refused(keys(NEW), "link", "1"), SealError::UnknownKey);
        assert_ne!(sealed, keys(OLD).seal(&world, "link", "1", "秘密").unwrap(), "a nonce is used once");
    }

    #[test]
    fn after_a_rotation_old_values_open_and_new_ones_use_the_new_key() {
        let (world, both) = (World::system(), keys(&format!("{NEW}, {OLD}")));
        let before = keys(OLD).seal(&world, "link", "1", "a").unwrap();
        assert_eq!(both.open("link", "1", &before).unwrap().expose_secret(), "a");
        let after = both.seal(&world, "link", "1", "b").unwrap();
        assert_eq!(keys(NEW).open("link", "1", &after).unwrap().expose_secret(), "b");
    }

    #[test]
    fn what_is_no_key_or_no_sealed_value_is_refused() {
        for (text, error) in [
            ("", KeysError::Missing),
            (" , ", KeysError::Missing),
            ("not base64!", KeysError::NotBase64),
            ("AAAA", KeysError::WrongLength),
        ] {
            assert_eq!(SealingKeys::parse(text).unwrap_err(), error, "{text}");
        }
        assert_eq!(SealingKeys::parse(&[OLD; 9].join(",")).unwrap_err(), KeysError::TooMany);
        for sealed in ["", "v1", "v2.a.b.c", "v1.a.b.c.d"] {
            assert_eq!(keys(OLD).open("link", "1", sealed).unwrap_err(), SealError::Malformed, "{sealed}");
        }
        let sealed = keys(OLD).seal(&World::system(), "link", "1", "a").unwrap();
        let cut = &sealed[..sealed.len() - 3];
        assert_eq!(keys(OLD).open("link", "1", cut).unwrap_err(), SealError::Refused);
    }
}
