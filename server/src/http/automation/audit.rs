//! Who changed what: pages, newest first, or the whole log as lines of JSON, oldest first.

use super::list::{Moment, Page, page};
use super::token::Caller;
use crate::flow::audit::{self, Chained};
use crate::flow::automation::{self, AuditEntry};
use crate::http::problem::ApiError;
use crate::http::request::{Path, Query};
use crate::state::State;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State as Of;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};

/// What a log as lines of JSON is called.
const LINES: &str = "application/x-ndjson";
/// Other names that programs use for it.
const LINES_TOO: [&str; 3] = [LINES, "application/jsonl", "application/json-lines"];

/// What may be asked for.
#[derive(Deserialize)]
pub struct Wanted {
    format: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

/// Answers with a page, or with the whole log where lines are asked for.
pub async fn list(
    _: Caller,
    Of(state): Of<State>,
    Path(key): Path<String>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let lines = match wanted.format.as_deref() {
        None | Some("") => LINES_TOO.iter().any(|name| accepted.contains(name)),
        Some("jsonl") => true,
        Some("json") => false,
        Some(_) => return Err(ApiError::field("format", "json or jsonl")),
    };
    let asked: Page<Moment> = page(wanted.after.as_deref(), wanted.limit.as_deref())?;
    let found = automation::audit(&state, &key, asked.after.clone().map(Moment::pair), asked.fetch()).await?;
    if lines {
        return Ok(export(state, key));
    }
    let page: Json<Value> = asked.answer(&found, |entry| Moment::of(entry.at, &entry.id), show);
    Ok(page.into_response())
}

/// The whole log, read piece by piece while it is sent.
pub fn export(state: State, key: String) -> Response {
    let name = format!("attachment; filename=\"audit-{key}.jsonl\"");
    let lines = stream::try_unfold(0, move |after| {
        let (state, key) = (state.clone(), key.clone());
        async move {
            let piece = audit::lines(&state, &key, after).await.map_err(|refusal| refusal.code.name())?;
            Ok::<_, &'static str>(piece.last().map(|last| last.seq).map(|last| (text(&piece), last)))
        }
    });
    let headers =
        [(CONTENT_TYPE, LINES.to_owned()), (CONTENT_DISPOSITION, name), (CACHE_CONTROL, "no-store".to_owned())];
    (headers, Body::from_stream(lines)).into_response()
}

fn text(piece: &[Chained]) -> Bytes {
    let mut text = String::new();
    for line in piece {
        text.push_str(&audit::exported(line).to_string());
        text.push('\n');
    }
    Bytes::from(text)
}

fn show(entry: &AuditEntry) -> Value {
    json!({
        "id": entry.id,
        "actor": entry.actor,
        "act": entry.act,
        "subject": entry.subject,
        "detail": entry.detail,
        "address": entry.address,
        "at_ms": entry.at.0,
    })
}
