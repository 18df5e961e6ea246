//! The one builder of links that leave in cards, messages and notices: each opens where login-free works (DingTalk
//! reference 5.2). A card's page slides in beside the chat on PCs and opens in the app on phones. Ids come from outside,
//! so a link that would not fit into a card's variable leads to the list of incidents instead.

use crate::model::delivery::Target;
use crate::state::State;
use contract::paths;

/// Longest link, in bytes: what a variable of a card takes (DingTalk reference 7.3), with something to spare.
const LINK_BYTES_MAX: usize = 1_000;

/// A page of ours, absolute.
pub fn page(state: &State, path: &str, values: &[&str]) -> String {
    format!("{}{}", state.config.public_url.as_str().trim_end_matches('/'), paths::fill(path, values))
}

/// Opens an incident inside DingTalk: side bar on PC, a page on phones.
pub fn incident_in_dingtalk(state: &State, key: &str, incident_id: &str) -> String {
    of_incident(state, paths::INCIDENT, key, incident_id)
}

/// The page behind a group's quick entry, with DingTalk's own placeholders for company and group.
pub fn quick_entry(page: &str) -> String {
    dingtalk::links::quick_entry(page)
}

/// What a link to an incident looks like, for an example.
pub fn example() -> String {
    dingtalk::links::page_link(
        &format!("https://duty.example.com{}", paths::fill(paths::INCIDENT, &["KEY", "ID"])),
        true,
    )
}

/// Opens the page of an incident's war room inside DingTalk, to enter the group from there.
pub fn war_room_in_dingtalk(state: &State, key: &str, incident_id: &str) -> String {
    of_incident(state, paths::WAR_ROOM, key, incident_id)
}

/// Opens the application's homepage inside DingTalk.
pub fn home_in_dingtalk(state: &State, key: &str) -> String {
    dingtalk::links::page_link(&page(state, paths::HOME, &[key]), true)
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

/// A page of an incident inside DingTalk, if its address is not too long for a card.
fn of_incident(state: &State, path: &str, key: &str, incident_id: &str) -> String {
    let link = dingtalk::links::page_link(&page(state, path, &[key, incident_id]), true);
    if link.len() > LINK_BYTES_MAX { home_in_dingtalk(state, key) } else { link }
}
