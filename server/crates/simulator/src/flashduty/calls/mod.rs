//! The API's calls, one function each, and the table that names them (reference section 1).

mod acts;
mod channels;
mod endings;
mod forms;
mod incidents;
mod keys;
mod people;
mod push;
mod schedules;
mod templates;

use super::custom_action;
use super::fields::Fields;
use super::gate::Caller;
use super::refusal::Refusal;
use super::state::State;
use serde_json::Value;

pub use push::push_alert;

/// What a call needs of the credential's owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Any valid credential.
    Nothing,
    /// Channels Read, Schedules Read: every role has them.
    Read,
    /// Incidents Read and a licence.
    IncidentsRead,
    /// Incidents Manage and a licence.
    IncidentsManage,
    /// The account owner's own key.
    AccountOwner,
}

/// One call: validates its body, reads or changes the state, gives the `data` of the answer.
pub type Call = fn(&mut State, Caller, &Fields) -> Result<Value, Refusal>;

/// The call behind a path.
pub fn find(path: &str) -> Option<(Need, Call)> {
    let (need, call): (Need, Call) = match path {
        "/member/info" => (Need::Nothing, people::member_info),
        "/member/list" => (Need::Nothing, people::member_list),
        "/person/infos" => (Need::Nothing, people::person_infos),
        "/account/info" => (Need::Nothing, people::account_info),
        "/team/list" => (Need::Nothing, people::team_list),
        "/team/infos" => (Need::Nothing, people::team_infos),
        "/role/list" => (Need::Nothing, people::role_list),
        "/oncall/license/list" => (Need::Nothing, people::licence_list),
        "/person/app-key/create" => (Need::AccountOwner, keys::create),
        "/person/app-key/list" => (Need::AccountOwner, keys::list),
        "/person/app-key/enable" => (Need::AccountOwner, keys::enable),
        "/person/app-key/disable" => (Need::AccountOwner, keys::disable),
        "/person/app-key/delete" => (Need::AccountOwner, keys::delete),
        "/incident/list" => (Need::IncidentsRead, incidents::list),
        "/incident/info" => (Need::IncidentsRead, incidents::info),
        "/incident/list-by-ids" => (Need::IncidentsRead, incidents::list_by_ids),
        "/incident/alert/list" => (Need::IncidentsRead, incidents::alert_list),
        "/incident/feed" => (Need::IncidentsRead, incidents::feed),
        "/field/list" => (Need::Nothing, forms::list),
        "/incident/create" => (Need::IncidentsManage, acts::create),
        "/incident/ack" => (Need::IncidentsManage, acts::ack),
        "/incident/unack" => (Need::IncidentsManage, acts::unack),
        "/incident/resolve" => (Need::IncidentsManage, acts::resolve),
        "/incident/reopen" => (Need::IncidentsManage, acts::reopen),
        "/incident/snooze" => (Need::IncidentsManage, acts::snooze),
        "/incident/wake" => (Need::IncidentsManage, acts::wake),
        "/incident/comment" => (Need::IncidentsManage, acts::comment),
        "/incident/assign" => (Need::IncidentsManage, acts::assign),
        "/incident/merge" => (Need::IncidentsManage, endings::merge),
        "/incident/remove" => (Need::IncidentsManage, endings::remove),
        "/incident/reset" => (Need::IncidentsManage, endings::reset),
        "/incident/war-room/default-observers" => (Need::IncidentsRead, incidents::default_observers),
        "/incident/responder/add" => (Need::IncidentsManage, acts::add_responders),
        "/datasource/list" => (Need::Nothing, custom_action::list),
        "/channel/list" => (Need::Nothing, channels::list),
        "/channel/infos" => (Need::Nothing, channels::infos),
        "/channel/escalate/rule/list" => (Need::Read, channels::rule_list),
        "/schedule/list" => (Need::Nothing, schedules::list),
        "/schedule/self" => (Need::Read, schedules::own),
        "/schedule/info" => (Need::Read, schedules::info),
        "/schedule/infos" => (Need::Read, schedules::infos),
        "/channel/escalate/webhook/robot/list" => (Need::Read, channels::robot_list),
        "/template/list" => (Need::Read, templates::list),
        "/template/info" => (Need::Read, templates::info),
        "/template/preview" => (Need::Read, templates::preview),
        "/webhook/history/list" => (Need::Read, push::webhook_history),
        "/webhook/history/detail" => (Need::Read, push::webhook_attempt),
        _ => return None,
    };
    Some((need, call))
}
