//! What an administrator types about an integration: names, shapes, and every mistake at once.

use crate::model::digest::{CARDS_PER_MINUTE, CARDS_PER_MINUTE_MAX};
use crate::model::integration::{Edition, PersonChannel};
use crate::model::quota::{Overrides, Preset};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A field that is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
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
    pub quota: Overrides,
    pub storm_cards_per_minute: u32,
}

/// One field of the form.
struct Field {
    name: &'static str,
    needed: bool,
    /// What the value must be, in words, and whether it is.
    rule: (&'static str, fn(&str) -> bool),
}

const fn field(name: &'static str, needed: bool, rule: (&'static str, fn(&str) -> bool)) -> Field {
    Field { name, needed, rule }
}

const PRINTABLE: (&str, fn(&str) -> bool) = ("must be 1 to 128 printable characters without spaces", is_printable);

/// The fields of the contract, in its order.
const FIELDS: [Field; 19] = [
    field("name", true, ("must be 1 to 100 characters on one line", is_name)),
    field("corp_id", true, ("must be `ding` followed by 4 to 64 letters or digits", is_corp_id)),
    field("agent_id", true, ("must be a number of at most 20 digits", is_number)),
    field("client_id", true, PRINTABLE),
    field("client_secret", true, PRINTABLE),
    field("aes_key", true, ("must be exactly 43 letters or digits, as DingTalk's console shows it", is_aes_key)),
    field("token", true, ("must be 3 to 32 letters or digits", is_token)),
    field("card_template_id", false, PRINTABLE),
    field("war_room_template_id", false, PRINTABLE),
    field("war_room_bot_id", false, PRINTABLE),
    field("flashduty_app_key", true, PRINTABLE),
    field("edition", false, ("must be standard, professional or exclusive", |text| edition(text).is_some())),
    field("key", false, ("must be 8 to 32 of a-z and 0-9", is_key)),
    field("person_channel", false, ("must be bot, work_notice or both", |text| person_channel(text).is_some())),
    field("quota_preset", false, ("must be before-2025-11-19 or 2025-11-19", |text| Preset::from_name(text).is_some())),
    field("quota_api_month", false, ("must be a number from 0 to 1000000000", |text| figure(text).is_some())),
    field("quota_push_month", false, ("must be a number from 0 to 1000000000", |text| figure(text).is_some())),
    field("quota_qps", false, ("must be a number from 1 to 1000", |text| per_second(text).is_some())),
    field("storm_cards_per_minute", false, ("must be a whole number from 1 to 10000", |text| cards(text).is_some())),
];

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
                (None, _) => errors.push(wrong(&name, "is not a field of an integration")),
                (Some(field), None) => errors.push(wrong(field.name, "must be a text")),
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
            (true, false) => errors.push(wrong("war_room_bot_id", "is needed beside war_room_template_id")),
            (false, true) => errors.push(wrong("war_room_template_id", "is needed beside war_room_bot_id")),
            _ => {}
        }
        if errors.is_empty() { Ok(self.checked()) } else { Err(errors) }
    }

    fn fault(&self, field: &Field) -> Option<FieldError> {
        let (words, fits) = field.rule;
        match self.0.get(field.name) {
            None if field.needed => Some(wrong(field.name, "is needed")),
            Some(value) if !fits(value) => Some(wrong(field.name, words)),
            _ => None,
        }
    }

    fn checked(mut self) -> Checked {
        let mut take = |name| self.0.remove(name);
        let (edition, person_channel) = (
            take("edition").and_then(|text| edition(&text)).unwrap_or_default(),
            take("person_channel").and_then(|text| person_channel(&text)).unwrap_or_default(),
        );
        let quota = Overrides {
            preset: take("quota_preset").and_then(|text| Preset::from_name(&text)).unwrap_or_default(),
            api_month: take("quota_api_month").and_then(|text| figure(&text)),
            push_month: take("quota_push_month").and_then(|text| figure(&text)),
            qps: take("quota_qps").and_then(|text| per_second(&text)),
        };
        let cards = take("storm_cards_per_minute").and_then(|text| cards(&text));
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
            quota,
            storm_cards_per_minute: cards.unwrap_or(CARDS_PER_MINUTE),
        }
    }
}

/// The fields of a JSON object. Numbers count as their digits, `null` as not set, anything else that is no text as none.
///
/// # Errors
/// It is no JSON object.
pub fn pairs(text: &str) -> Result<Vec<(String, Option<String>)>, Vec<FieldError>> {
    let not_an_object = || vec![wrong("(file)", "is not a JSON object")];
    let value: Value = serde_json::from_str(text).map_err(|_| not_an_object())?;
    let Value::Object(fields) = value else { return Err(not_an_object()) };
    let text_of = |value| match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Null => Some(String::new()),
        _ => None,
    };
    Ok(fields.into_iter().map(|(name, value)| (name, text_of(value))).collect())
}

fn wrong(field: &str, message: &str) -> FieldError {
    FieldError { field: field.to_owned(), message: message.to_owned() }
}

/// The edition of its fixed name.
fn edition(text: &str) -> Option<Edition> {
    serde_json::from_value(Value::from(text)).ok()
}

/// The channel of its fixed name.
fn person_channel(text: &str) -> Option<PersonChannel> {
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
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn good() -> serde_json::Map<String, Value> {
        let good = serde_json::json!({
            "name": "生产 Production", "corp_id": "ding5e8c0d41f7a9b362", "agent_id": 3105512877_i64,
            "client_id": "dingq7m2xk4rtv9w3bze", "client_secret": "Zr8sT2-_o",
            "aes_key": "kT3vNq8LmXw2ZrYb6HcJd9Fs5GpAeU1iOoRtWxBnMzQ", "token": "dutyToken", "flashduty_app_key": "0123abcd",
        });
        good.as_object().unwrap().clone()
    }

    fn faults(fields: serde_json::Map<String, Value>) -> Vec<(String, String)> {
        let result = Form::from_json(&Value::Object(fields).to_string()).and_then(Form::check);
        result.err().unwrap_or_default().into_iter().map(|error| (error.field, error.message)).collect()
    }

    #[test]
    fn a_good_form_and_its_defaults() {
        let checked = Form::from_json(&Value::Object(good()).to_string()).and_then(Form::check).ok().unwrap();
        assert_eq!((checked.agent_id.as_str(), checked.key), ("3105512877", None));
        assert_eq!((checked.edition, checked.person_channel), (Edition::Standard, PersonChannel::Bot));
        assert_eq!(checked.token.expose_secret(), "dutyToken");
    }

    #[test]
    fn each_field_has_its_shape() {
        let long = "x".repeat(129);
        for (name, value, fits) in [
            ("name", "", false),
            ("name", "  x  ", true),
            ("name", &"名".repeat(100), true),
            ("name", &"名".repeat(101), false),
            ("name", "a\u{0}b", false),
            ("corp_id", "dingabc", false),
            ("corp_id", "ding5e8c", true),
            ("corp_id", "wx5e8c0d41", false),
            ("agent_id", "12a", false),
            ("agent_id", "-1", false),
            ("client_id", "with space", false),
            ("client_secret", &long, false),
            ("aes_key", "kT3vNq8LmXw2ZrYb6HcJd9Fs5GpAeU1iOoRtWxBnMz", false),
            ("aes_key", "kT3vNq8LmXw2ZrYb6HcJd9Fs5GpAeU1iOoRtWxBnMz+", false),
            ("token", "ab", false),
            ("token", "abc_", false),
            ("token", &"a".repeat(32), true),
            ("token", &"a".repeat(33), false),
            ("card_template_id", "x.schema", true),
            ("card_template_id", "", true),
            ("edition", "exclusive", true),
            ("edition", "Standard", false),
            ("key", "short", false),
            ("key", "Production", false),
            ("key", "production1", true),
            ("person_channel", "work_notice", true),
            ("person_channel", "work-notice", false),
            ("quota_preset", "2025-11-19", true),
            ("quota_preset", "2024-01-01", false),
            ("quota_api_month", "200000", true),
            ("quota_api_month", "-1", false),
            ("quota_push_month", "1000000001", false),
            ("quota_qps", "0", false),
            ("quota_qps", "60", true),
            ("storm_cards_per_minute", "1", true),
            ("storm_cards_per_minute", "0", false),
            ("storm_cards_per_minute", "10001", false),
            ("storm_cards_per_minute", "many", false),
        ] {
            let mut fields = good();
            fields.insert(name.to_owned(), Value::from(value));
            let faults: Vec<_> = faults(fields).into_iter().map(|(field, _)| field).collect();
            assert_eq!(faults, if fits { vec![] } else { vec![name.to_owned()] }, "{name}={value}");
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let mut fields = good();
        fields.remove("token");
        fields.insert("agent_id".into(), Value::from("x"));
        fields.insert("war_room_bot_id".into(), Value::from("bot"));
        let found = faults(fields);
        assert_eq!(
            found.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(),
            ["agent_id", "token", "war_room_template_id",]
        );
        assert!(found.contains(&("token".into(), "is needed".into())));
    }

    #[test]
    fn unknown_fields_and_wrong_types() {
        for (text, expected) in [
            ("[]", "(file)"),
            ("", "(file)"),
            (r#"{"corpid": "x"}"#, "corpid"),
            (r#"{"name": {"zh": "x"}}"#, "name"),
            (r#"{"token": true}"#, "token"),
        ] {
            let errors = Form::from_json(text).err().unwrap();
            assert_eq!(errors[0].field, expected, "{text}");
        }
        assert!(Form::from_json(r#"{"name": null}"#).is_ok());
    }
}
