//! What a work notice says, drawn for DingTalk: of an incident, or of what a program asked for.

use super::{BYTES_MAX, Content, Kind, VARYING_BYTES};
use crate::model::card::{self, Drawing};
use crate::model::incident::{Fate, Incident};
use crate::model::markdown::{self, PARAGRAPH, Surface};
use crate::model::text;
use contract::Language;
use contract::incident::{Progress, Severity};
use contract::words::card as words;

/// Budgets of an incident's title, its channel and its responders, in bytes.
const TITLE_BYTES_MAX: usize = 200;
const FIELD_BYTES_MAX: usize = 120;
/// Budgets of its description, tried from the largest until the message fits.
const DESCRIPTION_BYTES: [usize; 5] = [900, 500, 250, 100, 0];
/// Budget of the name in the head.
const HEAD_BYTES_MAX: usize = 60;
/// Budget of a status bar.
const BAR_BYTES_MAX: usize = 60;

/// What a work notice says, whatever its kind; a kind uses what it has room for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    pub kind: Kind,
    /// Name in an OA message's head.
    pub head: String,
    pub title: String,
    /// Markdown in kinds that show markdown, else plain.
    pub text: String,
    /// Name and value of each row of an OA message.
    pub form: Vec<(String, String)>,
    /// Where a tap leads on phones.
    pub url: String,
    /// Where it leads on a PC.
    pub pc_url: String,
    pub button: String,
    /// Address of a link's picture; empty: the app's icon.
    pub picture: String,
    pub bar: Option<Bar>,
}

/// The line of an OA message that follows the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub text: String,
    /// Red, green, blue.
    pub rgb: u32,
}

impl Bar {
    /// Text and colour in one, by which it is seen whether a bar has changed.
    pub fn stored(&self) -> String {
        format!("{:06X} {}", self.rgb, self.text)
    }
}

/// DingTalk's own colours, so that notices and cards agree.
mod colour {
    pub const RED: u32 = 0xF2_510C;
    pub const ORANGE: u32 = 0xFD_9100;
    pub const BLUE: u32 = 0x00_5FFF;
    pub const GREEN: u32 = 0x00_BB55;
    pub const GREY: u32 = 0x8F_959E;
}

/// The status bar of an incident.
pub fn bar(incident: &Incident, drawing: Drawing) -> Bar {
    let rgb = match (incident.progress, incident.severity) {
        _ if incident.fate != Fate::Live => colour::GREY,
        (Progress::Closed, _) => colour::GREEN,
        _ if incident.snoozed_until(drawing.now).is_some() => colour::GREY,
        (Progress::Processing, _) => colour::BLUE,
        (Progress::Triggered, Severity::Critical) => colour::RED,
        (Progress::Triggered, _) => colour::ORANGE,
    };
    let state = card::state_word(incident, drawing);
    let who = incident.acknowledged_by().filter(|_| incident.progress == Progress::Processing);
    let text = match who.map(|(who, _)| text::line(&who.name)).filter(|name| !name.is_empty()) {
        Some(name) => format!("{state} · {name}"),
        None => state,
    };
    Bar { text: text::cut(&text, BAR_BYTES_MAX), rgb }
}

/// An incident's notice: with a status bar as an OA message, else as a message with a button. `head` is the name in the
/// head, `page` the incident's page for phones; `bytes` measures a message as DingTalk will.
pub fn for_incident(
    incident: &Incident,
    drawing: Drawing,
    (head, page): (&str, &str),
    has_bar: bool,
    bytes: impl Fn(&Message) -> usize,
) -> Message {
    let draw = |description: usize| match has_bar {
        true => oa(incident, drawing, head, page, description),
        false => action_card(incident, drawing, description),
    };
    let fits = |message: &Message| bytes(message) <= BYTES_MAX - VARYING_BYTES;
    DESCRIPTION_BYTES.into_iter().map(draw).find(fits).unwrap_or_else(|| draw(0))
}

fn oa(incident: &Incident, drawing: Drawing, head: &str, page: &str, description: usize) -> Message {
    let form = fields(incident, drawing).into_iter().map(|(name, value)| (format!("{name}: "), value));
    Message {
        kind: Kind::Oa,
        head: text::cut(&text::line(head), HEAD_BYTES_MAX),
        title: text::cut(&card::title(incident), TITLE_BYTES_MAX),
        text: text::cut(&text::block(drawing.text.unwrap_or(&incident.description)), description.max('…'.len_utf8())),
        form: form.collect(),
        url: page.to_owned(),
        pc_url: drawing.detail_url.to_owned(),
        button: String::new(),
        picture: String::new(),
        bar: Some(bar(incident, drawing)),
    }
}

fn action_card(incident: &Incident, drawing: Drawing, description: usize) -> Message {
    let surface = Surface::WorkNotice;
    let lines =
        fields(incident, drawing).into_iter().map(|(name, value)| format!("{name}: {}", markdown::line(&value)));
    let mut text = format!(
        "### {}{PARAGRAPH}**{}**{}{}",
        markdown::line_within(&card::title(incident), TITLE_BYTES_MAX),
        card::state_word(incident, drawing),
        surface.line_break(),
        lines.collect::<Vec<_>>().join(surface.line_break()),
    );
    let description = markdown::block(drawing.text.unwrap_or(&incident.description), surface, description);
    if !description.is_empty() {
        text.push_str(PARAGRAPH);
        text.push_str(&description);
    }
    Message {
        kind: Kind::ActionCard,
        title: text::cut(&card::title(incident), TITLE_BYTES_MAX),
        text,
        url: drawing.detail_url.to_owned(),
        button: words::details(drawing.language).to_owned(),
        ..Message::default()
    }
}

fn fields(incident: &Incident, drawing: Drawing) -> Vec<(&'static str, String)> {
    let language = drawing.language;
    let all = [
        (words::label_severity(language), card::severity_word(incident.severity, language).to_owned()),
        (words::label_channel(language), text::line(&incident.channel_name)),
        (words::label_responders(language), card::responders(incident, language)),
        (words::label_alerts(language), incident.alert_count.to_string()),
    ];
    let shown = all.into_iter().filter(|(_, value)| !value.is_empty());
    shown.map(|(name, value)| (name, text::cut(&value, FIELD_BYTES_MAX))).collect()
}

impl Message {
    /// What a program asked for. `head` is the name in an OA message's head.
    pub fn of(content: &Content, head: &str, language: Language) -> Self {
        let Content { kind, title, text, url, status, picture } = content;
        let pictured = match markdown::picture(picture) {
            Some(shown) => format!("{shown}{PARAGRAPH}{text}"),
            None => text.clone(),
        };
        let details = words::details(language);
        let text = match kind {
            Kind::Text => {
                [title, text, url].into_iter().filter(|one| !one.is_empty()).cloned().collect::<Vec<_>>().join("\n")
            }
            Kind::Markdown => match markdown::link(details, url) {
                Some(link) => format!("{pictured}{PARAGRAPH}{link}"),
                None => pictured,
            },
            Kind::ActionCard => pictured,
            Kind::Link | Kind::Oa => text.clone(),
        };
        Self {
            kind: *kind,
            head: text::cut(&text::line(head), HEAD_BYTES_MAX),
            title: title.clone(),
            text,
            form: Vec::new(),
            url: url.clone(),
            pc_url: url.clone(),
            button: details.to_owned(),
            picture: picture.clone(),
            bar: (!status.is_empty()).then(|| Bar { text: status.clone(), rgb: colour::BLUE }),
        }
    }

    /// What its readers see, as text.
    pub fn shown(&self) -> String {
        let form = self.form.iter().map(|(name, value)| format!("{name}{value}"));
        let parts = [self.title.clone()].into_iter().chain(form).chain([self.text.clone()]);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// The same with a line that makes it another text.
    #[must_use]
    pub fn varied(mut self, line: &str) -> Self {
        let markdown = matches!(self.kind, Kind::Markdown | Kind::ActionCard);
        if !self.text.is_empty() {
            self.text.push_str(if markdown { PARAGRAPH } else { "\n" });
        }
        self.text.push_str(line);
        self
    }

    /// What a reader reads, by which DingTalk may know a repetition: no links, no head, and not the status bar, which
    /// changes.
    pub fn identity(&self) -> String {
        let Self { title, text, form, .. } = self;
        format!("{:?}", (title, text, form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::incident::Responder;
    use world::Millis;

    const NOW: Millis = Millis(1_790_000_000_000);

    fn drawing() -> Drawing<'static> {
        let settings = Box::leak(Box::default());
        let (zone, detail_url) = ("Asia/Shanghai", "dingtalk://x");
        Drawing { language: Language::En, zone, detail_url, settings, text: None, now: NOW }
    }

    fn incident() -> Incident {
        Incident {
            num: "0E83EE".into(),
            title: "CPU * high".into(),
            description: "95 %\n# of it".into(),
            severity: Severity::Critical,
            channel_name: "Pay".into(),
            ..Incident::empty("i")
        }
    }

    /// About what a message takes.
    fn bytes(message: &Message) -> usize {
        message.identity().len() + message.head.len() + message.url.len() + message.pc_url.len() + 350
    }

    fn drawn(incident: &Incident, has_bar: bool) -> Message {
        for_incident(incident, drawing(), ("Duty", "https://h/i"), has_bar, bytes)
    }

    #[test]
    fn few_people_get_a_form_with_a_bar_and_many_a_button() {
        let form = drawn(&incident(), true);
        assert_eq!(
            (form.kind, form.title.as_str(), form.text.as_str()),
            (Kind::Oa, "#0E83EE CPU * high", "95 %\n# of it")
        );
        assert_eq!(form.form[0], ("Severity: ".to_owned(), "Critical".to_owned()));
        assert_eq!((form.url.as_str(), form.pc_url.as_str()), ("https://h/i", "dingtalk://x"));
        assert_eq!(form.bar, Some(Bar { text: "Triggered".into(), rgb: colour::RED }));
        let button = drawn(&incident(), false);
        assert_eq!((button.kind, button.url.as_str(), &button.bar), (Kind::ActionCard, "dingtalk://x", &None));
        assert_eq!(
            button.text,
            "### \\#0E83EE CPU \\* high\n\n**Triggered**  \n  Severity: Critical  \n  Channel: Pay  \n  Responders: nobody  \n  Alerts: 0\n\n95 %  \n  \\# of it"
        );
    }

    #[test]
    fn the_bar_follows_the_state() {
        let mut incident = incident();
        let text = |incident: &Incident| (bar(incident, drawing()).text, bar(incident, drawing()).rgb);
        incident.severity = Severity::Info;
        assert_eq!(text(&incident), ("Triggered".into(), colour::ORANGE));
        incident.progress = Progress::Processing;
        incident.responders = vec![Responder { member_id: 1, name: "Li".into(), acknowledged: Some(NOW) }];
        assert_eq!(text(&incident), ("Processing · Li".into(), colour::BLUE));
        incident.snoozed_before = Some(Millis(NOW.0 + 60_000));
        assert_eq!(text(&incident).1, colour::GREY);
        incident.progress = Progress::Closed;
        assert_eq!(text(&incident), ("Closed".into(), colour::GREEN));
    }

    #[test]
    fn hostile_incidents_fit() {
        let mut incident = incident();
        incident.title = "\"\\# 标题 ".repeat(10_000);
        incident.description = "\"\\\n- 🔥".repeat(100_000);
        incident.channel_name = "\"".repeat(5_000);
        let crowd = |n: i64| Responder { member_id: n, name: "\"".repeat(500), acknowledged: None };
        incident.responders = (0..3_000).map(crowd).collect();
        for has_bar in [true, false] {
            let message = drawn(&incident, has_bar);
            assert!(bytes(&message) <= BYTES_MAX - VARYING_BYTES, "{message:?}");
            assert!(message.title.starts_with('#'));
        }
    }

    #[test]
    fn what_a_program_asked_for_is_said_as_it_is() {
        let content = |kind| Content {
            kind,
            title: "T".into(),
            text: "X".into(),
            url: "https://h/(a)".into(),
            ..Content::default()
        };
        let text = |kind| Message::of(&content(kind), "Duty", Language::En).text;
        assert_eq!(text(Kind::Text), "T\nX\nhttps://h/(a)");
        assert_eq!(text(Kind::Markdown), "X\n\n[Details](https://h/%28a%29)");
        assert_eq!(text(Kind::ActionCard), "X");
        let pictured = Content { picture: "https://h/p.png".into(), ..content(Kind::ActionCard) };
        assert_eq!(Message::of(&pictured, "Duty", Language::En).text, "![](https://h/p.png)\n\nX");
        let bare = Content { url: String::new(), ..content(Kind::Markdown) };
        assert_eq!(Message::of(&bare, "Duty", Language::En).text, "X");
    }

    #[test]
    fn a_varied_text_is_another_one_and_a_bar_makes_none() {
        let content = Content { kind: Kind::Oa, title: "T".into(), status: "A".into(), ..Content::default() };
        let first = Message::of(&content, "Duty", Language::En);
        let other = Message::of(&Content { status: "B".into(), ..content }, "Duty", Language::En);
        assert_eq!(first.identity(), other.identity());
        assert_ne!(first.identity(), first.clone().varied("22:13:20").identity());
        assert_eq!(first.varied("22:13:20").text, "22:13:20");
    }
}
