//! Sign-in by OAuth 2.1: metadata (RFC 8414), registration (RFC 7591), authorization code with PKCE (RFC 7636), opaque
//! tokens of one hour with rotating refresh tokens. Real Flashduty's details are not public (reference section 6.6), so
//! these are a choice; clients must learn every path from the metadata.

mod authorize;
mod grants;
mod token;

pub use grants::Grants;

use super::Flashduty;
use super::gate;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use grants::Client;
use serde_json::{Value, json};
use std::sync::Arc;

/// The OAuth server's routes.
pub fn router(flashduty: Arc<Flashduty>) -> Router {
    Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata))
        .route("/oauth/register", post(register))
        .route("/oauth/authorize", get(authorize::show).post(authorize::step))
        .route("/oauth/token", post(token::exchange))
        .layer(middleware::from_fn_with_state(Arc::clone(&flashduty), only_when_on))
        .with_state(flashduty)
}

/// A deployment without OAuth does not know these paths.
async fn only_when_on(State(flashduty): State<Arc<Flashduty>>, request: Request, next: Next) -> Response {
    let on = flashduty.state().settings.oauth;
    if on { next.run(request).await } else { gate::answer(flashduty, request).await }
}

async fn metadata(State(flashduty): State<Arc<Flashduty>>) -> Json<Value> {
    let base = flashduty.state().base_url.clone();
    Json(json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/oauth/authorize"),
        "token_endpoint": format!("{base}/oauth/token"),
        "registration_endpoint": format!("{base}/oauth/register"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_post", "client_secret_basic"],
        "authorization_response_iss_parameter_supported": true,
        "ui_locales_supported": ["zh-CN", "en-US"],
    }))
}

/// An error of RFC 6749 section 5.2.
fn oauth_error(status: StatusCode, error: &str, description: &str) -> Response {
    let body = Json(json!({"error": error, "error_description": description}));
    (status, [(CACHE_CONTROL, "no-store")], body).into_response()
}

async fn register(State(flashduty): State<Arc<Flashduty>>, headers: HeaderMap, body: Bytes) -> Response {
    let refuse = |error, description| oauth_error(StatusCode::BAD_REQUEST, error, description);
    let kind = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let parsed = serde_json::from_slice::<Value>(&body).ok().filter(|_| kind.starts_with("application/json"));
    let Some(wanted) = parsed.filter(Value::is_object) else {
        return refuse("invalid_client_metadata", "the body must be a JSON object");
    };
    let uris: Option<Vec<String>> = wanted["redirect_uris"].as_array().and_then(|list| {
        list.iter().map(|uri| uri.as_str().filter(|uri| is_redirect_uri(uri)).map(str::to_owned)).collect()
    });
    let Some(redirect_uris) = uris.filter(|uris| (1..=10).contains(&uris.len())) else {
        return refuse("invalid_redirect_uri", "redirect_uris must be https addresses, or http on the loopback host");
    };
    // RFC 7591: absent means client_secret_basic.
    let method = wanted["token_endpoint_auth_method"].as_str().unwrap_or("client_secret_basic");
    if !["none", "client_secret_post", "client_secret_basic"].contains(&method) {
        return refuse("invalid_client_metadata", "token_endpoint_auth_method is not supported");
    }
    let mut state = flashduty.state();
    let name: String = wanted["client_name"].as_str().unwrap_or("OAuth client").chars().take(100).collect();
    let client =
        Client { id: state.world.id(), secret: (method != "none").then(|| state.world.secret()), name, redirect_uris };
    let mut answer = json!({
        "client_id": client.id, "client_id_issued_at": state.now(), "client_name": client.name,
        "redirect_uris": client.redirect_uris, "token_endpoint_auth_method": method,
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
    });
    if let Some(secret) = &client.secret {
        answer["client_secret"] = json!(secret);
        answer["client_secret_expires_at"] = json!(0);
    }
    state.grants.add_client(client);
    (StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

fn is_redirect_uri(text: &str) -> bool {
    let Ok(uri) = url::Url::parse(text) else { return false };
    let loopback = matches!(uri.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let allowed = uri.scheme() == "https" || (uri.scheme() == "http" && loopback);
    allowed && uri.fragment().is_none() && text.len() <= 2_000
}
