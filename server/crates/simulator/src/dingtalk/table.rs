//! Every API the pretend DingTalk answers.

use super::answer::{NewError, OldError};
use super::gate::Turn;
use super::state::State;
use super::{card, chat, events, identity, receipts, robot, scene, template_robot, token, work};
use axum::http::Method;
use serde_json::Value;

/// What must be shown to be let in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Nothing: the call is for a token.
    Nobody,
    /// An app's token.
    App,
    /// The token of a web login.
    Person,
}

/// What carries a call out.
#[derive(Clone, Copy)]
pub enum Run {
    /// On the new host.
    New(fn(&mut State, &Turn) -> Result<Value, NewError>),
    /// On the old host.
    Old(fn(&mut State, &Turn) -> Result<Value, OldError>),
}

/// One API.
pub struct Api {
    method: Method,
    path: &'static str,
    /// What must be shown.
    pub auth: Auth,
    /// Permission point; none when empty.
    pub scope: &'static str,
    /// Whether it counts against the month (10.1).
    pub counted: bool,
    /// What it does.
    pub run: Run,
}

const BASE: &str = "qyapi_base";
const CARD: &str = "Card.Instance.Write";
const CHAT: &str = "qyapi_chat_manage";
const ROBOT: &str = "qyapi_robot_sendmsg";
const MEMBER: &str = "qyapi_get_member";

impl Api {
    /// Method and path, as limits and traffic know it.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// `{}` stands for one segment.
#[rustfmt::skip]
static APIS: [Api; 35] = [
    new(Method::POST, "/v1.0/oauth2/accessToken", Auth::Nobody, "", false, token::access_token),
    new(Method::POST, "/v1.0/oauth2/userAccessToken", Auth::Nobody, "", false, identity::user_access_token),
    new(Method::POST, "/v1.0/oauth2/{}/token", Auth::Nobody, "", false, token::corp_token),
    old(Method::GET, "/gettoken", Auth::Nobody, "", false, token::get_token),
    old(Method::POST, "/topapi/v2/user/getuserinfo", Auth::App, BASE, false, identity::by_code),
    old(Method::POST, "/topapi/v2/user/get", Auth::App, MEMBER, false, identity::details),
    old(Method::POST, "/topapi/v2/user/getbymobile", Auth::App, "qyapi_get_member_by_mobile", false, identity::by_mobile),
    old(Method::POST, "/topapi/user/getbyunionid", Auth::App, MEMBER, false, identity::by_union_id),
    new(Method::GET, "/v1.0/contact/users/me", Auth::Person, "Contact.User.Read", false, identity::me),
    new(Method::POST, "/v1.0/robot/groupMessages/send", Auth::App, ROBOT, true, robot::send_to_group),
    new(Method::POST, "/v1.0/robot/oToMessages/batchSend", Auth::App, ROBOT, true, robot::send_to_people),
    new(Method::GET, "/v1.0/robot/oToMessages/readStatus", Auth::App, ROBOT, true, receipts::of_people),
    new(Method::POST, "/v1.0/robot/groupMessages/query", Auth::App, ROBOT, true, receipts::of_group),
    new(Method::POST, "/v1.0/robot/otoMessages/batchRecall", Auth::App, ROBOT, true, receipts::recall_from_people),
    new(Method::POST, "/v1.0/robot/groupMessages/recall", Auth::App, ROBOT, true, receipts::recall_from_group),
    old(Method::POST, "/topapi/im/chat/scencegroup/message/send_v2", Auth::App, CHAT, true, template_robot::send),
    new(Method::POST, "/v1.0/robot/groups/robots/query", Auth::App, CHAT, true, robot::of_group),
    new(Method::POST, "/v1.0/card/callbacks/register", Auth::App, CARD, true, card::register),
    new(Method::POST, "/v1.0/card/instances/createAndDeliver", Auth::App, CARD, true, card::create_and_deliver),
    new(Method::POST, "/v1.0/card/instances", Auth::App, CARD, true, card::create),
    new(Method::POST, "/v1.0/card/instances/deliver", Auth::App, CARD, true, card::deliver),
    new(Method::PUT, "/v1.0/card/instances", Auth::App, CARD, true, card::update),
    new(Method::POST, "/v1.0/im/sceneGroup/create", Auth::App, CHAT, true, scene::create),
    new(Method::POST, "/v1.0/im/sceneGroup/update", Auth::App, CHAT, true, scene::update),
    new(Method::POST, "/v1.0/im/sceneGroup/member/add", Auth::App, CHAT, true, scene::add_members),
    new(Method::POST, "/v1.0/im/sceneGroup/member/delete", Auth::App, CHAT, true, scene::remove_members),
    new(Method::POST, "/v1.0/im/chat/scenegroup/disband", Auth::App, CHAT, true, scene::disband),
    new(Method::POST, "/v1.0/im/sceneGroups/query", Auth::App, CHAT, true, chat::query),
    new(Method::POST, "/v1.0/im/sceneGroups/members/batchQuery", Auth::App, CHAT, true, chat::members),
    old(Method::POST, "/topapi/message/corpconversation/asyncsend_v2", Auth::App, BASE, true, work::send),
    old(Method::POST, "/topapi/message/corpconversation/getsendprogress", Auth::App, BASE, true, work::progress),
    old(Method::POST, "/topapi/message/corpconversation/getsendresult", Auth::App, BASE, true, work::result),
    old(Method::POST, "/topapi/message/corpconversation/recall", Auth::App, BASE, true, work::recall),
    old(Method::POST, "/topapi/message/corpconversation/status_bar/update", Auth::App, BASE, true, work::update_status_bar),
    old(Method::GET, "/call_back/get_call_back_failed_result", Auth::App, BASE, true, events::failed_result),
];

/// The API of this method and path.
pub fn find(method: &Method, path: &str) -> Option<&'static Api> {
    APIS.iter().find(|api| api.method == *method && matches(api.path, path))
}

/// The method of the first API with this path, whatever was used.
pub fn known_path(path: &str) -> Option<&'static Method> {
    APIS.iter().find(|api| matches(api.path, path)).map(|api| &api.method)
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some("{}"), Some(segment)) if !segment.is_empty() => {}
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return false,
        }
    }
}

const fn new(
    method: Method,
    path: &'static str,
    auth: Auth,
    scope: &'static str,
    counted: bool,
    run: fn(&mut State, &Turn) -> Result<Value, NewError>,
) -> Api {
    Api { method, path, auth, scope, counted, run: Run::New(run) }
}

const fn old(
    method: Method,
    path: &'static str,
    auth: Auth,
    scope: &'static str,
    counted: bool,
    run: fn(&mut State, &Turn) -> Result<Value, OldError>,
) -> Api {
    Api { method, path, auth, scope, counted, run: Run::Old(run) }
}
