//! The edge: the whole route table and what every request passes. Handlers are thin; what the product does is in `flow`.

mod api;
mod assets;
mod automation;
mod backend;
mod bulk;
mod choice;
mod click_callback;
mod console;
mod cookies;
mod create;
mod cross_site;
pub mod crowd;
mod custom_action;
mod edge;
mod event_callback;
mod forms;
pub mod gate;
mod group;
pub mod health;
pub mod limits;
pub mod listen;
mod live;
mod memory;
mod openapi;
mod pages;
pub mod problem;
pub mod request;
mod robot_push;
mod session;
mod sign_in;
mod war_room;
mod web_login;
mod webhook;

pub use automation::check::{Reader as CheckReader, show as show_checks};
pub use edge::RequestId;

use crate::state::State;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State as Of};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use contract::{ProblemCode, paths};
use limits::Paid;
use problem::ApiError;
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// Everything the product answers.
pub fn router(state: State) -> Router {
    let routes = Router::new()
        .merge(platform_routes(&state))
        .merge(automation::routes())
        .merge(watching_routes())
        .merge(pages::routes().layer(CompressionLayer::new()))
        .merge(assets::routes())
        // Whoever types the bare address is an administrator: people come from DingTalk.
        .route("/", get(|| async { Redirect::to(paths::CONSOLE) }))
        .fallback(|| async { ApiError::new(ProblemCode::NotFound) })
        .method_not_allowed_fallback(|| async { ApiError::new(ProblemCode::MethodNotAllowed) });
    guarded(routes, state)
}

/// Puts what every request passes around routes: its id, the gate, headers, log, measures.
pub fn guarded(routes: Router<State>, state: State) -> Router {
    // The gate has read the body already, by its own limits.
    routes
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(state.clone(), gate::pass))
        .layer(CatchPanicLayer::custom(caught))
        .layer(from_fn_with_state(state.clone(), edge::finish))
        .with_state(state)
}

/// What DingTalk and Flashduty send.
fn platform_routes(state: &State) -> Router<State> {
    Router::new()
        .route(paths::DINGTALK_EVENTS, post(event_callback::receive_event))
        .route(paths::DINGTALK_CARDS, post(click_callback::receive_click))
        .route(paths::FLASHDUTY_WEBHOOK, post(webhook::receive_webhook))
        .route(paths::FLASHDUTY_ACTION, post(custom_action::receive_action))
        .route(paths::FLASHDUTY_ROBOT, post(robot_push::receive_push))
        .route_layer(from_fn_with_state(state.clone(), free_when_genuine))
}

/// What proves to come from a platform is free, however much a storm brings: the rate is for forgeries and garbage.
pub async fn free_when_genuine(Of(state): Of<State>, request: Request, next: Next) -> Response {
    let paid = request.extensions().get::<Paid>().copied();
    let response = next.run(request).await;
    if let Some(paid) = paid.filter(|_| response.status().is_success()) {
        state.limiter.give_back(paid);
    }
    response
}

fn watching_routes() -> Router<State> {
    Router::new()
        .route(paths::LIVE, get(health::live))
        .route(paths::READY, get(health::ready))
        .route(paths::METRICS, get(health::show_metrics))
        .route(paths::OPENAPI, get(openapi::show_description))
}

/// A panic is a fault of ours; its text may hold anything, so it goes nowhere.
fn caught(_: Box<dyn Any + Send>) -> Response {
    ApiError::new(ProblemCode::Internal).with_cause("panicked").into_response()
}

/// How a platform's request ended, for a counter.
fn result_label<T>(result: &Result<T, crate::flow::ReceiveError>) -> &'static str {
    use crate::flow::ReceiveError;
    match result {
        Ok(_) => "taken",
        Err(ReceiveError::UnknownIntegration | ReceiveError::UnknownCard | ReceiveError::DeadChat) => "unknown",
        Err(ReceiveError::Forged | ReceiveError::SignatureWrong) => "forged",
        Err(ReceiveError::Malformed(_)) => "malformed",
        Err(ReceiveError::Store(_)) => "not stored",
    }
}
