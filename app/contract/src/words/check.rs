//! The checks of a set-up: what each is, where it is done, what to do; what was found; what the values to paste are called
//! in the other console. By the fixed names of the automation API; an unknown name has no words.

mod found;

pub use found::{cause, cure, field, state, step};

use super::outcome::Curer;
use crate::Language;

/// What people read about a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckWords {
    pub title: &'static str,
    /// Where it is done.
    pub place: &'static str,
    /// What to do.
    pub cure: &'static str,
    /// Who can do it.
    pub curer: Curer,
}

const DEV: (&str, &str) = ("open-dev.dingtalk.com", "open-dev.dingtalk.com");

/// Title, place, cure and who can do it.
pub fn of(name: &str, language: Language) -> CheckWords {
    let (title, place, cure, curer) = entry(name);
    let one = |(zh, en): (&'static str, &'static str)| match language {
        Language::Zh => zh,
        Language::En => en,
    };
    CheckWords { title: one(title), place: one(place), cure: one(cure), curer }
}

/// The title alone.
pub fn title(name: &str, language: Language) -> &'static str {
    of(name, language).title
}

type Pair = (&'static str, &'static str);

fn entry(name: &str) -> (Pair, Pair, Pair, Curer) {
    server_and_app(name)
        .or_else(|| groups(name))
        .or_else(|| permissions(name))
        .or_else(|| afterwards(name))
        .unwrap_or((("", ""), ("", ""), ("", ""), Curer::Nobody))
}

fn server_and_app(name: &str) -> Option<(Pair, Pair, Pair, Curer)> {
    use Curer::{Administrator, Operator};
    Some(match name {
        "public-address" => (
            ("公网地址可访问", "The public address is reachable"),
            ("服务器：DINGDUTY_PUBLIC_URL、反向代理", "Server: DINGDUTY_PUBLIC_URL, reverse proxy"),
            (
                "让钉钉与 Flashduty 能从公网通过 https 访问此地址，且不经重定向",
                "Let DingTalk and Flashduty reach this address from outside by https, without a redirect",
            ),
            Operator,
        ),
        "secret-key" => (
            ("加密密钥足够随机", "The sealing key cannot be guessed"),
            ("服务器：DINGDUTY_SECRET_KEY", "Server: DINGDUTY_SECRET_KEY"),
            (
                "用此命令生成新密钥，写成“新密钥,旧密钥”后重启，再去掉旧密钥；并在别处保存一份",
                "Make a new key with this command, set NEW,OLD and restart, then take the old one away; keep a copy elsewhere",
            ),
            Operator,
        ),
        "backup" => (
            ("一周内有备份", "There is a backup of this week"),
            ("服务器", "Server"),
            ("定期运行此命令，并把文件存到别的机器", "Run this command regularly and keep the file on another machine"),
            Operator,
        ),
        "token" => (
            ("Client ID 与 Client Secret 正确", "Client ID and Client Secret are right"),
            ("open-dev.dingtalk.com → 应用 → 凭证与基础信息", "open-dev.dingtalk.com → app → credentials"),
            (
                "从钉钉复制 Client ID 与 Client Secret 到本集成",
                "Copy Client ID and Client Secret from DingTalk into this integration",
            ),
            Administrator,
        ),
        "corp-id" => (
            ("CorpId 与应用属于同一企业", "The app is of the company with this CorpId"),
            ("open-dev.dingtalk.com 首页", "open-dev.dingtalk.com, front page"),
            ("从钉钉复制 CorpId 到本集成", "Copy the CorpId from DingTalk into this integration"),
            Administrator,
        ),
        "agent-id" => (
            ("AgentId 属于此应用", "The AgentId is this app's"),
            ("open-dev.dingtalk.com → 应用 → 凭证与基础信息", "open-dev.dingtalk.com → app → credentials"),
            ("从钉钉复制 AgentId 到本集成", "Copy the AgentId from DingTalk into this integration"),
            Administrator,
        ),
        "event-subscription" => (
            ("事件订阅地址已通过校验", "The event subscription address was verified"),
            (
                "open-dev.dingtalk.com → 应用 → 事件与回调（HTTP 推送）",
                "open-dev.dingtalk.com → app → events and callbacks (HTTP push)",
            ),
            (
                "粘贴此请求网址，把 aes_key 与 Token 填入本集成，然后在钉钉保存",
                "Paste this request URL, put aes_key and Token into this integration, then save in DingTalk",
            ),
            Administrator,
        ),
        _ => return None,
    })
}

#[expect(clippy::too_many_lines, reason = "a table of sentences")]
fn groups(name: &str) -> Option<(Pair, Pair, Pair, Curer)> {
    use Curer::{Administrator, GroupOwner, Operator};
    let events = (
        "open-dev.dingtalk.com → 应用 → 事件与回调 → 事件",
        "open-dev.dingtalk.com → app → events and callbacks → events",
    );
    Some(match name {
        "event-install" => (
            ("收到“安装酷应用”事件", "The event of installing the cool app has come"),
            events,
            (
                "订阅此事件并发布，然后在任一群中添加酷应用",
                "Subscribe to this event and publish, then add the cool app to any group",
            ),
            Administrator,
        ),
        "event-title" => (
            ("收到“群改名”事件", "The event of renaming a group has come"),
            events,
            (
                "订阅此事件并发布，然后给该群改名一次",
                "Subscribe to this event and publish, then rename that group once",
            ),
            Administrator,
        ),
        "event-uninstall" => (
            ("收到“卸载酷应用”事件", "The event of removing the cool app has come"),
            events,
            (
                "订阅此事件并发布，然后从任一群中移除酷应用",
                "Subscribe to this event and publish, then remove the cool app from any group",
            ),
            Administrator,
        ),
        "cool-app" => (
            ("酷应用已安装到群", "The cool app is in a group"),
            (
                "open-dev.dingtalk.com → 应用 → 酷应用 → 群快捷入口",
                "open-dev.dingtalk.com → app → cool app → group quick entry",
            ),
            (
                "新建群酷应用，桌面端与移动端地址都填此值，发布后在群设置中添加",
                "Make a group cool app with this value as desktop and as mobile URL, publish it, add it in a group's settings",
            ),
            GroupOwner,
        ),
        "bot" => (
            ("机器人的消息已送达", "A message of the bot has arrived"),
            ("open-dev.dingtalk.com → 应用 → 机器人", "open-dev.dingtalk.com → app → bot"),
            (
                "为应用添加机器人并发布，然后在 Flashduty 新建一条测试故障",
                "Give the app a bot and publish, then raise a test incident in Flashduty",
            ),
            Administrator,
        ),
        "homepage" => (
            ("有人从钉钉进入并完成关联", "Somebody came in from DingTalk and linked accounts"),
            ("open-dev.dingtalk.com → 应用 → 网页应用", "open-dev.dingtalk.com → app → web app"),
            (
                "粘贴这两个首页地址并发布，然后从工作台打开应用",
                "Paste both homepage URLs and publish, then open the app from the workplace",
            ),
            Administrator,
        ),
        "dingtalk-clock" => (
            ("与钉钉时钟一致", "Our clock agrees with DingTalk's"),
            ("服务器", "Server"),
            ("开启时间同步（NTP）", "Switch time synchronisation (NTP) on"),
            Operator,
        ),
        "flashduty-clock" => (
            ("与 Flashduty 时钟一致", "Our clock agrees with Flashduty's"),
            ("服务器", "Server"),
            ("开启时间同步（NTP）", "Switch time synchronisation (NTP) on"),
            Operator,
        ),
        _ => return None,
    })
}

fn permissions(name: &str) -> Option<(Pair, Pair, Pair, Curer)> {
    use Curer::{Administrator, DingtalkAdministrator};
    let place = ("open-dev.dingtalk.com → 应用 → 权限管理", "open-dev.dingtalk.com → app → permissions");
    let apply =
        ("搜索此权限点并申请，然后发布新版本", "Find this permission point, apply for it, then publish a new version");
    let permission = |title: Pair| (title, place, apply, Administrator);
    Some(match name {
        "permission-robot" => permission(("权限：企业内机器人发送消息", "Permission: the bot sends messages")),
        "permission-chat" => permission(("权限：群信息读取与管理", "Permission: read and manage groups")),
        "permission-member" => permission(("权限：读取成员信息", "Permission: read employees")),
        "permission-mobile" => permission(("权限：按手机号查找成员", "Permission: find an employee by mobile")),
        "permission-card" => permission(("权限：互动卡片写入", "Permission: write interactive cards")),
        "card-callback" => (
            ("卡片回调地址已登记", "The card callback address is registered"),
            DEV,
            (
                "自动登记，无需粘贴；先补齐卡片权限，然后重新检查",
                "Registered by itself, nothing to paste; get the card permission first, then check again",
            ),
            Administrator,
        ),
        "card-template" => (
            ("卡片模板接受我们的变量", "The card template takes our variables"),
            ("open-dev.dingtalk.com/fe/card", "open-dev.dingtalk.com/fe/card"),
            (
                "导入随附模板并发布，把模板 ID 填入本集成，然后新建一条测试故障",
                "Import the supplied template, publish it, put its ID into this integration, then raise a test incident",
            ),
            Administrator,
        ),
        "war-room" => (
            ("作战室模板可用", "The war-room template can be used"),
            ("open-dev.dingtalk.com → 应用 → 场景群模板", "open-dev.dingtalk.com → app → group templates"),
            (
                "填好模板 ID 与机器人 ID，然后在测试故障上创建一次作战室",
                "Fill in template ID and bot ID, then make one war room for a test incident",
            ),
            Administrator,
        ),
        "visible-range" => (
            ("处理人都在应用可见范围内", "All responders are inside the app's visible range"),
            ("open-dev.dingtalk.com → 应用 → 版本管理与发布", "open-dev.dingtalk.com → app → versions and publishing"),
            ("把可见范围扩大到所有处理人，并发布", "Widen the visible range to all responders, and publish"),
            DingtalkAdministrator,
        ),
        "member-by-mobile" => (
            ("可按手机号找到成员", "An employee is found by mobile number"),
            place,
            (
                "申请此字段权限并发布；至少一人先完成关联",
                "Apply for this field permission and publish; somebody has to link accounts first",
            ),
            Administrator,
        ),
        _ => return None,
    })
}

#[expect(clippy::too_many_lines, reason = "a table of sentences")]
fn afterwards(name: &str) -> Option<(Pair, Pair, Pair, Curer)> {
    use Curer::{Administrator, FlashdutyAdministrator, Operator, Person};
    let console = ("本控制台", "this console");
    let webhook =
        ("Flashduty → 集成中心 → Webhook → 故障 Webhook", "Flashduty → integrations → webhook → incident webhook");
    Some(match name {
        "flashduty-key" => (
            ("Flashduty APP Key 有效", "The Flashduty APP key is valid"),
            ("Flashduty → 账户设置 → APP Key", "Flashduty → account settings → APP key"),
            (
                "为服务成员新建 APP Key 并填入本集成",
                "Make an APP key for a service member and put it into this integration",
            ),
            FlashdutyAdministrator,
        ),
        "webhook" => (
            ("收到 Flashduty 故障 Webhook", "Flashduty's incident webhook has come"),
            webhook,
            (
                "粘贴此地址并启用，然后新建一条测试故障",
                "Paste this address and switch it on, then raise a test incident",
            ),
            FlashdutyAdministrator,
        ),
        "webhook-header" => (
            ("Webhook 带有密钥请求头", "The webhook carries the secret header"),
            webhook,
            ("在 Webhook 中添加此自定义请求头", "Add this custom header to the webhook"),
            FlashdutyAdministrator,
        ),
        "quota" => (
            ("本月钉钉额度未用完", "The month's DingTalk quota is not used up"),
            ("钉钉管理后台 → 开放平台用量", "DingTalk's admin console → usage"),
            (
                "等到下月 1 日、购买额度，或改正本集成的版本与额度",
                "Wait for the 1st, buy more, or correct the edition and figures of this integration",
            ),
            Administrator,
        ),
        "deliveries" => (
            (
                "最近一天的投递没有需要管理员处理的失败",
                "No delivery of the last day failed for want of an administrator",
            ),
            console,
            (
                "在“投递”中查看原因与处理办法，处理后重新发送",
                "See cause and cure in the deliveries, cure them, send anew",
            ),
            Administrator,
        ),
        "dead-groups" => (
            ("没有订阅指向失效的群", "No subscription points at a dead group"),
            console,
            ("把这些订阅改到其他群，或删除", "Point these subscriptions at other groups, or remove them"),
            Administrator,
        ),
        "broken-links" => (
            ("没有失效的账号关联", "No link is broken"),
            ("钉钉工作台", "DingTalk's workplace"),
            (
                "请这些人从工作台打开应用重新登录",
                "Ask these people to open the app from the workplace and sign in again",
            ),
            Person,
        ),
        "open-incidents" => (
            ("未关闭故障已与 Flashduty 核对", "Open incidents were compared with Flashduty's"),
            ("Flashduty → 账户设置 → APP Key", "Flashduty → account settings → APP key"),
            ("核对服务 APP Key 的权限", "Check what the service APP key may do"),
            FlashdutyAdministrator,
        ),
        "work" => (
            ("收到的内容都已处理", "What came in is worked off"),
            ("服务器", "Server"),
            ("查看服务器日志", "Look into the server's log"),
            Operator,
        ),
        "rotation" => (
            ("没有仍被接受的旧密钥", "No former secret is still accepted"),
            ("open-dev.dingtalk.com → 应用", "open-dev.dingtalk.com → app"),
            (
                "在钉钉保存新的 aes_key、Token 或 Client Secret；首次使用后旧值自动停用",
                "Save the new aes_key, Token or Client Secret in DingTalk; its first use ends the former one",
            ),
            Administrator,
        ),
        _ => return None,
    })
}

crate::words::sentences! {
    turned_red(name, lines): "集成“{name}”的检查出现问题：\n{lines}\n请在控制台查看原因与处理办法。", "Checks of the integration “{name}” have failed:\n{lines}\nThe console shows cause and cure.";
    seen_at(when): "见到于 {when}", "seen {when}";
    proved: "已证实", "proved";
    failed: "有问题", "failed";
    unproved: "待证实", "not proved yet";
    not_needed: "不需要", "not needed";
    required: "必需", "required";
    advice: "建议", "advised";
    checklist: "接入清单", "Set-up, step by step";
    look_now: "立即检查", "Check now";
    never_looked: "还没有检查过", "Not checked yet";
    all_proved: "必需步骤均已证实", "Everything required is proved";
    some_open(n): "还有 {n} 个必需步骤待证实", "Required steps that are not proved: {n}";
    apply: "申请此权限", "Apply for this permission";
    step_server: "服务器", "Server";
    step_app: "创建应用与凭证", "The app and its credentials";
    step_events: "事件订阅", "Event subscription";
    step_cool_app: "酷应用", "Cool app";
    step_bot: "机器人", "Bot";
    step_pages: "首页地址", "Homepages";
    step_permissions: "权限", "Permissions";
    step_cards: "互动卡片", "Cards";
    step_war_rooms: "作战室", "War rooms";
    step_publish: "发布与可见范围", "Publishing and visible range";
    step_flashduty: "Flashduty", "Flashduty";
    step_operation: "运行", "Operation";
}
