//! The files browsers get, embedded: the program works from any folder. `server/build.rs` makes them and the list of
//! them; those under `/assets` carry their content's hash in their address.

/// One file.
#[derive(Debug)]
pub struct Asset {
    /// The name the sources know it by, as `arrive.js`.
    pub name: &'static str,
    /// The address, as `/assets/arrive.1f3b2c….js`.
    pub path: &'static str,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The address names the content, so it may be kept for ever. The others must be asked for again.
    pub immutable: bool,
    /// The content as it is.
    pub bytes: &'static [u8],
    /// The same for `Content-Encoding: br`, where that is shorter.
    pub brotli: Option<&'static [u8]>,
    /// The same for `Content-Encoding: gzip`, where that is shorter.
    pub gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/web.rs"));

/// The file at an address, which is the whole path of a request.
pub fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// Every file, for building a route table and for checks.
pub fn all() -> &'static [Asset] {
    ASSETS
}

/// The style sheet.
pub fn style() -> &'static Asset {
    &ASSETS[STYLE]
}

/// The style sheet's text, for pages that carry it in themselves.
pub fn style_text() -> &'static str {
    // The build reads it as text; the empty sheet is unreachable and still a page.
    std::str::from_utf8(style().bytes).unwrap_or_default()
}

/// The module that starts the WebAssembly; absent when the server was built with `DINGDUTY_SKIP_WEB=1`.
pub fn script() -> Option<&'static Asset> {
    SCRIPT.map(|place| &ASSETS[place])
}

/// The WebAssembly; absent when [`script`] is.
pub fn wasm() -> Option<&'static Asset> {
    WASM.map(|place| &ASSETS[place])
}

/// A file of `public/` by its name there, as `arrive.js` or `icon.svg`.
pub fn plain_script(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_found_at_its_own_address() {
        for asset in all() {
            assert_eq!(find(asset.path).map(|found| found.name), Some(asset.name));
            assert_eq!(asset.immutable, asset.path.starts_with("/assets/"), "{}", asset.path);
        }
        assert!(find("/assets/").is_none());
    }

    #[test]
    fn pages_without_scripts_keep_their_style() {
        assert_eq!(style().content_type, "text/css; charset=utf-8");
        assert!(!style().bytes.is_empty());
        assert_eq!(script().is_some(), wasm().is_some());
    }

    #[test]
    fn browsers_compile_while_loading() {
        if let Some(wasm) = wasm() {
            assert_eq!(wasm.content_type, "application/wasm");
            assert!(wasm.bytes.starts_with(b"\0asm"));
        }
    }
}
