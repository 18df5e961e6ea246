//! What people do at the desk: press buttons, change groups, leave. Each really happens on the platform, and a line of
//! the log says how it ended.

use super::text::{Language, clock, escape};
use super::{Desk, Seat, name};
use crate::dingtalk::{ChatKind, PushResult};
use serde::Deserialize;
use serde_json::{Value, json};
use world::Millis;

/// Lines of the log that are kept.
const LOG_MAX: usize = 30;

/// The longest title of a group, in characters.
const TITLE_MAX: usize = 60;

/// A line of the log, in both languages because the reader may change.
pub struct LogLine {
    at: Millis,
    chinese: String,
    english: String,
    good: bool,
}

/// A button of a card.
#[derive(Deserialize)]
pub struct Press {
    card: String,
    /// Which, counted as [`super::template::Template::pressed`] does.
    number: usize,
}

/// Something done to a group.
#[derive(Deserialize)]
pub struct GroupAct {
    chat: String,
    act: String,
    #[serde(default)]
    title: String,
}

/// What an act's end is told as.
struct End {
    chinese: String,
    english: String,
    good: bool,
}

impl Desk {
    /// Presses a button. Answers `{ok}`, and the toast when it failed.
    pub async fn press(&self, seat: &Seat, press: &Press) -> Value {
        let me = seat.person.user_id.as_str();
        let values = self.dingtalk.card_as(&press.card, me);
        let Some(params) = self.template.pressed(press.number, &values) else {
            return refused(seat.language.say("这个按钮已经不在了。", "This button is no longer there."));
        };
        let action = params.get("action").map(String::as_str).unwrap_or_default();
        self.memory().presser = Some(me.to_owned());
        let start = self.world.now();
        let answer = self.dingtalk.click(&press.card, me, &[action], json!(params)).await;
        let took = self.world.now().since(start).as_millis();
        let end = match &answer {
            Ok(_) => answered(took),
            Err(why) => failed(why),
        };
        self.log(seat, &format!("按下 {action}"), &format!("pressed {action}"), end);
        match answer {
            Ok(_) => json!({ "ok": true }),
            Err(why) => refused(&format!(
                "{} ({why})",
                seat.language.say("操作失败，请稍后重试", "Something went wrong, try again later")
            )),
        }
    }

    /// Installs, removes, renames. Answers `{ok}`, and the toast when it failed.
    pub async fn change_group(&self, seat: &Seat, act: &GroupAct) -> Value {
        let me = seat.person.user_id.as_str();
        let Some(chat) = self.dingtalk.chat(&act.chat).filter(|chat| chat.members.contains(me)) else {
            return refused(seat.language.say("没有这个群。", "There is no such group."));
        };
        let title: String = act.title.chars().filter(|letter| !letter.is_control()).take(TITLE_MAX).collect();
        let title = title.trim();
        let start = self.world.now();
        let (chinese, english, result) = match act.act.as_str() {
            "install" => ("添加酷应用", "installed the cool app", self.dingtalk.install_cool_app(&chat.id, me).await),
            "uninstall" => ("移除酷应用", "removed the cool app", self.dingtalk.uninstall_cool_app(&chat.id, me).await),
            "rename" if !title.is_empty() => {
                ("改群名", "renamed the group", self.dingtalk.rename_chat(&chat.id, title, me).await)
            }
            "disband" if chat.kind == ChatKind::Scene && chat.owner == me => {
                ("解散群聊", "disbanded the group", self.dingtalk.disband_chat(&chat.id, me).await)
            }
            _ => return refused(seat.language.say("不能这样做。", "That cannot be done.")),
        };
        let took = self.world.now().since(start).as_millis();
        let refusal = result.as_ref().err().cloned();
        let in_chat = |text: &str| format!("{text} · {}", chat.title);
        self.log(seat, &in_chat(chinese), &in_chat(english), told(result, took));
        refusal.map_or_else(|| json!({ "ok": true }), |why| refused(&why))
    }

    /// The person leaves the company.
    pub async fn leave(&self, seat: &Seat) {
        let start = self.world.now();
        let result = self.dingtalk.leave_org(&seat.person.user_id).await;
        let took = self.world.now().since(start).as_millis();
        self.log(seat, "离开公司", "left the company", told(result, took));
    }

    fn log(&self, seat: &Seat, chinese: &str, english: &str, end: End) {
        let line = LogLine {
            at: self.world.now(),
            chinese: format!("{} {chinese} → {}", seat.person.name, end.chinese),
            english: format!("{} {english} → {}", name(&seat.person, Language::English), end.english),
            good: end.good,
        };
        let mut memory = self.memory();
        memory.log.truncate(LOG_MAX - 1);
        memory.log.push_front(line);
    }

    /// The log, the latest line first; the others behind it.
    pub fn log_lines(&self, language: Language) -> String {
        let memory = self.memory();
        let draw = |line: &LogLine| {
            format!(
                "<p class=\"{}\"><time>{}</time> {}</p>",
                if line.good { "good" } else { "bad" },
                clock(line.at, true),
                escape(language.say(&line.chinese, &line.english)),
            )
        };
        let mut lines = memory.log.iter().map(draw);
        let Some(latest) = lines.next() else {
            return format!(
                "<p class=\"hint\">{}</p>",
                language.say("这里记下按钮和群事件的结果。", "How button presses and group events end is noted here.")
            );
        };
        let older: String = lines.collect();
        if older.is_empty() { latest } else { format!("<details><summary>{latest}</summary>{older}</details>") }
    }
}

fn told(result: Result<PushResult, String>, took: u128) -> End {
    match result {
        Ok(PushResult::Delivered) => answered(took),
        Ok(PushResult::Failed(why)) | Err(why) => failed(&why),
        Ok(PushResult::Held) => {
            End { chinese: "事件被故障扣住".into(), english: "event held back by a fault".into(), good: false }
        }
        Ok(PushResult::QuotaSpent) => {
            End {
                chinese: "本月推送额度已用完".into(), english: "pushes of the month are used up".into(), good: false
            }
        }
        Ok(PushResult::NoCallback) => {
            End { chinese: "没有应用需要通知".into(), english: "no app to tell".into(), good: true }
        }
    }
}

fn answered(took: u128) -> End {
    End { chinese: format!("{took} 毫秒内应答"), english: format!("answered in {took} ms"), good: true }
}

fn failed(why: &str) -> End {
    End { chinese: format!("失败：{why}"), english: format!("failed: {why}"), good: false }
}

fn refused(toast: &str) -> Value {
    json!({ "ok": false, "toast": toast })
}
