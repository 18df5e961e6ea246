//! The envelope of DingTalk's event callbacks (section 2): verify, open, and seal the reply.

mod aes;

pub use self::aes::AesKey;
use secrecy::{ExposeSecret, SecretString};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha1::{Digest, Sha1};
use std::fmt::Write;
use subtle::ConstantTimeEq;
use world::Millis;

/// Largest request body read. An event of a group with a thousand members is some 60 kB.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// Longest timestamp, nonce or signature believed.
const QUERY_CHARACTERS_MAX: usize = 256;

/// What an integration opens and seals with.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The token of the event subscription; signs.
    pub token: SecretString,
    /// The key of the event subscription; encrypts.
    pub aes_key: AesKey,
    /// Whom an envelope may be addressed to: the Client ID, and the CorpId where the address was registered by API.
    pub owners: Vec<String>,
}

/// The signed part of the query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// `msg_signature`, else `signature`.
    pub signature: String,
    /// As sent; never reformatted, because it is signed.
    pub timestamp: String,
    /// As sent.
    pub nonce: String,
}

/// An opened envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The event, JSON by promise.
    pub message: String,
    /// Whom it was addressed to; the reply is addressed likewise.
    pub owner: String,
}

/// The answer to an event: anything else counts as a failed push (2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reply {
    /// Signature over the other three and the token.
    pub msg_signature: String,
    /// Milliseconds as text.
    #[serde(rename = "timeStamp")]
    pub time_stamp: String,
    /// Random letters and digits.
    pub nonce: String,
    /// The envelope.
    pub encrypt: String,
}

/// Why an envelope is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The body is too large, no JSON object, or has no `encrypt`.
    #[error("the body has no encrypted message")]
    Body,
    /// No timestamp, or an absurd one.
    #[error("the timestamp is missing")]
    Timestamp,
    /// No nonce, or an absurd one.
    #[error("the nonce is missing")]
    Nonce,
    /// The key is not 43 characters of base64.
    #[error("the aes_key is not 43 letters and digits")]
    AesKey,
    /// Not signed with our token.
    #[error("the signature does not match")]
    Signature,
    /// `encrypt` is not base64.
    #[error("the encrypted message is not base64")]
    Base64,
    /// `encrypt` is empty or not a whole number of blocks.
    #[error("the encrypted message is cut")]
    Length,
    /// The padding is not of this scheme: another key.
    #[error("the encrypted message cannot be opened with this aes_key")]
    Padding,
    /// The frame inside is broken.
    #[error("the frame of the message is broken")]
    Frame,
    /// The message is not text.
    #[error("the message is not UTF-8")]
    Utf8,
    /// Addressed to another app or company.
    #[error("the message is addressed to somebody else")]
    Owner,
}

impl CallbackError {
    /// DingTalk's own number for this fault (2.9).
    pub fn code(self) -> u32 {
        match self {
            Self::Timestamp => 900_002,
            Self::Nonce => 900_003,
            Self::AesKey => 900_004,
            Self::Signature => 900_005,
            Self::Body | Self::Base64 | Self::Length | Self::Padding | Self::Frame | Self::Utf8 => 900_008,
            Self::Owner => 900_010,
        }
    }
}

impl Query {
    /// Picks the signed parameters out of a query: `msg_signature` before `signature`, `timestamp` or `timeStamp`
    /// (2.2). What is missing stays empty and is refused by [`open`].
    pub fn from_pairs<K: AsRef<str>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut query = Self::default();
        let mut fallback = String::new();
        for (key, value) in pairs {
            let place = match key.as_ref() {
                "msg_signature" => &mut query.signature,
                "signature" => &mut fallback,
                "timestamp" | "timeStamp" => &mut query.timestamp,
                "nonce" => &mut query.nonce,
                _ => continue,
            };
            // The first of several counts.
            if place.is_empty() {
                *place = value.into();
            }
        }
        if query.signature.is_empty() {
            query.signature = fallback;
        }
        query
    }
}

/// The encrypted message in a request body, `{"encrypt":"…"}`.
///
/// # Errors
/// `Body`.
pub fn encrypt_field(body: &[u8]) -> Result<String, CallbackError> {
    if body.len() > BODY_BYTES_MAX {
        return Err(CallbackError::Body);
    }
    let value: serde_json::Value = serde_json::from_slice(body).map_err(|_| CallbackError::Body)?;
    match value.get("encrypt") {
        Some(serde_json::Value::String(encrypt)) if !encrypt.is_empty() => Ok(encrypt.clone()),
        _ => Err(CallbackError::Body),
    }
}

/// Verifies and opens an envelope, in the order of section 2.3: nothing is decrypted before the signature holds.
/// The age of the timestamp is not judged, because a retry may carry the old one; repeated events are known by their id.
///
/// # Errors
/// The first check that failed.
pub fn open(keys: &Keys, query: &Query, encrypt: &str) -> Result<Opened, CallbackError> {
    let believable = |text: &str| !text.is_empty() && text.len() <= QUERY_CHARACTERS_MAX;
    if !believable(&query.timestamp) {
        return Err(CallbackError::Timestamp);
    }
    if !believable(&query.nonce) {
        return Err(CallbackError::Nonce);
    }
    let expected = signature(keys.token.expose_secret(), &query.timestamp, &query.nonce, encrypt);
    if !bool::from(expected.as_bytes().ct_eq(query.signature.as_bytes())) {
        return Err(CallbackError::Signature);
    }
    let frame = keys.aes_key.decrypt(decode(encrypt)?)?;
    let (message, owner) = split_frame(&frame)?;
    let owner = keys.owners.iter().find(|known| known.as_bytes() == owner).ok_or(CallbackError::Owner)?;
    let message = std::str::from_utf8(message).map_err(|_| CallbackError::Utf8)?;
    Ok(Opened { message: message.to_owned(), owner: owner.clone() })
}

/// The same with several generations of keys, of which one may fit: all are tried, whichever does. Answers which.
///
/// # Errors
/// What the first generation says that the signature fits, else `Signature`.
pub fn open_any(generations: &[Keys], query: &Query, encrypt: &str) -> Result<(usize, Opened), CallbackError> {
    let mut found = Err(CallbackError::Signature);
    for (place, keys) in generations.iter().enumerate() {
        let opened = open(keys, query, encrypt).map(|opened| (place, opened));
        let says_more = matches!(found, Err(CallbackError::Signature)) || (found.is_err() && opened.is_ok());
        if says_more {
            found = opened;
        }
    }
    found
}

/// Seals `message` (`success`, in practice) for `owner`, who is the one that the request was addressed to (2.4).
/// `nonce` is fresh, 16 letters or digits; `random` is fresh too.
pub fn seal(
    keys: &Keys,
    owner: &str,
    message: &str,
    timestamp: Millis,
    nonce: &str,
    random: [u8; RANDOM_BYTES],
) -> Reply {
    let time_stamp = timestamp.0.to_string();
    let encrypt = STANDARD.encode(keys.aes_key.encrypt(make_frame(owner, message, random)));
    let msg_signature = signature(keys.token.expose_secret(), &time_stamp, nonce, &encrypt);
    Reply { msg_signature, time_stamp, nonce: nonce.to_owned(), encrypt }
}

/// Random bytes at the start of a frame.
const RANDOM_BYTES: usize = 16;
/// Where the message begins: after the random bytes and its length.
const HEAD_BYTES: usize = RANDOM_BYTES + 4;

/// `random ‖ length ‖ message ‖ owner`
fn make_frame(owner: &str, message: &str, random: [u8; RANDOM_BYTES]) -> Vec<u8> {
    // What we say is one word; a message that overflows the field does not fit into memory twice either.
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&random[..], &length.to_be_bytes(), message.as_bytes(), owner.as_bytes()].concat()
}

fn split_frame(frame: &[u8]) -> Result<(&[u8], &[u8]), CallbackError> {
    let (head, rest) = frame.split_at_checked(HEAD_BYTES).ok_or(CallbackError::Frame)?;
    let length = head.last_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes)).ok_or(CallbackError::Frame)?;
    rest.split_at_checked(usize::try_from(length).map_err(|_| CallbackError::Frame)?).ok_or(CallbackError::Frame)
}

/// Base64, also when broken into lines.
fn decode(encrypt: &str) -> Result<Vec<u8>, CallbackError> {
    let bytes: Vec<u8> = encrypt.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(bytes).map_err(|_| CallbackError::Base64)
}

/// Lower-case hex SHA-1 of the four texts in byte order.
fn signature(token: &str, timestamp: &str, nonce: &str, encrypt: &str) -> String {
    let mut parts = [token, timestamp, nonce, encrypt];
    parts.sort_unstable();
    let digest = parts.iter().fold(Sha1::new(), |sha, part| sha.chain_update(part)).finalize();
    let mut hex = String::with_capacity(2 * digest.len());
    for byte in digest {
        // Writing into a text cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests;
