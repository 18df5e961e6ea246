//! Sending deliveries anew from the console.

use super::Administrator;
use crate::flow::automation::After;
use crate::flow::console::moment;
use crate::flow::resend;
use crate::http::forms::{Posted, see};
use crate::http::problem::ApiError;
use crate::http::request::Path;
use crate::model::delivery::Outcome;
use crate::state::State;
use app::place::{Place, with_query};
use axum::Router;
use axum::extract::State as Of;
use axum::response::Response;
use axum::routing::post;
use contract::console::Section;
use contract::{ProblemCode, paths};
use world::Millis;

/// What the pages of deliveries post.
pub fn routes() -> Router<State> {
    Router::new().route(paths::CONSOLE_RESEND, post(resend_one)).route(paths::CONSOLE_RESEND_ALL, post(resend_all))
}

async fn resend_one(
    Of(state): Of<State>,
    administrator: Administrator,
    Path((key, id)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, ApiError> {
    let force = posted.get("force") == Some("yes");
    resend::resend(&state, &key, &id, force, administrator.actor()).await?;
    let page = paths::fill(paths::CONSOLE_DELIVERY, &[&key, &id]);
    Ok(see(&with_query(page, &[("sent", "1".to_owned())])))
}

async fn resend_all(
    Of(state): Of<State>,
    administrator: Administrator,
    Path(key): Path<String>,
    posted: Posted,
) -> Result<Response, ApiError> {
    let outcome = Outcome::from_name(posted.needed("outcome")?).ok_or(ApiError::new(ProblemCode::BadRequest))?;
    let since = posted.number::<i64>("since_ms")?.unwrap_or(0);
    let after: After = match posted.get("after") {
        None => None,
        Some(text) => Some(moment::place(text).ok_or(ApiError::new(ProblemCode::BadRequest))?),
    };
    let done = resend::resend_all(&state, &key, outcome, Millis(since), after, administrator.actor()).await?;
    let mut pairs = vec![
        ("outcome", outcome.name().to_owned()),
        ("state", "failed".to_owned()),
        ("sent", done.resent.to_string()),
        ("left", done.refused.to_string()),
    ];
    pairs.extend(posted.get("since").map(|since| ("since", since.to_owned())));
    pairs.extend(done.more.map(|more| ("again_after", moment::place_text(&more))));
    Ok(see(&Place::Administer { section: Section::Deliveries }.address_with(&key, &pairs)))
}
