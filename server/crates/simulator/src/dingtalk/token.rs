//! Tokens of apps (dingtalk.md, 1.1–1.4).

use super::answer::{NewError, OldError};
use super::gate::Turn;
use super::parameters::text;
use super::state::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;
use world::{Millis, World};

/// How long a token is good for.
const LIFETIME: Duration = Duration::from_secs(7200);

/// `POST /v1.0/oauth2/accessToken`.
pub fn access_token(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let refused = || NewError::bad("invalidClientIdOrSecret", "无效的clientId或者clientSecret");
    let client_id = text(&turn.body, "appKey").ok_or_else(refused)?;
    let secret = text(&turn.body, "appSecret").ok_or_else(refused)?;
    let token = issue(state, turn.world, turn.now, client_id, secret).ok_or_else(refused)?;
    Ok(json!({ "accessToken": token, "expireIn": LIFETIME.as_secs() }))
}

/// `POST /v1.0/oauth2/{corpId}/token`.
pub fn corp_token(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    let corp_id = turn.path.split('/').nth(3).unwrap_or_default();
    if !state.corps.contains_key(corp_id) {
        return Err(NewError::of(StatusCode::INTERNAL_SERVER_ERROR, "unknownError", "未知错误"));
    }
    if text(&turn.body, "grant_type") != Some("client_credentials") {
        return Err(NewError::bad("unsupported.grant.type", "不支持的grant_type"));
    }
    let refused = || NewError::bad("invalid.client", "无效的client_id或者client_secret");
    let client_id = text(&turn.body, "client_id").ok_or_else(refused)?;
    let secret = text(&turn.body, "client_secret").ok_or_else(refused)?;
    let app = state.apps.get(client_id).filter(|app| app.client_secret == secret).ok_or_else(refused)?;
    if app.corp_id != corp_id {
        return Err(NewError::of(StatusCode::UNAUTHORIZED, "unauthorized.client", "该应用不属于此企业"));
    }
    let token = issue(state, turn.world, turn.now, client_id, secret).ok_or_else(refused)?;
    Ok(json!({ "access_token": token, "expires_in": LIFETIME.as_secs() }))
}

/// `GET /gettoken`.
pub fn get_token(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    let parameter = |name: &str| turn.query.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let client_id = parameter("appkey").ok_or_else(|| OldError::plain(40035, "缺少参数 corpid or appkey"))?;
    let secret = parameter("appsecret").ok_or_else(|| OldError::plain(40035, "缺少参数 corpsecret or appsecret"))?;
    let token = issue(state, turn.world, turn.now, client_id, secret)
        .ok_or_else(|| OldError::plain(40096, "不合法的appKey或appSecret"))?;
    Ok(json!({ "access_token": token, "expires_in": LIFETIME.as_secs() }))
}

/// The app's token: the same one with its validity renewed while it is good, then a new one.
fn issue(state: &mut State, world: &World, now: Millis, client_id: &str, secret: &str) -> Option<String> {
    let app = state.apps.get_mut(client_id).filter(|app| app.client_secret == secret)?;
    let good = app.token.take().filter(|(_, until)| *until > now).map(|(value, _)| value);
    let value = good.unwrap_or_else(|| world.secret());
    app.token = Some((value.clone(), now.plus(LIFETIME)));
    Some(value)
}
