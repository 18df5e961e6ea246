//! What a check has found, and what the values to paste are called in the other console.

use crate::Language;

/// What was found, in one sentence; `detail` is what the finding has.
pub fn cause(reason: &str, detail: &str, language: Language) -> String {
    let (zh, en) = match reason {
        "seen" => ("已见到", "Seen"),
        "never-seen" => ("尚未见到", "Not seen yet"),
        "seen-before-change" => ("设置修改之后尚未再次见到", "Not seen again since it was changed"),
        "answered" => ("平台应答正常", "The platform answered as it should"),
        "permission-missing" => ("缺少权限点 {}", "The permission point {} is missing"),
        "credentials-refused" => ("平台拒绝了凭证", "The platform refused the credentials"),
        "address-not-allowed" => (
            "本服务器的出口 IP 不在应用的白名单中",
            "This server's address is not on the app's list of allowed addresses",
        ),
        "not-answered" => ("平台没有应答，稍后重试", "No answer; it is tried again later"),
        "refused" => ("平台拒绝了请求", "The platform refused"),
        "does-not-fit" => ("与应用不符", "It does not fit the app"),
        "only-from-here" => ("本机可访问，平台尚未访问过", "This machine reaches it, no platform has yet"),
        "not-reached" => ("无法访问", "It cannot be reached"),
        "weak" => ("密钥可被猜到", "The key can be guessed"),
        "strong" => ("密钥为随机值", "The key is random"),
        "clock-agrees" => ("相差 {} 秒", "{} seconds apart"),
        "clock-differs" => ("相差 {} 秒，超过 60 秒", "{} seconds apart, more than 60"),
        "enough" => ("已用 {} %", "{} % used"),
        "spent" => ("已用完", "Used up"),
        "banned" => ("钉钉暂时封禁了本服务器的地址", "DingTalk has banned this server's address for some minutes"),
        "none-amiss" => ("没有", "None"),
        "some-amiss" => ("有 {} 个", "There are {}"),
        "not-asked" => ("尚无证据；立即检查会花费一次计费调用", "No evidence yet; to check now costs one counted call"),
        "not-needed" => ("未启用，无需检查", "Not in use, nothing to check"),
        "nobody-to-try" => ("还没有人关联账号，无法尝试", "Nobody is linked yet to try it with"),
        _ => ("", ""),
    };
    match language {
        Language::Zh => zh.replace("{}", detail),
        Language::En => en.replace("{}", detail),
    }
}

/// What to do about a finding where that depends on what was found and not on the check; else empty.
pub fn cure(reason: &str, language: Language) -> &'static str {
    let (zh, en) = match reason {
        "not-answered" => ("无需处理，稍后自动重试", "Nothing; it is tried again by itself"),
        "address-not-allowed" => (
            "在应用的安全设置中，把本服务器的出口 IP 加入白名单，或清空白名单",
            "Add this server's outgoing address to the list in the app's security settings, or empty the list",
        ),
        _ => ("", ""),
    };
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

/// What a value to paste is called.
pub fn field(name: &str, language: Language) -> &'static str {
    let (zh, en) = match name {
        "public-url" => ("公网地址", "Public address"),
        "command" => ("命令", "Command"),
        "event-subscription" => ("请求网址", "Request URL"),
        "event" => ("事件", "Event"),
        "cool-app-desktop" => ("桌面端地址", "Desktop URL"),
        "cool-app-mobile" => ("移动端地址", "Mobile URL"),
        "homepage" => ("应用首页地址", "Application homepage URL"),
        "pc-homepage" => ("PC 端首页地址", "PC homepage URL"),
        "permission" => ("权限点", "Permission point"),
        "card-callback" => ("卡片回调地址", "Card callback URL"),
        "custom-action" => ("自定义操作地址", "Custom action URL"),
        "webhook" => ("Webhook 地址", "Webhook URL"),
        "header-name" => ("请求头名称", "Header name"),
        "header-value" => ("请求头值", "Header value"),
        _ => ("", ""),
    };
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

/// The words of a state.
pub fn state(name: &str, language: Language) -> &'static str {
    match name {
        "proved" => super::proved(language),
        "failed" => super::failed(language),
        "unproved" => super::unproved(language),
        _ => super::not_needed(language),
    }
}

/// The heading of a step of the guide.
pub fn step(name: &str, language: Language) -> &'static str {
    match name {
        "server" => super::step_server(language),
        "app" => super::step_app(language),
        "events" => super::step_events(language),
        "cool-app" => super::step_cool_app(language),
        "bot" => super::step_bot(language),
        "pages" => super::step_pages(language),
        "permissions" => super::step_permissions(language),
        "cards" => super::step_cards(language),
        "war-rooms" => super::step_war_rooms(language),
        "publish" => super::step_publish(language),
        "flashduty" => super::step_flashduty(language),
        _ => super::step_operation(language),
    }
}
