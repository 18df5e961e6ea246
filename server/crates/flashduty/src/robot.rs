//! What an escalation rule sends to a `dingtalk` robot target, in the format of DingTalk's own group robots (reference
//! 7.2, 7.6). The incident is named nowhere but in the links and in the title.

use crate::wire;
use serde_json::{Map, Value};

/// Longest text kept, in bytes; Flashduty stops at 4,000, DingTalk at 20,000.
const TEXT_BYTES_MAX: usize = 20_000;
/// Longest title kept, in bytes.
const TITLE_BYTES_MAX: usize = 1_000;
/// Most links looked at, and their length in bytes.
const LINKS_MAX: usize = 50;
const LINK_BYTES_MAX: usize = 2_000;
/// Most people mentioned: as many as one assignment may have.
const PEOPLE_MAX: usize = 100;
/// Longest mobile number, in characters, and longest user id.
const MOBILE_CHARS_MAX: usize = 24;
const USER_ID_BYTES_MAX: usize = 64;
/// Hexadecimal digits of an incident's id, and of the number that people see.
const ID_DIGITS: usize = 24;
const NUM_DIGITS: usize = 6;
/// What stands before an incident's id in addresses of Flashduty.
const BEFORE_ID: [&str; 4] = ["/incident/detail/", "/incident/", "incident_id=", "incidentid="];

/// A message for a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RobotMessage {
    /// The chat-list line; may be empty.
    pub title: String,
    /// Markdown, or plain where the sender sent a plain text.
    pub text: String,
    /// Addresses outside the text: of buttons and whole cards.
    pub links: Vec<String>,
    /// Whom to mention, by mobile number.
    pub at_mobiles: Vec<String>,
    /// Whom to mention, by DingTalk user id.
    pub at_user_ids: Vec<String>,
    /// Everybody is to be mentioned.
    pub at_all: bool,
}

/// Why a body is no robot message. Never holds anything of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RobotError {
    /// Not a JSON object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// None of the types that robots take.
    #[error("msgtype is none of text, markdown, link, actionCard and feedCard")]
    UnknownType,
    /// A message that says nothing.
    #[error("the message has no {0}")]
    Missing(&'static str),
}

/// Reads a body. The caller limits its length.
///
/// # Errors
/// When nothing could be said in the group.
pub fn decode(body: &[u8]) -> Result<RobotMessage, RobotError> {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return Err(RobotError::NotAnObject) };
    let kind = body.get("msgtype").map(wire::text_of).unwrap_or_default();
    let (title, text, links) = match kind.as_str() {
        "text" => (String::new(), told(part(&body, "text")?, "content")?, Vec::new()),
        "markdown" => with_title(part(&body, "markdown")?, "text")?,
        "link" => {
            let link = part(&body, "link")?;
            let (title, text, _) = with_title(link, "text")?;
            (title, text, vec![field(link, "messageUrl")])
        }
        "actionCard" => action_card(part(&body, "actionCard")?)?,
        "feedCard" => feed_card(part(&body, "feedCard")?)?,
        _ => return Err(RobotError::UnknownType),
    };
    let at = body.get("at").and_then(Value::as_object);
    let at_list = |name: &str| at.and_then(|at| at.get(name)).and_then(Value::as_array).map(Vec::as_slice);
    Ok(RobotMessage {
        title: cut(&title, TITLE_BYTES_MAX),
        text: cut(&text, TEXT_BYTES_MAX),
        links: links.into_iter().filter(|link| (1..=LINK_BYTES_MAX).contains(&link.len())).take(LINKS_MAX).collect(),
        at_mobiles: people(at_list("atMobiles"), is_mobile),
        at_user_ids: people(at_list("atUserIds"), |id| id.len() <= USER_ID_BYTES_MAX),
        at_all: at.and_then(|at| at.get("isAtAll")).is_some_and(|all| wire::text_of(all) == "true"),
    })
}

impl RobotMessage {
    /// The id of the incident that its links lead to. Of several, the one whose number is in the title, else the first.
    pub fn incident_id(&self) -> Option<String> {
        let mut ids: Vec<String> = Vec::new();
        for place in self.links.iter().chain([&self.text]) {
            for id in ids_in(place).into_iter().chain(ids_in(&decoded(place))) {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        let named = num_in(&self.title);
        let fits = |id: &&String| named.as_ref().is_some_and(|num| id.to_ascii_uppercase().ends_with(num.as_str()));
        ids.iter().find(fits).or(ids.first()).cloned()
    }

    /// The number that people see, such as `0E83EE`; not unique.
    pub fn incident_num(&self) -> Option<String> {
        num_in(&self.title).or_else(|| num_in(&self.text))
    }
}

fn part<'a>(body: &'a Map<String, Value>, name: &'static str) -> Result<&'a Map<String, Value>, RobotError> {
    body.get(name).and_then(Value::as_object).ok_or(RobotError::Missing(name))
}

fn field(part: &Map<String, Value>, name: &str) -> String {
    part.get(name).filter(|value| !value.is_object() && !value.is_array()).map(wire::text_of).unwrap_or_default()
}

/// A field that must say something.
fn told(part: &Map<String, Value>, name: &'static str) -> Result<String, RobotError> {
    Some(field(part, name)).filter(|text| !text.trim().is_empty()).ok_or(RobotError::Missing(name))
}

type Said = (String, String, Vec<String>);

fn with_title(part: &Map<String, Value>, text: &'static str) -> Result<Said, RobotError> {
    Ok((field(part, "title"), told(part, text)?, Vec::new()))
}

fn action_card(card: &Map<String, Value>) -> Result<Said, RobotError> {
    let (title, text, _) = with_title(card, "text")?;
    let buttons = card.get("btns").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let mut links = vec![field(card, "singleURL")];
    links.extend(buttons.map(|button| field(button, "actionURL")));
    Ok((title, text, links))
}

/// A list of headlines with links; it becomes a text with one line each.
fn feed_card(card: &Map<String, Value>) -> Result<Said, RobotError> {
    let items = card.get("links").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let items: Vec<(String, String)> =
        items.map(|item| (field(item, "title"), field(item, "messageURL"))).take(LINKS_MAX).collect();
    let (titles, links): (Vec<String>, Vec<String>) = items.into_iter().unzip();
    let text = titles.join("\n\n");
    if text.trim().is_empty() {
        return Err(RobotError::Missing("links"));
    }
    Ok((titles.into_iter().next().unwrap_or_default(), text, links))
}

fn people(listed: Option<&[Value]>, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut people: Vec<String> = Vec::new();
    for one in listed.unwrap_or_default().iter().map(wire::text_of) {
        if !one.is_empty() && fits(&one) && !people.contains(&one) && people.len() < PEOPLE_MAX {
            people.push(one);
        }
    }
    people
}

fn is_mobile(text: &str) -> bool {
    let marks = |character: char| character.is_ascii_digit() || matches!(character, '+' | '-' | ' ');
    text.chars().count() <= MOBILE_CHARS_MAX
        && text.chars().all(marks)
        && text.chars().filter(char::is_ascii_digit).count() >= 5
}

/// Ids that stand in addresses of incidents.
fn ids_in(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let mut ids = Vec::new();
    for before in BEFORE_ID {
        for (at, _) in lower.match_indices(before) {
            let rest = &lower[at + before.len()..];
            let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
            let ends = rest.as_bytes().get(digits).is_none_or(|next| !next.is_ascii_alphanumeric());
            if digits == ID_DIGITS && ends {
                ids.push(rest[..ID_DIGITS].to_owned());
            }
        }
    }
    ids
}

/// An address inside another one is percent-encoded.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                at += 3;
            }
            (byte, ..) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// `INC #0E83EE`, as the default title has it.
fn num_in(text: &str) -> Option<String> {
    text.match_indices('#').find_map(|(at, _)| {
        let before = text[..at].trim_end();
        let named = before.len() >= 3 && before.as_bytes()[before.len() - 3..].eq_ignore_ascii_case(b"inc");
        let rest = &text[at + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        let ends = rest.as_bytes().get(digits).is_none_or(|next| !next.is_ascii_alphanumeric());
        (named && digits == NUM_DIGITS && ends).then(|| rest[..NUM_DIGITS].to_ascii_uppercase())
    })
}

fn cut(text: &str, bytes_max: usize) -> String {
    let mut end = text.len().min(bytes_max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

#[cfg(test)]
mod tests;
