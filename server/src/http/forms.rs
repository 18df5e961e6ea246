//! What pages and programs post: the same fields as a form or as JSON, taken only from our own pages, and answered in
//! kind: a form with a redirect to one of our pages, JSON with JSON.

use super::cookies::Cookies;
use super::cross_site::{self, From};
use super::problem::ApiError;
use super::session::Visitor;
use crate::flow::Refusal;
use crate::state::State;
use app::notice::Notice;
use app::place::Place;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use contract::form::FIELD_PREFIX;
use contract::problem::ProblemBody;
use contract::words::field as words;
use contract::{Problem, ProblemCode};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::str::FromStr;
use url::form_urlencoded;

/// Most fields a body may have; most of ours have a handful, a list of boxes has a hundred.
const FIELDS_MAX: usize = 160;

/// The fields of a body, each a text. Made only of requests that come from our own pages.
#[derive(Debug)]
pub struct Posted {
    fields: BTreeMap<String, String>,
    /// The same, each value by itself.
    each: BTreeMap<String, Vec<String>>,
    is_form: bool,
}

impl Posted {
    /// A field that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// All fields.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A field that must be there.
    ///
    /// # Errors
    /// `InvalidField` naming it.
    pub fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::field(|language| words::is_needed(language, name)))
    }

    /// A field that is a number, if it is there.
    ///
    /// # Errors
    /// `InvalidField` naming it.
    pub fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let wrong = |_| Refusal::field(|language| words::is_no_number(language, name));
        self.get(name).map(|text| text.trim().parse().map_err(wrong)).transpose()
    }

    /// A field with several numbers: ticked boxes of a form, an array in JSON.
    ///
    /// # Errors
    /// `InvalidField` naming it.
    pub fn numbers<T: FromStr>(&self, name: &str) -> Result<Vec<T>, Refusal> {
        let wrong = |_| Refusal::field(|language| words::is_no_number(language, name));
        let parts = self.get(name).unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| part.parse().map_err(wrong)).collect()
    }

    /// A field with several texts that have no comma: ticked boxes of a form, an array in JSON.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let parts = self.get(name).unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    }

    /// Every field as it was sent, to be shown again.
    pub fn typed(&self) -> &BTreeMap<String, String> {
        &self.fields
    }

    /// The same, each value by itself where there are several.
    pub fn typed_many(&self) -> &BTreeMap<String, Vec<String>> {
        &self.each
    }

    /// Custom fields of the account, by Flashduty's names.
    pub fn custom(&self) -> BTreeMap<String, Vec<String>> {
        let named = self.each.iter().filter_map(|(name, given)| Some((name.strip_prefix(FIELD_PREFIX)?, given)));
        named.map(|(name, given)| (name.to_owned(), given.clone())).collect()
    }

    /// The page a field names; none for anything that is no page of ours.
    pub fn place(&self, name: &str) -> Option<Place> {
        Place::parse(self.get(name)?)
    }

    /// A browser sent it without scripts.
    pub fn is_form(&self) -> bool {
        self.is_form
    }

    /// A program's answer, or the way to a page for a form.
    pub fn answer(&self, to: &str, body: &impl Serialize) -> Response {
        if self.is_form { see(to) } else { json(StatusCode::OK, body) }
    }

    /// What went wrong: told to a program, or shown by the page `back` to somebody who sent a form.
    pub fn refuse(&self, visitor: &Visitor, back: &Place, more: &[(&str, String)], refusal: Refusal) -> Response {
        self.tell(visitor, back, more, visitor.problem(refusal))
    }

    /// The same for a problem that is in the visitor's words already.
    pub fn tell(&self, visitor: &Visitor, back: &Place, more: &[(&str, String)], problem: Problem) -> Response {
        if !self.is_form {
            return told(problem);
        }
        let notice = Notice::Problem { code: problem.code, id: problem.id };
        see(&address(visitor.key(), back, more, Some(&notice)))
    }
}

/// The address of a page with further parameters and what it has to say.
pub fn address(key: &str, place: &Place, more: &[(&str, String)], notice: Option<&Notice>) -> String {
    let mut pairs = more.to_vec();
    pairs.extend(notice.map(Notice::query).unwrap_or_default());
    place.address_with(key, &pairs)
}

/// Sends a browser on to an address of ours, or to Flashduty's sign-in.
pub fn see(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, to), (CACHE_CONTROL, HeaderValue::from_static("no-store"))]).into_response()
}

/// A body as JSON that nobody keeps.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], axum::Json(body)).into_response()
}

/// A problem as a program reads it, with its reader's language.
pub fn told(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    json(status, &ProblemBody { problem })
}

/// An answer with cookies.
pub fn with_cookies(mut response: Response, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

impl FromRequest<State> for Posted {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &State) -> Result<Self, ApiError> {
        let headers = request.headers().clone();
        let source = cross_site::source(&headers, &state.config.public_url);
        if source == From::Elsewhere {
            return Err(ApiError::new(ProblemCode::CrossSite).with_cause("another site sent it"));
        }
        let Some(kind) = Kind::of(&headers) else {
            // A body of another kind has no token either, and any site can send one.
            let unknown = source == From::Unknown;
            return Err(if unknown { ProblemCode::CrossSite } else { ProblemCode::UnsupportedMediaType }.into());
        };
        let body = Bytes::from_request(request, state).await.map_err(|_| ApiError::new(ProblemCode::BadRequest))?;
        let posted = Self::of(kind, &body)?;
        // Another site can send JSON only after asking, and we never allow it.
        if source == From::Unknown && kind == Kind::Form && !posted.has_token(&headers, state) {
            return Err(ApiError::new(ProblemCode::CrossSite).with_cause("a form without its token"));
        }
        Ok(posted)
    }
}

impl Posted {
    fn of(kind: Kind, body: &[u8]) -> Result<Self, ApiError> {
        let mut each: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in kind.fields(body)? {
            each.entry(name).or_default().push(value);
        }
        // Boxes of one name that are ticked together come one after the other.
        let fields = each.iter().map(|(name, given)| (name.clone(), given.join(","))).collect();
        Ok(Self { fields, each, is_form: kind == Kind::Form })
    }

    fn has_token(&self, headers: &HeaderMap, state: &State) -> bool {
        let cookies = Cookies { secure: state.config.public_url.scheme() == "https" };
        let header = headers.get("x-csrf").and_then(|value| value.to_str().ok());
        let given = self.get("csrf").or(header).unwrap_or_default();
        cross_site::is_ours(given, &CookieJar::from_headers(headers), cookies)
    }
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Form,
    Json,
}

impl Kind {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Some(Self::Form)
        } else {
            None
        }
    }

    fn fields(self, body: &[u8]) -> Result<Vec<(String, String)>, ApiError> {
        let pairs: Vec<(String, String)> = match self {
            Self::Form => form_urlencoded::parse(body)
                .take(FIELDS_MAX + 1)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
            Self::Json => match serde_json::from_slice(body) {
                Ok(Value::Object(fields)) if fields.len() <= FIELDS_MAX => fields
                    .into_iter()
                    .flat_map(|(name, value)| texts_of(value).into_iter().map(move |text| (name.clone(), text)))
                    .collect(),
                _ => return Err(ProblemCode::BadRequest.into()),
            },
        };
        if self == Self::Form && pairs.len() > FIELDS_MAX {
            return Err(ApiError::new(ProblemCode::BadRequest).with_cause("too many fields"));
        }
        Ok(pairs)
    }
}

/// The values of a field. What is no text stands for a field that nobody here reads; one that is needed is missed by its
/// name.
fn texts_of(value: Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(flag) => vec![if flag { "yes" } else { "no" }.to_owned()],
        Value::Array(parts) => {
            parts.into_iter().filter(|part| part.is_number() || part.is_string()).flat_map(texts_of).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(kind: Kind, body: &str) -> Result<Posted, ProblemCode> {
        Posted::of(kind, body.as_bytes()).map_err(|error| error.code())
    }

    #[test]
    fn a_form_and_json_say_the_same() {
        let form = posted(Kind::Form, "minutes=120&text=a+%26%20b&empty=&back=pc%3Aopen&people=5&people=6").unwrap();
        let json = posted(Kind::Json, r#"{"minutes":120,"text":"a & b","empty":null,"back":"pc:open","people":[5,6]}"#)
            .unwrap();
        for posted in [form, json] {
            assert_eq!(posted.number::<u32>("minutes").unwrap(), Some(120));
            assert_eq!(posted.get("text"), Some("a & b"));
            assert_eq!(posted.get("empty"), None);
            assert_eq!(posted.place("back").unwrap().text(), "pc:open");
            assert_eq!(posted.needed("code").unwrap_err().code, ProblemCode::InvalidField);
            assert!(posted.number::<u32>("text").is_err() && posted.numbers::<i64>("text").is_err());
            assert_eq!(posted.numbers::<i64>("people").unwrap(), [5, 6]);
            assert!(posted.numbers::<i64>("none").unwrap().is_empty());
            assert_eq!(posted.place("text"), None);
        }
    }

    #[test]
    fn nonsense_is_refused_and_bounded() {
        for body in ["", "{", "null", "[]", "\"x\"", "5", &"[".repeat(10_000)] {
            assert_eq!(posted(Kind::Json, body).unwrap_err(), ProblemCode::BadRequest, "{body:.10}");
        }
        assert_eq!(posted(Kind::Form, &"a=1&".repeat(200)).unwrap_err(), ProblemCode::BadRequest);
        assert_eq!(posted(Kind::Json, r#"{"code":{"a":1}}"#).unwrap().get("code"), None);
    }

    #[test]
    fn bodies_by_type() {
        for (content_type, expected) in [
            ("application/json", Some(Kind::Json)),
            ("Application/JSON; charset=utf-8", Some(Kind::Json)),
            ("application/x-www-form-urlencoded", Some(Kind::Form)),
            ("text/plain", None),
            ("multipart/form-data; boundary=x", None),
            ("application/json-seq", None),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
            assert_eq!(Kind::of(&headers), expected, "{content_type}");
        }
        assert_eq!(Kind::of(&HeaderMap::new()), None);
    }

    #[test]
    fn pages_with_what_they_have_to_say() {
        let notice = Notice::Problem { code: ProblemCode::CodeRefused, id: "r1".into() };
        let attempt = [("attempt", "a1".to_owned())];
        let to = address("k1", &Place::SignIn, &attempt, Some(&notice));
        assert_eq!(to, "/i/k1/sign-in?attempt=a1&problem=code-refused&problem_id=r1");
    }
}
