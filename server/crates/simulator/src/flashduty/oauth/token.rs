//! The token endpoint (RFC 6749 sections 4.1.3, 5 and 6).

use super::super::Flashduty;
use super::grants::TOKEN_AGE;
use super::oauth_error;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// `POST /oauth/token`
pub async fn exchange(State(flashduty): State<Arc<Flashduty>>, headers: HeaderMap, body: Bytes) -> Response {
    let refuse = |error, description| oauth_error(StatusCode::BAD_REQUEST, error, description);
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return refuse("invalid_request", "the body must be a form");
    }
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let (client_id, secret) = match basic(&headers) {
        Some((id, secret)) => (id, Some(secret)),
        None => (field("client_id").to_owned(), form.get("client_secret").cloned()),
    };
    let mut state = flashduty.state();
    let known = state.grants.client(&client_id).is_some_and(|client| client.secret == secret);
    if !known {
        return oauth_error(StatusCode::UNAUTHORIZED, "invalid_client", "unknown client or wrong secret");
    }
    let world = state.world.clone();
    let pair = match field("grant_type") {
        "authorization_code" => {
            let (code, uri, verifier) = (field("code"), field("redirect_uri"), field("code_verifier"));
            if code.is_empty() || uri.is_empty() || verifier.is_empty() {
                return refuse("invalid_request", "code, redirect_uri and code_verifier are needed");
            }
            state.grants.redeem_code(&world, code, &client_id, uri, verifier)
        }
        "refresh_token" if field("refresh_token").is_empty() => {
            return refuse("invalid_request", "refresh_token is needed");
        }
        "refresh_token" => state.grants.redeem_refresh(&world, field("refresh_token"), &client_id),
        "" => return refuse("invalid_request", "grant_type is needed"),
        _ => return refuse("unsupported_grant_type", "authorization_code or refresh_token"),
    };
    let now = world.now();
    let owner = pair.as_ref().and_then(|pair| state.grants.owner_of_token(&pair.access_token, now));
    match pair.filter(|_| owner.is_some_and(|id| state.is_active(id))) {
        None => refuse("invalid_grant", "the code or token is wrong, used, expired or not for this client"),
        Some(pair) => {
            let answer = json!({
                "access_token": pair.access_token, "token_type": "Bearer", "expires_in": TOKEN_AGE.as_secs(),
                "refresh_token": pair.refresh_token,
            });
            ([(CACHE_CONTROL, "no-store")], Json(answer)).into_response()
        }
    }
}

/// Client id and secret of HTTP Basic, form-decoded as RFC 6749 section 2.3.1 wants.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode =
        |part: &str| percent_encoding::percent_decode_str(part).decode_utf8().ok().map(|text| text.into_owned());
    Some((decode(id)?, decode(secret)?))
}
