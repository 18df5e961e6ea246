//! What the console does with groups: subscriptions saved, shown beforehand, removed and moved, and test messages.

use super::Administrator;
use crate::flow::console::groups;
use crate::flow::{Refusal, subscriptions, test_message};
use crate::http::forms::{Posted, address};
use crate::http::pages;
use crate::http::request::Path;
use crate::state::State;
use app::notice::{Change, Notice};
use app::place::Place;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use contract::group::GroupAsked;
use contract::{ProblemCode, paths};
use serde_json::json;

/// The routes.
pub fn routes() -> Router<State> {
    Router::new().route(paths::CONSOLE_GROUP_ACT, post(act))
}

async fn act(
    administrator: Administrator,
    Path((key, id, act)): Path<(String, String, String)>,
    posted: Posted,
) -> Response {
    let mut asked = GroupAsked::from_pairs(posted.pairs());
    let here = Place::Group { id: id.clone() };
    if act == "preview" {
        asked.preview = true;
        return pages::console_again(administrator, &key, &here.address_with(&key, &asked.pairs()), None).await;
    }
    match carry_out(&administrator, &key, &id, &act, &asked, &posted).await {
        Ok((change, to)) => {
            let to = address(&key, &to, &[], Some(&Notice::Changed(change)));
            posted.answer(&to, &json!({ "page": to }))
        }
        Err(refusal) => refuse(administrator, &key, &here, asked, &posted, refusal).await,
    }
}

/// What was done, and the page that shows it.
async fn carry_out(
    administrator: &Administrator,
    key: &str,
    id: &str,
    act: &str,
    asked: &GroupAsked,
    posted: &Posted,
) -> Result<(Change, Place), Refusal> {
    let (state, actor) = (&administrator.state, administrator.actor());
    let integration = administrator.integration(key).await?;
    let chat = groups::chat(state, &integration, id).await?;
    let here = Place::Group { id: id.to_owned() };
    match act {
        "save" => groups::save(state, &integration, &chat, asked, actor).await.map(|()| (Change::Saved, here)),
        "remove" => {
            let looked = (&chat, posted.get("revision").unwrap_or_default());
            subscriptions::remove(state, key, posted.needed("edit")?, Some(looked), actor).await?;
            Ok((Change::Removed, here))
        }
        "move" => {
            let to = posted.needed("chat_id")?;
            subscriptions::move_all(state, &chat, to, actor).await?;
            Ok((Change::Moved, Place::Group { id: to.to_owned() }))
        }
        "test" => test_message::send(state, &integration, id, (actor, "")).await.map(|()| (Change::TestSent, here)),
        _ => Err(ProblemCode::NotFound.into()),
    }
}

/// The page again with what was typed, and why it was not done.
async fn refuse(
    administrator: Administrator,
    key: &str,
    here: &Place,
    mut asked: GroupAsked,
    posted: &Posted,
    refusal: Refusal,
) -> Response {
    asked.settle(refusal.code == ProblemCode::ChangedMeanwhile);
    let problem = administrator.problem(refusal);
    if !posted.is_form() {
        return crate::http::problem::ApiError::from(problem).into_response();
    }
    pages::console_again(administrator, key, &here.address_with(key, &asked.pairs()), Some(problem)).await
}
