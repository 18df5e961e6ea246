//! Markdown as text that reads well where no markdown is drawn: on a card. Headings and paragraphs are lines, emphasis is
//! gone, a link says where it leads, tables keep their columns. What only looks like markup, such as `<none>`, stays.

use super::text;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// Most characters read: a card shows far less.
const CHARS_MAX: usize = 8_000;
/// Deepest indent of lists, in steps.
const DEPTH_MAX: usize = 4;
/// HTML elements that only lay out; the brackets of anything else are somebody's text.
const LAYOUT: [&str; 30] = [
    "a",
    "b",
    "blockquote",
    "br",
    "center",
    "code",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "ul",
];

/// The text of `markdown`, on as many lines as it has.
pub fn plain(markdown: &str) -> String {
    let shortened: String = markdown.chars().take(CHARS_MAX).collect();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut writer = Writer::default();
    for event in Parser::new_ext(&shortened, options) {
        writer.take(event);
    }
    text::block(&writer.written)
}

#[derive(Default)]
struct Writer {
    written: String,
    /// Of the lists around: the next number, or none where they have bullets.
    lists: Vec<Option<u64>>,
    /// Of the links and pictures around: where they lead, and where their text begins.
    links: Vec<(String, usize)>,
    /// The cell about to begin is not the first of its row.
    later_cell: bool,
}

impl Writer {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.written.push_str(&text);
            }
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            Event::SoftBreak | Event::HardBreak => self.written.push('\n'),
            Event::Rule => self.line(),
            Event::TaskListMarker(done) => self.written.push_str(if done { "☑ " } else { "☐ " }),
            Event::FootnoteReference(name) => self.written.push_str(&name),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::TableHead | Tag::TableRow => self.line(),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => self.line(),
            Tag::List(first) => {
                self.line();
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::TableCell => {
                let between = if std::mem::replace(&mut self.later_cell, true) { " | " } else { "" };
                self.written.push_str(between);
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push((dest_url.into_string(), self.written.len()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::Item => self.line(),
            TagEnd::TableHead | TagEnd::TableRow => {
                self.later_cell = false;
                self.line();
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Link | TagEnd::Image => self.link(),
            _ => {}
        }
    }

    /// Begins a line, unless one has just begun.
    fn line(&mut self) {
        let is_at_bullet = self.written.ends_with("• ") || self.written.ends_with(". ");
        if !self.written.is_empty() && !self.written.ends_with('\n') && !is_at_bullet {
            self.written.push('\n');
        }
    }

    fn item(&mut self) {
        let depth = self.lists.len().saturating_sub(1).min(DEPTH_MAX);
        if !self.written.is_empty() && !self.written.ends_with('\n') {
            self.written.push('\n');
        }
        self.written.push_str(&"  ".repeat(depth));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.written.push_str(&format!("{number}. "));
                *number = number.saturating_add(1);
            }
            _ => self.written.push_str("• "),
        }
    }

    /// Says where a link leads that does not say so itself.
    fn link(&mut self) {
        let Some((url, start)) = self.links.pop() else { return };
        let shown = self.written.get(start..).unwrap_or_default().trim();
        let Some(host) = host(&url) else { return };
        if shown.is_empty() {
            self.written.push_str(&host);
        } else if !shown.contains(&host) {
            self.written.push_str(&format!(" ({host})"));
        }
    }

    /// Layout is dropped, anything else in brackets is text.
    fn html(&mut self, html: &str) {
        let mut rest = html;
        while let Some((before, after)) = rest.split_once('<') {
            self.written.push_str(before);
            let Some((inside, next)) = after.split_once('>') else {
                rest = after;
                self.written.push('<');
                continue;
            };
            let name = inside.trim_start_matches('/').split([' ', '/', '\t', '\n']).next().unwrap_or_default();
            if !LAYOUT.contains(&name.to_ascii_lowercase().as_str()) {
                self.written.push_str(&format!("<{inside}>"));
            } else if matches!(name, "br" | "p" | "div" | "tr" | "li") {
                self.line();
            }
            rest = next;
        }
        self.written.push_str(rest);
    }
}

/// The host of a web address.
fn host(url: &str) -> Option<String> {
    let address = url::Url::parse(url).ok()?;
    matches!(address.scheme(), "http" | "https").then(|| address.host_str().map(str::to_owned)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_reads_well_as_text() {
        for (markdown, expected) in [
            ("# CPU high\n\n**95 %** on *web-1* since `14:03`", "CPU high\n95 % on web-1 since 14:03"),
            ("see [the graph](https://grafana.example.com/d/1?x=(y))", "see the graph (grafana.example.com)"),
            ("<https://example.com/a>", "https://example.com/a"),
            ("![](https://example.com/a.png)", "example.com"),
            ("![CPU](https://example.com/a.png)", "CPU (example.com)"),
            ("[run](javascript:alert(1))", "run"),
            ("1. one\n2. two\n   - deep\n\nend", "1. one\n2. two\n  • deep\nend"),
            ("- [x] paged\n- [ ] fixed", "• ☑ paged\n• ☐ fixed"),
            ("| host | cpu |\n|---|--:|\n| a | 1 |\n| b | 2 |", "host | cpu\na | 1\nb | 2"),
            ("> quoted\n\n---\n\n```sh\nrm -rf *\n```", "quoted\nrm -rf *"),
            ("plain\nlines stay", "plain\nlines stay"),
            (
                "threshold 2 * 3 * 4, snake_case, value <none>, a < b",
                "threshold 2 * 3 * 4, snake_case, value <none>, a < b",
            ),
            ("up<br>down <font color=\"red\">red</font>", "up\ndown red"),
            ("~~gone~~ &amp; $CORPID$", "gone & $CORPID$"),
            ("", ""),
        ] {
            assert_eq!(plain(markdown), expected, "{markdown:?}");
        }
    }

    #[test]
    fn nesting_and_length_have_a_limit() {
        for hostile in
            ["[".repeat(100_000), "> ".repeat(50_000), "- ".repeat(50_000), "*_".repeat(80_000), "<".repeat(90_000)]
        {
            assert!(plain(&hostile).len() <= 4 * CHARS_MAX * 2, "{} bytes", plain(&hostile).len());
        }
    }
}
