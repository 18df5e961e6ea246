//! Who is this: login codes, people, web login (dingtalk.md, 4.3–4.5).

use super::answer::{NewError, OldError};
use super::gate::Turn;
use super::parameters::text;
use super::state::{App, CodeKind, Employee, State, UserToken};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

/// How long a user token is good for.
const USER_TOKEN_LIFETIME: Duration = Duration::from_secs(7200);

/// How long a refresh token is good for.
const REFRESH_TOKEN_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// `POST /topapi/v2/user/getuserinfo`: the person of a login-free code, once.
pub fn by_code(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    let value = text(&turn.body, "code").ok_or_else(|| OldError::plain(40035, "缺少参数 code"))?;
    let refused = || OldError::plain(40078, "不存在的临时授权码");
    let code = state.codes.get(value).ok_or_else(refused)?;
    if code.kind != CodeKind::Client || code.until <= turn.now || code.client_id != turn.client_id {
        return Err(refused());
    }
    let user_id = code.user_id.clone();
    state.codes.remove(value);
    let employee = state.employee(&turn.corp_id, &user_id).ok_or_else(not_found)?;
    Ok(json!({ "result": {
        "userid": employee.user_id,
        "unionid": employee.union_id,
        "associated_unionid": employee.union_id,
        "device_id": format!("device-{}", employee.user_id),
        "sys": employee.admin,
        "sys_level": i32::from(employee.admin),
        "name": employee.name,
    } }))
}

/// `POST /topapi/v2/user/get`.
pub fn details(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    let user_id = text(&turn.body, "userid").ok_or_else(|| missing("userid"))?;
    match turn.body.get("language").map(Value::as_str) {
        None | Some(Some("zh_CN" | "en_US")) => {}
        Some(_) => return Err(OldError::plain(400_002, "无效的参数: language")),
    }
    let employee = state.employee(&turn.corp_id, user_id).ok_or_else(not_found)?;
    let app = visible(state, turn, employee)?;
    let mut result = json!({
        "userid": employee.user_id,
        "unionid": employee.union_id,
        "name": employee.name,
        "avatar": "",
        "title": employee.title,
        "job_number": "",
        "dept_id_list": [1],
        "active": true,
        "real_authed": true,
        "admin": employee.admin,
        "boss": false,
        "senior": false,
        "hide_mobile": false,
        "exclusive_account": false,
    });
    if app.scopes.contains("fieldMobile") {
        result["mobile"] = json!(employee.mobile);
        result["state_code"] = json!(employee.state_code);
    }
    if app.scopes.contains("fieldEmail") {
        result["email"] = json!(employee.email);
    }
    Ok(json!({ "result": result }))
}

/// `POST /topapi/v2/user/getbymobile`.
pub fn by_mobile(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    let mobile = text(&turn.body, "mobile").ok_or_else(|| missing("mobile"))?;
    let (state_code, number) = split_mobile(mobile).ok_or_else(|| OldError::plain(40104, "无效的手机号"))?;
    let corp = state.corps.get(&turn.corp_id).ok_or_else(not_found)?;
    let employee = corp
        .employees
        .values()
        .find(|employee| employee.active && employee.mobile == number && employee.state_code == state_code)
        .ok_or_else(not_found)?;
    visible(state, turn, employee)?;
    Ok(json!({ "result": { "userid": employee.user_id, "exclusive_account_userid_list": [] } }))
}

/// `POST /topapi/user/getbyunionid`.
pub fn by_union_id(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    let union_id = text(&turn.body, "unionid").ok_or_else(|| missing("unionid"))?;
    let corp = state.corps.get(&turn.corp_id).ok_or_else(not_found)?;
    let known = |employee: &&Employee| employee.active && employee.union_id == union_id;
    let employee = corp.employees.values().find(known).ok_or_else(not_found)?;
    visible(state, turn, employee)?;
    Ok(json!({ "result": { "contact_type": 0, "userid": employee.user_id } }))
}

/// `POST /v1.0/oauth2/userAccessToken`: a user token for a code of the login page, or for a refresh token.
pub fn user_access_token(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let refused = || NewError::bad("invalidClientIdOrSecret", "无效的clientId或者clientSecret");
    let client_id = text(&turn.body, "clientId").ok_or_else(refused)?;
    let secret = text(&turn.body, "clientSecret").ok_or_else(refused)?;
    state.apps.get(client_id).filter(|app| app.client_secret == secret).ok_or_else(refused)?;
    let not_found = || NewError::bad("invalidParameter.authCode.notFound", "不存在的临时授权码");
    let person = match text(&turn.body, "grantType") {
        Some("authorization_code") => {
            let value = text(&turn.body, "code").ok_or_else(not_found)?;
            let code = state.codes.get(value).ok_or_else(not_found)?;
            let CodeKind::Web { with_corp } = code.kind else { return Err(not_found()) };
            if code.until <= turn.now || code.client_id != client_id {
                return Err(not_found());
            }
            let code = state.codes.remove(value).ok_or_else(not_found)?;
            UserToken {
                user_id: code.user_id,
                corp_id: code.corp_id,
                client_id: code.client_id,
                until: turn.now,
                with_corp,
            }
        }
        Some("refresh_token") => {
            let value = text(&turn.body, "refreshToken").ok_or_else(not_found)?;
            let known = state.refresh_tokens.remove(value).ok_or_else(not_found)?;
            if known.until <= turn.now || known.client_id != client_id {
                return Err(not_found());
            }
            known
        }
        _ => return Err(NewError::bad("unsupported.grant.type", "不支持的grantType")),
    };
    let (access, refresh) = (turn.world.secret(), turn.world.secret());
    let mut answer = json!({
        "accessToken": access, "refreshToken": refresh, "expireIn": USER_TOKEN_LIFETIME.as_secs(),
    });
    if person.with_corp {
        answer["corpId"] = json!(person.corp_id);
    }
    let until = turn.now.plus(USER_TOKEN_LIFETIME);
    state.user_tokens.insert(access, UserToken { until, ..person.clone() });
    state.refresh_tokens.insert(refresh, UserToken { until: turn.now.plus(REFRESH_TOKEN_LIFETIME), ..person });
    Ok(answer)
}

/// `GET /v1.0/contact/users/me`.
pub fn me(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let not_found = || NewError::of(StatusCode::NOT_FOUND, "invalidParameter.user.notFound", "找不到该用户");
    let employee = state.employee(&turn.corp_id, &turn.user_id).ok_or_else(not_found)?;
    let app = state.apps.get(&turn.client_id).ok_or_else(not_found)?;
    let mut answer = json!({
        "nick": employee.name,
        "avatarUrl": "",
        "openId": format!("open-{}", employee.union_id),
        "unionId": employee.union_id,
        "email": employee.email,
    });
    if app.scopes.contains("Contact.User.mobile") {
        answer["mobile"] = json!(employee.mobile);
        answer["stateCode"] = json!(employee.state_code);
    }
    Ok(answer)
}

/// The calling app, if this person is inside its visible range.
fn visible<'a>(state: &'a State, turn: &Turn, employee: &Employee) -> Result<&'a App, OldError> {
    let app = state.apps.get(&turn.client_id).filter(|app| app.sees(&employee.user_id));
    app.ok_or_else(|| OldError::plain(50002, "请求的员工userid不在授权范围内"))
}

/// Country code and number: a Chinese one is bare, others are `+code-number`.
fn split_mobile(mobile: &str) -> Option<(&str, &str)> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match mobile.strip_prefix('+') {
        None => (digits(mobile) && mobile.len() == 11).then_some(("86", mobile)),
        Some(rest) => {
            let (code, number) = rest.split_once('-')?;
            (digits(code) && digits(number) && code != "86" && number.len() <= 15).then_some((code, number))
        }
    }
}

fn not_found() -> OldError {
    OldError::plain(60121, "找不到该用户")
}

fn missing(name: &str) -> OldError {
    OldError::plain(400_002, format!("无效的参数: 缺少{name}"))
}
