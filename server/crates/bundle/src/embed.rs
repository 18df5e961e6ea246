//! Writes the files beside the list of them that `server/src/web.rs` includes.

use crate::file::File;
use std::{fmt::Write, fs, path::Path};

/// Files the server's code asks for by their part, with the constant each is found by.
const PARTS: [(&str, &str); 3] = [("SCRIPT", "app.js"), ("STYLE", "main.css"), ("WASM", "app.wasm")];

/// Fills `out` with the files and `web.rs`.
///
/// # Errors
/// A file cannot be written, or two have one name.
pub(crate) fn write(out: &Path, files: &[File]) -> Result<(), String> {
    let folder = out.join("web");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("cannot empty {}: {error}", folder.display()))?;
    }
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    for (place, file) in files.iter().enumerate() {
        if files[..place].iter().any(|other| other.name == file.name) {
            return Err(format!("two files for browsers are called {}", file.name));
        }
        let variants = [("", Some(&file.bytes)), (".br", file.brotli.as_ref()), (".gz", file.gzip.as_ref())];
        for (ending, bytes) in variants {
            let path = folder.join(format!("{}{ending}", file.name));
            bytes
                .map_or(Ok(()), |bytes| fs::write(&path, bytes))
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    let list = out.join("web.rs");
    fs::write(&list, listing(files)).map_err(|error| format!("{}: {error}", list.display()))
}

/// The Rust source of the list.
fn listing(files: &[File]) -> String {
    let mut text = String::from("static ASSETS: &[Asset] = &[\n");
    for file in files {
        let File { name, path, kind, immutable, .. } = file;
        let include = |ending: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/web/{name}{ending}\"))");
        let optional = |present: bool, ending: &str| match present {
            true => format!("Some({})", include(ending)),
            false => "None".to_owned(),
        };
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "    Asset {{ name: {name:?}, path: {path:?}, content_type: {:?}, immutable: {immutable}, \
             bytes: {}, brotli: {}, gzip: {} }},",
            kind.content_type,
            include(""),
            optional(file.brotli.is_some(), ".br"),
            optional(file.gzip.is_some(), ".gz"),
        );
    }
    text.push_str("];\n");
    for (constant, name) in PARTS {
        let place = files.iter().position(|file| file.name == name);
        let _ = match place {
            // Always there, so that the server needs no answer for its absence.
            Some(place) if constant == "STYLE" => writeln!(text, "const STYLE: usize = {place};"),
            place => writeln!(text, "const {constant}: Option<usize> = {place:?};"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> File {
        File::hashed(name, b"x".to_vec()).unwrap()
    }

    #[test]
    fn lists_each_file_with_its_variants() {
        let mut style = file("main.css");
        style.brotli = Some(b"b".to_vec());
        let text = listing(&[style, file("icon.png")]);
        assert!(text.contains(r#"Asset { name: "main.css", path: "/assets/main.2d711642b726b044.css", "#), "{text}");
        assert!(
            text.contains(r#"brotli: Some(include_bytes!(concat!(env!("OUT_DIR"), "/web/main.css.br"))), gzip: None"#)
        );
        assert!(text.contains("const STYLE: usize = 0;\n"), "{text}");
        assert!(text.contains("const SCRIPT: Option<usize> = None;\n"), "{text}");
    }

    #[test]
    fn says_where_script_and_module_are() {
        let text = listing(&[file("main.css"), file("app.js"), file("app.wasm")]);
        assert!(text.contains("const SCRIPT: Option<usize> = Some(1);\n"), "{text}");
        assert!(text.contains("const WASM: Option<usize> = Some(2);\n"), "{text}");
    }

    #[test]
    fn writes_what_it_lists_and_nothing_older() {
        let out = std::env::temp_dir().join(format!("bundle-embed-{}", std::process::id()));
        write(&out, &[file("main.css"), file("old.js")]).unwrap();
        write(&out, &[file("main.css")]).unwrap();
        let found: Vec<_> = fs::read_dir(out.join("web")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        let twice = write(&out, &[file("main.css"), file("main.css")]);
        fs::remove_dir_all(&out).unwrap();
        assert_eq!(found, ["main.css"]);
        assert_eq!(twice, Err("two files for browsers are called main.css".into()));
    }
}
