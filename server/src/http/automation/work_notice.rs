//! Work notices, asked for by other programs.

use super::list::{Moment, Page, page};
use super::token::{Administrator, Caller};
use super::{Filters, Listed};
use crate::flow::console::deliveries::words;
use crate::flow::work_notice::queue::{self, Asked, Audience};
use crate::flow::work_notice::recall;
use crate::flow::work_notice::view::{self, Counted, Followed};
use crate::http::problem::{ApiError, language};
use crate::http::request::{Json, Path, Query};
use crate::model::delivery::Delivery;
use crate::model::markdown;
use crate::model::work_notice::{BAR_PEOPLE_MAX, Content, Kind, PEOPLE_MAX, Person, WorkNotice};
use crate::state::State;
use axum::extract::State as Of;
use axum::http::{HeaderMap, StatusCode};
use contract::{Language, ProblemCode};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Longest user id, in characters; DingTalk's own limit is 64.
const USER_ID_CHARS_MAX: usize = 64;
/// Longest title, in characters.
const TITLE_CHARS_MAX: usize = 100;
/// Longest text, in characters; the whole message is measured in bytes besides.
const TEXT_CHARS_MAX: usize = 5_000;
/// Longest link, in bytes (reference 9.4).
const URL_BYTES_MAX: usize = 500;
/// Longest text of a status bar, in characters.
const STATUS_CHARS_MAX: usize = 30;

type Answered = Result<(StatusCode, axum::Json<Value>), ApiError>;

pub async fn list(_: Caller, Of(state): Of<State>, Path(key): Path<String>, Query(filters): Query<Filters>) -> Listed {
    let wanted: Page<Moment> = page(filters.after.as_deref(), filters.limit.as_deref())?;
    let found = view::list(&state, &key, wanted.after.clone().map(Moment::pair), wanted.fetch()).await?;
    Ok(wanted.answer(&found, |one| Moment::of(one.notice.created, &one.notice.id), show_counted))
}

pub async fn add(
    caller: Administrator,
    Of(state): Of<State>,
    Path(key): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Answered {
    let notice = queue::ask(&state, &key, read(body)?, &caller.actor()).await?;
    let followed = view::one(&state, &key, &notice.id).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(show_followed(&followed, language(&headers)))))
}

pub async fn show_one(
    _: Caller,
    Of(state): Of<State>,
    Path((key, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Listed {
    let followed = view::one(&state, &key, &id).await?;
    Ok(axum::Json(show_followed(&followed, language(&headers))))
}

pub async fn take_back(
    caller: Administrator,
    Of(state): Of<State>,
    Path((key, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answered {
    recall::recall(&state, &key, &id, &caller.actor()).await?;
    let followed = view::one(&state, &key, &id).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(show_followed(&followed, language(&headers)))))
}

fn show(notice: &WorkNotice) -> Value {
    let Content { kind, title, text, url, status, picture } = &notice.content;
    json!({
        "id": notice.id,
        "incident_id": notice.incident_id,
        "kind": kind.name(),
        "title": title,
        "text": text,
        "url": url,
        "status": status,
        "picture": picture,
        "actor": notice.actor,
        "created_ms": notice.created.0,
        "recalled_ms": notice.recalled.map(|at| at.0),
    })
}

fn show_counted(counted: &Counted) -> Value {
    let mut shown = show(&counted.notice);
    shown["outcomes"] = json!(counted.outcomes);
    shown
}

fn show_followed(followed: &Followed, language: Language) -> Value {
    let mut shown = show(&followed.notice);
    shown["people"] =
        followed.people.iter().map(|(person, delivery)| show_person(person, delivery, language)).collect();
    shown
}

fn show_person(person: &Person, delivery: &Delivery, language: Language) -> Value {
    let words = words(delivery, language);
    json!({
        "user_id": person.user_id,
        "delivery_id": person.delivery_id,
        "state": delivery.state.name(),
        "outcome": delivery.outcome.name(),
        "cause": words.cause,
        "remedy": words.cure,
        "who": words.who,
        "code": delivery.code,
        "sends": person.sends,
        "next_ms": delivery.next.map(|at| at.0),
        "updated_ms": delivery.updated.0,
    })
}

/// Reads what is asked for field by field, so that a mistake names its field.
fn read(body: Value) -> Result<Asked, ApiError> {
    let Value::Object(mut fields) = body else {
        return Err(ApiError::new(ProblemCode::BadRequest).with_message("not a JSON object"));
    };
    fields.retain(|_, value| !value.is_null());
    let audience = audience(&mut fields)?;
    let kind = match fields.remove("kind") {
        Some(Value::String(name)) => Kind::from_name(&name),
        _ => None,
    };
    let kind = kind.ok_or_else(|| ApiError::field("kind", "text, markdown, link, action_card or oa"))?;
    let content = Content {
        kind,
        title: text(&mut fields, "title", TITLE_CHARS_MAX)?,
        text: text(&mut fields, "text", TEXT_CHARS_MAX)?,
        url: url(&mut fields)?,
        picture: picture(&mut fields)?,
        status: text(&mut fields, "status", STATUS_CHARS_MAX)?,
    };
    if let Some(name) = fields.keys().next() {
        // The name is the caller's own and may be long.
        return Err(ApiError::field(&name.chars().take(64).collect::<String>(), "no such field"));
    }
    complete(&content, &audience)?;
    Ok(Asked { audience, content })
}

/// What each kind needs.
fn complete(content: &Content, audience: &Audience) -> Result<(), ApiError> {
    let kind = content.kind;
    for (name, value, needed) in [
        ("title", &content.title, kind != Kind::Text),
        ("text", &content.text, kind != Kind::Oa),
        ("url", &content.url, matches!(kind, Kind::Link | Kind::ActionCard | Kind::Oa)),
    ] {
        if needed && value.is_empty() {
            return Err(ApiError::field(name, &format!("is needed for kind {}", kind.name())));
        }
    }
    if !content.picture.is_empty() && !matches!(kind, Kind::Markdown | Kind::Link | Kind::ActionCard) {
        return Err(ApiError::field("picture", "only kinds markdown, link and action_card have a picture"));
    }
    if content.status.is_empty() {
        return Ok(());
    }
    if kind != Kind::Oa {
        return Err(ApiError::field("status", "only kind oa has a status bar"));
    }
    match audience {
        Audience::People(user_ids) if user_ids.len() <= BAR_PEOPLE_MAX => Ok(()),
        _ => Err(ApiError::field("status", "a status bar is for at most 5 people")),
    }
}

fn audience(fields: &mut Map<String, Value>) -> Result<Audience, ApiError> {
    let to_all = match fields.remove("to_all") {
        None | Some(Value::Bool(false)) => false,
        Some(Value::Bool(true)) => true,
        Some(_) => return Err(ApiError::field("to_all", "true or false")),
    };
    let wrong = || ApiError::field("user_ids", "a list of 1 to 5000 user ids of employees");
    match fields.remove("user_ids") {
        None if to_all => Ok(Audience::Everybody),
        Some(_) if to_all => Err(ApiError::field("user_ids", "not together with to_all")),
        Some(Value::Array(items)) if (1..=PEOPLE_MAX).contains(&items.len()) => {
            let mut seen = HashSet::new();
            let mut user_ids = Vec::with_capacity(items.len());
            for item in items {
                let Value::String(user_id) = item else { return Err(wrong()) };
                if !is_user_id(&user_id) {
                    return Err(wrong());
                }
                if seen.insert(user_id.clone()) {
                    user_ids.push(user_id);
                }
            }
            Ok(Audience::People(user_ids))
        }
        _ => Err(wrong()),
    }
}

/// Ids are sent in a list separated by commas.
fn is_user_id(text: &str) -> bool {
    let fits = (1..=USER_ID_CHARS_MAX).contains(&text.chars().count());
    fits && !text.chars().any(|one| one == ',' || one.is_whitespace() || one.is_control())
}

fn text(fields: &mut Map<String, Value>, name: &str, chars_max: usize) -> Result<String, ApiError> {
    match fields.remove(name) {
        None => Ok(String::new()),
        Some(Value::String(text)) if text.chars().count() <= chars_max => Ok(text.trim().to_owned()),
        Some(_) => Err(ApiError::field(name, &format!("a text of at most {chars_max} characters"))),
    }
}

fn url(fields: &mut Map<String, Value>) -> Result<String, ApiError> {
    let wrong =
        || ApiError::field("url", "an address that begins with https://, http:// or dingtalk://, at most 500 bytes");
    match fields.remove("url") {
        None => Ok(String::new()),
        Some(Value::String(url)) if url.is_empty() => Ok(url),
        Some(Value::String(url)) => {
            markdown::address(&url).filter(|address| address.len() <= URL_BYTES_MAX).ok_or_else(wrong)
        }
        Some(_) => Err(wrong()),
    }
}

fn picture(fields: &mut Map<String, Value>) -> Result<String, ApiError> {
    let wrong = || ApiError::field("picture", "a web address of at most 500 bytes");
    match fields.remove("picture") {
        None => Ok(String::new()),
        Some(Value::String(url)) if url.is_empty() => Ok(url),
        Some(Value::String(url)) if url.len() <= URL_BYTES_MAX && markdown::picture(&url).is_some() => Ok(url),
        Some(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_notices_and_the_least_ones() {
        let asked = read(json!({
            "user_ids": ["li", "li", "wang"], "kind": "oa", "title": " T ", "text": "X", "url": "https://h/a b",
            "status": "Open",
        }))
        .unwrap();
        assert_eq!(asked.audience, Audience::People(vec!["li".into(), "wang".into()]));
        let content = Content {
            kind: Kind::Oa,
            title: "T".into(),
            text: "X".into(),
            url: "https://h/a%20b".into(),
            status: "Open".into(),
            picture: String::new(),
        };
        assert_eq!(asked.content, content);
        let least = read(json!({"to_all": true, "kind": "text", "text": "X", "title": null})).unwrap();
        assert_eq!(least.audience, Audience::Everybody);
    }

    #[test]
    fn a_mistake_names_its_field() {
        let many: Vec<String> = (0..5_001).map(|n| format!("u{n}")).collect();
        let six: Vec<String> = (0..6).map(|n| format!("u{n}")).collect();
        let li = json!(["li"]);
        for (body, name) in [
            (json!([]), "BadRequest"),
            (json!({}), "user_ids"),
            (json!({"user_ids": [], "kind": "text", "text": "X"}), "user_ids"),
            (json!({"user_ids": "li", "kind": "text", "text": "X"}), "user_ids"),
            (json!({"user_ids": [5], "kind": "text", "text": "X"}), "user_ids"),
            (json!({"user_ids": ["a,b"], "kind": "text", "text": "X"}), "user_ids"),
            (json!({"user_ids": ["u".repeat(65)], "kind": "text", "text": "X"}), "user_ids"),
            (json!({"user_ids": many, "kind": "text", "text": "X"}), "user_ids"),
            (json!({"user_ids": li, "to_all": true, "kind": "text", "text": "X"}), "user_ids"),
            (json!({"to_all": 1, "kind": "text", "text": "X"}), "to_all"),
            (json!({"user_ids": li, "text": "X"}), "kind"),
            (json!({"user_ids": li, "kind": "image", "text": "X"}), "kind"),
            (json!({"user_ids": li, "kind": 5, "text": "X"}), "kind"),
            (json!({"user_ids": li, "kind": "text"}), "text"),
            (json!({"user_ids": li, "kind": "text", "text": "  "}), "text"),
            (json!({"user_ids": li, "kind": "text", "text": {}}), "text"),
            (json!({"user_ids": li, "kind": "text", "text": "x".repeat(5_001)}), "text"),
            (json!({"user_ids": li, "kind": "markdown", "text": "X"}), "title"),
            (json!({"user_ids": li, "kind": "link", "title": "T", "text": "X"}), "url"),
            (json!({"user_ids": li, "kind": "link", "title": "T", "text": "X", "url": "javascript:x"}), "url"),
            (json!({"user_ids": li, "kind": "text", "text": "X", "url": 7}), "url"),
            (
                json!({"user_ids": li, "kind": "oa", "title": "T", "url": format!("https://h/{}", "x".repeat(500))}),
                "url",
            ),
            (json!({"user_ids": li, "kind": "text", "text": "X", "status": "Open"}), "status"),
            (json!({"user_ids": six, "kind": "oa", "title": "T", "url": "https://h", "status": "Open"}), "status"),
            (json!({"to_all": true, "kind": "oa", "title": "T", "url": "https://h", "status": "Open"}), "status"),
            (json!({"user_ids": li, "kind": "text", "text": "X", "picture": "https://h/p"}), "picture"),
            (
                json!({"user_ids": li, "kind": "markdown", "title": "T", "text": "X", "picture": "dingtalk://p"}),
                "picture",
            ),
            (json!({"user_ids": li, "kind": "text", "text": "X", "colour": "red"}), "colour"),
        ] {
            let error = format!("{:?}", read(body.clone()).unwrap_err());
            let expected = if name == "BadRequest" { name.to_owned() } else { format!("\"{name}: ") };
            assert!(error.contains(&expected), "{body}: {error}");
        }
    }
}
