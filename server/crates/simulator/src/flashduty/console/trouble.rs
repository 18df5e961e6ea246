//! The page where things go wrong: weather over requests and webhooks, odd behaviours, limits. Plain forms in both
//! languages.

use super::super::page::{Language, escape, page};
use super::super::rate::Limits;
use super::super::state::State as Memory;
use super::super::{Flashduty, Settings};
use super::render::View;
use super::{Shared, back, view};
use crate::flashduty::gate::parameter;
use crate::{Peer, Weather};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Where it is.
pub const PATH: &str = "/console/trouble";

/// A field of [`Weather`], with its words.
const WEATHER: [(&str, &str, &str); 13] = [
    ("seed", "随机种子", "Seed of chance"),
    ("refuse", "拒绝请求 %", "Requests refused, %"),
    ("delay", "延迟回答 %", "Answered late, %"),
    ("delay_ms", "延迟多少毫秒", "How late, ms"),
    ("html", "回答网页 %", "Answered with a page, %"),
    ("cut", "断开连接 %", "Cut without an answer, %"),
    ("half_body", "回答到一半断开 %", "Cut in the middle, %"),
    ("forget", "已执行但不回答 %", "Done, not answered, %"),
    ("duplicate", "Webhook 重复 %", "Webhooks twice, %"),
    ("reorder", "Webhook 乱序 %", "Webhooks out of order, %"),
    ("lose", "Webhook 丢失 %", "Webhooks lost, %"),
    ("late", "Webhook 迟到 %", "Webhooks late, %"),
    ("late_ms", "迟到多少毫秒", "How late, ms"),
];

/// A switch of [`Settings`], with its words.
const SWITCHES: [(&str, &str, &str); 11] = [
    ("closed_acts_refused", "已关闭的故障拒绝操作", "Acts on closed incidents are refused"),
    ("require_form", "认领与关闭要求填表", "Acknowledging and closing want a form"),
    ("oauth", "提供 OAuth 登录", "OAuth sign-in is offered"),
    ("wake_row_at_snooze_end", "暂缓到期时发送 i_wake", "The end of a snooze is told"),
    ("deleted_members_listed", "成员列表含已删除者", "Deleted members are listed"),
    ("odd_values", "字段缺失、未知字段", "Absent and unknown fields"),
    ("merge_told_to_sources", "合并时通知来源故障", "A merge is told to its sources"),
    ("webhook_history", "提供 Webhook 历史", "There is a history of webhooks"),
    ("history_bodies", "历史列表含请求体", "Its list has the bodies"),
    ("rate_limit_headers", "返回限流响应头", "Limits are told in headers"),
    ("unknown_ids_refused", "批量查询遇未知 ID 报错", "An unknown id spoils a batch"),
];

/// Shows the page.
pub async fn show(State(flashduty): Shared, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let view = view(&flashduty, &query.unwrap_or_default(), &headers, PATH);
    let weather = flashduty.core.faults.weather(Peer::Flashduty);
    let body = body(&view, &flashduty.state(), weather);
    page(StatusCode::OK, view.language, view.say("制造麻烦", "Make trouble"), &body)
}

/// Takes what was filled in, or ends all trouble.
pub async fn change(State(flashduty): Shared, RawQuery(query): RawQuery, headers: HeaderMap, form: Bytes) -> Response {
    let view = view(&flashduty, &query.unwrap_or_default(), &headers, PATH);
    let form = String::from_utf8_lossy(&form);
    if parameter(&form, "end").is_some() {
        end(&flashduty);
    } else {
        take(&flashduty, &form);
    }
    back(&view, PATH, Ok(()))
}

fn end(flashduty: &Flashduty) {
    flashduty.core.faults.set_weather(Peer::Flashduty, Weather::default());
    let mut state = flashduty.state();
    state.settings = Settings::default();
    state.rates.account = super::super::rate::Rates::default().account;
}

/// What is no number counts as 0, and percentages end at 100.
fn take(flashduty: &Flashduty, form: &str) {
    let number = |name: &str| parameter(form, name).and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0);
    let wanted: Map<String, Value> = WEATHER
        .into_iter()
        .map(|(name, ..)| {
            let free = matches!(name, "seed" | "delay_ms" | "late_ms");
            let most = if name == "delay_ms" { 60_000 } else { u64::MAX };
            (name.to_owned(), json!(if free { number(name).min(most) } else { number(name).min(100) }))
        })
        .collect();
    let weather = serde_json::from_value(Value::Object(wanted)).unwrap_or_default();
    flashduty.core.faults.set_weather(Peer::Flashduty, weather);
    let switches: Map<String, Value> =
        SWITCHES.into_iter().map(|(name, ..)| (name.to_owned(), json!(parameter(form, name).is_some()))).collect();
    let mut state = flashduty.state();
    if let Ok(settings) = serde_json::from_value(Value::Object(switches)) {
        state.settings = settings;
    }
    let limit = |name: &str| usize::try_from(number(name)).unwrap_or(usize::MAX).clamp(1, 1_000_000);
    state.rates.account = Limits { per_second: limit("per_second"), per_minute: limit("per_minute") };
}

fn body(view: &View, state: &Memory, weather: Weather) -> String {
    let (weather, settings) = (json!(weather), json!(state.settings));
    let mut numbers = String::new();
    for (name, chinese, english) in WEATHER {
        number(&mut numbers, view.language, name, (chinese, english), &weather[name]);
    }
    let limits = state.rates.account;
    let per = [
        ("per_second", ("每秒请求上限", "Requests a second"), limits.per_second),
        ("per_minute", ("每分钟请求上限", "Requests a minute"), limits.per_minute),
    ];
    for (name, words, value) in per {
        number(&mut numbers, view.language, name, words, &json!(value));
    }
    let switches = SWITCHES.into_iter().fold(String::new(), |mut html, (name, chinese, english)| {
        let checked = if settings[name] == true { " checked" } else { "" };
        // Writing into a text cannot fail.
        let _ = write!(
            html,
            "<label class=\"tick\"><input type=\"checkbox\" name=\"{name}\"{checked}> {}</label>",
            view.language.say(chinese, english)
        );
        html
    });
    format!(
        "{head}<main><p><a href=\"{list}\">← {back}</a></p><h2>{title}</h2>\
         <form method=\"post\" action=\"{action}\" class=\"stack\"><div class=\"pair\">{numbers}</div>\
         <fieldset><legend>{odd}</legend>{switches}</fieldset>\
         <p><button class=\"main\" data-trouble>{set}</button> <button name=\"end\" value=\"1\">{end}</button></p>\
         </form></main>",
        head = view.head(state),
        list = view.link("/console"),
        back = view.say("全部故障", "All incidents"),
        title = view.say("制造麻烦", "Make trouble"),
        action = view.link(PATH),
        odd = view.say("行为", "Behaviour"),
        set = view.say("应用", "Apply"),
        end = view.say("恢复正常", "Back to normal"),
    )
}

fn number(html: &mut String, language: Language, name: &str, words: (&'static str, &'static str), value: &Value) {
    let label = language.say(words.0, words.1);
    let _ = write!(
        html,
        "<label>{label}<input type=\"number\" min=\"0\" name=\"{name}\" value=\"{}\"></label>",
        escape(&value.to_string())
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_has_a_field() {
        let names = |value: Value| {
            let mut names: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
            names.sort();
            names
        };
        let shown = |table: &[(&str, &str, &str)]| {
            let mut names: Vec<String> = table.iter().map(|(name, ..)| (*name).to_owned()).collect();
            names.sort();
            names
        };
        assert_eq!(names(json!(Weather::default())), shown(&WEATHER));
        assert_eq!(names(json!(Settings::default())), shown(&SWITCHES));
    }
}
