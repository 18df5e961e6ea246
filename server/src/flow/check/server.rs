//! What is the server's own: its address, its key, its backups.

use super::Ground;
use crate::model::check::{Check, CheckState, Finding, Reason};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::paths;
use secrecy::ExposeSecret;
use std::collections::BTreeSet;
use std::time::Duration;

/// A backup older than this is none.
const BACKUP_AGE_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long our own address may take to answer.
const REACH_TIMEOUT: Duration = Duration::from_secs(5);
/// Of 32 random bytes hardly ever fewer than this differ.
const DISTINCT_BYTES_MIN: usize = 16;

pub(super) async fn look(ground: &Ground<'_>) -> Vec<Finding> {
    vec![public_address(ground).await, secret_key(ground), backup(ground)]
}

/// What a platform has reached is reachable. Otherwise we try ourselves, which proves little: a proxy or a firewall may
/// let this machine through and nobody else.
async fn public_address(ground: &Ground<'_>) -> Finding {
    let check = Check::PublicAddress;
    let came = [ground.integration.checked, ground.integration.webhook].into_iter().flatten().max();
    if came.is_some() {
        return Finding::by(check, came, None, ground.now);
    }
    if ground.is_quiet {
        return ground.earlier(check);
    }
    match reach(ground).await {
        Ok(()) => ground.found(check, CheckState::Unproved, Reason::OnlyFromHere),
        Err(said) => Finding { said, ..ground.found(check, CheckState::Failed, Reason::NotReached) },
    }
}

#[expect(clippy::disallowed_methods, reason = "asks nobody but our own configured address")]
async fn reach(ground: &Ground<'_>) -> Result<(), String> {
    let address = format!("{}{}", ground.state.config.public_url.as_str().trim_end_matches('/'), paths::LIVE);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(REACH_TIMEOUT).build();
    let client = client.map_err(|_| "this machine has no certificate authorities".to_owned())?;
    match client.get(address).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!("HTTP {}", answer.status().as_u16())),
        Err(error) if error.is_timeout() => Err("no answer in time".to_owned()),
        Err(error) if error.is_connect() => Err("no connection".to_owned()),
        Err(_) => Err("no usable answer".to_owned()),
    }
}

/// A key that somebody typed or counted up can be guessed.
fn secret_key(ground: &Ground<'_>) -> Finding {
    let keys = ground.state.config.secret_key.expose_secret();
    let newest = keys.split(',').map(str::trim).find(|key| !key.is_empty()).unwrap_or_default();
    match is_random(newest) {
        true => ground.found(Check::SecretKey, CheckState::Proved, Reason::Strong),
        false => ground.found(Check::SecretKey, CheckState::Failed, Reason::Weak),
    }
}

fn is_random(key: &str) -> bool {
    let key = key.replace('-', "+").replace('_', "/");
    let padded = format!("{:=<1$}", key.trim_end_matches('='), key.trim_end_matches('=').len().div_ceil(4) * 4);
    let Ok(bytes) = STANDARD.decode(padded) else { return false };
    let steps: BTreeSet<u8> = bytes.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
    let distinct: BTreeSet<u8> = bytes.iter().copied().collect();
    let typed = bytes.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    !typed && distinct.len() >= DISTINCT_BYTES_MIN && steps.len() >= DISTINCT_BYTES_MIN
}

fn backup(ground: &Ground<'_>) -> Finding {
    let made = ground.server.get("backup").copied();
    let recent = made.filter(|made| ground.now.since(*made) <= BACKUP_AGE_MAX);
    match (made, recent) {
        (Some(made), None) => {
            Finding { seen: Some(made), ..ground.found(Check::Backup, CheckState::Failed, Reason::NeverSeen) }
        }
        _ => Finding::by(Check::Backup, recent, None, ground.now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_can_be_guessed() {
        for (key, random) in [
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", false),
            ("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", false),
            ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false),
            ("ZGluZ2R1dHkgZGVtbyBrZXkgLSBub3QgYSBzZWNyZXQ=", false),
            ("", false),
            ("q83UvqYS3vEt9k9cZ2jFf0WmTxwLDVyZ7Y0c0m1oF2s=", true),
            ("q83UvqYS3vEt9k9cZ2jFf0WmTxwLDVyZ7Y0c0m1oF2s", true),
        ] {
            assert_eq!(is_random(key), random, "{key}");
        }
    }
}
