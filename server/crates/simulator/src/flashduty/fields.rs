//! Reads the fields of a JSON body and holds them to the stated bounds. `null` counts as absent; a wrong type or a
//! value out of bounds is `InvalidParameter` naming the field (reference sections 2.3 and 5).

use super::refusal::Refusal;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// The body of one call.
pub struct Fields(Map<String, Value>);

impl Fields {
    /// The body as an object; an empty body counts as `{}`.
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            _ => Err(Refusal::parameter("body")),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Whether the field is there and not null.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A text of at most `most` characters.
    pub fn text(&self, name: &str, most: usize) -> Result<Option<String>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.chars().count() <= most => Ok(Some(text.clone())),
            Some(_) => Err(Refusal::parameter(name)),
        }
    }

    /// A text that must be there, with 1 to `most` characters, not only blanks.
    pub fn required_text(&self, name: &str, most: usize) -> Result<String, Refusal> {
        self.text(name, most)?.filter(|text| !text.trim().is_empty()).ok_or_else(|| Refusal::parameter(name))
    }

    /// A whole number in `range`.
    pub fn int(&self, name: &str, range: RangeInclusive<i64>) -> Result<Option<i64>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) if range.contains(&number) => Ok(Some(number)),
                _ => Err(Refusal::parameter(name)),
            },
        }
    }

    /// A whole number that must be there.
    pub fn required_int(&self, name: &str, range: RangeInclusive<i64>) -> Result<i64, Refusal> {
        self.int(name, range)?.ok_or_else(|| Refusal::parameter(name))
    }

    /// True or false.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(Refusal::parameter(name)),
        }
    }

    fn list(&self, name: &str, lengths: RangeInclusive<usize>) -> Result<Option<&Vec<Value>>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Array(list)) if lengths.contains(&list.len()) => Ok(Some(list)),
            Some(_) => Err(Refusal::parameter(name)),
        }
    }

    /// A list of whole numbers.
    pub fn ints(&self, name: &str, lengths: RangeInclusive<usize>) -> Result<Option<Vec<i64>>, Refusal> {
        let Some(list) = self.list(name, lengths)? else { return Ok(None) };
        list.iter().map(Value::as_i64).collect::<Option<Vec<_>>>().map(Some).ok_or_else(|| Refusal::parameter(name))
    }

    /// A list of whole numbers that must be there.
    pub fn required_ints(&self, name: &str, lengths: RangeInclusive<usize>) -> Result<Vec<i64>, Refusal> {
        self.ints(name, lengths)?.ok_or_else(|| Refusal::parameter(name))
    }

    /// A list of texts.
    pub fn texts(&self, name: &str, lengths: RangeInclusive<usize>) -> Result<Option<Vec<String>>, Refusal> {
        let Some(list) = self.list(name, lengths)? else { return Ok(None) };
        let texts = list.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
        texts.map(Some).ok_or_else(|| Refusal::parameter(name))
    }

    /// An ObjectID: 24 hex digits, answered in lower case.
    pub fn object_id(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.text(name, 24)? {
            None => Ok(None),
            Some(id) if is_object_id(&id) => Ok(Some(id.to_ascii_lowercase())),
            Some(_) => Err(Refusal::parameter(name)),
        }
    }

    /// An ObjectID that must be there.
    pub fn required_object_id(&self, name: &str) -> Result<String, Refusal> {
        self.object_id(name)?.ok_or_else(|| Refusal::parameter(name))
    }

    /// A list of ObjectIDs, each named once, in the order given.
    pub fn object_ids(&self, name: &str, lengths: RangeInclusive<usize>) -> Result<Option<Vec<String>>, Refusal> {
        let Some(texts) = self.texts(name, lengths)? else { return Ok(None) };
        let mut ids: Vec<String> = Vec::with_capacity(texts.len());
        for text in texts {
            if !is_object_id(&text) {
                return Err(Refusal::parameter(name));
            }
            let id = text.to_ascii_lowercase();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(Some(ids))
    }

    /// A list of ObjectIDs that must be there.
    pub fn required_object_ids(&self, name: &str, most: usize) -> Result<Vec<String>, Refusal> {
        self.object_ids(name, 1..=most)?.ok_or_else(|| Refusal::parameter(name))
    }

    /// A comma string of values from a closed list, as `progress` and `incident_severity` of the incident list are.
    pub fn comma(&self, name: &str, allowed: &[&'static str]) -> Result<Option<Vec<&'static str>>, Refusal> {
        let Some(text) = self.text(name, 200)?.filter(|text| !text.is_empty()) else { return Ok(None) };
        let known = text.split(',').map(|part| allowed.iter().copied().find(|value| *value == part.trim()));
        known.collect::<Option<Vec<_>>>().map(Some).ok_or_else(|| Refusal::parameter(name))
    }

    /// One value of a closed list.
    pub fn one_of(&self, name: &str, allowed: &[&'static str]) -> Result<Option<&'static str>, Refusal> {
        let Some(text) = self.text(name, 200)? else { return Ok(None) };
        allowed.iter().copied().find(|value| *value == text).map(Some).ok_or_else(|| Refusal::parameter(name))
    }

    /// An object inside the body.
    pub fn object(&self, name: &str) -> Result<Option<Fields>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Fields(map.clone()))),
            Some(_) => Err(Refusal::parameter(name)),
        }
    }

    /// The fields of an object inside the body; absent counts as none.
    pub fn map(&self, name: &str) -> Result<Map<String, Value>, Refusal> {
        Ok(self.object(name)?.map(|Fields(map)| map).unwrap_or_default())
    }

    /// A list of objects; absent counts as empty.
    pub fn objects(&self, name: &str, most: usize) -> Result<Vec<Value>, Refusal> {
        let Some(list) = self.list(name, 0..=most)? else { return Ok(Vec::new()) };
        if list.iter().all(Value::is_object) { Ok(list.clone()) } else { Err(Refusal::parameter(name)) }
    }

    /// The fields of an object whose values must all be texts, with keys of at most `most` characters.
    pub fn text_map(&self, name: &str, most: usize) -> Result<Vec<(String, String)>, Refusal> {
        let Some(Fields(map)) = self.object(name)? else { return Ok(Vec::new()) };
        let pairs = map.into_iter().map(|(key, value)| match value {
            Value::String(text) if !key.is_empty() && key.chars().count() <= most => Some((key, text)),
            _ => None,
        });
        pairs.collect::<Option<Vec<_>>>().ok_or_else(|| Refusal::parameter(name))
    }
}

/// Which part of a list was asked for (reference section 2.5).
pub struct Page {
    pub number: usize,
    pub limit: usize,
}

impl Page {
    /// `p` and `limit`, with `p * limit` at most 10,000.
    pub fn of(fields: &Fields, default_limit: i64, most: i64) -> Result<Self, Refusal> {
        let number = fields.int("p", 1..=10_000)?.unwrap_or(1);
        let limit = fields.int("limit", 1..=most)?.unwrap_or(default_limit);
        if number * limit > 10_000 {
            return Err(Refusal::parameter("p"));
        }
        Ok(Self { number: number.unsigned_abs() as usize, limit: limit.unsigned_abs() as usize })
    }

    /// The items of this page, and whether there are more behind it.
    pub fn cut<T>(&self, items: Vec<T>) -> (Vec<T>, bool) {
        let start = (self.number - 1) * self.limit;
        let more = items.len() > start + self.limit;
        (items.into_iter().skip(start).take(self.limit).collect(), more)
    }
}

/// Whether a text has the shape of an ObjectID.
pub fn is_object_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
