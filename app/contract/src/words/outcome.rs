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
    /// The same as one of a closed list, for programs.
    pub curer: Curer,
}

/// Who can cure what keeps a delivery from arriving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curer {
    /// Nobody has to: it passes by itself, or nothing is wrong.
    Nobody,
    /// Whom it is for.
    Person,
    /// Owner or administrator of the group.
    GroupOwner,
    /// Administrator of this app.
    Administrator,
    /// Administrator of the company in DingTalk.
    DingtalkAdministrator,
    /// Administrator of the account in Flashduty.
    FlashdutyAdministrator,
    /// Whoever runs the server.
    Operator,
}

impl Curer {
    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Person => "person",
            Self::GroupOwner => "group-owner",
            Self::Administrator => "administrator",
            Self::DingtalkAdministrator => "dingtalk-administrator",
            Self::FlashdutyAdministrator => "flashduty-administrator",
            Self::Operator => "operator",
        }
    }

    /// Who that is, in words; empty for nobody.
    pub fn words(self, language: Language) -> &'static str {
        let (zh, en) = match self {
            Self::Nobody => ("", ""),
            Self::Person => ("处理人本人", "the responder"),
            Self::GroupOwner => ("群主或群管理员", "the group's owner or an administrator of it"),
            Self::Administrator => ("本应用管理员", "this app's administrator"),
            Self::DingtalkAdministrator => ("钉钉管理员", "DingTalk administrator"),
            Self::FlashdutyAdministrator => ("Flashduty 管理员", "Flashduty administrator"),
            Self::Operator => ("运维人员", "operator"),
        };
        match language {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

/// The words of an outcome by its fixed name while it is being tried, or where no try can help; an unknown name reads
/// as a refusal.
pub fn of(name: &str, language: Language) -> OutcomeWords {
    let all = ABOUT_TARGETS.iter().chain(ABOUT_THE_APP).chain(ABOUT_WORK_NOTICES).chain(PASSING).chain(NOTHING_TO_DO);
    all.copied().find(|entry| entry.name == name).unwrap_or(REFUSED).read(language)
}

/// The words of an outcome with which a delivery was given up: what passes by itself has not passed in time, and is not
/// tried again by itself.
pub fn given_up(name: &str, language: Language) -> OutcomeWords {
    let usual = of(name, language);
    if name == "unclear" {
        return OutcomeWords { cause: usual.cause, ..MAY_HAVE_ARRIVED.read(language) };
    }
    if PASSING.iter().any(|entry| entry.name == name) {
        return OutcomeWords { cause: usual.cause, ..TOO_LATE.read(language) };
    }
    usual
}

#[derive(Clone, Copy)]
struct Entry {
    name: &'static str,
    curer: Curer,
    /// Cause and cure.
    zh: (&'static str, &'static str),
    en: (&'static str, &'static str),
}

impl Entry {
    fn read(self, language: Language) -> OutcomeWords {
        let (cause, cure) = match language {
            Language::Zh => self.zh,
            Language::En => self.en,
        };
        OutcomeWords { cause, cure, who: self.curer.words(language), curer: self.curer }
    }
}

/// Outcomes that are about the person or the group.
const ABOUT_TARGETS: &[Entry] = &[
    Entry {
        name: "app not linked",
        curer: Curer::Person,
        zh: ("该处理人尚未关联钉钉账号", "请其从工作台打开本应用并登录 Flashduty 一次"),
        en: (
            "The responder has not linked accounts",
            "Open the app from the DingTalk workplace and sign in to Flashduty once",
        ),
    },
    Entry {
        name: "not installed",
        curer: Curer::GroupOwner,
        zh: ("酷应用或机器人不在该群中", "在群设置中重新添加酷应用"),
        en: ("The cool app or its bot is not in the group", "Add the cool app to the group again in its settings"),
    },
    Entry {
        name: "group gone",
        curer: Curer::Administrator,
        zh: ("该群已解散", "请将订阅改到其他群"),
        en: ("The group was disbanded", "Point its subscriptions at another group"),
    },
    Entry {
        name: "unknown person",
        curer: Curer::Administrator,
        zh: ("钉钉中没有此人", "若已离职，请解除关联；否则核对员工账号"),
        en: (
            "DingTalk knows no such person",
            "Remove the link if they have left; otherwise check their DingTalk account",
        ),
    },
    Entry {
        name: "outside visible range",
        curer: Curer::DingtalkAdministrator,
        zh: ("此人不在应用可见范围内", "在钉钉开放平台的版本管理中扩大应用可见范围并发布"),
        en: (
            "The person is outside the app's visible range",
            "Widen the visible range under version management in DingTalk's console and publish",
        ),
    },
    Entry {
        name: "no conversation with the bot",
        curer: Curer::Person,
        zh: ("机器人与此人还没有会话", "请其在钉钉中搜索该机器人并发送任意消息"),
        en: ("The bot has no conversation with the person", "Search for the bot in DingTalk and send it any message"),
    },
];

/// Outcomes that are about the app and its settings.
const ABOUT_THE_APP: &[Entry] = &[
    Entry {
        name: "permission missing",
        curer: Curer::DingtalkAdministrator,
        zh: ("应用缺少接口权限", "在钉钉开放平台的权限管理中申请说明里列出的权限"),
        en: (
            "The app lacks an interface permission",
            "Apply for the permission named in the message under permission management",
        ),
    },
    Entry {
        name: "credentials refused",
        curer: Curer::Administrator,
        zh: ("钉钉不认可 Client ID 或 Client Secret", "从应用凭证页重新复制并更新集成"),
        en: (
            "DingTalk does not accept Client ID or Client Secret",
            "Copy both again from the app's credentials page and update the integration",
        ),
    },
    Entry {
        name: "address not allowed",
        curer: Curer::DingtalkAdministrator,
        zh: ("服务器出口地址不在应用的 IP 白名单中", "在钉钉开放平台的安全设置中加入服务器出口 IP"),
        en: (
            "The server's address is not on the app's list of allowed addresses",
            "Add the server's outgoing address under security settings in DingTalk's console",
        ),
    },
    Entry {
        name: "bot unusable",
        curer: Curer::DingtalkAdministrator,
        zh: ("机器人被停用、被禁言或不属于本应用", "在钉钉开放平台检查机器人配置并重新发布；群内被禁言时由群主解除"),
        en: (
            "The bot is disabled, muted, or not this app's own",
            "Check the bot in DingTalk's console and publish again; if it is muted in the group, its owner can end that",
        ),
    },
    Entry {
        name: "card template unusable",
        curer: Curer::Administrator,
        zh: ("卡片模板缺失、未发布或变量不符", "在卡片平台发布模板并核对模板 ID，或清空该项改用链接消息"),
        en: (
            "The card template is missing, unpublished or does not take our variables",
            "Publish it on the card platform and check its id, or clear the field to send links instead",
        ),
    },
    Entry {
        name: "content refused",
        curer: Curer::FlashdutyAdministrator,
        zh: ("钉钉内容检查未通过", "检查故障标题与描述中的链接和用词"),
        en: (
            "DingTalk's content check refused the message",
            "Look at links and wording in the incident's title and description",
        ),
    },
];

/// Outcomes that only work notices have.
const ABOUT_WORK_NOTICES: &[Entry] = &[
    Entry {
        name: "withheld",
        curer: Curer::Administrator,
        zh: ("钉钉受理后未展示给此人", "多为超出当日限额或内容重复；请按返回码处理，或改用机器人消息"),
        en: (
            "DingTalk accepted it and did not show it to this person",
            "Mostly a limit of the day or a repeated text; see the code, or use the bot's messages instead",
        ),
    },
    Entry {
        name: "sending failed",
        curer: Curer::Administrator,
        zh: ("钉钉发送失败，重发后仍未成功", "请核对此人的钉钉状态，稍后重新发送"),
        en: (
            "DingTalk failed to send it, also when it was sent again",
            "Check the person's DingTalk account and send it again later",
        ),
    },
    Entry {
        name: "limit of the day",
        curer: Curer::Administrator,
        zh: ("已达钉钉当日工作通知上限", "上限于次日零点恢复；请减少发送，或改用机器人消息"),
        en: (
            "DingTalk's limit of work notices for this day is reached",
            "It is lifted at midnight; send fewer, or use the bot's messages instead",
        ),
    },
];

/// Outcomes that pass by themselves: what waits so is sent later without anybody's help.
const PASSING: &[Entry] = &[
    Entry { name: "waiting", curer: Curer::Nobody, zh: ("等待发送", ""), en: ("Waiting to be sent", "") },
    Entry {
        name: "held",
        curer: Curer::Nobody,
        zh: ("为更重要的消息预留额度，暂缓发送", "到所示时间会自动发送"),
        en: ("Held back so that more important messages get through", "It is sent by itself at the time shown"),
    },
    Entry {
        name: "throttled",
        curer: Curer::Nobody,
        zh: ("发送过快，被钉钉限流", "会自动稍后发送"),
        en: ("Sent too fast for DingTalk", "It is sent later by itself"),
    },
    Entry {
        name: "address banned",
        curer: Curer::Operator,
        zh: ("服务器出口地址被钉钉暂时封禁", "约 5 分钟后自动恢复；若反复出现，请减少同一出口的其他调用"),
        en: (
            "DingTalk has banned the server's address for some minutes",
            "It ends by itself after about five minutes; if it recurs, reduce other calls from this address",
        ),
    },
    Entry {
        name: "quota spent",
        curer: Curer::DingtalkAdministrator,
        zh: ("本月钉钉调用额度已用完", "消息已暂存；请升级钉钉版本或等待下月 1 日"),
        en: (
            "This month's DingTalk quota is used up",
            "The message is held; upgrade the DingTalk edition or wait for the 1st",
        ),
    },
    Entry {
        name: "platform busy",
        curer: Curer::Nobody,
        zh: ("钉钉繁忙", "会自动重试"),
        en: ("DingTalk is busy", "It is tried again by itself"),
    },
    Entry {
        name: "unreachable",
        curer: Curer::Operator,
        zh: ("连不上钉钉", "会自动重试；若持续，请检查服务器的网络与代理"),
        en: (
            "DingTalk could not be reached",
            "It is tried again by itself; if it persists, check the server's network and proxy",
        ),
    },
    Entry {
        name: "unclear",
        curer: Curer::Nobody,
        zh: ("已发送但未收到答复，可能已送达", "会自动确认"),
        en: ("Sent, but no answer came; it may have arrived", "It is looked into by itself"),
    },
    Entry {
        name: "fault",
        curer: Curer::Operator,
        zh: ("本应用内部出错", "会自动重试；若反复出现，请查看日志"),
        en: ("A fault of this app", "It is tried again by itself; if it persists, look at the log"),
    },
];

/// Outcomes with which nothing is wrong.
const NOTHING_TO_DO: &[Entry] = &[
    Entry { name: "delivered", curer: Curer::Nobody, zh: ("钉钉已接收", ""), en: ("DingTalk took it", "") },
    Entry {
        name: "accepted",
        curer: Curer::Nobody,
        zh: ("钉钉已受理，是否送达会自动查询", ""),
        en: ("DingTalk accepted it; whether it arrived is asked for by itself", ""),
    },
    Entry { name: "read", curer: Curer::Nobody, zh: ("对方已读", ""), en: ("It was read", "") },
    Entry { name: "recalled", curer: Curer::Nobody, zh: ("已撤回", ""), en: ("It was taken back", "") },
    Entry {
        name: "folded",
        curer: Curer::Nobody,
        zh: ("故障过多，已并入汇总卡片", ""),
        en: ("Many incidents at once: it is part of a digest card", ""),
    },
    Entry {
        name: "cancelled",
        curer: Curer::Nobody,
        zh: ("发送之前故障已关闭或删除，无需再通知", ""),
        en: ("The incident was over before this could be sent, so nobody is called for it", ""),
    },
];

const REFUSED: Entry = Entry {
    name: "refused",
    curer: Curer::Administrator,
    zh: ("钉钉拒绝了该消息", "请按返回码与说明处理"),
    en: ("DingTalk refused the message", "Act on its code and message"),
};

const TOO_LATE: Entry = Entry {
    name: "",
    curer: Curer::Administrator,
    zh: ("", "多次尝试未果，已停止重试；原因消除后，如仍需要请重新发送"),
    en: ("", "It was tried until it was too late to help; send it again once the cause is gone, if it is still needed"),
};

const MAY_HAVE_ARRIVED: Entry = Entry {
    name: "",
    curer: Curer::Administrator,
    zh: ("", "为避免重复，不再自动发送；请在会话中核对，缺少时再重新发送"),
    en: ("", "It is not repeated by itself, for it may be there; look into the conversation and send it again if not"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_whole_in_both_languages() {
        for entry in ABOUT_TARGETS.iter().chain(ABOUT_THE_APP).chain(ABOUT_WORK_NOTICES).chain([&REFUSED]) {
            for words in [of(entry.name, Language::Zh), of(entry.name, Language::En)] {
                let whole = !words.cause.is_empty() && !words.cure.is_empty() && !words.who.is_empty();
                assert!(whole && words.curer != Curer::Nobody, "{}", entry.name);
                assert_eq!(given_up(entry.name, Language::En), of(entry.name, Language::En), "{}", entry.name);
            }
        }
        for entry in NOTHING_TO_DO {
            let words = of(entry.name, Language::En);
            assert_eq!((words.cure, words.who, words.curer), ("", "", Curer::Nobody), "{}", entry.name);
        }
        assert_eq!(of("never heard of", Language::En), of("refused", Language::En));
    }

    #[test]
    fn nobody_is_told_to_wait_for_what_was_given_up() {
        for entry in PASSING {
            for language in [Language::Zh, Language::En] {
                let words = given_up(entry.name, language);
                assert_eq!(words.cause, of(entry.name, language).cause);
                assert_ne!(words.cure, of(entry.name, language).cure);
                assert_eq!(words.curer, Curer::Administrator, "{}", entry.name);
            }
        }
    }
}
