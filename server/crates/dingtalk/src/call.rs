use reqwest::Method;
use serde_json::Value;

/// One call of the platform: where it goes, what it costs and what it needs. Every call is a constant below, so that
/// no call can be added without naming its meter. Section 0.1 of the platform's reference, in that order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// HTTP method.
    pub method: Method,
    /// Which of the two hosts.
    pub host: Host,
    /// Path under the host's base address. Also the name of the call where calls are counted per API.
    pub path: &'static str,
    /// What DingTalk counts it against.
    pub meter: Meter,
    /// The permission point that an administrator has to grant; empty when every app has it.
    pub scope: &'static str,
    /// Whether it changes something. If so, an answer that cannot be read leaves open whether it was carried out.
    pub changes: bool,
    /// The field of the body that names the group a bot speaks in, where DingTalk counts its messages there (6.7).
    pub group_field: Option<&'static str>,
}

/// The two hosts of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Host {
    /// "New" API: token in a header, errors by HTTP status.
    Api,
    /// "Old" API: token in the query, errors inside HTTP 200.
    Oapi,
}

/// What a call is counted against (section 10.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meter {
    /// The company's calls of the month.
    Api,
    /// The company's event pushes of the month.
    Push,
    /// Nothing.
    Free,
}

const fn post(host: Host, path: &'static str, meter: Meter, scope: &'static str, changes: bool) -> Call {
    Call { method: Method::POST, host, path, meter, scope, changes, group_field: None }
}

/// A bot's message to the group that this field of the body names.
const fn speak(host: Host, path: &'static str, scope: &'static str, group_field: &'static str) -> Call {
    let (method, meter) = (Method::POST, Meter::Api);
    Call { method, host, path, meter, scope, changes: true, group_field: Some(group_field) }
}

/// Work notifications need what every app has (section 9).
const fn work_notice(path: &'static str, changes: bool) -> Call {
    post(Host::Oapi, path, Meter::Api, "qyapi_base", changes)
}

impl Call {
    /// The group in which the bot speaks with this body.
    pub(crate) fn group<'a>(&self, body: &'a Value) -> Option<&'a str> {
        body.get(self.group_field?)?.as_str()
    }

    /// App token (1.1).
    pub const TOKEN: Call = post(Host::Api, "/v1.0/oauth2/accessToken", Meter::Free, "", false);
    /// App token of a named company (1.2): refused where the app is not that company's.
    pub const CORP_TOKEN: Call = post(Host::Api, "/v1.0/oauth2/{corpId}/token", Meter::Free, "", false);
    /// Login-free code to employee (4.3). Uses the code up.
    pub const USER_BY_CODE: Call = post(Host::Oapi, "/topapi/v2/user/getuserinfo", Meter::Free, "", true);
    /// An employee's details (4.4).
    pub const USER: Call = post(Host::Oapi, "/topapi/v2/user/get", Meter::Free, "qyapi_get_member", false);
    /// An employee by mobile number (4.4).
    pub const USER_BY_MOBILE: Call =
        post(Host::Oapi, "/topapi/v2/user/getbymobile", Meter::Free, "qyapi_get_member_by_mobile", false);
    /// An employee by the id they have among all apps of one maker (4.4).
    pub const USER_BY_UNION_ID: Call =
        post(Host::Oapi, "/topapi/user/getbyunionid", Meter::Free, "qyapi_get_member", false);
    /// A person's own token for a code of the sign-in page (4.5). Uses the code up.
    pub const USER_TOKEN: Call = post(Host::Api, "/v1.0/oauth2/userAccessToken", Meter::Free, "", true);
    /// Who has a person's own token (4.5).
    pub const ME: Call = Call {
        method: Method::GET,
        host: Host::Api,
        path: "/v1.0/contact/users/me",
        meter: Meter::Free,
        scope: "Contact.User.Read",
        changes: false,
        group_field: None,
    };
    /// The app's bot speaks in a group (6.1).
    pub const SEND_TO_GROUP: Call =
        speak(Host::Api, "/v1.0/robot/groupMessages/send", "qyapi_robot_sendmsg", "openConversationId");
    /// The app's bot speaks to employees one by one (6.2).
    pub const SEND_TO_PEOPLE: Call =
        post(Host::Api, "/v1.0/robot/oToMessages/batchSend", Meter::Api, "qyapi_robot_sendmsg", true);
    /// Where card clicks are sent (7.2). Repeating it changes nothing further.
    pub const REGISTER_CARD_CALLBACK: Call =
        post(Host::Api, "/v1.0/card/callbacks/register", Meter::Api, "Card.Instance.Write", true);
    /// A new card, shown at once (7.3). Repeatable: the out-track id can be used once only.
    pub const CREATE_AND_DELIVER_CARD: Call =
        post(Host::Api, "/v1.0/card/instances/createAndDeliver", Meter::Api, "Card.Instance.Write", true);
    /// An existing card is shown (7.4).
    pub const DELIVER_CARD: Call =
        post(Host::Api, "/v1.0/card/instances/deliver", Meter::Api, "Card.Instance.Write", true);
    /// An existing card changes (7.5). Repeatable.
    pub const UPDATE_CARD: Call = Call {
        method: Method::PUT,
        host: Host::Api,
        path: "/v1.0/card/instances",
        meter: Meter::Api,
        scope: "Card.Instance.Write",
        changes: true,
        group_field: None,
    };
    /// Name and state of a group (8.3).
    pub const GROUP_INFO: Call = post(Host::Api, "/v1.0/im/sceneGroups/query", Meter::Api, "qyapi_chat_manage", false);
    /// Who is in a group (8.3).
    pub const GROUP_MEMBERS: Call =
        post(Host::Api, "/v1.0/im/sceneGroups/members/batchQuery", Meter::Api, "qyapi_chat_manage", false);

    /// A group from a template (8.1). Repeatable with the same uuid.
    pub const CREATE_SCENE_GROUP: Call =
        post(Host::Api, "/v1.0/im/sceneGroup/create", Meter::Api, "qyapi_chat_manage", true);
    /// Such a group's title (8.1). Repeatable.
    pub const UPDATE_SCENE_GROUP: Call =
        post(Host::Api, "/v1.0/im/sceneGroup/update", Meter::Api, "qyapi_chat_manage", true);
    /// People come into such a group (8.2). Repeatable.
    pub const ADD_SCENE_MEMBERS: Call =
        post(Host::Api, "/v1.0/im/sceneGroup/member/add", Meter::Api, "qyapi_chat_manage", true);
    /// The end of such a group (8.3).
    pub const DISBAND_SCENE_GROUP: Call =
        post(Host::Api, "/v1.0/im/chat/scenegroup/disband", Meter::Api, "qyapi_chat_manage", true);
    /// The template's bot speaks in such a group (8.6). Not repeatable.
    pub const SEND_TO_SCENE_GROUP: Call = speak(
        Host::Oapi,
        "/topapi/im/chat/scencegroup/message/send_v2",
        "qyapi_chat_manage",
        "target_open_conversation_id",
    );

    /// Event pushes that failed for good (2.7). Reading removes them.
    pub const FAILED_EVENTS: Call = Call {
        method: Method::GET,
        host: Host::Oapi,
        path: "/call_back/get_call_back_failed_result",
        meter: Meter::Api,
        scope: "",
        changes: true,
        group_field: None,
    };

    /// A work notification (9.1). Not repeatable.
    pub const SEND_WORK_NOTICE: Call = work_notice("/topapi/message/corpconversation/asyncsend_v2", true);
    /// How far the sending of one is (9.3).
    pub const WORK_NOTICE_PROGRESS: Call = work_notice("/topapi/message/corpconversation/getsendprogress", false);
    /// What became of one, person by person (9.3).
    pub const WORK_NOTICE_RESULT: Call = work_notice("/topapi/message/corpconversation/getsendresult", false);
    /// The status bar of one changes (9.3). Repeatable.
    pub const UPDATE_WORK_NOTICE: Call = work_notice("/topapi/message/corpconversation/status_bar/update", true);
    /// One is taken back (9.3). Repeatable.
    pub const RECALL_WORK_NOTICE: Call = work_notice("/topapi/message/corpconversation/recall", true);

    /// Every call the client can make.
    pub const ALL: [Call; 27] = [
        Self::TOKEN,
        Self::CORP_TOKEN,
        Self::USER_BY_CODE,
        Self::USER,
        Self::USER_BY_MOBILE,
        Self::USER_BY_UNION_ID,
        Self::USER_TOKEN,
        Self::ME,
        Self::SEND_TO_GROUP,
        Self::SEND_TO_PEOPLE,
        Self::REGISTER_CARD_CALLBACK,
        Self::CREATE_AND_DELIVER_CARD,
        Self::DELIVER_CARD,
        Self::UPDATE_CARD,
        Self::GROUP_INFO,
        Self::GROUP_MEMBERS,
        Self::CREATE_SCENE_GROUP,
        Self::UPDATE_SCENE_GROUP,
        Self::ADD_SCENE_MEMBERS,
        Self::DISBAND_SCENE_GROUP,
        Self::SEND_TO_SCENE_GROUP,
        Self::SEND_WORK_NOTICE,
        Self::WORK_NOTICE_PROGRESS,
        Self::WORK_NOTICE_RESULT,
        Self::UPDATE_WORK_NOTICE,
        Self::RECALL_WORK_NOTICE,
        Self::FAILED_EVENTS,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_tokens_and_people_are_free() {
        for call in Call::ALL {
            let people = ["/topapi/v2/user/", "/topapi/user/", "/v1.0/contact/users/"];
            let free = call.path.contains("/oauth2/") || people.iter().any(|path| call.path.starts_with(path));
            assert_eq!(call.meter == Meter::Free, free, "{}", call.path);
        }
    }
}
