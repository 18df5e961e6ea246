use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use world::World;

/// Ties a code to the sign-in that asked for it (RFC 7636, S256).
#[derive(Clone, Debug)]
pub struct Pkce {
    /// Kept until the code comes back.
    pub verifier: SecretString,
    /// Goes out with the person.
    pub challenge: String,
}

impl Pkce {
    /// A new pair, from 256 bits of chance.
    pub fn new(world: &World) -> Self {
        Self::of(URL_SAFE_NO_PAD.encode(world.bytes::<32>()))
    }

    fn of(verifier: String) -> Self {
        Self { challenge: URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())), verifier: verifier.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc() {
        let pkce = Pkce::of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(pkce.challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
