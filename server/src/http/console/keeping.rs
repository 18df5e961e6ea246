//! What the console's pages of quota, war rooms and the audit log ask beside their pages.

use super::Administrator;
use crate::flow::console::quota;
use crate::flow::war_room::view;
use crate::http::automation::export_audit;
use crate::http::forms::{Posted, see};
use crate::http::problem::ApiError;
use crate::http::request::Path;
use crate::state::State;
use app::place::Place;
use axum::Router;
use axum::extract::State as Of;
use axum::response::Response;
use axum::routing::{get, post};
use contract::console::Section;
use contract::paths;

/// Fields of the form of figures, as `integration set` names them.
const FIGURES: [&str; 5] = ["edition", "quota_preset", "quota_api_month", "quota_push_month", "quota_qps"];

/// What these pages post, and the export.
pub fn routes() -> Router<State> {
    Router::new()
        .route(paths::CONSOLE_QUOTA_FIGURES, post(change_figures))
        .route(paths::CONSOLE_DISMISS, post(dismiss))
        .route(paths::CONSOLE_AUDIT_EXPORT, get(export))
}

/// Changes the company's figures. What is wrong comes back to the form with what was typed.
async fn change_figures(
    Of(state): Of<State>,
    administrator: Administrator,
    Path(key): Path<String>,
    posted: Posted,
) -> Result<Response, ApiError> {
    let integration = administrator.integration(&key).await?;
    let typed: Vec<(&'static str, String)> =
        FIGURES.map(|name| (name, posted.get(name).unwrap_or_default().trim().to_owned())).into();
    let pairs = typed.iter().map(|(name, value)| ((*name).to_owned(), Some(value.clone()))).collect();
    let seen = posted.get("seen").unwrap_or_default();
    let wrong = quota::change(&state, &integration, seen, pairs, administrator.actor()).await?;
    let place = Place::Administer { section: Section::Quota };
    let Some(wrong) = wrong else { return Ok(see(&place.address_with(&key, &[("saved", "1".to_owned())]))) };
    let back: Vec<(&str, String)> = typed.into_iter().chain([("wrong", wrong)]).collect();
    Ok(see(&place.address_with(&key, &back)))
}

/// Begins the countdown of a war room.
async fn dismiss(
    Of(state): Of<State>,
    administrator: Administrator,
    Path((key, id)): Path<(String, String)>,
    _posted: Posted,
) -> Result<Response, ApiError> {
    view::dismiss_by_program(&state, &key, &id, administrator.actor()).await?;
    let pairs = [("dismissing", "1".to_owned())];
    Ok(see(&Place::Administer { section: Section::WarRooms }.address_with(&key, &pairs)))
}

/// The whole audit log as lines of JSON.
async fn export(
    Of(state): Of<State>,
    administrator: Administrator,
    Path(key): Path<String>,
) -> Result<Response, ApiError> {
    administrator.integration(&key).await?;
    Ok(export_audit(state, key))
}
