//! Clients, codes and tokens. Everything is used up or expires by the world's clock.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::time::Duration;
use world::{Millis, World};

/// How long somebody may think about consenting.
const TICKET_AGE: Duration = Duration::from_secs(600);

/// How long a code may be exchanged.
const CODE_AGE: Duration = Duration::from_secs(60);

/// How long an access token lives.
pub const TOKEN_AGE: Duration = Duration::from_secs(3_600);

/// How many of each kind are kept; the oldest go first.
const KEPT_MAX: usize = 10_000;

/// A registered client.
#[derive(Clone)]
pub struct Client {
    pub id: String,
    /// None for a public client.
    pub secret: Option<String>,
    pub name: String,
    pub redirect_uris: Vec<String>,
}

/// What a code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub member_id: i64,
    pub client_id: String,
    pub redirect_uri: String,
    /// The PKCE challenge (S256).
    pub challenge: String,
}

struct Ticket {
    member_id: i64,
    /// The query of the request it was made for, so that it serves no other.
    query: String,
    expires: Millis,
}

struct Code {
    grant: Grant,
    expires: Millis,
    used: bool,
    family: String,
}

struct Token {
    member_id: i64,
    family: String,
    expires: Millis,
}

struct Refresh {
    member_id: i64,
    client_id: String,
    family: String,
    used: bool,
}

/// What the token endpoint gives.
pub struct Pair {
    pub access_token: String,
    pub refresh_token: String,
}

/// All clients, codes and tokens.
#[derive(Default)]
pub struct Grants {
    clients: BTreeMap<String, Client>,
    tickets: BTreeMap<String, Ticket>,
    codes: BTreeMap<String, Code>,
    tokens: BTreeMap<String, Token>,
    refreshes: BTreeMap<String, Refresh>,
}

impl Grants {
    /// Registers a client.
    pub fn add_client(&mut self, client: Client) {
        keep(&mut self.clients, client.id.clone(), client);
    }

    /// The client of this id.
    pub fn client(&self, id: &str) -> Option<&Client> {
        self.clients.get(id)
    }

    /// Remembers that somebody has signed in for this request and may now consent.
    pub fn ticket(&mut self, world: &World, member_id: i64, query: &str) -> String {
        let id = world.secret();
        let expires = world.now().plus(TICKET_AGE);
        keep(&mut self.tickets, id.clone(), Ticket { member_id, query: query.to_owned(), expires });
        id
    }

    /// Uses up a ticket of this request.
    pub fn redeem_ticket(&mut self, id: &str, query: &str, now: Millis) -> Option<i64> {
        let ticket = self.tickets.remove(id)?;
        (ticket.query == query && now < ticket.expires).then_some(ticket.member_id)
    }

    /// Issues a code.
    pub fn code(&mut self, world: &World, grant: Grant) -> String {
        let (id, family) = (world.secret(), world.id());
        let expires = world.now().plus(CODE_AGE);
        keep(&mut self.codes, id.clone(), Code { grant, expires, used: false, family });
        id
    }

    /// Exchanges a code. A code that comes twice also ends what its first use gave (RFC 6749 section 4.1.2).
    pub fn redeem_code(
        &mut self,
        world: &World,
        code: &str,
        client_id: &str,
        redirect_uri: &str,
        verifier: &str,
    ) -> Option<Pair> {
        let kept = self.codes.get_mut(code)?;
        let family = kept.family.clone();
        if kept.used {
            self.revoke_family(&family);
            return None;
        }
        let grant = kept.grant.clone();
        let fits = grant.client_id == client_id
            && grant.redirect_uri == redirect_uri
            && is_verifier(verifier)
            && challenge_of(verifier) == grant.challenge
            && world.now() < kept.expires;
        // One try only, so that nothing can be guessed.
        kept.used = true;
        fits.then(|| self.issue(world, grant.member_id, client_id, family))
    }

    /// Exchanges a refresh token for a new pair. One that comes twice ends the whole family.
    pub fn redeem_refresh(&mut self, world: &World, token: &str, client_id: &str) -> Option<Pair> {
        let kept = self.refreshes.get_mut(token).filter(|kept| kept.client_id == client_id)?;
        let (family, member_id) = (kept.family.clone(), kept.member_id);
        if kept.used {
            self.revoke_family(&family);
            return None;
        }
        kept.used = true;
        self.tokens.retain(|_, token| token.family != family);
        Some(self.issue(world, member_id, client_id, family))
    }

    /// Whose living access token this is.
    pub fn owner_of_token(&self, token: &str, now: Millis) -> Option<i64> {
        self.tokens.get(token).filter(|token| now < token.expires).map(|token| token.member_id)
    }

    /// Ends everything a member has.
    pub fn revoke_member(&mut self, member_id: i64) {
        self.tokens.retain(|_, token| token.member_id != member_id);
        self.refreshes.retain(|_, refresh| refresh.member_id != member_id);
        self.codes.retain(|_, code| code.grant.member_id != member_id);
    }

    fn issue(&mut self, world: &World, member_id: i64, client_id: &str, family: String) -> Pair {
        let pair = Pair { access_token: world.secret(), refresh_token: world.secret() };
        let expires = world.now().plus(TOKEN_AGE);
        let client_id = client_id.to_owned();
        keep(&mut self.tokens, pair.access_token.clone(), Token { member_id, family: family.clone(), expires });
        keep(&mut self.refreshes, pair.refresh_token.clone(), Refresh { member_id, client_id, family, used: false });
        pair
    }

    fn revoke_family(&mut self, family: &str) {
        self.tokens.retain(|_, token| token.family != family);
        self.refreshes.retain(|_, refresh| refresh.family != family);
    }
}

/// Inserts, within bounds. Ids are random, so which one goes is chance; that many never meet in a demo.
fn keep<T>(map: &mut BTreeMap<String, T>, id: String, value: T) {
    if map.len() >= KEPT_MAX {
        map.pop_first();
    }
    map.insert(id, value);
}

/// Whether a text is a PKCE challenge of S256: 43 letters of base64url.
pub fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(challenge_of(verifier), challenge);
        assert!(is_verifier(verifier) && is_challenge(challenge));
        assert!(!is_verifier("short") && !is_challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"));
    }
}
