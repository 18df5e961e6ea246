//! Sentences of lists and of the homepage's other tab.

super::sentences! {
    tab_on_call: "值班", "On call";

    // filters
    filter: "筛选", "Filter";
    filtered(n): "筛选（{n}）", "Filter ({n})";
    search: "搜索标题、描述或编号", "Search title, description or number";
    severity: "严重程度", "Severity";
    progress: "处理进度", "State";
    channel: "协作空间", "Channel";
    any: "全部", "Any";
    show: "查看", "Show";
    clear: "清除", "Clear";
    none_fits: "没有符合条件的故障", "No incident fits";
    none_fits_more: "换一个条件，或清除筛选", "Try something else, or clear the filter";

    // who is on call
    my_shifts: "我的班次", "My shifts";
    no_shifts: "未来 30 天没有您的班次", "You have no shift in the next 30 days";
    on_now: "值班中", "on call now";
    left(time): "还剩 {time}", "{time} left";
    starts_in(time): "{time}后开始", "in {time}";
    from_to(from, to): "{from} – {to}", "{from} – {to}";
    until(to): "至 {to}", "until {to}";
    from(from): "{from} 起", "from {from}";
    now: "当前", "Now";
    next: "接班", "Next";
    nobody: "无人值班", "Nobody";
    others: "其他排班", "Other schedules";
    no_schedules: "Flashduty 中还没有排班", "There is no schedule in Flashduty yet";
    no_schedules_more: "排班建好后，这里显示当前和下一班的值班人员", "Once there is one, it shows who is on call now and next";
    schedules_cut: "其余排班请在 Flashduty 中查看", "More schedules are in Flashduty";
    less_than_a_minute: "不到 1 分钟", "less than a minute";
    hours_minutes(hours, minutes): "{hours} 小时 {minutes} 分", "{hours} h {minutes} min";
    days_hours(days, hours): "{days} 天 {hours} 小时", "{days} d {hours} h";

    // acting on many
    choose: "多选", "Select";
    choose_all: "全选本页", "Select all here";
    choose_none: "全不选", "Select none";
    choose_end: "取消", "Cancel";
    choose_why: "勾选故障后，在下方选择操作；执行前会列出每一个故障", "Tick incidents and choose an act below. Each is listed again before anything is done";
    choose_missing: "ids：请至少选择一个故障", "ids: choose at least one incident";
    choose_too_many(most): "ids：一次最多 {most} 个故障", "ids: at most {most} incidents at once";
    choose_wrong: "ids：不是故障编号", "ids: not the id of an incident";
    bulk_acknowledge: "批量认领", "Acknowledge several";
    bulk_close: "批量关闭", "Close several";
    bulk_unacknowledge: "批量取消认领", "Withdraw several acknowledgements";
    bulk_reopen: "批量重新打开", "Reopen several";
    bulk_for(n): "将处理 {n} 个故障", "Will be done for: {n}";
    bulk_for_none: "所选故障都不需要此操作", "None of those chosen needs this";
    bulk_skipped(n): "{n} 个将跳过", "Left out: {n}";
    bulk_do_acknowledge(n): "认领 {n} 个故障", "Acknowledge {n}";
    bulk_do_close(n): "关闭 {n} 个故障", "Close {n}";
    bulk_do_unacknowledge(n): "取消认领 {n} 个故障", "Withdraw {n}";
    bulk_do_reopen(n): "重新打开 {n} 个故障", "Reopen {n}";
    bulk_did_acknowledge(n): "已认领 {n} 个", "Acknowledged: {n}";
    bulk_did_close(n): "已关闭 {n} 个", "Closed: {n}";
    bulk_did_unacknowledge(n): "已取消认领 {n} 个", "Withdrawn: {n}";
    bulk_did_reopen(n): "已重新打开 {n} 个", "Reopened: {n}";
    bulk_already(n): "此前已完成 {n} 个", "Were so already: {n}";
    bulk_under_way(n): "{n} 个仍在处理，稍后刷新列表查看", "Still under way, refresh the list in a moment: {n}";
    bulk_refused(n): "未完成 {n} 个", "Not done: {n}";
    bulk_is_so: "已是此状态", "is so already";
    bulk_goes_on: "处理中", "under way";
    bulk_rest(n): "其余 {n} 个", "{n} more";
    bulk_note: "解决办法（选填，写入每一个故障）", "Resolution (optional, written to each of them)";
    hidden_incident: "不可见或已不存在的故障", "An incident that you may not see, or that is gone";

    stale(at): "暂时无法连接 Flashduty。以下是 {at} 的记录，可能不完整", "Flashduty cannot be reached. This is what was known at {at}, and may not be all";

    undo: "撤销", "Undo";
    undo_reason: "撤销刚才的关闭", "Undoing the closing of a moment ago";
}
