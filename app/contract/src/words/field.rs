//! What is wrong with one field of what was sent. Each begins with the field's name, for programs and for pages alike.

crate::words::sentences! {
    is_needed(name): "{name}：必填", "{name}: is needed";
    is_no_number(name): "{name}：应为数字", "{name}: is not a number";
    text_too_long(chars_max): "text：最多 {chars_max} 个字符", "text: at most {chars_max} characters";
    minutes_out_of_range(most): "minutes：应为 1 至 {most}", "minutes: must be 1 to {most}";
    comment_missing: "text：请填写评论", "text: write a comment";
    reason_missing: "text：请填写原因", "text: give a reason";
    people_missing: "people：请选择人员", "people: choose somebody";
    no_such_member: "member：Flashduty 中没有此成员", "member: Flashduty has no such member";
    people_too_many(most): "people：最多选择 {most} 人", "people: at most {most}";
    level_missing: "level：请选择层级", "level: choose a level";
    custom_action_missing: "custom_action：请选择操作", "custom_action: choose an action";
    chat_disbanded: "chat_id：该群已解散，请选择其他群", "chat_id: this group was disbanded, choose another one";
    chat_uninstalled: "chat_id：该群没有安装酷应用，请先安装或选择其他群", "chat_id: the cool app is not in this group; add it there or choose another one";
    channel_no_number(text): "channel：“{text}”不是协作空间的 ID", "channel: {text} is not the id of a channel";
    channel_unknown(ids): "channel：Flashduty 中没有协作空间 {ids}，或您无权查看", "channel: Flashduty shows no channel {ids}";
    channels_too_many(most): "channel：最多选择 {most} 个协作空间", "channel: at most {most}";
    channel_missing: "channel：请至少选择一个协作空间；要发送全部，请管理员在控制台设置", "channel: choose at least one; to send everything, ask an administrator in the console";
    severity_unknown(text): "severity：没有“{text}”这种严重程度", "severity: there is no severity {text}";
    label_form(line): "labels：第 {line} 行应写成 名称=值", "labels: line {line} must be name=value";
    label_twice(name): "labels：“{name}”写了两次，一个故障只有一个值", "labels: {name} stands there twice, and an incident has one value of it";
    label_too_long(line, most): "labels：第 {line} 行超过 {most} 个字符", "labels: line {line} has more than {most} characters";
    labels_too_many(most): "labels：最多 {most} 个标签", "labels: at most {most}";
    repaint_unknown: "repaint：请选择全部变化、仅状态变化或不更新", "repaint: choose every change, changes of state, or nothing";
    subscription_gone: "这个订阅已被删除", "This subscription was removed";
    no_such_chat: "chat_id：本集成中没有这个群", "chat_id: no such group in this integration";
    work_notice_too_large(bytes, most): "text：整条通知有 {bytes} 字节，最多 {most}", "text: the whole notice has {bytes} bytes, at most {most}";
    recall_too_late: "发出已满 24 小时，钉钉不再允许撤回", "It was sent more than 24 hours ago; DingTalk takes it back no more";
}
