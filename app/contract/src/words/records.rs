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
    // overview
    waiting_now(n): "{n} 条等待发送", "Waiting: {n}";
    failed_lately(n): "近 24 小时 {n} 条未送达", "Failed in the last 24 hours: {n}";
    at_least(n): "{n}+", "{n} or more";
    all_well: "近 24 小时没有未送达的消息", "Nothing failed in the last 24 hours";
}
