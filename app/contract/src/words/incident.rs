//! Sentences of an incident's page and of what an act asks before it is done.

crate::words::sentences! {
    // sections of the page
    sections: "页内导航", "On this page";
    alerts: "告警", "Alerts";
    alerts_none: "没有告警", "No alerts";
    alerts_unread: "暂时无法读取告警", "The alerts could not be read just now";
    alert_events(n): "{n} 次事件", "Events: {n}";
    alert_recovered: "已恢复", "recovered";
    alert_active: "未恢复", "active";
    alert_labels(n): "{n} 个标签", "Labels: {n}";
    untitled_alert: "（无标题告警）", "(no title)";
    reached: "钉钉送达情况", "Who was reached in DingTalk";
    reached_short: "送达", "Reached";
    reached_none: "还没有向任何人发送", "Nothing has been sent to anybody yet";
    reached_group: "群", "A group";
    reached_arrived: "已送达", "reached";
    reached_waiting: "发送中", "on its way";
    reached_not: "未送达", "not reached";
    reached_who(who): "可由{who}处理", "can be cured by: {who}";
    impact: "影响", "Impact";
    summary: "智能摘要", "Summary";
    fields: "自定义字段", "Fields";
    links: "链接", "Links";
    images: "图片", "Pictures";
    image(n): "图片 {n}", "Picture {n}";
    level(rule, n): "分派规则“{rule}”，第 {n} 级", "Escalation rule “{rule}”, level {n}";
    in_flashduty: "在 Flashduty 中打开", "Open in Flashduty";
    last_change: "最近变化", "Last change";
    mute: "静默评论：不通知任何人", "Quiet: nobody is notified of it";
    words_kept: "您填写的内容还在，请修改后再提交", "What you wrote is still there; correct it and submit again";

    // acts that ask first
    give: "转交与升级", "Give it to somebody";
    reassign: "重新分派", "Reassign";
    escalate: "升级", "Escalate";
    add_responder: "添加处理人员", "Add responder";
    custom_action: "自定义操作", "Custom actions";
    done_reassign: "已重新分派", "Reassigned";
    done_escalate: "已升级", "Escalated";
    done_add_responder: "已添加处理人员", "Responders added";
    done_custom_action: "自定义操作已执行", "The custom action was run";
    then_given: "处理", "handled";

    // choosing people
    reassign_why: "选中的人会收到通知并成为新的处理人员；原处理人员不再负责，也不再自动升级", "Those you choose are notified and handle it instead of the present responders; it escalates no further by itself";
    reassign_falls_back: "故障会回到待处理，除非新处理人员中有人已认领", "It goes back to triggered unless one of them has acknowledged it";
    add_why: "选中的人会收到通知，与现有处理人员一起处理", "Those you choose are notified and handle it together with the present responders";
    reassign_do: "重新分派给所选人员", "Reassign to those chosen";
    add_do: "添加所选人员", "Add those chosen";
    search_name: "按姓名搜索", "Search by name";
    search: "搜索", "Search";
    search_all: "显示推荐", "Show the best ones";
    found_none(query): "没有姓名包含“{query}”的成员", "No member's name contains “{query}”";
    people_none: "没有可选的成员", "There is nobody to choose";
    people_cut: "还有更多成员，请按姓名搜索", "There are more; search by name";
    on_call_now(schedule): "值班中：{schedule}", "On call: {schedule}";
    same_team(team): "{team}", "{team}";
    handled(n): "近 30 天认领同空间故障 {n} 次", "Acknowledged here in 30 days: {n}";
    local_time(time): "当地 {time}", "{time} there";
    linked: "已关联钉钉", "linked";
    not_linked: "未关联钉钉，收不到钉钉卡片", "not linked: gets no card in DingTalk";
    is_responder: "已是处理人员", "has it already";
    now_handled_by(names): "现处理人员：{names}", "Now with: {names}";

    // levels
    escalate_why: "升级会立即通知该层级的人员", "Whoever the level calls is notified at once";
    level_of(n): "第 {n} 级", "Level {n}";
    level_current: "当前", "now here";
    level_next: "下一级", "next";
    level_wakes(n): "将通知 {n} 人", "Notifies people: {n}";
    level_nobody: "该层级目前没有人", "This level calls nobody just now";
    level_by(source): "来自 {source}", "by {source}";
    level_group(messenger): "{messenger} 群", "{messenger} groups";
    level_others(names): "以及：{names}", "And: {names}";
    escalate_do(n): "升级到第 {n} 级", "Escalate to level {n}";
    level_last: "已在最后一级，无法继续升级；可以重新分派或添加处理人员", "It has reached the last level. Reassign it, or add a responder";

    // custom actions
    custom_none: "该故障没有可用的自定义操作", "There is no custom action for this incident";
    custom_none_more: "自定义操作在 Flashduty 控制台的集成中心配置", "They are set up in Flashduty's console under integrations";
    custom_why: "Flashduty 会立即调用该操作的地址，执行后无法撤销", "Flashduty calls the action's address at once; this cannot be undone";
    custom_do(name): "确认执行“{name}”", "Run “{name}” now";
    back_to_incident: "返回故障", "Back to the incident";
}
