//! Sentences of the pages. Words that cards and pages share (states, severities, acts) are in [`super::card`].

super::sentences! {
    product: "Flashduty 值班", "Flashduty on-call";
    demo: "演示环境：钉钉与 Flashduty 均为模拟", "Demo: DingTalk and Flashduty are simulated";
    joiner: "、", ", ";
    skip: "跳到主要内容", "Skip to content";

    // times
    just_now: "刚刚", "just now";
    minutes_ago(n): "{n} 分钟前", "{n} min ago";
    hours_ago(n): "{n} 小时前", "{n} h ago";
    days_ago(n): "{n} 天前", "{n} d ago";
    as_of(at): "数据截至 {at}", "As of {at}";
    refresh: "刷新", "Refresh";

    // menu
    menu: "菜单", "Menu";
    menu_account: "我的账号", "My account";
    menu_switch: "切换账号", "Switch account";
    menu_sign_in: "登录", "Sign in";
    menu_language: "语言", "Language";
    language_zh: "简体中文", "简体中文";
    language_en: "English", "English";
    menu_theme: "外观", "Appearance";
    theme_system: "跟随系统", "System";
    theme_light: "浅色", "Light";
    theme_dark: "深色", "Dark";

    // lists
    incidents: "故障", "Incidents";
    tabs: "列表范围", "Which incidents";
    tab_mine: "我的", "Mine";
    tab_open: "全部未关闭", "All open";
    empty_mine: "没有需要您处理的故障", "Nothing needs you";
    empty_mine_more: "分派给您的故障会出现在这里", "Incidents assigned to you appear here";
    empty_open: "没有未关闭的故障", "No open incidents";
    empty_open_more: "新的故障会出现在这里", "New incidents appear here";
    empty_page: "这一页没有内容", "This page is empty";
    see_open: "查看全部未关闭", "See all open";
    total(n): "共 {n} 个", "{n} in all";
    previous: "上一页", "Previous";
    next: "下一页", "Next";
    page_number(n): "第 {n} 页", "Page {n}";
    paging: "翻页", "Pages";
    list: "列表", "List";
    back_to_list: "返回列表", "Back to the list";
    choose_one: "从左侧选择一个故障", "Choose an incident on the left";
    choose_one_more: "详情、时间线和操作会显示在这里", "Its details, timeline and acts appear here";
    alerts(n): "{n} 个告警", "Alerts: {n}";
    and_more(n): "等 {n} 人", "and {n} more";
    acknowledged_by(names): "{names}已认领", "acknowledged by {names}";
    nobody_assigned: "未分派处理人员", "Nobody assigned";
    no_channel: "独立故障", "No channel";
    last_act(who, what, at): "{who}{what} · {at}", "{who} {what} · {at}";

    // one incident
    untitled: "（无标题）", "(no title)";
    started: "触发", "Started";
    acknowledged: "首次认领", "Acknowledged";
    closed: "关闭", "Closed";
    snoozed: "暂缓至", "Snoozed until";
    responders: "处理人员", "Responders";
    responder_acknowledged(at): "{at} 认领", "acknowledged {at}";
    responder_waiting: "尚未认领", "not yet acknowledged";
    you: "您", "you";
    labels: "标签", "Labels";
    labels_more(n): "其余 {n} 个标签", "More labels: {n}";
    description: "描述", "Description";
    root_cause: "根因", "Root cause";
    resolution: "解决办法", "Resolution";
    timeline: "时间线", "Timeline";
    timeline_empty: "还没有记录", "Nothing yet";
    timeline_cut: "更早的记录请在 Flashduty 中查看", "Older entries are in Flashduty";
    more_acts: "更多操作", "More";
    optional: "选填", "optional";

    // acts
    unacknowledge: "取消认领", "Unacknowledge";
    reopen: "重新打开", "Reopen";
    comment: "评论", "Comment";
    snooze_for: "暂缓通知", "Snooze for";
    snooze_custom: "其他时长", "Another time";
    snooze_minutes: "分钟（1–1440）", "Minutes (1–1440)";
    close_with_notes: "关闭时写明根因和解决办法", "Close with root cause and resolution";
    close_notes_hint: "填写后点“关闭”一并提交", "Fill in, then press Close";
    reopen_reason: "重新打开的原因", "Why reopen it?";
    comment_text: "写评论", "Write a comment";
    comment_send: "发送", "Send";
    working: "处理中…", "Working…";
    done_acknowledge: "已认领", "Acknowledged";
    done_unacknowledge: "已取消认领", "Acknowledgement withdrawn";
    done_close: "已关闭", "Closed";
    done_reopen: "已重新打开", "Reopened";
    done_snooze: "已暂缓", "Snoozed";
    done_wake: "已取消暂缓", "Snooze ended";
    done_comment: "评论已发送", "Comment sent";
    already_so: "此前已有人操作，这是最新状态", "Somebody had done that already; this is the present state";
    no_answer: "没有收到回应", "No answer came back";
    no_answer_remedy: "请检查网络，刷新查看最新状态后再操作", "Check the network and refresh to see the present state before you try again";

    // what happened, after a name
    did_new: "创建", "created it";
    did_assign: "分派", "assigned it";
    did_add_responder: "添加处理人员", "added responders";
    did_notify: "发送通知", "sent notifications";
    did_storm: "告警风暴", "alert storm";
    did_snooze: "暂缓", "snoozed it";
    did_wake: "取消暂缓", "ended the snooze";
    did_acknowledge: "认领", "acknowledged";
    did_unacknowledge: "取消认领", "withdrew the acknowledgement";
    did_comment: "评论", "commented";
    did_close: "关闭", "closed it";
    did_reopen: "重新打开", "reopened it";
    did_merge: "合并故障", "merged incidents";
    did_title: "修改标题", "changed the title";
    did_description: "修改描述", "changed the description";
    did_impact: "修改影响", "changed the impact";
    did_root_cause: "修改根因", "changed the root cause";
    did_resolution: "修改解决办法", "changed the resolution";
    did_severity: "修改严重程度", "changed the severity";
    did_field: "修改字段", "changed a field";
    did_flapping: "因频繁抖动暂停通知", "paused notifications: flapping";
    did_mute_reply: "静默回复", "muted replies";
    did_custom: "执行自定义操作", "ran a custom action";
    did_war_room: "创建作战室", "opened a war room";
    did_war_room_end: "解散作战室", "closed the war room";
    did_refresh: "刷新卡片", "refreshed the card";
    did_alert_merge: "并入新的告警", "merged an alert in";
    did_work_new: "创建工作项", "created a work item";
    did_work_change: "更新工作项", "changed a work item";
    did_work_assign: "分派工作项", "assigned a work item";
    did_work_done: "完成工作项", "completed a work item";
    did_work_convert: "转换工作项", "converted a work item";
    did_work_bind: "关联工作项", "bound a work item";
    did_work_delete: "删除工作项", "deleted a work item";
    did_something: "事件", "event";

    // a group
    group: "群故障", "Group incidents";
    group_empty: "本群没有未关闭的故障", "No open incidents in this group";
    group_empty_more: "订阅的故障会以卡片发到群里，并列在这里", "Subscribed incidents come as cards and are listed here";
    group_sent: "发送到本群", "Sent to this group";
    group_members(n): "{n} 位成员", "Members: {n}";
    group_robot(at): "Flashduty 分派规则的机器人推送，最近一次 {at}", "robot pushes of Flashduty's escalation rules, last {at}";
    follows_state: "卡片仅在状态变化时更新", "cards follow changes of state";
    follows_nothing: "卡片不更新", "cards stay as they came";
    see_own: "查看我的故障", "See my incidents";
    group_sent_nothing: "还没有订阅，故障不会发送到本群", "No subscription yet: nothing is sent to this group";
    all_channels: "全部协作空间", "all channels";
    all_severities: "全部严重程度", "all severities";
    mentions: "@处理人员", "mentions responders";

    // arriving
    arriving: "正在确认您的钉钉身份…", "Asking DingTalk who you are…";
    arrive_outside: "请在钉钉中打开", "Open this in DingTalk";
    arrive_outside_remedy: "打开钉钉 → 工作台 → 本应用；也可以在这里用钉钉账号登录", "DingTalk → Workplace → this app. Or sign in here with your DingTalk account";
    arrive_login: "用钉钉登录", "Sign in with DingTalk";
    arrive_failed: "钉钉没有确认您的身份", "DingTalk did not tell us who you are";
    arrive_failed_remedy: "请重试；若仍失败，请关闭页面，从工作台重新打开", "Try again; if it fails again, close the page and open it from the workplace";
    arrive_kept: "登录后页面没有记住您", "The page did not remember you after signing in";
    arrive_kept_remedy: "请在钉钉客户端内打开，并允许 Cookie", "Open it inside the DingTalk client and allow cookies";
    arrive_retry: "重试", "Try again";
    arrive_no_script: "首次打开需要运行一小段脚本向钉钉确认身份，当前浏览器禁用了脚本。请启用后重新打开，或用钉钉账号登录。", "The first opening needs a small script that asks DingTalk who you are, and scripts are off here. Turn them on and open the page again, or sign in with your DingTalk account.";

    // linking
    sign_in: "关联账号", "Link accounts";
    step_arrive: "钉钉身份", "DingTalk";
    step_choose: "Flashduty 身份", "Flashduty";
    step_confirm: "确认", "Confirm";
    hello(name): "{name}，您好", "Hello {name}";
    choose_why: "关联一次 Flashduty 账号，以后在钉钉里无需再登录", "Link your Flashduty account once; after that DingTalk is enough";
    way_oauth: "登录 Flashduty", "Sign in at Flashduty";
    way_oauth_more: "在 Flashduty 的页面登录并授权，推荐", "On Flashduty's own page; recommended";
    way_key: "使用个人 APP Key", "Use my own APP key";
    way_key_more: "在 Flashduty 控制台 账户 → APP Key 中用您自己的账号创建；这里加密保存，不再显示", "Create it as yourself in Flashduty's console under Account → APP Key; it is kept sealed and never shown again";
    way_key_field: "APP Key", "APP key";
    way_key_send: "验证并继续", "Check and continue";
    way_or: "或", "or";
    no_ways: "管理员还没有开启关联方式", "No way to sign in is set up yet";
    no_ways_more: "请联系管理员检查集成的 Flashduty 设置", "Ask an administrator to check the integration's Flashduty settings";
    confirm_title: "这是同一个人吗？", "Are these the same person?";
    confirm_why: "确认后，您在钉钉里的操作会以这个 Flashduty 成员的身份进行", "Once confirmed, what you do in DingTalk is done as this Flashduty member";
    dingtalk_person: "钉钉", "DingTalk";
    flashduty_member: "Flashduty", "Flashduty";
    taken_from(name): "该成员目前关联的是 {name}", "This member is linked to {name} now";
    taken_confirm(name): "我确认由我接管，{name} 会收到通知", "I take it over; {name} will be told";
    confirm_link: "确认关联", "Confirm and link";
    confirm_other: "不是我，换一个账号", "Not me: use another account";
    then(num, act): "确认后将为您{act} #{num}", "After this, #{num} is {act} for you";
    then_acknowledge: "认领", "acknowledged";
    then_unacknowledge: "取消认领", "given back";
    then_close: "关闭", "closed";
    then_reopen: "重新打开", "reopened";
    then_snooze: "暂缓", "snoozed";
    then_wake: "取消暂缓", "woken";
    then_comment: "评论", "commented on";
    linked: "已关联，以后无需再登录", "Linked. You will not be asked again";
    unlinked: "已解除关联", "The link is removed";
    go_sign_in: "去关联账号", "Link accounts";
    fill_form: "填写表单", "Fill in the form";
    go_home: "打开首页", "Open the homepage";

    // own account
    account: "我的账号", "My account";
    account_of: "Flashduty 账户", "Flashduty account";
    proof: "关联方式", "Proved by";
    proof_oauth: "登录 Flashduty", "sign-in at Flashduty";
    proof_key: "个人 APP Key", "own APP key";
    proof_directory: "公司通讯录匹配", "company directory";
    linked_at: "关联时间", "Linked";
    switch_more: "以另一个 Flashduty 成员重新关联；完成前现有关联不变", "Link again as another Flashduty member; the present link stays until that is done";
    unlink: "解除关联", "Unlink";
    unlink_more: "解除后，保存在这里的凭据会被销毁；您将收不到个人卡片，也不能在钉钉里操作故障，直到重新关联", "The credential kept here is destroyed. Until you link again you get no personal cards and cannot act on incidents from DingTalk";
    unlink_confirm: "确认解除关联", "Yes, unlink me";

    // console
    console: "控制台", "Console";
    console_empty: "还没有集成", "No integration yet";
    console_empty_more: "在下方添加，或用命令 dingduty integration add", "Add one below, or with: dingduty integration add";
    console_integrations: "全部集成", "All integrations";
    console_sections: "控制台页面", "Pages of the console";
    console_overview: "概览", "Overview";
    console_leave: "退出控制台", "Leave the console";
    console_observer: "您是观察者：可以查看，不能更改", "You are an observer: you may look, not change";
    console_people: "人员", "People";
    console_open_checks(n): "{n} 项待完成", "Steps to do: {n}";
    console_enter: "请用一次性链接登录", "Sign in with a one-time link";
    console_enter_more: "在服务器上运行 dingduty console-link，打开它打印的链接", "Run dingduty console-link on the server and open the link it prints";
    console_addresses: "复制到钉钉与 Flashduty 后台的地址", "Addresses to copy into DingTalk's and Flashduty's consoles";
    console_evidence: "接通情况", "Connection";
    console_check: "钉钉事件地址验证", "DingTalk event address verified";
    console_webhook: "最近一次 Flashduty 推送", "Last webhook from Flashduty";
    console_never: "还没有收到", "not seen yet";
    console_links: "已关联人员", "Linked people";
    console_chat_dead(n): "{n} 个订阅需改到其他群", "Subscriptions to be moved to another group: {n}";
    console_chat_subscriptions(n): "{n} 个订阅", "Subscriptions: {n}";
    chat_installed: "已安装", "installed";
    chat_uninstalled: "已卸载", "uninstalled";
    chat_disbanded: "已解散", "disbanded";
    console_deliveries: "最近的发送", "Recent deliveries";
    console_no_deliveries: "还没有发送过", "Nothing sent yet";
    console_target: "目标", "Target";
    console_incident: "故障", "Incident";
    console_outcome: "结果", "Outcome";
    console_remedy: "处理办法", "Remedy";
    console_at: "时间", "Time";

    // problems
    problem: "出错了", "Something is in the way";
    problem_id(id): "编号 {id}", "Id {id}";
}
