//! The login page of the web login (dingtalk.md, 4.5).

use super::DingTalk;
use super::jsapi::{CODE_LIFETIME, cookie};
use super::parameters::decode;
use super::state::{Code, CodeKind, State};
use crate::html::escape;
use axum::extract::{RawQuery, State as Shared};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// What the page was asked for.
struct Asked {
    client_id: String,
    corp_id: String,
    redirect: url::Url,
    state: String,
    with_corp: bool,
}

/// `GET /oauth2/auth`: lets a person of the company sign in, or says what is wrong with the request.
pub async fn page(Shared(dingtalk): Shared<Arc<DingTalk>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let people = dingtalk.look(|state| {
        let asked = asked(state, &decode(&query))?;
        let corp = state.corps.get(&asked.corp_id).ok_or("company not found")?;
        let people = corp.employees.values().filter(|person| person.active);
        Ok::<_, String>(people.map(|person| (person.user_id.clone(), person.name.clone())).collect::<Vec<_>>())
    });
    match people {
        Err(why) => html(StatusCode::BAD_REQUEST, &format!("<h1>DingTalk</h1><p role=alert>{}</p>", escape(&why))),
        Ok(people) => {
            let present = cookie(&headers);
            html(StatusCode::OK, &choice(&query, &people, present.as_deref()))
        }
    }
}

/// `GET /oauth2/decide`: goes back with a code for the chosen person, or with a refusal.
pub async fn decide(Shared(dingtalk): Shared<Arc<DingTalk>>, RawQuery(query): RawQuery) -> Response {
    let world = &dingtalk.core.world;
    let query = decode(&query.unwrap_or_default());
    let value = world.secret();
    let back = dingtalk.change(|state| {
        let asked = asked(state, &query)?;
        let (mut back, with_corp) = (asked.redirect, asked.with_corp);
        match query.get("person").filter(|person| state.employee(&asked.corp_id, person).is_some()) {
            None => {
                back.query_pairs_mut().append_pair("error", "access_denied");
            }
            Some(person) => {
                let code = Code {
                    user_id: person.clone(),
                    corp_id: asked.corp_id,
                    client_id: asked.client_id,
                    until: world.now().plus(CODE_LIFETIME),
                    kind: CodeKind::Web { with_corp },
                };
                state.codes.insert(value.clone(), code);
                back.query_pairs_mut().append_pair("code", &value).append_pair("authCode", &value);
            }
        }
        back.query_pairs_mut().append_pair("state", &asked.state);
        Ok::<_, String>(back)
    });
    match back {
        Ok(back) => (StatusCode::FOUND, [(LOCATION, back.to_string())]).into_response(),
        Err(why) => html(StatusCode::BAD_REQUEST, &format!("<p role=alert>{}</p>", escape(&why))),
    }
}

fn asked(state: &State, query: &BTreeMap<String, String>) -> Result<Asked, String> {
    let given = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let app = state.apps.get(given("client_id")).ok_or("client_id 不正确: unknown client_id")?;
    if given("response_type") != "code" {
        return Err("response_type must be code".into());
    }
    let scopes: Vec<&str> = given("scope").split([' ', '+']).collect();
    if !scopes.contains(&"openid") || scopes.iter().any(|scope| !["openid", "corpid"].contains(scope)) {
        return Err("scope must be openid, or openid corpid".into());
    }
    let redirect = url::Url::parse(given("redirect_uri")).map_err(|_| "redirect_uri is not an address")?;
    if !app.redirect_urls.iter().any(|allowed| same_place(allowed, &redirect)) {
        return Err("redirect_uri 不在白名单: not registered in the console".into());
    }
    Ok(Asked {
        client_id: app.client_id.clone(),
        corp_id: app.corp_id.clone(),
        redirect,
        state: given("state").to_owned(),
        with_corp: scopes.contains(&"corpid"),
    })
}

/// Whether two addresses are the same up to their query.
fn same_place(allowed: &str, asked: &url::Url) -> bool {
    url::Url::parse(allowed).is_ok_and(|allowed| allowed.origin() == asked.origin() && allowed.path() == asked.path())
}

fn choice(query: &str, people: &[(String, String)], present: Option<&str>) -> String {
    let mut list = String::from("<h1>DingTalk</h1><p>谁在登录？ Who is signing in?</p><ul>");
    for (user_id, name) in people {
        let mark = if present == Some(user_id) { " aria-current=true" } else { "" };
        let id: String = url::form_urlencoded::byte_serialize(user_id.as_bytes()).collect();
        // Writing to a String cannot fail.
        let _ = write!(
            list,
            "<li><a href=\"/oauth2/decide?{}&amp;person={id}\" data-person=\"{}\"{mark}>{}</a></li>",
            escape(query),
            escape(user_id),
            escape(name)
        );
    }
    let _ = write!(list, "</ul><p><a href=\"/oauth2/decide?{}\" data-refuse>取消 Cancel</a></p>", escape(query));
    list
}

fn html(status: StatusCode, body: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=zh><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>DingTalk</title><style>body{{font:16px/1.6 sans-serif;max-width:24rem;margin:3rem auto;padding:0 1rem}}\
         li{{margin:.5rem 0}}</style>{body}</html>"
    );
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}
