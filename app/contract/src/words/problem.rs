//! What went wrong and what its reader can do about it, one pair per problem code.

use crate::{Language, ProblemCode};

/// Sentence and remedy of a problem.
pub fn of(code: ProblemCode, language: Language) -> (&'static str, &'static str) {
    let (zh, en) = both(code);
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

type Pair = (&'static str, &'static str);

fn both(code: ProblemCode) -> (Pair, Pair) {
    use ProblemCode as P;
    match code {
        P::NotSignedIn
        | P::TokenRefused
        | P::RoleTooLow
        | P::CodeRefused
        | P::OtherCompany
        | P::NotLinked
        | P::LinkBroken
        | P::LinkExpired
        | P::LinkTaken
        | P::KeyRefused
        | P::KeyOfAccount
        | P::OtherAccount
        | P::OauthRefused
        | P::ConsoleLinkExpired => of_identity(code),
        P::NoLicense
        | P::AccessDenied
        | P::IncidentGone
        | P::AlreadyClosed
        | P::NotNow
        | P::FormNeeded
        | P::CustomActionFailed
        | P::NeedsForce
        | P::StillWaiting
        | P::CannotResend
        | P::FlashdutySlow
        | P::FlashdutyDown
        | P::DingtalkDown
        | P::HeldByQuota
        | P::CardUnknown
        | P::ChatUnknown
        | P::NotInChat => of_act(code),
        P::ChangedMeanwhile | P::NotGroupEditor => of_change(code),
        P::WarRoomsOff | P::NoResponders | P::NoWarRoom => of_room(code),
        _ => of_request(code),
    }
}

crate::words::sentences! {
    held_until(at): "北京时间 {at} 恢复", "until {at}, China time";
    too_many_requests: "Flashduty 暂时限制了本账户的请求频率", "Flashduty takes no more requests of this account for the moment";
}

fn of_request(code: ProblemCode) -> (Pair, Pair) {
    use ProblemCode as P;
    match code {
        P::BadRequest => (
            ("请求无法识别", "请返回后重试；若仍出现，请把编号告诉管理员"),
            (
                "The request could not be read",
                "Go back and try again; if it persists, give the id to your administrator",
            ),
        ),
        P::InvalidField => (
            ("有一项填写有误", "请按提示修改后再提交"),
            ("One field is not right", "Correct it as the message says and submit again"),
        ),
        P::SignatureWrong => (
            ("签名不符", "请核对 Token 与 aes_key 是否与钉钉后台一致"),
            ("The signature does not fit", "Check that Token and aes_key equal those in DingTalk's console"),
        ),
        P::Forged => (
            ("地址中的密钥不对", "请从集成详情页重新复制地址"),
            ("The secret in the address is wrong", "Copy the address again from the integration's details"),
        ),
        P::CrossSite => (
            ("请求来自其他网站", "请在本应用的页面中操作"),
            ("The request came from another site", "Do this from the app's own page"),
        ),
        P::NotFound => (
            ("没有这个页面或对象", "请从工作台重新打开应用"),
            ("There is no such page or object", "Open the app again from the workplace"),
        ),
        P::MethodNotAllowed => (
            ("不支持这种请求方式", "请从应用页面操作"),
            ("This kind of request is not supported here", "Use the app's own pages"),
        ),
        P::TooSlow => (
            ("请求发送过慢", "请检查网络后重试"),
            ("The request took too long to arrive", "Check the network and try again"),
        ),
        P::TooLarge => (("内容过大", "请缩短后再提交"), ("The content is too large", "Shorten it and submit again")),
        P::UnsupportedMediaType => {
            (("内容类型不支持", "请使用 JSON 或表单"), ("This content type is not taken here", "Send JSON or a form"))
        }
        P::TooManyRequests => {
            (("请求过于频繁", "请稍等片刻再试"), ("Too many requests", "Wait a moment and try again"))
        }
        P::Unavailable => (
            ("服务暂时无法保存数据", "请稍后重试；管理员请检查数据库与磁盘"),
            ("The server cannot store anything just now", "Try again shortly; administrators: check database and disk"),
        ),
        _ => (
            ("服务内部出错", "请稍后重试；若仍出现，请把编号告诉管理员"),
            (
                "Something went wrong on our side",
                "Try again shortly; if it persists, give the id to your administrator",
            ),
        ),
    }
}

fn of_change(code: ProblemCode) -> (Pair, Pair) {
    match code {
        ProblemCode::ChangedMeanwhile => (
            ("您打开表单后，有人改过了，您的修改还没有保存", "请对照现在的内容；您填写的还在，再次保存会以您的为准"),
            (
                "Somebody changed this after you opened the form; yours is not saved yet",
                "Compare it with what is there now. What you typed is still here: save again to put yours in its place",
            ),
        ),
        _ => (
            ("您不能修改发送到本群的内容", "请联系群主，或请管理员在控制台修改"),
            (
                "What is sent to this group is not yours to change",
                "Ask the group's owner, or an administrator in the console",
            ),
        ),
    }
}

#[expect(clippy::too_many_lines, reason = "a table of sentences")]
fn of_identity(code: ProblemCode) -> (Pair, Pair) {
    use ProblemCode as P;
    match code {
        P::NotSignedIn => (
            ("尚未登录", "请从钉钉工作台打开本应用"),
            ("You are not signed in", "Open the app from the DingTalk workplace"),
        ),
        P::TokenRefused => (
            ("API 令牌缺失或无效", "请用 dingduty token create 新建令牌"),
            ("The API token is missing or unknown", "Create one with: dingduty token create"),
        ),
        P::RoleTooLow => (
            ("您或该令牌的角色无权执行此操作", "请由管理员操作，或使用管理员角色的令牌"),
            ("The role does not allow this", "Ask an administrator, or use a token with the administrator role"),
        ),
        P::CodeRefused => (
            ("钉钉未认可本次登录", "请关闭页面，从工作台重新打开"),
            ("DingTalk did not confirm who you are", "Close the page and open it again from the workplace"),
        ),
        P::OtherCompany => (
            ("该钉钉账号不属于本企业", "请用本企业的钉钉账号登录"),
            ("This DingTalk account is not of this company", "Sign in with your account of this company"),
        ),
        P::NotLinked => (
            ("您的钉钉账号尚未关联 Flashduty", "请打开登录页关联一次，以后无需再登录"),
            (
                "Your DingTalk account is not linked to Flashduty",
                "Open the sign-in page and link it once; you will not be asked again",
            ),
        ),
        P::LinkBroken => (
            ("Flashduty 已不再认可您的凭据", "请重新登录 Flashduty 完成关联"),
            ("Flashduty no longer accepts your credential", "Sign in to Flashduty again to renew the link"),
        ),
        P::LinkExpired => (
            ("此关联链接已过期或已使用", "请重新打开应用或再次点击卡片按钮"),
            (
                "This attempt to link is over or was used already",
                "Open the app again, or press the card's button again",
            ),
        ),
        P::LinkTaken => (
            ("该 Flashduty 成员已关联到其他钉钉账号", "确认要接管时请再次确认"),
            (
                "This Flashduty member is linked to another DingTalk person",
                "Confirm once more if you want to take it over",
            ),
        ),
        P::KeyRefused => (
            ("Flashduty 不认可这个 APP Key", "请在 Flashduty 控制台 账户 → APP Key 新建后粘贴完整的值"),
            (
                "Flashduty does not accept this APP key",
                "Create one in Flashduty's console under Account → APP Key and paste the whole value",
            ),
        ),
        P::KeyOfAccount => (
            ("这个 APP Key 属于主账号，不属于个人", "请用您自己的成员账号新建 APP Key"),
            ("This APP key belongs to the account, not to a person", "Create a key while signed in as yourself"),
        ),
        P::OtherAccount => (
            ("该成员属于另一个 Flashduty 账户", "请登录本应用所连接的 Flashduty 账户"),
            (
                "This member belongs to another Flashduty account",
                "Sign in to the Flashduty account that this app is connected to",
            ),
        ),
        P::OauthRefused => (
            ("Flashduty 登录未完成", "请重新登录，或改用 APP Key"),
            ("The sign-in at Flashduty was not completed", "Try again, or use an APP key instead"),
        ),
        _ => (
            ("此控制台链接已过期或已使用", "请用 dingduty console-link 生成新链接"),
            ("This console link is over or was used already", "Make a new one with: dingduty console-link"),
        ),
    }
}

#[expect(clippy::too_many_lines, reason = "a table of sentences")]
fn of_act(code: ProblemCode) -> (Pair, Pair) {
    use ProblemCode as P;
    match code {
        P::NoLicense => (
            ("您没有 Flashduty 许可证", "请管理员在 费用中心 → 许可证用量 中为您分配"),
            ("You have no Flashduty licence", "Ask an administrator to assign one in Billing Centre → licence usage"),
        ),
        P::AccessDenied => (
            ("您的 Flashduty 角色无权执行此操作", "请管理员调整您的角色"),
            ("Your Flashduty role does not allow this", "Ask an administrator to change your role"),
        ),
        P::IncidentGone => (
            ("该故障已不存在", "它可能已被合并或删除，请查看列表"),
            ("This incident does not exist any more", "It may have been merged or deleted; look at the list"),
        ),
        P::AlreadyClosed => (
            ("该故障已关闭", "如需继续处理，请在详情页重新打开"),
            ("This incident is closed already", "Reopen it on its page if there is more to do"),
        ),
        P::NotNow => (
            ("当前状态下不能执行此操作", "请查看最新状态"),
            ("This cannot be done in the present state", "Look at the present state"),
        ),
        P::FormNeeded => (
            ("Flashduty 要求先填写表单", "请打开详情页，点“填写表单”"),
            ("Flashduty wants a form filled in for this", "Open the incident's page and use “with the form”"),
        ),
        P::CustomActionFailed => (
            ("自定义操作已执行，但对方返回失败", "请查看所示原因，需要时联系该操作的负责人后再试"),
            (
                "The custom action ran, and what it called says that it failed",
                "See the reason; ask whoever runs that action before you try again",
            ),
        ),
        P::NeedsForce => (
            ("通常无需重新发送", "如仍需发送，请在请求中加上 \"force\": true；会多出一张卡片，两张都会随故障更新"),
            (
                "Usually it need not be sent again",
                "Ask with \"force\": true to send it all the same: it comes as one more card, and both follow the incident",
            ),
        ),
        P::StillWaiting => (
            ("该消息正在等待，会自动发送", "请查看它在等什么、等到何时"),
            ("It is waiting and is sent by itself", "Look at what it waits for and until when"),
        ),
        P::CannotResend => {
            (("无法重新发送", "请先消除所示原因"), ("It cannot be sent again", "Remove the reason given first"))
        }
        P::FlashdutySlow => (
            ("Flashduty 响应较慢", "操作在后台继续，稍后会更新"),
            ("Flashduty is slow to answer", "The act goes on in the background; the state will follow"),
        ),
        P::FlashdutyDown => {
            (("暂时连不上 Flashduty", "请稍后重试"), ("Flashduty cannot be reached just now", "Try again in a moment"))
        }
        P::DingtalkDown => {
            (("暂时连不上钉钉", "请稍后重试"), ("DingTalk cannot be reached just now", "Try again in a moment"))
        }
        P::HeldByQuota => (
            (
                "钉钉本月调用额度不足，此操作已暂缓",
                "额度每月 1 日（北京时间）恢复，故障仍可在首页处理；管理员可购买额度，或核对所设额度",
            ),
            (
                "DingTalk's calls of this month are used up, so this is held",
                "They come back on the 1st (China time); incidents can still be handled from the homepage. Administrators can buy calls, or check the quota that is set",
            ),
        ),
        P::CardUnknown => (
            ("这张卡片不属于本应用", "请使用较新的卡片，或打开应用"),
            ("This card is not one of ours", "Use a newer card, or open the app"),
        ),
        P::ChatUnknown => (
            ("此群未安装本酷应用", "请在群的酷应用栏中安装后再打开"),
            (
                "The cool app is not installed in this group",
                "Install it from the group's cool-app bar and open it again",
            ),
        ),
        _ => (("您不在这个群中", "请先加入该群"), ("You are not a member of this group", "Join the group first")),
    }
}

fn of_room(code: ProblemCode) -> (Pair, Pair) {
    match code {
        ProblemCode::WarRoomsOff => (
            ("本集成未开启作战室", "请管理员在集成中填写群模板 ID 与群机器人 ID"),
            (
                "War rooms are not set up here",
                "Ask an administrator to fill in the group template's ID and its bot's ID in the integration",
            ),
        ),
        ProblemCode::NoResponders => (
            ("该故障没有处理人员，无法创建作战室", "请先添加处理人员"),
            ("This incident has no responders, so a war room cannot be created", "Add a responder first"),
        ),
        _ => (
            ("该故障没有作战室", "可在故障详情页创建"),
            ("This incident has no war room", "One can be made on the incident's page"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_sentence_in_both_languages() {
        let mut seen = std::collections::HashSet::new();
        for &code in ProblemCode::ALL {
            for language in [Language::Zh, Language::En] {
                let (message, remedy) = of(code, language);
                assert!(!message.is_empty() && !remedy.is_empty(), "{code:?}");
                assert!(seen.insert(message), "{code:?} shares its sentence with another code");
            }
            assert_eq!(ProblemCode::from_name(code.name()), Some(code));
        }
    }
}
