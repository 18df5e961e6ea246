//! The part of markdown that DingTalk draws (dingtalk.md, 6.4): headings, quotes, lists, bold, italic, links, images
//! as links. All text is escaped first; nothing else of it becomes HTML.

use super::card::link_button;
use super::text::{Language, cut, escape};

/// The longest text drawn, in characters.
const TEXT_MAX: usize = 15_000;

/// The longest line drawn, in characters. Finding the end of a link looks through the whole line.
const LINE_MAX: usize = 2_000;

/// HTML of a robot message's text.
pub fn draw(text: &str, language: Language) -> String {
    let text = cut(text, TEXT_MAX).replace("&nbsp;", "\u{a0}").replace("&#160;", "\u{a0}").replace("&#xA0;", "\u{a0}");
    let mut html = String::new();
    for paragraph in text.replace("\r\n", "\n").split("\n\n") {
        for line in paragraph.lines().map(str::trim).filter(|line| !line.is_empty()) {
            html.push_str(&draw_line(&cut(line, LINE_MAX), language));
        }
    }
    html
}

fn draw_line(line: &str, language: Language) -> String {
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&hashes) && line[hashes..].starts_with(' ') {
        let level = if hashes <= 2 { "big" } else { "small" };
        return format!("<p class=\"heading {level}\">{}</p>", inline(line[hashes..].trim(), language));
    }
    if let Some(quote) = line.strip_prefix('>') {
        return format!("<blockquote>{}</blockquote>", inline(quote.trim(), language));
    }
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return format!("<p class=\"item\">• {}</p>", inline(item, language));
    }
    format!("<p>{}</p>", inline(line, language))
}

/// Bold, italic, links; a backslash takes the next sign as it is.
fn inline(text: &str, language: Language) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let after = &rest[sign.len_utf8()..];
        let (drawn, left) = match sign {
            '\\' => escaped(after),
            '!' if after.starts_with('[') => {
                link(&after[1..], language).map_or((None, after), |(html, left)| (Some(html), left))
            }
            '[' => link(after, language).map_or((None, after), |(html, left)| (Some(html), left)),
            '*' => emphasis(rest, language).map_or((None, after), |(html, left)| (Some(html), left)),
            _ => (None, after),
        };
        match drawn {
            Some(drawn) => html.push_str(&drawn),
            None => html.push_str(&escape(sign.encode_utf8(&mut [0; 4]))),
        }
        rest = left;
    }
    html
}

fn escaped(after: &str) -> (Option<String>, &str) {
    match after.chars().next() {
        Some(next) if next.is_ascii_punctuation() => {
            (Some(escape(next.encode_utf8(&mut [0; 4]))), &after[next.len_utf8()..])
        }
        _ => (None, after),
    }
}

/// `text](address)` after the opening bracket.
fn link(after: &str, language: Language) -> Option<(String, &str)> {
    let (label, rest) = after.split_once("](")?;
    let (address, left) = rest.split_once(')')?;
    if label.contains(['[', '\n']) || address.contains(char::is_whitespace) {
        return None;
    }
    let label = if label.is_empty() { language.say("图片", "image") } else { label };
    Some((link_button(&label.replace('\\', ""), address, "link", language), left))
}

/// `**bold**` or `*italic*` at the beginning.
fn emphasis(rest: &str, language: Language) -> Option<(String, &str)> {
    let (mark, tag) = if rest.starts_with("**") { ("**", "b") } else { ("*", "i") };
    let (inner, left) = rest[mark.len()..].split_once(mark)?;
    if inner.is_empty() || inner.starts_with(char::is_whitespace) || inner.contains('*') {
        return None;
    }
    Some((format!("<{tag}>{}</{tag}>", inline(inner, language)), left))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str) -> String {
        draw(text, Language::English)
    }

    #[test]
    fn the_subset_is_drawn() {
        assert_eq!(drawn("### Hot **now**"), "<p class=\"heading small\">Hot <b>now</b></p>");
        assert_eq!(drawn("a  \n  b\n\nc"), "<p>a</p><p>b</p><p>c</p>");
        assert_eq!(drawn("> *said*"), "<blockquote><i>said</i></blockquote>");
        assert_eq!(drawn("- one"), "<p class=\"item\">• one</p>");
        assert_eq!(drawn(r"\*not\* a \# & 2 * 3"), "<p>*not* a # &amp; 2 * 3</p>");
        assert!(drawn("see [it](http://h/x)").contains("data-open=\"http://h/x\""));
        assert!(drawn("![](http://h/x.png)").contains(">image</button>"));
    }

    #[test]
    fn hostile_text_stays_text() {
        for text in [
            "<script>alert(1)</script>",
            "[<img src=x onerror=y>](http://h/\"><script>)",
            "[x](javascript:alert(1))",
            "**<b onclick=x>**",
            "# <svg onload=x>",
            "\\<script>",
        ] {
            let html = drawn(text);
            for bad in ["<script", "<img", "<svg", "<b onclick", "javascript:", "\"><"] {
                let allowed = bad == "\"><" && html.contains("disabled");
                assert!(allowed || !html.contains(bad), "{text} gives {html}");
            }
        }
    }

    #[test]
    fn unfinished_marks_and_long_texts_do_no_harm() {
        assert_eq!(drawn("[a](b"), "<p>[a](b</p>");
        assert_eq!(drawn("**"), "<p>**</p>");
        assert!(drawn(&"[".repeat(50_000)).len() < 60_000);
        assert!(drawn(&"*a".repeat(20_000)).len() < 200_000);
    }
}
