//! Opening an event callback. The first byte says how far in the rest begins: as a body, as ciphertext, or as a frame that
//! is encrypted and signed here, by a second implementation, as DingTalk does.

use aes::Aes256;
use aes::cipher::{BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dingtalk::callback::{self, AesKey, CallbackError, Keys, Opened, Query};
use sha1::{Digest, Sha1};
use world::Millis;

const TOKEN: &str = "oncallTok3n2026";
const AES_KEY: &str = "k3yForTests0123456789abcdefghijABCDEFGHIJxy";
const OWNERS: [&str; 2] = ["dingabcdefgh12345678", "suite1"];
const TIMESTAMP: &str = "1790000000000";
const NONCE: &str = "Nq8w2ZkP4sVb7LmX";
/// Random bytes and length, before the message.
const HEAD_BYTES: usize = 20;

/// What opens was sealed with our keys, says what was sealed, and is sealed again to the same; nothing else opens.
pub fn property(data: &[u8]) {
    let Some((how, rest)) = data.split_first() else { return };
    match how % 4 {
        0 => body(rest),
        1 => text(&String::from_utf8_lossy(rest)),
        2 => text(&STANDARD.encode(rest)),
        _ => frame(rest),
    }
}

fn keys() -> Keys {
    Keys {
        token: TOKEN.into(),
        aes_key: AesKey::parse(AES_KEY).expect("a key"),
        owners: OWNERS.map(str::to_owned).to_vec(),
    }
}

fn body(body: &[u8]) {
    match callback::encrypt_field(body) {
        Ok(encrypt) => {
            assert!(!encrypt.is_empty() && encrypt.len() <= body.len());
            text(&encrypt);
        }
        Err(error) => assert_eq!(error, CallbackError::Body),
    }
}

/// An `encrypt` of any kind: refused unless it is signed; signed it is read, or it is said what is wrong with it.
fn text(encrypt: &str) {
    let unsigned = Query::from_pairs([("msg_signature", "0"), ("timestamp", TIMESTAMP), ("nonce", NONCE)]);
    assert_eq!(callback::open(&keys(), &unsigned, encrypt), Err(CallbackError::Signature));
    match callback::open(&keys(), &signed(encrypt), encrypt) {
        Ok(opened) => sealed_again(&opened),
        Err(error) => assert!(
            matches!(
                error,
                CallbackError::Base64
                    | CallbackError::Length
                    | CallbackError::Padding
                    | CallbackError::Frame
                    | CallbackError::Owner
                    | CallbackError::Utf8
            ),
            "{error:?}"
        ),
    }
}

fn frame(frame: &[u8]) {
    let encrypt = encrypted(frame);
    let result = callback::open(&keys(), &signed(&encrypt), &encrypt);
    assert_eq!(result, expected(frame), "{frame:?}");
    if let Ok(opened) = result {
        sealed_again(&opened);
        let mut changed = encrypt.into_bytes();
        let last = changed.len() - 5;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        let query = signed(&encrypted(frame));
        let changed = String::from_utf8(changed).expect("base64");
        assert_eq!(callback::open(&keys(), &query, &changed), Err(CallbackError::Signature));
    }
}

/// The same by the words of the reference: 16 random bytes, the length of the message, the message, its owner.
fn expected(frame: &[u8]) -> Result<Opened, CallbackError> {
    if frame.len() < HEAD_BYTES {
        return Err(CallbackError::Frame);
    }
    let length: u64 = frame[16..HEAD_BYTES].iter().fold(0, |length, byte| length * 256 + u64::from(*byte));
    let end = usize::try_from(length).ok().and_then(|length| length.checked_add(HEAD_BYTES));
    let end = end.filter(|end| *end <= frame.len()).ok_or(CallbackError::Frame)?;
    let owner = OWNERS.into_iter().find(|owner| owner.as_bytes() == &frame[end..]).ok_or(CallbackError::Owner)?;
    let message = std::str::from_utf8(&frame[HEAD_BYTES..end]).map_err(|_| CallbackError::Utf8)?;
    Ok(Opened { message: message.to_owned(), owner: owner.to_owned() })
}

fn sealed_again(opened: &Opened) {
    assert!(OWNERS.contains(&opened.owner.as_str()));
    let reply = callback::seal(&keys(), &opened.owner, &opened.message, Millis(1), "0123456789abcdef", [7; 16]);
    let query = Query {
        signature: reply.msg_signature.clone(),
        timestamp: reply.time_stamp.clone(),
        nonce: reply.nonce.clone(),
    };
    assert_eq!(callback::open(&keys(), &query, &reply.encrypt).as_ref(), Ok(opened));
    assert_eq!(reply.msg_signature, signature(&reply.time_stamp, &reply.nonce, &reply.encrypt));
}

fn signed(encrypt: &str) -> Query {
    Query { signature: signature(TIMESTAMP, NONCE, encrypt), timestamp: TIMESTAMP.into(), nonce: NONCE.into() }
}

fn signature(timestamp: &str, nonce: &str, encrypt: &str) -> String {
    let mut parts = [TOKEN, timestamp, nonce, encrypt];
    parts.sort_unstable();
    Sha1::digest(parts.concat()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn encrypted(frame: &[u8]) -> String {
    let key: [u8; 32] = STANDARD_LENIENT.decode(AES_KEY).expect("base64").try_into().expect("32 bytes");
    let start = <[u8; 16]>::try_from(&key[..16]).expect("16 bytes");
    let padding = 32 - frame.len() % 32;
    let mut bytes = frame.to_vec();
    bytes.resize(frame.len() + padding, u8::try_from(padding).expect("at most 32"));
    let mut cipher = cbc::Encryptor::<Aes256>::new(&key.into(), &start.into());
    for block in bytes.as_chunks_mut::<16>().0 {
        cipher.encrypt_block(block.into());
    }
    STANDARD.encode(bytes)
}

/// The key lacks its padding, and its last character holds two bits too many.
const STANDARD_LENIENT: base64::engine::GeneralPurpose = base64::engine::GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone),
);
