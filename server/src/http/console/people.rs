//! What the console's page of people posts, and the file of everybody.

use super::Administrator;
use crate::flow::Refusal;
use crate::flow::access::Role;
use crate::flow::console::people;
use crate::flow::directory;
use crate::http::forms::{Posted, see};
use crate::http::problem::ApiError;
use crate::http::request::Path;
use crate::state::State;
use app::place::Place;
use axum::Router;
use axum::extract::State as Of;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use contract::console::Section;
use contract::paths;
use contract::people::PeopleList;
use contract::words::field as words;
use std::fmt::Write;
use url::form_urlencoded;

/// The acts of the page.
pub fn routes() -> Router<State> {
    Router::new()
        .route(paths::CONSOLE_PEOPLE_LOOK, post(look))
        .route(paths::CONSOLE_PEOPLE_APPLY, post(apply))
        .route(paths::CONSOLE_PEOPLE_UNDO, post(undo))
        .route(paths::CONSOLE_PEOPLE_UNLINK, post(unlink))
        .route(paths::CONSOLE_PEOPLE_GRANT, post(grant))
        .route(paths::CONSOLE_PEOPLE_REMIND, post(remind))
        .route(paths::CONSOLE_PEOPLE_EXPORT, get(export))
}

type Answer = Result<Response, ApiError>;

async fn look(Of(state): Of<State>, administrator: Administrator, Path(key): Path<String>, posted: Posted) -> Answer {
    administrator.integration(&key).await?;
    directory::look(&state, &key, administrator.actor()).await?;
    Ok(back(&key, &posted))
}

async fn apply(Of(state): Of<State>, administrator: Administrator, Path(key): Path<String>, posted: Posted) -> Answer {
    administrator.integration(&key).await?;
    directory::apply(&state, &key, posted.needed("run")?, administrator.actor()).await?;
    Ok(back(&key, &posted))
}

async fn undo(Of(state): Of<State>, administrator: Administrator, Path(key): Path<String>, posted: Posted) -> Answer {
    administrator.integration(&key).await?;
    directory::undo(&state, &key, posted.needed("run")?, administrator.actor()).await?;
    Ok(back(&key, &posted))
}

async fn unlink(Of(state): Of<State>, administrator: Administrator, Path(key): Path<String>, posted: Posted) -> Answer {
    administrator.integration(&key).await?;
    people::unlink(&state, &key, member_id(&posted)?, administrator.actor()).await?;
    Ok(back(&key, &posted))
}

async fn grant(Of(state): Of<State>, administrator: Administrator, Path(key): Path<String>, posted: Posted) -> Answer {
    administrator.integration(&key).await?;
    let role = match posted.get("role") {
        None => None,
        Some(name) => Some(Role::from_name(name).ok_or_else(|| ApiError::field("role", "administrator or observer"))?),
    };
    people::grant(&state, &key, member_id(&posted)?, role, administrator.actor()).await?;
    Ok(back(&key, &posted))
}

async fn remind(Of(state): Of<State>, administrator: Administrator, Path(key): Path<String>, posted: Posted) -> Answer {
    let integration = administrator.integration(&key).await?;
    people::remind(&state, &integration, administrator.actor()).await?;
    Ok(back(&key, &posted))
}

/// Everybody as a table, or as lines of JSON.
async fn export(Of(state): Of<State>, administrator: Administrator, Path(key): Path<String>) -> Answer {
    administrator.integration(&key).await?;
    let everybody = people::everybody(&state, &key).await.map_err(Refusal::from)?;
    let csv = administrator.caller.parameter("form") != Some("lines");
    let mut text = if csv { people::CSV_HEADING.to_owned() } else { String::new() };
    for one in &everybody {
        // Writing into a text cannot fail.
        let _ = match csv {
            true => write!(text, "{}", people::as_csv(one)),
            false => writeln!(text, "{}", people::as_json(one)),
        };
    }
    let (kind, name) = match csv {
        true => ("text/csv; charset=utf-8", "people.csv"),
        false => ("application/x-ndjson", "people.jsonl"),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers =
        [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition), (CACHE_CONTROL, "no-store".to_owned())];
    Ok((headers, text).into_response())
}

fn member_id(posted: &Posted) -> Result<i64, Refusal> {
    posted.number("member_id")?.ok_or_else(|| Refusal::field(|language| words::is_needed(language, "member_id")))
}

/// The page again, with the list it showed.
fn back(key: &str, posted: &Posted) -> Response {
    let search = posted.get("back").unwrap_or_default().trim_start_matches('?').to_owned();
    let pairs: Vec<(String, String)> = form_urlencoded::parse(search.as_bytes()).into_owned().collect();
    let list = PeopleList::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let list = PeopleList { about: None, ..list };
    see(&format!("{}{}", Place::Administer { section: Section::People }.address(key), list.search()))
}
