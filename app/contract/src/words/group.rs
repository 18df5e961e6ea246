//! Groups and their subscriptions, in the console and on a group's own page.

crate::words::sentences! {
    groups: "群", "Groups";
    search: "按群名搜索", "Search by name";
    search_button: "搜索", "Search";
    filter_all: "全部", "All";
    filter_dead: "待更换目标", "Need another target";
    none_fits: "没有符合条件的群", "No group fits";
    none_fits_more: "换一个条件再试", "Try another search or filter";
    empty: "还没有群安装酷应用", "No group has installed the cool app yet";
    empty_more: "在钉钉群的“群设置 → 机器人/酷应用”中添加，片刻后会出现在这里", "Add it in a DingTalk group under Group settings → Cool apps; the group appears here in a moment";
    more_groups: "更多的群", "More groups";
    first_page: "回到第一页", "Back to the first page";
    all_groups: "全部群", "All groups";
    health: "状况", "Health";
    state: "酷应用", "Cool app";
    last_event: "最近的钉钉事件", "Last event of DingTalk";
    last_read: "最近一次从钉钉读取", "Last read at DingTalk";
    last_delivered: "最近送达的消息", "Last message that arrived";
    last_push: "最近的机器人推送", "Last robot push";
    last_refused: "最近的失败", "Last refusal";
    members: "成员", "Members";
    robot_url: "机器人推送地址", "Robot push URL";
    robot_url_more: "在 Flashduty 分派策略中添加“钉钉机器人”，填入此地址；请勿公开", "Paste it as a DingTalk robot of an escalation rule in Flashduty. Keep it to yourself";
    subscriptions: "发送到本群的故障", "Sent to this group";
    no_subscription: "还没有订阅，故障不会发送到本群", "No subscription: nothing is sent to this group";
    add: "添加订阅", "Add a subscription";
    change: "修改", "Change";
    remove: "删除", "Remove";
    remove_more: "删除后，符合它的故障不再发送到本群", "What only this subscription sends will not come here any more";
    remove_confirm: "确认删除", "Yes, remove it";
    new_title: "新订阅", "New subscription";
    change_title: "修改订阅", "Change the subscription";
    channels: "协作空间", "Channels";
    channels_all: "不选表示全部", "None chosen means all";
    channels_some: "至少选一个", "Choose at least one";
    channels_more: "其他协作空间的 ID（用逗号分隔）", "Further channels by id, with commas";
    severities: "严重程度", "Severities";
    severities_all: "不选表示全部", "None chosen means all";
    labels: "标签（每行一个，如 service=pay）", "Labels, one a line, such as service=pay";
    labels_all: "故障须带有全部这些标签", "An incident must have all of them";
    mention: "@ 处理人员", "Mention responders";
    repaint: "卡片跟随", "Cards follow";
    repaint_all: "全部变化", "every change";
    repaint_state: "仅状态变化", "changes of state";
    repaint_none: "不更新", "nothing";
    preview: "预览", "Preview";
    save: "保存", "Save";
    cancel: "取消", "Cancel";
    preview_title: "按此设置，最近的故障中会发送到本群的", "With this, these of the newest incidents would have come here";
    preview_count(fitting, looked): "最近 {looked} 个故障中有 {fitting} 个符合", "{fitting} of the {looked} newest incidents fit";
    preview_none(looked): "最近 {looked} 个故障都不符合", "None of the {looked} newest incidents fits";
    preview_shown(n): "显示最新的 {n} 个", "The newest {n} are shown";
    test: "发送测试消息", "Send a test message";
    test_more: "机器人会在群里说明这是测试，计一次调用", "The bot says in the group that it is a test. It costs one call";
    test_title: "测试消息", "Test message";
    test_waiting: "正在发送", "On its way";
    test_arrived: "已送达", "Arrived";
    reload: "刷新", "Reload";
    dead_title: "故障发不到本群", "Nothing can be sent to this group";
    dead_more: "可把本群的全部订阅改到另一个群", "All its subscriptions can be moved to another group";
    replace: "改发到另一个群", "Replace by another group";
    replace_here: "改发到这个群", "Replace by this group";
    no_replacement: "没有其他符合的群", "No other group fits";
    saved: "已保存", "Saved";
    removed: "已删除", "Removed";
    moved: "订阅已改到此群", "The subscriptions are this group's now";
    test_sent: "测试消息已发出", "The test message is on its way";

    // a group's own page
    on_call: "值班", "On call";
    on_call_none: "本群订阅的协作空间没有值班表", "The channels sent here have no schedule you can see";
    change_here: "修改发送内容", "Change what is sent here";
    change_ask: "群主或管理员可以修改发送到本群的内容", "The group's owner or an administrator can change what is sent here";

    // what the bot says
    test_message_title: "测试消息", "Test message";
    test_message(who): "测试消息：能看到它，说明故障可以发送到本群。由 {who} 发送，无需处理。", "Test message: seeing it means that incidents can be sent to this group. Sent by {who}; nothing needs to be done.";
    an_administrator: "管理员", "an administrator";
    test_soon(seconds): "刚发送过测试消息，请在 {seconds} 秒后再试", "A test message was sent a moment ago; try again in {seconds} s";
    test_pending: "上一条测试消息还在发送", "The last test message is still on its way";
}
