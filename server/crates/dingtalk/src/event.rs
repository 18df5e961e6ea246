//! What an opened event callback says (section 3).

use crate::fields::Fields;
use serde_json::Value;
use world::Millis;

/// Most characters of a group's name that are read.
const TITLE_CHARS_MAX: usize = 300;

/// An event. Repeated pushes have the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Absent in some old apps: then the hash of the text has to serve.
    pub id: Option<String>,
    /// What happened.
    pub kind: EventKind,
    /// The company; a check only, the integration is known from the address.
    pub corp_id: Option<String>,
    /// When it happened. Events arrive in any order; this decides which is the later one.
    pub at: Option<Millis>,
    /// `EventType` as sent.
    pub raw_type: String,
}

/// What happened. People are employees' user ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// DingTalk tests the address; answered like every event (2.5).
    CheckUrl,
    /// The cool app came into a group.
    CoolAppInstalled(CoolApp),
    /// The cool app left a group.
    CoolAppUninstalled(CoolApp),
    /// A group has a new name.
    TitleChanged {
        /// The group.
        open_conversation_id: String,
        /// Its new name.
        title: String,
        /// Who renamed it.
        operator: Option<String>,
    },
    /// A group is gone.
    Disbanded {
        /// The group.
        open_conversation_id: String,
        /// Who disbanded it.
        operator: Option<String>,
    },
    /// A group has a new owner.
    OwnerChanged {
        /// The group.
        open_conversation_id: String,
        /// The new owner.
        owner: Option<String>,
    },
    /// People came into a group.
    MembersAdded {
        /// The group.
        open_conversation_id: String,
        /// Who; empty where all are from outside the company.
        user_ids: Vec<String>,
    },
    /// People were removed from a group.
    MembersRemoved {
        /// The group.
        open_conversation_id: String,
        /// Who; empty where all are from outside the company.
        user_ids: Vec<String>,
    },
    /// Somebody left a group.
    MemberQuit {
        /// The group.
        open_conversation_id: String,
        /// Who.
        user_id: Option<String>,
    },
    /// People left the company.
    UserLeft {
        /// Who.
        user_ids: Vec<String>,
    },
    /// The company is gone.
    OrgRemoved,
    /// Something else; answered and ignored.
    Unknown,
}

/// The cool app and the group it came into or left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoolApp {
    /// The group.
    pub open_conversation_id: String,
    /// The cool app; needed again for every call about this group.
    pub cool_app_code: Option<String>,
    /// The bot that came with it.
    pub robot_code: Option<String>,
    /// Who did it.
    pub operator: Option<String>,
}

/// Why a text is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// No JSON object.
    #[error("the event is not a JSON object")]
    NotObject,
    /// A field without which the event means nothing.
    #[error("the event lacks {0}")]
    Lacks(&'static str),
}

/// Reads an event in any of the spellings in use (3.1): names without regard to case, one person or a list, times as
/// number or text.
///
/// # Errors
/// When it is no object, or lacks what its type needs. It should be answered all the same: a repetition will not help.
pub fn decode(plain: &str) -> Result<Event, EventError> {
    let value: Value = serde_json::from_str(plain.trim_start_matches('\u{feff}')).map_err(|_| EventError::NotObject)?;
    let fields = Fields::of(&value).ok_or(EventError::NotObject)?;
    let raw_type = fields.identifier("EventType").ok_or(EventError::Lacks("EventType"))?;
    Ok(Event {
        id: fields.identifier("eventId"),
        kind: kind(&raw_type, fields)?,
        corp_id: fields.identifier("CorpId"),
        at: moment(fields),
        raw_type,
    })
}

fn kind(raw_type: &str, fields: Fields<'_>) -> Result<EventKind, EventError> {
    let chat = || fields.identifier("openConversationId").ok_or(EventError::Lacks("openConversationId"));
    let operator = || fields.identifier("operator");
    let people = || fields.identifiers("userId");
    Ok(match raw_type {
        "check_url" => EventKind::CheckUrl,
        "im_cool_app_install" => EventKind::CoolAppInstalled(cool_app(fields, chat()?)),
        "im_cool_app_uninstall" => EventKind::CoolAppUninstalled(cool_app(fields, chat()?)),
        "chat_update_title" => EventKind::TitleChanged {
            open_conversation_id: chat()?,
            title: title(fields).ok_or(EventError::Lacks("title"))?,
            operator: operator(),
        },
        "chat_disband" => EventKind::Disbanded { open_conversation_id: chat()?, operator: operator() },
        "chat_update_owner" => {
            EventKind::OwnerChanged { open_conversation_id: chat()?, owner: fields.identifier("owner") }
        }
        "chat_add_member" => EventKind::MembersAdded { open_conversation_id: chat()?, user_ids: people() },
        "chat_remove_member" => EventKind::MembersRemoved { open_conversation_id: chat()?, user_ids: people() },
        // Who left is the one who acted.
        "chat_quit" => EventKind::MemberQuit { open_conversation_id: chat()?, user_id: operator() },
        "user_leave_org" => match people() {
            user_ids if user_ids.is_empty() => return Err(EventError::Lacks("userId")),
            user_ids => EventKind::UserLeft { user_ids },
        },
        "org_remove" => EventKind::OrgRemoved,
        _ => EventKind::Unknown,
    })
}

/// A group's name, of a length that can be shown.
fn title(fields: Fields<'_>) -> Option<String> {
    Some(fields.text("title")?.chars().take(TITLE_CHARS_MAX).collect())
}

fn cool_app(fields: Fields<'_>, open_conversation_id: String) -> CoolApp {
    CoolApp {
        open_conversation_id,
        cool_app_code: fields.identifier("coolAppCode"),
        robot_code: fields.identifier("robotCode"),
        operator: fields.identifier("operator"),
    }
}

/// When it happened: installs say `operateTime`, groups and people `timeStamp`, the envelope `EventTime` (3.2-3.5).
fn moment(fields: Fields<'_>) -> Option<Millis> {
    let mut times = ["operateTime", "timeStamp", "EventTime"].iter().filter_map(|name| fields.number(name));
    times.find(|time| *time > 0).map(Millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAT: &str = "cidAbCdEf0123456789+/==";

    #[test]
    fn three_spellings_say_the_same() {
        let spellings = [
            r#"{"EventType":"im_cool_app_install","EventTime":1,"CorpId":"ding9","BizId":"1","eventId":"e1","coolAppCode":"C-1","operateTime":"1641866135051","openConversationCorpId":"ding9","robotCode":"r1","openConversationId":"cid1","operator":"u1"}"#,
            r#"{"EventType":"im_cool_app_install","EventTime":"1","CorpId":"ding9","EventId":"e1","CoolAppCode":"C-1","OperateTime":1641866135051,"RobotCode":"r1","OpenConversationId":"cid1","Operator":"u1"}"#,
            r#"{"eventtype":"im_cool_app_install","corpid":"ding9","eventid":"e1","coolappcode":"C-1","timestamp":"1641866135051","robotcode":"r1","openconversationid":"cid1","operator":"u1","extra":[null]}"#,
        ];
        for plain in spellings {
            let event = decode(plain).unwrap();
            assert_eq!((event.id.as_deref(), event.corp_id.as_deref()), (Some("e1"), Some("ding9")), "{plain}");
            assert_eq!(event.at, Some(Millis(1_641_866_135_051)), "{plain}");
            let app = CoolApp {
                open_conversation_id: "cid1".into(),
                cool_app_code: Some("C-1".into()),
                robot_code: Some("r1".into()),
                operator: Some("u1".into()),
            };
            assert_eq!(event.kind, EventKind::CoolAppInstalled(app), "{plain}");
        }
    }

    #[test]
    fn every_type_in_use_is_read() {
        let chat = || CHAT.to_owned();
        let table = [
            (r#""check_url""#.to_owned(), EventKind::CheckUrl),
            (
                r#""chat_update_title","Title":"值班群 🚨","operator":7"#.to_owned(),
                EventKind::TitleChanged {
                    open_conversation_id: chat(),
                    title: "值班群 🚨".into(),
                    operator: Some("7".into()),
                },
            ),
            (r#""chat_disband""#.to_owned(), EventKind::Disbanded { open_conversation_id: chat(), operator: None }),
            (
                r#""chat_update_owner","owner":"o1""#.to_owned(),
                EventKind::OwnerChanged { open_conversation_id: chat(), owner: Some("o1".into()) },
            ),
            (
                r#""chat_add_member","userId":["a","b"],"eventType":"chat_add_member""#.to_owned(),
                EventKind::MembersAdded { open_conversation_id: chat(), user_ids: vec!["a".into(), "b".into()] },
            ),
            (
                r#""chat_remove_member","UserId":"a""#.to_owned(),
                EventKind::MembersRemoved { open_conversation_id: chat(), user_ids: vec!["a".into()] },
            ),
            (
                r#""chat_quit","operator":"a""#.to_owned(),
                EventKind::MemberQuit { open_conversation_id: chat(), user_id: Some("a".into()) },
            ),
            (r#""user_leave_org","userId":"a""#.to_owned(), EventKind::UserLeft { user_ids: vec!["a".into()] }),
            (r#""org_remove""#.to_owned(), EventKind::OrgRemoved),
            (r#""bpms_task_change""#.to_owned(), EventKind::Unknown),
        ];
        for (rest, kind) in table {
            let plain = format!(r#"{{"openConversationId":"{CHAT}","EventType":{rest}}}"#);
            assert_eq!(decode(&plain).map(|event| event.kind), Ok(kind), "{plain}");
        }
    }

    #[test]
    fn what_is_no_event_is_said() {
        let table = [
            ("", EventError::NotObject),
            ("[]", EventError::NotObject),
            ("success", EventError::NotObject),
            ("{}", EventError::Lacks("EventType")),
            (r#"{"EventType":{}}"#, EventError::Lacks("EventType")),
            (r#"{"EventType":"im_cool_app_install","coolAppCode":"C"}"#, EventError::Lacks("openConversationId")),
            (
                r#"{"EventType":"im_cool_app_uninstall","openConversationId":null}"#,
                EventError::Lacks("openConversationId"),
            ),
            (r#"{"EventType":"chat_update_title","openConversationId":"c"}"#, EventError::Lacks("title")),
            (r#"{"EventType":"user_leave_org","userId":[]}"#, EventError::Lacks("userId")),
        ];
        for (plain, error) in table {
            assert_eq!(decode(plain), Err(error), "{plain}");
        }
    }

    #[test]
    fn an_unusable_time_gives_way_to_the_next() {
        let at = |times: &str| decode(&format!(r#"{{"EventType":"x"{times}}}"#)).unwrap().at;
        assert_eq!(at(r#","operateTime":"soon","TimeStamp":"12""#), Some(Millis(12)));
        assert_eq!(at(r#","timeStamp":-1,"EventTime":5"#), Some(Millis(5)));
        assert_eq!(at(r#","timeStamp":1e30"#), None);
        assert_eq!(at(""), None);
    }
}
