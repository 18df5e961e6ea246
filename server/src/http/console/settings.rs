//! What the forms of an integration send: a new one, changed fields, the end of former secrets, removal.

use super::Administrator;
use crate::flow::Refusal;
use crate::flow::console::settings::{self, Typed};
use crate::flow::set_up::{self, Form, SetUpError, rotation};
use crate::http::forms::{Posted, see};
use crate::http::pages;
use crate::http::problem::ApiError;
use crate::http::request::Path;
use crate::model::integration::Rotating;
use crate::state::State;
use app::place::Place;
use axum::Router;
use axum::extract::State as Of;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use contract::console::Section;
use contract::words::setting as words;
use contract::{ProblemCode, paths};
use std::collections::BTreeMap;

/// The forms' addresses.
pub fn routes() -> Router<State> {
    Router::new()
        .route(paths::CONSOLE_NEW, post(create))
        .route(paths::CONSOLE_SETTINGS, post(save))
        .route(paths::CONSOLE_END_FORMER, post(end_former))
        .route(paths::CONSOLE_REMOVE, post(remove))
}

/// Only for whoever came by the server's own link: a person administers one integration.
async fn create(Of(state): Of<State>, administrator: Administrator, posted: Posted) -> Response {
    if !administrator.may_add() {
        return ApiError::new(ProblemCode::RoleTooLow).into_response();
    }
    let values = values(&posted);
    match settings::create(&state, &values, &administrator.session.user_id).await {
        Ok(integration) => see(&Place::Administer { section: Section::Overview }.address(&integration.key)),
        Err(error) => refused(administrator, None, values, error).await,
    }
}

async fn save(
    Of(state): Of<State>,
    administrator: Administrator,
    Path(key): Path<String>,
    posted: Posted,
) -> Result<Response, ApiError> {
    let values = values(&posted);
    let revision = posted.number("revision")?.unwrap_or_default();
    Ok(match settings::save(&state, &key, revision, &values, &administrator.session.user_id).await {
        Ok(_) => see(&page().address_with(&key, &[("saved", "yes".to_owned())])),
        Err(error) => refused(administrator, Some(&key), values, error).await,
    })
}

async fn end_former(
    Of(state): Of<State>,
    administrator: Administrator,
    Path(key): Path<String>,
    _posted: Posted,
) -> Result<Response, ApiError> {
    let integration = set_up::get(&state, &key).await.map_err(refusal)?;
    rotation::end_by(&state, &integration, &Rotating::ALL, &administrator.session.user_id).await.map_err(refusal)?;
    Ok(see(&page().address(&key)))
}

/// Only with the integration's name, so that no slip of the hand does it.
async fn remove(
    Of(state): Of<State>,
    mut administrator: Administrator,
    Path(key): Path<String>,
    posted: Posted,
) -> Result<Response, ApiError> {
    let integration = set_up::get(&state, &key).await.map_err(refusal)?;
    if posted.get("name").map(str::trim) != Some(integration.settings.name.as_str()) {
        let removal = Some(words::remove_name_wrong(administrator.caller.language()).to_owned());
        administrator.typed = Some(Typed { removal, ..Typed::default() });
        return Ok(pages::console_refused(administrator, Some(&key), &page().address(&key)).await);
    }
    set_up::remove(&state, &key, &administrator.session.user_id).await.map_err(refusal)?;
    Ok(see(&Place::Console.address("")))
}

fn page() -> Place {
    Place::Administer { section: Section::Settings }
}

/// What was typed into fields of an integration.
fn values(posted: &Posted) -> BTreeMap<String, String> {
    Form::names().filter_map(|name| Some((name.to_owned(), posted.get(name)?.to_owned()))).collect()
}

/// The form again, with what was typed and why it was not taken.
async fn refused(
    mut administrator: Administrator,
    key: Option<&str>,
    values: BTreeMap<String, String>,
    error: SetUpError,
) -> Response {
    let typed = Typed { values, ..Typed::default() };
    administrator.typed = Some(match error {
        SetUpError::Fields(errors) => Typed { errors, ..typed },
        SetUpError::Overtaken | SetUpError::Conflict => Typed { was_overtaken: true, ..typed },
        other => return ApiError::from(refusal(other)).into_response(),
    });
    let address = key.map_or_else(|| paths::CONSOLE_NEW.to_owned(), |key| page().address(key));
    pages::console_refused(administrator, key, &address).await
}

fn refusal(error: SetUpError) -> Refusal {
    match error {
        SetUpError::Store(error) => error.into(),
        SetUpError::UnknownIntegration => ProblemCode::NotFound.into(),
        SetUpError::Fields(_) | SetUpError::Conflict | SetUpError::Overtaken => ProblemCode::Unavailable.into(),
    }
}
