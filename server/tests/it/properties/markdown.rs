//! Making markdown for DingTalk from text of anybody's, and text from markdown of anybody's. The two first bytes are the
//! room there is; an independent reader of markdown judges what is written.

use pulldown_cmark::{Event, Options, Parser, Tag};
use server::model::markdown::{self, Surface};
use server::model::{plain, text};

const ELLIPSIS: char = '…';
const NO_BREAK_SPACE: char = '\u{a0}';

/// Text stays text on every surface and within its room; what is cut ends in an ellipsis; links and pictures cannot be
/// left; markdown made plain is bounded and holds nothing hidden.
pub fn property(data: &[u8]) {
    let Some((room, rest)) = data.split_first_chunk::<2>() else { return };
    let room = usize::from(u16::from_le_bytes(*room));
    let said = String::from_utf8_lossy(rest);
    one_line(&said, room);
    for surface in [Surface::Bot, Surface::WorkNotice, Surface::Card] {
        several_lines(&said, surface, room);
    }
    address(&said);
    plainly(&said);
}

fn one_line(said: &str, room: usize) {
    let line = text::line(said);
    assert_eq!(text::line(&line), line, "a line stays as it is");
    assert_eq!(read(&markdown::line(said)), line, "{said:?}");
    let within = markdown::line_within(said, room);
    assert!(within.len() <= room, "{within:?} in {room}");
    assert_begins(&read(&within), &line, &within);
    let cut = text::cut(&line, room);
    assert!(cut.len() <= room.max(ELLIPSIS.len_utf8()));
    assert_begins(&cut, &line, &cut);
}

fn several_lines(said: &str, surface: Surface, room: usize) {
    let block = text::block(said);
    assert_eq!(text::block(&block), block, "a block stays as it is");
    let whole = markdown::block(said, surface, usize::MAX);
    assert_eq!(read(&whole), shown(said), "{said:?} on {surface:?}: {whole:?}");
    let within = markdown::block(said, surface, room);
    assert!(within.len() <= room, "{within:?} in {room}");
    assert_begins(&read(&within), &read(&whole), &within);
}

/// The lines as people are to see them.
fn shown(said: &str) -> String {
    let one_break = said.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ");
    let block = text::block(&one_break);
    let lines = block.split('\n').filter(|line| !line.trim().is_empty()).map(|line| {
        let indent = (line.len() - line.trim_start().len()).min(8);
        NO_BREAK_SPACE.to_string().repeat(indent) + line.trim()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What a reader of markdown shows, where it is nothing but paragraphs of text.
fn read(written: &str) -> String {
    let mut read = String::new();
    for event in Parser::new_ext(written, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS) {
        match event {
            Event::Start(Tag::Paragraph) if read.is_empty() => {}
            Event::Start(Tag::Paragraph) | Event::SoftBreak | Event::HardBreak => read.push('\n'),
            Event::End(_) => {}
            Event::Text(text) => read.push_str(&text),
            markup => panic!("{written:?} has {markup:?}"),
        }
    }
    read
}

/// What was cut is the beginning of the whole, with an ellipsis.
fn assert_begins(cut: &str, whole: &str, written: &str) {
    let is_whole = cut == whole;
    let kept = cut.strip_suffix(ELLIPSIS).unwrap_or(cut);
    assert!(is_whole || whole.starts_with(kept.trim_end()), "{written:?} is not the beginning of {whole:?}");
}

fn address(said: &str) {
    let url = format!("https://{said}");
    for address in [markdown::address(said), markdown::address(&url)].into_iter().flatten() {
        assert_eq!(markdown::address(&address).as_ref(), Some(&address), "an address stays as it is");
        let caption = text::line(said);
        let link = markdown::link(said, &address).expect("a link");
        let mut events = Parser::new(&link);
        assert!(matches!(events.next(), Some(Event::Start(Tag::Paragraph))), "{link:?}");
        assert!(matches!(events.next(), Some(Event::Start(Tag::Link { .. }))), "{link:?}");
        let mut inside = String::new();
        for event in events {
            if let Event::Text(text) = &event {
                inside.push_str(text);
            }
            assert!(matches!(event, Event::Text(_) | Event::End(_)), "{link:?} has {event:?}");
        }
        assert_eq!(inside, caption, "{link:?}");
    }
    if let Some(picture) = markdown::picture(&url) {
        let mut events = Parser::new(&picture);
        assert!(matches!(events.next(), Some(Event::Start(Tag::Paragraph))), "{picture:?}");
        assert!(matches!(events.next(), Some(Event::Start(Tag::Image { .. }))), "{picture:?}");
        assert!(events.all(|event| matches!(event, Event::End(_))), "{picture:?}");
    }
}

fn plainly(said: &str) {
    let plain = plain::plain(said);
    assert!(plain.chars().all(|character| character == '\n' || !text::is_hidden(character)), "{plain:?}");
    assert!(plain.chars().count() <= 8_000 && plain.trim() == plain, "{} characters", plain.chars().count());
}
