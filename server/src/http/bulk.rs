//! One act on many incidents: what it would mean, and the act. A form is answered by the page that says what became of
//! each; sending it once more by reloading finds everything done.

use super::api::answered;
use super::forms::Posted;
use super::pages::{self, Redrawn};
use super::problem::ApiError;
use super::request::Path;
use super::session::Visitor;
use crate::model::asked::Asked;
use crate::state::State;
use app::backend::Backend;
use app::notice::Notice;
use app::place::{Place, with_query};
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use contract::bulk::BULK_ACTIONS;
use contract::incident::Action;
use contract::{ProblemCode, paths};
use serde::Deserialize;

/// Looking and acting.
pub fn routes() -> Router<State> {
    Router::new().route(paths::API_BULK, get(look).post(act))
}

#[derive(Deserialize)]
struct Act {
    act: String,
}

async fn look(visitor: Visitor, Path(Act { act }): Path<Act>) -> Result<Response, ApiError> {
    let action = action_of(&act)?;
    let ids = visitor.caller.parameters().filter(|(name, _)| *name == "id");
    let ids: Vec<String> = ids.map(|(_, id)| id.to_owned()).collect();
    Ok(answered(visitor.bulk(action, &ids).await))
}

async fn act(visitor: Visitor, Path(Act { act }): Path<Act>, posted: Posted) -> Result<Response, ApiError> {
    let action = action_of(&act)?;
    let ids = posted.texts("ids");
    let text = |name: &str| posted.get(name).map(str::to_owned);
    let asked = Asked {
        text: text("text"),
        root_cause: text("root_cause"),
        resolution: text("resolution"),
        ..Asked::plain("", action)
    };
    let acted = visitor.act_on_many(&ids, asked).await;
    if !posted.is_form() {
        return Ok(answered(acted.map_err(|refusal| visitor.problem(refusal))));
    }
    let back = posted.place("back").unwrap_or(Place::home());
    let mut pairs = vec![("back", back.text())];
    let redrawn = match acted {
        Ok(bulk) => Redrawn { bulk: Some(bulk), ..Redrawn::default() },
        Err(refusal) => {
            pairs.extend(ids.iter().take(contract::bulk::BULK_MAX).map(|id| ("id", id.clone())));
            let problem = visitor.problem(refusal);
            Redrawn {
                status: StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::BAD_REQUEST),
                notice: Some(Notice::Told(problem)),
                typed: posted.typed().clone(),
                ..Redrawn::default()
            }
        }
    };
    let address = with_query(paths::fill(paths::BULK, &[visitor.key(), action.name()]), &pairs);
    Ok(pages::redraw(visitor, &address, redrawn).await)
}

fn action_of(name: &str) -> Result<Action, ProblemCode> {
    Action::from_name(name).filter(|action| BULK_ACTIONS.contains(action)).ok_or(ProblemCode::NotFound)
}
