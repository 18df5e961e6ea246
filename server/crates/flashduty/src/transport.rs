use crate::{ErrorClass, FlashdutyError};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use std::error::Error;

/// More than any answer we ask for; a longer one is refused unread.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The longest of Flashduty's limits is one of a minute.
const RESET_SECONDS_MAX: u64 = 60;

/// One complete HTTP answer.
pub(crate) struct Answer {
    pub http_status: u16,
    /// From the header `Flashcat-Request-Id`.
    pub request_id: Option<String>,
    pub retry_after_ms: Option<u64>,
    /// What the other machine takes for the present moment; empty where it does not say.
    pub date: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.http_status)
    }
}

/// Sends and reads to the end. What went wrong on the way is `Unreachable` (certainly not arrived) or `Unclear`.
pub(crate) async fn send(request: RequestBuilder) -> Result<Answer, FlashdutyError> {
    let response = request.send().await.map_err(|error| lost(&error))?;
    let http_status = response.status().as_u16();
    let request_id = text_header(response.headers(), "flashcat-request-id");
    let retry_after_ms = retry_after_ms(response.headers());
    let date = text_header(response.headers(), DATE.as_str()).unwrap_or_default();
    match read(response).await {
        Ok(body) => Ok(Answer { http_status, request_id, retry_after_ms, date, body }),
        Err(error) => Err(FlashdutyError { request_id, http_status: Some(http_status), ..error }),
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, FlashdutyError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(FlashdutyError::ours(ErrorClass::Unclear, "TooLarge", "the answer is longer than 4 MiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn lost(error: &reqwest::Error) -> FlashdutyError {
    let (class, code, what) = if error.is_connect() {
        (ErrorClass::Unreachable, "NotReached", "no connection")
    } else if error.is_builder() {
        (ErrorClass::Other, "NotSent", "the request could not be made")
    } else if error.is_timeout() {
        (ErrorClass::Unclear, "TimeOut", "no answer in time")
    } else {
        (ErrorClass::Unclear, "Cut", "the answer was cut off")
    };
    FlashdutyError::ours(class, code, format!("{what}: {}", innermost(error)))
}

/// The deepest cause. Never the error's own text, which holds the address and with it the app_key.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut text = String::from("no cause given");
    while let Some(error) = cause {
        text = error.to_string();
        cause = error.source();
    }
    text
}

/// How long Flashduty asks to wait, by either of the headers that it may send (reference 2.2). A reset that lies further
/// ahead than its limits reach is no number of seconds but a moment.
fn retry_after_ms(headers: &HeaderMap) -> Option<u64> {
    let seconds = |name: &str| text_header(headers, name)?.trim().parse::<u64>().ok();
    let reset = || seconds("x-ratelimit-reset").filter(|seconds| *seconds <= RESET_SECONDS_MAX);
    seconds(RETRY_AFTER.as_str()).or_else(reset).map(|seconds| seconds.saturating_mul(1000))
}

fn text_header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_flashduty_asks_to_wait() {
        for (retry_after, reset, told) in [
            (None, None, None),
            (Some("7"), None, Some(7_000)),
            (Some(" 7 "), Some("3"), Some(7_000)),
            (None, Some("1"), Some(1_000)),
            (None, Some("0"), Some(0)),
            (None, Some("1790000000"), None),
            (Some("Wed, 21 Oct 2026 07:28:00 GMT"), Some("40"), Some(40_000)),
            (Some("-1"), Some("x"), None),
            (Some("99999999999999999999"), None, None),
            (Some("18446744073709551615"), None, Some(u64::MAX)),
        ] {
            let both = [(RETRY_AFTER.as_str(), retry_after), ("x-ratelimit-reset", reset)];
            let given =
                both.iter().filter_map(|(name, value)| Some((name.parse().unwrap(), (*value)?.parse().unwrap())));
            let headers: HeaderMap = given.collect();
            assert_eq!(retry_after_ms(&headers), told, "{retry_after:?} {reset:?}");
        }
    }
}
