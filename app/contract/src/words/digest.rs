//! Sentences of the counting card into which a storm of incidents is folded.

super::sentences! {
    title(n): "告警风暴：故障 {n} 个", "Storm of incidents: {n}";
    counting: "合并中", "Counting";
    over: "风暴已结束", "Storm over";
    counting_long: "故障来得太快，已合并到这张卡片，数字每十秒左右更新", "Incidents come too fast for a card each. They are folded into this one, which follows every ten seconds or so";
    over_long: "风暴已结束，之后的新故障将单独发卡片。本卡片中的故障请在列表中查看", "The storm is over, and new incidents get their own cards again. Those folded into this card are in the list";
    acknowledge_all: "全部认领", "Acknowledge all";
    list: "查看列表", "Open the list";
    label_states: "状态", "States";
    label_began: "开始于", "Since";
    label_incidents: "故障数", "Incidents";
    more(n): "另有 {n} 个，见列表", "{n} more in the list";
    /// The clicker's own line after *Acknowledge all*.
    acknowledged(n): "已认领 {n} 个故障", "Acknowledged by you: {n}";
    nothing_left: "没有待认领的故障", "Nothing is left to acknowledge";
    acknowledged_some(n, m, reasons): "已认领 {n} 个故障，{m} 个未能认领：{reasons}", "Acknowledged by you: {n}. Not acknowledged: {m}: {reasons}";
    refused_because(n, reason): "{reason}（{n}）", "{reason} ({n})";
    going_on(n): "正在认领 {n} 个故障，稍后告知结果…", "Acknowledging {n} incidents; you are told how it ends…";
    under_way: "正在由他人全部认领，请稍候", "A colleague is acknowledging all of them right now";
    link_first: "请先关联账号，关联后自动全部认领", "Link your account once; then all of them are acknowledged for you";
}
