use super::CallbackError;
use aes::Aes256;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::fmt;
use zeroize::Zeroizing;

/// Characters of a key as the console shows it.
const KEY_CHARACTERS: usize = 43;
/// Bytes of the cipher's own block.
const BLOCK_BYTES: usize = 16;
/// Padding fills blocks of this size, twice the cipher's.
const PADDING_BYTES: u8 = 32;

/// 43 characters hold 258 bits for a key of 256; the two bits that are left over may have any value (2.3).
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// The key of an event subscription. Does not print itself.
#[derive(Clone)]
pub struct AesKey(Zeroizing<[u8; 32]>);

impl AesKey {
    /// Reads a key as the console shows it.
    ///
    /// # Errors
    /// `AesKey` unless it is 43 characters of base64.
    pub fn parse(text: &str) -> Result<Self, CallbackError> {
        if text.len() != KEY_CHARACTERS {
            return Err(CallbackError::AesKey);
        }
        let bytes = Zeroizing::new(KEY_BASE64.decode(text).map_err(|_| CallbackError::AesKey)?);
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| CallbackError::AesKey)?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// Pads and encrypts.
    pub(super) fn encrypt(&self, mut plain: Vec<u8>) -> Vec<u8> {
        let over = plain.len() % usize::from(PADDING_BYTES);
        let padding = PADDING_BYTES - u8::try_from(over).unwrap_or(0);
        plain.extend(std::iter::repeat_n(padding, usize::from(padding)));
        let mut cipher = cbc::Encryptor::<Aes256>::new(&(*self.0).into(), &self.start().into());
        for block in plain.as_chunks_mut::<BLOCK_BYTES>().0 {
            cipher.encrypt_block(block.into());
        }
        plain
    }

    /// Decrypts and removes the padding.
    pub(super) fn decrypt(&self, mut sealed: Vec<u8>) -> Result<Vec<u8>, CallbackError> {
        let mut cipher = cbc::Decryptor::<Aes256>::new(&(*self.0).into(), &self.start().into());
        let (blocks, rest) = sealed.as_chunks_mut::<BLOCK_BYTES>();
        if blocks.is_empty() || !rest.is_empty() {
            return Err(CallbackError::Length);
        }
        for block in blocks {
            cipher.decrypt_block(block.into());
        }
        let padding = sealed.last().copied().filter(|padding| (1..=PADDING_BYTES).contains(padding));
        let length = padding.and_then(|padding| sealed.len().checked_sub(usize::from(padding)));
        sealed.truncate(length.ok_or(CallbackError::Padding)?);
        Ok(sealed)
    }

    /// The scheme starts its chain with the key's own first bytes.
    fn start(&self) -> [u8; BLOCK_BYTES] {
        std::array::from_fn(|index| self.0[index])
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0[..]
    }
}

impl fmt::Debug for AesKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}
