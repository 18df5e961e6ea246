//! The structure of the code, held by reading it: who may use whom, how long files are, what must not be written.

use std::path::{Path, PathBuf};

/// Layers inside the server, from the top: a layer may use those after it, never one before it.
const LAYERS: [&[&str]; 4] = [&["http", "work"], &["flow"], &["store"], &["model"]];
/// Longest source file without a reason named in [`LONG_FILES`].
const LINES_MAX: usize = 400;
/// Files that are longer, and why.
const LONG_FILES: [(&str, &str); 0] = [];

#[test]
fn arrows_point_downwards() {
    let mut wrong = Vec::new();
    for (depth, layer) in LAYERS.iter().enumerate() {
        for name in *layer {
            for (path, text) in sources(&format!("server/src/{name}")) {
                for upper in LAYERS[..depth].iter().flat_map(|upper| upper.iter()) {
                    if uses(&text, upper) {
                        wrong.push(format!("{} uses {upper}", path.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_part_knows_only_what_it_may() {
    let rules: [(&str, &[&str]); 8] = [
        ("server/src/http", &["store"]),
        ("server/src/model", &["state", "background", "config"]),
        ("server/src/store", &["state", "background", "config"]),
        ("app/contract/src", &["leptos", "server", "dingtalk", "flashduty", "world"]),
        ("app/src", &["server", "dingtalk", "flashduty", "world"]),
        ("server/crates/dingtalk/src", &["flashduty", "server", "simulator", "contract"]),
        ("server/crates/flashduty/src", &["dingtalk", "server", "simulator", "contract"]),
        ("server/crates/simulator/src", &["server", "contract", "app"]),
    ];
    let mut wrong = Vec::new();
    for (folder, forbidden) in rules {
        for (path, text) in sources(folder) {
            for name in forbidden {
                let own = path.components().any(|part| part.as_os_str() == *name);
                if !own && (uses(&text, name) || text.contains(&format!("use {name}::"))) {
                    wrong.push(format!("{} uses {name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The model and the store call no platform; only manifests say so for whole crates, so this one is read in the text.
#[test]
fn model_and_store_call_no_platform() {
    for folder in ["server/src/model", "server/src/store"] {
        for (path, text) in sources(folder) {
            for client in ["dingtalk::", "flashduty::", "reqwest::"] {
                let code =
                    text.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| line.contains(client));
                assert!(!code, "{} uses {client}", path.display());
            }
        }
    }
}

/// Links that open inside DingTalk are built by one file, and used through one other.
#[test]
fn links_are_built_in_one_place() {
    const BUILDER: &str = "server/crates/dingtalk/src/links.rs";
    const USER: &str = "server/src/flow/address.rs";
    // Whatever makes an address one of DingTalk's own; the bare scheme is also what addresses are recognised by.
    const PARTS: [&str; 7] =
        ["dingtalkclient", "pc_slide", "applink", "openapp", "im_open_hybrid_panel", "open_platform_link", "$ENCCID$"];
    let mut wrong = Vec::new();
    for folder in ["app", "server/src", "server/crates/dingtalk/src", "server/crates/flashduty/src", "public"] {
        for (path, text) in files(folder, &["rs", "js", "html"]) {
            let name = path.display().to_string();
            let code: Vec<&str> =
                without_tests(&name, &text).filter(|line| !line.trim_start().starts_with("//")).collect();
            for part in PARTS.iter().filter(|_| !name.ends_with(BUILDER)) {
                if code.iter().any(|line| line.contains(part)) {
                    wrong.push(format!("{name} writes {part}"));
                }
            }
            if !name.ends_with(USER) && code.iter().any(|line| line.contains("links::")) {
                wrong.push(format!("{name} builds links beside {USER}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let builder = files("server/crates/dingtalk/src", &["rs"]).into_iter().find(|(path, _)| path.ends_with("links.rs"));
    let (_, builder) = builder.expect("the builder of links");
    assert!(["dingtalkclient", "pc_slide", "$ENCCID$"].iter().all(|part| builder.contains(part)), "it builds them");
}

/// The lines of a file that are no tests.
fn without_tests<'a>(name: &str, text: &'a str) -> impl Iterator<Item = &'a str> {
    let is_test = name.ends_with("tests.rs") || name.ends_with("_test.rs") || name.contains("/tests/");
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().filter(move |_| !is_test)
}

#[test]
fn files_are_short_and_finished() {
    let mut wrong = Vec::new();
    for folder in ["app", "server", "end2end"] {
        for (path, text) in sources(folder) {
            let name = path.display().to_string();
            let lines = text.lines().count();
            if lines > LINES_MAX && !LONG_FILES.iter().any(|(long, _)| name.ends_with(long)) {
                wrong.push(format!("{name} has {lines} lines"));
            }
            // Written in two halves, so that this file does not find itself.
            for mark in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")] {
                if text.split(|character: char| !character.is_alphanumeric()).any(|word| word == mark) {
                    wrong.push(format!("{name} has a {mark}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn uses(text: &str, part: &str) -> bool {
    text.contains(&format!("crate::{part}::")) || text.contains(&format!("use crate::{{{part}"))
}

/// Every Rust file below a folder of the workspace.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    files(folder, &["rs"])
}

/// Every file with one of these endings below a folder of the workspace.
fn files(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no source files");
    found
}
