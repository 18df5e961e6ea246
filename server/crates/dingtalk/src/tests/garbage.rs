use crate::answer::{Answer, Reply};
use crate::{Call, callback, click, event};
use std::sync::Arc;
use world::{ManualClock, Millis, SeededChance, World};

const SEED: u64 = 20_260_902;

const SEEDS: [&str; 5] = [
    r#"{"EventType":"im_cool_app_install","EventTime":1663143335567,"CorpId":"ding9","eventId":"e","coolAppCode":"C","operateTime":"1641866135051","robotCode":"r","openConversationId":"cid+/==","operator":"o"}"#,
    r#"{"EventType":"chat_add_member","timeStamp":"1","userId":["值班","b",null,{}],"openConversationId":"c"}"#,
    r#"{"type":"actionCallback","outTrackId":"t","corpId":"d","userId":"u","content":"{\"cardPrivateData\":{\"actionIds\":[\"ack\"],\"params\":{\"action\":\"ack\"}}}"}"#,
    r#"{"errcode":88,"sub_code":"60011","sub_msg":"[a_b] https://open-dev.dingtalk.com/x?y=%23z","errmsg":"subcode=60011"}"#,
    r#"{"encrypt":"1a3NBxmCFwkCJvfoQ7WhJHB","status":1111,"punish":"deny","success":false,"accessdenieddetail":{"requiredScopes":[1]}}"#,
];

const PIECES: [&[u8]; 12] = [
    b"null",
    b"[]",
    b"{}",
    b"\"\"",
    b"-1",
    b"1e999",
    b"99999999999999999999",
    b"\\ud800",
    b"[[",
    b"\xff\xfe",
    b"true",
    b"",
];

/// Whatever arrives is read or refused; nothing panics.
#[test]
fn mutated_bodies_are_read_or_refused() {
    println!("seed {SEED}");
    let world = World::new(Arc::new(ManualClock::at(Millis(0))), Arc::new(SeededChance::new(SEED)));
    let mut refused = 0;
    for _ in 0..20_000 {
        let [seed, times, status] = world.bytes::<3>();
        let mut body = SEEDS[usize::from(seed) % SEEDS.len()].as_bytes().to_vec();
        for _ in 0..1 + times % 4 {
            let [place_high, place_low, length, piece, kind] = world.bytes::<5>();
            let start = usize::from(u16::from_be_bytes([place_high, place_low])) % (body.len() + 1);
            let end = (start + usize::from(length % 16)).min(body.len());
            match kind % 3 {
                0 => drop(body.splice(start..end, PIECES[usize::from(piece) % PIECES.len()].iter().copied())),
                1 => body.truncate(end),
                _ => drop(body.splice(start..start, [piece])),
            }
        }
        let text = String::from_utf8_lossy(&body);
        refused += usize::from(event::decode(&text).is_err()) + usize::from(click::decode(&body).is_err());
        let _ = callback::encrypt_field(&body);
        let _ = callback::AesKey::parse(&text);
        let http_status = [200, 400, 403, 500, 302][usize::from(status) % 5];
        let reply = Reply { http_status, retry_after_ms: None, body };
        if let Err(error) = Answer::read(&Call::SEND_TO_GROUP, reply, &[]) {
            assert!(error.message.chars().count() <= 300);
        }
    }
    assert!((20_000..40_000).contains(&refused), "some are read, most are refused: {refused}");
}
