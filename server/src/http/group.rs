//! What a group's own page changes: what is sent to the group, and a test message. By plain forms, or as JSON.

use super::forms::{Posted, address};
use super::pages::{self, Redrawn};
use super::request::Path;
use super::session::Visitor;
use crate::flow::{Refusal, group_editor, read, subscriptions, test_message};
use crate::state::State;
use app::notice::{Change, Notice};
use app::place::Place;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use contract::group::GroupAsked;
use contract::{ProblemCode, paths};
use serde::Deserialize;
use serde_json::json;

/// The routes.
pub fn routes() -> Router<State> {
    Router::new().route(paths::API_CHAT_ACT, post(act))
}

#[derive(Deserialize)]
struct Act {
    act: String,
}

async fn act(visitor: Visitor, Path(Act { act }): Path<Act>, posted: Posted) -> Response {
    let mut asked = GroupAsked::from_pairs(posted.pairs());
    let here = Place::CoolApp { cid: posted.get("cid").unwrap_or_default().to_owned() };
    if act == "preview" {
        asked.preview = true;
        let to = here.address_with(visitor.key(), &asked.pairs());
        return pages::redraw(visitor, &to, Redrawn::default()).await;
    }
    match carry_out(&visitor, &act, &asked, &posted).await {
        Ok(change) => {
            let to = address(visitor.key(), &here, &[], Some(&Notice::Changed(change)));
            posted.answer(&to, &json!({ "page": to }))
        }
        Err(refusal) if posted.is_form() => refuse(visitor, &here, asked, refusal).await,
        Err(refusal) => posted.refuse(&visitor, &here, &[], refusal),
    }
}

async fn carry_out(visitor: &Visitor, act: &str, asked: &GroupAsked, posted: &Posted) -> Result<Change, Refusal> {
    let viewer = visitor.viewer()?;
    let (state, integration, person) = (viewer.state, viewer.integration, &viewer.link.employee);
    let (chat, _) = read::group(state, integration, posted.get("cid").unwrap_or_default()).await?;
    group_editor::check(state, integration, &chat, &person.user_id).await?;
    match act {
        "save" => read::save(viewer, &chat, asked).await.map(|()| Change::Saved),
        "remove" => {
            let looked = (&chat, posted.get("revision").unwrap_or_default());
            let removed =
                subscriptions::remove(state, visitor.key(), posted.needed("edit")?, Some(looked), &person.user_id);
            removed.await.map(|()| Change::Removed)
        }
        "test" => {
            let sent = test_message::send(state, integration, &chat.id, (&person.user_id, &person.name));
            sent.await.map(|()| Change::TestSent)
        }
        _ => Err(ProblemCode::NotFound.into()),
    }
}

/// The page again with what was typed, and why it was not done.
async fn refuse(visitor: Visitor, here: &Place, mut asked: GroupAsked, refusal: Refusal) -> Response {
    asked.settle(refusal.code == ProblemCode::ChangedMeanwhile);
    let to = here.address_with(visitor.key(), &asked.pairs());
    let problem = visitor.problem(refusal);
    let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    pages::redraw(visitor, &to, Redrawn { status, notice: Some(Notice::Told(problem)), ..Redrawn::default() }).await
}
