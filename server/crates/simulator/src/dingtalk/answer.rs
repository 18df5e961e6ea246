//! The two shapes of errors (dingtalk.md, 1.5).

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use world::World;

/// A refusal of the new host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewError {
    status: StatusCode,
    code: String,
    message: String,
    scopes: Vec<String>,
}

impl NewError {
    /// 400.
    pub fn bad(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of(StatusCode::BAD_REQUEST, code, message)
    }

    /// 403, the code beginning with `Forbidden.AccessDenied.`.
    pub fn forbidden(code: &str, message: impl Into<String>) -> Self {
        Self::of(StatusCode::FORBIDDEN, format!("Forbidden.AccessDenied.{code}"), message)
    }

    /// Any status.
    pub fn of(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), scopes: Vec::new() }
    }

    /// A missing permission point (11).
    pub fn scope(scope: &str) -> Self {
        let mut error = Self::forbidden("AccessTokenPermissionDenied", format!("应用尚未开通所需的权限：[{scope}]"));
        error.scopes.push(scope.to_owned());
        error
    }
}

/// A refusal of the old host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldError {
    code: i64,
    message: String,
    wrapped: bool,
}

impl OldError {
    /// A business error, told plainly.
    pub fn plain(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), wrapped: false }
    }

    /// An error of the gateway, wrapped in 88 with a text `sub_code`.
    pub fn wrapped(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), wrapped: true }
    }

    /// A missing permission point (11).
    pub fn scope(scope: &str, client_id: &str) -> Self {
        Self::wrapped(
            60011,
            format!(
                "应用尚未开通所需的权限：[{scope}]，点击链接申请并开通即可：\
                 https://open-dev.dingtalk.com/appscope/apply?content={client_id}%23{scope}"
            ),
        )
    }
}

/// The answer of the new host.
pub fn new_answer(world: &World, result: Result<Value, NewError>) -> Response {
    match result {
        Ok(body) => json_answer(StatusCode::OK, &body),
        Err(error) => {
            let mut body = json!({
                "code": error.code, "requestid": upper_uuid(world), "message": error.message,
            });
            if !error.scopes.is_empty() {
                body["accessdenieddetail"] = json!({ "requiredScopes": error.scopes });
            }
            json_answer(error.status, &body)
        }
    }
}

/// The answer of the old host: always 200.
pub fn old_answer(world: &World, result: Result<Value, OldError>) -> Response {
    let request_id = world.text(12);
    let body = match result {
        Ok(mut body) => {
            body["errcode"] = json!(0);
            match body.get("errmsg") {
                // Some answers come without it; theirs says so.
                Some(Value::Null) => drop(body.as_object_mut().map(|body| body.remove("errmsg"))),
                _ => body["errmsg"] = json!("ok"),
            }
            body["request_id"] = json!(request_id);
            body
        }
        Err(OldError { code, message, wrapped: false }) => {
            json!({ "errcode": code, "errmsg": message, "request_id": request_id })
        }
        Err(OldError { code, message, wrapped: true }) => json!({
            "errcode": 88,
            "sub_code": code.to_string(),
            "sub_msg": message,
            "errmsg": format!("ding talk error[subcode={code},submsg={message}]"),
            "request_id": request_id,
        }),
    };
    json_answer(StatusCode::OK, &body)
}

/// What an unknown path or method is answered.
pub fn unknown(world: &World, path: &str) -> Response {
    if let Some(method) = path.strip_prefix("/topapi/") {
        let message = format!("不合法ApiName，ApiName = dingtalk.oapi.{}", method.replace('/', "."));
        return json_answer(
            StatusCode::OK,
            &json!({
                "errcode": 22, "sub_msg": message, "errmsg": format!("Invalid method[submsg={message}]"),
                "request_id": world.text(12),
            }),
        );
    }
    match path.strip_prefix("/v1.0/").or_else(|| path.strip_prefix("/v2.0/")) {
        // Leaving out the product's segment gives InvalidVersion (8.1); the other code is what the gateway says about
        // unknown actions, which the reference does not record.
        Some(rest) if is_product(rest) => new_answer(
            world,
            Err(NewError::of(
                StatusCode::NOT_FOUND,
                "InvalidAction.NotFound",
                "Specified api is not found, please check your url and method.",
            )),
        ),
        Some(_) => new_answer(world, Err(NewError::bad("InvalidVersion", "Specified parameter Version is not valid."))),
        None => json_answer(StatusCode::OK, &json!({ "errcode": 404, "errmsg": "请求的URI地址不存在" })),
    }
}

fn is_product(rest: &str) -> bool {
    const PRODUCTS: [&str; 6] = ["oauth2", "contact", "robot", "card", "im", "gateway"];
    rest.split('/').next().is_some_and(|first| PRODUCTS.contains(&first))
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json;charset=UTF-8")], body.to_string()).into_response()
}

fn upper_uuid(world: &World) -> String {
    let hex: String = world.bytes::<16>().iter().map(|byte| format!("{byte:02X}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
