//! The style sheet, without what only its authors read.

use crate::file::File;
use std::{fs, path::Path};

/// Reads the sheet and takes comments, indentation and empty lines out. The rest is worth nothing: compression finds it.
///
/// # Errors
/// The sheet cannot be read.
pub(crate) fn read(path: &Path) -> Result<File, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    File::hashed("main.css", lean(&text).into_bytes())
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
