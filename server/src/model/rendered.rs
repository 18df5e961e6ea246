//! Markdown that was sent, as its reader sees it: paragraphs of text, never markup.

use contract::console::deliveries::{Block, Span};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// Most blocks that are shown.
const BLOCKS_MAX: usize = 100;

/// The paragraphs of a message. Tags stand as the text they are written in; pictures as their caption.
pub fn rendered(markdown: &str) -> Vec<Block> {
    let mut writer = Writer::default();
    for event in Parser::new(markdown) {
        if writer.blocks.len() >= BLOCKS_MAX {
            break;
        }
        writer.take(event);
    }
    writer.end();
    writer.blocks
}

/// A message that is no markdown: one paragraph.
pub fn plain(text: &str) -> Vec<Block> {
    let span = Span { text: text.to_owned(), ..Span::default() };
    if text.is_empty() { Vec::new() } else { vec![Block::Paragraph(vec![span])] }
}

#[derive(Default)]
struct Writer {
    blocks: Vec<Block>,
    line: Vec<Span>,
    kind: Kind,
    bold: usize,
    link: Option<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Paragraph,
    Heading,
    Item,
    Quote,
}

impl Writer {
    fn take(&mut self, event: Event) {
        match event {
            Event::Start(Tag::Heading { .. }) => self.begin(Kind::Heading),
            Event::Start(Tag::Item) => self.begin(Kind::Item),
            Event::Start(Tag::BlockQuote(_)) => self.begin(Kind::Quote),
            Event::Start(Tag::Strong) => self.bold += 1,
            Event::End(TagEnd::Strong) => self.bold = self.bold.saturating_sub(1),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                self.link = Some(dest_url.into_string());
            }
            Event::End(TagEnd::Link | TagEnd::Image) => self.link = None,
            Event::End(TagEnd::Heading(_) | TagEnd::Item | TagEnd::BlockQuote(_)) => self.begin(Kind::Paragraph),
            Event::End(TagEnd::Paragraph | TagEnd::CodeBlock) => self.end(),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => self.say(&text),
            Event::SoftBreak | Event::HardBreak => self.say("\n"),
            _ => {}
        }
    }

    fn begin(&mut self, kind: Kind) {
        self.end();
        self.kind = kind;
    }

    fn say(&mut self, text: &str) {
        self.line.push(Span { text: text.to_owned(), is_bold: self.bold > 0, link: self.link.clone() });
    }

    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.iter().all(|span| span.text.trim().is_empty()) {
            return;
        }
        self.blocks.push(match self.kind {
            Kind::Paragraph => Block::Paragraph(line),
            Kind::Heading => Block::Heading(line),
            Kind::Item => Block::Item(line),
            Kind::Quote => Block::Quote(line),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(block: &Block) -> String {
        let (mark, line) = match block {
            Block::Heading(line) => ("#", line),
            Block::Paragraph(line) => ("", line),
            Block::Item(line) => ("-", line),
            Block::Quote(line) => (">", line),
        };
        let span = |span: &Span| match (&span.link, span.is_bold) {
            (Some(link), _) => format!("[{}]({link})", span.text),
            (None, true) => format!("**{}**", span.text),
            (None, false) => span.text.clone(),
        };
        format!("{mark}{}", line.iter().map(span).collect::<String>())
    }

    #[test]
    fn what_was_sent_is_read_as_it_is_shown() {
        for (markdown, expected) in [
            (
                "### CPU\n\n**P1** since 5 min  \n  now\n\n[Open](https://a.example)",
                vec!["#CPU", "**P1** since 5 min\nnow", "[Open](https://a.example)"],
            ),
            ("- a\n- b\n\n> quoted", vec!["-a", "-b", ">quoted"]),
            ("\\*not bold\\* &nbsp;", vec!["*not bold* \u{a0}"]),
            ("", vec![]),
        ] {
            assert_eq!(rendered(markdown).iter().map(text).collect::<Vec<_>>(), expected, "{markdown}");
        }
        assert_eq!(plain(""), []);
        assert_eq!(plain("[Critical] *x*").iter().map(text).collect::<Vec<_>>(), ["[Critical] *x*"]);
    }

    #[test]
    fn tags_and_endless_messages_stay_text_within_bounds() {
        let tag = rendered("<script>alert(1)</script>");
        assert_eq!(tag.iter().map(text).collect::<String>().trim_end(), "<script>alert(1)</script>");
        assert_eq!(rendered(&"a\n\n".repeat(5_000)).len(), BLOCKS_MAX);
        assert!(rendered(&">".repeat(50_000)).len() <= BLOCKS_MAX);
    }
}
