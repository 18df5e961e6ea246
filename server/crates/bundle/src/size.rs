//! How much a browser has to load before a page is live.

use crate::{Bound, file::File};
use std::fmt;

/// Bytes of script and module, as they are and as they travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The WebAssembly as the browser compiles it.
    pub wasm_bytes: usize,
    /// The WebAssembly as it travels.
    pub wasm_brotli_bytes: usize,
    /// The same where brotli is not understood.
    pub wasm_gzip_bytes: usize,
    /// The script as the browser reads it.
    pub script_bytes: usize,
    /// The script as it travels.
    pub script_brotli_bytes: usize,
}

impl Sizes {
    /// Measures what was made.
    pub fn of(bound: &Bound) -> Self {
        let travelling = |file: &File, packed: &Option<Vec<u8>>| packed.as_ref().unwrap_or(&file.bytes).len();
        let (wasm, script) = (&bound.wasm, &bound.script);
        Self {
            wasm_bytes: wasm.bytes.len(),
            wasm_brotli_bytes: travelling(wasm, &wasm.brotli),
            wasm_gzip_bytes: travelling(wasm, &wasm.gzip),
            script_bytes: script.bytes.len(),
            script_brotli_bytes: travelling(script, &script.brotli),
        }
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "WebAssembly {} kB (brotli {} kB, gzip {} kB), its script {} kB (brotli {} kB)",
            kilobytes(self.wasm_bytes),
            kilobytes(self.wasm_brotli_bytes),
            kilobytes(self.wasm_gzip_bytes),
            kilobytes(self.script_bytes),
            kilobytes(self.script_brotli_bytes),
        )
    }
}

/// With one decimal, as `123.6`.
fn kilobytes(bytes: usize) -> String {
    format!("{}.{}", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_kilobytes() {
        for (bytes, expected) in [(0, "0.0"), (99, "0.0"), (150_000, "150.0"), (123_636, "123.6")] {
            assert_eq!(kilobytes(bytes), expected);
        }
    }
}
