//! How a delivery ended, why, what to do about it and who can: one entry per outcome of the closed list.

use crate::Language;

/// What people read about an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutcomeWords {
    pub cause: &'static str,
    /// Empty where nothing has to be done.
    pub cure: &'static str,
    /// Who can do it; empty where nothing has to be done.
    pub who: &'static str,
}

/// The words of an outcome by its fixed name; an unknown name reads as a refusal.
pub fn of(name: &str, language: Language) -> OutcomeWords {
    let (zh, en) =
        of_target(name).or_else(|| of_app(name)).or_else(|| of_work_notice(name)).unwrap_or_else(|| of_weather(name));
    let (cause, cure, who) = match language {
        Language::Zh => zh,
        Language::En => en,
    };
    OutcomeWords { cause, cure, who }
}

type Words = (&'static str, &'static str, &'static str);

/// Outcomes that are about the person or the group.
fn of_target(name: &str) -> Option<(Words, Words)> {
    Some(match name {
        "app not linked" => (
            ("该处理人尚未关联钉钉账号", "请其从工作台打开本应用并登录 Flashduty 一次", "处理人本人"),
            (
                "The responder has not linked accounts",
                "Open the app from the DingTalk workplace and sign in to Flashduty once",
                "the responder",
            ),
        ),
        "not installed" => (
            ("酷应用或机器人不在该群中", "在群设置中重新添加酷应用", "群主或群管理员"),
            (
                "The cool app or its bot is not in the group",
                "Add the cool app to the group again in its settings",
                "the group's owner or an administrator of it",
            ),
        ),
        "group gone" => (
            ("该群已解散", "请将订阅改到其他群", "本应用管理员"),
            ("The group was disbanded", "Point its subscriptions at another group", "this app's administrator"),
        ),
        "unknown person" => (
            ("钉钉中没有此人", "若已离职，请解除关联；否则核对员工账号", "本应用管理员"),
            (
                "DingTalk knows no such person",
                "Remove the link if they have left; otherwise check their DingTalk account",
                "this app's administrator",
            ),
        ),
        "outside visible range" => (
            ("此人不在应用可见范围内", "在钉钉开放平台的版本管理中扩大应用可见范围并发布", "钉钉管理员"),
            (
                "The person is outside the app's visible range",
                "Widen the visible range under version management in DingTalk's console and publish",
                "DingTalk administrator",
            ),
        ),
        "no conversation with the bot" => (
            ("机器人与此人还没有会话", "请其在钉钉中搜索该机器人并发送任意消息", "处理人本人"),
            (
                "The bot has no conversation with the person",
                "Search for the bot in DingTalk and send it any message",
                "the responder",
            ),
        ),
        _ => return None,
    })
}

/// Outcomes that are about the app and its settings.
fn of_app(name: &str) -> Option<(Words, Words)> {
    Some(match name {
        "permission missing" => (
            ("应用缺少接口权限", "在钉钉开放平台的权限管理中申请说明里列出的权限", "钉钉管理员"),
            (
                "The app lacks an interface permission",
                "Apply for the permission named in the message under permission management",
                "DingTalk administrator",
            ),
        ),
        "credentials refused" => (
            ("钉钉不认可 Client ID 或 Client Secret", "从应用凭证页重新复制并更新集成", "本应用管理员"),
            (
                "DingTalk does not accept Client ID or Client Secret",
                "Copy both again from the app's credentials page and update the integration",
                "this app's administrator",
            ),
        ),
        "card template unusable" => (
            (
                "卡片模板缺失、未发布或变量不符",
                "在卡片平台发布模板并核对模板 ID，或清空该项改用链接消息",
                "本应用管理员",
            ),
            (
                "The card template is missing, unpublished or does not take our variables",
                "Publish it on the card platform and check its id, or clear the field to send links instead",
                "this app's administrator",
            ),
        ),
        "content refused" => (
            ("钉钉内容检查未通过", "检查故障标题与描述中的链接和用词", "Flashduty 管理员"),
            (
                "DingTalk's content check refused the message",
                "Look at links and wording in the incident's title and description",
                "Flashduty administrator",
            ),
        ),
        "quota spent" => (
            ("本月钉钉调用额度已用完", "消息已暂存；请升级钉钉版本或等待下月 1 日", "钉钉管理员"),
            (
                "This month's DingTalk quota is used up",
                "The message is held; upgrade the DingTalk edition or wait for the 1st",
                "DingTalk administrator",
            ),
        ),
        "fault" => (
            ("本应用内部出错", "会自动重试；若反复出现，请查看日志", "运维人员"),
            ("A fault of this app", "It is tried again by itself; if it persists, look at the log", "operator"),
        ),
        _ => return None,
    })
}

/// Outcomes that only work notices have.
fn of_work_notice(name: &str) -> Option<(Words, Words)> {
    Some(match name {
        "accepted" => (
            ("钉钉已受理，尚不知是否送达", "会自动查询发送结果", ""),
            ("DingTalk accepted it; whether it arrived is not known yet", "The result is asked for by itself", ""),
        ),
        "read" => (("对方已读", "", ""), ("It was read", "", "")),
        "recalled" => (("已撤回", "", ""), ("It was taken back", "", "")),
        "withheld" => (
            ("钉钉受理后未展示给此人", "多为超出当日限额或内容重复；请按返回码处理，或改用机器人消息", "本应用管理员"),
            (
                "DingTalk accepted it and did not show it to this person",
                "Mostly a limit of the day or a repeated text; see the code, or use the bot's messages instead",
                "this app's administrator",
            ),
        ),
        "sending failed" => (
            ("钉钉发送失败，重发后仍未成功", "请核对此人的钉钉状态，稍后重新发送", "本应用管理员"),
            (
                "DingTalk failed to send it, also when it was sent again",
                "Check the person's DingTalk account and send it again later",
                "this app's administrator",
            ),
        ),
        "limit of the day" => (
            ("已达钉钉当日工作通知上限", "上限于次日零点恢复；请减少发送，或改用机器人消息", "本应用管理员"),
            (
                "DingTalk's limit of work notices for this day is reached",
                "It is lifted at midnight; send fewer, or use the bot's messages instead",
                "this app's administrator",
            ),
        ),
        _ => return None,
    })
}

/// Outcomes that pass by themselves, and the rest.
fn of_weather(name: &str) -> (Words, Words) {
    match name {
        "waiting" => (("等待发送", "", ""), ("Waiting to be sent", "", "")),
        "delivered" => (("钉钉已接收", "", ""), ("DingTalk took it", "", "")),
        "throttled" => (
            ("发送过快，被钉钉限流", "会自动稍后发送", ""),
            ("Sent too fast for DingTalk", "It is sent later by itself", ""),
        ),
        "address banned" => (
            ("服务器出口地址被钉钉暂时封禁", "约 5 分钟后自动恢复；若反复出现，请减少同一出口的其他调用", "运维人员"),
            (
                "DingTalk has banned the server's address for some minutes",
                "It ends by itself after about five minutes; if it recurs, reduce other calls from this address",
                "operator",
            ),
        ),
        "platform busy" => (("钉钉繁忙", "会自动重试", ""), ("DingTalk is busy", "It is tried again by itself", "")),
        "unreachable" => (
            ("连不上钉钉", "会自动重试；若持续，请检查服务器的网络与代理", "运维人员"),
            (
                "DingTalk could not be reached",
                "It is tried again by itself; if it persists, check the server's network and proxy",
                "operator",
            ),
        ),
        "unclear" => (
            ("已发送但未收到答复，可能已送达", "会自动确认或重试", ""),
            ("Sent, but no answer came; it may have arrived", "It is checked or tried again by itself", ""),
        ),
        _ => (
            ("钉钉拒绝了该消息", "请按返回码与说明处理", "本应用管理员"),
            ("DingTalk refused the message", "Act on its code and message", "this app's administrator"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_names_who_can_do_it_in_both_languages() {
        for name in ["app not linked", "permission missing", "group gone", "quota spent", "never heard of"] {
            for language in [Language::Zh, Language::En] {
                let words = of(name, language);
                assert!(!words.cause.is_empty() && !words.cure.is_empty() && !words.who.is_empty(), "{name}");
            }
        }
        assert_eq!(of("delivered", Language::En).cure, "");
    }
}
