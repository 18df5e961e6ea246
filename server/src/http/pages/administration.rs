//! The console's pages, opened by an address or drawn again as the answer to a form.

use super::{about, console_problem, draw, outside};
use crate::http::console::Administrator;
use crate::http::forms::with_cookies;
use crate::http::session::Caller;
use crate::state::State;
use app::backend::ConsoleBackend;
use app::notice::Notice;
use app::visit::Visit;
use axum::extract::{RawPathParams, Request, State as Of};
use axum::http::StatusCode;
use axum::response::Response;
use contract::{Problem, ProblemCode};
use leptos::prelude::provide_context;
use std::sync::Arc;

/// A page of the console: about all integrations, or about that of the key.
pub(super) async fn show_console(
    Of(state): Of<State>,
    caller: Caller,
    parameters: RawPathParams,
    request: Request,
) -> Response {
    let key = parameters.iter().find(|(name, _)| *name == "key").map(|(_, key)| key.to_owned());
    let administrator = match Administrator::of(&state, &caller).await {
        Ok(Some(administrator)) => administrator,
        Ok(None) => return console_problem(state, caller, ProblemCode::NotSignedIn.into(), request).await,
        Err(refusal) => return console_problem(state, caller, refusal, request).await,
    };
    console_page(administrator, key.as_deref(), None, request).await
}

/// A page of the console again, with what its address holds and, where something was refused, why.
pub async fn console_again(
    administrator: Administrator,
    key: &str,
    address: &str,
    problem: Option<Problem>,
) -> Response {
    let mut request = Request::default();
    if let Ok(address) = address.parse() {
        *request.uri_mut() = address;
    }
    let status = problem.as_ref().and_then(|problem| StatusCode::from_u16(problem.code.status()).ok());
    let mut response = console_page(administrator, Some(key), problem.map(Notice::Told), request).await;
    if let Some(status) = status.filter(|_| response.status() == StatusCode::OK) {
        *response.status_mut() = status;
    }
    response
}

/// The console's page that a form was sent from, with what was typed and why it was not taken.
pub async fn console_refused(administrator: Administrator, key: Option<&str>, address: &str) -> Response {
    let mut request = Request::default();
    if let Ok(address) = address.parse() {
        *request.uri_mut() = address;
    }
    let mut response = console_page(administrator, key, None, request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    response
}

async fn console_page(
    administrator: Administrator,
    key: Option<&str>,
    notice: Option<Notice>,
    request: Request,
) -> Response {
    let (state, caller) = (administrator.state.clone(), administrator.caller.clone());
    let (may_change, may_add) = (administrator.may_change(), administrator.may_add());
    let mut visit = Visit { in_console: true, may_change, may_add, ..outside(&state, &caller) };
    visit.notice = notice.or(visit.notice);
    if let Some(key) = key {
        let integration = match administrator.integration(key).await {
            Ok(integration) => integration,
            Err(refusal) => return console_problem(state, caller, refusal, request).await,
        };
        visit = Visit { key: key.to_owned(), ..about(&state, visit, &integration) };
    }
    let cookie = caller.introduction();
    let door: Arc<dyn ConsoleBackend> = Arc::new(administrator);
    with_cookies(draw(&state, visit, move || provide_context(Arc::clone(&door)), None, request).await, cookie)
}
