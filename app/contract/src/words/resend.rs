//! Why a delivery is not simply sent again.

crate::words::sentences! {
    delivered: "钉钉已接收", "DingTalk has taken it";
    may_have_arrived: "可能已送达", "it may have arrived";
    folded: "已并入汇总卡片", "it is part of a digest card";
    incident_over: "故障已关闭", "the incident is closed";
    incident_gone: "故障已不存在", "the incident is not known any more";
    waits(at_ms): "将于 {at_ms}（Unix 毫秒）发送", "it is sent at {at_ms} (Unix milliseconds)";
    not_linked: "该处理人仍未关联账号，请其先从工作台打开本应用并登录 Flashduty", "the responder has still not linked accounts; let them open the app from the workplace and sign in to Flashduty first";
    has_own: "此人已有同一故障的另一条投递", "this person has another delivery for the same incident";
    words_forgotten: "其内容已不再保存，请从其来源处重新发送", "its words are not kept any more; send it anew from where it came";
    recalled: "该工作通知已撤回", "the work notice was taken back";
}
