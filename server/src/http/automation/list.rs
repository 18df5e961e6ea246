//! Pages of a list: a limit, a cursor, and whether there is more.

use crate::http::problem::ApiError;
use axum::Json;
use contract::ProblemCode;
use serde_json::{Value, json};
use world::Millis;

/// Items on a page when nobody says.
const LIMIT: usize = 50;
/// Items on a page at most.
const LIMIT_MAX: usize = 200;

/// What stands in a cursor.
pub trait Cursor: Sized {
    /// As it stands in `next` and `after`.
    fn write(&self) -> String;
    /// None for what [`Cursor::write`] never wrote.
    fn read(text: &str) -> Option<Self>;
}

/// The page that is asked for.
pub struct Page<C> {
    pub after: Option<C>,
    limit: usize,
}

/// A place in a list ordered by time and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    at: Millis,
    id: String,
}

/// Reads `after` and `limit`; empty ones count as not given.
///
/// # Errors
/// A cursor that is none, a limit out of bounds.
pub fn page<C: Cursor>(after: Option<&str>, limit: Option<&str>) -> Result<Page<C>, ApiError> {
    let bad_cursor = || ApiError::new(ProblemCode::BadRequest).with_message("after: not a cursor of this list");
    let after = after.filter(|text| !text.is_empty()).map(|text| C::read(text).ok_or_else(bad_cursor)).transpose()?;
    let limit = match limit.filter(|text| !text.is_empty()) {
        None => LIMIT,
        Some(text) => match text.parse() {
            Ok(limit) if (1..=LIMIT_MAX).contains(&limit) => limit,
            _ => return Err(ApiError::field("limit", "a number from 1 to 200")),
        },
    };
    Ok(Page { after, limit })
}

impl<C: Cursor> Page<C> {
    /// How many to read: one more than is shown tells whether there is more.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// The answer for what was read.
    pub fn answer<T>(&self, found: &[T], place: impl Fn(&T) -> C, show: impl Fn(&T) -> Value) -> Json<Value> {
        let shown = &found[..found.len().min(self.limit)];
        let next = shown.last().filter(|_| found.len() > self.limit).map(|last| place(last).write());
        let items: Vec<Value> = shown.iter().map(show).collect();
        Json(json!({"items": items, "next": next}))
    }
}

/// Lists ordered by id.
impl Cursor for String {
    fn write(&self) -> String {
        self.clone()
    }

    fn read(text: &str) -> Option<Self> {
        is_id(text).then(|| text.to_owned())
    }
}

/// Lists ordered by a number.
impl Cursor for i64 {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number: &i64| number.to_string() == text)
    }
}

impl Moment {
    /// The place of an item.
    pub fn of(at: Millis, id: &str) -> Self {
        Self { at, id: id.to_owned() }
    }

    /// As the store takes it.
    pub fn pair(self) -> (Millis, String) {
        (self.at, self.id)
    }
}

impl Cursor for Moment {
    fn write(&self) -> String {
        format!("{}-{}", self.at.0, self.id)
    }

    fn read(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('-')?;
        let at = at.parse().ok().filter(|at: &i64| at.to_string().len() == text.len() - id.len() - 1)?;
        is_id(id).then(|| Self::of(Millis(at), id))
    }
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_and_nothing_else_is_one() {
        let moment = Moment::of(Millis(1_767_225_600_000), "abc123");
        assert_eq!(Moment::read(&moment.write()), Some(moment));
        for text in ["", "x", "1-", "-a", "1 -a", "+1-a", "01-a", "1-a b", "1-%27", "99999999999999999999-a"] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
        assert_eq!(String::read("a'--"), None);
    }

    #[test]
    fn a_page_says_whether_there_is_more() {
        let numbers: Vec<u32> = (0..3).collect();
        let answer = |limit, found: &[u32]| {
            let page: Page<String> = page(None, Some(limit)).ok().unwrap();
            page.answer(found, |number| format!("n{number}"), |number| json!(number)).0
        };
        assert_eq!(answer("2", &numbers), json!({"items": [0, 1], "next": "n1"}));
        assert_eq!(answer("3", &numbers), json!({"items": [0, 1, 2], "next": null}));
        assert_eq!(answer("3", &[]), json!({"items": [], "next": null}));
    }

    #[test]
    fn limits_are_held() {
        for (limit, fits) in
            [("1", true), ("200", true), ("", true), ("0", false), ("201", false), ("-1", false), ("x", false)]
        {
            assert_eq!(page::<String>(None, Some(limit)).is_ok(), fits, "{limit}");
        }
        let refused = page::<Moment>(Some("x"), None).err().unwrap();
        assert_eq!(refused.code(), ProblemCode::BadRequest);
    }
}
