//! Sentences of cards and messages.

super::sentences! {
    acknowledge: "认领", "Acknowledge";
    close: "关闭", "Close";
    snooze: "暂缓", "Snooze";
    wake: "取消暂缓", "Wake";
    unacknowledge: "取消认领", "Withdraw";
    /// In place of the button, once somebody has acknowledged.
    acknowledged: "✓ 已认领", "✓ Acknowledged";
    details: "详情", "Details";
    severity_critical: "严重", "Critical";
    severity_warning: "警告", "Warning";
    severity_info: "提醒", "Info";
    severity_ok: "恢复", "Recovered";
    progress_triggered: "待处理", "Triggered";
    progress_processing: "处理中", "Processing";
    progress_closed: "已关闭", "Closed";
    progress_gone: "已删除", "Deleted";
    merged_into(num): "已合并到 #{num}", "Merged into #{num}";
    progress_snoozed: "暂缓中", "Snoozed";
    somebody: "系统", "System";
    nobody: "无", "nobody";
    did_acknowledge(who, at): "{who} 于 {at} 认领", "Acknowledged by {who} at {at}";
    did_unacknowledge(who, at): "{who} 于 {at} 取消认领", "Acknowledgement withdrawn by {who} at {at}";
    did_close(who, at): "{who} 于 {at} 关闭", "Closed by {who} at {at}";
    did_reopen(who, at): "{who} 于 {at} 重新打开", "Reopened by {who} at {at}";
    did_snooze(who, at): "{who} 于 {at} 暂缓", "Snoozed by {who} at {at}";
    did_wake(who, at): "{who} 于 {at} 取消暂缓", "Snooze ended by {who} at {at}";
    did_comment(who, at): "{who} 于 {at} 评论", "Commented by {who} at {at}";
    did_assign(who, at): "{who} 于 {at} 分派", "Assigned by {who} at {at}";
    did_trigger(at): "{at} 触发", "Triggered at {at}";
    did_recover(at): "{at} 自动恢复", "Recovered by itself at {at}";
    did_merge(who, at): "{who} 于 {at} 合并", "Merged by {who} at {at}";
    did_vanish(at): "{at} 发现 Flashduty 中已无此故障", "No longer in Flashduty, noticed at {at}";
    did_change(who, at): "{who} 于 {at} 更新", "Changed by {who} at {at}";
    hours(n): "{n} 小时", "{n} h";
    minutes(n): "{n} 分钟", "{n} min";
    hours_minutes(hours, minutes): "{hours} 小时 {minutes} 分", "{hours} h {minutes} min";
    snoozed_until(at): "暂缓至 {at}", "Snoozed until {at}";
    label_channel: "协作空间", "Channel";
    label_severity: "严重程度", "Severity";
    label_responders: "处理人员", "Responders";
    label_alerts: "告警数", "Alerts";
    /// After the chat-list line: who is called and cannot be mentioned, having no link.
    calling(summary, names): "{summary} · 请 {names} 关注（未关联钉钉）", "{summary} · for {names} (not linked to DingTalk)";
    /// A robot push calls people to an incident whose card is in the group already.
    called(names): "请 {names} 关注", "For {names}";
    everybody: "所有人", "everybody";
    more(n): "另有 {n} 项，见详情", "{n} more in the details";
    more_labels(n): "另有 {n} 个标签", "{n} more labels";
    more_text: "全文见详情", "whole text in the details";
    /// To a responder, on their own copy of the card.
    you_respond: "您是处理人员", "You are a responder";
    you_acknowledged(at): "您于 {at} 认领", "You acknowledged at {at}";
    link_once: "您尚未关联 Flashduty 账号，关联一次后即可在卡片上操作", "Link your Flashduty account once to act from cards";
    link_once_button: "关联账号", "Link account";
    link_first: "请先关联账号，关联后自动完成此操作", "Link your account once; then this is done for you";
    link_button: "关联并继续", "Link and continue";
    working: "处理中，稍后更新卡片…", "Working on it; the card follows in a moment…";
    already(sentence): "此前{sentence}", "Already: {sentence}";
    /// To the former holder of a link that a colleague took over.
    link_taken(member): "您与 Flashduty 成员“{member}”的关联已转到另一位同事名下。如非您本人同意，请联系管理员，并在 Flashduty 中停用相关 APP Key", "Your link with the Flashduty member “{member}” is a colleague's now. If you did not agree to that, tell your administrator and disable your APP keys in Flashduty";
}
