//! How the types that islands know are read. A derived reader is a piece of code for each type and each way of writing it,
//! and a fifth of the pages' WebAssembly was that. Here JSON becomes a [`Value`] first, by the only derived-like reader,
//! and each type takes its fields out of that.
//!
//! Lists that are missing are empty, flags that are missing are off, and what is optional may be missing.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// JSON without a type. Fractions are no part of what is said here: they are read as nothing.
#[derive(Debug, Default)]
pub enum Value {
    #[default]
    Nothing,
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<Value>),
    Fields(Vec<(String, Value)>),
}

impl Value {
    /// Takes a field out; nothing where it is missing.
    pub fn take(&mut self, name: &str) -> Self {
        let Self::Fields(fields) = self else { return Self::Nothing };
        let found = fields.iter_mut().find(|(known, _)| known == name);
        found.map(|(_, value)| std::mem::take(value)).unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
                out.write_str("JSON")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Nothing)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
                Ok(Value::Flag(flag))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Number(number))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(i64::try_from(number).map_or(Value::Nothing, Value::Number))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Nothing)
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(part) = parts.next_element()? {
                    list.push(part);
                }
                Ok(Value::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut parts: A) -> Result<Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = parts.next_entry()? {
                    fields.push(field);
                }
                Ok(Value::Fields(fields))
            }
        }

        deserializer.deserialize_any(Any)
    }
}

/// What can be made of a [`Value`].
pub trait Read: Sized {
    /// None when it is something else.
    fn read(value: Value) -> Option<Self>;
}

/// The reader of a type that has [`Read`], for serde.
///
/// # Errors
/// It is no JSON, or something else.
pub fn from<'de, T: Read, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read(Value::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("something else was expected"))
}

impl Read for bool {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Flag(flag) => Some(flag),
            Value::Nothing => Some(false),
            _ => None,
        }
    }
}

impl Read for i64 {
    fn read(value: Value) -> Option<Self> {
        if let Value::Number(number) = value { Some(number) } else { None }
    }
}

impl Read for u32 {
    fn read(value: Value) -> Option<Self> {
        i64::read(value)?.try_into().ok()
    }
}

impl Read for i32 {
    fn read(value: Value) -> Option<Self> {
        i64::read(value)?.try_into().ok()
    }
}

impl Read for String {
    fn read(value: Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text) } else { None }
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Nothing => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::List(list) => list.into_iter().map(T::read).collect(),
            Value::Nothing => Some(Self::new()),
            _ => None,
        }
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(value: Value) -> Option<Self> {
        let Value::List(list) = value else { return None };
        let mut list = list.into_iter();
        Some((A::read(list.next()?)?, B::read(list.next()?)?))
    }
}

/// Reads a type by its fields, all of which are named: `read!(Responder { name, acknowledged_ms, me })`.
#[macro_export]
macro_rules! read {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::read::Read for $type {
            fn read(mut value: $crate::read::Value) -> Option<Self> {
                Some(Self { $($field: $crate::read::Read::read(value.take(stringify!($field)))?),+ })
            }
        }
        $crate::read!($type);
    };
    // Reads a type by what `from_name` makes of a text.
    ($type:ident by $from_name:ident) => {
        impl $crate::read::Read for $type {
            fn read(value: $crate::read::Value) -> Option<Self> {
                if let $crate::read::Value::Text(name) = value { Self::$from_name(&name) } else { None }
            }
        }
        $crate::read!($type);
    };
    ($type:ident) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::read::from(deserializer)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::incident::{ActRequest, TimelineEntry};
    use crate::incident::{ActResult, Action, IncidentDetail, IncidentView, LastAct, Progress, Responder, Severity};
    use crate::live::{IncidentNews, Told};
    use crate::problem::{Problem, ProblemBody, ProblemCode};
    use crate::words::Language;
    use serde::{Serialize, de::DeserializeOwned};
    use std::fmt::Debug;

    fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(one: T) {
        let text = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<T>(&text).ok(), Some(one), "{text}");
    }

    fn incident() -> IncidentView {
        IncidentView {
            id: "69da451ef77b1b51f40e83ee".into(),
            num: "0E83EE".into(),
            title: "“disk” \\ full\n".into(),
            description: String::new(),
            severity: Severity::Warning,
            progress: Progress::Processing,
            snoozed_until_ms: Some(-5),
            channel: "支付".into(),
            started_ms: 1_775_912_219_000,
            acknowledged_ms: None,
            closed_ms: Some(0),
            updated_ms: i64::MAX,
            responders: vec![Responder { name: "张三".into(), acknowledged_ms: Some(1), me: true }],
            labels: vec![("a".into(), "b".into())],
            alert_count: 3,
            root_cause: "x".into(),
            resolution: "y".into(),
            last_act: Some(LastAct { who: None, kind: "i_ack".into(), at_ms: 7 }),
            actions: Action::ALL.to_vec(),
        }
    }

    fn entry() -> TimelineEntry {
        TimelineEntry { at_ms: 1, kind: "i_comm".into(), who: Some("Li".into()), text: "t".into() }
    }

    #[test]
    fn what_is_written_is_read() {
        survives(incident());
        survives(IncidentDetail { incident: incident(), timeline: vec![entry()], timeline_cut: true, as_of_ms: 4 });
        survives(ActResult { done: true, incident: incident(), revision: 9 });
        for timeline in [None, Some((vec![entry()], false))] {
            let news = IncidentNews { incident: incident(), revision: 1, listed: true, timeline, at_ms: 2 };
            survives(Told::Incident(Box::new(news)));
        }
        for told in [Told::Beat, Told::Stale, Told::Rest] {
            survives(told);
        }
        survives(ActRequest::default());
        survives(ActRequest {
            minutes: Some(u32::MAX),
            text: Some("t".into()),
            mute: true,
            people: vec![1, 2],
            custom_action: Some(-1),
            ..ActRequest::default()
        });
    }

    #[test]
    fn every_name_is_read() {
        for code in ProblemCode::ALL {
            survives(ProblemBody { problem: Problem::new(*code, Language::Zh, "r-1") });
        }
        for severity in Severity::ALL {
            survives(severity);
        }
        for action in Action::ALL {
            survives(action);
        }
        for progress in [Progress::Triggered, Progress::Processing, Progress::Closed] {
            survives(progress);
        }
        for language in [Language::Zh, Language::En] {
            survives(language);
        }
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for text in ["", "null", "[]", "{}", "7", r#"{"is":"else"}"#, r#"{"is":"incident"}"#, r#"{"is":["beat"]}"#] {
            assert!(serde_json::from_str::<Told>(text).is_err(), "{text}");
        }
        for text in [r#"{"name":7}"#, r#"{"name":"a","me":"yes"}"#, r#"{"name":"a","acknowledged_ms":"1"}"#] {
            assert!(serde_json::from_str::<Responder>(text).is_err(), "{text}");
        }
        let sparse = serde_json::from_str::<Responder>(r#"{"name":"a","new":[1.5,{"x":null}]}"#).unwrap();
        assert_eq!(sparse, Responder { name: "a".into(), acknowledged_ms: None, me: false });
    }
}
