//! A file as browsers get it: its address, its kind, its bytes, plain and compressed.

use crate::Profile;
use sha2::{Digest, Sha256};
use std::{
    io::{self, Write},
    path::Path,
};

/// Every hashed file is below this.
const FOLDER: &str = "/assets";

/// Where a file lies and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// The name the sources know it by, as `app.js`.
    pub(crate) name: String,
    /// The address, as `/assets/app.1f3b….js`.
    pub(crate) path: String,
    pub(crate) kind: Kind,
    /// The address names the content, so a browser may keep it for ever.
    pub(crate) immutable: bool,
    pub(crate) bytes: Vec<u8>,
    /// Compressed, after [`File::compress`], where that is shorter.
    pub(crate) brotli: Option<Vec<u8>>,
    /// The same for browsers that get no brotli, which are those on plain http.
    pub(crate) gzip: Option<Vec<u8>>,
}

impl File {
    /// A file whose address changes with its content.
    ///
    /// # Errors
    /// The name has no ending that is known here.
    pub(crate) fn hashed(name: &str, bytes: Vec<u8>) -> Result<Self, String> {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let hash: String = Sha256::digest(&bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let path = format!("{FOLDER}/{stem}.{hash}.{ending}");
        Self::new(name, path, true, bytes)
    }

    /// A file others look for under one fixed address at the top, as `/robots.txt`.
    ///
    /// # Errors
    /// The name has no ending that is known here.
    pub(crate) fn fixed(name: &str, bytes: Vec<u8>) -> Result<Self, String> {
        Self::new(name, format!("/{name}"), false, bytes)
    }

    fn new(name: &str, path: String, immutable: bool, bytes: Vec<u8>) -> Result<Self, String> {
        Ok(Self { name: name.into(), path, kind: Kind::of(name)?, immutable, bytes, brotli: None, gzip: None })
    }

    /// Compresses once what will be sent many times: as far as it goes for people, quickly for work and tests.
    ///
    /// # Errors
    /// The compressor's own, which writing to memory does not have.
    pub(crate) fn compress(&mut self, profile: Profile) -> Result<(), String> {
        if self.kind.compressible {
            let worth = |packed: io::Result<Vec<u8>>| match packed {
                Ok(packed) => Ok((packed.len() < self.bytes.len()).then_some(packed)),
                Err(error) => Err(format!("{} cannot be compressed: {error}", self.name)),
            };
            (self.brotli, self.gzip) = (worth(brotli(&self.bytes, profile))?, worth(gzip(&self.bytes, profile))?);
        }
        Ok(())
    }
}

fn brotli(bytes: &[u8], profile: Profile) -> io::Result<Vec<u8>> {
    let quality = if profile == Profile::Small { 11 } else { 4 };
    let parameters = brotli::enc::BrotliEncoderParams { quality, size_hint: bytes.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(bytes: &[u8], profile: Profile) -> io::Result<Vec<u8>> {
    let level = if profile == Profile::Small { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// What the ending of a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) content_type: &'static str,
    /// Whether compression is worth trying; pictures are compressed already.
    pub(crate) compressible: bool,
}

impl Kind {
    fn of(name: &str) -> Result<Self, String> {
        let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let (content_type, compressible) = match ending {
            "css" => ("text/css; charset=utf-8", true),
            "js" => ("text/javascript; charset=utf-8", true),
            // Exactly this, or browsers do not compile while they load.
            "wasm" => ("application/wasm", true),
            "svg" => ("image/svg+xml", true),
            "txt" => ("text/plain; charset=utf-8", true),
            "webmanifest" => ("application/manifest+json", true),
            "ico" => ("image/x-icon", true),
            "png" => ("image/png", false),
            "webp" => ("image/webp", false),
            "woff2" => ("font/woff2", false),
            _ => return Err(format!("{name}: its kind is not known to server/crates/bundle/src/file.rs")),
        };
        Ok(Self { content_type, compressible })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn the_address_names_the_content() {
        let one = File::hashed("app.js", b"1".to_vec()).unwrap();
        assert_eq!(one.path, "/assets/app.6b86b273ff34fce1.js");
        assert_eq!((one.kind.content_type, one.immutable), ("text/javascript; charset=utf-8", true));
        let two = File::hashed("app.js", b"2".to_vec()).unwrap();
        assert_ne!(one.path, two.path);
    }

    #[test]
    fn fixed_addresses_are_never_kept_for_ever() {
        let robots = File::fixed("robots.txt", b"User-agent: *".to_vec()).unwrap();
        assert_eq!((robots.path.as_str(), robots.immutable), ("/robots.txt", false));
    }

    #[test]
    fn compressed_only_where_that_is_shorter() {
        let mut sheet = File::hashed("main.css", b"a { color: red }\n".repeat(100)).unwrap();
        sheet.compress(Profile::Small).unwrap();
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &*sheet.brotli.unwrap(), &mut plain).unwrap();
        assert_eq!(plain, sheet.bytes);
        plain.clear();
        flate2::read::GzDecoder::new(&*sheet.gzip.unwrap()).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, sheet.bytes);

        for (name, bytes) in [("robots.txt", b"".to_vec()), ("icon.png", vec![0; 1000])] {
            let mut file = File::hashed(name, bytes).unwrap();
            file.compress(Profile::Quick).unwrap();
            assert_eq!((file.brotli, file.gzip), (None, None), "{name}");
        }
    }

    #[test]
    fn unknown_kinds_are_refused() {
        for name in ["notes.md", "README", ".hidden"] {
            assert!(File::hashed(name, Vec::new()).is_err(), "{name}");
        }
    }
}
