//! The console's HTML. Everything that came from outside goes through [`escape`].

use super::super::incident::{FeedRow, Incident, Progress};
use super::super::page::{Language, disc, escape};
use super::super::refusal::{Code, Refusal};
use super::super::state::State;
use super::super::view::person_name;
use super::is_choosable;
use serde_json::Value;
use std::fmt::Write;
use world::Millis;

/// Closed incidents shown below the open ones.
const CLOSED_SHOWN: usize = 20;

/// Who looks at which page.
pub struct View {
    pub language: Language,
    /// Member id and the word that names them in the address.
    pub person: (i64, String),
    pub path: String,
    pub problem: Option<Code>,
}

impl View {
    pub fn say(&self, chinese: &'static str, english: &'static str) -> &'static str {
        self.language.say(chinese, english)
    }

    /// A path of the console for the same person and language.
    pub fn address(&self, path: &str) -> String {
        format!("{path}?as={}&lang={}", self.person.1, self.language.short())
    }

    pub fn link(&self, path: &str) -> String {
        escape(&self.address(path))
    }

    /// The list: raise form, open incidents, closed ones.
    pub fn list(&self, state: &State) -> String {
        let incidents = state.by_urgency();
        let open = incidents.iter().filter(|incident| incident.is_open()).count();
        let rows = |part: &[&Incident]| -> String { part.iter().map(|one| self.row(state, one)).collect() };
        let closed = &incidents[open..incidents.len().min(open + CLOSED_SHOWN)];
        let none = format!("<p class=\"quiet\">{}</p>", self.say("没有未关闭的故障。", "No open incidents."));
        format!(
            "{head}<main>{raise}<div id=\"live\" data-live><h2>{open_title} <span class=\"count\">{open}</span></h2>{open_rows}\
             <h2>{closed_title}</h2>{closed_rows}</div></main>{script}",
            head = self.head(state),
            raise = self.raise_form(state),
            open_title = self.say("处理中的故障", "Open incidents"),
            open_rows = if open == 0 { none } else { rows(&incidents[..open]) },
            closed_title = self.say("最近关闭", "Recently closed"),
            closed_rows = rows(closed),
            script = SCRIPT_TAG,
        )
    }

    /// One incident with its acts and timeline.
    pub fn detail(&self, state: &State, incident: &Incident) -> String {
        let labels: String = incident
            .labels
            .iter()
            .map(|(key, value)| format!("<li><b>{}</b> {}</li>", escape(key), escape(value)))
            .collect();
        let rows: String = incident.feed.iter().rev().map(|row| self.timeline_row(state, row)).collect();
        let description = match incident.description.as_str() {
            "" => String::new(),
            text => format!("<pre class=\"description\">{}</pre>", escape(text)),
        };
        format!(
            "{head}<main><p><a href=\"{back}\">← {list}</a></p><div id=\"live\" data-live>{row}{description}\
             <ul class=\"labels\">{labels}</ul></div>{comment}{ends}<h2>{timeline}</h2>\
             <ol class=\"timeline\" id=\"timeline\" data-live>{rows}</ol></main>{script}",
            head = self.head(state),
            back = self.link("/console"),
            list = self.say("全部故障", "All incidents"),
            row = self.entry(state, incident, "detail"),
            comment = self.comment_form(incident),
            ends = self.end_forms(state, incident),
            timeline = self.say("时间线", "Timeline"),
            script = SCRIPT_TAG,
        )
    }

    /// Instead of an incident that is not there.
    pub fn absent(&self, state: &State) -> String {
        let text = self.say("没有这个故障。", "There is no such incident.");
        format!("{}<main><p class=\"problem\">{text}</p></main>", self.head(state))
    }

    /// The person's APP keys, and the one just made.
    pub fn keys(&self, state: &State, made: Option<&str>) -> String {
        let own = state.app_keys.iter().filter(|key| key.owner_id == self.person.0 && !key.by_owner);
        let rows: String = own
            .map(|key| {
                let tail = &key.secret[key.secret.len().saturating_sub(4)..];
                let made = self.time(Millis::from_seconds(key.created_at));
                format!("<li><b>{}</b> ••••{} <small>{made}</small></li>", escape(&key.name), escape(tail))
            })
            .collect();
        let fresh = made.map_or_else(String::new, |secret| {
            format!(
                "<div class=\"fresh\"><p>{}</p><input readonly data-app-key value=\"{secret}\" aria-label=\"APP Key\" \
                 onfocus=\"this.select()\"></div>",
                self.say("新的 APP Key，只显示这一次，请复制：", "Your new APP key. It is shown once, copy it now:"),
                secret = escape(secret),
            )
        });
        format!(
            "{head}<main><p><a href=\"{back}\">← {list}</a></p><h2>{title}: {name}</h2>{fresh}<ul class=\"keys\">{rows}</ul>\
             <form method=\"post\" action=\"{action}\" class=\"inline\"><input name=\"key_name\" maxlength=\"39\" \
             placeholder=\"{hint}\" aria-label=\"{hint}\"><button class=\"main\">{make}</button></form></main>",
            head = self.head(state),
            back = self.link("/console"),
            list = self.say("全部故障", "All incidents"),
            title = self.say("APP Key", "APP keys"),
            name = escape(&person_name(state, self.person.0)),
            action = self.link("/console/keys"),
            hint = self.say("名称（可不填）", "Name (optional)"),
            make = self.say("新建 APP Key", "New APP key"),
        )
    }

    pub fn head(&self, state: &State) -> String {
        let people: String = state
            .members
            .values()
            .filter(|member| is_choosable(member))
            .map(|member| {
                let note = match (member.licensed, member.role.name()) {
                    (false, _) => self.say(" · 无许可", " · no licence"),
                    (true, "Viewer") => self.say(" · 只读", " · viewer"),
                    _ => "",
                };
                let current = if member.id == self.person.0 { " aria-current=\"true\"" } else { "" };
                format!(
                    "<a class=\"chip\" href=\"{}?as={}&amp;lang={}\"{current}>{}{}<small>{note}</small></a>",
                    escape(&self.path),
                    escape(&member.key),
                    self.language.short(),
                    disc(&member.name),
                    escape(&member.name),
                )
            })
            .collect();
        let other = if self.language == Language::Chinese { ("en", "English") } else { ("zh", "中文") };
        let problem = self.problem.map_or_else(String::new, |code| {
            let text = Refusal::from(code).message(self.language == Language::Chinese);
            format!("<p class=\"problem\" role=\"alert\" data-problem=\"{}\">{}</p>", code.name(), escape(&text))
        });
        format!(
            "<header><div class=\"bar\"><a class=\"brand\" href=\"{home}\">Flashduty <small>{account}</small></a><nav>\
             <a href=\"{trouble}\">{make_trouble}</a> <a href=\"{keys}\">{my_keys}</a> <a href=\"{path}?as={who}&amp;lang={code}\">{label}</a></nav></div>\
             <div class=\"chips\" role=\"group\" aria-label=\"{acting}\"><span class=\"quiet\">{acting}</span>{people}</div>\
             </header>{problem}",
            home = self.link("/console"),
            account = escape(&state.account.name),
            trouble = self.link("/console/trouble"),
            make_trouble = self.say("制造麻烦", "Trouble"),
            keys = self.link("/console/keys"),
            my_keys = self.say("我的 APP Key", "My APP keys"),
            path = escape(&self.path),
            who = escape(&self.person.1),
            code = other.0,
            label = other.1,
            acting = self.say("以谁的身份操作：", "Acting as:"),
        )
    }

    fn raise_form(&self, state: &State) -> String {
        let channels: String = state
            .channels
            .iter()
            .map(|channel| format!("<option value=\"{}\">{}</option>", channel.id, escape(&channel.name)))
            .collect();
        let people: String = state
            .members
            .values()
            .filter(|member| is_choosable(member))
            .map(|member| {
                format!(
                    "<label class=\"tick\"><input type=\"checkbox\" name=\"responder\" value=\"{}\"> {}</label>",
                    member.id,
                    escape(&member.name)
                )
            })
            .collect();
        format!(
            "<details class=\"raise\" open><summary>{summary}</summary><form method=\"post\" action=\"{action}\" class=\"stack\">\
             <label>{title}<input name=\"title\" maxlength=\"512\" required value=\"{sample}\"></label>\
             <div class=\"pair\"><label>{severity}<select name=\"severity\"><option>Critical</option><option>Warning</option>\
             <option>Info</option></select></label><label>{channel}<select name=\"channel\">{channels}\
             <option value=\"0\">{none}</option></select></label></div>\
             <fieldset><legend>{responders}</legend>{people}</fieldset>\
             <button class=\"main\" data-raise>{raise}</button></form></details>",
            summary = self.say("触发一个故障", "Raise an incident"),
            action = self.link("/console/raise"),
            title = self.say("标题", "Title"),
            sample = self.say("订单服务错误率超过 5%", "Order service error rate above 5%"),
            severity = self.say("严重程度", "Severity"),
            channel = self.say("协作空间", "Channel"),
            none = self.say("无（独立故障）", "None (standalone)"),
            responders = self.say("处理人（不选则按分派策略）", "Responders (none ticked: by escalation rule)"),
            raise = self.say("触发", "Raise"),
        )
    }

    fn row(&self, state: &State, incident: &Incident) -> String {
        self.entry(state, incident, "list")
    }

    fn entry(&self, state: &State, incident: &Incident, from: &str) -> String {
        let path = format!("/console/incidents/{}", incident.id);
        let title = escape(&incident.title);
        let title = if from == "list" {
            format!("<a href=\"{}\">{title}</a>", self.link(&path))
        } else {
            format!("<h1>{title}</h1>")
        };
        let responders: Vec<String> = incident
            .responders
            .iter()
            .map(|one| {
                let mark = if one.acknowledged_at > 0 { " ✓" } else { "" };
                format!("{}{mark}", escape(&person_name(state, one.person_id)))
            })
            .collect();
        let channel = state.channel(incident.channel_id).map_or("", |channel| channel.name.as_str());
        let mut meta = vec![format!("#{}", incident.num())];
        if !channel.is_empty() {
            meta.push(escape(channel));
        }
        if !responders.is_empty() {
            meta.push(responders.join(self.say("、", ", ")));
        }
        meta.push(self.time(Millis::from_seconds(incident.start_time)));
        if incident.alerts.len() > 1 {
            meta.push(format!("{} {}", incident.alerts.len(), self.say("条告警", "alerts")));
        }
        format!(
            "<article class=\"row {severity}\" data-incident=\"{id}\" data-progress=\"{progress}\"><div class=\"title\">{title}\
             <span class=\"state {progress}\">{state}</span></div><p class=\"meta\">{meta}</p>{acts}</article>",
            severity = incident.severity.name(),
            id = incident.id,
            progress = incident.progress.name(),
            state = self.state_words(state, incident),
            meta = meta.join(" · "),
            acts = self.acts(state, incident, &path, from),
        )
    }

    fn state_words(&self, state: &State, incident: &Incident) -> String {
        let words = match incident.progress {
            Progress::Triggered => self.say("待处理", "Triggered"),
            Progress::Processing => self.say("处理中", "Processing"),
            Progress::Closed => self.say("已关闭", "Closed"),
        };
        if incident.is_snoozed(state.now()) {
            let until = self.time(Millis::from_seconds(incident.snoozed_before));
            return format!("{words} · {} {until}", self.say("暂缓至", "snoozed until"));
        }
        words.to_owned()
    }

    fn acts(&self, state: &State, incident: &Incident, path: &str, from: &str) -> String {
        let own = incident.responders.iter().find(|one| one.person_id == self.person.0);
        let acknowledged = own.is_some_and(|one| one.acknowledged_at > 0);
        let mut acts: Vec<(&str, &str, &str)> = Vec::new();
        if incident.is_open() {
            if acknowledged {
                acts.push(("unacknowledge", "", self.say("取消认领", "Unacknowledge")));
            } else {
                acts.push(("acknowledge", "", self.say("认领", "Acknowledge")));
            }
            acts.push(("resolve", "", self.say("关闭", "Close")));
            if incident.is_snoozed(state.now()) {
                acts.push(("wake", "", self.say("取消暂缓", "Wake")));
            } else {
                acts.push(("snooze", "120", self.say("暂缓 2 小时", "Snooze 2 h")));
            }
            if incident.active_alerts() > 0 {
                acts.push(("recover", "", self.say("恢复告警", "Recover")));
            }
        } else {
            acts.push(("reopen", "", self.say("重新打开", "Reopen")));
        }
        let buttons = acts.into_iter().fold(String::new(), |mut html, (act, minutes, label)| {
            // Writing into a text cannot fail.
            let _ = write!(
                html,
                "<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"from\" value=\"{from}\">\
                 <input type=\"hidden\" name=\"minutes\" value=\"{minutes}\">\
                 <button name=\"act\" value=\"{act}\">{label}</button></form>",
                action = self.link(path),
            );
            html
        });
        format!("<div class=\"acts\">{buttons}</div>")
    }

    fn comment_form(&self, incident: &Incident) -> String {
        format!(
            "<form method=\"post\" action=\"{action}\" class=\"inline\"><input type=\"hidden\" name=\"from\" value=\"detail\">\
             <input name=\"comment\" maxlength=\"1024\" required placeholder=\"{hint}\" aria-label=\"{hint}\">\
             <button name=\"act\" value=\"comment\">{send}</button></form>",
            action = self.link(&format!("/console/incidents/{}", incident.id)),
            hint = self.say("写一条评论", "Write a comment"),
            send = self.say("评论", "Comment"),
        )
    }

    fn timeline_row(&self, state: &State, row: &FeedRow) -> String {
        let name = if row.creator_id == 0 {
            self.say("系统", "System").to_owned()
        } else {
            person_name(state, row.creator_id)
        };
        format!(
            "<li data-type=\"{kind}\"><time>{time}</time> <b>{name}</b> {what}</li>",
            kind = row.kind,
            time = self.time(Millis(row.created_at_ms)),
            name = escape(&name),
            what = escape(&self.what(state, row)),
        )
    }

    fn what(&self, state: &State, row: &FeedRow) -> String {
        let detail = &row.detail;
        let text = |name: &str| detail[name].as_str().unwrap_or_default().to_owned();
        let names = |list: &Value| {
            let ids = list.as_array().into_iter().flatten();
            let ids = ids.filter_map(|one| one.as_i64().or_else(|| one["person_id"].as_i64()));
            ids.map(|id| person_name(state, id)).collect::<Vec<_>>().join(self.say("、", ", "))
        };
        match &*row.kind {
            "i_new" => self.say("触发了故障", "raised the incident").to_owned(),
            "i_assign" => format!("{} {}", self.say("分派给", "assigned to"), names(&detail["to"])),
            "i_a_rspd" => format!("{} {}", self.say("添加处理人", "added"), names(&detail["to"])),
            "i_notify" => format!("{} {}", self.say("通知了", "notified"), names(&detail["persons"])),
            "i_snooze" => {
                format!("{} {} {}", self.say("暂缓", "snoozed for"), detail["minutes"], self.say("分钟", "minutes"))
            }
            "i_wake" => self.say("取消了暂缓", "ended the snooze").to_owned(),
            "i_ack" => self.say("认领了故障", "acknowledged").to_owned(),
            "i_unack" => self.say("取消了认领", "took back the acknowledgement").to_owned(),
            "i_comm" => format!("{} {}", self.say("评论：", "commented:"), text("comment")),
            "i_rslv" if text("from") == "event" => self.say("告警恢复，自动关闭", "closed on recovery").to_owned(),
            "i_rslv" => self.say("关闭了故障", "closed").to_owned(),
            "i_reopen" => format!("{} {}", self.say("重新打开", "reopened"), text("reason")),
            "i_r_severity" => format!("{} {} → {}", self.say("严重程度", "severity"), text("from"), text("to")),
            "i_merge" => {
                let target = text_of(&detail["target_incident"]);
                format!("{} {target}", self.say("合并到", "merged into"))
            }
            "a_merge" => self.say("合入一条告警", "merged an alert").to_owned(),
            other => other.to_owned(),
        }
    }

    /// A moment in the account's zone, +08:00.
    fn time(&self, moment: Millis) -> String {
        match jiff::Timestamp::from_millisecond(moment.0) {
            Ok(timestamp) => jiff::tz::offset(8).to_datetime(timestamp).strftime("%m-%d %H:%M:%S").to_string(),
            Err(_) => String::new(),
        }
    }
}

const SCRIPT_TAG: &str = "<script src=\"/console/live.js\" defer></script>";

/// An incident in a timeline's detail: its number and title, or what else stands there.
fn text_of(incident: &Value) -> String {
    match (incident["num"].as_str(), incident["title"].as_str()) {
        (Some(num), Some(title)) => format!("#{num} {title}"),
        _ => incident.as_str().unwrap_or_default().to_owned(),
    }
}
