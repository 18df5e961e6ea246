//! Sentences of a new incident and of the forms that an account may demand.

crate::words::sentences! {
    // forms of the account
    form_acknowledge: "认领并填写表单", "Acknowledge with the form";
    form_close: "关闭并填写表单", "Close with the form";
    form_why: "公司的 Flashduty 表单可能要求以下内容；未填写的不会提交", "A form of your Flashduty account may ask for these. What you leave empty is not sent";
    form_summary: "说明", "Summary";
    form_fields: "自定义字段", "Fields";
    form_nothing: "没有可以填写的自定义字段", "There is no custom field to fill in";
    form_choose: "请选择", "Choose one";
    form_none: "不填", "Leave empty";
    field_unknown(name): "{name}：没有这个字段", "{name}: there is no such field";
    field_not_offered(name): "{name}：请从列表中选择", "{name}: choose one of those offered";
    field_too_long(name, most): "{name}：最多 {most} 个字符", "{name}: at most {most} characters";

    // a new incident
    create: "新建故障", "New incident";
    create_why: "创建后，Flashduty 会按所选方式立即通知处理人员", "Flashduty notifies those who are to handle it as soon as it is created";
    create_do: "创建故障", "Create incident";
    created: "故障已创建", "The incident is created";
    title: "标题", "Title";
    title_hint: "3 到 512 个字符", "3 to 512 characters";
    title_wrong(least, most): "标题应为 {least} 到 {most} 个字符", "The title needs {least} to {most} characters";
    description: "描述（选填）", "Description (optional)";
    description_too_long(most): "描述最多 {most} 个字符", "The description may have {most} characters at most";
    severity_missing: "请选择严重程度", "Choose a severity";
    channel: "协作空间", "Channel";
    channel_show: "更新分派方式", "Show its rules";
    who: "由谁处理", "Who handles it";
    who_rule(name): "按分派规则“{name}”", "By the rule “{name}”";
    who_calls(names): "立即通知：{names}", "Notifies at once: {names}";
    who_calls_nobody: "第一级目前没有人", "Its first level calls nobody just now";
    who_people: "指定人员", "People I choose";
    who_missing: "请选择分派规则或人员", "Choose a rule or people";
    who_too_many(most): "最多选择 {most} 人", "Choose {most} people at most";
    who_changed: "协作空间已更改，请重新选择由谁处理", "The channel has changed: choose again who handles it";
    create_unclear: "Flashduty 没有回应，还不知道故障是否已创建", "Flashduty did not answer, and nobody knows yet whether the incident was created";
    create_unclear_remedy: "半分钟后再次提交此表单即可确认，不会重复创建", "Submit this form again in half a minute: it finds out, and never creates it twice";
}
