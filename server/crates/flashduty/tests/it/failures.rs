//! Every way a call can fail, by name, and never with the key in it.

use crate::stand::{KEY, Seen, Stand, client, json, nowhere, raw};
use axum::response::IntoResponse;
use flashduty::{ErrorClass, FlashdutyError, Resolution};
use serde_json::json;
use std::time::Duration;

/// Neither as it is nor as it stands in an address; and no address at all.
fn assert_no_key(error: &FlashdutyError) {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("leak") && !shown.contains("app_key"), "{shown}");
}

#[tokio::test]
async fn every_code_of_the_reference_has_its_class() {
    use ErrorClass::*;
    for (status, code, class) in [
        (400, "InvalidParameter", InvalidParameter),
        (400, "BadRequest", Other),
        (400, "InvalidContentType", Other),
        (400, "ResourceNotFound", NotFound),
        (400, "NoLicense", NoLicense),
        (400, "ReferenceExist", Other),
        (401, "Unauthorized", Unauthorized),
        (402, "BalanceNotEnough", Other),
        (403, "AccessDenied", AccessDenied),
        (404, "RouteNotFound", NoSuchRoute),
        (405, "MethodNotAllowed", Other),
        (409, "UndonedOrderExist", Other),
        (413, "EntityTooLarge", Other),
        (423, "RequestLocked", Locked),
        (428, "RequestVerifyRequired", NeedsVerification),
        (428, "DangerousOperation", NeedsVerification),
        (429, "RequestTooFrequently", RateLimited { retry_after_ms: None }),
        (500, "InternalError", Busy),
        (503, "ServiceUnavailable", Busy),
    ] {
        let message = format!("refused, your key was {KEY}");
        let stand = Stand::json(status, json!({ "error": { "code": code, "message": message } })).await;
        let error = stand.client().acknowledge("a1").await.unwrap_err();
        assert_eq!((error.class, error.code.as_str(), error.http_status), (class, code, Some(status)));
        assert_eq!(error.message, "refused, your key was …");
        assert_eq!(error.request_id.as_deref(), Some("01HEADER"));
        assert_no_key(&error);
    }
}

#[tokio::test]
async fn retry_after_is_told() {
    let stand = Stand::start(|_: &Seen| {
        let mut answer = json(429, &json!({ "error": { "code": "RequestTooFrequently", "message": "slow down" } }));
        answer.headers_mut().insert("retry-after", "7".parse().unwrap());
        answer
    })
    .await;
    let error = stand.client().wake("a1").await.unwrap_err();
    assert_eq!(error.class, ErrorClass::RateLimited { retry_after_ms: Some(7_000) });
    assert!(error.is_transient() && !error.may_have_happened());
}

#[tokio::test]
async fn answers_that_are_none() {
    for (status, body) in [(200, "<html>login</html>"), (200, ""), (200, "{\"data\":{"), (200, "[]"), (502, "<html>")] {
        let stand =
            Stand::start(move |_: &Seen| (axum::http::StatusCode::from_u16(status).unwrap(), body).into_response())
                .await;
        let error = stand.client().resolve("a1", &Resolution::default()).await.unwrap_err();
        assert_eq!((error.class, error.http_status), (ErrorClass::Unclear, Some(status)), "{body}");
        assert!(error.may_have_happened());
        assert_no_key(&error);
    }
    let stand = Stand::json(200, json!({ "data": [["a1"]] })).await;
    assert_eq!(stand.client().incident("a1").await.unwrap_err().code, "UnexpectedData");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let stand = Stand::start(|_: &Seen| {
        (axum::http::StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")]).into_response()
    })
    .await;
    assert_eq!(stand.client().member_info().await.unwrap_err().class, ErrorClass::Unclear);
    assert_eq!(stand.seen().len(), 1);
}

#[tokio::test]
async fn an_endless_answer_is_refused() {
    let stand = Stand::start(|_: &Seen| vec![b' '; 4 * 1024 * 1024 + 1].into_response()).await;
    let error = stand.client().member_info().await.unwrap_err();
    assert_eq!((error.class, error.code.as_str()), (ErrorClass::Unclear, "TooLarge"));
}

#[tokio::test]
async fn a_slow_answer_is_not_waited_for() {
    let url = raw(b"", Duration::from_secs(30)).await;
    let limited = tokio::time::timeout(Duration::from_secs(5), async {
        client(&url).within(Duration::from_millis(100)).within(Duration::from_secs(60)).acknowledge("a1").await
    });
    let error = limited.await.expect("the shorter limit counts").unwrap_err();
    assert_eq!((error.class, error.code.as_str()), (ErrorClass::Unclear, "TimeOut"));
    assert_no_key(&error);
}

#[tokio::test]
async fn cut_answers_are_unclear() {
    for answer in [
        b"".as_slice(),
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\":",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{\"data\":",
        b"\x16\x03\x01nonsense\r\n\r\n",
    ] {
        let url = raw(answer, Duration::ZERO).await;
        let error = client(&url).acknowledge("a1").await.unwrap_err();
        assert_eq!((error.class, error.code.as_str()), (ErrorClass::Unclear, "Cut"), "{error:?}");
        assert_no_key(&error);
    }
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let error = client(&nowhere().await).acknowledge("a1").await.unwrap_err();
    assert_eq!((error.class, error.http_status), (ErrorClass::Unreachable, None));
    assert!(error.is_transient() && !error.may_have_happened());
    assert_no_key(&error);
}
