//! The console's pages of what went out, what it cost, war rooms and the audit log.

crate::words::sentences! {
    // deliveries
    deliveries: "投递记录", "Deliveries";
    delivery: "投递", "Delivery";
    deliveries_none: "没有投递记录", "No deliveries";
    deliveries_none_more: "故障触发后，发给群和处理人的每条消息都会出现在这里", "Every message to groups and responders stands here once an incident begins";
    deliveries_none_found: "没有符合条件的投递", "Nothing fits";
    deliveries_none_found_more: "放宽条件或清除筛选", "Leave a condition out, or clear the filter";
    deliveries_filter: "搜索与筛选", "Search and filter";
    deliveries_query: "搜索", "Search";
    deliveries_query_more: "姓名、群名、故障编号或标题、错误码、请求 ID", "Name, group, incident number or title, code, request id";
    state: "状态", "State";
    state_waiting: "待发送", "Waiting";
    state_done: "已完成", "Done";
    state_failed: "未送达", "Failed";
    outcome: "结果", "Outcome";
    person: "人员", "Person";
    group: "群", "Group";
    incident: "故障", "Incident";
    room: "作战室", "War room";
    everybody: "全员", "Everybody";
    since: "起始时间", "From";
    until: "截止时间", "Until";
    without(what): "取消：{what}", "Without: {what}";
    misread: "以下条件无法识别，未用于筛选", "Not understood, and not used to filter";
    first_page: "回到最新", "Back to the newest";
    older: "更早的", "Older ones";
    looked_to: "已查找到", "Looked back to";
    look_further: "继续往前查找", "Look further back";
    next_try(at): "将于 {at} 重试", "Tried again at {at}";
    attempts(n): "已尝试 {n} 次", "Attempts: {n}";
    cost(n): "消耗 {n} 次调用", "Counted calls: {n}";
    cure: "处理办法", "Cure";
    curer: "由谁处理", "Who can do it";
    cause: "原因", "Cause";
    about_incident: "该故障的全部投递", "All deliveries of this incident";
    about_target: "发给该目标的全部投递", "All deliveries to this target";
    back_to_deliveries: "投递记录", "Deliveries";
    delivery_reason: "发送缘由", "Reason";
    delivery_created: "产生于", "Made";
    delivery_changed: "最近变化", "Last change";
    code: "钉钉返回码", "DingTalk's code";
    request_id: "请求 ID", "Request id";
    said: "钉钉的说明", "DingTalk's words";
    folded_into: "已并入汇总卡片", "Folded into a digest card";
    shown_now: "大家现在看到的卡片", "The card as everybody sees it now";
    shown_not_there: "卡片尚未送达，以下为准备好的内容", "The card is not there yet; this is what it would show";
    tries: "尝试", "Attempts";
    tries_none: "还没有尝试过", "No attempt yet";
    attempt(n): "第 {n} 次", "Attempt {n}";
    took(ms): "耗时 {ms} 毫秒", "took {ms} ms";
    // sending again
    send_again: "重新发送", "Send again";
    send_again_more: "立即按原样再发一次，不会重复显示", "It is sent as it was; it is not shown twice";
    send_once_more: "仍然再发一次", "Send once more all the same";
    send_once_more_more: "再发一次会多出一张卡片或一条消息，原来的不会消失", "One more card or message appears; the first one stays";
    not_again(why): "不能直接重发：{why}", "Not simply sent again: {why}";
    never_again(why): "现在不能重发：{why}", "Cannot be sent again now: {why}";
    asked_again: "已安排重新发送", "It is being sent again";
    send_all_again: "全部重新发送…", "Send all of these again…";
    send_all_title(cause): "重新发送所有“{cause}”的投递？", "Send all again that failed with “{cause}”?";
    send_all_count(n): "共 {n} 条", "There are {n}";
    send_all_count_more(n): "至少 {n} 条，一次最多发送 {n} 条，其余可继续", "There are {n} or more; {n} go at once, the rest can follow";
    send_all_more: "可能已送达的、故障已关闭的不会重发；每 0.2 秒发送一条，不会挤占新故障", "What may have arrived and what belongs to closed incidents is left alone; one goes every 0.2 s, so that new incidents do not wait";
    send_all_yes(n): "确认重新发送 {n} 条", "Yes, send {n} again";
    send_all_rest: "继续发送其余的", "Go on with the rest";
    cancel: "取消", "Cancel";
    sent_again(n): "已安排 {n} 条重新发送", "Being sent again: {n}";
    left_alone(n): "{n} 条未重发，原因见各条", "Left alone: {n}; each says why";
    // why nothing came
    why_title: "为什么没有收到消息？", "Why did I not get a message?";
    why_who: "谁没有收到（姓名、群名或用户 ID）", "Who got nothing (name, group or user id)";
    why_look: "查找", "Look";
    why_found: "找到的每条都写明原因、处理办法和由谁处理；未送达的可在处理后重新发送", "Each one found says the cause, the cure and who can do it; once that is done it can be sent again";
    why_not_linked: "最常见：本人还没有从工作台打开过本应用并登录 Flashduty", "Most often: they have not opened this app from the workplace and signed in to Flashduty";
    why_not_installed: "群里没有安装酷应用，或已被移除", "The group has no cool app, or it was taken out";
    why_nothing: "没有任何记录：此人不是该故障的处理人，也没有群订阅了该协作空间和严重程度", "Nothing is found: they were no responder of the incident, and no group's subscription fits its channel and severity";
    why_late: "等待中：额度用尽、限流或地址被封，到时会自动发送", "It waits: the quota is used up, calls are too fast or the address is banned; it goes out by itself";
    // overview
    waiting_now(n): "{n} 条等待发送", "Waiting: {n}";
    failed_lately(n): "近 24 小时 {n} 条未送达", "Failed in the last 24 hours: {n}";
    at_least(n): "{n}+", "{n} or more";
    all_well: "近 24 小时没有未送达的消息", "Nothing failed in the last 24 hours";
    // quota
    quota: "调用额度", "Quota";
    api_calls: "接口调用", "API calls";
    pushes: "事件推送", "Event pushes";
    used_of(used, limit, percent): "本月已用 {used} / {limit}（{percent}%）", "Used this month: {used} of {limit} ({percent} %)";
    used_no_limit(used): "本月已用 {used}，上限以合同为准", "Used this month: {used}; the contract says how many there are";
    spent(at): "已用尽，消息将保留至 {at}", "Used up; messages are held until {at}";
    spent_on(at): "照此速度，将于 {at} 用尽", "At this pace used up on {at}";
    lasts: "照此速度，本月够用", "At this pace it lasts this month";
    reserve(n): "为新故障预留 {n} 次", "Kept for new incidents: {n}";
    warned(levels): "已预警：{levels}", "Warnings given: {levels}";
    per_second(n): "每个接口每秒最多 {n} 次", "At most {n} calls of one API in a second";
    economy_near_the_end: "节省模式：额度将尽，卡片每分钟最多刷新一次，次要消息暂缓", "Saving: almost nothing is left. Cards change once a minute at most, lesser messages wait";
    economy_forecast: "节省模式：照此速度本月不够用，卡片每分钟最多刷新一次，次要消息暂缓", "Saving: it would not last this month. Cards change once a minute at most, lesser messages wait";
    banned_until(at): "钉钉已封禁本服务器地址，{at} 前暂停一切调用", "DingTalk has banned this server's address; no call before {at}";
    by_day(title): "{title}：每日", "{title} by day";
    by_route(title): "{title}：用途", "{title} by purpose";
    day: "日", "Day";
    count: "次数", "Count";
    used_for: "用途", "Purpose";
    as_table: "以表格查看", "As a table";
    other_routes: "其他", "Other";
    route_card: "发送卡片", "Send cards";
    route_repaint: "刷新卡片", "Repaint cards";
    route_group: "群消息", "Messages to groups";
    route_people: "单聊消息", "Messages to people";
    route_notice: "工作通知", "Work notices";
    route_members: "读取群与成员", "Read groups and members";
    route_room: "作战室", "War rooms";
    what_if: "如果……", "What if";
    what_if_more(percent): "按最近 7 天的速度推算；最近的投递中 {percent}% 发往群", "From the pace of the last 7 days; of what was sent lately {percent} % went to groups";
    no_repaints: "不刷新卡片", "Without repainting cards";
    no_people: "不发给个人，只发到群", "Nothing to people, only to groups";
    groups_percent: "群的数量（当前的 %）", "Groups (% of today's)";
    incidents_percent: "故障数量（当前的 %）", "Incidents (% of today's)";
    with_edition: "钉钉版本", "DingTalk edition";
    as_it_is: "不变", "as it is";
    compute: "推算", "Work it out";
    circumstances: "情形", "Circumstances";
    as_it_goes: "照现在", "As it goes";
    so_it_would: "如果这样", "As it would go";
    per_day: "每日", "A day";
    at_end: "月底累计", "At the end of the month";
    limit: "上限", "Limit";
    spent_when: "用尽于", "Used up on";
    not_this_month: "本月不会", "not this month";
    figures: "版本与上限", "Edition and limits";
    edition: "钉钉版本", "DingTalk edition";
    edition_standard: "标准版", "Standard";
    edition_professional: "专业版", "Professional";
    edition_exclusive: "专属版", "Exclusive";
    preset: "上限标准", "Figures";
    preset_former: "2025-11-19 之前签约", "Contracts from before 2025-11-19";
    preset_present: "2025-11-19 起", "Since 2025-11-19";
    presets: "各版本上限", "Limits of all editions";
    holds_from: "适用", "Holds";
    calls_a_second: "每秒", "A second";
    by_contract: "以合同为准", "by contract";
    own_api: "每月接口调用（另有约定时）", "API calls a month, where agreed otherwise";
    own_push: "每月事件推送（另有约定时）", "Event pushes a month, where agreed otherwise";
    own_per_second: "每秒调用（另有约定时）", "Calls a second, where agreed otherwise";
    as_preset: "按版本", "as in the edition";
    own_more: "留空即按版本与标准取值；修改立即生效，等待额度的消息会马上重试", "Empty means as in the edition; a change holds at once, and what waits for quota is tried at once";
    save: "保存", "Save";
    saved: "已保存", "Saved";
    changed_meanwhile: "其他人刚刚修改了这些数值，未覆盖。请核对后再保存", "Somebody else has changed these figures meanwhile; theirs were kept. Look at them and save again";
    wrong_figure: "上限须为 0 到 1000000000 的整数，未保存", "A limit is a whole number from 0 to 1000000000; nothing was saved";
    wrong_per_second: "每秒调用须为 1 到 1000 的整数，未保存", "Calls a second are a whole number from 1 to 1000; nothing was saved";
    // war rooms
    war_rooms: "作战室", "War rooms";
    rooms_none: "没有作战室", "No war rooms";
    rooms_none_more: "在卡片或故障页上点一下即可创建", "One press on a card or an incident's page makes one";
    room_making: "创建中", "Being made";
    room_failed: "创建未成功", "Could not be made";
    room_open: "进行中", "Open";
    room_ending: "即将解散", "Being dismissed";
    room_gone: "已解散", "Gone";
    asked_by(who): "由 {who} 创建", "Asked for by {who}";
    inside(n): "{n} 人在内", "People in it: {n}";
    more_missing(n): "另有 {n} 人", "{n} more";
    room_page: "作战室页面", "Its page";
    dismiss_now: "解散", "Dismiss";
    dismissing: "已开始倒计时，可在作战室页面取消", "The countdown has begun; it can be kept on the war room's page";
    // audit log
    audit: "审计日志", "Audit log";
    audit_none: "没有记录", "No lines";
    actor: "操作者", "Who";
    act: "操作", "Act";
    subject: "对象", "What";
    address: "来源地址", "From";
    this_machine: "本机", "this machine";
    line(seq): "第 {seq} 条", "Line {seq}";
    line_outside: "不在日志序列中：不是本系统写入的", "In no place: it was not written through the product";
    line_holds: "未被改动", "as it was written";
    line_broken: "已被改动，或前面缺少记录", "changed, or the line before it is missing";
    export: "导出（JSON Lines）", "Export (JSON lines)";
    verify: "校验整个日志", "Verify the whole log";
    verified(n): "整个日志共 {n} 条，未被改动", "The whole log holds: {n} lines as they were written";
    verified_hash: "最新一条的哈希（请另行保存，日后可用命令 dingduty audit verify --holds 核对）", "Hash of the newest line; kept elsewhere, dingduty audit verify --holds finds it again";
    not_verified: "日志被改动过", "The log was changed";
}

/// A call's path as what it is for; others as they are.
pub fn route(path: &str, language: crate::Language) -> String {
    let word = match path {
        "/v1.0/card/instances/createAndDeliver" | "/v1.0/card/instances/deliver" => route_card(language),
        "/v1.0/card/instances" => route_repaint(language),
        "/v1.0/robot/groupMessages/send" => route_group(language),
        "/v1.0/robot/oToMessages/batchSend" => route_people(language),
        "/v1.0/im/sceneGroups/query" | "/v1.0/im/sceneGroups/members/batchQuery" => route_members(language),
        _ if path.starts_with("/topapi/message/corpconversation/") => route_notice(language),
        _ if path.starts_with("/v1.0/im/sceneGroup/") || path.contains("/im/chat/sc") => route_room(language),
        _ => path,
    };
    word.to_owned()
}

/// The words of an edition of DingTalk by its fixed name.
pub fn edition_name(name: &str, language: crate::Language) -> &'static str {
    match name {
        "professional" => edition_professional(language),
        "exclusive" => edition_exclusive(language),
        _ => edition_standard(language),
    }
}

/// The words of a war room's state by its fixed name.
pub fn room_state(name: &str, language: crate::Language) -> &'static str {
    match name {
        "making" => room_making(language),
        "failed" => room_failed(language),
        "open" => room_open(language),
        "ending" => room_ending(language),
        _ => room_gone(language),
    }
}
