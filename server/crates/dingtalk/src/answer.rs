use crate::classify::class_of;
use crate::fields::Fields;
use crate::{Call, DingTalkError, ErrorClass};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

/// What arrived, before anybody looked into it.
pub(crate) struct Reply {
    pub http_status: u16,
    pub retry_after_ms: Option<u64>,
    pub body: Vec<u8>,
}

/// The answer to a call that succeeded by the rules of either host.
#[derive(Debug)]
pub(crate) struct Answer {
    call: &'static str,
    changes: bool,
    map: Map<String, Value>,
}

impl Answer {
    /// Judges a reply by both error shapes (1.5) and by the signs of a ban (10.2). `secrets` are removed from whatever
    /// an error quotes.
    pub fn read(call: &Call, reply: Reply, secrets: &[&SecretString]) -> Result<Self, DingTalkError> {
        let status = reply.http_status;
        let value: Value = match serde_json::from_slice(&reply.body) {
            Ok(value) => value,
            Err(_) => return Err(not_json(call, &reply)),
        };
        let Value::Object(map) = value else {
            return Err(unusable(call, "answer.shape", "the answer is not an object").with_http_status(status));
        };
        match failure(call, &reply, Fields::over(&map), secrets) {
            Some(error) => Err(error),
            None => Ok(Self { call: call.path, changes: call.changes, map }),
        }
    }

    pub fn fields(&self) -> Fields<'_> {
        Fields::over(&self.map)
    }

    /// The answer said yes but lacks `field`. Whatever was asked for may have happened.
    pub fn lacks(&self, field: &str) -> DingTalkError {
        let class = if self.changes { ErrorClass::Unclear } else { ErrorClass::Refused };
        DingTalkError::new(class, "answer.incomplete", &format!("the answer of {} lacks {field}", self.call))
    }
}

/// An answer of which nothing can be said: harmless to repeat if the call only reads.
pub(crate) fn unusable(call: &Call, code: &str, message: &str) -> DingTalkError {
    DingTalkError::new(class_of_silence(call), code, message)
}

fn class_of_silence(call: &Call) -> ErrorClass {
    if call.changes { ErrorClass::Unclear } else { ErrorClass::Busy }
}

fn not_json(call: &Call, reply: &Reply) -> DingTalkError {
    let status = reply.http_status;
    let page =
        reply.body.iter().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte)) == Some(&b'<');
    let code = format!("http.{status}");
    let error = match status {
        429 => DingTalkError::new(
            ErrorClass::Throttled { retry_after_ms: reply.retry_after_ms },
            &code,
            "the platform asks to slow down",
        ),
        // A gateway's own error page: the machine behind it may or may not have done the work.
        500.. => unusable(call, &code, "the platform answered with an error page"),
        300..400 => DingTalkError::new(ErrorClass::Refused, &code, "the platform redirects, which is not followed"),
        404 => DingTalkError::new(ErrorClass::Refused, &code, "there is nothing at this address"),
        _ if page => {
            let message = "the platform answered with a page, as it does to banned addresses";
            DingTalkError::new(ErrorClass::Banned, &code, message)
        }
        400.. => DingTalkError::new(ErrorClass::Refused, &code, "the platform refuses without saying why"),
        _ => unusable(call, &code, "the answer is not JSON"),
    };
    error.with_http_status(status)
}

fn failure(call: &Call, reply: &Reply, fields: Fields<'_>, secrets: &[&SecretString]) -> Option<DingTalkError> {
    let status = reply.http_status;
    let (code, message) = refusal(status, fields)?;
    let class = match class_of(&code, call) {
        Some(ErrorClass::MissingScope { .. }) => missing_scope(call, fields, &message),
        Some(ErrorClass::Throttled { retry_after_ms }) => {
            ErrorClass::Throttled { retry_after_ms: reply.retry_after_ms.or(retry_after_ms) }
        }
        Some(class) => class,
        None if code == BANNED => ErrorClass::Banned,
        None if status == 429 => ErrorClass::Throttled { retry_after_ms: reply.retry_after_ms },
        None if status == 503 => ErrorClass::Busy,
        // Something broke, and nothing says before or after the work was done.
        None if status >= 500 => class_of_silence(call),
        None => ErrorClass::Refused,
    };
    let clean = |text: String| secrets.iter().fold(text, |text, secret| without(text, secret.expose_secret()));
    let request_id = fields.text_of_any(&["requestid", "request_id"]);
    Some(
        DingTalkError::new(class, &clean(code), &clean(message))
            .with_request_id(request_id.map(clean))
            .with_http_status(status),
    )
}

/// The code under which a ban is reported: the value of `status` in its body.
const BANNED: &str = "1111";

/// Code and message if the answer is a refusal, by whichever rule.
fn refusal(status: u16, fields: Fields<'_>) -> Option<(String, String)> {
    let message = fields.text_of_any(&["sub_msg", "errmsg", "message", "errorMsg"]).unwrap_or_default();
    if let Some(code) = fields.text("errcode").filter(|code| code.trim() != "0") {
        let wrapped = code.trim() == "88";
        let sub_code = || fields.text("sub_code").or_else(|| sub_code_in(&fields.text("errmsg")?));
        return Some((if wrapped { sub_code().unwrap_or(code) } else { code }, message));
    }
    if fields.text("status").as_deref() == Some(BANNED) {
        return Some((BANNED.into(), "this address is banned for a while".into()));
    }
    if !(200..300).contains(&status) {
        return Some((fields.text("code").unwrap_or_else(|| format!("http.{status}")), message));
    }
    if fields.truth("success") == Some(false) {
        let code = fields.text_of_any(&["code", "errorCode"]).unwrap_or_else(|| "answer.unsuccessful".into());
        return Some((code, message));
    }
    None
}

/// The number in `subcode=40014` (1.5), where the sub-code has no field of its own.
fn sub_code_in(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("subcode=")?;
    let digits: String = rest.chars().take_while(|character| character.is_ascii_digit()).collect();
    (!digits.is_empty()).then_some(digits)
}

/// Names the missing permission point and the page to apply for it (11). When the platform does not name it, the
/// point that the call is documented to need.
fn missing_scope(call: &Call, fields: Fields<'_>, message: &str) -> ErrorClass {
    let named = fields
        .object("accessdenieddetail")
        .and_then(|detail| detail.texts("requiredScopes").into_iter().next())
        .filter(|name| is_scope(name));
    let in_brackets = || {
        let parts = message.split('[').skip(1).filter_map(|part| part.split_once(']'));
        parts.map(|(name, _)| name).find(|name| is_scope(name)).map(str::to_owned)
    };
    let in_link = || {
        let (_, rest) = message.split_once("%23")?;
        let name: String = rest.chars().take_while(|&character| is_scope_character(character)).collect();
        is_scope(&name).then_some(name)
    };
    let documented = || (!call.scope.is_empty()).then(|| call.scope.to_owned());
    ErrorClass::MissingScope {
        name: named.or_else(in_brackets).or_else(in_link).or_else(documented).map(String::into_boxed_str),
        apply_url: apply_url(message),
    }
}

fn is_scope_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '.'
}

fn is_scope(name: &str) -> bool {
    name.len() <= 100
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(is_scope_character)
}

/// A link to DingTalk itself in `message`; it is shown to an administrator, so no other host will do.
fn apply_url(message: &str) -> Option<Box<str>> {
    let start = message.find("https://")?;
    let link: String =
        message[start..].chars().take_while(|character| character.is_ascii_graphic()).take(500).collect();
    let url = url::Url::parse(link.trim_end_matches([']', ')', ',', '.'])).ok()?;
    let host = url.host_str()?;
    (host == "dingtalk.com" || host.ends_with(".dingtalk.com")).then(|| url.as_str().into())
}

fn without(text: String, secret: &str) -> String {
    if !secret.is_empty() && text.contains(secret) { text.replace(secret, "…") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(call: &Call, http_status: u16, body: &str) -> Result<Answer, DingTalkError> {
        Answer::read(
            call,
            Reply { http_status, retry_after_ms: None, body: body.into() },
            &[&SecretString::from("t0ken")],
        )
    }

    fn class(call: &Call, http_status: u16, body: &str) -> &'static str {
        read(call, http_status, body).map_or_else(|error| error.class.name(), |_| "ok")
    }

    #[test]
    fn both_shapes_are_understood_however_they_are_typed() {
        let table = [
            (200, r#"{"errcode":0,"errmsg":"ok"}"#, "ok"),
            (200, r#"{"errcode":"0"}"#, "ok"),
            (200, r#"{"success":true}"#, "ok"),
            (200, r#"{"errcode":88,"sub_code":"40014","errmsg":"x"}"#, "token_refused"),
            (200, r#"{"errcode":"88","sub_code":40014}"#, "token_refused"),
            (200, r#"{"errcode":88,"errmsg":"ding talk error[subcode=90018,submsg=qps]"}"#, "throttled"),
            (200, r#"{"errcode":88}"#, "refused"),
            (200, r#"{"errcode":60121,"errmsg":"找不到该用户"}"#, "unknown_person"),
            (200, r#"{"errcode":-1}"#, "busy"),
            (200, r#"{"errcode":404,"errmsg":"请求的URI地址不存在"}"#, "refused"),
            (200, r#"{"success":false,"code":"param.cardNotExist"}"#, "card_gone"),
            (200, r#"{"success":"false"}"#, "refused"),
            (400, r#"{"code":"InvalidAuthentication","requestid":"A"}"#, "token_refused"),
            (403, r#"{"code":"Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"}"#, "throttled"),
            (503, r#"{"code":"ServiceUnavailable"}"#, "busy"),
            (500, r#"{"code":"something"}"#, "unclear"),
            (503, r#"{"code":"something"}"#, "busy"),
            (500, r#"{"code":"param.callbackRouteKeyExist"}"#, "refused"),
            (400, r#"{"code":"inv"#, "refused"),
            (403, "denied", "refused"),
            (404, "<html>not found</html>", "refused"),
            (429, "", "throttled"),
            (429, r#"{"code":"something"}"#, "throttled"),
            (403, r#"{"code":403}"#, "refused"),
            (400, r#"{}"#, "refused"),
            (200, r#"{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"u"}"#, "banned"),
            (200, " <html>denied</html>", "banned"),
            (403, "\u{feff}<!doctype html>", "banned"),
            (302, "<html>", "refused"),
            (502, "<html>bad gateway</html>", "unclear"),
            (200, r#"{"processQueryKey":"ab"#, "unclear"),
            (200, "", "unclear"),
            (200, "[1]", "unclear"),
        ];
        for (status, body, expected) in table {
            assert_eq!(class(&Call::SEND_TO_GROUP, status, body), expected, "{status} {body}");
        }
        for (status, body) in [(502, "<html>"), (200, "{\"ha"), (200, "null")] {
            assert_eq!(class(&Call::GROUP_INFO, status, body), "busy", "{status} {body}");
        }
    }

    #[test]
    fn a_missing_scope_is_named() {
        let old = r#"{"errcode":88,"sub_code":"60011","sub_msg":"应用尚未开通所需的权限：[qyapi_get_department_list]，点击链接申请并开通即可：https://open-dev.dingtalk.com/appscope/apply?content=dingabc%23qyapi_get_department_list","request_id":"15p"}"#;
        let error = read(&Call::USER, 200, old).unwrap_err();
        assert_eq!((error.code.as_str(), error.request_id.as_deref()), ("60011", Some("15p")));
        assert_eq!(
            error.class,
            ErrorClass::MissingScope {
                name: Some("qyapi_get_department_list".into()),
                apply_url: Some(
                    "https://open-dev.dingtalk.com/appscope/apply?content=dingabc%23qyapi_get_department_list".into()
                ),
            }
        );
        let code = r#""code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","requestid":"B""#;
        let scope = |detail: &str| match read(&Call::GROUP_INFO, 403, &format!("{{{code}{detail}}}")).unwrap_err().class
        {
            ErrorClass::MissingScope { name, apply_url: None } => name.unwrap().into_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(scope(r#","AccessDeniedDetail":{"requiredScopes":["Card.Instance.Write"]}"#), "Card.Instance.Write");
        assert_eq!(scope(r#","accessdenieddetail":{"RequiredScopes":"a.B"}"#), "a.B");
        assert_eq!(scope(r#","accessdenieddetail":{"requiredScopes":["<b>"]}"#), "qyapi_chat_manage");
        assert_eq!(scope(r#","message":"go to https://evil.example/x""#), "qyapi_chat_manage");
    }

    #[test]
    fn what_was_sent_is_not_echoed() {
        let error = read(&Call::USER, 400, r#"{"code":"c.t0ken","message":"bad t0ken!","requestid":7}"#).unwrap_err();
        assert_eq!((error.code.as_str(), error.message.as_str()), ("c.…", "bad …!"));
        assert_eq!((error.request_id.as_deref(), error.http_status), (Some("7"), Some(400)));
    }
}
