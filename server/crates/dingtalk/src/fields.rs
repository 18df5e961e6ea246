use serde_json::{Map, Value};

/// Longest identifier believed, in bytes: DingTalk's own have at most some 64. They become keys of tables, whose indexes
/// take none of any length.
const IDENTIFIER_BYTES_MAX: usize = 512;

/// A JSON object read without trust in its spelling: names match without regard to case (an exact match wins), `null`
/// and the empty text count as absent, numbers may come as text and the reverse.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    pub fn over(map: &'a Map<String, Value>) -> Self {
        Self(map)
    }

    pub fn value(self, name: &str) -> Option<&'a Value> {
        let usable = |value: &&Value| !value.is_null();
        self.0.get(name).filter(usable).or_else(|| {
            self.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).find(usable)
        })
    }

    /// A text or a number, as text.
    pub fn text(self, name: &str) -> Option<String> {
        text_of(self.value(name)?)
    }

    /// A text or a number that can be somebody's or something's id; a longer one is none.
    pub fn identifier(self, name: &str) -> Option<String> {
        self.text(name).filter(|id| id.len() <= IDENTIFIER_BYTES_MAX)
    }

    /// The first of several names that holds a text.
    pub fn text_of_any(self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name))
    }

    /// A whole number, or a text that is one.
    pub fn number(self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A truth value, also written as text or as 0 and 1.
    pub fn truth(self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Bool(truth) => Some(*truth),
            Value::Number(number) => number.as_i64().map(|number| number != 0),
            Value::String(text) => match text.trim() {
                "1" => Some(true),
                "0" => Some(false),
                text if text.eq_ignore_ascii_case("true") => Some(true),
                text if text.eq_ignore_ascii_case("false") => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// A list of texts; a single text counts as a list of one, absence as an empty list.
    pub fn texts(self, name: &str) -> Vec<String> {
        match self.value(name) {
            Some(Value::Array(items)) => items.iter().filter_map(text_of).collect(),
            Some(single) => text_of(single).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// A list of identifiers, by the same rules.
    pub fn identifiers(self, name: &str) -> Vec<String> {
        let mut ids = self.texts(name);
        ids.retain(|id| id.len() <= IDENTIFIER_BYTES_MAX);
        ids
    }

    pub fn object(self, name: &str) -> Option<Fields<'a>> {
        Self::of(self.value(name)?)
    }

    /// A list of objects; what is not an object is left out.
    pub fn objects(self, name: &str) -> Option<Vec<Fields<'a>>> {
        Some(self.value(name)?.as_array()?.iter().filter_map(Self::of).collect())
    }
}

/// A text or a number, as text; an empty text is none.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(storable(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// PostgreSQL cannot store a zero character in text.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn spelling_and_types_are_forgiven() {
        let value = json!({
            "CorpId": "ding1", "corpId": "ding2", "UserId": "one", "list": ["a", 7, null, "", {}], "count": "12",
            "yes": "True", "no": 0, "nothing": null, "Nothing": "something", "blank": " ", "huge": 1e300
        });
        let fields = Fields::of(&value).unwrap();
        assert_eq!(fields.text("CorpId").as_deref(), Some("ding1"));
        assert_eq!(fields.text("corpId").as_deref(), Some("ding2"));
        assert_eq!(fields.texts("userid"), ["one"]);
        assert_eq!(fields.texts("list"), ["a", "7"]);
        assert_eq!(fields.number("COUNT"), Some(12));
        assert_eq!((fields.truth("yes"), fields.truth("no"), fields.truth("list")), (Some(true), Some(false), None));
        assert_eq!(fields.text("nothing").as_deref(), Some("something"));
        assert_eq!((fields.text("blank"), fields.number("huge"), fields.text("absent")), (None, None, None));
    }

    #[test]
    fn what_no_database_takes_is_not_read() {
        let value = json!({ "zero": "a\u{0}b", "long": "x".repeat(513), "some": ["y".repeat(513), "z", 7] });
        let fields = Fields::of(&value).unwrap();
        assert_eq!(fields.text("zero").as_deref(), Some("a\u{fffd}b"));
        assert_eq!((fields.text("long").map(|text| text.len()), fields.identifier("long")), (Some(513), None));
        assert_eq!(fields.identifiers("some"), ["z", "7"]);
    }
}
