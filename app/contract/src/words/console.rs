//! The way into the console, and the names of an integration's addresses as both platforms' consoles have them.

crate::words::sentences! {
    enter_title: "管理员登录", "Administrator sign-in";
    enter_why: "此链接只能使用一次，点击按钮后失效", "This link works once; the button uses it up";
    enter_button: "进入控制台", "Open the console";
    failed_card_callback: "钉钉未登记卡片回调地址", "DingTalk did not register the card callback";
    failed_account: "无法读取 Flashduty 账户，请核对服务 APP Key", "The Flashduty account cannot be read; check the service APP key";
    failed_open_incidents: "无法读取 Flashduty 未关闭故障，请核对服务 APP Key", "Open incidents cannot be read at Flashduty; check the service APP key";
    failed_card_text: "无法从 Flashduty 获取卡片的自定义模板内容，已改用默认内容", "The company's own card text cannot be had from Flashduty; cards use ours";
    event_subscription: "钉钉：事件订阅请求网址", "DingTalk: event subscription request URL";
    application_homepage: "钉钉：应用首页地址", "DingTalk: application homepage URL";
    pc_homepage: "钉钉：PC 端首页地址", "DingTalk: PC homepage URL";
    cool_app_web: "钉钉：酷应用网页地址", "DingTalk: cool app web URL";
    card_callback: "钉钉：卡片回调地址（自动注册）", "DingTalk: card callback URL (registered by itself)";
    flashduty_webhook: "Flashduty：故障 Webhook 地址", "Flashduty: incident webhook URL";
    flashduty_webhook_header: "Flashduty：Webhook 请求头", "Flashduty: webhook header";
}
