//! Sentences of the help for keys on the PC homepage.

crate::words::sentences! {
    keys: "键盘快捷键", "Keyboard shortcuts";
    next: "下一个故障", "Next incident";
    previous: "上一个故障", "Previous incident";
    open: "打开所选故障", "Open it";
    acknowledge: "认领所选故障", "Acknowledge it";
    choose: "多选", "Select several";
    create: "新建故障", "New incident";
    search: "搜索", "Search";
    help: "显示或收起本说明", "Show or hide this";
    or: "或", "or";
    enter: "回车", "Enter";
    no_script: "脚本已停用：仅 Tab 与回车可用", "Scripts are off: only Tab and Enter work";
}
