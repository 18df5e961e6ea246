//! The way into the console: a one-time link shows a button, and only the button uses it up, so that whatever looks at
//! links before people do cannot.

mod administrator;
mod deliveries;
mod groups;
mod keeping;
mod people;
mod settings;

pub use administrator::Administrator;

use super::forms::{Posted, json, see, with_cookies};
use super::pages;
use super::problem::ApiError;
use super::request::Path;
use super::session::{Caller, Visitor};
use crate::flow::check::{self, Spending};
use crate::flow::console;
use crate::model::session::CONSOLE_LIFETIME;
use crate::state::State;
use crate::web;
use app::place::Place;
use axum::Router;
use axum::extract::{Request, State as Of};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use contract::console::Section;
use contract::words::console as words;
use contract::{ProblemCode, paths};
use serde_json::{Value, json};

/// The console's way in.
pub fn routes() -> Router<State> {
    Router::new()
        .route(paths::CONSOLE_ENTER, get(ask).post(enter))
        .route(paths::CONSOLE_CHECKS, get(watch).post(check_now))
        .route(paths::CONSOLE_LEAVE, post(leave))
        .route(paths::API_CONSOLE, post(enter_as))
        .merge(deliveries::routes())
        .merge(groups::routes())
        .merge(keeping::routes())
        .merge(people::routes())
        .merge(settings::routes())
}

/// Asks before the link is used up.
async fn ask(Of(state): Of<State>, caller: Caller, request: Request) -> Response {
    let code = caller.parameter("code").unwrap_or_default().to_owned();
    if !is_code(&code) {
        return pages::console_problem(state, caller, ProblemCode::ConsoleLinkExpired.into(), request).await;
    }
    let nonce = state.world.secret();
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    let response = (StatusCode::OK, headers, page(&caller, &code, &nonce)).into_response();
    with_cookies(response, caller.introduction())
}

async fn enter(Of(state): Of<State>, caller: Caller, posted: Posted) -> Result<Response, ApiError> {
    let name = caller.cookies.console();
    let code = posted.get("code").unwrap_or_default();
    let secret = console::entry::enter(&state, code, caller.cookie_hash(&name).as_deref()).await?;
    let session = caller.cookies.keep(&name, &secret, CONSOLE_LIFETIME);
    Ok(with_cookies(see(&Place::Console.address("")), [session]))
}

/// Lets a person in by their own session.
async fn enter_as(Of(state): Of<State>, visitor: Visitor, _posted: Posted) -> Result<Response, ApiError> {
    let name = visitor.caller.cookies.console();
    let former = visitor.caller.cookie_hash(&name);
    let link = visitor.living()?;
    let secret = console::entry::enter_as(&state, &visitor.integration, link, former.as_deref()).await?;
    let session = visitor.caller.cookies.keep(&name, &secret, CONSOLE_LIFETIME);
    let place = Place::Administer { section: Section::Overview };
    Ok(with_cookies(see(&place.address(visitor.key())), [session]))
}

/// Signs out of the console.
async fn leave(Of(state): Of<State>, administrator: Administrator, _posted: Posted) -> Result<Response, ApiError> {
    console::entry::leave(&state, &administrator.session).await?;
    let cookies = administrator.caller.cookies;
    Ok(with_cookies(see(&Place::Console.address("")), [cookies.drop(&cookies.console())]))
}

/// How each step of an integration's set-up stands, for the page that watches it.
async fn watch(
    Of(state): Of<State>,
    _administrator: Administrator,
    Path(key): Path<String>,
) -> Result<Response, ApiError> {
    let (_, run) = check::watch(&state, &key).await?;
    let states: serde_json::Map<String, Value> =
        run.findings.iter().map(|one| (one.check.name().to_owned(), one.state.name().into())).collect();
    Ok(json(StatusCode::OK, &json!({ "states": states })))
}

/// Looks at an integration's set-up now, and shows it again.
async fn check_now(
    Of(state): Of<State>,
    administrator: Administrator,
    Path(key): Path<String>,
    _posted: Posted,
) -> Result<Response, ApiError> {
    administrator.integration(&key).await?;
    check::run(&state, &key, Spending::Calls, administrator.actor()).await?;
    Ok(see(&Place::Administer { section: Section::Overview }.address(&key)))
}

/// A page of one button; the console itself is drawn by the app.
fn page(caller: &Caller, code: &str, nonce: &str) -> String {
    let language = caller.language();
    let (title, why, button) =
        (words::enter_title(language), words::enter_why(language), words::enter_button(language));
    let (tag, style, token, action) =
        (language.tag(), web::style_text(), caller.form_token(None), paths::CONSOLE_ENTER);
    format!(
        "<!doctype html><html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <style nonce=\"{nonce}\">{style}</style></head>\
         <body><main id=\"main\" class=\"narrow\"><section class=\"card\"><h1>{title}</h1><p>{why}</p>\
         <form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"csrf\" value=\"{token}\">\
         <input type=\"hidden\" name=\"code\" value=\"{code}\">\
         <button class=\"button primary wide\" type=\"submit\">{button}</button></form></section></main></body></html>"
    )
}

/// Only letters and digits, so that it needs no escaping.
fn is_code(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
