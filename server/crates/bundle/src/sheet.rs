//! The style sheet, without what only its authors read.

use crate::file::File;
use std::{fs, io, path::Path};

/// The sheet's parts, in the order in which a later one may overrule an earlier one.
const PARTS: [&str; 10] =
    ["colours", "ground", "frame", "lists", "incident", "forms", "linking", "console", "records", "wide"];

/// Reads the parts of the sheet in a folder as one, and takes comments, indentation and empty lines out. The rest is worth nothing: compression finds it.
///
/// # Errors
/// A part cannot be read, or a file in the folder is none of them.
pub(crate) fn read(folder: &Path) -> Result<File, String> {
    let told = |error: io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(told)? {
        let name = entry.map_err(told)?.file_name();
        if !PARTS.iter().any(|part| name == *format!("{part}.css")) {
            return Err(format!("{} is no part of the style sheet: name it in sheet.rs", folder.join(name).display()));
        }
    }
    let mut sheet = String::new();
    for part in PARTS {
        sheet += &fs::read_to_string(folder.join(part).with_extension("css")).map_err(told)?;
    }
    File::hashed("main.css", lean(&sheet).into_bytes())
}

fn lean(sheet: &str) -> String {
    let bare = without_comments(sheet);
    bare.lines().map(str::trim).filter(|line| !line.is_empty()).flat_map(|line| [line, "\n"]).collect()
}

/// A comment becomes a space, since it may stand between two words; a string stays, whatever it looks like.
fn without_comments(sheet: &str) -> String {
    let mut kept = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some(at) = rest.find(['"', '\'', '/']) {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = if let Some(comment) = rest.strip_prefix("/*") {
            kept.push(' ');
            comment.find("*/").map_or(rest.len(), |end| end + "/**/".len())
        } else {
            let length = if rest.starts_with('/') { 1 } else { string_length(rest) };
            kept.push_str(&rest[..length]);
            length
        };
        rest = &rest[length..];
    }
    kept.push_str(rest);
    kept
}

/// Bytes of the string `rest` begins with, its quotes included.
fn string_length(rest: &str) -> usize {
    let quote = rest.as_bytes()[0];
    let mut escaped = false;
    let end = rest.bytes().skip(1).position(|byte| {
        let ends = byte == quote && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_in_the_sheet_and_nothing_else_in_the_folder() {
        let folder = std::env::temp_dir().join(format!("dingduty-sheet-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert!(read(&folder).is_err(), "parts are missing");
        for part in PARTS {
            fs::write(folder.join(part).with_extension("css"), format!(".{part} {{}}\n")).unwrap();
        }
        assert!(read(&folder).is_ok());
        fs::write(folder.join("forgotten.css"), "").unwrap();
        assert!(read(&folder).is_err_and(|why| why.contains("forgotten.css is no part")));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn keeps_what_browsers_read() {
        let cases = [
            ("a { color: red }\n", "a { color: red }\n"),
            ("/* why */\na {\n    margin: 0;\n\n}\n", "a {\nmargin: 0;\n}\n"),
            ("a/**/b { } /* never closed", "a b { }\n"),
            ("a::after { content: \"/* no comment */\" }", "a::after { content: \"/* no comment */\" }\n"),
            (r#"a::after { content: '\'/*' } /* gone */"#, "a::after { content: '\\'/*' }\n"),
            (
                "a { width: calc(100% / 3); background: url(/x.svg) }",
                "a { width: calc(100% / 3); background: url(/x.svg) }\n",
            ),
            ("/*/ tricky */b{}", "b{}\n"),
            ("'unclosed", "'unclosed\n"),
        ];
        for (sheet, expected) in cases {
            assert_eq!(lean(sheet), expected);
        }
    }
}
