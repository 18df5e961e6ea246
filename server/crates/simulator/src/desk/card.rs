//! Draws a card from its template. Every value comes from outside and is escaped.

use super::link::{self, Opening};
use super::template::{Button, Field, Row, Template, TextStyle, Values, filled};
use super::text::{Language, cut, escape};
use std::fmt::Write;

/// The longest text shown of one value, in characters.
const SHOWN_MAX: usize = 1_200;

/// The card as somebody sees it who sees these values.
pub fn draw(template: &Template, out_track_id: &str, values: &Values, language: Language) -> String {
    let mut number = 0;
    let rows: String = template.rows.iter().map(|row| draw_row(row, values, language, &mut number)).collect();
    let title = text(&template.title, values);
    let title = match link::parse(&filled(&template.link, values)) {
        Some(opening) => format!("<button type=\"button\" class=\"whole\"{}><b>{title}</b></button>", opened(&opening)),
        None => format!("<b>{title}</b>"),
    };
    format!(
        "<article class=\"card {tone}\" data-card=\"{id}\"><header>{title}{badge}</header>{rows}</article>",
        tone = template.tone(values).class(),
        id = escape(out_track_id),
        badge = tagged("span", "badge", &text(&template.badge, values)),
    )
}

/// A card of a template that the desk does not have: its variables as they are.
pub fn draw_unknown(template_id: &str, out_track_id: &str, values: &Values, language: Language) -> String {
    let fields: String = values
        .iter()
        .map(|(name, value)| {
            format!("<div><dt>{}</dt><dd>{}</dd></div>", escape(&cut(name, 60)), escape(&cut(value, 300)))
        })
        .collect();
    format!(
        "<article class=\"card tone-grey\" data-card=\"{}\"><header><b>{}</b></header><p class=\"text quiet\">{}</p>\
         <dl class=\"fields\">{fields}</dl></article>",
        escape(out_track_id),
        escape(&cut(template_id, 80)),
        language.say(
            "桌面不认识这个卡片模板，只列出变量。",
            "The desk does not know this template; these are its variables."
        ),
    )
}

/// A button that opens a link, or says that it leads nowhere.
pub fn link_button(label: &str, address: &str, class: &str, language: Language) -> String {
    let label = escape(&cut(label, 80));
    match link::parse(address) {
        Some(opening) => {
            format!("<button type=\"button\" class=\"{class}\"{}>{label}</button>", opened(&opening))
        }
        None => {
            let why = language.say("钉钉打不开这个链接", "DingTalk cannot open this link");
            format!("<button type=\"button\" class=\"{class}\" disabled title=\"{why}\">{label}</button>")
        }
    }
}

/// The attributes of an element that opens something.
fn opened(opening: &Opening) -> String {
    let on_pc = opening.on_pc.as_ref().map(|url| format!(" data-open-pc=\"{}\"", escape(url.as_str())));
    format!(
        " data-open=\"{}\" data-in=\"{}\" data-percent=\"{}\" data-title=\"{}\"{}",
        escape(opening.url.as_str()),
        opening.place(),
        opening.percent(),
        escape(opening.title.as_deref().unwrap_or_default()),
        on_pc.unwrap_or_default(),
    )
}

fn draw_row(row: &Row, values: &Values, language: Language, number: &mut usize) -> String {
    match row {
        Row::Fields { fields } => {
            let fields: String = fields.iter().map(|field| draw_field(field, values)).collect();
            tagged("dl", "fields", &fields)
        }
        Row::Text { style: TextStyle::Tags, text } => {
            let tags = filled(text, values);
            let tags: String = tags.lines().map(|line| tagged("span", "tag", &escape(&cut(line, 160)))).collect();
            tagged("div", "tags", &tags)
        }
        Row::Text { style, text: template } => {
            let class = match style {
                TextStyle::Strong => "text strong",
                TextStyle::Quiet => "text quiet",
                TextStyle::Body | TextStyle::Tags => "text",
            };
            tagged("p", class, &text(template, values))
        }
        Row::Link { text: template, link } => {
            let shown = filled(template, values);
            if shown.is_empty() {
                return shown;
            }
            link_button(&shown, &filled(link, values), "more", language)
        }
        Row::Alert { text: template, button } => {
            let note = tagged("p", "", &text(template, values));
            let button = draw_button(button, values, language, number);
            if note.is_empty() {
                String::new()
            } else {
                format!("<div class=\"alert\" role=\"status\">{note}{button}</div>")
            }
        }
        Row::Buttons { buttons } => {
            let buttons: String = buttons.iter().map(|button| draw_button(button, values, language, number)).collect();
            tagged("div", "buttons", &buttons)
        }
    }
}

fn draw_field(field: &Field, values: &Values) -> String {
    let content = text(&field.text, values);
    if content.is_empty() {
        return content;
    }
    format!("<div><dt>{}</dt><dd>{content}</dd></div>", text(&field.label, values))
}

/// Counts on in `number` also where nothing is drawn, so that a button keeps its number whatever is visible.
fn draw_button(button: &Button, values: &Values, language: Language, number: &mut usize) -> String {
    let own = *number;
    *number += usize::from(button.params.is_some());
    let entries: String = button.menu.iter().map(|entry| draw_button(entry, values, language, number)).collect();
    if !button.is_visible(values) {
        return String::new();
    }
    let class = match (button.main, button.quiet) {
        (true, _) => "button main",
        (false, true) => "button quiet",
        (false, false) => "button",
    };
    let label = text(&button.text, values);
    if let Some(link) = &button.link {
        return link_button(&filled(&button.text, values), &filled(link, values), class, language);
    }
    if !entries.is_empty() {
        return format!(
            "<details class=\"menu\"><summary class=\"{class}\">{label} <span aria-hidden=\"true\">▾</span></summary>\
             <div class=\"sheet\">{entries}</div></details>"
        );
    }
    let action = button.params.as_ref().and_then(|params| params.get("action")).map(String::as_str).unwrap_or_default();
    let mut drawn = format!("<button type=\"button\" class=\"{class}\" data-press=\"{own}\"");
    // Writing to a String cannot fail.
    let _ = write!(drawn, " data-action=\"{}\">{label}</button>", escape(action));
    drawn
}

fn text(template: &str, values: &Values) -> String {
    escape(&cut(&filled(template, values), SHOWN_MAX))
}

/// An element around HTML, or nothing around nothing.
fn tagged(name: &str, class: &str, inner: &str) -> String {
    if inner.is_empty() { String::new() } else { format!("<{name} class=\"{class}\">{inner}</{name}>") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "</b><script>alert(1)</script>\" onclick='x' {detail_url}";

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn hostile_values_stay_text() {
        let template = Template::shipped().unwrap();
        let names = [
            "title",
            "state",
            "severity",
            "severity_text",
            "channel",
            "responders",
            "alerts",
            "snoozed_until",
            "description",
            "labels",
            "last_act",
            "notice",
            "notice_button",
            "text_acknowledge",
            "text_details",
            "text_snooze",
            "label_channel",
        ];
        let mut hostile: Values = names.iter().map(|name| ((*name).to_owned(), HOSTILE.to_owned())).collect();
        hostile.extend(values(&[("can_acknowledge", "true"), ("can_snooze", "true")]));
        hostile.extend(values(&[("detail_url", "javascript:alert(1)"), ("notice_url", "http://h/\"><script>")]));
        let drawn = draw(&template, "card\"><script>", &hostile, Language::English);
        assert!(!drawn.contains("<script") && !drawn.contains("' x") && !drawn.contains("onclick='"), "{drawn}");
        assert!(!drawn.contains("javascript:"), "{drawn}");
        assert!(drawn.contains("&lt;script&gt;") && drawn.contains("{detail_url}"), "{drawn}");
        let unknown = draw_unknown("<t>", "<i>", &hostile, Language::Chinese);
        assert!(!unknown.contains("<script") && !unknown.contains("<t>") && !unknown.contains("<i>"), "{unknown}");
    }

    #[test]
    fn what_is_not_visible_is_not_drawn_and_numbers_stay() {
        let template = Template::shipped().unwrap();
        let mut seen = values(&[("text_close", "Close"), ("text_wake", "Wake"), ("text_acknowledge", "Ack")]);
        seen.extend(values(&[("can_close", "true"), ("can_wake", "true"), ("can_acknowledge", "false")]));
        let drawn = draw(&template, "c", &seen, Language::English);
        assert!(!drawn.contains("Ack") && !drawn.contains("menu") && !drawn.contains("alert"), "{drawn}");
        assert!(drawn.contains("data-press=\"3\" data-action=\"close\""), "{drawn}");
        assert!(drawn.contains("data-press=\"9\" data-action=\"wake\""), "{drawn}");
    }

    #[test]
    fn a_notice_comes_with_its_button() {
        let template = Template::shipped().unwrap();
        let url = "dingtalk://dingtalkclient/page/link?url=http%3A%2F%2Fh%2Fp&pc_slide=true";
        let seen = values(&[("notice", "Link first"), ("notice_button", "Link"), ("notice_url", url)]);
        let drawn = draw(&template, "c", &seen, Language::English);
        assert!(
            drawn.contains("Link first") && drawn.contains("data-open=\"http://h/p\" data-in=\"slide\""),
            "{drawn}"
        );
    }
}
