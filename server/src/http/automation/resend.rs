//! Sending deliveries anew, asked for by other programs.

use super::delivery::{outcome_of, show};
use super::list::{Cursor, Moment};
use super::token::Administrator;
use crate::flow::resend;
use crate::http::problem::{ApiError, language};
use crate::http::request::{Json, Path};
use crate::state::State;
use axum::body::Bytes;
use axum::extract::State as Of;
use axum::http::{HeaderMap, StatusCode};
use contract::ProblemCode;
use serde_json::{Map, Value, json};
use world::Millis;

/// 202: it is sent in a moment. A body is not needed.
pub async fn one(
    caller: Administrator,
    Of(state): Of<State>,
    Path((key, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, axum::Json<Value>), ApiError> {
    let force = read_force(&body)?;
    let delivery = resend::resend(&state, &key, &id, force, &caller.actor()).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(show(&delivery, language(&headers)))))
}

pub async fn all(
    caller: Administrator,
    Of(state): Of<State>,
    Path(key): Path<String>,
    Json(body): Json<Value>,
) -> Result<(StatusCode, axum::Json<Value>), ApiError> {
    let mut fields = object(body)?;
    let Some(Value::String(outcome)) = fields.remove("outcome") else {
        return Err(ApiError::field("outcome", "the outcome with which they failed"));
    };
    let outcome = outcome_of(&outcome)?;
    let Some(since) = fields.remove("since").as_ref().and_then(Value::as_i64) else {
        return Err(ApiError::field("since", "milliseconds since 1970-01-01 UTC"));
    };
    let after = match fields.remove("after") {
        None => None,
        Some(Value::String(cursor)) => Some(Moment::read(&cursor).ok_or_else(not_a_cursor)?),
        Some(_) => return Err(not_a_cursor()),
    };
    nothing_else(&fields)?;
    let after = after.map(Moment::pair);
    let done = resend::resend_all(&state, &key, outcome, Millis(since), after, &caller.actor()).await?;
    let next = done.more.map(|(at, id)| Moment::of(at, &id).write());
    let answer = json!({"resent": done.resent, "refused": done.refused, "next": next});
    Ok((StatusCode::ACCEPTED, axum::Json(answer)))
}

fn not_a_cursor() -> ApiError {
    ApiError::field("after", "the `next` of the answer before")
}

fn read_force(body: &[u8]) -> Result<bool, ApiError> {
    if body.trim_ascii().is_empty() {
        return Ok(false);
    }
    let not_json = |_| ApiError::new(ProblemCode::BadRequest).with_message("not JSON");
    let mut fields = object(serde_json::from_slice(body).map_err(not_json)?)?;
    let force = match fields.remove("force") {
        None => false,
        Some(Value::Bool(force)) => force,
        Some(_) => return Err(ApiError::field("force", "true or false")),
    };
    nothing_else(&fields)?;
    Ok(force)
}

fn object(body: Value) -> Result<Map<String, Value>, ApiError> {
    let Value::Object(mut fields) = body else {
        return Err(ApiError::new(ProblemCode::BadRequest).with_message("not a JSON object"));
    };
    fields.retain(|_, value| !value.is_null());
    Ok(fields)
}

/// A field that is not known is refused: misspelled, it would send other than was meant.
fn nothing_else(fields: &Map<String, Value>) -> Result<(), ApiError> {
    match fields.keys().next() {
        None => Ok(()),
        // The name is the caller's own and may be long.
        Some(name) => Err(ApiError::field(&name.chars().take(64).collect::<String>(), "no such field")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_not_needed_and_a_wrong_one_is_refused() {
        for (body, expected) in [
            ("", Some(false)),
            (" \n", Some(false)),
            ("{}", Some(false)),
            (r#"{"force":null}"#, Some(false)),
            (r#"{"force":true}"#, Some(true)),
            (r#"{"force":"true"}"#, None),
            (r#"{"forced":true}"#, None),
            ("[true]", None),
            ("{", None),
        ] {
            assert_eq!(read_force(body.as_bytes()).ok(), expected, "{body}");
        }
    }
}
