//! The one builder of links that leave in cards and messages: each opens where login-free works (reference 5.2).

use crate::model::delivery::Target;
use crate::state::State;
use contract::paths;

/// A page of ours, absolute.
pub fn page(state: &State, path: &str, values: &[&str]) -> String {
    format!("{}{}", state.config.public_url.as_str().trim_end_matches('/'), paths::fill(path, values))
}

/// Opens an incident inside DingTalk: side bar on PC, a page on phones.
pub fn incident_in_dingtalk(state: &State, key: &str, incident_id: &str) -> String {
    dingtalk::links::page_link(&page(state, paths::INCIDENT, &[key, incident_id]), true)
}

/// Opens the list of open incidents inside DingTalk: a person's own, or everybody's where a group is to look.
pub fn list_in_dingtalk(state: &State, key: &str, target: &Target) -> String {
    let tab = if matches!(target, Target::Person(_)) { "mine" } else { "open" };
    dingtalk::links::page_link(&format!("{}?tab={tab}", page(state, paths::HOME, &[key])), true)
}

/// Opens the sign-in page inside DingTalk with the attempt that remembers what was asked for.
pub fn sign_in_in_dingtalk(state: &State, key: &str, attempt: &str) -> String {
    let address = format!("{}?attempt={}", page(state, paths::SIGN_IN, &[key]), paths::encode(attempt));
    dingtalk::links::page_link(&address, true)
}
