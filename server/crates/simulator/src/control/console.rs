//! The half of control that stands for the developer console and the platform's moods.

use super::{Reach, answer, done};
use crate::dingtalk::{AppPages, Edition, Limits, Switches};
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;

/// Its routes.
pub(super) fn routes() -> Router<Reach> {
    Router::new()
        .route("/_sim/callback", post(callback))
        .route("/_sim/permission", post(permission))
        .route("/_sim/visible", post(visible))
        .route("/_sim/template", post(template))
        .route("/_sim/group-template", post(group_template))
        .route("/_sim/tokens/expire", post(expire_tokens))
        .route("/_sim/edition", post(edition))
        .route("/_sim/limits", post(limits))
        .route("/_sim/switches", post(switches))
        .route("/_sim/pages", post(pages))
        .route("/_sim/redirect-urls", post(redirect_urls))
}

#[derive(Deserialize)]
struct Callback {
    url: String,
}

async fn callback(State(reach): State<Reach>, Json(body): Json<Callback>) -> Response {
    answer(reach.dingtalk.save_callback(&body.url).await)
}

#[derive(Deserialize)]
struct Permission {
    scope: String,
    granted: bool,
}

async fn permission(State(reach): State<Reach>, Json(body): Json<Permission>) -> Response {
    reach.dingtalk.set_permission(&body.scope, body.granted);
    done()
}

#[derive(Deserialize)]
struct Visible {
    user_ids: Option<Vec<String>>,
}

async fn visible(State(reach): State<Reach>, Json(body): Json<Visible>) -> Response {
    let user_ids = body.user_ids.as_ref().map(|ids| ids.iter().map(String::as_str).collect::<Vec<_>>());
    reach.dingtalk.set_visible(user_ids.as_deref());
    done()
}

#[derive(Deserialize)]
struct Template {
    template_id: String,
    published: bool,
}

async fn template(State(reach): State<Reach>, Json(body): Json<Template>) -> Response {
    reach.dingtalk.set_template(&body.template_id, body.published);
    done()
}

#[derive(Deserialize)]
struct GroupTemplate {
    published: Option<bool>,
    offline: Option<bool>,
    gray_corps: Option<Vec<String>>,
}

async fn group_template(State(reach): State<Reach>, Json(body): Json<GroupTemplate>) -> Response {
    if let Some(published) = body.published {
        reach.dingtalk.publish_group_template(published);
    }
    if let Some(offline) = body.offline {
        reach.dingtalk.set_group_template_offline(offline);
    }
    if let Some(corp_ids) = body.gray_corps {
        reach.dingtalk.set_gray_list(&corp_ids.iter().map(String::as_str).collect::<Vec<_>>());
    }
    done()
}

async fn expire_tokens(State(reach): State<Reach>) -> Response {
    reach.dingtalk.expire_tokens();
    done()
}

#[derive(Deserialize)]
struct EditionBody {
    edition: Edition,
}

async fn edition(State(reach): State<Reach>, Json(body): Json<EditionBody>) -> Response {
    reach.dingtalk.set_edition(body.edition);
    done()
}

async fn limits(State(reach): State<Reach>, Json(limits): Json<Limits>) -> Response {
    reach.dingtalk.set_limits(limits);
    done()
}

async fn switches(State(reach): State<Reach>, Json(switches): Json<Switches>) -> Response {
    reach.dingtalk.set_switches(switches);
    done()
}

async fn pages(State(reach): State<Reach>, Json(pages): Json<AppPages>) -> Response {
    reach.dingtalk.set_pages(pages);
    done()
}

#[derive(Deserialize)]
struct RedirectUrls {
    urls: Vec<String>,
}

async fn redirect_urls(State(reach): State<Reach>, Json(body): Json<RedirectUrls>) -> Response {
    let urls: Vec<&str> = body.urls.iter().map(String::as_str).collect();
    reach.dingtalk.set_redirect_urls(&urls);
    done()
}
