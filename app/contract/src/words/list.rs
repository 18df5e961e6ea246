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

    undo: "撤销", "Undo";
    undo_reason: "撤销刚才的关闭", "Undoing the closing of a moment ago";
}
