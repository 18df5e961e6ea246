//! DingTalk's side of the callback encryption and of the card signature (dingtalk.md, 2.3 and 7.7).

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;

/// The padding reaches to multiples of this, although AES has blocks of 16.
const PADDING_BLOCK: usize = 32;

/// 16 random bytes and 4 of length.
const FRAME_HEAD: usize = 20;

/// 43 characters carry 258 bits: the last two may be anything.
const KEY_BASE64: GeneralPurpose =
    GeneralPurpose::new(&ALPHABET, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Why a message of the other side cannot be read; the sentences are in the words of DingTalk's own libraries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoFault {
    /// The key is not 43 characters of base64.
    #[error("900004 aes key illegal")]
    Key,
    /// The signature is not of this text, token, time and nonce.
    #[error("900005 signature mismatch")]
    Signature,
    /// Not base64.
    #[error("900008 decryption failed: base64")]
    Base64,
    /// Not a positive number of AES blocks.
    #[error("900008 decryption failed: length")]
    Length,
    /// The last byte is not a padding length.
    #[error("900008 decryption failed: padding")]
    Padding,
    /// The length inside does not fit.
    #[error("900008 decryption failed: frame")]
    Frame,
    /// Sealed for somebody else.
    #[error("900010 owner mismatch")]
    Owner,
    /// Not UTF-8.
    #[error("900008 decryption failed: utf8")]
    Utf8,
}

/// The callback key and token of one app.
#[derive(Clone)]
pub struct Envelope {
    key: [u8; 32],
    token: String,
}

/// A sealed message with what goes beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Base64.
    pub encrypt: String,
    /// Milliseconds, as text.
    pub timestamp: String,
    /// Random text.
    pub nonce: String,
    /// Lower-case hex SHA-1.
    pub signature: String,
}

impl Envelope {
    /// An envelope from what is typed into the console.
    ///
    /// # Errors
    /// [`CryptoFault::Key`] when `aes_key` is not one.
    pub fn new(aes_key: &str, token: &str) -> Result<Self, CryptoFault> {
        if aes_key.len() != 43 {
            return Err(CryptoFault::Key);
        }
        let bytes = KEY_BASE64.decode(format!("{aes_key}=")).map_err(|_| CryptoFault::Key)?;
        let key = <[u8; 32]>::try_from(bytes).map_err(|_| CryptoFault::Key)?;
        Ok(Self { key, token: token.to_owned() })
    }

    /// Seals `message` for `owner`.
    pub fn seal(&self, message: &str, owner: &str, random: [u8; 16], timestamp: &str, nonce: &str) -> Sealed {
        let mut frame = random.to_vec();
        // A message of 4 GiB cannot be built in memory here.
        frame.extend_from_slice(&u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
        frame.extend_from_slice(message.as_bytes());
        frame.extend_from_slice(owner.as_bytes());
        let padding = PADDING_BLOCK - frame.len() % PADDING_BLOCK;
        frame.resize(frame.len() + padding, u8::try_from(padding).unwrap_or_default());
        let encrypt = STANDARD.encode(self.encrypt(&frame));
        let signature = self.signature(timestamp, nonce, &encrypt);
        Sealed { encrypt, timestamp: timestamp.to_owned(), nonce: nonce.to_owned(), signature }
    }

    /// Opens what the other side sealed for `owner`.
    ///
    /// # Errors
    /// The first fault found: signature, base64, length, padding, frame, owner, UTF-8.
    pub fn open(&self, sealed: &Sealed, owner: &str) -> Result<String, CryptoFault> {
        if self.signature(&sealed.timestamp, &sealed.nonce, &sealed.encrypt) != sealed.signature {
            return Err(CryptoFault::Signature);
        }
        let bytes = STANDARD.decode(&sealed.encrypt).map_err(|_| CryptoFault::Base64)?;
        if bytes.is_empty() || bytes.len() % 16 != 0 {
            return Err(CryptoFault::Length);
        }
        let padded = self.decrypt(&bytes).ok_or(CryptoFault::Length)?;
        let padding = usize::from(padded.last().copied().unwrap_or_default());
        if !(1..=PADDING_BLOCK).contains(&padding) || padding > padded.len() {
            return Err(CryptoFault::Padding);
        }
        let frame = &padded[..padded.len() - padding];
        let length = frame.get(16..FRAME_HEAD).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
        let length = u32::from_be_bytes(length.ok_or(CryptoFault::Frame)?);
        let end = usize::try_from(length).ok().and_then(|length| length.checked_add(FRAME_HEAD));
        let (message, rest) = frame.split_at_checked(end.ok_or(CryptoFault::Frame)?).ok_or(CryptoFault::Frame)?;
        if rest != owner.as_bytes() {
            return Err(CryptoFault::Owner);
        }
        String::from_utf8(message[FRAME_HEAD..].to_vec()).map_err(|_| CryptoFault::Utf8)
    }

    fn signature(&self, timestamp: &str, nonce: &str, encrypt: &str) -> String {
        let mut parts = [self.token.as_str(), timestamp, nonce, encrypt];
        parts.sort_unstable();
        let digest = Sha1::digest(parts.concat().as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn encrypt(&self, padded: &[u8]) -> Vec<u8> {
        cbc::Encryptor::<aes::Aes256>::new(&self.key.into(), &self.iv().into()).encrypt_padded_vec::<NoPadding>(padded)
    }

    fn decrypt(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let cipher = cbc::Decryptor::<aes::Aes256>::new(&self.key.into(), &self.iv().into());
        cipher.decrypt_padded_vec::<NoPadding>(bytes).ok()
    }

    fn iv(&self) -> [u8; 16] {
        let mut iv = [0; 16];
        iv.copy_from_slice(&self.key[..16]);
        iv
    }
}

/// base64(HMAC-SHA256): of the timestamp text with a card route's `apiSecret` (7.7).
pub fn hmac_base64(secret: &str, message: &str) -> String {
    // HMAC takes keys of any length, so this cannot fail; an empty answer would be noticed by every receiver.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(message.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../fixtures/dingtalk-crypto-vectors.json")).unwrap()
    }

    fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
        vector[name].as_str().unwrap_or_else(|| panic!("{name} in {vector}"))
    }

    fn case(vector: &Value) -> (Envelope, Sealed, String) {
        let sealed = Sealed {
            encrypt: text(vector, "encrypt").to_owned(),
            timestamp: text(vector, "timestamp").to_owned(),
            nonce: text(vector, "nonce").to_owned(),
            signature: text(vector, "signature").to_owned(),
        };
        let envelope = Envelope::new(text(vector, "aes_key"), text(vector, "token")).unwrap();
        (envelope, sealed, text(vector, "owner").to_owned())
    }

    #[test]
    fn vectors_are_sealed_and_opened_byte_for_byte() {
        let vectors = vectors();
        let vectors = vectors["callback"].as_array().unwrap();
        assert_eq!(vectors.len(), 14);
        for vector in vectors {
            let (envelope, sealed, owner) = case(vector);
            let plain = text(vector, "plaintext");
            assert_eq!(envelope.open(&sealed, &owner).unwrap(), plain, "{}", vector["id"]);
            let random = <[u8; 16]>::try_from(text(vector, "random16").as_bytes()).unwrap();
            assert!(vector["reencrypt_identical"].as_bool().unwrap());
            assert_eq!(envelope.seal(plain, &owner, random, &sealed.timestamp, &sealed.nonce), sealed);
        }
    }

    #[test]
    fn negative_vectors_are_refused_for_their_reason() {
        let vectors = vectors();
        let vectors = vectors["callback_negative"].as_array().unwrap();
        assert_eq!(vectors.len(), 15);
        for vector in vectors {
            let (envelope, sealed, owner) = case(vector);
            let fault = envelope.open(&sealed, &owner).unwrap_err();
            assert_eq!(format!("{fault:?}").to_lowercase(), text(vector, "reason"), "{}", vector["id"]);
            assert!(fault.to_string().starts_with(&vector["dingtalk_code"].to_string()), "{}", vector["id"]);
        }
    }

    #[test]
    fn keys_and_raw_aes() {
        let vectors = vectors();
        for key in vectors["keys"].as_array().unwrap() {
            let envelope = Envelope::new(text(key, "aes_key"), "t").unwrap();
            let hex: String = envelope.key.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, text(key, "key_hex"));
        }
        for key in vectors["bad_keys"].as_array().unwrap() {
            assert_eq!(Envelope::new(text(key, "aes_key"), "t").err(), Some(CryptoFault::Key), "{}", key["why"]);
        }
        for raw in vectors["raw_aes"].as_array().unwrap() {
            let envelope = Envelope::new(text(raw, "aes_key"), "t").unwrap();
            let mut padded = text(raw, "plaintext").as_bytes().to_vec();
            let padding = u8::try_from(raw["padding"].as_u64().unwrap()).unwrap();
            padded.resize(padded.len() + usize::from(padding), padding);
            assert_eq!(STANDARD.encode(envelope.encrypt(&padded)), text(raw, "ciphertext"));
        }
    }

    #[test]
    fn hmac_vectors() {
        let vectors = vectors();
        let vectors = vectors["hmac"].as_array().unwrap();
        assert_eq!(vectors.len(), 4);
        for vector in vectors {
            let secret = text(vector, "secret");
            let message = match vector["message"].as_str() {
                Some(message) => message.to_owned(),
                None => format!("{}\n{secret}", text(vector, "timestamp")),
            };
            let expected = vector["signature"]
                .as_str()
                .map_or_else(|| text(vector, "signature_urlencoded").replace("%3D", "="), str::to_owned);
            assert_eq!(hmac_base64(secret, &message) == expected, vector["expect"] != "reject", "{}", vector["id"]);
        }
    }
}
