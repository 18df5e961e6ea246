//! Sentences about what changes by itself while somebody looks.

super::sentences! {
    is_new: "新故障", "New";
    changed: "刚刚更新", "Just changed";
    changed_by(who, what): "刚刚更新：{who}{what}", "Just now: {who} {what}";
    offline(at): "连接已断开，正在重连；以下是 {at} 的内容", "Connection lost, trying again; this is as of {at}";
    stale: "有较多更新未显示", "More has changed than is shown";
}
