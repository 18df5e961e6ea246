//! SHA-256 as text: how a secret is looked up of which only the hash is kept.

use sha2::{Digest, Sha256};

/// Lower-case hexadecimal SHA-256.
pub fn hex_sha256(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_one() {
        assert_eq!(hex_sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
