//! How the pretend Flashduty says no: the closed list of error codes and their stock sentences (reference section 2.3).

use axum::http::StatusCode;
use std::fmt;

/// An error code of Flashduty's API. The code is the authority, not the HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    InvalidParameter,
    BadRequest,
    InvalidContentType,
    ResourceNotFound,
    NoLicense,
    ReferenceExist,
    Unauthorized,
    AccessDenied,
    RouteNotFound,
    MethodNotAllowed,
    EntityTooLarge,
    RequestTooFrequently,
    InternalError,
    ServiceUnavailable,
}

impl Code {
    /// Every code the simulator can answer.
    pub const ALL: [Code; 14] = [
        Code::InvalidParameter,
        Code::BadRequest,
        Code::InvalidContentType,
        Code::ResourceNotFound,
        Code::NoLicense,
        Code::ReferenceExist,
        Code::Unauthorized,
        Code::AccessDenied,
        Code::RouteNotFound,
        Code::MethodNotAllowed,
        Code::EntityTooLarge,
        Code::RequestTooFrequently,
        Code::InternalError,
        Code::ServiceUnavailable,
    ];

    /// The code as it stands on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Code::InvalidParameter => "InvalidParameter",
            Code::BadRequest => "BadRequest",
            Code::InvalidContentType => "InvalidContentType",
            Code::ResourceNotFound => "ResourceNotFound",
            Code::NoLicense => "NoLicense",
            Code::ReferenceExist => "ReferenceExist",
            Code::Unauthorized => "Unauthorized",
            Code::AccessDenied => "AccessDenied",
            Code::RouteNotFound => "RouteNotFound",
            Code::MethodNotAllowed => "MethodNotAllowed",
            Code::EntityTooLarge => "EntityTooLarge",
            Code::RequestTooFrequently => "RequestTooFrequently",
            Code::InternalError => "InternalError",
            Code::ServiceUnavailable => "ServiceUnavailable",
        }
    }

    /// The code of this wire name.
    pub fn named(name: &str) -> Option<Code> {
        Code::ALL.into_iter().find(|code| code.name() == name)
    }

    /// The HTTP status it comes with; an absent object is 400 "by history".
    pub fn status(self) -> StatusCode {
        match self {
            Code::Unauthorized => StatusCode::UNAUTHORIZED,
            Code::AccessDenied => StatusCode::FORBIDDEN,
            Code::RouteNotFound => StatusCode::NOT_FOUND,
            Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Code::EntityTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::RequestTooFrequently => StatusCode::TOO_MANY_REQUESTS,
            Code::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Code::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn sentences(self) -> (&'static str, &'static str) {
        match self {
            Code::InvalidParameter => ("参数不合法。", "The specified parameter is not valid."),
            Code::BadRequest => ("请求无法处理。", "The request cannot be processed."),
            Code::InvalidContentType => ("请求的内容类型不合法。", "The content type must be application/json."),
            Code::ResourceNotFound => ("请求的资源不存在。", "The resource you request is not found"),
            Code::NoLicense => (
                "订阅许可数量不足，请在费用中心升级或购买。",
                "Not enough subscription licenses. Upgrade or buy in the cost centre.",
            ),
            Code::ReferenceExist => ("资源仍被引用，无法删除。", "The resource is still referenced."),
            Code::Unauthorized => ("认证失败。", "You are unauthorized."),
            Code::AccessDenied => ("没有权限。", "Access Denied."),
            Code::RouteNotFound => ("请求的路径不存在。", "The route you request is not found."),
            Code::MethodNotAllowed => ("请求方法不支持。", "The method is not allowed."),
            Code::EntityTooLarge => ("请求体过大。", "The request entity is too large."),
            Code::RequestTooFrequently => ("请求过于频繁。", "Request too frequently."),
            Code::InternalError => (
                "服务内部错误，请稍后再试。",
                "We encountered an internal error, and it has been reported. Please try again later.",
            ),
            Code::ServiceUnavailable => ("服务暂不可用。", "Service unavailable."),
        }
    }
}

/// A refused call: the code and, for `InvalidParameter`, the name of the parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    pub parameter: Option<String>,
}

impl Refusal {
    /// `InvalidParameter` that names the parameter.
    pub fn parameter(name: impl Into<String>) -> Self {
        Self { code: Code::InvalidParameter, parameter: Some(name.into()) }
    }

    /// The sentence shown to people, in Chinese or English.
    pub fn message(&self, chinese: bool) -> String {
        match (&self.parameter, chinese) {
            (Some(name), true) => format!("参数 {name} 不合法。"),
            (Some(name), false) => format!("The specified parameter {name} is not valid."),
            (None, true) => self.code.sentences().0.to_owned(),
            (None, false) => self.code.sentences().1.to_owned(),
        }
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self { code, parameter: None }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code.name(), self.message(false))
    }
}

impl std::error::Error for Refusal {}
