//! DingTalk's markdown (reference 6.4, 5.2), made for the surface that shows it. What comes from outside goes through
//! [`line`], [`block`] or [`link`] and stays text: it opens no heading, list, quote, link, picture, tag or code.

use super::text;

/// Where markdown is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// A message of the bot.
    Bot,
    /// A work notice.
    WorkNotice,
    /// A variable of type markdown on a card. It takes tags, among them one that mentions people.
    Card,
}

impl Surface {
    /// What a single line break is written as: messages want blanks on both sides, cards a plain one.
    pub fn line_break(self) -> &'static str {
        match self {
            Self::Bot | Self::WorkNotice => "  \n  ",
            Self::Card => "\n",
        }
    }

    /// Width and height in pixels beyond which a picture is made smaller by the client; none where that is not told.
    pub fn picture_max(self) -> Option<(u32, u32)> {
        match self {
            Self::Bot => Some((358, 350)),
            Self::WorkNotice => Some((338, 677)),
            Self::Card => None,
        }
    }
}

/// Width and height in pixels of the place in which messages show a picture.
pub const PICTURE_SHOWN: (u32, u32) = (336, 189);

/// Ends a paragraph, on every surface.
pub const PARAGRAPH: &str = "\n\n";

/// Blanks kept at the beginning of a line; white space there would otherwise be code or nothing.
const INDENT_MAX: usize = 8;
/// The blank that is not folded (6.4).
const BLANK: &str = "&nbsp;";

/// One line of text, shown as it is.
pub fn line(text: &str) -> String {
    escape(&text::line(text), usize::MAX)
}

/// The same in at most `bytes_max` bytes of markdown; what was longer ends in an ellipsis and is never cut inside of
/// what belongs together.
pub fn line_within(text: &str, bytes_max: usize) -> String {
    escape(&text::line(text), bytes_max)
}

/// Text of several lines, shown as it is: line breaks, empty lines and indents kept, in at most `bytes_max` bytes.
pub fn block(text: &str, surface: Surface, bytes_max: usize) -> String {
    let text = text::block(&text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    "));
    let mut written = String::new();
    let mut pending = "";
    for one in text.split('\n') {
        let trimmed = one.trim();
        if trimmed.is_empty() {
            pending = if written.is_empty() { "" } else { PARAGRAPH };
            continue;
        }
        let indent = (one.len() - one.trim_start().len()).min(INDENT_MAX);
        let start = format!("{pending}{}", BLANK.repeat(indent));
        let room = bytes_max.saturating_sub(written.len() + start.len());
        if room < ELLIPSIS.len() {
            break;
        }
        let escaped = escape(trimmed, room);
        let cut = escaped.ends_with(ELLIPSIS) && !trimmed.ends_with(ELLIPSIS);
        written.push_str(&start);
        written.push_str(&escaped);
        if cut {
            break;
        }
        pending = surface.line_break();
    }
    written
}

/// A link. None when the address is not one that a message may open.
pub fn link(caption: &str, url: &str) -> Option<String> {
    Some(format!("[{}]({})", line(caption), address(url)?))
}

/// A picture. None when the address is not one that a message may load.
pub fn picture(url: &str) -> Option<String> {
    address(url).filter(|address| is_web(address)).map(|address| format!("![]({address})"))
}

/// An address as it can stand in markdown: a web address or one of DingTalk's own, with everything percent-encoded that
/// could end it early. Gives None for any other.
pub fn address(url: &str) -> Option<String> {
    let known = is_web(url) || has_scheme(url, "dingtalk://");
    if !known || url.chars().any(char::is_control) {
        return None;
    }
    let mut encoded = String::with_capacity(url.len());
    for character in url.chars() {
        match character {
            ' ' => encoded.push_str("%20"),
            '(' => encoded.push_str("%28"),
            ')' => encoded.push_str("%29"),
            '<' => encoded.push_str("%3C"),
            '>' => encoded.push_str("%3E"),
            '"' => encoded.push_str("%22"),
            '\\' => encoded.push_str("%5C"),
            '[' => encoded.push_str("%5B"),
            ']' => encoded.push_str("%5D"),
            '`' => encoded.push_str("%60"),
            other if other.is_whitespace() || text::is_hidden(other) => return None,
            other => encoded.push(other),
        }
    }
    Some(encoded)
}

fn is_web(url: &str) -> bool {
    has_scheme(url, "https://") || has_scheme(url, "http://")
}

fn has_scheme(url: &str, scheme: &str) -> bool {
    url.len() > scheme.len() && url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

const ELLIPSIS: &str = "…";

/// Writes one line so that it is shown as it is, in at most `bytes_max` bytes.
fn escape(line: &str, bytes_max: usize) -> String {
    let mut escaped = String::with_capacity(line.len().min(bytes_max) + 8);
    // What begins a list only does so at the beginning of a line.
    let number = line.bytes().take_while(u8::is_ascii_digit).count();
    for (at, character) in line.char_indices() {
        let opens = match character {
            '*' | '_' | '#' | '>' | '<' | '[' | ']' | '(' | ')' | '!' | '`' | '\\' | '~' => true,
            '&' => line[at + 1..].starts_with(|next: char| next == '#' || next.is_ascii_alphanumeric()),
            '-' | '+' | '=' => at == 0,
            '.' => at == number && number > 0 && !line[at + 1..].starts_with(|next: char| next.is_alphanumeric()),
            _ => false,
        };
        if opens {
            escaped.push('\\');
        }
        escaped.push(character);
        if escaped.len() > bytes_max {
            while escaped.len() + ELLIPSIS.len() > bytes_max && !escaped.is_empty() {
                pop(&mut escaped);
            }
            if escaped.len() + ELLIPSIS.len() <= bytes_max {
                escaped.push_str(ELLIPSIS);
            }
            return escaped;
        }
    }
    escaped
}

/// Takes the last character away, with the backslash that belongs to it.
fn pop(escaped: &mut String) {
    escaped.pop();
    let backslashes = escaped.bytes().rev().take_while(|byte| *byte == b'\\').count();
    if backslashes % 2 == 1 {
        escaped.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use world::{ManualClock, Millis, SeededChance, World};

    #[test]
    fn text_stays_text() {
        for (text, expected) in [
            ("CPU 95 %", "CPU 95 %"),
            ("# big", r"\# big"),
            ("- item", r"\- item"),
            ("a - b + c", "a - b + c"),
            ("+1", r"\+1"),
            ("12. twelfth", r"12\. twelfth"),
            ("1.5 s", "1.5 s"),
            ("v1. x", "v1. x"),
            ("a & b; R&D", r"a & b; R\&D"),
            ("7) seventh", r"7\) seventh"),
            ("=====", r"\====="),
            ("> quote", r"\> quote"),
            ("[a](https://evil)", r"\[a\]\(https://evil\)"),
            ("![](x)", r"\!\[\]\(x\)"),
            ("<font color=red>", r"\<font color=red\>"),
            ("&nbsp;&#91;", r"\&nbsp;\&\#91;"),
            (r"\", r"\\"),
            ("`rm`", r"\`rm\`"),
            ("~~a~~ | $CORPID$", r"\~\~a\~\~ | $CORPID$"),
            ("a\nb\u{202e}c\u{0}", "a bc"),
            ("", ""),
        ] {
            assert_eq!(line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn blocks_keep_their_lines() {
        let message = Surface::Bot;
        for (text, surface, expected) in [
            ("a\nb", message, "a  \n  b"),
            ("a\r\nb\rc", Surface::WorkNotice, "a  \n  b  \n  c"),
            ("a\n\n\nb", message, "a\n\nb"),
            ("\n\n a\n", message, "a"),
            ("a\n  - b\n\tc", Surface::Card, "a\n&nbsp;&nbsp;\\- b\n&nbsp;&nbsp;&nbsp;&nbsp;c"),
            ("a\n===", message, "a  \n  \\==="),
        ] {
            assert_eq!(block(text, surface, 1_000), expected, "{text:?}");
        }
    }

    #[test]
    fn budgets_cut_nothing_that_belongs_together() {
        for (text, bytes_max, expected) in [
            ("abcdef", 6, "abcdef"),
            ("abcdef", 5, "ab…"),
            ("****", 8, r"\*\*\*\*"),
            ("****", 7, r"\*\*…"),
            ("中文字", 6, "中…"),
            ("ab", 1, ""),
        ] {
            assert_eq!(line_within(text, bytes_max), expected, "{text} {bytes_max}");
        }
        assert_eq!(block("ab\ncdef", Surface::Bot, 10), "ab  \n  …");
    }

    #[test]
    fn links_lead_where_they_say_and_cannot_be_left() {
        for (url, expected) in [
            ("https://h/a?b=1", Some("[x](https://h/a?b=1)")),
            (
                "dingtalk://dingtalkclient/page/link?url=a%20b",
                Some("[x](dingtalk://dingtalkclient/page/link?url=a%20b)"),
            ),
            ("https://h/a b)(<\"", Some("[x](https://h/a%20b%29%28%3C%22)")),
            ("HTTP://h", Some("[x](HTTP://h)")),
            ("javascript:alert(1)", None),
            ("https://h/\n# x", None),
            ("https://h/\u{202e}x", None),
            ("https://", None),
            ("", None),
        ] {
            assert_eq!(link("x", url).as_deref(), expected, "{url}");
        }
        assert_eq!(picture("https://h/p.png").as_deref(), Some("![](https://h/p.png)"));
        assert_eq!(picture("dingtalk://x"), None);
    }

    /// The characters after which a reader of markdown takes what follows as more than text: those that are not escaped.
    fn bare(markdown: &str) -> String {
        let mut bare = String::new();
        let mut characters = markdown.chars();
        while let Some(character) = characters.next() {
            if character == '\\' {
                characters.next();
                bare.push('·');
            } else {
                bare.push(character);
            }
        }
        bare
    }

    #[test]
    fn hostile_texts_never_break_out() {
        const SEED: u64 = 20_260_907;
        const PIECES: [&str; 32] = [
            "*",
            "_",
            "#",
            ">",
            "<",
            "[",
            "]",
            "(",
            ")",
            "!",
            "`",
            "\\",
            "~",
            "|",
            "&",
            "$",
            "-",
            "+",
            "=",
            "1.",
            "\n",
            "\r",
            "\t",
            "  ",
            "](http://e",
            "```\n",
            "<a atId=1>",
            "&#35;",
            "\u{202e}",
            "中",
            "🔥",
            "x",
        ];
        println!("seed {SEED}");
        let world = World::new(Arc::new(ManualClock::at(Millis(0))), Arc::new(SeededChance::new(SEED)));
        for _ in 0..20_000 {
            let [count, budget] = world.bytes::<2>();
            let pieces = (0..count % 40).map(|_| PIECES[usize::from(world.bytes::<1>()[0]) % PIECES.len()]);
            let text: String = pieces.collect();
            let budget = usize::from(budget);
            for surface in [Surface::Bot, Surface::WorkNotice, Surface::Card] {
                let written = block(&text, surface, budget);
                assert!(written.len() <= budget, "{text:?} within {budget}: {written:?}");
                for shown in bare(&written).split('\n') {
                    let shown = shown.replace(BLANK, "");
                    assert!(
                        !shown.contains(['*', '_', '#', '<', '>', '[', ']', '(', '!', '`', '~']),
                        "{text:?}: {written:?}"
                    );
                    let entity =
                        |rest: &str| rest.starts_with(|next: char| next == '#' || next.is_ascii_alphanumeric());
                    assert!(!shown.split('&').skip(1).any(entity), "{text:?}: {written:?}");
                    let start = shown.trim_start();
                    assert!(!start.starts_with(['-', '+', '=']), "{text:?}: {written:?}");
                    let number = start.trim_start_matches(|digit: char| digit.is_ascii_digit());
                    let list = number.len() < start.len()
                        && (number.starts_with(". ") || number == "." || number.starts_with(')'));
                    assert!(!list, "{text:?}: {written:?}");
                    assert!(shown.len() - start.len() <= 2, "an indent is code: {text:?}: {written:?}");
                }
            }
            assert!(!line(&text).contains('\n'));
        }
    }
}
