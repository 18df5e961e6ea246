//! The script that stands in for DingTalk's JSAPI, and the login-free codes it gets (dingtalk.md, 4.2).

use super::DingTalk;
use super::parameters::{decode, text};
use super::state::{Code, CodeKind, State};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State as Shared};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, COOKIE, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// How long a login code is good for.
pub const CODE_LIFETIME: Duration = Duration::from_secs(300);

/// The cookie that says who sits in front of the client.
pub const PERSON_COOKIE: &str = "sim_user";

impl DingTalk {
    /// A login-free code of the seed's app for a person, good for five minutes and once.
    ///
    /// # Errors
    /// When there is no such person, or the app is not visible to them.
    pub fn login_code(&self, user_id: &str) -> Result<String, String> {
        let client_id = self.first_app();
        self.login_code_for(&client_id, user_id)
    }

    /// As [`DingTalk::login_code`], for any app.
    ///
    /// # Errors
    /// As there; also when there is no such app.
    pub fn login_code_for(&self, client_id: &str, user_id: &str) -> Result<String, String> {
        let world = &self.core.world;
        let value = world.secret();
        self.change(|state| {
            let app = state.apps.get(client_id).ok_or("app not found")?;
            if state.employee(&app.corp_id, user_id).is_none() || !app.sees(user_id) {
                return Err("app not visible to the user".to_owned());
            }
            let (corp_id, until) = (app.corp_id.clone(), world.now().plus(CODE_LIFETIME));
            let kind = CodeKind::Client;
            state.codes.retain(|_, code| code.until > world.now());
            let (user_id, client_id) = (user_id.to_owned(), client_id.to_owned());
            state.codes.insert(value.clone(), Code { user_id, corp_id, client_id, until, kind });
            Ok(value)
        })
    }

    /// What the client answers to a page that asks for a code.
    fn code_answer<'a>(&self, headers: &HeaderMap, given: impl Fn(&'static str) -> Option<&'a str>) -> Value {
        let person = given("simUser").map(str::to_owned);
        let person = person.or_else(|| cookie(headers)).or_else(|| self.look(|state| state.default_person.clone()));
        let code = self
            .app_meant(given("corpId"), given("clientId"))
            .and_then(|client_id| self.login_code_for(&client_id, &person.ok_or("nobody is signed in")?));
        match code {
            Ok(code) => json!({ "code": code }),
            Err(why) => json!({ "errorCode": "3", "errorMessage": why }),
        }
    }

    /// Which app a page means by `corpId` and, on the new call, `clientId`.
    fn app_meant(&self, corp_id: Option<&str>, client_id: Option<&str>) -> Result<String, String> {
        let corp_id = corp_id.ok_or("corpId is required")?;
        self.look(|state: &State| {
            let of_corp = |app: &&super::state::App| app.corp_id == corp_id;
            let app = match client_id {
                Some(client_id) => state.apps.get(client_id).filter(of_corp),
                None => state.apps.values().find(of_corp),
            };
            app.map(|app| app.client_id.clone()).ok_or_else(|| "corpId or clientId is wrong".to_owned())
        })
    }
}

/// `GET /jsapi.js`.
pub async fn script() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (headers, include_str!("jsapi.js")).into_response()
}

/// `POST /_desk/login-code` `{corpId, clientId, simUser}` → `{code}` or `{errorCode, errorMessage}`. Callable from any
/// origin: the page that asks is the product's.
pub async fn login_code(Shared(dingtalk): Shared<Arc<DingTalk>>, headers: HeaderMap, body: Bytes) -> Response {
    let body: Map<String, Value> = serde_json::from_slice(&body).unwrap_or_default();
    let answer = dingtalk.code_answer(&headers, |name| text(&body, name));
    (cross_origin(&headers), Json(answer)).into_response()
}

/// `GET /_desk/login-code.js?corpId&clientId&simUser&call`: the same as a script that hands the answer to the function
/// `call`, for the stand-in itself.
pub async fn login_code_script(
    Shared(dingtalk): Shared<Arc<DingTalk>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = decode(&query.unwrap_or_default());
    let given = |name: &str| query.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let call = given("call").unwrap_or_default();
    if call.is_empty() || call.len() > 40 || !call.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let answer = dingtalk.code_answer(&headers, given);
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (headers, format!("window.{call}&&window.{call}({answer});")).into_response()
}

/// `OPTIONS /_desk/login-code`.
pub async fn preflight(headers: HeaderMap) -> Response {
    (StatusCode::NO_CONTENT, cross_origin(&headers)).into_response()
}

/// Who sits in front of the client, by cookie.
pub fn cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == PERSON_COOKIE).map(|(_, value)| value.to_owned()).filter(|id| !id.is_empty())
}

fn cross_origin(headers: &HeaderMap) -> HeaderMap {
    let mut answer = HeaderMap::new();
    // With credentials the origin must be named; `*` is not accepted.
    let origin = headers.get(ORIGIN).cloned().unwrap_or_else(|| HeaderValue::from_static("null"));
    answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    answer.insert(HeaderName::from_static("access-control-allow-private-network"), HeaderValue::from_static("true"));
    answer.insert(VARY, HeaderValue::from_static("origin"));
    answer
}
