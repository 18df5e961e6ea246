//! Signing in outside of DingTalk's clients, by DingTalk's own page (DingTalk reference 4.5): the same pages, in any
//! browser. Who comes back is known by a cookie that only the browser has that was sent away, so that nobody can be
//! signed in as somebody else by a link.

use super::cookies::Cookies;
use super::forms::{self, Posted, see, with_cookies};
use super::session::Visitor;
use super::sign_in;
use crate::flow::address;
use crate::flow::arrive::{Arrival, CodeOf};
use crate::model::hash::hex_sha256;
use crate::state::State;
use app::notice::Notice;
use app::place::Place;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use contract::{ProblemCode, paths};
use serde_json::json;
use std::time::Duration;

/// How long somebody may take at DingTalk's page.
const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Longest `state` that is looked at.
const STATE_BYTES_MAX: usize = 1_024;

/// The way there and the way back.
pub fn routes() -> Router<State> {
    Router::new().route(paths::API_LOGIN, post(leave)).route(paths::API_LOGIN_RETURN, get(come_back))
}

async fn leave(visitor: Visitor, posted: Posted) -> Response {
    let secret = visitor.state.world.secret();
    let goal = posted.place("goal").unwrap_or(Place::home());
    let redirect = address::page(&visitor.state, paths::API_LOGIN_RETURN, &[visitor.key()]);
    let client_id = &visitor.integration.settings.client_id;
    let state = format!("{}.{}", hex_sha256(&secret), goal.text());
    let to = dingtalk::sign_in_page(&visitor.state.config.dingtalk_login_url, client_id, &redirect, &state);
    let cookies: Cookies = visitor.caller.cookies;
    let kept = cookies.keep(&cookies.login(visitor.key()), &secret, LIFETIME);
    let answer = posted.answer(to.as_str(), &json!({ "to": to.as_str() }));
    with_cookies(answer, [Some(kept), visitor.caller.introduction()].into_iter().flatten())
}

async fn come_back(visitor: Visitor) -> Response {
    let cookies: Cookies = visitor.caller.cookies;
    let name = cookies.login(visitor.key());
    let returned = visitor.caller.parameter("state").filter(|state| state.len() <= STATE_BYTES_MAX).unwrap_or_default();
    let (proof, goal) = returned.split_once('.').unwrap_or_default();
    let ours = visitor.caller.cookie_hash(&name).is_some_and(|hash| hash == proof);
    let place = Place::parse(goal).filter(|_| ours).unwrap_or(Place::home());
    // DingTalk gives the same code under two names.
    let code = visitor.caller.parameter("code").or(visitor.caller.parameter("authCode"));
    let result = match code.filter(|_| ours && visitor.caller.parameter("error").is_none()) {
        None => Err(ProblemCode::CodeRefused.into()),
        Some(code) => {
            let (browser, former) = (visitor.caller.browser_hash(), visitor.session_hash());
            let attempt = visitor.kept_attempt().filter(|_| place == Place::SignIn);
            let arrival = Arrival {
                code,
                code_of: CodeOf::Page,
                goal: sign_in::goal_of(&place),
                attempt: attempt.as_deref(),
                browser: &browser,
                former_session: former.as_deref(),
            };
            sign_in::come_in(&visitor, &place, arrival).await
        }
    };
    // One use, however it ends.
    let spent = cookies.drop(&name);
    match result {
        Ok(way) => with_cookies(see(&way.to), way.cookies.into_iter().chain([spent])),
        Err(refusal) => {
            let problem = visitor.problem(refusal);
            let notice = Notice::Problem { code: problem.code, id: problem.id };
            with_cookies(see(&forms::address(visitor.key(), &place, &[], Some(&notice))), [spent])
        }
    }
}
