//! The console's page of health.

use crate::Language;

crate::words::sentences! {
    health: "运行状况", "Health";
    traffic: "收发", "In and out";
    work: "处理", "Work";
    server: "服务器", "Server";
    queue: "等待处理", "Waiting";
    queue_more: "仅统计最先到期的部分", "Only the first ones are counted";
    queue_empty: "没有等待处理的工作", "Nothing waits";
    kind: "工作", "Work";
    waiting: "数量", "Number";
    due: "最早到期", "First due";
    never: "还没有", "not yet";
    event: "最近一次钉钉事件", "Last event from DingTalk";
    webhook: "最近一次 Flashduty 推送", "Last webhook from Flashduty";
    sent: "最近一次送达", "Last delivery that arrived";
    input: "最早未处理的输入", "Oldest input that waits";
    task: "最早逾期的工作", "Oldest work that is overdue";
    given_up: "放弃的工作", "Work that was given up";
    reconcile: "最近一次与 Flashduty 核对", "Last comparison with Flashduty";
    nightly: "最近一次检查", "Last look at the set-up";
    backup: "最近一次备份", "Last backup";
    nothing_waits: "没有", "none";
    dingtalk_clock: "与钉钉的时钟相差", "Clock beside DingTalk's";
    flashduty_clock: "与 Flashduty 的时钟相差", "Clock beside Flashduty's";
    seconds(n): "{n} 秒", "{n} s";
    unknown: "未知", "not known yet";
    database: "数据库", "Database";
    version: "版本", "Version";
    sealing_keys: "加密密钥（最新在前）", "Sealing keys, newest first";
    failed_with(code): "失败：{code}", "failed: {code}";
}

/// What a kind of work is called; its own name where there is no other.
pub fn work_kind(name: &str, language: Language) -> String {
    let (zh, en) = match name {
        "notify" => ("通知故障", "Tell of incidents"),
        "deliver" => ("发送", "Send"),
        "repaint" => ("更新卡片", "Update cards"),
        "refresh-chat" => ("读取群信息", "Read a group"),
        "take-turns" => ("轮流读取群信息", "Read groups in turn"),
        "failed-pushes" => ("取回钉钉推送失败的事件", "Fetch events that DingTalk could not push"),
        "robot-push" => ("机器人推送", "Robot push"),
        "finish-act" => ("完成操作", "Finish an act"),
        "acknowledge-all" => ("全部认领", "Acknowledge all"),
        "snooze-ends" => ("暂缓到期", "End of a snooze"),
        "send-work-notice" => ("发送工作通知", "Send work notices"),
        "follow-work-notice" => ("查询工作通知结果", "Ask for results of work notices"),
        "recall-work-notice" => ("撤回工作通知", "Recall work notices"),
        "introduce" => ("登记回调与读取账户", "Register the callback, read the account"),
        "sweep-members" => ("核对已离开的成员", "Look who has left"),
        "follow-merge" => ("核对合并", "Follow merges"),
        "check" => ("每夜检查", "Nightly look"),
        "make-room" => ("创建作战室", "Make a war room"),
        "tend-room" => ("维护作战室", "Look after a war room"),
        "link-room" => ("关联作战室", "Link a war room"),
        "end-room" => ("解散作战室", "Disband a war room"),
        "reconcile" => ("与 Flashduty 核对", "Compare with Flashduty"),
        other => (other, other),
    };
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
    .to_owned()
}
