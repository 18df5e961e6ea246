//! The panel where things go wrong: plain forms, so that it works without scripts. `chaos_acts` does what they ask.

use super::Desk;
use super::text::{Language, escape};
use crate::dingtalk::SCOPES;
use crate::{Peer, Weather};
use std::fmt::Write;

/// Kinds of trouble with requests: value, Chinese, English.
const REQUESTS: [(&str, &str, &str); 14] = [
    ("delay", "延迟", "late answer"),
    ("busy", "拒绝：系统繁忙 503", "refuse: busy, 503"),
    ("qps", "拒绝：新接口 QPS 403", "refuse: per second, 403"),
    ("qps_old", "拒绝：旧接口 90018", "refuse: per second, 90018"),
    ("everywhere_old", "拒绝：旧接口 90002", "refuse: platform, 90002"),
    ("quota", "拒绝：新接口月配额 403", "refuse: month, 403"),
    ("quota_old", "拒绝：旧接口 90020", "refuse: month, 90020"),
    ("html", "回答 HTML 页面", "answer a page"),
    ("nothing", "空回答", "answer nothing"),
    ("wrong_types", "回答类型错误", "answer wrong types"),
    ("cut", "断开，不执行", "cut, not done"),
    ("half_body", "回答到一半断开", "cut in the middle"),
    ("forget", "执行后断开", "done, then cut"),
    ("lose", "接受后丢失", "accept and lose"),
];

/// Kinds of trouble with pushes and clicks.
const PUSHES: [(&str, &str, &str); 4] = [
    ("duplicate", "重复", "twice"),
    ("reorder", "乱序", "after the next"),
    ("lose", "丢失", "lost"),
    ("late", "迟到", "late"),
];

/// Where pushes come from.
const SOURCES: [(&str, &str, &str); 3] = [
    ("dingtalk", "钉钉事件", "DingTalk events"),
    ("flashduty", "Flashduty Webhook", "Flashduty webhooks"),
    ("clicks", "卡片点击", "card clicks"),
];

/// The platforms, as forms name them.
const PEERS: [(&str, &str, &str); 2] = [("dingtalk", "钉钉", "DingTalk"), ("flashduty", "Flashduty", "Flashduty")];

/// A platform by its name in a form.
pub fn peer(name: &str) -> Option<Peer> {
    match name {
        "dingtalk" => Some(Peer::DingTalk),
        "flashduty" => Some(Peer::Flashduty),
        _ => None,
    }
}

/// A number of a weather: its name in a form, Chinese, English, value.
type Number = (&'static str, &'static str, &'static str, u64);

/// The numbers of a weather.
pub fn numbers(weather: &Weather) -> [Number; 13] {
    [
        ("seed", "随机种子", "seed", weather.seed),
        ("delay", "请求延迟 %", "late answers %", weather.delay.into()),
        ("delay_ms", "延迟毫秒", "late by milliseconds", weather.delay_ms),
        ("refuse", "请求拒绝 %", "refused %", weather.refuse.into()),
        ("html", "回答 HTML %", "answered a page %", weather.html.into()),
        ("cut", "断开，不执行 %", "cut, not done %", weather.cut.into()),
        ("half_body", "回答到一半断开 %", "cut in the middle %", weather.half_body.into()),
        ("forget", "执行后断开 %", "done, then cut %", weather.forget.into()),
        ("duplicate", "推送重复 %", "pushed twice %", weather.duplicate.into()),
        ("reorder", "推送乱序 %", "pushed after the next %", weather.reorder.into()),
        ("lose", "推送丢失 %", "pushes lost %", weather.lose.into()),
        ("late", "推送迟到 %", "late pushes %", weather.late.into()),
        ("late_ms", "迟到毫秒", "late by milliseconds", weather.late_ms),
    ]
}

/// Draws forms in one language.
struct Panel {
    language: Language,
}

impl Desk {
    /// The whole panel.
    pub fn chaos_page(&self, language: Language) -> String {
        let panel = Panel { language };
        let say = |chinese, english| language.say(chinese, english);
        let other = language.other();
        format!(
            "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><link rel=\"icon\" href=\"data:,\">\
             <link rel=\"stylesheet\" href=\"/desk/desk.css\"></head><body class=\"chaos\"><header class=\"top\">\
             <strong>{title}</strong><span class=\"room\"></span><a class=\"tool\" href=\"/desk?lang={lang}\">{back}</a>\
             <a class=\"tool\" href=\"/desk/chaos?lang={other_lang}\" lang=\"{other_lang}\">{other_name}</a></header>\
             <main>{now}{requests}{pushes}{limits}{clocks}{rights}{weather}</main></body></html>",
            lang = language.short(),
            title = say("异常注入", "Trouble panel"),
            back = say("返回桌面", "Back to the desk"),
            other_lang = other.short(),
            other_name = other.say("中文", "English"),
            now = self.set_now(&panel),
            requests = panel.requests(),
            pushes = panel.pushes(),
            weather = PEERS.map(|peer| self.weather(&panel, peer)).concat(),
            clocks = self.clocks(&panel),
            limits = self.limits(&panel),
            rights = self.rights(&panel),
        )
    }

    fn set_now(&self, panel: &Panel) -> String {
        let mut rows = String::new();
        for (id, told) in self.faults.set_now() {
            // Writing to a String cannot fail.
            let _ = write!(
                rows,
                "<p><code>{}</code> <button class=\"button\" name=\"remove\" value=\"{id}\">{}</button></p>",
                escape(&told),
                panel.say("移除", "Remove"),
            );
        }
        let none = format!("<p class=\"hint\">{}</p>", panel.say("没有设置异常。", "Nothing is set."));
        let clear = panel.button("clear", "清除全部", "Clear all");
        panel.form("do", "已设置", "Set now", &format!("{}{clear}", if rows.is_empty() { none } else { rows }))
    }

    fn weather(&self, panel: &Panel, (name, chinese, english): (&str, &str, &str)) -> String {
        let weather = peer(name).map(|peer| self.faults.weather(peer)).unwrap_or_default();
        let number = |(name, chinese, english, value): Number| panel.number(name, chinese, english, value);
        let fields = numbers(&weather).map(number).concat();
        let chosen = format!("<input type=\"hidden\" name=\"peer\" value=\"{name}\">");
        let title = [format!("按比例异常：{chinese}"), format!("By chance: {english}")];
        panel.form("weather", &title[0], &title[1], &format!("{chosen}{fields}{}", panel.submit()))
    }

    fn clocks(&self, panel: &Panel) -> String {
        let clock = |(name, chinese, english): (&str, &str, &str)| {
            let seconds = peer(name).map_or(0, |peer| self.faults.clock_offset(peer) / 1_000);
            panel.field(name, chinese, english, &format!("type=\"number\" value=\"{seconds}\""))
        };
        let fields = PEERS.map(clock).concat();
        panel.form("clock", "时钟偏差（秒）", "Clock ahead by seconds", &format!("{fields}{}", panel.submit()))
    }

    fn limits(&self, panel: &Panel) -> String {
        let Some(meters) = self.dingtalk.meters() else { return String::new() };
        let limits = meters.limits;
        let grace = u64::from(self.dingtalk.switches().quota_grace_days);
        let seen = format!(
            "<p class=\"hint\">{} {} / {} · {} {} / {} · {} {} · {} {:?}</p>",
            panel.say("本月调用", "Calls this month"),
            meters.calls,
            limits.calls_per_month,
            panel.say("推送", "pushes"),
            meters.pushes,
            limits.pushes_per_month,
            panel.say("一秒内最多", "most in a second"),
            self.dingtalk.most_in_a_second(),
            panel.say("被限流拒绝", "refused by limits"),
            self.dingtalk.refused_by_limits(),
        );
        let fields = [
            panel.number("calls_per_month", "每月调用", "calls a month", limits.calls_per_month),
            panel.number("pushes_per_month", "每月推送", "pushes a month", limits.pushes_per_month),
            panel.number("calls_per_second", "每秒调用", "calls a second", limits.calls_per_second as u64),
            panel.number("grace_days", "超额缓冲天数", "days of grace", grace),
        ];
        let acts = [
            panel.button("ban", "封禁 IP 五分钟", "Ban for five minutes"),
            panel.button("lift", "解除封禁", "Lift the ban"),
            panel.button("tokens", "令牌全部过期", "Expire all tokens"),
        ];
        let limits = panel.form(
            "limits",
            "钉钉配额",
            "DingTalk's limits",
            &format!("{seen}{}{}", fields.concat(), panel.submit()),
        );
        limits + &panel.form("do", "立即", "At once", &acts.concat())
    }

    fn rights(&self, panel: &Panel) -> String {
        let granted = self.dingtalk.permissions();
        let scope = |scope: &&str| {
            let checked = if granted.contains(*scope) { " checked" } else { "" };
            format!("<label><input type=\"checkbox\" name=\"scope\" value=\"{scope}\"{checked}> {scope}</label>")
        };
        let scopes: String = SCOPES.iter().map(scope).collect();
        let visible = self.dingtalk.visible().map(|people| people.into_iter().collect::<Vec<_>>().join(","));
        let visible = format!("value=\"{}\" placeholder=\"li.na,alice\"", escape(&visible.unwrap_or_default()));
        let field = panel.field("visible", "可见范围（空 = 全员）", "Visible to (empty: everybody)", &visible);
        panel.form("rights", "应用权限", "The app's permissions", &format!("{scopes}{field}{}", panel.submit()))
    }
}

impl Panel {
    fn requests(&self) -> String {
        let fields = [
            self.select("peer", "平台", "platform", &PEERS),
            self.field("path", "路径开头", "path begins with", "value=\"/\""),
            self.select("kind", "异常", "trouble", &REQUESTS),
            self.number("ms", "毫秒", "milliseconds", 1_500),
            self.field("times", "次数（空 = 一直）", "times (empty: always)", "type=\"number\" min=\"1\" value=\"1\""),
        ];
        self.form("request", "请求", "Requests", &(fields.concat() + &self.submit()))
    }

    fn pushes(&self) -> String {
        let fields = [
            self.select("source", "来源", "what", &SOURCES),
            self.select("push", "异常", "trouble", &PUSHES),
            self.number("ms", "毫秒", "milliseconds", 5_000),
            self.field("times", "次数（空 = 一直）", "times (empty: always)", "type=\"number\" min=\"1\" value=\"1\""),
        ];
        self.form("push", "推送与点击", "Pushes and clicks", &(fields.concat() + &self.submit()))
    }

    fn form(&self, act: &str, chinese: &str, english: &str, inner: &str) -> String {
        format!(
            "<form method=\"post\" action=\"/desk/chaos/{act}?lang={}\"><h2>{}</h2>{inner}</form>",
            self.language.short(),
            self.language.say(chinese, english)
        )
    }

    fn field(&self, name: &str, chinese: &str, english: &str, attributes: &str) -> String {
        let label = self.language.say(chinese, english);
        format!("<label>{label} <input name=\"{name}\" {attributes}></label>")
    }

    fn number(&self, name: &str, chinese: &str, english: &str, value: u64) -> String {
        self.field(name, chinese, english, &format!("type=\"number\" min=\"0\" value=\"{value}\""))
    }

    fn select(&self, name: &str, chinese: &str, english: &str, options: &[(&str, &str, &str)]) -> String {
        let option = |(value, chinese, english): &(&str, &str, &str)| {
            format!("<option value=\"{value}\">{}</option>", self.language.say(chinese, english))
        };
        let options: String = options.iter().map(option).collect();
        format!("<label>{} <select name=\"{name}\">{options}</select></label>", self.language.say(chinese, english))
    }

    fn button(&self, act: &str, chinese: &str, english: &str) -> String {
        format!(
            "<button class=\"button\" name=\"act\" value=\"{act}\">{}</button>",
            self.language.say(chinese, english)
        )
    }

    fn submit(&self) -> String {
        format!("<button class=\"button main\">{}</button>", self.language.say("设置", "Set"))
    }

    fn say(&self, chinese: &'static str, english: &'static str) -> &'static str {
        self.language.say(chinese, english)
    }
}
