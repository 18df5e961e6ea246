//! What the JSON API looks like, for people who write programs against it.

use axum::response::IntoResponse;

/// OpenAPI 3.1, written by hand; a test keeps it true to the routes.
const DESCRIPTION: &str = include_str!("openapi.json");

/// Answers with the description.
pub async fn show_description() -> impl IntoResponse {
    ([(axum::http::header::CONTENT_TYPE, "application/json")], DESCRIPTION)
}
