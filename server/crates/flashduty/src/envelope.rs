use crate::error::class_of;
use crate::transport::Answer;
use crate::{ErrorClass, FlashdutyError, wire};
use serde_json::{Map, Value};

/// Opens Flashduty's envelope (reference 2.2): the `data` of a success, `Null` where there is none.
/// `error.code` decides, whatever the HTTP status; the status decides only where there is no code.
pub(crate) fn open(answer: &Answer) -> Result<Value, FlashdutyError> {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) else { return Err(unusable(answer)) };
    if let Some((code, message)) = refusal(&body) {
        return Err(FlashdutyError {
            class: class_of(&code, answer.http_status, answer.retry_after_ms),
            code,
            message,
            request_id: request_id(&body, answer),
            http_status: Some(answer.http_status),
        });
    }
    if !answer.is_success() {
        return Err(unusable(answer));
    }
    Ok(body.remove("data").unwrap_or(Value::Null))
}

/// The error of an answer that says nothing of its own: a page, half a body, a gateway in between.
pub(crate) fn unusable(answer: &Answer) -> FlashdutyError {
    let class = match answer.http_status {
        404 => ErrorClass::NoSuchRoute,
        429 => ErrorClass::RateLimited { retry_after_ms: answer.retry_after_ms },
        _ => ErrorClass::Unclear,
    };
    FlashdutyError {
        class,
        code: "NotAnEnvelope".to_owned(),
        message: format!("HTTP {} without an answer of Flashduty's form", answer.http_status),
        request_id: answer.request_id.clone(),
        http_status: Some(answer.http_status),
    }
}

/// The request's id: from the body, else from the header.
pub(crate) fn request_id(body: &Map<String, Value>, answer: &Answer) -> Option<String> {
    let id = body.get("request_id").map(wire::text_of).unwrap_or_default();
    if id.is_empty() { answer.request_id.clone() } else { Some(id) }
}

/// Code and message, unless `error` is absent, empty, or one of the codes that mean success.
fn refusal(body: &Map<String, Value>) -> Option<(String, String)> {
    let (code, message) = match body.get("error")? {
        Value::Object(error) => {
            let field = |name| error.get(name).map(wire::text_of).unwrap_or_default();
            (field("code"), field("message"))
        }
        Value::String(text) if !text.is_empty() => ("Unknown".to_owned(), text.clone()),
        _ => return None,
    };
    (!matches!(code.as_str(), "" | "0" | "OK")).then_some((code, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(http_status: u16, body: &str) -> Answer {
        Answer {
            http_status,
            request_id: Some("HEADER".into()),
            retry_after_ms: None,
            date: String::new(),
            body: body.into(),
        }
    }

    #[test]
    fn the_documented_envelopes() {
        let ok = open(&answer(200, include_str!("fixtures/envelope_ok.json"))).unwrap();
        assert_eq!(ok, serde_json::json!({}));
        let error = open(&answer(400, include_str!("fixtures/envelope_error.json"))).unwrap_err();
        assert_eq!(error.class, ErrorClass::InvalidParameter);
        assert_eq!(error.message, "The specified parameter incident_id is not valid.");
        assert_eq!(error.request_id.as_deref(), Some("01HK8XQE3Z7JM2NTFQ5YJ8P9R4"));
        assert_eq!(error.http_status, Some(400));
    }

    #[test]
    fn success_has_many_shapes() {
        for body in [
            r#"{"request_id":"R"}"#,
            r#"{"data":null}"#,
            r#"{"error":null,"data":null}"#,
            r#"{"error":{"code":"OK","message":""}}"#,
            r#"{"error":{"code":0}}"#,
            r#"{"error":{}}"#,
        ] {
            assert_eq!(open(&answer(200, body)).unwrap(), Value::Null, "{body}");
        }
    }

    #[test]
    fn the_code_decides_not_the_status() {
        for (status, code, class) in [
            (200, "AccessDenied", ErrorClass::AccessDenied),
            (400, "ResourceNotFound", ErrorClass::NotFound),
            (500, "Unauthorized", ErrorClass::Unauthorized),
            (401, "NoLicense", ErrorClass::NoLicense),
            (400, "MethodNotAllowed", ErrorClass::Other),
            (418, "BrandNew", ErrorClass::Other),
            (502, "BrandNew", ErrorClass::Busy),
            (429, "BrandNew", ErrorClass::RateLimited { retry_after_ms: None }),
        ] {
            let error = open(&answer(status, &format!(r#"{{"error":{{"code":"{code}"}}}}"#))).unwrap_err();
            assert_eq!((error.class, error.code.as_str()), (class, code));
            assert_eq!(error.request_id.as_deref(), Some("HEADER"));
        }
    }

    #[test]
    fn what_is_no_envelope() {
        for (status, body, class) in [
            (200, "<html>", ErrorClass::Unclear),
            (200, "", ErrorClass::Unclear),
            (200, r#"{"data":"#, ErrorClass::Unclear),
            (200, "[]", ErrorClass::Unclear),
            (200, "null", ErrorClass::Unclear),
            (302, "", ErrorClass::Unclear),
            (401, "<html>", ErrorClass::Unclear),
            (502, r#"{"message":"bad gateway"}"#, ErrorClass::Unclear),
            (404, "404 page not found", ErrorClass::NoSuchRoute),
            (429, "<html>", ErrorClass::RateLimited { retry_after_ms: None }),
        ] {
            assert_eq!(open(&answer(status, body)).unwrap_err().class, class, "{status} {body}");
        }
    }
}
