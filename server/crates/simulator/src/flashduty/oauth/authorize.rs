//! The authorization endpoint: sign in, consent, go back (RFC 6749 section 4.1.1). No cookies: the request stays in the
//! address, and a ticket that fits only this request ties consent to the sign-in before it.

use super::super::Flashduty;
use super::super::gate::parameter;
use super::super::page::{Language, disc, escape, page};
use super::grants::{Grant, is_challenge};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// A request that may be shown to a person.
struct Asked {
    client_id: String,
    client_name: String,
    redirect_uri: String,
    challenge: String,
    state: Option<String>,
    issuer: String,
    language: Language,
    query: String,
}

/// `GET /oauth/authorize`: the sign-in page.
pub async fn show(State(flashduty): State<Arc<Flashduty>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    match read(&flashduty, query.unwrap_or_default(), &headers) {
        Ok(asked) => sign_in_page(&flashduty, &asked, None),
        Err(response) => *response,
    }
}

/// `POST /oauth/authorize`: either the signing in (`email`, `password`) or the decision (`ticket`, `decision`).
pub async fn step(
    State(flashduty): State<Arc<Flashduty>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = match read(&flashduty, query.unwrap_or_default(), &headers) {
        Ok(asked) => asked,
        Err(response) => return *response,
    };
    let form = String::from_utf8_lossy(&body);
    if let Some(ticket) = parameter(&form, "ticket") {
        return decide(&flashduty, &asked, &ticket, parameter(&form, "decision").as_deref() == Some("allow"));
    }
    let email = parameter(&form, "email").unwrap_or_default();
    let password = parameter(&form, "password").unwrap_or_default();
    let mut state = flashduty.state();
    let member = state
        .members
        .values()
        .find(|one| {
            !one.deleted && !one.is_service && one.email.eq_ignore_ascii_case(email.trim()) && one.password == password
        })
        .cloned();
    let Some(member) = member else {
        drop(state);
        let wrong = asked.language.say("邮箱或密码不正确。", "E-mail or password is wrong.");
        return sign_in_page(&flashduty, &asked, Some(wrong));
    };
    let world = state.world.clone();
    let ticket = state.grants.ticket(&world, member.id, &asked.query);
    let account = state.account.name.clone();
    drop(state);
    consent_page(&asked, &member.name, &member.email, &account, &ticket)
}

/// Checks the request. A wrong client or redirect address must not be redirected to; everything else is told there.
fn read(flashduty: &Flashduty, query: String, headers: &HeaderMap) -> Result<Asked, Box<Response>> {
    let language = Language::of(&query, headers);
    let get = |name: &str| parameter(&query, name);
    let (client_id, redirect_uri) = (get("client_id").unwrap_or_default(), get("redirect_uri").unwrap_or_default());
    let state = flashduty.state();
    let client = state.grants.client(&client_id);
    let client = client.filter(|client| client.redirect_uris.contains(&redirect_uri)).cloned();
    let issuer = state.base_url.clone();
    drop(state);
    let Some(client) = client else {
        let title = language.say("无法登录", "Cannot sign in");
        let text = language.say(
            "这个应用没有注册，或返回地址与注册的不一致。请回到应用重新开始。",
            "This application is not registered, or its return address differs from the registered one. Go back and start again.",
        );
        let body = format!("<main class=\"sheet\"><h1>{title}</h1><p>{text}</p></main>");
        return Err(Box::new(page(StatusCode::BAD_REQUEST, language, title, &body)));
    };
    let asked = Asked {
        client_id,
        client_name: client.name,
        redirect_uri,
        challenge: get("code_challenge").unwrap_or_default(),
        state: get("state"),
        issuer,
        language,
        query: query.clone(),
    };
    if get("response_type").as_deref() != Some("code") {
        return Err(Box::new(go_back(&asked, &[("error", "unsupported_response_type")])));
    }
    if get("code_challenge_method").as_deref() != Some("S256") || !is_challenge(&asked.challenge) {
        let description = "PKCE with S256 is required";
        return Err(Box::new(go_back(&asked, &[("error", "invalid_request"), ("error_description", description)])));
    }
    Ok(asked)
}

fn decide(flashduty: &Flashduty, asked: &Asked, ticket: &str, allowed: bool) -> Response {
    let mut state = flashduty.state();
    let world = state.world.clone();
    let member_id = state.grants.redeem_ticket(ticket, &asked.query, world.now());
    let Some(member_id) = member_id.filter(|id| state.is_active(*id)) else {
        drop(state);
        let again = asked.language.say("页面已过期，请重新登录。", "The page has expired. Sign in again.");
        return sign_in_page(flashduty, asked, Some(again));
    };
    if !allowed {
        return go_back(asked, &[("error", "access_denied")]);
    }
    let grant = Grant {
        member_id,
        client_id: asked.client_id.clone(),
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge.clone(),
    };
    let code = state.grants.code(&world, grant);
    go_back(asked, &[("code", &code)])
}

/// 303 to the client with the outcome, its `state` and our issuer (RFC 9207).
fn go_back(asked: &Asked, outcome: &[(&str, &str)]) -> Response {
    let Ok(mut address) = url::Url::parse(&asked.redirect_uri) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let mut pairs = address.query_pairs_mut();
    pairs.extend_pairs(outcome);
    if let Some(state) = &asked.state {
        pairs.append_pair("state", state);
    }
    pairs.append_pair("iss", &asked.issuer);
    drop(pairs);
    (StatusCode::SEE_OTHER, [(LOCATION, address.to_string())]).into_response()
}

fn sign_in_page(flashduty: &Flashduty, asked: &Asked, problem: Option<&str>) -> Response {
    let say = |chinese, english| asked.language.say(chinese, english);
    let action = escape(&format!("/oauth/authorize?{}", asked.query));
    let state = flashduty.state();
    let people: String = state
        .members
        .values()
        .filter(|member| !member.deleted && !member.is_service)
        .map(|member| {
            format!(
                "<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"email\" value=\"{email}\">\
                 <input type=\"hidden\" name=\"password\" value=\"{password}\">\
                 <button class=\"person\" data-person=\"{key}\">{disc}<span><b>{name}</b><small>{email}</small></span></button></form>",
                email = escape(&member.email),
                password = escape(&member.password),
                key = escape(&member.key),
                disc = disc(&member.name),
                name = escape(&member.name),
            )
        })
        .collect();
    let account = escape(&state.account.name);
    drop(state);
    let problem = problem.map(|text| format!("<p class=\"problem\" role=\"alert\">{}</p>", escape(text)));
    let body = format!(
        "<main class=\"sheet\"><h1>{title}</h1><p class=\"quiet\">{account} · {client}</p>{problem}\
         <form method=\"post\" action=\"{action}\" class=\"stack\">\
         <label>{email}<input name=\"email\" type=\"email\" autocomplete=\"username\" required></label>\
         <label>{password}<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\
         <button class=\"main\">{go}</button></form>\
         <h2>{or}</h2><div class=\"people\">{people}</div></main>",
        title = say("登录 Flashduty", "Sign in to Flashduty"),
        client = escape(&asked.client_name),
        problem = problem.unwrap_or_default(),
        email = say("邮箱", "E-mail"),
        password = say("密码", "Password"),
        go = say("登录", "Sign in"),
        or = say("演示人员：点一下即可登录", "People of the demo: one tap signs in"),
    );
    page(StatusCode::OK, asked.language, say("登录", "Sign in"), &body)
}

fn consent_page(asked: &Asked, name: &str, email: &str, account: &str, ticket: &str) -> Response {
    let say = |chinese, english| asked.language.say(chinese, english);
    let action = escape(&format!("/oauth/authorize?{}", asked.query));
    let body = format!(
        "<main class=\"sheet\"><h1>{title}</h1>\
         <p class=\"who\">{disc}<span><b>{name}</b><small>{email} · {account}</small></span></p>\
         <p><b>{client}</b> {wants}</p><ul><li>{see}</li><li>{act}</li></ul>\
         <form method=\"post\" action=\"{action}\" class=\"stack\"><input type=\"hidden\" name=\"ticket\" value=\"{ticket}\">\
         <button class=\"main\" name=\"decision\" value=\"allow\">{allow}</button>\
         <button name=\"decision\" value=\"deny\">{deny}</button></form></main>",
        title = say("授权", "Allow access"),
        disc = disc(name),
        name = escape(name),
        email = escape(email),
        account = escape(account),
        client = escape(&asked.client_name),
        wants = say("想以你的身份：", "wants, in your name, to:"),
        see = say("查看你能看到的故障与值班", "see the incidents and rotas you can see"),
        act = say("认领、关闭、暂缓、评论故障", "acknowledge, close, snooze and comment incidents"),
        ticket = escape(ticket),
        allow = say("同意", "Allow"),
        deny = say("拒绝", "Deny"),
    );
    page(StatusCode::OK, asked.language, say("授权", "Allow access"), &body)
}
