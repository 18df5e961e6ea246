use crate::transport::Answer;
use crate::{ErrorClass, FlashdutyError, envelope, wire};
use serde_json::{Map, Value};

/// The object of an answer: bare as the RFCs have it, or in Flashduty's envelope, which is not documented to be absent here.
pub(super) fn open(answer: &Answer) -> Result<Map<String, Value>, FlashdutyError> {
    if let Some(refusal) = refusal(answer) {
        return Err(refusal);
    }
    let data = envelope::open(answer)?;
    match (data, serde_json::from_slice(&answer.body)) {
        (Value::Object(data), _) => Ok(data),
        (_, Ok(Value::Object(bare))) => Ok(bare),
        _ => Err(envelope::unusable(answer)),
    }
}

/// An answer that is asked for its success alone; RFC 7009 gives it no body.
pub(super) fn accepted(answer: &Answer) -> Result<(), FlashdutyError> {
    match refusal(answer) {
        Some(refusal) => Err(refusal),
        None if answer.is_success() => Ok(()),
        None => envelope::open(answer).map(|_| ()),
    }
}

/// The answer is good but for a field.
pub(super) fn unexpected(field: &str) -> FlashdutyError {
    FlashdutyError::ours(ErrorClass::Unclear, "UnexpectedData", format!("the answer has no {field}"))
}

/// RFC 6749, 5.2, and RFC 7591, 3.2.2: `{"error": "invalid_grant", "error_description": "…"}`.
fn refusal(answer: &Answer) -> Option<FlashdutyError> {
    let Ok(Value::Object(body)) = serde_json::from_slice(&answer.body) else { return None };
    let code = body.get("error")?.as_str().filter(|code| !code.is_empty())?;
    let class = match code {
        "invalid_grant" | "invalid_client" | "unauthorized_client" | "invalid_token" => ErrorClass::Unauthorized,
        "access_denied" => ErrorClass::AccessDenied,
        "invalid_request" | "invalid_scope" | "invalid_redirect_uri" | "invalid_client_metadata" => {
            ErrorClass::InvalidParameter
        }
        "temporarily_unavailable" | "server_error" => ErrorClass::Busy,
        "slow_down" => ErrorClass::RateLimited { retry_after_ms: answer.retry_after_ms },
        _ => ErrorClass::Other,
    };
    Some(FlashdutyError {
        class,
        code: code.to_owned(),
        message: body.get("error_description").map(wire::text_of).unwrap_or_default(),
        request_id: envelope::request_id(&body, answer),
        http_status: Some(answer.http_status),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(http_status: u16, body: &str) -> Answer {
        Answer { http_status, request_id: None, retry_after_ms: None, date: String::new(), body: body.into() }
    }

    #[test]
    fn bare_or_in_an_envelope() {
        for body in [r#"{"client_id":"c"}"#, r#"{"request_id":"R","data":{"client_id":"c"}}"#] {
            assert_eq!(open(&answer(201, body)).unwrap().get("client_id"), Some(&json!("c")));
        }
        assert!(accepted(&answer(200, "")).is_ok());
    }

    #[test]
    fn refusals() {
        for (status, body, class, code) in [
            (400, r#"{"error":"invalid_grant","error_description":"used"}"#, ErrorClass::Unauthorized, "invalid_grant"),
            (200, r#"{"error":"invalid_client"}"#, ErrorClass::Unauthorized, "invalid_client"),
            (400, r#"{"error":"invalid_redirect_uri"}"#, ErrorClass::InvalidParameter, "invalid_redirect_uri"),
            (400, r#"{"error":"brand_new"}"#, ErrorClass::Other, "brand_new"),
            (401, r#"{"error":{"code":"Unauthorized","message":"no"}}"#, ErrorClass::Unauthorized, "Unauthorized"),
            (500, "<html>", ErrorClass::Unclear, "NotAnEnvelope"),
        ] {
            for error in [open(&answer(status, body)).unwrap_err(), accepted(&answer(status, body)).unwrap_err()] {
                assert_eq!((error.class, error.code.as_str()), (class, code), "{body}");
            }
        }
    }
}
