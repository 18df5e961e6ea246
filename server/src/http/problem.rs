//! Every error a caller can meet, as a Problem: the one place that chooses status and words, and logs the cause.
//!
//! A handler returns an [`ApiError`]; its response is only a status with the error attached. [`render`] runs once per
//! request, outside everything else, knows the request's id and the caller's language, writes the body and the log line.

use super::{cookies, robot_push};
use crate::flow::refusal::Said;
use crate::flow::{ReceiveError, Refusal};
use crate::web;
use axum::body::Body;
use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, ALLOW, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use contract::problem::ProblemBody;
use contract::words::page as words;
use contract::{Language, Problem, ProblemCode};
use std::sync::Arc;
use std::time::Duration;

/// An error on its way to the caller.
#[derive(Clone, Debug)]
pub struct ApiError {
    code: ProblemCode,
    /// Instead of the code's own sentence: which field, which value.
    message: Option<Said>,
    retry_after: Option<Duration>,
    /// For the log alone. Never a secret, never a person.
    cause: Option<String>,
}

impl ApiError {
    /// The error of a code.
    pub fn new(code: ProblemCode) -> Self {
        Self { code, message: None, retry_after: None, cause: None }
    }

    /// A field that is wrong, and why.
    pub fn field(name: &str, why: &str) -> Self {
        Self::new(ProblemCode::InvalidField).with_message(format!("{name}: {why}"))
    }

    /// The same with a more exact sentence, which the caller reads.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(Said::Exact(message.into()));
        self
    }

    /// The same with what the log is to say.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The same with how long the caller should wait.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// What kind of error it is.
    pub fn code(&self) -> ProblemCode {
        self.code
    }

    fn problem(&self, language: Language, id: &str) -> Problem {
        let problem = Problem::new(self.code, language, id);
        match &self.message {
            Some(message) => problem.with_message(message.clone().words(language)),
            None => problem,
        }
    }

    /// Faults of ours wake somebody; platforms' faults and forgeries are worth knowing; the rest is daily business.
    fn log(&self, id: &str) {
        let (problem, cause) = (self.code.name(), self.cause.as_deref().unwrap_or_default());
        match self.code {
            ProblemCode::Internal | ProblemCode::Unavailable => tracing::error!(id, problem, cause, "request failed"),
            ProblemCode::SignatureWrong | ProblemCode::Forged | ProblemCode::CrossSite => {
                tracing::warn!(id, problem, cause, "request refused");
            }
            code if code.status() >= 500 => tracing::warn!(id, problem, cause, "platform failed"),
            _ => tracing::debug!(id, problem, cause, "request refused"),
        }
    }
}

impl From<ProblemCode> for ApiError {
    fn from(code: ProblemCode) -> Self {
        Self::new(code)
    }
}

/// A Problem made by a flow keeps its words; its id gives way to the request's.
impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self::new(problem.code).with_message(problem.message)
    }
}

/// What a person asked for and did not get.
impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let cause = refusal.cause.map(|cause| cause.to_string());
        Self { message: refusal.message, cause, ..Self::new(refusal.code) }
    }
}

/// What a platform's request was refused for.
impl From<ReceiveError> for ApiError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::UnknownIntegration => ProblemCode::NotFound.into(),
            ReceiveError::Forged => ProblemCode::Forged.into(),
            ReceiveError::SignatureWrong => ProblemCode::SignatureWrong.into(),
            ReceiveError::Malformed(cause) => Self::new(ProblemCode::BadRequest).with_cause(cause),
            ReceiveError::DeadChat => ProblemCode::ChatUnknown.into(),
            ReceiveError::UnknownCard => ProblemCode::CardUnknown.into(),
            ReceiveError::Store(error) => Refusal::from(error).into(),
        }
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        Self::new(ProblemCode::BadRequest).with_cause(rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(_: QueryRejection) -> Self {
        Self::new(ProblemCode::BadRequest)
    }
}

// The rejections' own texts quote what was sent, so they go neither out nor into the log.
impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(code_of(rejection.status()))
    }
}

impl From<FormRejection> for ApiError {
    fn from(rejection: FormRejection) -> Self {
        Self::new(code_of(rejection.status()))
    }
}

/// What a framework's refusal by status alone means.
fn code_of(status: StatusCode) -> ProblemCode {
    match status {
        StatusCode::NOT_FOUND => ProblemCode::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ProblemCode::MethodNotAllowed,
        StatusCode::REQUEST_TIMEOUT => ProblemCode::TooSlow,
        StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemCode::UnsupportedMediaType,
        status if status.is_server_error() => ProblemCode::Internal,
        _ => ProblemCode::BadRequest,
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if let Some(wait) = self.retry_after {
            // Whole seconds, at least one, never too early.
            let seconds = u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Who is to read a problem: taken from the request before it is handled.
pub struct Reader {
    language: Language,
    /// A person with a browser, on a path that answers with pages.
    page: bool,
    /// A robot of Flashduty, which reads a refusal as DingTalk's robots say it.
    robot: bool,
}

impl Reader {
    /// The reader of the answer to a request.
    pub fn of(path: &str, headers: &HeaderMap) -> Self {
        let chosen =
            CookieJar::from_headers(headers).get(cookies::LANGUAGE).and_then(|tag| Language::from_tag(tag.value()));
        Self {
            language: chosen.unwrap_or_else(|| language(headers)),
            page: answers_with_pages(path) && text(headers, ACCEPT).contains("text/html"),
            robot: is_robot_push(path),
        }
    }
}

/// The first language of a request's `Accept-Language` that we speak.
pub fn language(headers: &HeaderMap) -> Language {
    text(headers, ACCEPT_LANGUAGE).split(',').find_map(Language::from_tag).unwrap_or_default()
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// `/flashduty/{key}/robot/…`
fn is_robot_push(path: &str) -> bool {
    path.strip_prefix("/flashduty/").and_then(|rest| rest.split('/').nth(1)).is_some_and(|part| part == "robot")
}

fn answers_with_pages(path: &str) -> bool {
    !["/api/", "/dingtalk/", "/flashduty/", "/assets/"].iter().any(|prefix| path.starts_with(prefix))
}

/// Logs the error of a response and writes its body. Responses that are no errors, or have drawn theirs themselves,
/// stay as they are; a framework's bare refusal becomes a Problem too.
pub fn render(response: Response, reader: &Reader, id: &str) -> Response {
    let attached = response.extensions().get::<Arc<ApiError>>().cloned();
    let bare = response.status().is_client_error() || response.status().is_server_error();
    let error = match attached {
        Some(error) => error,
        None if bare && !response.headers().contains_key(CONTENT_TYPE) => Arc::new(code_of(response.status()).into()),
        None => return response,
    };
    error.log(id);
    let problem = error.problem(reader.language, id);
    let (content_type, body) = match reader.page {
        true => ("text/html; charset=utf-8", page(&problem, reader.language)),
        false if reader.robot => ("application/json", robot_json(problem)),
        false => ("application/json", json(problem)),
    };
    let kept = [RETRY_AFTER, ALLOW].map(|name| response.headers().get(&name).cloned().map(|value| (name, value)));
    let mut rendered = Response::new(Body::from(body));
    *rendered.status_mut() = response.status();
    rendered.headers_mut().extend(kept.into_iter().flatten());
    rendered.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    rendered
}

fn json(problem: Problem) -> String {
    // Texts always become JSON; an empty body would still carry its status.
    serde_json::to_string(&ProblemBody { problem }).unwrap_or_default()
}

/// The same, with the code and the words that a sender to DingTalk's robots looks for.
fn robot_json(problem: Problem) -> String {
    let code = robot_push::errcode(problem.code);
    serde_json::json!({ "errcode": code, "errmsg": problem.message, "problem": problem }).to_string()
}

/// A page without scripts or data, for where the real pages cannot be drawn. Its style is a file: whoever knocks at many
/// addresses gets little.
fn page(problem: &Problem, language: Language) -> String {
    let Problem { code, message, remedy, id } = problem;
    let [message, remedy] = [message, remedy].map(|text| escape(text));
    let icon = web::plain_script("icon.svg").map(|icon| icon.path).unwrap_or_default();
    format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{message}</title>\
         <link rel=\"icon\" href=\"{icon}\"><link rel=\"stylesheet\" href=\"{}\">\
         <main id=\"main\" class=\"narrow\"><div class=\"problem\" role=\"alert\" data-problem=\"{}\">\
         <h1 class=\"problem-message\">{message}</h1><p class=\"problem-remedy\">{remedy}</p>\
         <p class=\"problem-id\">{}</p></div></main></html>",
        language.tag(),
        web::style().path,
        code.name(),
        words::problem_id(language, id),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn rendered(error: ApiError, path: &str, headers: &[(&'static str, &'static str)]) -> (Response, String) {
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect();
        let response = render(error.into_response(), &Reader::of(path, &headers), "r1");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 64 * 1024).await.unwrap();
        (Response::from_parts(parts, Body::empty()), String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn programs_get_json_in_their_language() {
        let error = ApiError::field("limit", "is not a number").with_cause("hunter2");
        let (response, body) =
            rendered(error, "/api/x", &[("accept-language", "en-US"), ("accept", "text/html")]).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        let expected = serde_json::json!({"problem": {
            "code": "invalid-field",
            "message": "limit: is not a number",
            "remedy": "Correct it as the message says and submit again",
            "id": "r1",
        }});
        assert_eq!(body, expected);
    }

    #[tokio::test]
    async fn people_get_a_page_and_nothing_of_it_is_markup() {
        let error = ApiError::new(ProblemCode::NotFound).with_message("<script>");
        let (response, body) = rendered(error, "/i/k", &[("accept", "text/html,*/*")]).await;
        assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(body.contains("data-problem=\"not-found\"") && body.contains("lang=\"zh-CN\""), "{body}");
        assert!(body.contains("&lt;script&gt;") && !body.contains("<script>"), "{body}");
    }

    #[tokio::test]
    async fn robots_are_refused_in_their_own_shape_too() {
        for (code, errcode) in
            [(ProblemCode::Forged, 400_101), (ProblemCode::TooManyRequests, 410_100), (ProblemCode::TooLarge, 40_035)]
        {
            let (response, body) = rendered(code.into(), "/flashduty/k/robot/c/s", &[]).await;
            let body: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert_eq!(response.status().as_u16(), code.status());
            assert_eq!((&body["errcode"], &body["problem"]["code"]), (&errcode.into(), &code.name().into()));
            assert_eq!(body["errmsg"], body["problem"]["message"]);
        }
        let (_, body) = rendered(ProblemCode::Forged.into(), "/flashduty/k/webhook/robot", &[]).await;
        assert!(!body.contains("errcode"), "{body}");
    }

    #[tokio::test]
    async fn the_wait_is_told_in_whole_seconds() {
        for (wait_ms, expected) in [(1, "1"), (6_000, "6"), (6_001, "7")] {
            let error = ApiError::new(ProblemCode::TooManyRequests).with_retry_after(Duration::from_millis(wait_ms));
            let (response, _) = rendered(error, "/api/x", &[]).await;
            assert_eq!(
                (response.status().as_u16(), &response.headers()[RETRY_AFTER]),
                (429, &HeaderValue::from_static(expected))
            );
        }
    }

    #[tokio::test]
    async fn a_bare_refusal_becomes_a_problem_and_a_drawn_one_stays() {
        let reader = Reader::of("/api/x", &HeaderMap::new());
        let response = render(StatusCode::METHOD_NOT_ALLOWED.into_response(), &reader, "r1");
        let bytes = axum::body::to_bytes(response.into_body(), 64 * 1024).await.unwrap();
        assert!(bytes.starts_with(b"{\"problem\":{\"code\":\"method-not-allowed\""));
        let drawn = render((StatusCode::FORBIDDEN, "drawn").into_response(), &reader, "r1");
        assert_eq!(&axum::body::to_bytes(drawn.into_body(), 64).await.unwrap()[..], b"drawn");
    }

    #[test]
    fn what_platforms_are_refused_for() {
        for (error, status) in [
            (ReceiveError::UnknownIntegration, 404),
            (ReceiveError::Forged, 403),
            (ReceiveError::SignatureWrong, 403),
            (ReceiveError::Malformed("x".into()), 400),
            (ReceiveError::DeadChat, 404),
            (ReceiveError::UnknownCard, 404),
        ] {
            assert_eq!(ApiError::from(error).code().status(), status);
        }
    }
}
