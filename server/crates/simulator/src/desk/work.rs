//! Draws a work notice (dingtalk.md, 9.4). Every value comes from outside and is escaped.

use super::card::link_button;
use super::link;
use super::markdown;
use super::text::{Language, cut, escape};
use serde_json::Value;

/// Rows of a form that are shown.
const FORM_ROWS_MAX: usize = 6;

/// The longest text shown, in characters.
const TEXT_MAX: usize = 5_000;

/// The notice.
pub fn draw(msg: &Value, language: Language) -> String {
    let kind = field(msg, "msgtype");
    let Some(content) = msg.get(kind) else { return String::new() };
    let open = |address: &str| link_button(language.say("打开", "Open"), address, "button", language);
    match kind {
        "text" => format!("<p class=\"bubble\">{}</p>", safe(content, "content")),
        "markdown" => format!("<div class=\"bubble rich\">{}</div>", markdown::draw(field(content, "text"), language)),
        "link" => plain(
            &format!("<p class=\"heading small\">{}</p><p>{}</p>", safe(content, "title"), safe(content, "text")),
            &open(field(content, "messageUrl")),
            "buttons",
        ),
        "action_card" => action_card(content, language),
        "oa" => oa(content, language),
        _ => format!("<p class=\"bubble\">[{}]</p>", escape(&cut(kind, 40))),
    }
}

/// The line in the list of chats.
pub fn line(msg: &Value, language: Language) -> String {
    let kind = field(msg, "msgtype");
    let content = msg.get(kind).unwrap_or(&Value::Null);
    let body = content.get("body").unwrap_or(&Value::Null);
    let found = [field(content, "title"), field(content, "content"), field(body, "title"), field(body, "content")];
    let found = found.into_iter().find(|text| !text.is_empty());
    let state = content.get("status_bar").map(|bar| field(bar, "status_value")).filter(|state| !state.is_empty());
    let text = found.unwrap_or_else(|| language.say("[工作通知]", "[Work notice]"));
    state.map_or_else(|| text.to_owned(), |state| format!("[{state}] {text}"))
}

fn action_card(content: &Value, language: Language) -> String {
    let text = markdown::draw(field(content, "markdown"), language);
    let button = |title: &str, address: &str| link_button(title, address, "button", language);
    match content.get("btn_json_list").and_then(Value::as_array) {
        Some(buttons) => {
            let drawn: String =
                buttons.iter().map(|one| button(field(one, "title"), field(one, "action_url"))).collect();
            let class = if field(content, "btn_orientation") == "1" { "buttons" } else { "buttons stacked" };
            plain(&text, &drawn, class)
        }
        None => plain(&text, &button(field(content, "single_title"), field(content, "single_url")), "buttons stacked"),
    }
}

fn oa(content: &Value, language: Language) -> String {
    let none = Value::Null;
    let (head, body) = (content.get("head").unwrap_or(&none), content.get("body").unwrap_or(&none));
    let bar = content.get("status_bar").unwrap_or(&none);
    let badge = match field(bar, "status_value") {
        "" => String::new(),
        _ => format!("<span class=\"badge\">{}</span>", safe(bar, "status_value")),
    };
    let rows = body.get("form").and_then(Value::as_array).into_iter().flatten().take(FORM_ROWS_MAX);
    let rows: String =
        rows.map(|row| format!("<div><dt>{}</dt><dd>{}</dd></div>", safe(row, "key"), safe(row, "value"))).collect();
    let rich = body.get("rich").unwrap_or(&none);
    let texts = [
        ("text strong", safe(body, "title")),
        ("text strong", format!("{}{}", safe(rich, "num"), safe(rich, "unit"))),
        ("text", safe(body, "content")),
        ("text quiet", safe(body, "author")),
    ];
    let texts = texts.map(|(class, text)| match text.as_str() {
        "" => String::new(),
        _ => format!("<p class=\"{class}\">{text}</p>"),
    });
    let [title, rich, text, author] = texts;
    let fields = if rows.is_empty() { rows } else { format!("<dl class=\"fields\">{rows}</dl>") };
    format!(
        "<article class=\"card {tone}\" data-status=\"{status}\"><header><b>{app}</b>{badge}</header>\
         {title}{fields}{rich}{text}{author}<div class=\"buttons\">{open}</div></article>",
        tone = tone(field(bar, "status_bg")),
        status = safe(bar, "status_value"),
        app = safe(head, "text"),
        open = open(content, language),
    )
}

/// The button that stands for a press on the notice; on PC the other address, where there is one.
fn open(content: &Value, language: Language) -> String {
    let label = language.say("打开", "Open");
    let button = link_button(label, field(content, "message_url"), "button", language);
    match link::parse(field(content, "pc_message_url")) {
        Some(opening) => {
            let pc = format!("data-open-pc=\"{}\" data-open=", escape(opening.url.as_str()));
            button.replacen("data-open=", &pc, 1)
        }
        None => button,
    }
}

/// The desk's colour nearest to `0xAARRGGBB`; its policy allows no colours from outside.
fn tone(colour: &str) -> &'static str {
    let digits = colour.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let Some(colour) = digits else { return "tone-grey" };
    let part = |shift: u32| (colour >> shift) & 0xff;
    let (red, green, blue) = (part(16), part(8), part(0));
    match red.max(green).max(blue) {
        most if most - red.min(green).min(blue) < 40 => "tone-grey",
        most if most == blue => "tone-blue",
        most if most == green => "tone-green",
        _ if green > 120 && green > blue + 40 => "tone-orange",
        _ => "tone-red",
    }
}

fn plain(text: &str, buttons: &str, class: &str) -> String {
    format!(
        "<article class=\"card plain\"><div class=\"rich\">{text}</div><div class=\"{class}\">{buttons}</div></article>"
    )
}

fn field<'a>(of: &'a Value, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn safe(of: &Value, name: &str) -> String {
    escape(&cut(field(of, name), TEXT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_oa_notice_shows_its_status_bar_and_six_rows() {
        let rows: Vec<Value> = (1..=7).map(|n| json!({ "key": format!("k{n}"), "value": "<b>" })).collect();
        let msg = json!({ "msgtype": "oa", "oa": {
            "message_url": "http://h/phone", "pc_message_url": "http://h/pc",
            "head": { "bgcolor": "FFBBBBBB", "text": "On-call" }, "body": { "title": "disk full", "form": rows },
            "status_bar": { "status_value": "Triggered", "status_bg": "0xFFF65E5E" },
        } });
        let html = draw(&msg, Language::English);
        assert!(html.contains("tone-red") && html.contains("<span class=\"badge\">Triggered</span>"), "{html}");
        assert!(html.contains("<dt>k6</dt><dd>&lt;b&gt;</dd>") && !html.contains("k7"), "{html}");
        assert!(html.contains("data-open-pc=\"http://h/pc\" data-open=\"http://h/phone\""), "{html}");
        assert_eq!(line(&msg, Language::English), "[Triggered] disk full");
    }

    #[test]
    fn colours_have_a_nearest_tone() {
        let cases = [
            ("0xFFF65E5E", "tone-red"),
            ("0xFFFF9F00", "tone-orange"),
            ("0xFF15BC83", "tone-green"),
            ("0xFF3089DC", "tone-blue"),
            ("0xFF999999", "tone-grey"),
            ("red", "tone-grey"),
        ];
        for (colour, expected) in cases {
            assert_eq!(tone(colour), expected, "{colour}");
        }
    }
}
