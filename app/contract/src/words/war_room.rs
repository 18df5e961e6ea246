//! Sentences of war rooms: on cards, in the room, on its page.

crate::words::sentences! {
    make: "作战室", "War room";
    join: "进入作战室", "Join the war room";
    page_title: "作战室", "War room";
    /// On the presser's own copy of the card.
    making_notice: "正在创建作战室，处理人员会被拉入", "The war room is being made; responders are brought in";
    joined_notice: "已将您拉入作战室，可在钉钉会话列表中打开", "You are in the war room now; it is in your list of chats";
    open_page: "查看作战室", "Open";
    /// The comment on the incident. `link` is markdown.
    link_comment(link): "已创建钉钉作战室：{link}", "A war room was opened in DingTalk: {link}";
    room_news: "故障动态", "What happened";
    earlier(n): "另有更早的 {n} 条，见详情", "{n} earlier ones in the details";
    missing_title: "有人未能拉入", "Some people could not be invited";
    missing_line(name, why): "{name}：{why}", "{name}: {why}";
    missing_not_linked: "未关联钉钉，且按已验证手机号没有找到。请其从工作台打开一次本应用并登录 Flashduty", "not linked to DingTalk, and not found by a verified mobile number. Let them open this app once from the workplace and sign in to Flashduty";
    missing_no_number: "未关联钉钉，在 Flashduty 中也没有已验证的手机号。请其补全手机号，或从工作台打开一次本应用并登录", "not linked to DingTalk, and without a verified mobile number in Flashduty. Let them fill it in, or open this app once from the workplace and sign in";
    missing_left: "钉钉中已无此人。请管理员核对人员", "not known to DingTalk any more. Let an administrator look at the link";
    ends_at(who, at): "{who} 将于 {at} 解散本作战室。可在作战室页面取消", "{who} dismisses this war room at {at}. It can be kept on the war room's page";
    kept_by(who): "{who} 取消了解散", "{who} keeps this war room";
    /// On the page.
    no_room: "还没有作战室", "There is no war room yet";
    no_room_more: "创建后，处理人员会被拉入一个钉钉群，故障卡片置顶并随状态更新", "Making one brings the responders into a DingTalk group, with the incident's card at its top";
    making: "正在创建，几秒后刷新即可看到", "It is being made; look again in a few seconds";
    failed: "创建未成功", "It could not be made";
    gone: "上一个作战室已解散，可重新创建", "The last war room is gone; a new one can be made";
    gone_closed: "作战室已解散", "The war room is gone";
    again: "重新创建", "Try again";
    reload: "刷新", "Look again";
    members: "成员", "In the room";
    invited_soon: "待邀请", "to be invited";
    missing: "未能拉入", "Not in the room";
    observers: "推荐观察者", "Suggested observers";
    observers_more: "处理过类似故障的人", "People who have handled incidents like this one";
    invite: "邀请", "Invite";
    enter: "打开钉钉群", "Open the group in DingTalk";
    enter_not_yet: "钉钉还没有给出群地址，请稍后再按一次，或在会话列表中打开", "DingTalk has not given the group's address yet: press again in a moment, or open it from your list of chats";
    enter_more: "也可在钉钉会话列表中打开", "It is in your list of chats, too";
    dismiss: "解散作战室", "Dismiss the war room";
    dismiss_confirm: "确认解散", "Yes, dismiss it";
    dismiss_more: "所有人都会失去这个群和聊天记录。确认后有 1 分钟可以取消", "Everybody loses the group and what was said in it. After confirming there is a minute to think better of it";
    ending(at): "将于 {at} 解散", "It is dismissed at {at}";
    keep: "取消解散", "Keep it";
    settling: "群刚刚创建，请几秒后重试", "the group was made a moment ago; try again in a few seconds";
    /// DingTalk's reasons, as administrators can cure them.
    why_template: "群模板不可用：未发布、已下线，或不属于本应用", "the group template cannot be used: it is not published, taken offline, or another app's";
    why_permission: "缺少权限 qyapi_chat_manage，或处理人员都不在应用可见范围内", "the permission qyapi_chat_manage is missing, or no responder is inside the app's visible range";
    why_nobody: "处理人员都没有关联钉钉，也无法按手机号找到", "no responder is linked to DingTalk or found by a mobile number";
    why_other(code): "钉钉拒绝了创建（{code}）", "DingTalk refused ({code})";
}
