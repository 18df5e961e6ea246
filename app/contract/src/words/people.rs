//! The console's page of people: who is linked, and finding the others by the directory.

use crate::Language;
use crate::directory::{Kind, Reason};

crate::words::sentences! {
    directory_busy: "一键关联正在进行，请等待完成", "A look into the directory is under way; wait for its end";
    look_first: "请重新试运行，再应用其结果", "Look into the directory anew, then apply what it shows";
    nothing_to_undo: "没有可以撤销的一键关联", "There is no application that can be taken back";
    /// Filter and search.
    all: "全部", "All";
    linked: "已关联", "Linked";
    by_directory: "通讯录匹配", "By directory";
    unlinked: "未关联", "Not linked";
    broken: "已失效", "Broken";
    search: "搜索姓名", "Search a name";
    find: "搜索", "Search";
    nobody: "没有符合条件的人", "Nobody fits";
    nobody_more: "换一个筛选条件，或清空搜索", "Choose another filter, or search for something else";
    on_call_now: "值班中", "On call now";
    on_call_from: "值班开始于", "On call from";
    previous: "上一页", "Previous page";
    next: "下一页", "Next page";
    export_csv: "导出 CSV", "Export as CSV";
    export_lines: "导出 JSON Lines", "Export as JSON lines";
    /// What each standing means, once.
    about_directory: "「通讯录匹配」可用于发消息、@ 和拉群；要操作故障，本人仍需登录一次 Flashduty", "Who is linked by the directory gets messages, mentions and invitations; to act on incidents they still sign in to Flashduty once";
    /// One-click link.
    one_click: "一键关联", "One-click link";
    one_click_why: "按 Flashduty 已验证的手机号与钉钉通讯录比对。先试运行，确认后再应用，可撤销", "Compares mobile numbers that Flashduty has verified with DingTalk's directory. First a dry run, then the links, and a way back";
    one_click_whom: "比对范围：安装了酷应用的群的成员（最多 50 个群，每 100 名成员消耗一次钉钉 API 调用）", "Who is compared: members of groups with the cool app (50 groups at most; each 100 members are one counted call)";
    dry_run: "试运行", "Dry run";
    dry_run_again: "重新试运行", "Dry run again";
    apply(n): "应用 {n} 条", "Apply {n}";
    undo: "撤销本次关联", "Take these links back";
    undo_why: "只移除本次建立、且本人尚未登录确认的关联", "Removes only the links made then whose people have not signed in since";
    looking(done, total): "正在比对：{done} / {total} 名员工", "Comparing: {done} of {total} employees";
    reading: "正在读取成员和群", "Reading members and groups";
    applying(done, total): "正在关联：{done} / {total}", "Linking: {done} of {total}";
    undoing(done, total): "正在撤销：{done} / {total}", "Taking back: {done} of {total}";
    reload: "刷新", "Look again";
    shown: "试运行完成，尚未更改任何关联", "The dry run is done; nothing was changed";
    applied(n): "已关联 {n} 人", "{n} people were linked";
    moved_on(n): "{n} 人的关联在此期间有变化，未更改", "{n} were linked otherwise meanwhile and left alone";
    undone(n): "已撤销 {n} 条关联", "{n} links were taken back";
    kept(n): "{n} 人已自行登录确认，予以保留", "{n} were proved since and kept";
    failed: "未能完成，没有更改任何关联", "It came to no end; nothing was changed";
    groups_read(read, all): "已读取 {read} / {all} 个群的成员", "Members of {read} of {all} groups were read";
    more_rows: "其余见导出或自动化接口", "The rest is in the automation API";
    kind_new: "新关联", "New";
    kind_changed: "变更", "Changed";
    kind_conflict: "冲突", "Conflict";
    kind_no_match: "未匹配", "No match";
    kind_same: "已关联", "Linked already";
    reason_no_number: "Flashduty 中没有手机号，请本人补全", "No mobile number at Flashduty; let them fill it in";
    reason_not_verified: "手机号未经 Flashduty 验证，请本人验证", "Flashduty has not verified the number; let them verify it";
    reason_nobody: "比对范围内没有员工使用该手机号。请其打开一次本应用，或加入安装了酷应用的群", "No employee who was compared has the number. Let them open the app once, or join a group with the cool app";
    reason_several: "有多名员工符合，请本人登录关联", "More than one employee fits; let them sign in themselves";
    reason_member_linked: "该成员已由另一名员工登录关联", "Another employee proved to be this member";
    reason_employee_linked: "该员工已登录关联为另一成员", "This employee proved to be another member";
    read: "成员读取于", "Members read";
    filter: "筛选", "Filter";
    /// Reminders.
    remind_title: "提醒登录", "Remind people";
    remind_why: "给已知钉钉身份、但还不能操作故障的人发一条消息，附打开本应用的按钮。每人每天最多一条", "Sends a message with a button that opens this app to people who are known in DingTalk but cannot act yet. Once a day each at most";
    remind(n): "提醒 {n} 人", "Remind {n}";
    remind_message_title: "请完成 Flashduty 关联", "Link your Flashduty account";
    remind_message: "完成后即可在钉钉中直接确认和处理故障，只需登录一次", "Then you can acknowledge and handle incidents right in DingTalk. You sign in once";
    remind_button: "打开应用", "Open the app";
    /// Roles in the console.
    role_title: "控制台权限", "Role in the console";
    role_why: "Flashduty 管理员可直接进入控制台；这里可以另外授权", "Flashduty administrators come in by themselves; others can be let in here";
    role_administrator: "管理员", "Administrator";
    role_observer: "观察者", "Observer";
    give_administrator: "设为管理员", "Make administrator";
    give_observer: "设为观察者", "Make observer";
    take_role: "取消授权", "Take the role away";
    not_let_in: "控制台只对 Flashduty 管理员和获授权的人开放，请联系管理员", "The console is for Flashduty's administrators and for those who were let in; ask an administrator";
    let_out: "您的控制台权限已被取消，请联系管理员", "You may not use the console any more; ask an administrator";
    /// Single people.
    unlink: "解除关联", "Unlink";
    unlink_why: "对方会退出登录，保存的凭据会被删除。之后可以重新关联", "They are signed out and their credential is deleted here. They can link again";
    cancel: "取消", "Cancel";
}

/// Why nothing can be applied, with what helps; empty where nothing is in the way.
pub fn reason(reason: Reason, language: Language) -> &'static str {
    match reason {
        Reason::None => "",
        Reason::NoNumber => reason_no_number(language),
        Reason::NotVerified => reason_not_verified(language),
        Reason::NobodyHasIt => reason_nobody(language),
        Reason::SeveralEmployees => reason_several(language),
        Reason::MemberLinked => reason_member_linked(language),
        Reason::EmployeeLinked => reason_employee_linked(language),
    }
}

/// The name of a kind.
pub fn kind(kind: Kind, language: Language) -> &'static str {
    match kind {
        Kind::New => kind_new(language),
        Kind::Changed => kind_changed(language),
        Kind::Conflict => kind_conflict(language),
        Kind::NoMatch => kind_no_match(language),
        Kind::Same => kind_same(language),
    }
}

/// The name of a role in the console.
pub fn role(name: &str, language: Language) -> &'static str {
    match name {
        "administrator" => role_administrator(language),
        "observer" => role_observer(language),
        _ => "",
    }
}

/// The button that gives a role, or takes it where `name` is empty.
pub fn give(name: &str, language: Language) -> &'static str {
    match name {
        "administrator" => give_administrator(language),
        "observer" => give_observer(language),
        _ => take_role(language),
    }
}
