//! Tolerant reading of JSON: wrong types never fail a whole answer. `null`, absent and unreadable are the default;
//! numbers may come as text and the reverse; numbers too large saturate.

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;
use world::Millis;

/// The last second of the year 9999. Later times read as this one, so that calendars can still show them.
const SECONDS_MAX: i64 = 253_402_300_799;

/// Text; a number or a boolean as it is written.
pub(crate) fn text<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    Ok(text_of(&Value::deserialize(source)?))
}

/// A whole number.
pub(crate) fn integer<'de, D: Deserializer<'de>>(source: D) -> Result<i64, D::Error> {
    Ok(integer_of(&Value::deserialize(source)?).unwrap_or(0))
}

/// A boolean; also 1 and "true".
pub(crate) fn flag<'de, D: Deserializer<'de>>(source: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(source)? {
        Value::Bool(flag) => flag,
        Value::String(text) => text.eq_ignore_ascii_case("true") || text == "1",
        other => integer_of(&other).is_some_and(|number| number != 0),
    })
}

/// A list of objects; anything else in it is left out.
pub(crate) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(source: D) -> Result<Vec<T>, D::Error> {
    let items = array_of(Value::deserialize(source)?).into_iter();
    Ok(items.filter(Value::is_object).filter_map(|item| T::deserialize(item).ok()).collect())
}

/// One object, if it is one.
pub(crate) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(source: D) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(source)?;
    Ok(if value.is_object() { T::deserialize(value).ok() } else { None })
}

/// A list of whole numbers; anything else in it is left out.
pub(crate) fn integers<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<i64>, D::Error> {
    Ok(array_of(Value::deserialize(source)?).iter().filter_map(integer_of).collect())
}

/// A list of texts; empty ones are left out.
pub(crate) fn texts<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<String>, D::Error> {
    let items = array_of(Value::deserialize(source)?);
    Ok(items.iter().map(text_of).filter(|text| !text.is_empty()).collect())
}

/// A map of texts, as labels are.
pub(crate) fn text_map<'de, D: Deserializer<'de>>(source: D) -> Result<BTreeMap<String, String>, D::Error> {
    Ok(match Value::deserialize(source)? {
        Value::Object(map) => map.iter().map(|(key, value)| (storable(key), text_of(value))).collect(),
        _ => BTreeMap::new(),
    })
}

/// A map of anything, as custom fields are.
pub(crate) fn value_map<'de, D: Deserializer<'de>>(source: D) -> Result<BTreeMap<String, Value>, D::Error> {
    Ok(match Value::deserialize(source)? {
        Value::Object(map) => map.into_iter().collect(),
        _ => BTreeMap::new(),
    })
}

/// An address that may be shown as a link: http or https, else empty.
pub(crate) fn web_address<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    let text = text_of(&Value::deserialize(source)?);
    let is_web = Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    Ok(if is_web { text } else { String::new() })
}

/// A Unix time in milliseconds; 0 and less is none.
pub(crate) fn millis<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Millis>, D::Error> {
    Ok(moment(integer_of(&Value::deserialize(source)?).unwrap_or(0)))
}

/// A Unix time in seconds, Flashduty's usual form; 0 and less is none. Written in the same form.
pub(crate) mod seconds {
    use super::{Deserialize, Deserializer, Millis, Serializer, Value, integer_of, moment};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Millis>, D::Error> {
        let seconds = integer_of(&Value::deserialize(source)?).unwrap_or(0);
        Ok(moment(Millis::from_seconds(seconds).0))
    }

    pub(crate) fn serialize<S: Serializer>(moment: &Option<Millis>, target: S) -> Result<S::Ok, S::Error> {
        target.serialize_i64(moment.map_or(0, Millis::seconds))
    }
}

pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => storable(text),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

pub(crate) fn integer_of(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_u64().map(|_| i64::MAX))
            // `as` saturates and makes 0 of NaN, which is what is wanted here.
            .or_else(|| number.as_f64().map(|float| float as i64)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| text.parse::<f64>().ok().map(|float| float as i64))
        }
        _ => None,
    }
}

fn array_of(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

fn moment(millis: i64) -> Option<Millis> {
    (millis > 0).then_some(Millis(millis.min(SECONDS_MAX * 1000)))
}

/// PostgreSQL cannot store a zero character in text.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_from_anything() {
        for (value, number) in [
            (json!(5), Some(5)),
            (json!("2476444212131"), Some(2_476_444_212_131)),
            (json!(" 7 "), Some(7)),
            (json!(2.476_444_212_131e12), Some(2_476_444_212_131)),
            (json!(u64::MAX), Some(i64::MAX)),
            (json!(-1e300), Some(i64::MIN)),
            (json!("1e300"), Some(i64::MAX)),
            (json!("NaN"), Some(0)),
            (json!("soon"), None),
            (json!(null), None),
            (json!([1]), None),
        ] {
            assert_eq!(integer_of(&value), number, "{value}");
        }
    }

    #[test]
    fn texts_from_anything() {
        for (value, expected) in [
            (json!("a\u{0}b"), "a\u{fffd}b"),
            (json!(12), "12"),
            (json!(true), "true"),
            (json!(null), ""),
            (json!({"a": 1}), ""),
        ] {
            assert_eq!(text_of(&value), expected);
        }
        assert_eq!(texts(json!(["a", 1, null, ""])).unwrap(), ["a", "1"]);
        assert_eq!(integers(json!([1, "2", {}, null])).unwrap(), [1, 2]);
        assert_eq!(integers(json!("1")).unwrap(), [] as [i64; 0]);
        assert!(flag(json!("TRUE")).unwrap() && flag(json!(1)).unwrap() && !flag(json!("no")).unwrap());
    }

    #[test]
    fn only_web_addresses_become_links() {
        for (given, kept) in [
            ("https://app.flashcat.cloud/incident/detail/1", true),
            ("http://duty.corp/x", true),
            ("javascript:alert(1)", false),
            ("//evil.example", false),
            ("", false),
        ] {
            assert_eq!(!web_address(json!(given)).unwrap().is_empty(), kept, "{given}");
        }
    }

    #[test]
    fn absurd_times_saturate() {
        assert_eq!(seconds::deserialize(json!(0)).unwrap(), None);
        assert_eq!(seconds::deserialize(json!(-5)).unwrap(), None);
        assert_eq!(seconds::deserialize(json!("1775912219")).unwrap(), Some(Millis(1_775_912_219_000)));
        assert_eq!(seconds::deserialize(json!(1e300)).unwrap(), Some(Millis(253_402_300_799_000)));
        assert_eq!(millis(json!(1_689_335_086_948_i64)).unwrap(), Some(Millis(1_689_335_086_948)));
    }
}
