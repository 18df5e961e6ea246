//! What a group's address opens (dingtalk.md, 8.5): the group while the address is good, nothing afterwards.

use super::DingTalk;
use crate::html::escape;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;

/// `GET /group/{token}`. Inside the desk the page asks the client to open the chat, as DingTalk's own page does.
pub async fn open(State(dingtalk): State<Arc<DingTalk>>, Path(token): Path<String>) -> Response {
    let url = format!("{}/group/{token}", dingtalk.base_url);
    let now = dingtalk.core.world.now();
    let alive = dingtalk.look(|state| {
        let chat = state.chats.values().find(|chat| chat.url == url && !chat.disbanded && chat.url_until > now)?;
        Some((chat.id.clone(), chat.title.clone()))
    });
    let page = |title: &str, text: &str, more: &str| {
        Html(format!(
            "<!doctype html><html><head><meta charset=\"utf-8\"><title>{title}</title></head>\
             <body><h1>{title}</h1><p>{text}</p>{more}</body></html>"
        ))
    };
    match alive {
        None => (StatusCode::NOT_FOUND, page("链接已失效", "The link has expired.", "")).into_response(),
        Some((id, title)) => {
            let title = escape(&title);
            let id = escape(&id);
            let script =
                "<script>parent.postMessage({dingtalkChat:document.body.dataset.group},location.origin)</script>";
            let more = format!("<p data-open-group=\"{id}\">{title}</p>{script}");
            let page = page(&title, "Opening the group…", &more).0;
            Html(page.replacen("<body>", &format!("<body data-group=\"{id}\">"), 1)).into_response()
        }
    }
}
