//! The style sheet works in the oldest engine DingTalk still ships, Chromium 69, and in the 100 of today's phones: every
//! property, function, unit, pseudo-class and media feature in `style/` is known here with the version it came with. What
//! is newer than 69 stands behind something older that does its work, or is nothing anybody misses.

mod engines;
mod sheet;

use std::{fs, path::Path};

/// What keeps a sheet from working in Chromium 69, one sentence each.
fn complaints(text: &str) -> Vec<String> {
    match sheet::rules(text) {
        Ok(rules) => rules.iter().flat_map(engines::complaints).collect(),
        Err(complaint) => vec![complaint],
    }
}

#[test]
fn every_part_works_in_chromium_69() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../style");
    let mut seen = 0;
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        found.extend(complaints(&fs::read_to_string(&path).unwrap()).iter().map(|one| format!("{name}: {one}")));
        seen += 1;
    }
    assert!(seen >= 9, "the parts are elsewhere");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_is_too_new_is_refused() {
    for (text, complaint) in [
        (".a { gap: 8px; display: flex; }", "gap"),
        (".a { inset: 0; }", "inset"),
        (".a { aspect-ratio: 1; }", "aspect-ratio"),
        (".a { width: min(100%, 20px); }", "min()"),
        (".a { height: 100dvh; }", "dvh"),
        (".a { color: color-mix(in srgb, red, blue); }", "color-mix()"),
        (".a { margin-inline: 2px; }", "margin-inline"),
        (".a { overflow: clip; }", "clip"),
        (".a:has(b) { color: red; }", ":has"),
        (".a:is(b, i) { color: red; }", ":is"),
        (".a:not(.b, .c) { color: red; }", ":not"),
        (".a:not(.b.c) { color: red; }", ":not"),
        (".a { .b { color: red; } }", "inside"),
        ("@container (min-width: 1px) { .a { color: red; } }", "@container"),
        ("@media (width >= 960px) { .a { color: red; } }", "960px"),
        ("@media (prefers-contrast: more) { .a { color: red; } }", "prefers-contrast"),
        (".a { hieght: 2px; }", "hieght"),
        (".a { color: red", "end"),
    ] {
        let found = complaints(text);
        assert!(found.iter().any(|one| one.contains(complaint)), "{text}: {found:?}");
    }
}

#[test]
fn what_has_something_older_before_it_passes() {
    for text in [
        ".a { height: 100vh; height: 100dvh; }",
        ".a { padding: 8px; padding: max(8px, env(safe-area-inset-left)); }",
        ".a { display: grid; gap: 8px; }",
        ".a:focus:not(:focus-visible) { outline: none; }",
        ".a::before { content: \"{ gap: 1px } :has(\"; } /* inset: 0 */",
        "@media (min-width: 960px) { .a { color: #fff; } } @keyframes b { to { transform: rotate(1deg); } }",
    ] {
        assert_eq!(complaints(text), Vec::<String>::new(), "{text}");
    }
}
