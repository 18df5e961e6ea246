//! The form of an integration: what its fields are called, where their values come from, and what is wrong with one.

use crate::Language;

crate::words::sentences! {
    // the form
    settings: "设置", "Settings";
    new_integration: "新建集成", "New integration";
    add: "添加集成", "Add an integration";
    save: "保存", "Save";
    create: "创建", "Create";
    saved: "已保存，立即生效", "Saved; it takes effect at once";
    mistakes: "没有保存：请改正标出的字段，已填写的内容都还在", "Not saved: correct the marked fields; what you typed is still here";
    overtaken: "没有保存：其他管理员刚刚保存过。您填写的内容都还在；不同之处标在字段旁，再次保存即以您的为准", "Not saved: somebody else has saved meanwhile. What you typed is still here; where it differs stands beside the field. Save again to put yours in its place";
    elsewhere(value): "刚被改为：{value}", "Changed meanwhile to: {value}";
    nothing: "（空）", "(nothing)";
    optional: "可选", "optional";
    secret_set: "已设置", "set";
    secret_not_set: "未设置", "not set";
    secret_used: "上次使用", "last used";
    secret_never_used: "尚未使用", "not used yet";
    secret_keep: "留空则保持不变", "Leave empty to keep it";
    former_accepted: "旧值仍被接受，直到新值经使用证实；替换于", "The former one is still accepted, until the new one is proved by use; replaced";
    end_former: "立即停用旧值", "End the former ones now";
    end_former_more: "旧值已泄露时使用；新值尚未在钉钉生效的话，事件会中断", "For a former one that became known to others; events are refused until DingTalk uses the new one";
    remove: "删除此集成", "Remove this integration";
    remove_more: "其卡片、群、关联、记录会一并删除，无法恢复。输入集成名称以确认", "Its cards, groups, links and records go with it, for good. Type its name to confirm";
    remove_confirm: "永久删除", "Remove for good";
    remove_name_wrong: "与集成名称不一致", "This is not the integration's name";
    // values to paste
    copy: "复制", "Copy";
    copied: "已复制", "Copied";
    watch: "每 5 秒自动刷新", "Look again every 5 seconds";
    // groups of fields
    group_basics: "基本信息", "Basics";
    group_app: "钉钉应用", "DingTalk app";
    group_app_more: "open-dev.dingtalk.com → 应用 → 凭证与基础信息", "open-dev.dingtalk.com → app → credentials";
    group_events: "事件订阅", "Event subscription";
    group_events_more: "open-dev.dingtalk.com → 应用 → 事件与回调（HTTP 推送）", "open-dev.dingtalk.com → app → events and callbacks (HTTP push)";
    group_flashduty: "Flashduty", "Flashduty";
    group_flashduty_more: "Flashduty 控制台 → 账户 → APP Key，用服务成员创建", "Flashduty's console → account → APP key, made by a member for services";
    group_cards: "卡片", "Cards";
    group_cards_more: "没有模板时以链接消息发送", "Without a template people get messages with links";
    group_war_rooms: "作战室", "War rooms";
    group_war_rooms_more: "两项都填才启用；每个 Flashduty 账户只有一个集成可以启用", "Both or neither; one integration of a Flashduty account may have them";
    group_card_looks: "卡片内容", "What cards show";
    group_limits: "额度与风暴", "Quota and storms";
    group_limits_more: "留空则按钉钉版本的标准值", "Empty means as usual for the edition";
    group_more: "其他", "More";
    // what is wrong
    is_needed: "必填", "is needed";
    is_not_a_field: "不是集成的字段", "is not a field of an integration";
    must_be_text: "应为文本", "must be a text";
    not_an_object: "不是 JSON 对象", "is not a JSON object";
    key_in_use: "已被使用", "is in use already";
    key_fixed: "不能修改", "cannot be changed";
    bot_needed: "填写群模板 ID 时必填", "is needed beside war_room_template_id";
    template_needed: "填写群机器人 ID 时必填", "is needed beside war_room_bot_id";
    war_rooms_taken(key): "此 Flashduty 账户的作战室已属于集成 {key}", "war rooms of this Flashduty account belong to integration {key} already";
    printable: "应为 1 至 128 个可见字符，不含空格", "must be 1 to 128 printable characters without spaces";
    name_shape: "应为 1 至 100 个字符，不换行", "must be 1 to 100 characters on one line";
    corp_id_shape: "应为 ding 加 4 至 64 个字母或数字", "must be `ding` followed by 4 to 64 letters or digits";
    agent_id_shape: "应为最多 20 位的数字", "must be a number of at most 20 digits";
    aes_key_shape: "应为恰好 43 个字母或数字，与钉钉后台所示一致", "must be exactly 43 letters or digits, as DingTalk's console shows it";
    token_shape: "应为 3 至 32 个字母或数字", "must be 3 to 32 letters or digits";
    edition_shape: "应为 standard、professional 或 exclusive", "must be standard, professional or exclusive";
    key_shape: "应为 8 至 32 个 a-z 或 0-9", "must be 8 to 32 of a-z and 0-9";
    person_channel_shape: "应为 bot、work_notice 或 both", "must be bot, work_notice or both";
    group_editors_shape: "应为 owner、members 或 nobody", "must be owner, members or nobody";
    quota_preset_shape: "应为 before-2025-11-19 或 2025-11-19", "must be before-2025-11-19 or 2025-11-19";
    month_shape: "应为 0 至 1000000000 的数字", "must be a number from 0 to 1000000000";
    qps_shape: "应为 1 至 1000 的数字", "must be a number from 1 to 1000";
    robot_minute_shape: "应为 1 至 10000 的整数", "must be a whole number from 1 to 10000";
    cards_shape: "应为 1 至 10000 的整数", "must be a whole number from 1 to 10000";
    hidden_shape: "应从 severity、channel、responders、alerts、snoozed_until、description、labels 中选择", "must be a list of severity, channel, responders, alerts, snoozed_until, description and labels";
    snooze_shape: "应为 1 至 5 个不同的 1 至 1440 的数字", "must be a list of 1 to 5 different numbers from 1 to 1440";
    template_shape: "应为 24 位 0-9、a-f", "must be 24 digits from 0 to 9 and a to f";
}

/// What a field is called; its own name where there is no other.
pub fn label(name: &str, language: Language) -> String {
    let (zh, en) = match name {
        "name" => ("名称", "Name"),
        "corp_id" => ("CorpId", "CorpId"),
        "agent_id" => ("AgentId", "AgentId"),
        "client_id" => ("Client ID", "Client ID"),
        "client_secret" => ("Client Secret", "Client Secret"),
        "aes_key" => ("加密 aes_key", "Encryption aes_key"),
        "token" => ("签名 Token", "Signature Token"),
        "card_template_id" => ("卡片模板 ID", "Card template ID"),
        "war_room_template_id" => ("群模板 ID", "Group template ID"),
        "war_room_bot_id" => ("群机器人 ID", "Group bot ID"),
        "flashduty_app_key" => ("服务 APP Key", "Service APP key"),
        "edition" => ("钉钉版本", "DingTalk edition"),
        "key" => ("地址标识", "Id in addresses"),
        "person_channel" => ("通知个人的方式", "How people are reached"),
        "group_editors" => ("谁可在群内修改订阅", "Who changes in a group what is sent there"),
        "quota_preset" => ("额度标准", "Figures to start from"),
        "quota_api_month" => ("每月 API 调用数", "API calls a month"),
        "quota_push_month" => ("每月 Webhook 与 Stream 推送数", "Webhook and Stream pushes a month"),
        "quota_qps" => ("每秒调用数", "Calls of one API a second"),
        "quota_robot_minute" => ("机器人每分钟向同一群发送的消息数", "Messages of a bot to one group a minute"),
        "storm_cards_per_minute" => ("每分钟单独成卡的故障数", "Incidents a minute with a card each"),
        "card_hidden_fields" => ("卡片不显示", "Cards leave out"),
        "snooze_minutes" => ("暂缓时长（分钟）", "Snooze presets in minutes"),
        "card_text_template_id" => ("Flashduty 消息模板 ID", "Flashduty message template ID"),
        other => (other, other),
    };
    one(language, zh, en).to_owned()
}

/// Where its value comes from or what it means; empty where the label says enough.
pub fn hint(name: &str, language: Language) -> &'static str {
    let (zh, en) = match name {
        "name" => ("页面与通知中显示的名称", "What people read on pages"),
        "corp_id" => ("open-dev.dingtalk.com 首页右上角", "open-dev.dingtalk.com, front page, top right"),
        "client_id" => ("原 AppKey", "Formerly AppKey"),
        "client_secret" => ("原 AppSecret", "Formerly AppSecret"),
        "aes_key" => ("43 个字母或数字", "43 letters or digits"),
        "token" => ("3 至 32 个字母或数字", "3 to 32 letters or digits"),
        "card_template_id" => {
            ("以 .schema 结尾，见 dingduty card-template", "Ends with .schema; see dingduty card-template")
        }
        "key" => (
            "8 至 32 个 a-z 或 0-9；留空则随机生成，之后不能修改",
            "8 to 32 of a-z and 0-9; random if empty, and fixed afterwards",
        ),
        "snooze_minutes" => ("1 至 5 个数字，以逗号分隔", "1 to 5 numbers with commas between them"),
        "card_text_template_id" => (
            "其钉钉应用内容替换卡片上的描述与标签",
            "What it says for DingTalk's app replaces description and labels on cards",
        ),
        "storm_cards_per_minute" => ("超出部分合并为一张计数卡片", "What is beyond is folded into one counting card"),
        _ => ("", ""),
    };
    one(language, zh, en)
}

/// What one of the values to choose from is called.
pub fn choice(field: &str, value: &str, language: Language) -> String {
    let (zh, en) = match (field, value) {
        ("edition", "standard") => ("标准版", "Standard"),
        ("edition", "professional") => ("专业版", "Professional"),
        ("edition", "exclusive") => ("专属版", "Exclusive"),
        ("person_channel", "bot") => ("应用机器人", "The app's bot"),
        ("person_channel", "work_notice") => ("工作通知", "Work notice"),
        ("person_channel", "both") => ("两者都用", "Both"),
        ("group_editors", "owner") => ("群主", "The group's owner"),
        ("group_editors", "members") => ("所有群成员", "Every member of the group"),
        ("group_editors", "nobody") => ("仅管理员", "Administrators only"),
        ("quota_preset", "before-2025-11-19") => ("2025-11-19 之前的标准", "Before 2025-11-19"),
        ("quota_preset", "2025-11-19") => ("2025-11-19 起的标准", "Since 2025-11-19"),
        ("card_hidden_fields", "severity") => ("严重程度", "Severity"),
        ("card_hidden_fields", "channel") => ("协作空间", "Channel"),
        ("card_hidden_fields", "responders") => ("处理人员", "Responders"),
        ("card_hidden_fields", "alerts") => ("告警数", "Number of alerts"),
        ("card_hidden_fields", "snoozed_until") => ("暂缓至", "Snoozed until"),
        ("card_hidden_fields", "description") => ("描述", "Description"),
        ("card_hidden_fields", "labels") => ("标签", "Labels"),
        (_, other) => (other, other),
    };
    one(language, zh, en).to_owned()
}

fn one<'a>(language: Language, zh: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}
