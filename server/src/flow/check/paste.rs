//! The exact values that a step of the guide wants pasted into DingTalk's, Flashduty's or the operator's console.

use crate::config::Config;
use crate::flow::set_up;
use crate::model::check::Check;
use crate::model::integration::Integration;
use serde::Serialize;

/// A value to paste.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Value {
    /// What the other console calls it; a name of `contract::words::check::field`.
    pub field: &'static str,
    pub value: String,
    /// It lets whoever has it in: not for observers.
    #[serde(skip)]
    pub is_secret: bool,
}

/// What to paste for a check; nothing where there is nothing to paste.
pub fn values(config: &Config, integration: &Integration, check: Check) -> Vec<Value> {
    let all = set_up::addresses(config, integration);
    let open = |field, value: &str| Value { field, value: value.to_owned(), is_secret: false };
    let secret = |field, value: &str| Value { field, value: value.to_owned(), is_secret: true };
    match check {
        Check::PublicAddress => vec![open("public-url", config.public_url.as_str())],
        Check::SecretKey => vec![open("command", "openssl rand -base64 32")],
        Check::Backup => vec![open("command", "dingduty backup --to FILE")],
        Check::EventSubscription => vec![open("event-subscription", &all.event_subscription)],
        Check::EventInstall => vec![open("event", "im_cool_app_install")],
        Check::EventTitle => vec![open("event", "chat_update_title")],
        Check::EventUninstall => vec![open("event", "im_cool_app_uninstall")],
        Check::CoolApp => vec![open("cool-app-desktop", &all.cool_app_web), open("cool-app-mobile", &all.cool_app_web)],
        Check::Homepage => {
            vec![open("homepage", &all.application_homepage), open("pc-homepage", &all.pc_homepage)]
        }
        Check::PermissionRobot => vec![open("permission", "qyapi_robot_sendmsg")],
        Check::PermissionChat => vec![open("permission", "qyapi_chat_manage")],
        Check::PermissionMember => vec![open("permission", "qyapi_get_member")],
        Check::PermissionMobile => vec![open("permission", "qyapi_get_member_by_mobile")],
        Check::PermissionCard => vec![open("permission", "Card.Instance.Write")],
        Check::MemberByMobile => vec![open("permission", "fieldMobile")],
        Check::CardCallback => vec![secret("card-callback", &all.card_callback)],
        Check::WarRoom => vec![secret("custom-action", &all.custom_action)],
        Check::Webhook => vec![secret("webhook", &all.flashduty_webhook)],
        Check::WebhookHeader => {
            let header = &all.flashduty_webhook_header;
            vec![open("header-name", &header.name), secret("header-value", &header.value)]
        }
        _ => Vec::new(),
    }
}
