//! What an administrator types about an integration: names, shapes, and every mistake at once.

use crate::flow::refusal::Said;
use crate::model::card::CardSettings;
use crate::model::card::settings::{hidden_fields, snooze_presets};
use crate::model::digest::{CARDS_PER_MINUTE, CARDS_PER_MINUTE_MAX};
use crate::model::integration::{Edition, GroupEditors, PersonChannel};
use crate::model::quota::{Overrides, Preset};
use contract::Language;
use contract::words::setting as words;
use secrecy::SecretString;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// A field that is wrong, and why. Serialised for programs, in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: String,
    why: Said,
}

impl FieldError {
    /// A mistake in a field, in a sentence of `contract::words`.
    pub fn new<S: Into<String>>(field: &str, why: impl Fn(Language) -> S) -> Self {
        Self { field: field.to_owned(), why: Said::ours(why) }
    }

    /// Why it is wrong, for its reader.
    pub fn message(&self, language: Language) -> String {
        self.why.clone().words(language)
    }
}

impl Serialize for FieldError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut error = serializer.serialize_struct("FieldError", 2)?;
        error.serialize_field("field", &self.field)?;
        error.serialize_field("message", &self.message(Language::En))?;
        error.end()
    }
}

/// Values as typed, by field. A field that is absent or empty is not set.
#[derive(Clone, Default)]
pub struct Form(BTreeMap<&'static str, String>);

/// A form whose every field has its shape.
pub struct Checked {
    /// The id in addresses, where one was chosen.
    pub key: Option<String>,
    pub name: String,
    pub corp_id: String,
    pub agent_id: String,
    pub client_id: String,
    pub client_secret: SecretString,
    pub aes_key: SecretString,
    pub token: SecretString,
    pub card_template_id: Option<String>,
    pub war_room_template_id: Option<String>,
    pub war_room_bot_id: Option<String>,
    pub flashduty_app_key: SecretString,
    pub edition: Edition,
    pub person_channel: PersonChannel,
    pub group_editors: GroupEditors,
    pub quota: Overrides,
    pub storm_cards_per_minute: u32,
    pub card: CardSettings,
}

/// What a value must be, in words, and whether it is.
type Rule = (fn(Language) -> &'static str, fn(&str) -> bool);

/// One field of the form.
struct Field {
    name: &'static str,
    needed: bool,
    rule: Rule,
}

const fn field(name: &'static str, needed: bool, rule: Rule) -> Field {
    Field { name, needed, rule }
}

const PRINTABLE: Rule = (words::printable, is_printable);
const MONTH: Rule = (words::month_shape, |text| figure(text).is_some());

/// The fields of the contract, in its order.
const FIELDS: [Field; 24] = [
    field("name", true, (words::name_shape, is_name)),
    field("corp_id", true, (words::corp_id_shape, is_corp_id)),
    field("agent_id", true, (words::agent_id_shape, is_number)),
    field("client_id", true, PRINTABLE),
    field("client_secret", true, PRINTABLE),
    field("aes_key", true, (words::aes_key_shape, is_aes_key)),
    field("token", true, (words::token_shape, is_token)),
    field("card_template_id", false, PRINTABLE),
    field("war_room_template_id", false, PRINTABLE),
    field("war_room_bot_id", false, PRINTABLE),
    field("flashduty_app_key", true, PRINTABLE),
    field("edition", false, (words::edition_shape, |text| edition(text).is_some())),
    field("key", false, (words::key_shape, is_key)),
    field("person_channel", false, (words::person_channel_shape, |text| person_channel(text).is_some())),
    field("group_editors", false, (words::group_editors_shape, |text| group_editors(text).is_some())),
    field("quota_preset", false, (words::quota_preset_shape, |text| Preset::from_name(text).is_some())),
    field("quota_api_month", false, MONTH),
    field("quota_push_month", false, MONTH),
    field("quota_qps", false, (words::qps_shape, |text| per_second(text).is_some())),
    field("quota_robot_minute", false, (words::robot_minute_shape, |text| cards(text).is_some())),
    field("storm_cards_per_minute", false, (words::cards_shape, |text| cards(text).is_some())),
    field("card_hidden_fields", false, (words::hidden_shape, |text| hidden_fields(text).is_some())),
    field("snooze_minutes", false, (words::snooze_shape, |text| snooze_presets(text).is_some())),
    field("card_text_template_id", false, (words::template_shape, is_object_id)),
];

/// Fields whose value is never shown again.
pub const SECRETS: [&str; 4] = ["client_secret", "aes_key", "token", "flashduty_app_key"];

/// Fields whose value may also be a JSON array.
const LISTS: [&str; 2] = ["card_hidden_fields", "snooze_minutes"];

impl Form {
    /// Reads a JSON object.
    ///
    /// # Errors
    /// Unknown fields and values that are no texts, all of them.
    pub fn from_json(text: &str) -> Result<Self, Vec<FieldError>> {
        Self::default().with(pairs(text)?)
    }

    /// The form with some values changed; an empty one clears its field.
    ///
    /// # Errors
    /// Unknown fields and values that are no texts (`None`), all of them.
    pub fn with(mut self, pairs: impl IntoIterator<Item = (String, Option<String>)>) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        for (name, value) in pairs {
            let known = FIELDS.iter().find(|field| field.name == name);
            match (known, value) {
                (None, _) => errors.push(FieldError::new(&name, words::is_not_a_field)),
                (Some(field), None) => errors.push(FieldError::new(field.name, words::must_be_text)),
                (Some(field), Some(value)) => self.set(field.name, value.trim()),
            }
        }
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }

    /// Sets a field of ours.
    pub fn set(&mut self, name: &'static str, value: &str) {
        if value.is_empty() {
            self.0.remove(name);
        } else {
            self.0.insert(name, value.to_owned());
        }
    }

    /// Whether two forms say the same about a field.
    pub fn differs(&self, other: &Self, name: &str) -> bool {
        self.0.get(name) != other.0.get(name)
    }

    /// The value of a field; empty where it is not set.
    pub fn value(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Whether an integration needs a field.
    pub fn is_needed(name: &str) -> bool {
        FIELDS.iter().any(|field| field.name == name && field.needed)
    }

    /// The names of all fields, in the contract's order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FIELDS.iter().map(|field| field.name)
    }

    /// The values, every one of its shape.
    ///
    /// # Errors
    /// All mistakes.
    pub fn check(self) -> Result<Checked, Vec<FieldError>> {
        let mut errors: Vec<_> = FIELDS.iter().filter_map(|field| self.fault(field)).collect();
        match (self.0.contains_key("war_room_template_id"), self.0.contains_key("war_room_bot_id")) {
            (true, false) => errors.push(FieldError::new("war_room_bot_id", words::bot_needed)),
            (false, true) => errors.push(FieldError::new("war_room_template_id", words::template_needed)),
            _ => {}
        }
        if errors.is_empty() { Ok(self.checked()) } else { Err(errors) }
    }

    fn fault(&self, field: &Field) -> Option<FieldError> {
        let (shape, fits) = field.rule;
        match self.0.get(field.name) {
            None if field.needed => Some(FieldError::new(field.name, words::is_needed)),
            Some(value) if !fits(value) => Some(FieldError::new(field.name, shape)),
            _ => None,
        }
    }

    fn checked(mut self) -> Checked {
        let mut take = |name| self.0.remove(name);
        let (edition, person_channel) = (
            take("edition").and_then(|text| edition(&text)).unwrap_or_default(),
            take("person_channel").and_then(|text| person_channel(&text)).unwrap_or_default(),
        );
        let group_editors = take("group_editors").and_then(|text| group_editors(&text)).unwrap_or_default();
        let quota = Overrides {
            preset: take("quota_preset").and_then(|text| Preset::from_name(&text)).unwrap_or_default(),
            api_month: take("quota_api_month").and_then(|text| figure(&text)),
            push_month: take("quota_push_month").and_then(|text| figure(&text)),
            qps: take("quota_qps").and_then(|text| per_second(&text)),
            robot_minute: take("quota_robot_minute").and_then(|text| cards(&text)).map(i64::from),
        };
        let cards = take("storm_cards_per_minute").and_then(|text| cards(&text));
        let card = CardSettings {
            hidden: take("card_hidden_fields").and_then(|text| hidden_fields(&text)).unwrap_or_default(),
            snooze_minutes: take("snooze_minutes").and_then(|text| snooze_presets(&text)).unwrap_or_default(),
            text_template_id: take("card_text_template_id"),
        };
        let mut text = |name| take(name).unwrap_or_default();
        Checked {
            name: text("name"),
            corp_id: text("corp_id"),
            agent_id: text("agent_id"),
            client_id: text("client_id"),
            client_secret: text("client_secret").into(),
            aes_key: text("aes_key").into(),
            token: text("token").into(),
            flashduty_app_key: text("flashduty_app_key").into(),
            key: take("key"),
            card_template_id: take("card_template_id"),
            war_room_template_id: take("war_room_template_id"),
            war_room_bot_id: take("war_room_bot_id"),
            edition,
            person_channel,
            group_editors,
            quota,
            storm_cards_per_minute: cards.unwrap_or(CARDS_PER_MINUTE),
            card,
        }
    }
}

/// The fields of a JSON object. Numbers count as their digits, `null` as not set, arrays of fields that are lists as
/// their items with commas between them, anything else that is no text as none.
///
/// # Errors
/// It is no JSON object.
pub fn pairs(text: &str) -> Result<Vec<(String, Option<String>)>, Vec<FieldError>> {
    let not_an_object = || vec![FieldError::new("(file)", words::not_an_object)];
    let value: Value = serde_json::from_str(text).map_err(|_| not_an_object())?;
    let Value::Object(fields) = value else { return Err(not_an_object()) };
    let text_of = |name: &str, value| match value {
        Value::Array(items) if LISTS.contains(&name) => list_text(items),
        value => plain_text(value),
    };
    Ok(fields
        .into_iter()
        .map(|(name, value)| (text_of(&name, value), name))
        .map(|(value, name)| (name, value))
        .collect())
}

fn plain_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Null => Some(String::new()),
        _ => None,
    }
}

fn list_text(items: Vec<Value>) -> Option<String> {
    let texts: Option<Vec<String>> = items.into_iter().map(plain_text).collect();
    texts.map(|texts| texts.join(","))
}

/// The edition of its fixed name.
fn edition(text: &str) -> Option<Edition> {
    serde_json::from_value(Value::from(text)).ok()
}

/// The channel of its fixed name.
fn person_channel(text: &str) -> Option<PersonChannel> {
    serde_json::from_value(Value::from(text)).ok()
}

/// Who may change what is sent to a group.
fn group_editors(text: &str) -> Option<GroupEditors> {
    serde_json::from_value(Value::from(text)).ok()
}

/// A monthly figure.
fn figure(text: &str) -> Option<i64> {
    text.parse().ok().filter(|figure| (0..=1_000_000_000).contains(figure))
}

/// Calls in a second.
fn per_second(text: &str) -> Option<i64> {
    figure(text).filter(|figure| (1..=1_000).contains(figure))
}

/// So many cards a minute, of a sensible number.
fn cards(text: &str) -> Option<u32> {
    text.parse().ok().filter(|cards| (1..=CARDS_PER_MINUTE_MAX).contains(cards))
}

fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

fn is_corp_id(text: &str) -> bool {
    text.strip_prefix("ding").is_some_and(|rest| is_alphanumeric(rest, 4, 64))
}

fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_printable(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The shape of Flashduty's template ids.
fn is_object_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Exactly the console's form; that it is a key as well is for the client to say.
fn is_aes_key(text: &str) -> bool {
    is_alphanumeric(text, 43, 43) && dingtalk::callback::AesKey::parse(text).is_ok()
}

fn is_token(text: &str) -> bool {
    is_alphanumeric(text, 3, 32)
}

fn is_key(text: &str) -> bool {
    (8..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn is_alphanumeric(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests;
