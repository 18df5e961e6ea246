use super::*;
use serde::Deserialize;
use world::{SeededChance, SystemClock, World};

#[derive(Deserialize)]
struct Vectors {
    callback: Vec<Envelope>,
    callback_negative: Vec<Envelope>,
    keys: Vec<Key>,
    bad_keys: Vec<Key>,
    raw_aes: Vec<RawAes>,
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    token: String,
    aes_key: String,
    owner: String,
    signature: String,
    timestamp: String,
    nonce: String,
    encrypt: String,
    #[serde(default)]
    plaintext: String,
    #[serde(default)]
    random16: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    dingtalk_code: u32,
}

#[derive(Deserialize)]
struct Key {
    aes_key: String,
    #[serde(default)]
    key_hex: String,
    #[serde(default)]
    dingtalk_code: u32,
}

#[derive(Deserialize)]
struct RawAes {
    aes_key: String,
    plaintext: String,
    ciphertext: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../fixtures/crypto-vectors.json")).unwrap()
}

impl Envelope {
    fn keys(&self) -> Keys {
        Keys {
            token: self.token.as_str().into(),
            aes_key: AesKey::parse(&self.aes_key).unwrap(),
            owners: vec!["somebody".into(), self.owner.clone()],
        }
    }

    fn query(&self) -> Query {
        let [signature, timestamp, nonce] = [&self.signature, &self.timestamp, &self.nonce].map(String::clone);
        Query { signature, timestamp, nonce }
    }
}

#[test]
fn every_good_vector_opens_and_seals_to_the_byte() {
    let vectors = vectors();
    assert_eq!(vectors.callback.len(), 14);
    for vector in vectors.callback {
        let keys = vector.keys();
        let opened = open(&keys, &vector.query(), &vector.encrypt);
        let expected = Opened { message: vector.plaintext.clone(), owner: vector.owner.clone() };
        assert_eq!(opened, Ok(expected), "{}", vector.id);

        let random = vector.random16.as_bytes().try_into().unwrap();
        let timestamp = Millis(vector.timestamp.parse().unwrap());
        let reply = seal(&keys, &vector.owner, &vector.plaintext, timestamp, &vector.nonce, random);
        assert_eq!(reply.encrypt, vector.encrypt, "{}", vector.id);
        assert_eq!(reply.msg_signature, vector.signature, "{}", vector.id);
        assert_eq!((reply.time_stamp, reply.nonce), (vector.timestamp, vector.nonce), "{}", vector.id);
    }
}

#[test]
fn every_bad_vector_is_refused_for_its_reason() {
    let vectors = vectors();
    assert_eq!(vectors.callback_negative.len(), 15);
    for vector in vectors.callback_negative {
        let error = open(&vector.keys(), &vector.query(), &vector.encrypt).unwrap_err();
        let expected = match vector.reason.as_str() {
            "signature" => CallbackError::Signature,
            "owner" => CallbackError::Owner,
            "frame" => CallbackError::Frame,
            "padding" => CallbackError::Padding,
            "length" => CallbackError::Length,
            "base64" => CallbackError::Base64,
            "utf8" => CallbackError::Utf8,
            other => panic!("{other}"),
        };
        assert_eq!((error, error.code()), (expected, vector.dingtalk_code), "{}", vector.id);
    }
}

#[test]
fn a_receiver_that_knows_both_owners_answers_with_the_one_used() {
    let vectors = vectors();
    let vector = vectors.callback_negative.iter().find(|vector| vector.id == "neg-owner-is-corpid").unwrap();
    let mut keys = vector.keys();
    keys.owners.push("ding9f50b15bccd16741".into());
    assert_eq!(open(&keys, &vector.query(), &vector.encrypt).unwrap().owner, "ding9f50b15bccd16741");
}

#[test]
fn keys_are_read_with_whatever_bits_are_left_over() {
    let vectors = vectors();
    assert_eq!((vectors.keys.len(), vectors.bad_keys.len()), (5, 4));
    for key in vectors.keys {
        let hex: String =
            AesKey::parse(&key.aes_key).unwrap().bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, key.key_hex, "{}", key.aes_key);
    }
    for key in vectors.bad_keys {
        let error = AesKey::parse(&key.aes_key).unwrap_err();
        assert_eq!(error.code(), key.dingtalk_code, "{}", key.aes_key);
    }
    assert!(AesKey::parse(&format!("{}é", "a".repeat(41))).is_err());
}

#[test]
fn the_published_raw_cipher_agrees() {
    for vector in vectors().raw_aes {
        let key = AesKey::parse(&vector.aes_key).unwrap();
        assert_eq!(STANDARD.encode(key.encrypt(vector.plaintext.clone().into())), vector.ciphertext);
        assert_eq!(key.decrypt(STANDARD.decode(vector.ciphertext).unwrap()).unwrap(), vector.plaintext.as_bytes());
    }
}

#[test]
fn base64_in_lines_is_accepted_as_signed() {
    let vectors = vectors();
    let vector = &vectors.callback[0];
    let encrypt = format!("{}\r\n{}\n", &vector.encrypt[..60], &vector.encrypt[60..]);
    let signature = signature(&vector.token, &vector.timestamp, &vector.nonce, &encrypt);
    let query = Query { signature, ..vector.query() };
    assert_eq!(open(&vector.keys(), &query, &encrypt).unwrap().message, vector.plaintext);
}

#[test]
fn the_query_is_picked_out_of_any_order() {
    let pairs = |text: &'static str| text.split('&').map(|pair| pair.split_once('=').unwrap());
    let expected = Query { signature: "s".into(), timestamp: "1".into(), nonce: "n".into() };
    for text in [
        "msg_signature=s&signature=other&timestamp=1&nonce=n",
        "signature=other&nonce=n&timeStamp=1&msg_signature=s&mine=x",
        "signature=s&timestamp=1&timestamp=2&nonce=n",
    ] {
        assert_eq!(Query::from_pairs(pairs(text)), expected, "{text}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let vectors = vectors();
    let vector = &vectors.callback[0];
    let refuse = |query: Query| open(&vector.keys(), &query, &vector.encrypt).unwrap_err();
    assert_eq!(refuse(Query { timestamp: String::new(), ..vector.query() }).code(), 900_002);
    assert_eq!(refuse(Query { nonce: "n".repeat(257), ..vector.query() }).code(), 900_003);
    assert_eq!(refuse(Query { signature: String::new(), ..vector.query() }).code(), 900_005);
    assert_eq!(refuse(Query { signature: vector.signature.to_uppercase(), ..vector.query() }).code(), 900_005);

    assert_eq!(encrypt_field(br#"{"encrypt":"abc"}"#).as_deref(), Ok("abc"));
    for body in ["", "{}", "[]", "<html>", r#"{"encrypt":""}"#, r#"{"encrypt":7}"#, r#"{"encrypt":"a""#] {
        assert_eq!(encrypt_field(body.as_bytes()), Err(CallbackError::Body), "{body}");
    }
    assert_eq!(encrypt_field(&vec![b'['; BODY_BYTES_MAX]), Err(CallbackError::Body));
}

#[test]
fn the_reply_has_the_documented_names() {
    let vector = &vectors().callback[3];
    let reply = seal(
        &vector.keys(),
        &vector.owner,
        "success",
        Millis(1_605_695_694_141),
        "WelUQl6bCqcBa2fM",
        *b"WelUQl6bCqcBa2fM",
    );
    let json = serde_json::to_value(&reply).unwrap();
    assert_eq!(json["timeStamp"], "1605695694141");
    assert_eq!(json["msg_signature"], "f36f4ba5337d426c7d4bca0dbcb06b3ddc1388fc");
    assert_eq!(json.as_object().unwrap().len(), 4);
}

/// Whoever has the token but not the key, or sends garbage, gets an error and nothing else.
#[test]
fn garbage_never_panics() {
    const SEED: u64 = 20_260_901;
    println!("seed {SEED}");
    let world = World::new(std::sync::Arc::new(SystemClock), std::sync::Arc::new(SeededChance::new(SEED)));
    let vectors = vectors();
    for round in 0..4000 {
        let [which, place, change, kind] = world.bytes::<4>();
        let vector = &vectors.callback[usize::from(which) % vectors.callback.len()];
        let mut sealed = STANDARD.decode(&vector.encrypt).unwrap();
        let place = usize::from(place) * 7 % sealed.len();
        match kind % 4 {
            0 => sealed[place] ^= change | 1,
            1 => sealed.truncate(place),
            2 => sealed.extend_from_slice(&world.bytes::<32>()),
            _ => sealed.rotate_left(16 * (1 + place % 3)),
        }
        let keys = vector.keys();
        let encrypt = STANDARD.encode(&sealed);
        let signature = signature(&vector.token, &vector.timestamp, &vector.nonce, &encrypt);
        let signed = Query { signature, ..vector.query() };
        if let Ok(opened) = open(&keys, &signed, &encrypt) {
            assert!(keys.owners.contains(&opened.owner), "round {round}");
            let _ = crate::event::decode(&opened.message);
        }
        assert_eq!(open(&keys, &vector.query(), &encrypt), Err(CallbackError::Signature), "round {round}");
    }
}
